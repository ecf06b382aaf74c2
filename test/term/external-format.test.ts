import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { atom } from '../../src/term/atoms.ts';
import { binaryBytes, copyOfBytes } from '../../src/term/bits.ts';
import { ErlangError } from '../../src/term/erlang-error.ts';
import { decodeBare, decodeExternal, decodeExternalUsed } from '../../src/term/external-decode.ts';
import { type EncodeOptions, encodeExternal, encodeIovec, externalSize } from '../../src/term/external-encode.ts';
import type { Term } from '../../src/term/layout.ts';
import { whole } from '../../src/term/parts.ts';
import { head, isCons, tail } from '../../src/term/term.ts';
import { freshHeap } from '../support/heap.ts';
import { evalNative, type NativeResult } from '../support/oracle.ts';
import { deflate, inflate, markLoaded, nativeRows, useSomeExports } from './external-support.ts';

const TERMS = 4000;
const MUTATIONS = 32000;
const TERMS_PER_HEAP = 500;

/** In the order of options() in external-terms.erl; undefined: the hash of `local` differs from node to node. */
const OPTIONS: readonly EncodeOptions[] = [
  {},
  { minorVersion: 0 },
  { minorVersion: 1 },
  { minorVersion: 2 },
  { deterministic: true },
  { local: true },
  { minorVersion: 0, deterministic: true },
];

const DETERMINISTIC = { deterministic: true };

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Where the hash of a `local` encoding lies. */
function withoutHash(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.fill(0, 2, 6);
  return copy;
}

test('random terms encode to the bytes that native OTP gives, with every option', () => {
  const rows = nativeRows('encodings', 1, TERMS, OPTIONS.length + 2);
  assert.equal(rows.length, TERMS);
  let compared = 0;
  for (const [index, [flags, ...fields]] of rows.entries()) {
    if (index % TERMS_PER_HEAP === 0) freshHeap();
    const size = Number(fields.pop()?.toString());
    const plain = fields[0] as Buffer;
    const term = decodeExternal(plain);
    assert.equal(whole(externalSize(term)), size);
    for (const [i, options] of OPTIONS.entries()) {
      const expected = fields[i] as Buffer;
      const isOrdered = options.deterministic || !flags?.includes('u');
      if (expected.length === 0 || !isOrdered) continue;
      const encoded = encodeExternal(term, options);
      if (options.local) {
        assert.equal(hex(withoutHash(encoded)), hex(withoutHash(expected)), `term ${index}, local`);
        assert.equal(hex(encodeExternal(decodeExternal(encoded), DETERMINISTIC)), hex(fields[4] as Buffer));
      } else {
        assert.equal(hex(encoded), hex(expected), `term ${index}, ${JSON.stringify(options)}`);
        assert.equal(hex(encodeExternal(decodeExternal(expected), DETERMINISTIC)), hex(fields[4] as Buffer));
      }
      compared++;
    }
    checkVariants(term, plain);
  }
  assert.ok(compared > 4 * TERMS, `${compared} encodings`);
});

/** Compression and iovec give the same term again. */
function checkVariants(term: Term, plain: Buffer): void {
  const compressed = encodeExternal(term, { level: -1, deflate, ...DETERMINISTIC });
  const plainOrdered = encodeExternal(term, DETERMINISTIC);
  assert.ok(compressed.length <= plain.length);
  assert.equal(hex(encodeExternal(decodeExternal(compressed, { inflate }), DETERMINISTIC)), hex(plainOrdered));
  if (compressed[1] === 80) assert.equal(hex(inflateSync(compressed.subarray(6))), hex(plainOrdered.subarray(1)));
  const parts: Uint8Array[] = [];
  for (let rest = whole(encodeIovec(term, DETERMINISTIC)); isCons(rest); rest = tail(rest))
    parts.push(copyOfBytes(head(rest)));
  assert.equal(hex(Buffer.concat(parts)), hex(plainOrdered));
  assert.equal(hex(encodeExternal(decodeBare(plain.subarray(1)), DETERMINISTIC)), hex(plainOrdered));
}

/** The result of decoding as external-terms.erl tells it. */
function judged(bytes: Uint8Array): { safe: string; used: string; again: string } {
  const attempt = <T>(decode: () => T): T | undefined => {
    try {
      return decode();
    } catch (error) {
      if (error instanceof ErlangError) return undefined;
      throw error;
    }
  };
  const safe = attempt(() => decodeExternal(bytes, { safe: true, inflate })) === undefined ? 'badarg' : 'safe';
  const decoded = attempt(() => decodeExternalUsed(bytes, { inflate }));
  if (decoded === undefined) return { safe, used: 'badarg', again: '' };
  return { safe, used: `${decoded.used}`, again: hex(encodeExternal(decoded.term, { deterministic: true })) };
}

const ONE_LETTER_ATOMS =
  '[<<C>> || C <- lists:seq(0, 127), try binary_to_existing_atom(<<C>>) =/= a catch _:_ -> false end]';

