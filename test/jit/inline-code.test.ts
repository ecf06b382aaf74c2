import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identical } from '../../src/term/equality.ts';
import { decodeExternal } from '../../src/term/external-decode.ts';
import type { Term } from '../../src/term/layout.ts';
import { tupleArity, tupleElement } from '../../src/term/term.ts';
import { erlc, type NativeCall, type NativeResult, nativeModule } from '../support/oracle.ts';
import { type Functions, loadFunctions } from './run-functions.ts';

/** Integers around every limit, and terms that arithmetic refuses. */
const numbers = [
  '0',
  '1',
  '-1',
  '2',
  '-2',
  '3',
  '7',
  '-7',
  '29',
  '31',
  '32',
  '1000',
  '65535',
  '-65536',
  '123456789',
  '536870911',
  '536870910',
  '536870912',
  '-536870912',
  '-536870911',
  '-536870913',
  '1073741824',
  '-2147483648',
  '4611686018427387904',
  '1.5',
  '-0.0',
  'a',
];
const others = [
  '[]',
  '[a|b]',
  '{}',
  '{a}',
  '{a,b,c}',
  '#{}',
  '#{a => 1, b => 2}',
  '<<>>',
  '<<1,2,3>>',
  '<<1:9>>',
  'true',
  'false',
  '"xyz"',
];

interface Outcome {
  readonly name: string;
  readonly list: string;
}

/** Calls every function of the source with every tuple of arguments, here and in native OTP, and compares what comes out. */
function compareAll(source: string, calls: readonly Outcome[], decides: (name: string) => boolean): string {
  const path = erlc(source);
  const module = /-module\((\w+)\)/.exec(source)?.[1] as string;
  const native = nativeModule(
    path,
    calls.map(({ name, list }): NativeCall => ({ module, function: name, arguments: list })),
  );
  const texts = [...new Set(calls.map(({ list }) => list))];
  const lists = nativeModule(
    [],
    texts.map((text) => ({ module: 'erlang', function: 'list_to_tuple', arguments: `[${text}]` })),
  );
  const bytes = new Map(texts.map((text, i) => [text, valueBytes(lists[i] as NativeResult)]));
  const functions = loadFunctions(path);
  let inline = 0;
  calls.forEach((call, i) => {
    if (compareOne(functions, call, bytes.get(call.list) as Uint8Array, native[i] as NativeResult, decides)) inline++;
  });
  return `${calls.length} calls, ${inline} without calling a BIF`;
}

function valueBytes(result: NativeResult): Uint8Array {
  assert.equal(result.kind, 'value');
  return result.kind === 'value' ? result.value.bytes : new Uint8Array();
}

/** True when no BIF was called. */
function compareOne(
  functions: Functions,
  { name, list }: Outcome,
  args: Uint8Array,
  expected: NativeResult,
  decides: (name: string) => boolean,
): boolean {
  const tuple = decodeExternal(args);
  const values = elements(tuple);
  functions.bifCalls();
  const value = functions.call(name, values);
  const called = functions.bifCalls() > 0;
  if (called && value === 0 && !decides(name)) return false;
  const label = `${name}(${list})`;
  if (expected.kind === 'value') {
    assert.notEqual(value, 0, `${label} is ${expected.value.text}, but left`);
    assert.ok(identical(value, decodeExternal(expected.value.bytes)), `${label} is ${expected.value.text}`);
  } else {
    assert.equal(value, 0, `${label} raises`);
  }
  return !called;
}

function elements(tuple: Term): Term[] {
  return Array.from({ length: tupleArity(tuple) }, (_, i) => tupleElement(tuple, i + 1));
}

const pairsOf = (names: readonly string[], values: readonly string[]): Outcome[] =>
  names.flatMap((name) => values.flatMap((x) => values.map((y) => ({ name, list: `[${x},${y}]` }))));
const singles = (names: readonly string[], values: readonly string[]): Outcome[] =>
  names.flatMap((name) => values.map((x) => ({ name, list: `[${x}]` })));

