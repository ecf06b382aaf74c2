import { test } from 'node:test';
import { randomSource } from '../support/random.ts';
import { combinations, compareCalls, Pool } from './judge.ts';

const termsTexts = [
  'a',
  '1',
  '[1, 2, 3]',
  '{a, "b", <<1:3>>}',
  '#{a => 1.5}',
  "'\\x{e5}'",
  'lists:duplicate(500, a)',
  'binary:copy(<<"abc">>, 400)',
  'fun lists:map/2',
];
const optionsTexts = [
  '[]',
  '[compressed]',
  '[{compressed, 9}]',
  '[{compressed, 0}]',
  '[{compressed, 1}]',
  '[{minor_version, 0}]',
  '[{minor_version, 1}]',
  '[deterministic]',
  '[{compressed, 10}]',
  '[a]',
  'a',
  '[deterministic | a]',
  '[{minor_version, 3}]',
  '[compressed, deterministic]',
];
const bytesTexts = [
  ...['a', '{a, "b"}', 'lists:duplicate(500, a)', '#{a => [1.5]}'].flatMap((t) => [
    `term_to_binary(${t})`,
    `term_to_binary(${t}, [compressed])`,
    `<<(term_to_binary(${t}))/binary, 1, 2, 3>>`,
    `<<(term_to_binary(${t}, [compressed]))/binary, 1, 2, 3>>`,
    `binary:part(term_to_binary(${t}), 0, byte_size(term_to_binary(${t})) - 1)`,
    `begin B = term_to_binary(${t}, [{compressed, 9}]), <<A:8/binary, _, C/binary>> = <<B/binary, 0:64>>, <<A/binary, 77, C/binary>> end`
      .replaceAll('B', `B${t.length}`)
      .replaceAll('A', `A${t.length}`)
      .replaceAll('C/', `C${t.length}/`),
  ]),
  '<<>>',
  '<<131>>',
  '<<130, 97, 1>>',
  '<<131, 119, 21, "no such atom 815 in it">>',
  '<<131, 119, 1, "a">>',
  '<<131:7>>',
  'a',
  '[131, 97, 1]',
  '<<131, 80, 255, 255, 255, 255, 1, 2, 3>>',
  '<<131, 80, 0, 0>>',
];

