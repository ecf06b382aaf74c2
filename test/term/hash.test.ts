import assert from 'node:assert/strict';
import { test } from 'node:test';
import { am } from '../../src/term/atoms.ts';
import { bitsOwner, makeBitstring, makeSubBits } from '../../src/term/bits.ts';
import { decodeExternal } from '../../src/term/external-decode.ts';
import { encodeExternal } from '../../src/term/external-encode.ts';
import { internalHash } from '../../src/term/hash.ts';
import { NIL } from '../../src/term/layout.ts';
import { phash } from '../../src/term/phash.ts';
import { phash2 } from '../../src/term/phash2.ts';
import { makeSmall, tupleElement } from '../../src/term/term.ts';
import { freshHeap } from '../support/heap.ts';
import { evalNative } from '../support/oracle.ts';
import { type Judgement, judgedTerms, specialTerms } from './term-judge.ts';

function checkHashes({ terms }: Judgement): void {
  for (const judged of terms) {
    const { term, range } = judged;
    const hash2 = phash2(term);
    const hash1 = phash(term);
    const got = {
      term,
      phash2: hash2,
      phash2Small: hash2 % 2 ** 27,
      phash: hash1,
      range,
      phash2InRange: hash2 % range,
      phashInRange: 1 + (hash1 % range),
    };
    assert.deepEqual(got, judged, Buffer.from(encodeExternal(term)).toString('hex'));
  }
}

test('phash2 and phash of random terms are native OTP’s', (t) => {
  freshHeap();
  const judgement = judgedTerms(2, 600);
  checkHashes(judgement);
  t.diagnostic(`${judgement.terms.length} terms, six hashes each`);
});

test('phash2 and phash of terms at every boundary are native OTP’s', (t) => {
  freshHeap();
  const judgement = specialTerms();
  checkHashes(judgement);
  t.diagnostic(`${judgement.terms.length} terms, six hashes each`);
});

test('phash2 and phash of bitstrings do not depend on where they lie', () => {
  freshHeap();
  const sizes = [0, 1, 8, 13, 96, 97, 1000, 8001];
  const content = Uint8Array.from({ length: 1100 }, (_, i) => (i * 151 + (i >> 3)) & 0xff);
  const owner = bitsOwner(makeBitstring(content, content.length * 8));
  const offsets = [0, 1, 5, 8, 67];
  const text = `<<_:Offset, B:Size/bits, _/bits>> = << <<((I * 151 + (I bsr 3)) band 255)>> || I <- lists:seq(0, 1099) >>,
    [erlang:phash2(B, 1 bsl 32), erlang:phash(B, 1 bsl 32) - 1]`;
  const cases = offsets.flatMap((offset) => sizes.map((size) => ({ offset, size })));
  const expected = evalNative(cases.map(({ offset, size }) => `Offset = ${offset}, Size = ${size}, ${text}`));
  cases.forEach(({ offset, size }, index) => {
    const part = makeSubBits(owner, offset, size);
    const result = expected[index];
    assert.equal(`[${phash2(part)},${phash(part)}]`, result?.kind === 'value' ? result.value.text : result?.kind);
  });
});

test('phash2 of maps within maps', () => {
  freshHeap();
  const text =
    'T = lists:foldl(fun(I, A) -> #{A => I, I => A} end, x, lists:seq(1, 12)), {T, erlang:phash2(T, 1 bsl 32)}';
  const [result] = evalNative([text]);
  if (result?.kind !== 'value') throw new Error(result?.kind);
  const pair = decodeExternal(result.value.bytes);
  assert.ok(result.value.text.endsWith(`,${phash2(tupleElement(pair, 1))}}`));
});

test('internalHash spreads integers, atoms and strings over all its bits', () => {
  freshHeap();
  const count = 1 << 16;
  const buckets = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const place = internalHash(makeSmall(i)) >>> 16;
    buckets[place] = (buckets[place] as number) + 1;
  }
  const empty = buckets.filter((n) => n === 0).length / count;
  // A random function leaves 1/e of the buckets empty.
  assert.ok(empty > 0.35 && empty < 0.39, `${empty}`);
});

test('internalHash of integers is that of OTP with words of 32 bits', () => {
  // What OTP's own map_SUITE and persistent_term_SUITE say of it: that of 0, and integers whose hashes are equal.
  assert.equal(internalHash(makeSmall(0)) >>> 0, 416_211_501);
  const alike = [
    [76_325_343, 52],
    [125, -110_161_190],
    [103_325_476, -69_901_823, -111_848_030],
    [-1_014_167, 67_108_908],
    [-55_973_163, -134_217_697],
  ];
  for (const group of alike) assert.equal(new Set(group.map((n) => internalHash(makeSmall(n)))).size, 1);
  // No two of the same word in OTP: neither larger integers nor other immediates.
  const others = [makeSmall(2 ** 28), makeSmall(-(2 ** 28)), makeSmall(2 ** 29 - 1), NIL, am.none];
  assert.equal(new Set([makeSmall(0), makeSmall(-1), ...others].map(internalHash)).size, 7);
});
