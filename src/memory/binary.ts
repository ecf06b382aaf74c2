/** Off-heap binaries (counted, shared by processes) and magic refs: making them on the running process's heap. */
import {
  type Addr,
  BIN_REF_ADDRESS,
  BIN_REF_NEXT,
  BIN_REF_WORDS,
  BINARY_CAPACITY,
  BINARY_DATA,
  BINARY_FLAG_WRITABLE,
  BINARY_FLAGS,
  BINARY_REFERENCES,
  BINARY_SIZE,
  MAGIC_REF_HANDLE,
  MAGIC_REF_NEXT,
  MAGIC_REF_WORDS,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  REF_NUMBERS,
  type Term,
} from '../term/layout.ts';
import { allocateBlock, blockBytes, extendBlock, reallocate } from './allocator.ts';
import { allocate } from './heap.ts';
import { OFF_HEAP, OFF_HEAP_BYTES } from './map.ts';
import { load, loadUnsigned, store } from './memory.ts';
import {
  BIN_REF_HEADER,
  binaryTotals,
  handleOf,
  MAGIC_REF_HEADER,
  type MagicHandle,
  offHeapBytesOf,
  registerHandle,
} from './off-heap.ts';
import { running } from './process-heap.ts';

/** Bytes that a binary that is appended to has room for at least. */
const LEAST_WRITABLE = 256;

/**
 * An off-heap binary of `byteCount` bytes (content undefined) with one reference, which belongs to the caller: give it to
 * `makeBinRef` or `release` it. With a `capacity` it is writable: `growWritable` can make it longer.
 */
export function newOffHeapBinary(byteCount: number, capacity?: number): Addr {
  const room = Math.max(byteCount, capacity ?? 0);
  const a = allocateBlock(BINARY_DATA + room);
  binaryTotals.bytes += blockBytes(a);
  store((a + BINARY_REFERENCES) as Addr, 1);
  store((a + BINARY_SIZE) as Addr, byteCount);
  store((a + BINARY_CAPACITY) as Addr, room);
  store((a + BINARY_FLAGS) as Addr, capacity === undefined ? 0 : BINARY_FLAG_WRITABLE);
  return a;
}

/** Adds off-heap bytes to what the running process owns; past its limit it is asked to collect. */
function countOffHeap(byteCount: number): void {
  const total = loadUnsigned(OFF_HEAP_BYTES) + byteCount;
  store(OFF_HEAP_BYTES, total);
  const heap = running.heap;
  if (heap !== undefined && total > heap.offHeapLimit) heap.requestCollection();
}

/** A bin ref on the current heap. Takes over one reference of the caller. */
export function makeBinRef(binary: Addr): Term {
  const a = allocate(1 + BIN_REF_WORDS);
  store(a, BIN_REF_HEADER);
  store((a + BIN_REF_ADDRESS) as Addr, binary);
  store((a + BIN_REF_NEXT) as Addr, load(OFF_HEAP));
  store(OFF_HEAP, a);
  countOffHeap(offHeapBytesOf(a));
  return (a | PRIMARY_BOXED) as Term;
}

/** Address of the off-heap binary of a bin ref. */
export function binaryOf(binRef: Term): Addr {
  return load(((binRef & ~PRIMARY_MASK) + BIN_REF_ADDRESS) as Addr) as Addr;
}

/**
 * Makes room for `extraBytes` behind the `usedBytes` bytes that the caller sees of a writable binary, and counts them as used.
 * False when that is not possible: the binary is not writable, somebody has appended to it already, or it would have to move
 * while others hold it; the caller then copies into a new binary with capacity. Since a later append moves BINARY_SIZE on,
 * only the sub bits that end there can be appended to in place (in OTP: erts_bs_append_checked, erl_bits.c).
 */
export function growWritable(binRef: Term, usedBytes: number, extraBytes: number): boolean {
  const a = binaryOf(binRef);
  if ((load((a + BINARY_FLAGS) as Addr) & BINARY_FLAG_WRITABLE) === 0) return false;
  if (loadUnsigned((a + BINARY_SIZE) as Addr) !== usedBytes) return false;
  const size = usedBytes + extraBytes;
  const capacity = loadUnsigned((a + BINARY_CAPACITY) as Addr);
  if (size <= capacity) {
    store((a + BINARY_SIZE) as Addr, size);
    return true;
  }
  const newCapacity = capacityFor(size);
  const before = blockBytes(a);
  let grown = a;
  if (!extendBlock(a, BINARY_DATA + newCapacity)) {
    if (load((a + BINARY_REFERENCES) as Addr) !== 1) return false;
    grown = reallocate(a, BINARY_DATA + newCapacity);
    store(((binRef & ~PRIMARY_MASK) + BIN_REF_ADDRESS) as Addr, grown);
  }
  store((grown + BINARY_SIZE) as Addr, size);
  store((grown + BINARY_CAPACITY) as Addr, newCapacity);
  binaryTotals.bytes += blockBytes(grown) - before;
  countOffHeap(newCapacity - capacity);
  return true;
}

/** Capacity to ask for where a binary of `byteCount` bytes is likely to be appended to, as in OTP (erts_bs_append_checked, erl_bits.c). */
export function capacityFor(byteCount: number): number {
  return Math.max(LEAST_WRITABLE, byteCount * 2);
}

/** Lets go of the room for appending that a writable binary does not use. */
export function shrinkWritable(binary: Addr): void {
  const size = loadUnsigned((binary + BINARY_SIZE) as Addr);
  const capacity = loadUnsigned((binary + BINARY_CAPACITY) as Addr);
  if ((load((binary + BINARY_FLAGS) as Addr) & BINARY_FLAG_WRITABLE) === 0) return;
  const wanted = capacityFor(size);
  const before = blockBytes(binary);
  if (capacity <= wanted * 2 || !extendBlock(binary, BINARY_DATA + wanted)) return;
  binaryTotals.bytes += blockBytes(binary) - before;
  store((binary + BINARY_CAPACITY) as Addr, wanted);
}

/** A local reference (number words `numbers`) that keeps a handle alive; `onDrop` runs when the last such reference is collected. */
export function newMagicRef(numbers: readonly [number, number, number], handle: MagicHandle): Term {
  const a = allocate(1 + MAGIC_REF_WORDS);
  store(a, MAGIC_REF_HEADER);
  for (let i = 0; i < 3; i++) store((a + REF_NUMBERS + i * 4) as Addr, numbers[i] as number);
  store((a + MAGIC_REF_HANDLE) as Addr, registerHandle(handle));
  store((a + MAGIC_REF_NEXT) as Addr, load(OFF_HEAP));
  store(OFF_HEAP, a);
  return (a | PRIMARY_BOXED) as Term;
}

/** The handle of a magic ref; undefined for every other term. */
export function magicHandle(t: Term): MagicHandle | undefined {
  if ((t & PRIMARY_MASK) !== PRIMARY_BOXED) return undefined;
  const a = (t & ~PRIMARY_MASK) as Addr;
  return load(a) === MAGIC_REF_HEADER ? handleOf(load((a + MAGIC_REF_HANDLE) as Addr)) : undefined;
}
