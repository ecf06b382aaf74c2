import { test } from 'node:test';
import { type RandomSource, randomSource } from '../support/random.ts';
import { binaryText, type Call, combinations, compareCalls, Pool } from './judge.ts';

const others = ['a', '{}', '1.0', '#{}', '1 bsl 80', 'fun lists:map/2'];
const integers = [
  '-1',
  '0',
  '1',
  '2',
  '3',
  '5',
  '8',
  '100',
  '256',
  '-3',
  '1 bsl 29',
  '1 bsl 70',
  '-(1 bsl 70)',
  'a',
  '1.0',
];
const bitstrings = [
  '<<>>',
  '<<0>>',
  '<<"abc">>',
  '<<5:3>>',
  '<<1, 2, 3:7>>',
  '<<"hello, world">>',
  '<<0, 0, 1, 2, 0, 0>>',
  '<<255, 254, 253, 252, 251, 250, 249, 248, 247>>',
  'list_to_binary(lists:seq(0, 255))',
  'binary:copy(<<"0123456789">>, 60)',
  'binary:copy(<<7>>, 512)',
  'binary:copy(<<8>>, 513)',
];
const iolists = [
  '[]',
  '[1]',
  '[256]',
  '[-1]',
  '[1 | 2]',
  '[1 | <<2>>]',
  '[1 | <<2:4>>]',
  '[<<1:4>>, <<2:4>>]',
  '[<<1:4>>, 5, <<"abc">>, [<<3:5>> | <<1:1>>], []]',
  '[[[[1], 2], [3 | <<4>>]], [], [[]], 5]',
  '"hello"',
  '["hello", $,, <<" world">>, [[<<>>]]]',
  '[1.0]',
  '[1 bsl 70]',
  '[{}]',
  '[<<"abc">>, a]',
  '[<<"abc">>]',
  '[<<5:3>>]',
  '[[<<"abc">>]]',
  '[1, 2, binary:copy(<<1>>, 600), 3, <<4>>, [binary:copy(<<2>>, 513), binary:copy(<<3>>, 512)] | <<5>>]',
  '[binary:copy(<<1>>, 600), [], binary:copy(<<2>>, 600)]',
  '[binary:copy(<<1>>, 600), <<>>, 1]',
  'lists:foldl(fun(N, L) -> [L, N rem 256] end, [], lists:seq(1, 5000))',
  'lists:foldl(fun(N, L) -> [N rem 256, L] end, [], lists:seq(1, 5000))',
];

const unaryTexts = [
  'list_to_binary',
  'iolist_to_binary',
  'list_to_bitstring',
  'iolist_size',
  'iolist_to_iovec',
  'binary_to_list',
  'bitstring_to_list',
];

