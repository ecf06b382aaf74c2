import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildLongArith } from '../../src/jit/long-arith.ts';
import { allocate } from '../../src/memory/heap.ts';
import { currentMemory } from '../../src/memory/memory.ts';
import { makeBigInt, toBigInt } from '../../src/term/bignum.ts';
import { makeFloat } from '../../src/term/build.ts';
import { identical } from '../../src/term/equality.ts';
import { NIL, type Term } from '../../src/term/layout.ts';
import { makeSmall } from '../../src/term/term.ts';
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
  const imports = { env: { memory: currentMemory() }, rt: { moreHeap: (count: number) => allocate(count) } };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(buildLongArith()), imports);
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
  const long = operators();
  for (const other of [NIL, makeFloat(1.5)]) {
    for (const name of Object.keys(exact)) {
      const operator = long[name] as Operator;
      assert.equal(operator(other, makeSmall(1)), 0);
      assert.equal(operator(makeSmall(1), other), 0);
    }
  }
});
