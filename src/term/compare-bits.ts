/** Order and equality of bitstrings that start at any bit. */
import { bytes, load } from '../memory/memory.ts';
import { bitBase, bitOffset, bitSize } from './bits.ts';
import type { Addr, Term } from './layout.ts';

/** Eight bits that start `shift` bits (0 to 7) behind a byte address. */
function eightBits(address: number, shift: number): number {
  if (shift === 0) return bytes[address] as number;
  // Behind the last byte of memory `bytes` gives undefined, which shifts to 0: those bits are never looked at.
  return (((bytes[address] as number) << shift) | ((bytes[address + 1] as number) >> (8 - shift))) & 0xff;
}

function compareWhole(a: number, shiftA: number, b: number, shiftB: number, count: number): number {
  let i = 0;
  if (shiftA === 0 && shiftB === 0) {
    if (((a | b) & 3) === 0) while (i + 4 <= count && load((a + i) as Addr) === load((b + i) as Addr)) i += 4;
    const view = bytes;
    for (; i < count; i++) {
      const difference = (view[a + i] as number) - (view[b + i] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }
  for (; i < count; i++) {
    const difference = eightBits(a + i, shiftA) - eightBits(b + i, shiftB);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Order of the first `size` bits of two bitstrings: negative, 0 or positive. */
function comparePrefix(a: Term, b: Term, size: number): number {
  const offsetA = bitOffset(a);
  const offsetB = bitOffset(b);
  const addressA = (bitBase(a) >>> 0) + (offsetA >>> 3);
  const addressB = (bitBase(b) >>> 0) + (offsetB >>> 3);
  const whole = size >>> 3;
  const difference = compareWhole(addressA, offsetA & 7, addressB, offsetB & 7, whole);
  const rest = size & 7;
  if (difference !== 0 || rest === 0) return difference;
  const lastA = eightBits(addressA + whole, offsetA & 7) >> (8 - rest);
  return lastA - (eightBits(addressB + whole, offsetB & 7) >> (8 - rest));
}

/** Order of two bitstrings: bit by bit, a prefix first. */
export function compareBits(a: Term, b: Term): number {
  const sizeA = bitSize(a);
  const sizeB = bitSize(b);
  const difference = comparePrefix(a, b, Math.min(sizeA, sizeB));
  return difference !== 0 ? difference : sizeA - sizeB;
}

/** True for bitstrings of the same bits. */
export function sameBits(a: Term, b: Term): boolean {
  const size = bitSize(a);
  return size === bitSize(b) && comparePrefix(a, b, size) === 0;
}
