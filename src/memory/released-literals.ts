/**
 * The literal area that is being released: its owner is gone, and process after process has what it holds of it copied to its
 * heap (OTP: erts_copy_literal_area__). Until nobody holds any, what is sent is copied without pointers into it.
 */
import { type Addr, BIN_REF_NEXT, MAGIC_REF_NEXT, NIL, PRIMARY_MASK } from '../term/layout.ts';
import { allocateBlock, extendBlock, freeBlock } from './allocator.ts';
import type { RootVisitor } from './collector.ts';
import { Fragment } from './fragment.ts';
import { kernels } from './kernels.ts';
import type { LiteralArea } from './literal-area.ts';
import { RELEASED_BYTES, RELEASED_START, SCRATCH } from './map.ts';
import { bytes, load, loadTerm, loadUnsigned, store } from './memory.ts';
import { MAGIC_REF_HEADER, offHeapBytesOf, retainObject } from './off-heap.ts';
import type { ProcessHeap } from './process-heap.ts';
import { FOLLOW } from './scan-emitter.ts';

/** From now on this area is being released, instead of the one before; undefined: none is. The area must lie in one block. */
export function setReleasedArea(area: LiteralArea | undefined): void {
  store(RELEASED_START, area?.blocks[0] ?? 0);
  store(RELEASED_BYTES, (area?.wordCount ?? 0) * 4);
}

/** Whether a pointer points into the area that is being released. */
export function isReleased(word: number): boolean {
  return (word - load(RELEASED_START)) >>> 0 < loadUnsigned(RELEASED_BYTES);
}

/** Whether a word in [start, end), objects or a stack, points into the area. */
export function refersToReleased(start: number, end: number): boolean {
  return kernels().findInto(0, start, end, 0, load(RELEASED_START), load(RELEASED_BYTES)) !== 0;
}

/** Every range of words that may hold pointers of this heap: its objects and its stack. The fields must be current. */
function* rangesOf(heap: ProcessHeap): Generator<readonly [start: Addr, end: Addr]> {
  yield [heap.sp, heap.stackTop];
  for (const { start, top } of heap.areas()) yield [start, top];
}

/** Whether a process holds a pointer into the area, on its heap or stack, or in its roots. The fields must be current. */
export function holdsReleased(heap: ProcessHeap, visitRoots: RootVisitor): boolean {
  for (const [start, end] of rangesOf(heap)) if (refersToReleased(start, end)) return true;
  let found = false;
  visitRoots((t) => {
    found ||= (t & PRIMARY_MASK) !== 0 && isReleased(t);
    return t;
  });
  return found;
}

/**
 * Makes copies on this heap of all that it and its roots hold of the area, each object once, and has them point there. Nothing of
 * the heap itself moves. The copies are younger than everything: the heap must have no old block (a major collection leaves none),
 * or have its next collection a major one.
 */
export function copyReleased(heap: ProcessHeap, area: LiteralArea, visitRoots: RootVisitor): void {
  const start = area.blocks[0] as Addr;
  const byteCount = area.wordCount * 4;
  const { sweepArea } = kernels();
  const block = allocateBlock(byteCount);
  const original = bytes.slice(start >>> 0, (start >>> 0) + byteCount);
  let top: number = block;
  const sweep = (from: number, to: number, flags: number) => {
    top = sweepArea(top, from, to, flags, start, byteCount) >>> 0;
  };
  for (const [from, to] of rangesOf(heap)) sweep(from, to, 0);
  visitRoots((t) => {
    if ((t & PRIMARY_MASK) === 0 || !isReleased(t)) return t;
    store(SCRATCH, t);
    sweep(SCRATCH, SCRATCH + 4, 0);
    return loadTerm(SCRATCH);
  });
  sweep(block, top, FOLLOW);
  const offHeap = offHeapOfCopies(area.offHeap);
  bytes.set(original, start >>> 0);
  if (top === block) return freeBlock(block);
  extendBlock(block, top - block);
  // What points to the copies must not mature before them.
  heap.highWater = heap.youngStart;
  heap.attachFragment(new Fragment(NIL, block, (top - block) / 4, offHeap.first, offHeap.byteCount));
}

/** The list of those copies that own something off-heap; `first` is the area's list, whose copied members hold their copies' addresses. */
function offHeapOfCopies(first: Addr): { first: Addr; byteCount: number } {
  const list = { first: 0 as Addr, byteCount: 0 };
  let object = first as number;
  while (object !== 0) {
    const header = load(object as Addr);
    const moved = (header & PRIMARY_MASK) === 0 ? undefined : (((header & ~PRIMARY_MASK) >>> 0) as Addr);
    const at = moved ?? (object as Addr);
    const link = (at + (load(at) === MAGIC_REF_HEADER ? MAGIC_REF_NEXT : BIN_REF_NEXT)) as Addr;
    object = loadUnsigned(link);
    if (moved === undefined) continue;
    retainObject(moved);
    store(link, list.first);
    list.first = moved;
    list.byteCount += offHeapBytesOf(moved);
  }
  return list;
}