test('binaries and iodata in module erlang', (context) => {
  const pool = new Pool();
  const random = randomSource(3);
  const any = pool.all([...others, ...integers, ...bitstrings, ...iolists]);
  const bits = pool.all([...bitstrings, 'a', '[]']);
  const numbers = pool.all(integers);
  const ranges = pool.all(['{0, 0}', '{0, 1}', '{3, -3}', '{1, 2}', '{-1, 1}', '{a, 1}', '{1}', '[]', '{12, -12}']);
  const unary = [...unaryTexts];
  const calls = [
    ...unary.flatMap((name) => combinations(`erlang:${name}`, [any], random, 1000)),
    ...combinations('erlang:binary_to_list', [bits, numbers, numbers], random, 3000),
    ...combinations('erlang:split_binary', [any, numbers], random, 2000),
    ...combinations('erlang:binary_part', [bits, numbers, numbers], random, 4000),
    ...combinations('erlang:binary_part', [bits, ranges], random, 1000),
    ...combinations('binary:list_to_bin', [any], random, 1000),
    ...combinations('binary:part', [bits, numbers, numbers], random, 4000),
    ...combinations('binary:part', [bits, ranges], random, 1000),
    ...combinations('binary:at', [any, numbers], random, 2000),
    ...combinations('binary:first', [any], random, 1000),
    ...combinations('binary:last', [any], random, 1000),
    ...combinations('binary:copy', [any], random, 1000),
    ...combinations(
      'binary:copy',
      [
        pool.all([...bitstrings.slice(0, 8), 'a']),
        pool.all(['-1', '0', '1', '2', '7', '100', 'a', '1.0', '-(1 bsl 70)']),
      ],
      random,
      1000,
    ),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});

const wordsTexts = [
  '<<"abcabc">>',
  '<<"abc">>',
  '<<"bc">>',
  '<<"xabc">>',
  '<<>>',
  '<<"abcabd">>',
  'binary:copy(<<"ab">>, 300)',
];
const bitsTexts = [...bitstrings, ...others, '<<1, 0, 0, 0, 0>>', '<<0:200, 1, 0:200>>', '<<(1 bsl 999 - 1):1000>>'];

test('integers in binaries, common prefixes and suffixes', (context) => {
  const pool = new Pool();
  const random = randomSource(4);
  const values = ['1 bsl 7', '255', '65535', '65536', '1 bsl 32', '1 bsl 63', '1 bsl 64 - 1', '1 bsl 200 + 77', '-5'];
  const orders = pool.all(['big', 'little', 'native', '1', '[]']);
  const words = [...wordsTexts];
  const lists = [...words.map((word) => `[${word}]`), '[]', 'a', '[a]', '[<<1:3>>]', '[<<"a">> | b]'];
  for (let i = 0; i < 200; i++) {
    lists.push(`[${Array.from({ length: 2 + random(3) }, () => words[random(words.length)]).join()}]`);
  }
  for (let i = 0; i < 50; i++) {
    const common = binaryText(Array.from({ length: random(200) }, () => random(256)));
    const variants = Array.from({ length: 2 + random(4) }, () => {
      const tail = binaryText(Array.from({ length: random(3) }, () => random(2)));
      return random(2) === 0 ? `<<${common}/binary, ${tail}/binary>>` : `<<${tail}/binary, ${common}/binary>>`;
    });
    lists.push(`[${variants.join()}]`);
  }
  const numbers = pool.all([...values, ...integers]);
  const bits = pool.all(bitsTexts);
  const calls = [
    ...combinations('binary:encode_unsigned', [numbers], random, 1000),
    ...combinations('binary:encode_unsigned', [numbers, orders], random, 1000),
    ...combinations('binary:decode_unsigned', [bits], random, 1000),
    ...combinations('binary:decode_unsigned', [bits, orders], random, 1000),
    ...['longest_common_prefix', 'longest_common_suffix'].flatMap((name) =>
      combinations(`binary:${name}`, [pool.all(lists)], random, 1000),
    ),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});

function randomText(random: RandomSource, length: number, letters: number): string {
  return `<<"${Array.from({ length }, () => String.fromCharCode(97 + random(letters))).join('')}">>`;
}

const subjectsTexts = [
  '<<>>',
  '<<"a">>',
  '<<5:3>>',
  'a',
  '[]',
  'binary:copy(<<"a">>, 1000)',
  'binary:copy(<<"ab">>, 400)',
];
const patternsTexts = [
  '<<>>',
  '[]',
  'a',
  '[<<>>]',
  '[<<"a">>]',
  '[<<"a">>, <<>>]',
  '[<<"a">> | b]',
  '<<1:3>>',
  '[a]',
  '{bm, make_ref()}',
  '{ac, a}',
  '[<<"a">>, <<"a">>]',
];
const scopesTexts = [
  '[]',
  '[{scope, {0, 5}}]',
  '[{scope, {5, -5}}]',
  '[{scope, {2, 20}}]',
  '[{scope, {1, 0}}]',
  '[{scope, {a, 1}}]',
  '[{scope, {0, 1 bsl 70}}]',
  '[{scope, {1, 1}}, {scope, {0, 3}}]',
  '[a]',
  'a',
  '[{scope, {1}}]',
  '[{scope, {0, 3}} | a]',
  '[{foo, {0, 1}}]',
];
const flagsTexts = [
  '[global]',
  '[trim]',
  '[trim_all]',
  '[global, trim]',
  '[global, trim_all]',
  '[global, trim, trim_all]',
  '[global, {scope, {2, 10}}]',
  '[trim, {scope, {0, 4}}]',
  '[global | a]',
  '[foo]',
  '[global, trim_all, {scope, {1, 5}}]',
];

test('binary:match, matches, split', (context) => {
  const pool = new Pool();
  const random = randomSource(5);
  const subjects = [...subjectsTexts];
  for (let i = 0; i < 40; i++) subjects.push(randomText(random, random(30), 2));
  for (let i = 0; i < 20; i++) subjects.push(randomText(random, 100 + random(400), 3));
  const patterns = [...patternsTexts];
  patterns.push(
    'binary:copy(<<"a">>, 300)',
    '[<<"aaaa">>, <<"aab">>, <<"a">>]',
    '<<(binary:copy(<<"a">>, 50))/binary, "b">>',
  );
  for (let i = 0; i < 25; i++) patterns.push(randomText(random, 1 + random(6), 2));
  for (let i = 0; i < 60; i++) {
    patterns.push(`[${Array.from({ length: 2 + random(5) }, () => randomText(random, 1 + random(7), 3)).join()}]`);
  }
  const scopes = [...scopesTexts];
  const flags = [...flagsTexts];
  const [subject, pattern, scope, flag] = [subjects, patterns, scopes, [...flags, ...scopes]].map((texts) =>
    pool.all(texts),
  ) as [number[], number[], number[], number[]];
  const calls: Call[] = [
    ...['match', 'matches', 'split'].flatMap((name) =>
      combinations(`binary:${name}`, [subject, pattern], random, 4000),
    ),
    ...['match', 'matches'].flatMap((name) => combinations(`binary:${name}`, [subject, pattern, scope], random, 4000)),
    ...combinations('binary:split', [subject, pattern, flag], random, 8000),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});
