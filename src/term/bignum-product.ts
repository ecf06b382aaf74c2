/**
 * Products, quotients and remainders of integers, small or big. Short operands are multiplied and divided digit by digit in
 * linear memory; long ones go through BigInt, whose algorithms are better than quadratic.
 */
import { allocate } from '../memory/heap.ts';
import { words } from '../memory/memory.ts';
import {
  bigIntOfDigits,
  digitCount,
  digitIndex,
  finishBig,
  isNegative,
  MAX_BIG_DIGITS,
  makeBigIntOf,
  makeInteger,
  safeInteger,
} from './bignum.ts';
import { compareMagnitudes, OPERAND_WORDS } from './bignum-linear.ts';
import { systemLimit } from './erlang-error.ts';
import type { Term } from './layout.ts';
import { isSmall, makeSmall, smallValue } from './term.ts';

const HALF = 2 ** 16;
const DIGIT = 2 ** 32;
/** Operands of which the shorter has more digits than this are multiplied as BigInts. Obtained by measuring. */
const SCHOOLBOOK_DIGITS = 9;
const [LEFT, RIGHT] = OPERAND_WORDS;

/** a * b. Raises system_limit when the product is too long. */
export function multiplyIntegers(a: Term, b: Term): Term {
  if (isSmall(a) && isSmall(b)) {
    const product = smallValue(a) * smallValue(b);
    if (Number.isSafeInteger(product)) return makeInteger(product);
  }
  const sizeA = digitCount(a);
  const sizeB = digitCount(b);
  if (sizeA === 0 || sizeB === 0) return makeSmall(0);
  if (sizeA + sizeB - 1 > MAX_BIG_DIGITS) throw systemLimit();
  const negative = isNegative(a) !== isNegative(b);
  if (Math.min(sizeA, sizeB) <= SCHOOLBOOK_DIGITS) {
    return sizeA >= sizeB ? schoolbook(a, b, negative) : schoolbook(b, a, negative);
  }
  return makeBigIntOf(magnitude(a) * magnitude(b), sizeA + sizeB, negative);
}

function magnitude(t: Term): bigint {
  return bigIntOfDigits(digitIndex(t, LEFT), digitCount(t));
}

/** |a| * |b| with this sign, row by row; fastest when b is the shorter. */
function schoolbook(a: Term, b: Term, negative: boolean): Term {
  const sizeA = digitCount(a);
  const sizeB = digitCount(b);
  const target = allocate(sizeA + sizeB + 1);
  const result = (target >>> 2) + 1;
  const left = digitIndex(a, LEFT);
  const right = digitIndex(b, RIGHT);
  words.fill(0, result, result + sizeA + sizeB);
  for (let i = 0; i < sizeB; i++) {
    words[result + i + sizeA] = multiplyRow(left, sizeA, (words[right + i] as number) >>> 0, result + i);
  }
  return finishBig(target, sizeA + sizeB, negative);
}

/**
 * Adds `factor` times the digits at `from` to those at `to`; returns the carry. The factor is used in halves of 16 bits, so that all
 * numbers stay below 2^53.
 */
function multiplyRow(from: number, size: number, factor: number, to: number): number {
  const w = words;
  const high = factor >>> 16;
  const low = factor & (HALF - 1);
  let carry = 0;
  for (let i = 0; i < size; i++) {
    const digit = (w[from + i] as number) >>> 0;
    const upper = digit * high;
    const upperLow = upper & (HALF - 1);
    const sum = digit * low + upperLow * HALF + ((w[to + i] as number) >>> 0) + carry;
    const rest = sum >>> 0;
    w[to + i] = rest;
    carry = (sum - rest) / DIGIT + (upper - upperLow) / HALF;
  }
  return carry;
}

/** a div b, towards zero; b is not 0. */
export function divideIntegers(a: Term, b: Term): Term {
  const x = safeInteger(a);
  const y = safeInteger(b);
  if (x !== undefined && y !== undefined) return makeInteger((x - (x % y)) / y);
  if (compareMagnitudes(a, b) < 0) return makeSmall(0);
  const negative = isNegative(a) !== isNegative(b);
  const sizeA = digitCount(a);
  const sizeB = digitCount(b);
  if (sizeB === 1) {
    const target = allocate(sizeA + 1);
    divideRow(digitIndex(a, LEFT), sizeA, (words[digitIndex(b, RIGHT)] as number) >>> 0, (target >>> 2) + 1);
    return finishBig(target, sizeA, negative);
  }
  return makeBigIntOf(magnitude(a) / magnitude(b), sizeA - sizeB + 1, negative);
}

/** a rem b, with the sign of a; b is not 0. */
export function remainderOfIntegers(a: Term, b: Term): Term {
  const x = safeInteger(a);
  const y = safeInteger(b);
  if (x !== undefined && y !== undefined) return makeInteger(x % y);
  if (compareMagnitudes(a, b) < 0) return a;
  const negative = isNegative(a);
  const sizeB = digitCount(b);
  if (sizeB === 1) {
    const rest = remainderOfRow(digitIndex(a, LEFT), digitCount(a), (words[digitIndex(b, RIGHT)] as number) >>> 0);
    return makeInteger(negative ? -rest : rest);
  }
  return makeBigIntOf(magnitude(a) % magnitude(b), sizeB, negative);
}

/** Divides digits by a number of 32 bits, 16 bits at a time. */
function divideRow(from: number, size: number, divisor: number, to: number): void {
  let rest = 0;
  for (let i = size - 1; i >= 0; i--) {
    const digit = words[from + i] as number;
    const upper = rest * HALF + (digit >>> 16);
    const upperRest = upper % divisor;
    const lower = upperRest * HALF + (digit & (HALF - 1));
    rest = lower % divisor;
    words[to + i] = ((upper - upperRest) / divisor) * HALF + (lower - rest) / divisor;
  }
}

function remainderOfRow(from: number, size: number, divisor: number): number {
  let rest = 0;
  for (let i = size - 1; i >= 0; i--) {
    const digit = words[from + i] as number;
    const upper = (rest * HALF + (digit >>> 16)) % divisor;
    rest = (upper * HALF + (digit & (HALF - 1))) % divisor;
  }
  return rest;
}