test('arithmetic', (context) => {
  const operators = ['+', '-', '*', 'div', 'rem', 'band', 'bor', 'bxor'];
  const constants = ['0', '1', '-1', '2', '-2', '10', '536870911', '-536870912', '536870912'];
  const binary = operators.map((op, i) => `b${i}(A, B) -> A ${op} B.`);
  const withConstant = operators.flatMap((op, i) =>
    constants.flatMap((value, k) => [`c${i}_${k}(A) -> A ${op} (${value}).`, `d${i}_${k}(A) -> (${value}) ${op} A.`]),
  );
  const bounded = operators.map(
    (op, i) => `t${i}(A, B) when is_integer(A), A > -20000, A < 20000, is_integer(B), B > 0, B < 20000 -> A ${op} B.`,
  );
  const shifts = ['bsl', 'bsr'].flatMap((op, i) => [
    ...[0, 1, 5, 29, 31, 32, -3].map((count, k) => `s${i}_${k}(A) -> A ${op} ${count}.`),
    `u${i}(A, B) when is_integer(B), B > -40, B < 70 -> A ${op} B.`,
    `v${i}(A, B) when is_integer(A), A > -100, A < 100, is_integer(B), B >= 0, B < 20 -> A ${op} B.`,
  ]);
  const unary = ['-A', '+A', 'bnot A', 'abs(A)', 'trunc(A)'].map((text, i) => `n${i}(A) -> ${text}.`);
  const ordered = ['max(A, B)', 'min(A, B)'].map((text, i) => `m${i}(A, B) -> ${text}.`);
  const guards = ['g(A, B) when A + B > 10 -> big; g(A, _) when A * 2 =:= 8 -> four; g(_, _) -> none.'];
  const lines = [...binary, ...withConstant, ...bounded, ...shifts, ...unary, ...ordered, ...guards];
  const two = lines.filter((line) => /^\w+\(\w, \w\)/.test(line)).map((line) => line.split('(')[0] as string);
  const one = lines.filter((line) => /^\w+\(\w\)/.test(line)).map((line) => line.split('(')[0] as string);
  const source = `-module(inline_arith).\n-compile([export_all, nowarn_export_all]).\n${lines.join('\n')}\n`;
  const calls = [...pairsOf(two, numbers), ...singles(one, numbers)];
  context.diagnostic(compareAll(source, calls, () => true));
});

test('data, comparisons and booleans', (context) => {
  const two = [
    'element(A, B)',
    'A =:= B',
    'A =/= B',
    'A == B',
    'A /= B',
    'A < B',
    'A > B',
    'A =< B',
    'A >= B',
    'A and B',
    'A or B',
    'A xor B',
    'is_map_key(A, B)',
    'map_get(A, B)',
  ];
  const one = [
    'hd(A)',
    'tl(A)',
    'tuple_size(A)',
    'size(A)',
    'map_size(A)',
    'byte_size(A)',
    'bit_size(A)',
    'not A',
    'element(2, A)',
    ...[
      'atom',
      'binary',
      'bitstring',
      'boolean',
      'float',
      'function',
      'integer',
      'list',
      'map',
      'number',
      'pid',
      'port',
      'reference',
      'tuple',
    ].map((type) => `is_${type}(A)`),
  ];
  const lines = [...two.map((text, i) => `b${i}(A, B) -> ${text}.`), ...one.map((text, i) => `u${i}(A) -> ${text}.`)];
  const source = `-module(inline_data).\n-compile([export_all, nowarn_export_all]).\n${lines.join('\n')}\n`;
  const values = [...others, '0', '1', '2', '3', '-1', '1.0', 'a', 'b', '536870912'];
  const calls = [
    ...pairsOf(
      two.map((_, i) => `b${i}`),
      values,
    ),
    ...singles(
      one.map((_, i) => `u${i}`),
      values,
    ),
  ];
  context.diagnostic(compareAll(source, calls, () => false));
});

