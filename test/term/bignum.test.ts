/** Integers of any size: conversions, and operations on sizes around every change of algorithm, with BigInt as the judge. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bitLength,
  integerFromBytes,
  integerFromMagnitude,
  magnitudeByteCount,
  makeBigInt,
  makeInt64,
  makeInteger,
  makeUint64,
  safeInteger,
  toBigInt,
  writeInteger,
  writeMagnitude,
} from '../../src/term/bignum.ts';
import {
  addIntegers,
  BITWISE,
  bitwiseIntegers,
  compareIntegers,
  notInteger,
  shiftInteger,
  subtractIntegers,
} from '../../src/term/bignum-linear.ts';
import { divideIntegers, multiplyIntegers, remainderOfIntegers } from '../../src/term/bignum-product.ts';
import { isSmall } from '../../src/term/term.ts';
import { makeOperands } from '../runtime/bignum-float-operands.ts';
import { freshHeap } from '../support/heap.ts';

const { random, randomBits, signed, randomInteger } = makeOperands(4);
const SMALL_LIMIT = 2n ** 29n;

test('numbers, words and BigInts become integers and come back', () => {
  freshHeap();
  let count = 0;
  for (let i = 0; i < 20000; i++, count++) {
    const value = randomInteger();
    const t = makeBigInt(value);
    assert.equal(toBigInt(t), value);
    assert.equal(isSmall(t), value >= -SMALL_LIMIT && value < SMALL_LIMIT);
    const magnitude = value < 0n ? -value : value;
    assert.equal(bitLength(t), magnitude === 0n ? 0 : magnitude.toString(2).length);
    const number = Number(value);
    assert.equal(safeInteger(t), Number.isSafeInteger(number) && BigInt(number) === value ? number : undefined);
    if (Number.isSafeInteger(number)) assert.equal(toBigInt(makeInteger(number)), BigInt(number));
    const low = Number(BigInt.asIntN(32, value));
    const high = Number(BigInt.asIntN(32, value >> 32n));
    assert.equal(toBigInt(makeInt64(high, low)), BigInt.asIntN(64, value));
    assert.equal(toBigInt(makeUint64(high, low)), BigInt.asUintN(64, value));
    if (i % 1000 === 0) freshHeap();
  }
  console.log(`${count} integers converted`);
});

test('bytes in both orders', () => {
  for (let i = 0; i < 5000; i++) {
    if (i % 500 === 0) freshHeap();
    const value = randomInteger();
    const t = makeBigInt(value);
    const size = random(3) === 0 ? random(200) : magnitudeByteCount(t) + random(3);
    for (const little of [true, false]) {
      const bytes = new Uint8Array(size + 4);
      writeInteger(t, bytes, 2, size, little);
      assert.deepEqual([bytes[0], bytes[1], bytes[size + 2], bytes[size + 3]], [0, 0, 0, 0]);
      for (const isSigned of [true, false]) {
        const expected = isSigned ? BigInt.asIntN(size * 8, value) : BigInt.asUintN(size * 8, value);
        assert.equal(toBigInt(integerFromBytes(bytes, 2, size, little, isSigned)), expected);
      }
    }
    const magnitude = new Uint8Array(magnitudeByteCount(t));
    writeMagnitude(t, magnitude, 0);
    assert.equal(toBigInt(integerFromMagnitude(magnitude, 0, magnitude.length, value < 0n)), value);
  }
});

/** Quotient's and remainder's rules are BigInt's own; a right shift rounds down in both. */
const OPERATIONS = [
  [addIntegers, (a: bigint, b: bigint) => a + b],
  [subtractIntegers, (a: bigint, b: bigint) => a - b],
  [multiplyIntegers, (a: bigint, b: bigint) => a * b],
  [divideIntegers, (a: bigint, b: bigint) => (b === 0n ? undefined : a / b)],
  [remainderOfIntegers, (a: bigint, b: bigint) => (b === 0n ? undefined : a % b)],
] as const;

test('operations on sizes around the changes of algorithm', () => {
  let count = 0;
  const digits = [1, 2, 3, 15, 16, 17, 23, 24, 25, 26, 33, 64, 200, 1000];
  const operand = (): bigint => {
    const bits = (digits[random(digits.length)] as number) * 32 - random(33);
    const value = random(3) === 0 ? (1n << BigInt(bits)) - BigInt(random(2)) : randomBits(bits);
    return signed(value);
  };
  for (let i = 0; i < 6000; i++) {
    if (i % 100 === 0) freshHeap();
    const [a, b] = [operand(), operand()];
    const [x, y] = [makeBigInt(a), makeBigInt(b)];
    for (const [ours, theirs] of OPERATIONS) {
      const expected = theirs(a, b);
      if (expected === undefined) continue;
      assert.equal(toBigInt(ours(x, y)), expected);
      count++;
    }
    assert.equal(toBigInt(bitwiseIntegers(x, y, BITWISE.and)), a & b);
    assert.equal(toBigInt(bitwiseIntegers(x, y, BITWISE.or)), a | b);
    assert.equal(toBigInt(bitwiseIntegers(x, y, BITWISE.xor)), a ^ b);
    assert.equal(toBigInt(notInteger(x)), ~a);
    assert.equal(compareIntegers(x, y), a < b ? -1 : a > b ? 1 : 0);
    const shift = random(200) * (random(2) * 2 - 1);
    assert.equal(toBigInt(shiftInteger(x, shift)), shift < 0 ? a >> BigInt(-shift) : a << BigInt(shift));
    count += 6;
  }
  console.log(`${count} operations`);
});