test('external terms', (context) => {
  const pool = new Pool();
  const random = randomSource(10);
  const terms = pool.all(termsTexts);
  const options = pool.all(optionsTexts);
  const bytes = pool.all(bytesTexts);
  const decoding = pool.all(['[]', '[safe]', '[used]', '[safe, used]', '[a]', 'a', '[safe | a]']);
  const calls = [
    ...['term_to_binary', 'external_size'].flatMap((name) => combinations(`erlang:${name}`, [terms], random, 1000)),
    ...['term_to_binary', 'external_size', 'term_to_iovec'].flatMap((name) =>
      combinations(`erlang:${name}`, [terms, options], random, 1000),
    ),
    ...combinations('erlang:term_to_iovec', [terms], random, 1000),
    ...combinations('erlang:binary_to_term', [bytes], random, 1000),
    ...combinations('erlang:binary_to_term', [bytes, decoding], random, 1000),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});

const termsTexts2 = [
  'a',
  '1',
  'list_to_pid("<0.4711.0>")',
  'list_to_port("#Port<0.4711>")',
  'list_to_ref("#Ref<0.1.0.3>")',
  'fun lists:map/2',
  "fun 'A b':'c d'/0",
  '{}',
  '[]',
];
const textsTexts = [
  '"<0.1.2>"',
  '"<0.0.0>"',
  '"<1.1.2>"',
  '"<0.1>"',
  '"<0.1.2>x"',
  '"<0..2>"',
  '"x"',
  'a',
  '[a]',
  '"<0.268435455.0>"',
  '"<0.268435456.0>"',
  '"<0.1.4294967295>"',
  '"<0.1.4294967296>"',
  '"#Port<0.1>"',
  '"#Port<0.1152921504606846975>"',
  '"#Port<0.1152921504606846976>"',
  '"#Port<0.>"',
  '"#Port<5.1>"',
  '"#Ref<0.1.0.3>"',
  '"#Ref<0.4294967295.0.3>"',
  '"#Ref<0.1.2>"',
  '"#Ref<0.1.0.3.4>"',
  '"#Ref<0.1.0.262143>"',
  '"#Ref<0.1.0.262144>"',
  '"#Ref<0.4294967296.0.3>"',
  '"#Ref<0>"',
  '"#Ref<1.1.0.3>"',
  '"#Ref<0.1.0.3>>"',
  '[$< | a]',
];
const itemsTexts = [
  'type',
  'pid',
  'module',
  'new_index',
  'new_uniq',
  'index',
  'uniq',
  'env',
  'refc',
  'arity',
  'name',
  'foo',
  '1',
];

test('identifiers as text, funs, nodes', (context) => {
  const pool = new Pool();
  const random = randomSource(11);
  const terms = [...termsTexts2];
  const texts = [...textsTexts];
  const [term, text] = [pool.all(terms), pool.all(texts)];
  const items = pool.all(itemsTexts);
  const names = pool.all(['lists', 'erlang', 'a', '1']);
  const arities = pool.all(['0', '1', '2', '255', '256', '-1', 'a', '1 bsl 70']);
  const calls = [
    ...['pid_to_list', 'port_to_list', 'ref_to_list', 'fun_to_list', 'node', 'fun_info_mfa'].flatMap((name) =>
      combinations(`erlang:${name}`, [term], random, 1000),
    ),
    ...['list_to_pid', 'list_to_port', 'list_to_ref'].flatMap((name) =>
      combinations(`erlang:${name}`, [text], random, 1000),
    ),
    ...combinations('erlang:fun_info', [term, items], random, 1000),
    ...combinations('erlang:make_fun', [names, names, arities], random, 1000),
    { module: 'erlang', name: 'node', arguments: [] },
    { module: 'erlang', name: 'nodes', arguments: [] },
    ...combinations(
      'erlang:nodes',
      [
        pool.all([
          'visible',
          'hidden',
          'connected',
          'this',
          'known',
          'a',
          '[]',
          '[visible, this]',
          '[known, a]',
          '[this | a]',
          '1',
          '[visible, hidden]',
        ]),
      ],
      random,
      1000,
    ),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});

const datesTexts = [
  '{{1970, 1, 1}, {0, 0, 0}}',
  '{{1600, 1, 1}, {0, 0, 0}}',
  '{{1599, 12, 31}, {0, 0, 0}}',
  '{{2000, 2, 29}, {23, 59, 59}}',
  '{{1900, 2, 29}, {0, 0, 0}}',
  '{{2024, 13, 1}, {0, 0, 0}}',
  '{{2024, 0, 1}, {0, 0, 0}}',
  '{{2024, 4, 31}, {0, 0, 0}}',
  '{{2024, 1, 1}, {24, 0, 0}}',
  '{{2024, 1, 1}, {0, 60, 0}}',
  '{{2024, 1, 1}, {0, 0, 60}}',
  '{{2024, 1, 1}, {0, 0}}',
  '{{a, 1, 1}, {0, 0, 0}}',
  'a',
  '{a, b}',
  '{{1901, 1, 1}, {0, 0, 0}}',
  '{{1902, 1, 1}, {0, 0, 0}}',
  '{{1, 1, 1}, {0, 0, 0}}',
  '{{-5, 1, 1}, {0, 0, 0}}',
  '{{2024, 1, 1}, {1 bsl 70, 0, 0}}',
  '{{1969, 12, 31}, {23, 59, 59}}',
  '{{9999, 12, 31}, {1, 2, 3}}',
];
const secondsTexts = [
  '0',
  '-1',
  '1',
  '1 bsl 62',
  '-(1 bsl 62)',
  '(1 bsl 63) - 1',
  '-(1 bsl 63)',
  '1 bsl 63',
  '1.0',
  'a',
  '-62135596801',
  '-62167219201',
  '-99999999999999',
];

test('dates and units of time', (context) => {
  const pool = new Pool();
  const random = randomSource(12);
  const dates = [...datesTexts];
  for (let i = 0; i < 300; i++)
    dates.push(
      `{{${1600 + random(900)}, ${1 + random(12)}, ${1 + random(29)}}, {${random(24)}, ${random(60)}, ${random(60)}}}`,
    );
  const seconds = [...secondsTexts];
  for (let i = 0; i < 300; i++) seconds.push(`${random(2) === 0 ? '-' : ''}${random(1000000) * random(1000000)}`);
  const flags = pool.all(['true', 'false', 'undefined', 'a', '1']);
  const calls = [
    ...combinations('erlang:universaltime_to_posixtime', [pool.all(dates)], random, 1000),
    ...combinations('erlang:posixtime_to_universaltime', [pool.all(seconds)], random, 1000),
    ...combinations('erlang:universaltime_to_localtime', [pool.all(dates)], random, 1000),
    ...combinations('erlang:localtime_to_universaltime', [pool.all(dates), flags], random, 2000),
    { module: 'erts_internal', name: 'time_unit', arguments: [] },
    { module: 'erts_internal', name: 'perf_counter_unit', arguments: [] },
    { module: 'io', name: 'printable_range', arguments: [] },
    { module: 'file', name: 'native_name_encoding', arguments: [] },
    { module: 'error_logger', name: 'warning_map', arguments: [] },
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});

test('local time where there is summer time', (context) => {
  const before = process.env.TZ;
  process.env.TZ = 'Europe/Stockholm';
  try {
    const pool = new Pool();
    const random = randomSource(13);
    const dates = [
      '{{2024, 3, 31}, {1, 59, 59}}',
      '{{2024, 3, 31}, {3, 0, 0}}',
      '{{2024, 10, 27}, {2, 30, 0}}',
      '{{2024, 10, 27}, {3, 0, 0}}',
      '{{2024, 10, 27}, {1, 59, 59}}',
    ];
    for (let i = 0; i < 300; i++)
      dates.push(
        `{{${1997 + random(40)}, ${1 + random(12)}, ${1 + random(28)}}, {${random(24)}, ${random(60)}, ${random(60)}}}`,
      );
    const calls = [
      ...combinations('erlang:universaltime_to_localtime', [pool.all(dates)], random, 1000),
      ...combinations(
        'erlang:localtime_to_universaltime',
        [pool.all(dates), pool.all(['true', 'false', 'undefined'])],
        random,
        1000,
      ),
    ];
    context.diagnostic(compareCalls(pool.texts, calls));
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});
