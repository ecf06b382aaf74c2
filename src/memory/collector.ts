/**
 * Generational copying collection of one process's heap, at a safe point: everything that the process holds is in memory (its stack
 * complete, arguments in X registers). Policy as in OTP's erl_gc.c; how it works: docs/GC.md.
 */
import {
  type Addr,
  BIN_REF_ADDRESS,
  BIN_REF_NEXT,
  MAGIC_REF_NEXT,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  type Term,
} from '../term/layout.ts';
import { allocateBlock, blockBytes, extendBlock, freeBlock } from './allocator.ts';
import { shrinkWritable } from './binary.ts';
import { BUSY_GROWTH, BUSY_HEAP_WORDS, nextHeapSize, nextVirtualHeapSize } from './heap-sizes.ts';
import { poison, verifyHeap } from './heap-verify.ts';
import { type Kernels, kernels } from './kernels.ts';
import { ATTENTION, SCRATCH, X_REGISTERS } from './map.ts';
import { load, loadTerm, loadUnsigned, store } from './memory.ts';
import { MAGIC_REF_HEADER, nextLink, offHeapBytesOf, releaseObject } from './off-heap.ts';
import { ATTENTION_COLLECT, NO_CHUNKS, type ProcessHeap, running } from './process-heap.ts';
import { FOLLOW, KERNEL_RESULT } from './scan-emitter.ts';

/** Calls `visit` with every term that a process holds outside of its heap, stack and X registers, and keeps what it returns instead. */
export type RootVisitor = (visit: (t: Term) => Term) => void;

export type CollectOptions = {
  /** How many X registers hold terms. */
  live: number;
  visitRoots?: RootVisitor;
  /** Collect everything, not only what is young. */
  major?: boolean;
  /** Make the heap just as large as what lives (hibernation). */
  fit?: boolean;
  /** The heap filled up soon after the last collection: it gets room to go on for longer (BUSY_HEAP_WORDS). */
  busy?: boolean;
  /** Check the heap before and after, and fill what is freed with words that are no terms. */
  stress?: boolean;
};

export type Collection = {
  kind: 'minor' | 'major';
  /** Words in use before and after. */
  before: number;
  after: number;
  /** What the collection costs the process (gc_cost). */
  reductions: number;
  /** Words that the heap took at most: what max_heap_size limits. */
  peakWords: number;
};

/** A collection under way: what stays (the old block, in a minor one), what matures, and where copies go. */
type Work = {
  heap: ProcessHeap;
  options: CollectOptions;
  kernels: Kernels;
  /** End of the copies in the young block, and in the old one. */
  top: number;
  oldTop: number;
  keepStart: number;
  keepBytes: number;
  matureStart: number;
  matureBytes: number;
};

/** Collects the active heap. Afterwards every term held elsewhere than in its roots is void. Throws OutOfMemory. */
export function collect(heap: ProcessHeap, options: CollectOptions): Collection {
  if (running.heap !== heap) throw new Error('only the active heap can be collected');
  heap.fromRegisters();
  if (options.stress === true) verifyHeap(heap, options);
  const overflow = overflowWords(heap);
  const minor = options.major !== true && minorIsPossible(heap);
  const collection = minor ? minorCollection(heap, options, overflow) : majorCollection(heap, options, overflow);
  heap.attachedWords = 0;
  heap.toRegisters();
  store(ATTENTION, load(ATTENTION) & ~ATTENTION_COLLECT);
  if (options.stress === true) verifyHeap(heap, options);
  return collection;
}

/**
 * What the process wanted beyond its young block, and so may want again: counted as needed when the heap gets its new size
 * (`need` in OTP). No more than the block's size: what a BIF made at one go is no measure.
 */
function overflowWords(heap: ProcessHeap): number {
  if (heap.chunkStart === 0) return 0;
  const inChunks = heap.usedWords() - (heap.youngTop - heap.youngStart) / 4 - heap.attachedWords;
  return Math.min(inChunks, (heap.youngEnd - heap.youngStart) / 4);
}

/** Whether the next collection, if nobody asks for a major one, is minor. */
export function minorIsPossible(heap: ProcessHeap): boolean {
  if (heap.needsMajor || heap.minorsSinceMajor >= heap.fullsweepAfter) return false;
  const mature = heap.highWater - heap.youngStart;
  if (heap.oldStart === 0) return true;
  return mature <= heap.oldEnd - heap.oldTop && heap.oldOffHeapBytes < heap.oldOffHeapLimit;
}

