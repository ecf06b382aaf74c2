/** Collection of a heap whose objects lie in Immix's blocks (memory/immix.ts), behind the interface of collector.ts. */
import {
  type Addr,
  BIN_REF_ADDRESS,
  BIN_REF_NEXT,
  MAGIC_REF_NEXT,
  PRIMARY_MASK,
  PRIMARY_SMALL,
} from '../term/layout.ts';
import { allocateBlock, freeBlock } from './allocator.ts';
import { shrinkWritable } from './binary.ts';
import type { Collection, CollectOptions } from './collector.ts';
import { nextVirtualHeapSize } from './heap-sizes.ts';
import { POISON, poison } from './heap-verify.ts';
import { ImmixSpace, immixSetting, immixTables } from './immix.ts';
import { BLOCK_MOVES, BLOCK_STAYS } from './immix-emitter.ts';
import { SCRATCH, X_REGISTERS } from './map.ts';
import { load, loadTerm, loadUnsigned, store } from './memory.ts';
import { MAGIC_REF_HEADER, nextLink, offHeapBytesOf, releaseObject } from './off-heap.ts';
import { NO_CHUNKS, type ProcessHeap } from './process-heap.ts';

/** Whether this heap is one of Immix's, or large enough to become one. */
export function isImmix(heap: ProcessHeap): boolean {
  if (immixSetting.mode === 0) return false;
  return heap.immix !== undefined || heap.usedWords() + (heap.oldTop - heap.oldStart) / 4 >= immixSetting.fromWords;
}

/** Collects the active heap, whose fields are current. Everything that lies in no block of Immix's is moved into one. */
export function immixCollect(heap: ProcessHeap, options: CollectOptions): Collection {
  const before = heap.usedWords() + (heap.oldTop - heap.oldStart) / 4;
  const isFirst = heap.immix === undefined;
  heap.immix ??= new ImmixSpace();
  const space = heap.immix;
  const { state } = immixTables(space);
  const major =
    options.major === true ||
    isFirst ||
    heap.needsMajor ||
    heap.minorsSinceMajor >= heap.fullsweepAfter ||
    space.hasGrown;
  const sparse = major ? space.sparseBlocks() : [];
  if (major) space.clearMarks();
  for (const block of sparse) space.setState(block, BLOCK_MOVES);
  store(state, 0);
  store((state + 4) as Addr, 0);
  store((state + 8) as Addr, space.live);
  if (!isFirst) space.leave(heap);
  traceRoots(heap, options, before, !major && immixSetting.mode === 2);
  sortOffHeap(heap, space);
  for (const block of sparse) space.setState(block, BLOCK_STAYS);
  const discard = (a: Addr, byteCount: number) => {
    if (options.stress === true) poison(a, byteCount);
    freeBlock(a);
  };
  discardOutside(heap, isFirst, discard);
  space.live = loadUnsigned((state + 8) as Addr);
  if (major) space.liveAtMajor = space.live;
  space.sweep(discard);
  if (options.stress === true) space.fillFree(POISON);
  heap.minorsSinceMajor = major ? 0 : heap.minorsSinceMajor + 1;
  heap.needsMajor = false;
  heap.offHeapLimit = nextVirtualHeapSize(heap.offHeapBytes / 4, heap.offHeapLimit / 4, heap.minVirtualHeapWords) * 4;
  space.enter(heap, space.nextHole(4));
  if (major) heap.shrinkStack();
  const after = space.live / 4;
  const reductions = Math.max(1, Math.floor(after / 10));
  return { kind: major ? 'major' : 'minor', before, after, reductions, peakWords: before };
}

function traceRoots(heap: ProcessHeap, options: CollectOptions, wordCount: number, movesYoung: boolean): void {
  const { kernel } = immixTables(heap.immix);
  const stack = allocateBlock(wordCount * 2 + 4096);
  const trace = (from: number, to: number) => kernel.trace(from, to, stack, movesYoung ? 1 : 0);
  trace(X_REGISTERS, X_REGISTERS + options.live * 4);
  trace(heap.sp, heap.stackTop);
  options.visitRoots?.((t) => {
    if ((t & PRIMARY_MASK) === PRIMARY_SMALL || (t & PRIMARY_MASK) === 0) return t;
    store(SCRATCH, t);
    trace(SCRATCH, SCRATCH + 4);
    return loadTerm(SCRATCH);
  });
  freeBlock(stack);
}

/** Releases what dead objects held, and links those that live anew. */
function sortOffHeap(heap: ProcessHeap, space: ImmixSpace): void {
  const lists = [heap.offHeap, heap.oldOffHeap];
  heap.offHeap = 0 as Addr;
  heap.offHeapBytes = 0;
  heap.oldOffHeap = heap.offHeap;
  heap.oldOffHeapBytes = 0;
  for (const first of lists) {
    let object = first >>> 0;
    while (object !== 0) {
      const header = load(object as Addr);
      const isMoved = (header & PRIMARY_MASK) !== 0;
      if (!isMoved && !(space.isStaying(object) && space.isMarked(object))) {
        const next = loadUnsigned(nextLink(object as Addr));
        releaseObject(object as Addr);
        object = next;
        continue;
      }
      const at = (isMoved ? (header & ~PRIMARY_MASK) >>> 0 : object) as Addr;
      const isMagic = load(at) === MAGIC_REF_HEADER;
      const link = (at + (isMagic ? MAGIC_REF_NEXT : BIN_REF_NEXT)) as Addr;
      object = loadUnsigned(link);
      if (!isMagic) shrinkWritable(load((at + BIN_REF_ADDRESS) as Addr) as Addr);
      store(link, heap.offHeap);
      heap.offHeap = at;
      heap.offHeapBytes += offHeapBytesOf(at);
    }
  }
}

/** Frees the blocks that are not Immix's; the first time the young and the old one, too. */
function discardOutside(heap: ProcessHeap, isFirst: boolean, discard: (a: Addr, byteCount: number) => void): void {
  for (let i = 0; i < heap.chunks.length; i += 2) {
    const start = heap.chunks[i] as Addr;
    discard(start, (heap.chunks[i + 1] as Addr) - start);
  }
  heap.chunks = NO_CHUNKS;
  heap.attachedWords = 0;
  if (!isFirst) return;
  if (heap.chunkStart !== 0) discard(heap.chunkStart, heap.end - heap.chunkStart);
  discard(heap.youngStart, heap.youngEnd - heap.youngStart);
  if (heap.oldStart !== 0) discard(heap.oldStart, heap.oldEnd - heap.oldStart);
  heap.oldStart = 0 as Addr;
  heap.oldTop = heap.oldStart;
  heap.oldEnd = heap.oldStart;
  heap.youngStart = allocateBlock(8);
  heap.youngTop = heap.youngStart;
  heap.highWater = heap.youngStart;
  heap.youngEnd = heap.youngStart;
}
