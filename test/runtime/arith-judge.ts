/**
 * Compares BIFs of this project with native OTP's: each case is a line of text, `module:function` and arguments; native evaluates
 * all of them in one process.
 *
 * Arguments and results: `i` and an even number of hexadecimal digits (an integer), `f` and 16 hexadecimal digits (a float's bits), `a` and an atom's
 * name, `b` (binary) or `s` (list of bytes) and hexadecimal digits, `e` and Erlang text without blanks (arguments only),
 * `t` and results in braces, or `class:reason`.
 */
import assert from 'node:assert/strict';
import { erlangArithBifs } from '../../src/bifs/erlang/arith.ts';
import {
  erlangNumberConversionBifs,
  ertsInternalNumberBifs,
  stringNumberBifs,
} from '../../src/bifs/erlang/number-conversions.ts';
import { mathBifs } from '../../src/bifs/math.ts';
import { atom, atomName } from '../../src/term/atoms.ts';
import { makeBigInt, toBigInt } from '../../src/term/bignum.ts';
import { binaryBytes, isBinary, makeBinary } from '../../src/term/bits.ts';
import { listOf, makeFloat, tupleOf } from '../../src/term/build.ts';
import { ErlangError } from '../../src/term/erlang-error.ts';
import { NIL, type Term } from '../../src/term/layout.ts';
import {
  floatValue,
  head,
  isAtom,
  isCons,
  isFloat,
  isInteger,
  isNil,
  isTuple,
  makeSmall,
  smallValue,
  tail,
  tupleArity,
  tupleElement,
} from '../../src/term/term.ts';
import { freshHeap } from '../support/heap.ts';
import { erlc, nativeModule, type Release } from '../support/oracle.ts';

const JUDGE = `-module(arith_judge).
-export([run/1]).
run(Text) ->
    << <<(line(Line))/binary, $\\n>> || Line <- binary:split(Text, <<"\\n">>, [global, trim]) >>.
line(Line) ->
    [Name | Arguments] = binary:split(Line, <<" ">>, [global]),
    [Module, Function] = binary:split(Name, <<":">>),
    Terms = [argument(Argument) || Argument <- Arguments],
    iolist_to_binary(
        try apply(binary_to_atom(Module), binary_to_atom(Function), Terms) of
            Value -> show(Value)
        catch
            Class:Reason -> io_lib:format("~w:~w", [Class, Reason])
        end).
argument(<<"i-", Digits/binary>>) -> -binary:decode_unsigned(binary:decode_hex(Digits));
argument(<<"i", Digits/binary>>) -> binary:decode_unsigned(binary:decode_hex(Digits));
argument(<<"f", Digits/binary>>) -> <<F/float>> = binary:decode_hex(Digits), F;
argument(<<"a", Name/binary>>) -> binary_to_atom(Name);
argument(<<"b", Digits/binary>>) -> binary:decode_hex(Digits);
argument(<<"s", Digits/binary>>) -> binary_to_list(binary:decode_hex(Digits));
argument(<<"e", Text/binary>>) ->
    {ok, Tokens, _} = erl_scan:string(binary_to_list(<<Text/binary, ".">>)),
    {ok, Term} = erl_parse:parse_term(Tokens),
    Term.
show(Value) when is_integer(Value), Value < 0 -> [$i, $-, hex(binary:encode_unsigned(-Value))];
show(Value) when is_integer(Value) -> [$i, hex(binary:encode_unsigned(Value))];
show(Value) when is_float(Value) -> [$f, hex(<<Value/float>>)];
show(Value) when is_atom(Value) -> [$a, atom_to_binary(Value)];
show(Value) when is_binary(Value) -> [$b, hex(Value)];
show(Value) when is_tuple(Value) -> [\${, lists:join($,, [show(E) || E <- tuple_to_list(Value)]), $}];
show(Value) when is_list(Value) ->
    try [$s, hex(list_to_binary(Value))] catch error:badarg -> io_lib:format("~w", [Value]) end.
hex(Bytes) -> binary:encode_hex(Bytes).
`;

const tables = [erlangArithBifs, erlangNumberConversionBifs, ertsInternalNumberBifs, stringNumberBifs, mathBifs];
const rows: ReadonlyMap<string, unknown> = new Map<string, unknown>(
  tables.flatMap((table) => table.rows.map((row) => [`${table.module}:${row.name}/${row.arity}`, row.fn] as const)),
);
const view = new DataView(new ArrayBuffer(8));

/** The text of an integer argument. */
export function integerCase(value: bigint | number): string {
  const digits = (value < 0 ? -value : value).toString(16).toUpperCase();
  return `i${value < 0 ? '-' : ''}${digits.length % 2 === 0 ? '' : '0'}${digits}`;
}