test('selects, maps and floats', (context) => {
  const source = `-module(inline_select).
-compile([export_all, nowarn_export_all]).
dense(A) -> case A of 0 -> a; 1 -> b; 2 -> c; 3 -> d; 5 -> e; 7 -> f; _ -> none end.
low(A) -> case A of -536870912 -> a; -536870911 -> b; -536870910 -> c; -536870909 -> d; -1 -> e; _ -> none end.
sparse(A) -> case A of -7 -> a; 0 -> b; 29 -> c; 1000 -> d; 65535 -> e; 123456789 -> f; 536870911 -> g; -536870912 -> h; _ -> no end.
mixed(A) -> case A of a -> 1; true -> 2; 0 -> 3; 1.5 -> 4; 536870912 -> 5; 4611686018427387904 -> 6; 7 -> 7; "xyz" -> 8; _ -> 9 end.
size_of(A) -> case A of {} -> 0; {_} -> 1; {_, _} -> 2; {_, _, _} -> 3; {_, _, _, _, _} -> 5; _ -> none end.
sizes(A) -> case A of {_} -> 1; {_, _, _} -> 3; _ -> none end.
loop(A) -> loop(A, 0).
loop(0, N) -> N;
loop(1, N) -> loop(0, N + 1);
loop(2, N) -> loop(1, N + 2);
loop(3, N) -> loop(2, N + 3);
loop(A, N) -> {A, N}.
get_two(#{a := X, b := Y}) -> {X, Y};
get_two(#{a := X}) -> X;
get_two(_) -> none.
same(#{a := A, b := B} = M) -> {B, A, M};
same(A) -> A.
keys(A) when is_map(A), is_map_key(a, A) -> true;
keys(#{}) -> map;
keys(_) -> false.
put(A) when is_map(A) -> A#{c => A, d => 4};
put(A) -> #{A => 1, b => A}.
built(A) -> #{z => A, 1 => 2, a => [A], "s" => c, 2.0 => A, {x} => A, 16#123456789abcdef => A, [] => 3, -7 => A, b => A}.
exact(A) when is_map(A), A#{a := 3} =:= A -> never;
exact(A) when map_size(A#{a := 3}) > 1 -> two;
exact(_) -> none.
floats(A) when is_float(A) -> A * 2.0 + 1.0 - A / 4.0;
floats(A) when is_integer(A) -> -(A * 1.5);
floats(_) -> none.
overflow(A) when is_integer(A) -> A * 1.0e300 * 1.0e10;
overflow(A) -> A.
divide(A) when is_integer(A) -> 1.0 / A;
divide(A) -> A.
pair(A) -> F = fun(X) -> {X, A} end, F(A).
`;
  const names = [...source.matchAll(/^(\w+)\(.*?\) (?:when .*?)?->/gm)].map((match) => match[1] as string);
  const values = [...numbers, ...others, '{a,b}', '{a,b,c,d}', '{a,b,c,d,e}', '5', '-536870910', '-536870909'];
  const calls = singles(
    [...new Set(names)].filter((name) => name !== 'loop'),
    values,
  );
  context.diagnostic(compareAll(source, [...calls, ...singles(['loop'], ['0', '1', '2', '3', '4', 'a'])], () => true));
});

test('funs', (context) => {
  const entries = ['free', 'last_free', 'plain', 'last_plain', 'known', 'no_fun', 'other_arity', 'spinning'];
  const source = `-module(inline_funs).
-compile([export_all, nowarn_export_all]).
twice(F, A) -> [F(A) | F(a)].
last(F, A) -> F(A).
free(A) -> twice(fun(X) -> {X, A, A} end, A).
last_free(A) -> last(fun(X) -> [X, A] end, A).
plain(A) -> twice(fun(X) -> {X} end, A).
last_plain(A) -> last(fun(X) -> {X} end, A).
known(A) -> F = fun(X) -> [A | X] end, G = F(A), {F(G), G}.
no_fun(A) -> last(A, A).
other_arity(A) -> last(fun(X, Y) -> {X, Y, A} end, A).
spin(0, _) -> done;
spin(N, F) -> F(N - 1, F).
spinning(_) -> spin(1000000, fun(N, F) -> spin(N, F) end).
`;
  context.diagnostic(compareAll(source, singles(entries, ['1', '1.5', '{a}']), () => true));
});
