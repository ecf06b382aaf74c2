import { test } from 'node:test';
import { randomSource } from '../support/random.ts';
import { type Call, combinations, compareCalls, Pool } from './judge.ts';

const terms = [
  '0',
  '1',
  '-1',
  '1.0',
  '-0.0',
  '0.0',
  '1 bsl 80',
  '-(1 bsl 80)',
  'a',
  'true',
  '[]',
  '[1]',
  '[a | b]',
  '"abc"',
  '{}',
  '{a}',
  '{a, 1}',
  '{1.0, b}',
  '{1, b, c}',
  '#{}',
  '#{a => 1}',
  '#{1 => a, 1.0 => b}',
  'maps:from_list([{N, N * N} || N <- lists:seq(1, 40)])',
  'maps:from_list([{{N}, N} || N <- lists:seq(20, 90)])',
  '#{N => x || N <- lists:seq(1, 32)}',
  '<<>>',
  '<<"abc">>',
  '<<5:3>>',
  'fun lists:map/2',
];
const positions = ['0', '1', '2', '3', '-1', '1.0', 'a', '1 bsl 70', '536870912'];
const lists = [
  '[]',
  '[a]',
  '[1, 2, 3]',
  '[1.0, 2, a, {a}, [1], 1 bsl 80, <<"abc">>]',
  '[{a, 1}, {b, 2}, {a, 3}]',
  '[{1, x}, {1.0, y}, {}, z, {1, b, c}, {a}]',
  '[{1.0, x}, {1, y} | z]',
  '[{b, 1 bsl 80}, {c, 1.0}, {d, {a}}]',
  '[1, 2 | 3]',
  '[a | b]',
  'a',
  '{a}',
  '"hello world"',
  '[{N, N * N} || N <- lists:seq(1, 60)]',
  '[{N rem 7, N} || N <- lists:seq(1, 60)]',
  'lists:seq(1, 100)',
  '[1, 1, 2, 2, 1.0, {a}, {a}, 1 bsl 80, 1 bsl 80]',
  '[{a}, 1 bsl 80, 1, 2.0]',
  '[{a, 1} | {b, 2}]',
];

test('lists, -- and ++', (context) => {
  const pool = new Pool();
  const random = randomSource(1);
  const [any, at, list] = [pool.all(terms), pool.all(positions), pool.all(lists)];
  const calls: Call[] = [
    ...combinations('lists:member', [any, [...list, ...any]], random, 2000),
    ...combinations('lists:reverse', [[...list, ...any], any], random, 2000),
    ...['keymember', 'keysearch', 'keyfind'].flatMap((name) =>
      combinations(`lists:${name}`, [any, at, list], random, 5000),
    ),
    ...['--', 'subtract', '++', 'append'].flatMap((name) =>
      combinations(
        `erlang:${name}`,
        [
          [...list, ...any],
          [...list, ...any],
        ],
        random,
        3000,
      ),
    ),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});

test('maps and erts_internal', (context) => {
  const pool = new Pool();
  const random = randomSource(2);
  const any = pool.all(terms);
  const list = pool.all(lists);
  const maps = pool.all([...terms.filter((text) => text.includes('#{') || text.startsWith('maps:')), 'a', '[]']);
  const calls: Call[] = [
    ...['find', 'get', 'is_key', 'remove', 'take'].flatMap((name) =>
      combinations(`maps:${name}`, [[...any, ...pool.all(['20', '{30}'])], maps], random, 1000),
    ),
    ...['put', 'update'].flatMap((name) => combinations(`maps:${name}`, [any, any, maps], random, 3000)),
    ...combinations('maps:merge', [maps, maps], random, 1000),
    ...combinations('maps:from_list', [[...list, ...any]], random, 1000),
    ...combinations('maps:from_keys', [[...list, ...any], any], random, 1000),
    ...['keys', 'values'].flatMap((name) =>
      combinations(`maps:${name}`, [pool.all(terms.filter((text) => !text.startsWith('maps:')))], random, 1000),
    ),
    ...combinations('erts_internal:cmp_term', [any, any], random, 2000),
    ...combinations('erts_internal:map_to_tuple_keys', [any], random, 1000),
    ...combinations(
      'erts_internal:map_next',
      [
        pool.all(['0', '-1', 'a', '1.0']),
        pool.all(['#{}', '#{1 => a, 2 => b}', 'a']),
        pool.all(['[]', '[x]', 'iterator', 'a']),
      ],
      random,
      1000,
    ),
    ...combinations(
      'erts_internal:map_next',
      [pool.all(['[]', '[a]', '[b, a]', '[z]']), pool.all(['#{a => 1, b => 2}']), pool.all(['iterator'])],
      random,
      1000,
    ),
    ...combinations(
      'erts_internal:term_to_string',
      [
        pool.all(terms.filter((text) => !text.startsWith('maps:'))),
        pool.all(['undefined', '0', '1', '2', '5', '100', 'a']),
      ],
      random,
      1000,
    ),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});
