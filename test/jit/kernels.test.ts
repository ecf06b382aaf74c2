import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildKernels } from '../../src/jit/kernels.ts';
import { allocate } from '../../src/memory/heap.ts';
import { currentMemory } from '../../src/memory/memory.ts';
import { termKernels } from '../../src/memory/term-kernels.ts';
import { add, divide, multiply, subtract } from '../../src/runtime/arith.ts';
import { makeBigInt, toBigInt } from '../../src/term/bignum.ts';
import { makeBinary } from '../../src/term/bits.ts';
import { cons, listOf, makeFloat, tuple } from '../../src/term/build.ts';
import { compareExact, compareTerms } from '../../src/term/compare.ts';
import { identical } from '../../src/term/equality.ts';
import { NIL, type Term, UNDECIDED_ORDER } from '../../src/term/layout.ts';
import { mapFromArrays } from '../../src/term/map-build.ts';
import { formatTerm } from '../../src/term/print.ts';
import { isInteger, makeSmall } from '../../src/term/term.ts';
import { freshHeap } from '../support/heap.ts';

type Operator = (x: Term, y: Term) => Term;

const MAX_SHIFT = 62n;
const LIMIT = 2n ** 63n;

const exact: Record<string, (x: bigint, y: bigint) => bigint | undefined> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  div: (x, y) => (y === 0n ? undefined : x / y),
  rem: (x, y) => (y === 0n ? undefined : x % y),
  band: (x, y) => x & y,
  bor: (x, y) => x | y,
  bxor: (x, y) => x ^ y,
  bsl: (x, y) => (y < 0n || y > MAX_SHIFT ? undefined : x << y),
  bsr: (x, y) => (y < 0n || y > MAX_SHIFT ? undefined : x >> y),
};

function operators(): Record<string, Operator> {
  freshHeap();
  const rt = { moreHeap: (count: number) => allocate(count) };
  const imports = { env: { memory: currentMemory() }, rt, term: termKernels() } as unknown as WebAssembly.Imports;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(buildKernels(true)), imports);
  return exports as unknown as Record<string, Operator>;
}

/** Integers around everything that decides: 0, the ends of smalls, of digits, and of what the module knows. */
function edges(): bigint[] {
  const powers = [0n, 1n, 5n, 28n, 29n, 30n, 31n, 32n, 33n, 47n, 61n, 62n, 63n, 64n, 70n].map((bits) => 2n ** bits);
  const around = powers.flatMap((power) => [power - 1n, power, power + 1n]);
  return [0n, ...around, ...around.map((value) => -value), 1234567890123n, -987654321987n];
}

test('integers of 63 bits and sign: the exact result, or none where it is longer', (t) => {
  const long = operators();
  const values = edges();
  const terms = values.map((value) => makeBigInt(value));
  let decided = 0;
  for (const [name, compute] of Object.entries(exact)) {
    const operator = long[name] as Operator;
    for (const [i, x] of values.entries()) {
      for (const [j, y] of values.entries()) {
        const result = operator(terms[i] as Term, terms[j] as Term);
        const expected = x <= -LIMIT || x >= LIMIT || y <= -LIMIT || y >= LIMIT ? undefined : compute(x, y);
        const fits = expected !== undefined && expected >= -LIMIT && expected < LIMIT;
        const label = `${x} ${name} ${y}`;
        assert.equal(result !== 0, fits, label);
        if (!fits) continue;
        assert.equal(toBigInt(result), expected, label);
        assert.ok(identical(result, makeBigInt(expected)), `${label} is in its shortest form`);
        decided++;
      }
    }
  }
  t.diagnostic(`${decided} results`);
});

test('other terms are left to the BIFs', () => {
  const kernels = operators();
  for (const name of Object.keys(exact)) {
    const operator = kernels[name] as Operator;
    assert.equal(operator(NIL, makeSmall(1)), 0);
    assert.equal(operator(makeSmall(1), NIL), 0);
    if (/[-+*]/.test(name)) continue;
    assert.equal(operator(makeFloat(1.5), makeSmall(1)), 0);
  }
});

const doubles: Record<string, (x: Term, y: Term) => Term> = { '+': add, '-': subtract, '*': multiply, '/': divide };

