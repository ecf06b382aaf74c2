import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cons, tuple } from '../../src/term/build.ts';
import { decodeExternal } from '../../src/term/external-decode.ts';
import { encodeExternal } from '../../src/term/external-encode.ts';
import { NIL, type Term } from '../../src/term/layout.ts';
import { display, displayBytes, formatTerm } from '../../src/term/print.ts';
import { makeSmall } from '../../src/term/term.ts';
import { freshHeap } from '../support/heap.ts';
import { evalNative } from '../support/oracle.ts';
import { nativeRows } from './external-support.ts';

const TERMS = 3000;
const TERMS_PER_HEAP = 500;
/** In the order of texts/2 in external-terms.erl. */
const LIMITS: readonly (number | undefined)[] = [undefined, 3, 20, 60];

/** The first number of pids, ports and references of other nodes is the number of an atom. */
function withoutAtomNumbers(text: string): string {
  return text.replace(/<[0-9]+\.(?=[0-9.]+>)/g, '<.');
}

test('random terms print as erlang:display/1 and ~w print them', () => {
  let compared = 0;
  for (const [index, row] of nativeRows('texts', 3, TERMS, 7).entries()) {
    if (index % TERMS_PER_HEAP === 0) freshHeap();
    const [flags, encoded, ...texts] = row as [Buffer, Buffer, ...Buffer[]];
    if (flags.includes('u')) continue;
    const term = decodeExternal(encoded);
    for (const [i, limit] of LIMITS.entries()) {
      const expected = (texts[i] as Buffer).toString('latin1');
      const actual = Buffer.from(displayBytes(term, limit)).toString('latin1');
      assert.equal(withoutAtomNumbers(actual), withoutAtomNumbers(expected), `term ${index}, limit ${limit}`);
      compared++;
    }
    assert.equal(withoutAtomNumbers(formatTerm(term)), withoutAtomNumbers((texts[4] as Buffer).toString()));
  }
  assert.ok(compared > TERMS, `${compared} texts`);
});

const EDGES = [
  `[]`,
  `{}`,
  `#{}`,
  `""`,
  `<<>>`,
  `''`,
  `'\\''`,
  `'\\\\'`,
  `'a b'`,
  `'\\0\\t\\d'`,
  `'maybe'`,
  `'else'`,
  `'end'`,
  `a@b`,
  `'_'`,
  `'1'`,
  `"a\\"b\\n\\t\\r"`,
  `"\\\\"`,
  `<<"a\\"b\\\\">>`,
  `<<"a\\n">>`,
  `[97|98]`,
  `["ab", [[]]]`,
  `<<5:3>>`,
  `<<1, 5:3>>`,
  `<<"abc", 1:1>>`,
  `0.0`,
  `-0.0`,
  `1.0e300`,
  `1.0e-300`,
  `123456.5`,
  `1234567.5`,
  `2097152.5`,
  `2097153.5`,
  `0.1`,
  `-1 bsl 200`,
  `1 bsl 64`,
  `#{a => #{1 => [2]}}`,
  `fun lists:map/2`,
  `fun 'a b':'C'/3`,
  `list_to_atom([16#3b1])`,
  `list_to_atom([16#e9])`,
  `list_to_atom([16#c9])`,
  `list_to_atom([$a, 16#1f600])`,
  `list_to_atom([$a, 16#3b1])`,
  `[16#e9, 16#ff]`,
  `[16#80]`,
  `[16#a0]`,
  `[127]`,
];

test('edge cases print as erlang:display/1 and ~w print them', () => {
  freshHeap();
  const shown = evalNative(
    EDGES.map((text) => `list_to_binary(erts_internal:term_to_string(begin ${text} end, undefined))`),
  );
  const written = evalNative(
    EDGES.map((text) => `unicode:characters_to_binary(io_lib:format("~w", [begin ${text} end]))`),
  );
  const terms = evalNative(EDGES);
  const bytesOf = (result: (typeof shown)[number]): Buffer => {
    assert.equal(result.kind, 'value');
    return result.kind === 'value' ? result.value.bytes : Buffer.alloc(0);
  };
  for (const [i, text] of EDGES.entries()) {
    const term = decodeExternal(bytesOf(terms[i] as (typeof terms)[number]));
    const expected = bytesOf(shown[i] as (typeof shown)[number]).subarray(6);
    assert.equal(Buffer.from(displayBytes(term)).toString('latin1'), expected.toString('latin1'), text);
    assert.equal(
      formatTerm(term),
      bytesOf(written[i] as (typeof written)[number])
        .subarray(6)
        .toString(),
      text,
    );
  }
});

test('terms a million deep are printed, encoded and decoded', () => {
  freshHeap();
  const depth = 1_000_000;
  let lists: Term = NIL;
  let tuples: Term = makeSmall(1);
  for (let i = 0; i < depth; i++) {
    lists = cons(lists, NIL);
    tuples = tuple(tuples);
  }
  assert.equal(formatTerm(lists), '['.repeat(depth + 1) + ']'.repeat(depth + 1));
  assert.equal(display(tuples), `${'{'.repeat(depth)}1${'}'.repeat(depth)}`);
  for (const term of [lists, tuples]) {
    const bytes = encodeExternal(term);
    assert.deepEqual(encodeExternal(decodeExternal(bytes)), bytes);
  }
});
