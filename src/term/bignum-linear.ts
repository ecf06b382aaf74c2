/**
 * Integer operations whose work is linear in the digits: sums, differences, comparison, shifts and bitwise operations, done in place
 * in linear memory. Arguments are integers, small or big. All raise system_limit when the result is too long.
 */
import { digitKernels } from '../memory/digit-kernels.ts';
import { allocate } from '../memory/heap.ts';
import { SCRATCH } from '../memory/map.ts';
import { plus, words } from '../memory/memory.ts';
import { digitCount, digitIndex, digitsOf, finishBig, isNegative, MAX_BIG_DIGITS, makeInteger } from './bignum.ts';
import { systemLimit } from './erlang-error.ts';
import { type Addr, BIG_DIGITS, type Term } from './layout.ts';
import { isSmall, makeSmall, smallValue } from './term.ts';

/** Where the magnitude of a small operand lies while an operation runs. */
const LEFT = SCRATCH;
const RIGHT = plus(SCRATCH, 4);

/** a + b. */
export function addIntegers(a: Term, b: Term): Term {
  if (isSmall(a) && isSmall(b)) return makeInteger(smallValue(a) + smallValue(b));
  return addSigned(a, b, isNegative(b));
}

/** a - b. */
export function subtractIntegers(a: Term, b: Term): Term {
  if (isSmall(a) && isSmall(b)) return makeInteger(smallValue(a) - smallValue(b));
  return addSigned(a, b, !isNegative(b));
}

/** a plus the magnitude of b with this sign. */
function addSigned(a: Term, b: Term, negativeB: boolean): Term {
  const negativeA = isNegative(a);
  if (negativeA === negativeB) {
    return digitCount(a) >= digitCount(b) ? sumOfMagnitudes(a, b, negativeA) : sumOfMagnitudes(b, a, negativeA);
  }
  return compareMagnitudes(a, b) >= 0
    ? differenceOfMagnitudes(a, b, negativeA)
    : differenceOfMagnitudes(b, a, negativeB);
}

/** |a| + |b| with this sign; a has at least as many digits. */
function sumOfMagnitudes(a: Term, b: Term, negative: boolean): Term {
  const [long, short] = [digitCount(a), digitCount(b)];
  const target = allocate(long + 2);
  digitKernels().add(digitsOf(a, LEFT), long, digitsOf(b, RIGHT), short, target + BIG_DIGITS);
  return finishBig(target, long + 1, negative);
}

/** |a| - |b| with this sign; |a| is not less than |b|. */
function differenceOfMagnitudes(a: Term, b: Term, negative: boolean): Term {
  const [long, short] = [digitCount(a), digitCount(b)];
  const target = allocate(long + 2);
  digitKernels().subtract(digitsOf(a, LEFT), long, digitsOf(b, RIGHT), short, target + BIG_DIGITS);
  return finishBig(target, long + 1, negative);
}

