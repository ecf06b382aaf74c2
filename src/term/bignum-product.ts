/**
 * Products, quotients and remainders of integers, small or big. Short operands are multiplied and divided digit by digit in
 * linear memory (digit-kernels.ts); long ones go through BigInt, whose algorithms are better than quadratic.
 */

import { digitKernels } from '../memory/digit-kernels.ts';
import { allocate } from '../memory/heap.ts';
import { store, words } from '../memory/memory.ts';
import {
  bigIntOfDigits,
  digitCount,
  digitIndex,
  digitsOf,
  finishBig,
  isNegative,
  MAX_BIG_DIGITS,
  makeBigIntOf,
  makeInteger,
  safeInteger,
} from './bignum.ts';
import { compareMagnitudes, OPERAND_WORDS } from './bignum-linear.ts';
import { systemLimit } from './erlang-error.ts';
import { type Addr, BIG_DIGITS, HEADER_POS_BIG, makeHeader, type Term } from './layout.ts';
import { isSmall, makeSmall, smallValue } from './term.ts';

const HALF = 2 ** 16;
/** Operands of which the shorter has more digits than this are multiplied as BigInts. Obtained by measuring. */
const SCHOOLBOOK_DIGITS = 64;
/** Where divisor and quotient are both longer, BigInts divide, too. */
const LONG_DIVISION_DIGITS = 128;
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

/** |a| * |b| with this sign; fastest when b is the shorter. */
function schoolbook(a: Term, b: Term, negative: boolean): Term {
  const sizeA = digitCount(a);
  const sizeB = digitCount(b);
  const target = allocate(sizeA + sizeB + 1);
  digitKernels().multiply(digitsOf(a, LEFT), sizeA, digitsOf(b, RIGHT), sizeB, target + BIG_DIGITS);
  return finishBig(target, sizeA + sizeB, negative);
}

/** A new integer with room for so many digits and one more: an object for the collector, until it is finished or forgotten. */
function newBig(size: number): Addr {
  const a = allocate(size + 2);
  store(a, makeHeader(HEADER_POS_BIG, size + 1));
  return a;
}

function isQuick(sizeA: number, sizeB: number): boolean {
  return Math.min(sizeB, sizeA - sizeB + 1) <= LONG_DIVISION_DIGITS;
}

/**
 * Divides magnitudes, of which b has at least two digits and is not longer. Gives quotient or remainder, which `negative` says the
 * sign of.
 */
function divideMagnitudes(a: Term, b: Term, wanted: 'quotient' | 'remainder', negative: boolean): Term {
  const [sizeA, sizeB] = [digitCount(a), digitCount(b)];
  const kernels = digitKernels();
  const divisor = newBig(sizeB);
  const dividend = newBig(sizeA);
  const shift = Math.clz32(words[digitIndex(b, RIGHT) + sizeB - 1] as number);
  kernels.shiftLeft(digitsOf(b, RIGHT), sizeB, shift, divisor + BIG_DIGITS);
  kernels.shiftLeft(digitsOf(a, LEFT), sizeA, shift, dividend + BIG_DIGITS);
  if (wanted === 'remainder') {
    kernels.divide(dividend + BIG_DIGITS, sizeA, divisor + BIG_DIGITS, sizeB, 0);
    kernels.shiftRight(dividend + BIG_DIGITS, sizeB, shift);
    return finishBig(dividend, sizeB, negative);
  }
  const quotient = newBig(sizeA - sizeB + 1);
  kernels.divide(dividend + BIG_DIGITS, sizeA, divisor + BIG_DIGITS, sizeB, quotient + BIG_DIGITS);
  return finishBig(quotient, sizeA - sizeB + 1, negative);
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
  if (isQuick(sizeA, sizeB)) return divideMagnitudes(a, b, 'quotient', negative);
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
  if (isQuick(digitCount(a), sizeB)) return divideMagnitudes(a, b, 'remainder', negative);
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
