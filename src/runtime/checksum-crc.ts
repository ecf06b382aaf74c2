/** CRC-32 and Adler-32 as zlib has them, and their combination. All sums are unsigned 32-bit numbers. */

const POLYNOMIAL = 0xedb88320;
const ADLER_BASE = 65521;
/** Bytes after which sums that started below ADLER_BASE still lie below 2^32. */
const ADLER_BLOCK = 5552;
const ADLER_SHORT = 16;

/** Bytes that are taken in one step (Sarwate's table for each of their places: "slicing by 16"). */
const STEP = 16;

/** What a byte does to the sum that lies 0, 1, 2 … bytes behind it: 256 words for each distance. */
const table = new Int32Array(STEP * 256);
for (let i = 0; i < table.length; i++) {
  let value = i < 256 ? i : (table[i - 256] as number);
  if (i >= 256) value = (table[value & 0xff] as number) ^ (value >>> 8);
  else for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  table[i] = value;
}

/** The CRC of what had the CRC `sum`, followed by `content`. */
export function crc32(sum: number, content: Uint8Array): number {
  const { length } = content;
  let value = ~sum;
  let at = 0;
  for (; at + STEP <= length; at += STEP) value = stepped(value, content, at);
  for (; at < length; at++) {
    value = (table[(value ^ (content[at] as number)) & 0xff] as number) ^ (value >>> 8);
  }
  return ~value >>> 0;
}

/** The inverted sum after STEP bytes: no lookup waits for another one. Written out: that is three times as fast as a loop or calls. */
function stepped(before: number, content: Uint8Array, at: number): number {
  return (
    effect(15, (before & 0xff) ^ (content[at] as number)) ^
    effect(14, ((before >>> 8) & 0xff) ^ (content[at + 1] as number)) ^
    effect(13, ((before >>> 16) & 0xff) ^ (content[at + 2] as number)) ^
    effect(12, (before >>> 24) ^ (content[at + 3] as number)) ^
    effect(11, content[at + 4] as number) ^
    effect(10, content[at + 5] as number) ^
    effect(9, content[at + 6] as number) ^
    effect(8, content[at + 7] as number) ^
    effect(7, content[at + 8] as number) ^
    effect(6, content[at + 9] as number) ^
    effect(5, content[at + 10] as number) ^
    effect(4, content[at + 11] as number) ^
    effect(3, content[at + 12] as number) ^
    effect(2, content[at + 13] as number) ^
    effect(1, content[at + 14] as number) ^
    effect(0, content[at + 15] as number)
  );
}

function effect(distance: number, byte: number): number {
  return table[distance * 256 + byte] as number;
}

/** a(x) b(x) modulo the polynomial, bits reflected. */
function multiplyModulo(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = 1 << 31; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor;
    factor = factor & 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1;
  }
  return product >>> 0;
}

/** The CRC of two parts behind each other, from their CRCs and the number of bytes of the second. */
export function combineCrc32(first: number, second: number, length: bigint): number {
  let power = 1 << 31;
  let square = 1 << 23;
  for (let rest = length; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) !== 0n) power = multiplyModulo(square, power);
    square = multiplyModulo(square, square);
  }
  return (multiplyModulo(power, first) ^ second) >>> 0;
}

/** The Adler sum of what had the sum `sum`, followed by `content`. Halves of `sum` above the base are treated as zlib does. */
export function adler32(sum: number, content: Uint8Array): number {
  let low = sum & 0xffff;
  let high = sum >>> 16;
  const length = content.length;
  if (length === 1) {
    low += content[0] as number;
    if (low >= ADLER_BASE) low -= ADLER_BASE;
    high += low;
    if (high >= ADLER_BASE) high -= ADLER_BASE;
  } else if (length < ADLER_SHORT) {
    for (const byte of content) {
      low += byte;
      high += low;
    }
    if (low >= ADLER_BASE) low -= ADLER_BASE;
    high %= ADLER_BASE;
  } else {
    for (let at = 0; at < length; ) {
      const end = Math.min(at + ADLER_BLOCK, length);
      for (; at < end; at++) {
        low += content[at] as number;
        high += low;
      }
      low %= ADLER_BASE;
      high %= ADLER_BASE;
    }
  }
  return ((high << 16) | low) >>> 0;
}

/** The Adler sum of two parts behind each other, from their sums and the number of bytes of the second. */
export function combineAdler32(first: number, second: number, length: bigint): number {
  if (length === 0n) return first;
  const count = Number(length % BigInt(ADLER_BASE));
  let low = first & 0xffff;
  let high = (count * low) % ADLER_BASE;
  low += (second & 0xffff) + ADLER_BASE - 1;
  high += (first >>> 16) + (second >>> 16) + ADLER_BASE - count;
  if (low >= ADLER_BASE) low -= ADLER_BASE;
  if (low >= ADLER_BASE) low -= ADLER_BASE;
  if (high >= ADLER_BASE * 2) high -= ADLER_BASE * 2;
  if (high >= ADLER_BASE) high -= ADLER_BASE;
  return ((high << 16) | low) >>> 0;
}