/** -1, 0 or 1 as |a| is less than, equal to or greater than |b|. */
export function compareMagnitudes(a: Term, b: Term): number {
  const count = digitCount(a);
  const difference = count - digitCount(b);
  if (difference !== 0) return difference < 0 ? -1 : 1;
  const left = digitIndex(a, LEFT);
  const right = digitIndex(b, RIGHT);
  for (let i = count - 1; i >= 0; i--) {
    const x = (words[left + i] as number) >>> 0;
    const y = (words[right + i] as number) >>> 0;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** -1, 0 or 1 as a is less than, equal to or greater than b. */
export function compareIntegers(a: Term, b: Term): number {
  if (isSmall(a) && isSmall(b)) return a < b ? -1 : a > b ? 1 : 0;
  const negative = isNegative(a);
  if (negative !== isNegative(b)) return negative ? -1 : 1;
  return negative ? compareMagnitudes(b, a) : compareMagnitudes(a, b);
}

/** -a. */
export function negateInteger(a: Term): Term {
  return isSmall(a) ? makeInteger(-smallValue(a)) : copyWithSign(a, !isNegative(a));
}

/** |a|. */
export function absoluteInteger(a: Term): Term {
  if (isSmall(a)) return makeInteger(Math.abs(smallValue(a)));
  return isNegative(a) ? copyWithSign(a, false) : a;
}

function copyWithSign(a: Term, negative: boolean): Term {
  const count = digitCount(a);
  const target = allocate(count + 1);
  const from = digitIndex(a, LEFT);
  words.copyWithin((target >>> 2) + 1, from, from + count);
  return finishBig(target, count, negative);
}

/** Bitwise not: -a - 1. */
export function notInteger(a: Term): Term {
  if (isSmall(a)) return makeSmall(~smallValue(a));
  const one = makeSmall(1);
  return isNegative(a) ? differenceOfMagnitudes(a, one, false) : sumOfMagnitudes(a, one, true);
}

/**
 * a shifted left by `count` bits, or right (rounding down) if it is negative; `count` is any integer number or an infinity.
 * The limit holds for left shifts only, and not for 0 (erts_shift in erl_arith.c).
 */
export function shiftInteger(a: Term, count: number): Term {
  if (count === 0 || a === makeSmall(0)) return a;
  if (count < 0) return shiftRight(a, -count);
  if (count > MAX_BIG_DIGITS * 32) throw systemLimit();
  const size = digitCount(a);
  const whole = Math.floor(count / 32);
  const bits = count % 32;
  const target = allocate(size + whole + 2);
  const w = words;
  const result = (target >>> 2) + 1;
  const from = digitIndex(a, LEFT);
  w.fill(0, result, result + whole);
  let carry = 0;
  for (let i = 0; i < size; i++) {
    const digit = w[from + i] as number;
    w[result + whole + i] = (digit << bits) | carry;
    carry = bits === 0 ? 0 : digit >>> (32 - bits);
  }
  w[result + whole + size] = carry;
  return finishBig(target, size + whole + 1, isNegative(a));
}

function shiftRight(a: Term, count: number): Term {
  if (isSmall(a)) return makeSmall(smallValue(a) >> Math.min(count, 31));
  const size = digitCount(a);
  const negative = isNegative(a);
  const whole = Math.floor(count / 32);
  if (whole >= size) return makeSmall(negative ? -1 : 0);
  const bits = count % 32;
  const left = size - whole;
  const target = allocate(left + 2);
  const w = words;
  const result = (target >>> 2) + 1;
  const from = digitIndex(a, LEFT);
  for (let i = 0; i < left; i++) {
    const above = i + 1 < left && bits !== 0 ? (w[from + whole + i + 1] as number) << (32 - bits) : 0;
    w[result + i] = ((w[from + whole + i] as number) >>> bits) | above;
  }
  w[result + left] = 0;
  if (negative && lostBits(from, whole, bits)) increment(result);
  return finishBig(target, left + 1, negative);
}

/** Whether any of the lowest `whole` digits and `bits` bits is set. */
function lostBits(from: number, whole: number, bits: number): boolean {
  for (let i = 0; i < whole; i++) if (words[from + i] !== 0) return true;
  return ((words[from + whole] as number) & ((1 << bits) - 1)) !== 0;
}

/** Adds 1 to digits that have room for it. */
function increment(index: number): void {
  let i = index;
  do {
    words[i] = (words[i] as number) + 1;
  } while (words[i++] === 0);
}

/** The bitwise operations on words. */
export const BITWISE = {
  and: (x: number, y: number): number => x & y,
  or: (x: number, y: number): number => x | y,
  xor: (x: number, y: number): number => x ^ y,
} as const;

/** A bitwise operation on integers in two's complement. */
export function bitwiseIntegers(a: Term, b: Term, operation: (x: number, y: number) => number): Term {
  if (isSmall(a) && isSmall(b)) return makeSmall(operation(smallValue(a), smallValue(b)));
  const sizeA = digitCount(a);
  const sizeB = digitCount(b);
  const signA = isNegative(a) ? -1 : 0;
  const signB = isNegative(b) ? -1 : 0;
  const size = Math.max(sizeA, sizeB) + 1;
  const target = allocate(size + 1);
  const w = words;
  const result = (target >>> 2) + 1;
  const left = digitIndex(a, LEFT);
  const right = digitIndex(b, RIGHT);
  // -x is ~x + 1 and also ~(x - 1): `pending` says that the 1 has still to be taken from the next digit.
  let pendingA = signA;
  let pendingB = signB;
  for (let i = 0; i < size; i++) {
    const x = i < sizeA ? (w[left + i] as number) : 0;
    const y = i < sizeB ? (w[right + i] as number) : 0;
    w[result + i] = operation((x + pendingA) ^ signA, (y + pendingB) ^ signB);
    if (x !== 0) pendingA = 0;
    if (y !== 0) pendingB = 0;
  }
  const negative = operation(signA, signB) < 0;
  if (negative) negateDigits(result, size);
  return finishBig(target, size, negative);
}

/** Two's complement of digits. */
function negateDigits(index: number, size: number): void {
  let i = 0;
  while (i < size && words[index + i] === 0) i++;
  if (i < size) words[index + i] = -(words[index + i] as number);
  for (i++; i < size; i++) words[index + i] = ~(words[index + i] as number);
}

/** Address of the word where an operation may put a small left operand; shared with bignum-product.ts. */
export const OPERAND_WORDS: readonly [Addr, Addr] = [LEFT, RIGHT];
