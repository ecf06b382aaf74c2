/**
 * Integers of any size: making them from and turning them into numbers, BigInts, bytes. A big is a header with the sign and
 * the magnitude as 32-bit digits, least significant first, without leading zero digits, and never a value that fits a small.
 * What is linear in the digits works on linear memory directly (bignum-linear.ts); only long products and quotients go
 * through BigInt (bignum-product.ts).
 */
import { allocate, trimTo } from '../memory/heap.ts';
import { bytes, load, plus, store, words } from '../memory/memory.ts';
import { systemLimit } from './erlang-error.ts';
import {
  type Addr,
  BIG_DIGITS,
  HEADER_NEG_BIG,
  HEADER_POS_BIG,
  makeHeader,
  PRIMARY_BOXED,
  SMALL_MAX,
  SMALL_MIN,
  type Term,
} from './layout.ts';
import { addressOf, headerSize, headerType, isSmall, makeBoxed, makeSmall, smallValue } from './term.ts';

/**
 * Digits an integer can have: 4,194,240 bits. BIG_ARITY_MAX of erl_term.h on 64-bit OTP 27 and 29 (65,535 digits of 64 bits);
 * operations whose result would be longer raise system_limit.
 */
export const MAX_BIG_DIGITS = 2 * 65535;

const DIGIT = 2 ** 32;
/** Digits per step where a BigInt is put together or taken apart piece by piece instead of by halves. */
const LEAF_DIGITS = 16;

const wide = new BigUint64Array(1);
const wideWords = new Int32Array(wide.buffer);

/** An integer from a number that is a safe integer (up to 53 bits and sign). */
export function makeInteger(n: number): Term {
  if (n >= SMALL_MIN && n <= SMALL_MAX) return makeSmall(n);
  const magnitude = Math.abs(n);
  return makeMagnitude64(Math.floor(magnitude / DIGIT), magnitude | 0, n < 0);
}

/** An integer from the two words of an unsigned 64-bit number; only their bits count, not their signs. */
export function makeUint64(high: number, low: number): Term {
  return makeMagnitude64(high, low, false);
}

/** An integer from the two words of a signed 64-bit number. */
export function makeInt64(high: number, low: number): Term {
  if (high >= 0) return makeMagnitude64(high, low, false);
  return makeMagnitude64(~high + (low === 0 ? 1 : 0), -low, true);
}

function makeMagnitude64(high: number, low: number, negative: boolean): Term {
  if ((high | 0) === 0) {
    const value = low >>> 0;
    if (value <= SMALL_MAX || (negative && value === -SMALL_MIN)) return makeSmall(negative ? -value : value);
    const single = allocate(2);
    store(plus(single, BIG_DIGITS), low);
    store(single, makeHeader(negative ? HEADER_NEG_BIG : HEADER_POS_BIG, 1));
    return makeBoxed(single);
  }
  const a = allocate(3);
  store(a, makeHeader(negative ? HEADER_NEG_BIG : HEADER_POS_BIG, 2));
  store(plus(a, BIG_DIGITS), low);
  store(plus(a, BIG_DIGITS + 4), high);
  return makeBoxed(a);
}

/**
 * Turns the latest allocation, a header and `size` digits at `a`, into a term: leading zeros are dropped, what fits becomes a
 * small, and the rest of the allocation is given back. Raises system_limit when too long.
 */
export function finishBig(a: Addr, size: number, negative: boolean): Term {
  const first = a >>> 2;
  let used = size;
  while (used > 0 && words[first + used] === 0) used--;
  if (used <= 1) {
    const value = used === 0 ? 0 : (words[first + 1] as number) >>> 0;
    if (value <= SMALL_MAX || (negative && value === -SMALL_MIN)) {
      trimTo(a);
      return makeSmall(negative ? -value : value);
    }
  }
  if (used > MAX_BIG_DIGITS) {
    trimTo(a);
    throw systemLimit();
  }
  store(a, makeHeader(negative ? HEADER_NEG_BIG : HEADER_POS_BIG, used));
  if (used !== size) trimTo(plus(a, BIG_DIGITS + used * 4));
  return makeBoxed(a);
}

/** Whether an integer is below 0. */
export function isNegative(t: Term): boolean {
  return isSmall(t) ? t < 0 : headerType(t) === HEADER_NEG_BIG;
}