function decodeAll(encodings: Buffer): void {
  for (let at = 0; at < encodings.length; ) at += decodeExternalUsed(encodings.subarray(at)).used;
}

/** Atoms of one character that exist in native OTP. */
function makeAtoms(result: NativeResult | undefined): void {
  assert.equal(result?.kind, 'value');
  if (result?.kind !== 'value') return;
  for (let rest = decodeExternal(result.value.bytes); isCons(rest); rest = tail(rest)) {
    atom(String.fromCharCode(binaryBytes(head(rest))[0] as number));
  }
}

test('changed encodings are refused or understood as native OTP does', () => {
  useSomeExports();
  freshHeap();
  const rows = nativeRows('mutations', 7, MUTATIONS, 5) as [Buffer, Buffer, Buffer, Buffer, Buffer][];
  makeAtoms(evalNative([ONE_LETTER_ATOMS])[0]);
  for (const [tried] of rows.slice(0, 500)) decodeAll(tried);
  markLoaded();
  let judgedCount = 0;
  let refused = 0;
  const wrong: string[] = [];
  for (const [index, row] of rows.entries()) {
    const [tried, bytes, safe, used, again] = row;
    if (index % TERMS_PER_HEAP === 0) freshHeap();
    // So that the same atoms exist on both sides.
    decodeAll(tried);
    if (bytes.length === 0) continue;
    const expected = { safe: safe.toString(), used: used.toString(), again: hex(again) };
    const actual = judged(bytes);
    judgedCount++;
    if (expected.used === 'badarg') refused++;
    if (JSON.stringify(expected) !== JSON.stringify(actual)) {
      wrong.push(`${hex(bytes)}\n native ${JSON.stringify(expected)}\n here   ${JSON.stringify(actual)}`);
    }
  }
  assert.ok(judgedCount > 0.6 * MUTATIONS, `${judgedCount} inputs`);
  assert.equal(wrong.length, 0, `${wrong.length} of ${judgedCount}:\n${wrong.slice(0, 10).join('\n')}`);
  assert.ok(refused > 0.2 * judgedCount && refused < 0.9 * judgedCount, `${refused} of ${judgedCount} refused`);
});

/** At the limits of what the kernel for small terms decides, and beyond them. */
const LARGE_TERMS = [
  '[N * N - 500 || N <- lists:seq(1, 20000)]',
  '[N rem 256 || N <- lists:seq(1, 9000)] ++ [a]',
  '[N rem 256 || N <- lists:seq(1, 70000)]',
  '[lists:duplicate(N, 7) || N <- lists:seq(7800, 7900, 7)]',
  '[{N, binary:copy(<<"ab">>, N), N / 7} || N <- lists:seq(1, 1100, 13)]',
  '[{N, fun lists:map/2, [N | N]} || N <- lists:seq(1, 3000)]',
  'lists:foldl(fun(N, T) -> {N, T, [T1 || T1 <- [N]]} end, [], lists:seq(1, 500))',
  'lists:foldl(fun(N, T) -> [N, [], T | x] end, {}, lists:seq(1, 500))',
  'lists:foldl(fun(N, T) -> #{n => N, t => T, N => <<N:31>>} end, #{}, lists:seq(1, 500))',
  '[{list_to_atom(lists:duplicate(N, $x)), list_to_tuple(lists:seq(1, N + 200))} || N <- lists:seq(40, 70)]',
  '[S * ((1 bsl N) + D) || N <- lists:seq(0, 2100, 3), D <- [-1, 0, 1], S <- [1, -1]]',
  '[list_to_atom("a" ++ integer_to_list(N rem 700)) || N <- lists:seq(1, 3000)]',
  'begin <<_:3, B/bits>> = binary:copy(<<"abc">>, 99), <<_:5, _, C:50/binary, _/bits>> = B, {B, C, [C, C | B]} end',
];

test('large terms encode to the bytes that native OTP gives', () => {
  for (const [index, result] of evalNative(LARGE_TERMS).entries()) {
    assert.equal(result.kind, 'value', LARGE_TERMS[index]);
    if (result.kind !== 'value') continue;
    freshHeap();
    const expected = Buffer.from(result.value.bytes);
    const term = decodeExternal(expected);
    assert.equal(hex(encodeExternal(term)), hex(expected), LARGE_TERMS[index]);
    assert.equal(hex(encodeExternal(term, DETERMINISTIC)), hex(expected), LARGE_TERMS[index]);
    assert.equal(whole(externalSize(term)), expected.length);
    const parts: Uint8Array[] = [];
    for (let rest = whole(encodeIovec(term)); isCons(rest); rest = tail(rest)) parts.push(copyOfBytes(head(rest)));
    assert.equal(hex(Buffer.concat(parts)), hex(expected), LARGE_TERMS[index]);
  }
});