function minorCollection(heap: ProcessHeap, options: CollectOptions, overflow: number): Collection {
  const before = heap.usedWords();
  const words = (heap.youngEnd - heap.youngStart) / 4;
  const capacity = Math.max(heap.minHeapWords, words);
  const mature = heap.highWater - heap.youngStart;
  if (heap.oldStart === 0 && mature !== 0) {
    const oldWords = nextHeapSize(before, 1);
    heap.oldStart = allocateBlock(oldWords * 4);
    heap.oldTop = heap.oldStart;
    heap.oldEnd = (heap.oldStart + oldWords * 4) as Addr;
  }
  const roomy = options.busy === true ? busySize(capacity) : 0;
  const size = Math.max(capacity, nextHeapSize(before + overflow), roomy);
  const fresh = allocateBlock(size * 4);
  const work: Work = {
    heap,
    options,
    kernels: kernels(),
    top: fresh,
    oldTop: heap.oldTop,
    keepStart: heap.oldStart,
    keepBytes: heap.oldEnd - heap.oldStart,
    matureStart: heap.youngStart,
    matureBytes: mature,
  };
  sweepRoots(work);
  sweepRange(work, fresh, work.top, true);
  const oldWords = (heap.oldEnd - heap.oldTop) / 4;
  const { keepStart, keepBytes } = work;
  const oldTop = work.kernels.sweep(work.oldTop, heap.oldTop, work.oldTop, FOLLOW, keepStart, keepBytes) >>> 0;
  if (oldTop > heap.oldEnd) throw new Error('a mature object pointed to a younger one');
  const promoted = (oldTop - heap.oldTop) / 4;
  const peakWords = before + oldWords + size;
  heap.oldTop = oldTop as Addr;
  const young = heap.offHeap;
  resetOffHeap(heap, false);
  sortOffHeap(heap, young);
  replaceYoung(work, fresh);
  const after = (work.top - fresh) / 4;
  // What only gives a new process the heap that OTP's begins with is no collection there.
  if (words >= heap.minHeapWords) heap.minorsSinceMajor++;
  heap.offHeapLimit = nextVirtualHeapSize(heap.offHeapBytes / 4, heap.offHeapLimit / 4, heap.minVirtualHeapWords) * 4;
  fitYoung(heap, options.fit === true ? after : Math.max(roomy, sizeAfterMinor(heap, capacity, after + overflow)));
  heap.isRoomy = roomy > 0;
  return { kind: 'minor', before, after: after + promoted, reductions: cost(after + promoted), peakWords };
}

/** Words for the young block of a heap of `capacity` words that is collected often. */
function busySize(capacity: number): number {
  return capacity >= BUSY_HEAP_WORDS ? capacity : Math.min(BUSY_HEAP_WORDS, capacity * BUSY_GROWTH);
}

/** Words for the young block after a minor collection that leaves `needed` in it (minor_collection in OTP's erl_gc.c). */
function sizeAfterMinor(heap: ProcessHeap, capacity: number, needed: number): number {
  if (needed > capacity) return nextHeapSize(needed);
  const old = (heap.oldEnd - heap.oldStart) / 4;
  if (capacity <= 3000 || 4 * needed >= capacity || (capacity <= 8000 && capacity <= old)) return capacity;
  let wanted = 3 * needed;
  if (wanted * 9 < old) wanted = Math.max(wanted, Math.floor(old / 8));
  return Math.min(capacity, Math.max(heap.minHeapWords, nextHeapSize(wanted)));
}

function majorCollection(heap: ProcessHeap, options: CollectOptions, overflow: number): Collection {
  const before = heap.usedWords() + (heap.oldTop - heap.oldStart) / 4;
  const capacity = (heap.youngEnd - heap.youngStart) / 4;
  const regular = Math.max(heap.minHeapWords, nextHeapSize(before));
  const grown = heap.growNext && regular === capacity ? nextHeapSize(capacity, 1) : regular;
  const roomy = options.busy === true ? busySize(capacity) : 0;
  const size = Math.max(grown, nextHeapSize(before + overflow), roomy);
  const fresh = allocateBlock(size * 4);
  const peakWords = heap.totalWords() + size;
  const work: Work = {
    heap,
    options,
    kernels: kernels(),
    top: fresh,
    oldTop: 0,
    keepStart: 0,
    keepBytes: 0,
    matureStart: 0,
    matureBytes: 0,
  };
  sweepRoots(work);
  sweepRange(work, fresh, work.top, true);
  const lists = [heap.offHeap, heap.oldOffHeap] as const;
  const oldStart = heap.oldStart;
  const oldBytes = heap.oldEnd - oldStart;
  heap.oldStart = 0 as Addr;
  heap.oldTop = heap.oldStart;
  heap.oldEnd = heap.oldStart;
  resetOffHeap(heap, true);
  for (const list of lists) sortOffHeap(heap, list);
  if (oldStart !== 0) discard(oldStart, oldBytes, options);
  replaceYoung(work, fresh);
  heap.minorsSinceMajor = 0;
  heap.needsMajor = false;
  heap.growNext = false;
  const after = (work.top - fresh) / 4;
  const used = heap.offHeapBytes / 4;
  heap.offHeapLimit = nextVirtualHeapSize(used, heap.offHeapLimit / 4, heap.minVirtualHeapWords) * 4;
  heap.oldOffHeapLimit = nextVirtualHeapSize(used, heap.oldOffHeapLimit / 4, heap.minVirtualHeapWords) * 4;
  fitYoung(heap, options.fit === true ? after : Math.max(roomy, sizeAfterMajor(heap, grown, after + overflow)));
  heap.isRoomy = roomy > 0;
  heap.shrinkStack();
  return { kind: 'major', before, after, reductions: cost(after), peakWords };
}

