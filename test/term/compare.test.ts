import assert from 'node:assert/strict';
import { test } from 'node:test';
import { termKernels } from '../../src/memory/term-kernels.ts';
import { makeBitstring, makeSubBits } from '../../src/term/bits.ts';
import { cons, makeFloat, tuple } from '../../src/term/build.ts';
import { compareExact, compareTerms } from '../../src/term/compare.ts';
import { equal, identical } from '../../src/term/equality.ts';
import { encodeExternal } from '../../src/term/external-encode.ts';
import { flatmapOf } from '../../src/term/flatmap.ts';
import { internalHash } from '../../src/term/hash.ts';
import { NIL, type Term, UNDECIDED_ORDER } from '../../src/term/layout.ts';
import { makeSmall } from '../../src/term/term.ts';
import { useTermRulesOf } from '../../src/term/term-rules.ts';
import { freshHeap } from '../support/heap.ts';
import { type Judgement, judgedTerms, specialTerms } from './term-judge.ts';

function hex(t: Term): string {
  return Buffer.from(encodeExternal(t)).toString('hex');
}

function checkPairs({ pairs }: Judgement): void {
  for (const { a, b, keyOrder, order, equal: same, identical: exactlySame } of pairs) {
    const label = (): string => `${hex(a)}  ${hex(b)}`;
    const expected = { keyOrder, order, same, exactlySame };
    const asked = keyOrder !== undefined;
    const got = {
      keyOrder: asked ? Math.sign(compareExact(a, b)) : undefined,
      order: Math.sign(compareTerms(a, b)),
      same: equal(a, b),
      exactlySame: identical(a, b),
    };
    assert.deepEqual(got, expected, label());
    const known = termKernels().order(a, b);
    if (known !== UNDECIDED_ORDER) assert.equal(known, order, label());
    assert.equal(termKernels().identical(a, b), exactlySame ? 1 : 0, label());
    const back = {
      keyOrder: asked ? -Math.sign(compareExact(b, a)) || 0 : undefined,
      order: -Math.sign(compareTerms(b, a)) || 0,
      same: equal(b, a),
      exactlySame: identical(b, a),
    };
    assert.deepEqual(back, expected, label());
    assert.equal(compareExact(a, b) === 0, exactlySame, label());
    if (exactlySame) assert.equal(internalHash(a), internalHash(b), label());
  }
}

function checkSorted({ terms, sorted }: Judgement): void {
  const places = terms.map((_, place) => place);
  places.sort((i, j) => compareTerms(terms[i]?.term as Term, terms[j]?.term as Term));
  assert.deepEqual(places, sorted);
}

test('the order, == and =:= of random terms are native OTP’s', (t) => {
  freshHeap();
  const judgement = judgedTerms(1, 600);
  checkPairs(judgement);
  checkSorted(judgement);
  t.diagnostic(
    `${judgement.terms.length} terms sorted, ${judgement.pairs.length} pairs compared in four ways, both directions`,
  );
});

test('the order, == and =:= of terms at every boundary are native OTP’s', (t) => {
  freshHeap();
  const judgement = specialTerms();
  checkPairs(judgement);
  checkSorted(judgement);
  t.diagnostic(
    `${judgement.terms.length} terms sorted, ${judgement.pairs.length} pairs compared in four ways, both directions`,
  );
});

test('bitstrings compare the same at every offset', () => {
  freshHeap();
  const content = Uint8Array.from({ length: 40 }, (_, i) => (i * 73) & 0xff);
  for (const size of [0, 1, 7, 8, 9, 31, 32, 33, 100, 299]) {
    const straight = makeBitstring(content, size);
    for (let offset = 0; offset < 20; offset++) {
      const shifted = new Uint8Array(50);
      for (let bit = 0; bit < size; bit++) {
        const value = ((content[bit >> 3] as number) >> (7 - (bit & 7))) & 1;
        const to = bit + offset;
        shifted[to >> 3] = (shifted[to >> 3] as number) | (value << (7 - (to & 7)));
      }
      const part = makeSubBits(makeBitstring(shifted, 400), offset, size);
      assert.ok(identical(straight, part) && identical(part, straight));
      assert.equal(compareTerms(straight, part), 0);
      assert.equal(internalHash(straight), internalHash(part));
    }
  }
});

test('deep terms need no native stack', () => {
  freshHeap();
  const depth = 300_000;
  const nest = (last: Term, wrap: (inner: Term) => Term): Term => {
    let result = last;
    for (let i = 0; i < depth; i++) result = wrap(result);
    return result;
  };
  const wraps = [
    (inner: Term): Term => cons(inner, NIL),
    (inner: Term): Term => cons(NIL, inner),
    (inner: Term): Term => tuple(inner, NIL),
    (inner: Term): Term => flatmapOf([inner], [NIL]),
    (inner: Term): Term => flatmapOf([NIL], [inner]),
  ];
  for (const wrap of wraps) {
    freshHeap();
    const [a, b, c] = [nest(makeSmall(1), wrap), nest(makeSmall(1), wrap), nest(makeFloat(1.5), wrap)];
    assert.ok(identical(a, b) && equal(a, b) && !identical(a, c));
    assert.ok(compareTerms(a, c) < 0 && compareExact(c, a) > 0 && compareTerms(a, b) === 0);
    assert.equal(internalHash(a), internalHash(b));
  }
});

test('0.0 and -0.0 are identical up to OTP 26', () => {
  freshHeap();
  const [zero, negative] = [makeFloat(0), makeFloat(-0)];
  assert.ok(!identical(zero, negative) && equal(zero, negative) && compareExact(negative, zero) < 0);
  try {
    useTermRulesOf(25);
    assert.ok(identical(zero, negative) && compareExact(negative, zero) === 0);
    assert.equal(internalHash(zero), internalHash(negative));
  } finally {
    useTermRulesOf(27);
  }
});
