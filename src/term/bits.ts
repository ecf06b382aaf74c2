/**
 * Bitstrings: where their bits lie, and making new ones. A bitstring is heap bits, or sub bits over heap bits or over a bin ref.
 * Bit 0 is the most significant bit of the first byte. Positions and sizes in bits are unsigned 32-bit numbers.
 */
import { makeBinRef, newOffHeapBinary } from '../memory/binary.ts';
import { bytesKernels } from '../memory/bytes-kernels.ts';
import { allocate } from '../memory/heap.ts';
import { bytes, plus, store } from '../memory/memory.ts';
import {
  type Addr,
  BIN_REF_ADDRESS,
  BINARY_DATA,
  CONTEXT_END,
  CONTEXT_ORIG,
  CONTEXT_POSITION,
  HEADER_BIN_REF,
  HEADER_HEAP_BITS,
  HEADER_MATCH_CONTEXT,
  HEADER_SUB_BITS,
  HEAP_BINARY_LIMIT,
  HEAP_BITS_DATA,
  HEAP_BITS_SIZE,
  makeHeader,
  SUB_BITS_ORIG,
  SUB_BITS_SIZE,
  SUB_BITS_START,
  SUB_BITS_WORDS,
  type Term,
} from './layout.ts';
import { addressOf, field, fieldTerm, headerType, isBitstring, isBoxed, makeBoxed } from './term.ts';

const HEAP_BITS_LIMIT = HEAP_BINARY_LIMIT * 8;

/** Size in bits of a bitstring. */
export function bitSize(t: Term): number {
  return field(t, headerType(t) === HEADER_HEAP_BITS ? HEAP_BITS_SIZE : SUB_BITS_SIZE) >>> 0;
}

/** Size in whole bytes, the last one perhaps partly used (byte_size/1). */
export function byteSize(t: Term): number {
  return Math.ceil(bitSize(t) / 8);
}

/** Position of a bitstring's first bit, counted from `bitBase`. May be 8 or more. */
export function bitOffset(t: Term): number {
  return headerType(t) === HEADER_HEAP_BITS ? 0 : field(t, SUB_BITS_START) >>> 0;
}

/** Address of the first byte of the data that a bitstring lies in. Valid until the next safe point. */
export function bitBase(t: Term): Addr {
  return baseOf(bitsOwner(t));
}

/** The object that holds a bitstring's bytes: heap bits (perhaps `t` itself) or a bin ref. */
export function bitsOwner(t: Term): Term {
  return headerType(t) === HEADER_HEAP_BITS ? t : fieldTerm(t, SUB_BITS_ORIG);
}

/** Address of the first byte of heap bits or of the off-heap binary behind a bin ref. */
export function baseOf(owner: Term): Addr {
  return headerType(owner) === HEADER_BIN_REF
    ? plus((field(owner, BIN_REF_ADDRESS) >>> 0) as Addr, BINARY_DATA)
    : plus(addressOf(owner), HEAP_BITS_DATA);
}

/** The same for the data that a match context reads. */
export function contextBase(context: Term): Addr {
  return baseOf(fieldTerm(context, CONTEXT_ORIG));
}

/** A bitstring of a whole number of bytes. */
export function isBinary(t: Term): boolean {
  return isBitstring(t) && bitSize(t) % 8 === 0;
}

/** Whether a bitstring's bytes lie off-heap (only such are shared by term_to_iovec and kept whole by a copy). */
export function isOffHeap(t: Term): boolean {
  return headerType(bitsOwner(t)) === HEADER_BIN_REF;
}

/** Address of a binary's first byte; -1 when its first bit is not at the start of a byte. */
export function alignedAddress(t: Term): number {
  const offset = bitOffset(t);
  return offset % 8 === 0 ? (bitBase(t) >>> 0) + offset / 8 : -1;
}

/** Byte `index` (from 0) of a bitstring, at any alignment. `index` lies below `byteSize`; unused bits of a last byte are 0. */
export function byteAt(t: Term, index: number): number {
  const left = bitSize(t) - index * 8;
  const count = Math.min(left, 8);
  return peekBits(bitBase(t) >>> 0, bitOffset(t) + index * 8, count) << (8 - count);
}

/**
 * The bytes of a bitstring; unused bits of a last byte are 0. A view of linear memory when the alignment allows it, so it is to be
 * read at once: not written, not kept over anything that allocates.
 */
