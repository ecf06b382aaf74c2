import { test } from 'node:test';
import { type RandomSource, randomSource } from '../support/random.ts';
import { binaryText, combinations, compareCalls, Pool } from './judge.ts';

const requests = [
  'GET / HTTP/1.1\r\n',
  'GET /index.html HTTP/1.0\r\nHost: x\r\n',
  'POST http://example.com:8080/path?q HTTP/1.1\r\n',
  'OPTIONS * HTTP/1.1\r\n',
  'PUT https://[::1]:4000/x HTTP/1.1\r\n',
  'DELETE http://[::1]/ HTTP/1.1\n',
  'TRACE http://[::1 HTTP/1.1\r\n',
  'HEAD HTTP://Host:99x HTTP/1.1\r\n',
  'BREW coffee:pot HTTP/1.1\r\n',
  'BREW coffee HTTP/1.1\r\n',
  'GET /\r\n',
  'GET  \r\n',
  'GET\r\n',
  'GET / HTTQ/1.1\r\n',
  'GET / HTTP/1\r\n',
  'GET / HTTP/a.1\r\n',
  'GET / HTTP/1.\r\n',
  'GET http://host:0/ HTTP/1.1\r\n',
  'GET http://:80/ HTTP/1.1\r\n',
  'GET http://[fe80::1]:/ HTTP/1.1\r\n',
  'GET http:// HTTP/1.1\r\n',
  'G(T / HTTP/1.1\r\n',
  '\r\n',
  '\n',
  '',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 404 Not  Found\r\n',
  'HTTP/1.1 200\r\n',
  'HTTP/1.1 200 \r\n',
  'HTTP/1.1 \r\n',
  'HTTP/1.1\r\n',
  'HTTP/11.22 99999 x\n',
  'HTTP/1.1 2x0 OK\r\n',
  'Host: example.com\r\n\r\n',
  'Content-Type: text/plain\r\nX: y\r\n',
  'content-length: 5\r\nX: y\r\n',
  'SET-COOKIE2:a=b\r\nX',
  'x-my-header:   some \t value\r\n continued\r\n\r\n',
  'x--y: z\r\n\r\n',
  '-x: z\r\n\r\n',
  ': empty\r\n\r\n',
  'bad header\r\n\r\n',
  'no colon\r\n\r\n',
  'NoValue:\r\n\r\n',
  'Na me: x\r\n\r\n',
  `${'long-name-'.repeat(5)}: exactly fifty\r\n\r\n`,
  `${'long-name-'.repeat(5)}x: more\r\n\r\n`,
  'A: b\r\n',
  'A: b\n\n',
  'A: b',
];

function latin1(text: string): string {
  return binaryText(Buffer.from(text, 'latin1'));
}

function randomPacket(random: RandomSource): number[] {
  const length = random(24);
  const bytes = Array.from({ length }, () => (random(2) === 0 ? random(4) : random(256)));
  const first = [0x30, 0x3f, 0x1f, 3, 1, 0x16, 0x80, 0x47][random(8)] as number;
  if (random(2) === 0) bytes.unshift(first);
  return bytes;
}

const typesTexts = [
  '0',
  '1',
  '2',
  '4',
  'raw',
  'asn1',
  'sunrm',
  'cdr',
  'fcgi',
  'line',
  'tpkt',
  'http',
  'httph',
  'http_bin',
  'httph_bin',
  'ssl_tls',
  '3',
  'foo',
  '{}',
];
const optionsTexts = [
  '[]',
  '[{packet_size, 5}]',
  '[{packet_size, 0}]',
  '[{line_length, 4}]',
  '[{packet_size, 20}, {line_length, 10}]',
  '[{line_delimiter, $;}]',
  '[{line_delimiter, 256}]',
  '[a]',
  'a',
  '[{packet_size, -1}]',
  '[{packet_size, 1 bsl 32}]',
  '[{foo, 1}]',
  '[{packet_size, 5} | a]',
];

test('erlang:decode_packet', (context) => {
  const pool = new Pool();
  const random = randomSource(9);
  const data = requests.map(latin1);
  data.push('a', '<<1:3>>', '[]');
  data.push(
    '<<"GIOP", 1, 0, 0, 0, 0, 0, 0, 2, 1, 2, 3>>',
    '<<"GIOP", 1, 0, 1, 0, 2, 0, 0, 0, 1, 2, 3>>',
    '<<"GIOQ", 0:100/unit:1, 0:60>>',
  );
  data.push('<<1, 6, 0, 1, 0, 3, 2, 0, 1, 2, 3, 4, 5, 6>>', '<<2, 6, 0, 1, 0, 3, 2, 0, 1>>', '<<1, 6, 0, 1, 0, 3>>');
  data.push('<<3, 0, 0, 7, 1, 2, 3, 4>>', '<<3, 0, 0, 2>>', '<<3, 0, 0, 4>>', '<<2, 0, 0, 4>>', '<<3, 0>>');
  data.push(
    '<<22, 3, 1, 0, 3, 1, 2, 3, 4>>',
    '<<128, 9, 1, 3, 0, 1, 2, 3, 4, 5, 6, 7>>',
    '<<128, 2, 1, 3, 0>>',
    '<<22, 3, 1, 0, 9, 1>>',
  );
  data.push(
    '<<16#30, 3, 1, 2, 3, 4>>',
    '<<16#30, 16#82, 0, 2, 1, 2, 3>>',
    '<<16#30, 16#85, 0, 0, 0, 0, 2, 1>>',
    '<<16#1f, 16#81, 1, 2, 3, 4>>',
    '<<16#1f, 16#81>>',
    '<<16#30, 16#84, 255, 255, 255, 255, 1>>',
  );
  data.push(
    '<<0, 0, 0, 3, 1, 2, 3, 4>>',
    '<<16#80, 0, 0, 3, 1, 2, 3, 4>>',
    '<<255, 255, 255, 255, 1>>',
    '<<127, 255, 255, 255, 1>>',
  );
  data.push(latin1('one line\nand another\n'), latin1('no end of line'), latin1('x;y;z'));
  for (let i = 0; i < 200; i++) data.push(binaryText(randomPacket(random)));
  for (let i = 0; i < 200; i++) {
    const text = requests[random(requests.length)] as string;
    const at = random(text.length + 1);
    const inserted = [' ', ':', '/', '[', ']', '\r\n', '\t', '9', '\x7f', '\xe5', '*', '.'][random(12)] as string;
    data.push(latin1(text.slice(0, at) + inserted + text.slice(at + random(2))));
  }
  const types = [...typesTexts];
  const options = [...optionsTexts];
  const calls = [
    ...combinations('erlang:decode_packet', [pool.all(types), pool.all(data), pool.all(['[]'])], random, 12000),
    ...combinations('erlang:decode_packet', [pool.all(types), pool.all(data), pool.all(options)], random, 6000),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});
