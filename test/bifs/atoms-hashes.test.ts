import { test } from 'node:test';
import { randomSource } from '../support/random.ts';
import { binaryText, combinations, compareCalls, Pool } from './judge.ts';

const texts = [
  '""',
  '"abc"',
  '"\\x{e5}\\x{e4}"',
  '"\\x{3b1}b\\x{1f600}"',
  '[16#d800]',
  '[16#110000]',
  '[-1]',
  '[a]',
  '[97 | 98]',
  '[97, 1 bsl 70]',
  'lists:duplicate(255, $a)',
  'lists:duplicate(256, $a)',
  'lists:duplicate(255, 16#1f600)',
  'lists:duplicate(256, 16#1f600)',
  'lists:duplicate(256, $a) ++ [x]',
  'lists:duplicate(255, $a) ++ x',
  '"no such atom 4711"',
  'a',
  '{}',
  '1',
];
const binaries = [
  '<<>>',
  '<<"abc">>',
  '<<"\\x{e5}\\x{e4}"/utf8>>',
  '<<229, 228>>',
  '<<"\\x{3b1}b\\x{1f600}"/utf8>>',
  '<<16#ed, 16#a0, 16#80>>',
  '<<195>>',
  '<<0:7>>',
  'binary:copy(<<"a">>, 255)',
  'binary:copy(<<"a">>, 256)',
  'binary:copy(<<"\\x{1f600}"/utf8>>, 255)',
  'binary:copy(<<"\\x{1f600}"/utf8>>, 256)',
  'binary:copy(<<200>>, 256)',
  'binary:copy(<<"a">>, 2000)',
  '<<"no such atom 4712">>',
  'a',
  '"abc"',
];
const atoms = ["''", 'abc', "'\\x{e5}\\x{e4}'", "'\\x{3b1}b\\x{1f600}'", '"abc"', '1'];

test('atoms', (context) => {
  const pool = new Pool();
  const random = randomSource(6);
  const encodings = pool.all(['latin1', 'utf8', 'unicode', 'utf16', '1', '[]']);
  const calls = [
    ...['list_to_atom', 'list_to_existing_atom'].flatMap((name) =>
      combinations(`erlang:${name}`, [pool.all(texts)], random, 1000),
    ),
    ...['binary_to_existing_atom', 'binary_to_atom'].flatMap((name) =>
      combinations(`erlang:${name}`, [pool.all(binaries), encodings], random, 1000),
    ),
    ...combinations('erlang:atom_to_list', [pool.all(atoms)], random, 1000),
    ...combinations('erlang:atom_to_binary', [pool.all(atoms), encodings], random, 1000),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});

test('hashes and checksums', (context) => {
  const pool = new Pool();
  const random = randomSource(7);
  const data = [
    '[]',
    '<<>>',
    '"a"',
    '<<"abc">>',
    '[1, [<<2, 3>> | <<4>>]]',
    '[a]',
    'a',
    '<<1:3>>',
    '[1 | 2]',
    '[256]',
    '[-1]',
  ];
  for (let i = 0; i < 40; i++) data.push(binaryText(Array.from({ length: random(300) }, () => random(256))));
  data.push('binary:copy(<<255>>, 20000)', 'binary:copy(<<1, 2, 3>>, 5000)', '"0123456789abcde"', '"0123456789abcdef"');
  const sums = [
    '0',
    '1',
    '-1',
    '65520',
    '65521',
    '65535',
    '16#ffffffff',
    '16#fff0fff0',
    '1 bsl 32',
    'a',
    '1.0',
    '123456789',
  ];
  const lengths = ['0', '1', '2', '7', '1000', '65521', '1 bsl 31', '1 bsl 40', '-1', 'a', '1 bsl 64'];
  const ranges = ['1', '2', '100', '1 bsl 27', '1 bsl 32', '(1 bsl 32) + 1', '0', '-1', 'a', '16#ffffffff'];
  const terms = ['a', '1', '1.0', '[]', '"abc"', '{a, [b], <<1:3>>}', '#{a => 1}', '1 bsl 80', 'fun lists:map/2'];
  const contexts = [
    'erlang:md5_init()',
    'erlang:md5_update(erlang:md5_init(), "abc")',
    'erlang:md5_update(erlang:md5_init(), lists:duplicate(130, 7))',
    '<<>>',
    'a',
    '<<0:735>>',
    '<<0:728>>',
    '<<0:744>>',
  ];
  const [datum, sum, length, range, term, state] = [data, sums, lengths, ranges, terms, contexts].map((list) =>
    pool.all(list),
  ) as [number[], number[], number[], number[], number[], number[]];
  const calls = [
    ...['crc32', 'adler32', 'md5'].flatMap((name) => combinations(`erlang:${name}`, [datum], random, 1000)),
    ...['crc32', 'adler32'].flatMap((name) => combinations(`erlang:${name}`, [sum, datum], random, 1000)),
    ...['crc32_combine', 'adler32_combine'].flatMap((name) =>
      combinations(`erlang:${name}`, [sum, sum, length], random, 2000),
    ),
    { module: 'erlang', name: 'md5_init', arguments: [] },
    ...combinations('erlang:md5_update', [state, datum], random, 1000),
    ...combinations('erlang:md5_final', [state], random, 1000),
    ...combinations('erlang:phash2', [term], random, 1000),
    ...['phash', 'phash2'].flatMap((name) => combinations(`erlang:${name}`, [term, range], random, 1000)),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});