export function binaryBytes(t: Term): Uint8Array {
  const size = bitSize(t);
  const address = alignedAddress(t);
  if (address >= 0 && size % 8 === 0) return bytes.subarray(address, address + size / 8);
  return copyOfBytes(t);
}

/** `count` whole bytes of a bitstring from byte `from` on; like binaryBytes, to be read at once. */
export function bytesFrom(t: Term, from: number, count: number): Uint8Array {
  const address = alignedAddress(t);
  if (address >= 0) return bytes.subarray(address + from, address + from + count);
  const copy = new Uint8Array(count);
  copyBitsInto(bytes, bitBase(t) >>> 0, bitOffset(t) + from * 8, copy, 0, 0, count * 8);
  return copy;
}

/** The bytes of a bitstring as an array of their own; unused bits of a last byte are 0. */
export function copyOfBytes(t: Term): Uint8Array {
  const size = bitSize(t);
  const address = alignedAddress(t);
  const count = Math.ceil(size / 8);
  if (address >= 0) {
    const copy = bytes.slice(address, address + count);
    if (size % 8 !== 0) copy[count - 1] = (copy[count - 1] as number) & (0xff00 >>> (size % 8));
    return copy;
  }
  const copy = new Uint8Array(count);
  copyBitsInto(bytes, bitBase(t) >>> 0, bitOffset(t), copy, 0, 0, size);
  return copy;
}

/** A new bitstring of `size` bits whose bytes the caller fills at once: up to 64 bytes on the heap, larger ones off-heap. */
export function newBitstring(size: number): { term: Term; data: Addr } {
  if (size > HEAP_BITS_LIMIT) {
    const binary = newOffHeapBinary(Math.ceil(size / 8));
    const owner = makeBinRef(binary);
    return { term: makeSubBits(owner, 0, size), data: plus((binary >>> 0) as Addr, BINARY_DATA) };
  }
  const a = allocateHeapBits(size);
  return { term: makeBoxed(a), data: plus(a, HEAP_BITS_DATA) };
}

/** A new binary of `size` bytes, which the caller fills at once. */
export function newBinary(size: number): { term: Term; data: Addr } {
  return newBitstring(size * 8);
}

/** A new binary with these bytes. */
export function makeBinary(content: Uint8Array): Term {
  return makeBitstring(content, content.length * 8);
}

/** A new bitstring of the first `size` bits of `content`, which is not a view of linear memory (memory may grow meanwhile). */
export function makeBitstring(content: Uint8Array, size: number): Term {
  const made = newBitstring(size);
  const count = Math.ceil(size / 8);
  bytes.set(content.length === count ? content : content.subarray(0, count), made.data >>> 0);
  return made.term;
}

/** Sub bits over an owner (heap bits or bin ref), whatever their size. */
export function makeSubBits(owner: Term, start: number, size: number): Term {
  const a = allocate(1 + SUB_BITS_WORDS);
  store(a, makeHeader(HEADER_SUB_BITS, SUB_BITS_WORDS));
  store(plus(a, SUB_BITS_START), start);
  store(plus(a, SUB_BITS_SIZE), size);
  store(plus(a, SUB_BITS_ORIG), owner);
  return makeBoxed(a);
}

/**
 * The part of a bitstring that starts at its bit `start` and has `size` bits: sub bits, or a copy when it is small enough to lie
 * on the heap (erts_build_sub_bitstring in OTP's erl_bits.c).
 */
export function subBits(t: Term, start: number, size: number): Term {
  return subBitsOf(bitsOwner(t), bitOffset(t) + start, size);
}

/** The same for `size` bits that start at bit `start` of an owner's data (what a match context has). */
export function subBitsOf(owner: Term, start: number, size: number): Term {
  if (size > HEAP_BITS_LIMIT) return makeSubBits(owner, start, size);
  const a = allocateHeapBits(size);
  copyBits(baseOf(owner), start, plus(a, HEAP_BITS_DATA), 0, size);
  return makeBoxed(a);
}

/** What is left to match of a match context, as a bitstring; any other term as it is. */
export function withoutContext(t: Term): Term {
  if (!isBoxed(t) || headerType(t) !== HEADER_MATCH_CONTEXT) return t;
  const position = field(t, CONTEXT_POSITION);
  return subBitsOf(fieldTerm(t, CONTEXT_ORIG), position, field(t, CONTEXT_END) - position);
}