const DIGIT_BYTES = 4;

/** Digits of an integer's magnitude; 0 has none. */
export function digitCount(t: Term): number {
  if (!isSmall(t)) return headerSize(t);
  return smallValue(t) === 0 ? 0 : 1;
}

/** Index in `words` of the first digit of an integer's magnitude; that of a small is put into the word at `spare`. */
export function digitIndex(t: Term, spare: Addr): number {
  if (!isSmall(t)) return (addressOf(t) >>> 2) + 1;
  store(spare, Math.abs(smallValue(t)));
  return spare >>> 2;
}

/** The same as an address. */
export function digitsOf(t: Term, spare: Addr): number {
  return digitIndex(t, spare) * DIGIT_BYTES;
}

/** Bits of an integer's magnitude; 0 has none. */
export function bitLength(t: Term): number {
  if (isSmall(t)) return 32 - Math.clz32(Math.abs(smallValue(t)));
  const count = headerSize(t);
  return count * 32 - Math.clz32(load((t - PRIMARY_BOXED + count * 4) as Addr));
}

/** An integer's value if it is a safe integer (53 bits and sign), else undefined. */
export function safeInteger(t: Term): number | undefined {
  if (isSmall(t)) return smallValue(t);
  if (headerSize(t) > 2) return undefined;
  const value = toNumber(t);
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * An integer as a double, an infinity when it is too large. Rounds as big_to_double of 64-bit OTP (big.c): 64 bits at a time from the
 * top, each step rounding to even, which is not always the nearest double.
 */
export function toNumber(t: Term): number {
  if (isSmall(t)) return smallValue(t);
  const count = headerSize(t);
  const first = (addressOf(t) >>> 2) + 1;
  const negative = headerType(t) === HEADER_NEG_BIG;
  let value = 0;
  if (count > 32) value = Number.POSITIVE_INFINITY;
  else {
    for (let i = (count - 1) & ~1; i >= 0; i -= 2) {
      const high = i + 1 < count ? (words[first + i + 1] as number) >>> 0 : 0;
      value = value * (DIGIT * DIGIT) + (high * DIGIT + ((words[first + i] as number) >>> 0));
    }
  }
  return negative ? -value : value;
}

/** An integer as a BigInt. */
export function toBigInt(t: Term): bigint {
  if (isSmall(t)) return BigInt(smallValue(t));
  const magnitude = bigIntOfDigits((addressOf(t) >>> 2) + 1, headerSize(t));
  return headerType(t) === HEADER_NEG_BIG ? -magnitude : magnitude;
}

/** The number that `count` digits make, the first at this index of `words`. */
export function bigIntOfDigits(index: number, count: number): bigint {
  if (count > LEAF_DIGITS) {
    const half = ((count >>> 1) + 1) & ~1;
    return (bigIntOfDigits(index + half, count - half) << BigInt(half * 32)) | bigIntOfDigits(index, half);
  }
  let value = 0n;
  for (let i = (count - 1) & ~1; i >= 0; i -= 2) {
    wideWords[0] = words[index + i] as number;
    wideWords[1] = i + 1 < count ? (words[index + i + 1] as number) : 0;
    value = i + 2 >= count ? (wide[0] as bigint) : (value << 64n) | (wide[0] as bigint);
  }
  return value;
}

/** Stores the lowest `count` digits of a number that is not negative. */
function storeBigInt(value: bigint, index: number, count: number): void {
  if (count > LEAF_DIGITS) {
    const half = ((count >>> 1) + 1) & ~1;
    storeBigInt(BigInt.asUintN(half * 32, value), index, half);
    storeBigInt(value >> BigInt(half * 32), index + half, count - half);
    return;
  }
  let rest = value;
  for (let i = 0; i < count; i += 2) {
    wide[0] = rest;
    words[index + i] = wideWords[0] as number;
    if (i + 1 < count) words[index + i + 1] = wideWords[1] as number;
    rest >>= 64n;
  }
}

/** An integer from a BigInt. Raises system_limit when it is too long. */
export function makeBigInt(value: bigint): Term {
  if (BigInt.asIntN(64, value) === value) {
    wide[0] = value;
    return makeInt64(wideWords[1] as number, wideWords[0] as number);
  }
  const negative = value < 0n;
  const magnitude = negative ? -value : value;
  let digits = 4;
  while (BigInt.asUintN(digits * 32, magnitude) !== magnitude) {
    digits *= 2;
    if (digits > 4 * MAX_BIG_DIGITS) throw systemLimit();
  }
  return makeBigIntOf(magnitude, digits, negative);
}

/** The same from a magnitude that is known to have at most this many digits. */
export function makeBigIntOf(magnitude: bigint, digits: number, negative: boolean): Term {
  const a = allocate(1 + digits);
  storeBigInt(magnitude, (a >>> 2) + 1, digits);
  return finishBig(a, digits, negative);
}

/**
 * An integer from `count` bytes of magnitude, least significant first (SMALL_BIG_EXT's order). The bytes may be a view of linear
 * memory. Raises system_limit when it is too long.
 */
export function integerFromMagnitude(source: Uint8Array, offset: number, count: number, negative: boolean): Term {
  const digits = Math.ceil(count / 4);
  const inMemory = source.buffer === bytes.buffer;
  const address = source.byteOffset + offset;
  const a = allocate(1 + digits);
  if (digits > 0) words[(a >>> 2) + digits] = 0;
  const target = (a >>> 0) + BIG_DIGITS;
  if (inMemory) bytes.copyWithin(target, address, address + count);
  else bytes.set(source.subarray(offset, offset + count), target);
  return finishBig(a, digits, negative);
}

/** An integer from `count` bytes in two's complement or unsigned, in either byte order. Raises system_limit when it is too long. */
export function integerFromBytes(
  source: Uint8Array,
  offset: number,
  count: number,
  littleEndian: boolean,
  signed: boolean,
): Term {
  if (count <= 6) return makeInteger(shortInteger(source, offset, count, littleEndian, signed));
  const magnitude = source.slice(offset, offset + count);
  if (!littleEndian) magnitude.reverse();
  const negative = signed && (magnitude[count - 1] as number) >= 128;
  if (negative) negateBytes(magnitude);
  return integerFromMagnitude(magnitude, 0, count, negative);
}

/** Up to six bytes as a number. */
function shortInteger(source: Uint8Array, offset: number, count: number, little: boolean, signed: boolean): number {
  let value = 0;
  for (let i = 0; i < count; i++)
    value = value * 256 + (source[little ? offset + count - 1 - i : offset + i] as number);
  const limit = 2 ** (8 * count);
  return signed && value >= limit / 2 ? value - limit : value;
}

/** Two's complement of a number in bytes, least significant first. */
function negateBytes(target: Uint8Array): void {
  let carry = 1;
  for (let i = 0; i < target.length; i++) {
    const value = ((target[i] as number) ^ 0xff) + carry;
    target[i] = value;
    carry = value >>> 8;
  }
}

/** Bytes that an integer's magnitude takes; 0 takes none. */
export function magnitudeByteCount(t: Term): number {
  return (bitLength(t) + 7) >>> 3;
}

/** Writes `magnitudeByteCount` bytes of an integer's magnitude, least significant first. */
export function writeMagnitude(t: Term, target: Uint8Array, offset: number): void {
  const count = magnitudeByteCount(t);
  if (!isSmall(t)) {
    const from = (addressOf(t) >>> 0) + BIG_DIGITS;
    target.set(bytes.subarray(from, from + count), offset);
    return;
  }
  const value = Math.abs(smallValue(t));
  for (let i = 0; i < count; i++) target[offset + i] = value >>> (8 * i);
}

/** Writes the lowest `count` bytes of an integer in two's complement, in either byte order. */
export function writeInteger(t: Term, target: Uint8Array, offset: number, count: number, littleEndian: boolean): void {
  const part = target.subarray(offset, offset + count);
  if (isSmall(t)) {
    const value = smallValue(t);
    for (let i = 0; i < count; i++) part[i] = value >> Math.min(31, 8 * i);
  } else {
    const from = (addressOf(t) >>> 0) + BIG_DIGITS;
    const present = Math.min(count, headerSize(t) * 4);
    part.set(bytes.subarray(from, from + present));
    part.fill(0, present);
    if (headerType(t) === HEADER_NEG_BIG) negateBytes(part);
  }
  if (!littleEndian) part.reverse();
}
