/** Order of numbers by their exact mathematical value, whatever their representations (erts_cmp_compound in OTP's utils.c). */
import { loadUnsigned } from '../memory/memory.ts';
import { type Addr, BIG_DIGITS, HEADER_NEG_BIG, PRIMARY_BOXED, type Term } from './layout.ts';
import { floatValue, header, headerSize, headerType, isFloat, isSmall, smallValue } from './term.ts';

const DIGIT = 2 ** 32;
/** Integers of up to this many bits are doubles. */
const EXACT_BITS = 53;

function digit(big: Term, index: number): number {
  return loadUnsigned((big - PRIMARY_BOXED + BIG_DIGITS + index * 4) as Addr);
}

/** -1 or 1. */
export function bigSign(big: Term): number {
  return headerType(big) === HEADER_NEG_BIG ? -1 : 1;
}

/** Order of two bignums. */
export function compareBigs(a: Term, b: Term): number {
  const sign = bigSign(a);
  if (sign !== bigSign(b)) return sign;
  const length = headerSize(a);
  if (length !== headerSize(b)) return length < headerSize(b) ? -sign : sign;
  for (let i = length - 1; i >= 0; i--) {
    const x = digit(a, i);
    const y = digit(b, i);
    if (x !== y) return x < y ? -sign : sign;
  }
  return 0;
}

/** True for bignums of the same sign and digits. */
export function sameBigs(a: Term, b: Term): boolean {
  return header(a) === header(b) && compareBigs(a, b) === 0;
}

/** Order of the magnitude of a bignum and a positive double. */
function compareMagnitude(big: Term, float: number): number {
  const length = headerSize(big);
  const top = digit(big, length - 1);
  const bits = length * 32 - Math.clz32(top);
  if (bits > 1024) return 1;
  if (bits <= EXACT_BITS) {
    const value = length === 1 ? top : top * DIGIT + digit(big, 0);
    return value < float ? -1 : value > float ? 1 : 0;
  }
  // Every double this large is an integer, and dividing by a power of two and taking the remainder are exact. The leading
  // part of a longer double is larger than any digit.
  if (float < 2 ** EXACT_BITS) return 1;
  let rest = float;
  for (let i = length - 1; i >= 0; i--) {
    const unit = 2 ** (32 * i);
    const part = Math.floor(rest / unit);
    const own = digit(big, i);
    if (own !== part) return own < part ? -1 : 1;
    rest -= part * unit;
  }
  return 0;
}

function compareBigAndFloat(big: Term, float: number): number {
  const sign = bigSign(big);
  if (float * sign <= 0) return sign;
  return sign * compareMagnitude(big, Math.abs(float));
}

/** Order of two number terms by value: negative, 0 or positive; 1 and 1.0 are equal, and so are 0.0 and -0.0. */
export function compareNumbers(a: Term, b: Term): number {
  if (isSmall(a)) {
    if (isSmall(b)) return smallValue(a) - smallValue(b);
    if (!isFloat(b)) return -bigSign(b);
    return order(smallValue(a), floatValue(b));
  }
  if (isSmall(b)) return -compareNumbers(b, a);
  if (isFloat(a)) return isFloat(b) ? order(floatValue(a), floatValue(b)) : -compareBigAndFloat(b, floatValue(a));
  return isFloat(b) ? compareBigAndFloat(a, floatValue(b)) : compareBigs(a, b);
}

function order(x: number, y: number): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Order of two number terms as map keys: all integers before all floats, -0.0 before 0.0 when `zeroSigns`. */
export function compareNumbersExact(a: Term, b: Term, zeroSigns: boolean): number {
  const floatA = isFloat(a);
  const floatB = isFloat(b);
  if (floatA !== floatB) return floatA ? 1 : -1;
  if (!floatA) return compareNumbers(a, b);
  const x = floatValue(a);
  const y = floatValue(b);
  if (x === 0 && y === 0 && zeroSigns) return order(1 / x, 1 / y);
  return order(x, y);
}