/** The text of a float argument. */
export function floatCase(value: number): string {
  view.setFloat64(0, value);
  return `f${view.getBigUint64(0).toString(16).toUpperCase().padStart(16, '0')}`;
}

/** The text of a list (`s`) or binary (`b`) argument of Latin-1 characters. */
export function textCase(kind: 's' | 'b', text: string): string {
  return kind + Buffer.from(text, 'latin1').toString('hex').toUpperCase();
}

function argument(text: string): Term {
  const rest = text.slice(1);
  switch (text[0]) {
    case 'i':
      return makeBigInt(rest.startsWith('-') ? -BigInt(`0x${rest.slice(1)}`) : BigInt(`0x${rest}`));
    case 'f':
      view.setBigUint64(0, BigInt(`0x${rest}`));
      return makeFloat(view.getFloat64(0));
    case 'a':
      return atom(rest);
    case 'b':
      return makeBinary(Buffer.from(rest, 'hex'));
    case 's':
      return listOf([...Buffer.from(rest, 'hex')].map(makeSmall));
    default:
      return parseTerm(rest);
  }
}

/** Erlang text of atoms, integers, floats, tuples and lists without blanks. */
function parseTerm(text: string): Term {
  let at = 0;
  const items = (close: string): Term[] => {
    const found: Term[] = [];
    at++;
    while (text[at] !== close && text[at] !== '|') {
      found.push(term());
      if (text[at] === ',') at++;
    }
    return found;
  };
  const term = (): Term => {
    if (text[at] === '{') {
      const elements = items('}');
      at++;
      return tupleOf(elements);
    }
    if (text[at] === '[') {
      const elements = items(']');
      const improper = text[at] === '|';
      if (improper) at++;
      const last = improper ? term() : NIL;
      at++;
      return listOf(elements, last);
    }
    const word = /^[-\w.]+/.exec(text.slice(at))?.[0] ?? assert.fail(text);
    at += word.length;
    if (/^-?[0-9]+$/.test(word)) return makeBigInt(BigInt(word));
    return /^-?[0-9]/.test(word) ? makeFloat(Number(word)) : atom(word);
  };
  return term();
}

function show(t: Term): string {
  if (isInteger(t)) return integerCase(toBigInt(t));
  if (isFloat(t)) return floatCase(floatValue(t));
  if (isAtom(t)) return `a${atomName(t)}`;
  if (isBinary(t)) return `b${Buffer.from(binaryBytes(t)).toString('hex').toUpperCase()}`;
  if (isTuple(t)) {
    return `{${Array.from({ length: tupleArity(t) }, (_, index) => show(tupleElement(t, index + 1))).join(',')}}`;
  }
  const codes: number[] = [];
  let rest = t;
  for (; isCons(rest); rest = tail(rest)) codes.push(smallValue(head(rest)));
  assert.ok(isNil(rest));
  return `s${Buffer.from(codes).toString('hex').toUpperCase()}`;
}

/** What our BIF makes of a case. */
export function ours(line: string): string {
  const [name, ...texts] = line.split(' ') as [string, ...string[]];
  const fn = rows.get(`${name}/${texts.length}`) as ((...args: Term[]) => Term) | undefined;
  assert.ok(fn, `no BIF for ${line}`);
  try {
    return show(fn(...texts.map(argument)));
  } catch (error) {
    if (!(error instanceof ErlangError)) throw error;
    return `${error.kind}:${atomName(error.reason)}`;
  }
}

/** What native OTP makes of each case. */
export function native(lines: readonly string[], release: Release = 27): string[] {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(text.length);
  const [result] = nativeModule(
    erlc(JUDGE, { release }),
    [{ module: 'arith_judge', function: 'run', arguments: [Buffer.concat([Buffer.from([131, 109]), size, text])] }],
    { release, timeout: 300_000 },
  );
  assert.equal(result?.kind, 'value', result?.kind === 'raise' ? result.reason.text + result.stack.text : result?.kind);
  return result.value.bytes.subarray(6).toString().trimEnd().split('\n');
}

/** Fails with the first differences if any case is not as native OTP has it; returns how many raised. */
export function compareWithNative(lines: readonly string[], release: Release = 27): { cases: number; raised: number } {
  const expected = native(lines, release);
  assert.equal(expected.length, lines.length);
  const wrong: string[] = [];
  let raised = 0;
  let wrongs = 0;
  lines.forEach((line, index) => {
    if (index % 1000 === 0) freshHeap();
    const actual = ours(line);
    if (actual.includes(':')) raised++;
    if (actual === expected[index]) return;
    if (wrongs++ < 20)
      wrong.push(`${line.slice(0, 300)}\n   ours ${actual.slice(0, 300)}\n native ${expected[index]?.slice(0, 300)}`);
  });
  assert.ok(wrongs === 0, `${wrongs} of ${lines.length} differ:\n${wrong.join('\n')}`);
  return { cases: lines.length, raised };
}