function allocateHeapBits(size: number): Addr {
  const wordCount = Math.ceil(size / 32);
  const a = allocate(2 + wordCount);
  store(a, makeHeader(HEADER_HEAP_BITS, 1 + wordCount));
  store(plus(a, HEAP_BITS_SIZE), size);
  return a;
}

/** The bits of a number of up to 8 bits that starts `bit` bits behind a byte address. */
function peekBits(address: number, bit: number, count: number): number {
  return peekFrom(bytes, address + Math.floor(bit / 8), bit & 7, count);
}

function peekFrom(array: Uint8Array, index: number, bit: number, count: number): number {
  const first = array[index] as number;
  if (bit + count <= 8) return (first >>> (8 - bit - count)) & (0xff >>> (8 - count));
  const both = (first << 8) | (array[index + 1] as number);
  return (both >>> (16 - bit - count)) & (0xff >>> (8 - count));
}

/** Stores `count` bits (which with `bit` stay within one byte) and leaves the byte's other bits as they are. */
function pokeInto(array: Uint8Array, index: number, bit: number, count: number, value: number): void {
  const shift = 8 - bit - count;
  const mask = (0xff >>> (8 - count)) << shift;
  array[index] = ((array[index] as number) & ~mask) | (value << shift);
}

/**
 * Copies `count` bits from `sourceBit` bits behind `source` to `targetBit` bits behind `target`, for any alignment. Bits around the
 * target keep their values. Source and target may overlap only when both have the same alignment.
 */
export function copyBits(source: Addr, sourceBit: number, target: Addr, targetBit: number, count: number): void {
  if (((sourceBit | targetBit | count) & 7) === 0) {
    const [from, to, size] = [(source >>> 0) + sourceBit / 8, (target >>> 0) + targetBit / 8, count / 8];
    if (size <= FEW_FOR_A_KERNEL && (from >= to || from + size <= to)) bytesKernels().copyFew(from, to, size);
    else bytes.copyWithin(to, from, from + size);
    return;
  }
  copyBitsInto(bytes, source >>> 0, sourceBit, bytes, target >>> 0, targetBit, count);
}

/** `copyBits` between byte arrays, from and to indexes. */
export function copyBitsInto(
  from: Uint8Array,
  fromIndex: number,
  fromBit: number,
  to: Uint8Array,
  toIndex: number,
  toBit: number,
  count: number,
): void {
  let source = fromIndex + Math.floor(fromBit / 8);
  let target = toIndex + Math.floor(toBit / 8);
  let bit = fromBit & 7;
  let left = count;
  const lead = toBit & 7;
  if (lead !== 0 && left > 0) {
    const take = Math.min(8 - lead, left);
    pokeInto(to, target, lead, take, peekFrom(from, source, bit, take));
    target++;
    source += (bit + take) >>> 3;
    bit = (bit + take) & 7;
    left -= take;
  }
  const whole = Math.floor(left / 8);
  copyToAligned(from, source, bit, to, target, whole);
  const rest = left & 7;
  if (rest !== 0) pokeInto(to, target + whole, 0, rest, peekFrom(from, source + whole, bit, rest));
}

const FEW_BYTES = 48;
/** The same where a kernel can copy. */
const FEW_FOR_A_KERNEL = 128;

function copyToAligned(from: Uint8Array, source: number, bit: number, to: Uint8Array, target: number, n: number): void {
  if (n === 0) return;
  if (bit === 0) {
    // Calls of copyWithin and set cost more than a few bytes do. Forwards: a source that the target overlaps lies above it, or elsewhere.
    if (n <= FEW_BYTES && (from !== to || source >= target || source + n <= target)) {
      for (let i = 0; i < n; i++) to[target + i] = from[source + i] as number;
      return;
    }
    if (from === to) to.copyWithin(target, source, source + n);
    else to.set(from.subarray(source, source + n), target);
    return;
  }
  const down = 8 - bit;
  let current = from[source] as number;
  for (let i = 0; i < n; i++) {
    const next = from[source + i + 1] as number;
    to[target + i] = (current << bit) | (next >>> down);
    current = next;
  }
}