/** Words for the young block after a major collection that leaves `needed` in it (adjust_after_fullsweep in OTP's erl_gc.c). */
function sizeAfterMajor(heap: ProcessHeap, size: number, needed: number): number {
  if (size < needed) return nextHeapSize(needed);
  if (3 * size < 4 * needed) heap.growNext = true;
  if (4 * needed >= size) return size;
  return Math.min(size, Math.max(heap.minHeapWords, nextHeapSize(2 * needed)));
}

function cost(movedWords: number): number {
  return Math.max(1, Math.floor(movedWords / 10));
}

/** Copies what the words [from, to) point to; with `follow`, what has been copied to the young block since `from`, too. */
function sweepRange(work: Work, from: number, to: number, follow: boolean): void {
  const { top, keepStart, keepBytes, matureStart, matureBytes } = work;
  const flags = follow ? FOLLOW : 0;
  if (matureBytes === 0) {
    work.top = work.kernels.sweep(top, from, to, flags, keepStart, keepBytes) >>> 0;
    return;
  }
  store(KERNEL_RESULT as Addr, work.oldTop);
  work.top = work.kernels.sweepMature(top, from, to, flags, keepStart, keepBytes, matureStart, matureBytes) >>> 0;
  work.oldTop = loadUnsigned(KERNEL_RESULT as Addr);
}

function sweepRoots(work: Work): void {
  const { heap, options } = work;
  sweepRange(work, X_REGISTERS, X_REGISTERS + options.live * 4, false);
  sweepRange(work, heap.sp, heap.stackTop, false);
  options.visitRoots?.((t) => {
    if ((t & PRIMARY_MASK) === PRIMARY_SMALL || (t & PRIMARY_MASK) === 0) return t;
    store(SCRATCH, t);
    sweepRange(work, SCRATCH, SCRATCH + 4, false);
    return loadTerm(SCRATCH);
  });
}

function resetOffHeap(heap: ProcessHeap, both: boolean): void {
  heap.offHeap = 0 as Addr;
  heap.offHeapBytes = 0;
  if (!both) return;
  heap.oldOffHeap = 0 as Addr;
  heap.oldOffHeapBytes = 0;
}

/** Releases what dead objects of a list held; links the new places of the others into the list of where they are now. */
function sortOffHeap(heap: ProcessHeap, first: Addr): void {
  let object = first as number;
  while (object !== 0) {
    const header = load(object as Addr);
    if ((header & PRIMARY_MASK) === 0) {
      const next = loadUnsigned(nextLink(object as Addr));
      releaseObject(object as Addr);
      object = next;
      continue;
    }
    const moved = ((header & ~PRIMARY_MASK) >>> 0) as Addr;
    const isMagic = load(moved) === MAGIC_REF_HEADER;
    const link = (moved + (isMagic ? MAGIC_REF_NEXT : BIN_REF_NEXT)) as Addr;
    object = loadUnsigned(link);
    if (!isMagic) shrinkWritable(load((moved + BIN_REF_ADDRESS) as Addr) as Addr);
    if (moved >= heap.oldStart && moved < heap.oldTop) {
      store(link, heap.oldOffHeap);
      heap.oldOffHeap = moved;
      heap.oldOffHeapBytes += offHeapBytesOf(moved);
    } else {
      store(link, heap.offHeap);
      heap.offHeap = moved;
      heap.offHeapBytes += offHeapBytesOf(moved);
    }
  }
}

function discard(a: Addr, byteCount: number, options: CollectOptions): void {
  if (options.stress === true) poison(a, byteCount);
  freeBlock(a);
}

/** Makes `fresh` the young block and frees the old young block and the chunks. */
function replaceYoung(work: Work, fresh: Addr): void {
  const { heap, options } = work;
  discard(heap.youngStart, heap.youngEnd - heap.youngStart, options);
  for (let i = 0; i < heap.chunks.length; i += 2) {
    const start = heap.chunks[i] as Addr;
    discard(start, (heap.chunks[i + 1] as Addr) - start, options);
  }
  if (heap.chunkStart !== 0) discard(heap.chunkStart, heap.end - heap.chunkStart, options);
  heap.chunks = NO_CHUNKS;
  heap.chunkStart = 0 as Addr;
  heap.youngStart = fresh;
  heap.youngTop = work.top as Addr;
  heap.highWater = heap.youngTop;
  heap.top = heap.youngTop;
}

/** Makes the young block `wordCount` words large, without moving it. */
function fitYoung(heap: ProcessHeap, wordCount: number): void {
  const capacity = Math.floor(blockBytes(heap.youngStart) / 4);
  const size = wordCount <= capacity || extendBlock(heap.youngStart, wordCount * 4) ? wordCount : capacity;
  if (size < capacity) extendBlock(heap.youngStart, size * 4);
  heap.youngEnd = (heap.youngStart + size * 4) as Addr;
  heap.end = heap.youngEnd;
}