test('floats: what the BIFs give, or none where they raise', (t) => {
  const kernels = operators();
  const numbers = [0, -0, 1.5, -2.25, 1e308, -1e308, 5e-324, 0.1, 1 / 3].map(makeFloat);
  const integers = [0n, 3n, -7n, 2n ** 40n + 1n, -(2n ** 62n) - 3n, 2n ** 63n - 1n].map(makeBigInt);
  const terms = [...numbers, ...integers, makeBigInt(2n ** 70n), NIL];
  let decided = 0;
  for (const [name, compute] of Object.entries(doubles)) {
    for (const x of terms) {
      for (const y of terms) {
        if (name !== '/' && isInteger(x) && isInteger(y)) continue;
        const result = (kernels[name] as Operator)(x, y);
        if (result === 0) continue;
        assert.equal(formatTerm(result), formatTerm(compute(x, y)), `${formatTerm(x)} ${name} ${formatTerm(y)}`);
        decided++;
      }
    }
    for (const x of numbers.slice(2, 4)) assert.notEqual((kernels[name] as Operator)(x, integers[1] as Term), 0);
    assert.equal((kernels[name] as Operator)(NIL, numbers[2] as Term), 0);
  }
  assert.equal(kernels['*']?.(makeFloat(1e308), makeFloat(1e308)), 0);
  assert.equal(kernels['/']?.(makeFloat(1), makeSmall(0)), 0);
  t.diagnostic(`${decided} results`);
});

/** Terms of every kind that the kernels look into, and of some that they do not; each made anew. */
function someTerms(): Term[] {
  const leaves = [
    NIL,
    makeSmall(1),
    makeFloat(1.5),
    makeFloat(0),
    makeFloat(-0),
    makeBigInt(2n ** 65n),
    makeBinary(Uint8Array.of(1, 2, 3)),
    makeBinary(Uint8Array.of(1, 2, 4)),
  ];
  const long = listOf(Array.from({ length: 200 }, (_, i) => makeSmall(i)));
  const nested = (depth: number): Term => (depth === 0 ? makeFloat(2.5) : tuple(makeSmall(depth), nested(depth - 1)));
  const left = (depth: number): Term => (depth === 0 ? NIL : tuple(left(depth - 1), makeSmall(depth)));
  return [
    ...leaves,
    ...leaves.flatMap((x) => leaves.map((y) => tuple(x, y))),
    ...leaves.map((x) => cons(x, long)),
    tuple(),
    tuple(long, long),
    cons(nested(100), left(100)),
    cons(left(100), nested(100)),
    cons(left(99), nested(100)),
    mapFromArrays([makeSmall(1)], [makeFloat(1.5)]),
  ];
}

test('identical: what the runtime function says', (t) => {
  freshHeap();
  const kernels = termKernels();
  const [first, second] = [someTerms(), someTerms()];
  let same = 0;
  for (const x of first) {
    for (const y of second) {
      const result = kernels.identical(x, y);
      assert.equal(result === 1, identical(x, y), `${formatTerm(x)} =:= ${formatTerm(y)}`);
      same += result;
    }
  }
  assert.ok(same >= first.length);
  t.diagnostic(`${first.length * second.length} pairs`);
});

test('order: that of terms, or none', (t) => {
  freshHeap();
  const kernels = termKernels();
  const more = [
    makeSmall(-5),
    tuple(makeSmall(-1)),
    tuple(makeSmall(2)),
    tuple(makeSmall(1), makeSmall(2)),
    listOf([makeSmall(-1)]),
  ];
  const terms = [...someTerms(), ...more];
  let decided = 0;
  for (const x of terms) {
    for (const y of terms) {
      const result = kernels.order(x, y);
      if (result === UNDECIDED_ORDER) continue;
      const label = `${formatTerm(x)} and ${formatTerm(y)}`;
      assert.equal(result, Math.sign(compareTerms(x, y)), label);
      assert.equal(result, Math.sign(compareExact(x, y)), label);
      decided++;
    }
  }
  assert.ok(decided > terms.length);
  t.diagnostic(`${decided} of ${terms.length ** 2} pairs`);
});

test('mapGet: small and large maps, keys of all kinds', () => {
  freshHeap();
  const kernels = termKernels();
  const get = kernels.mapGet;
  for (const count of [0, 1, 5, 32, 33, 100]) {
    const keys = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? tuple(makeSmall(i)) : makeSmall(i)));
    const map = mapFromArrays(
      keys,
      keys.map((_, i) => makeSmall(i + 1000)),
    );
    keys.forEach((key, i) => {
      assert.equal(get(map, key), makeSmall(i + 1000));
    });
    for (const missing of [makeSmall(5000), NIL, tuple(makeSmall(1)), makeFloat(1)]) assert.equal(get(map, missing), 0);
  }
});
