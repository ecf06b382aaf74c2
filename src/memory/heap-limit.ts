/** Process flag max_heap_size: what a collection that is about to begin would take (garbage_collect in OTP's erl_gc.c). */
import { MIN_HEAP_WORDS, nextHeapSize } from './heap-sizes.ts';
import type { ProcessHeap } from './process-heap.ts';

/** How large a heap may become, and what happens then. */
export interface HeapLimit {
  /** 0: as large as there is room for. */
  readonly words: number;
  /** The process ends. */
  readonly kill: boolean;
  /** The error logger is told. */
  readonly report: boolean;
  /** Off-heap binaries count. */
  readonly binaries: boolean;
}

export const NO_LIMIT: HeapLimit = { words: 0, kill: true, report: true, binaries: false };

/** Words that a process has while it is collected. */
export interface HeapNeed {
  /** All of them; what max_heap_size is compared with. */
  readonly total: number;
  /** The new young block among them, and an old block, if the process has none yet and will get one. */
  readonly young: number;
  readonly old: number;
}

/**
 * The need of a collection, if it passes the limit of the heap; else undefined. `messageWords`: the messages that count as part of it. The
 * fields of the heap must be current.
 */
export function needBeyondLimit(heap: ProcessHeap, messageWords: number, isMinor: boolean): HeapNeed | undefined {
  const { limit } = heap;
  if (limit.words === 0) return undefined;
  const used = heap.usedWords() + messageWords;
  const need = isMinor ? minorNeed(heap, used) : majorNeed(heap, used);
  const binaries = limit.binaries ? (heap.offHeapBytes + heap.oldOffHeapBytes) / 4 : 0;
  return need.total + binaries > limit.words ? need : undefined;
}

/** Words of OTP's one block for heap and stack that the heap does not use. A heap begins with less than OTP's, and has a stack of its own. */
function besideHeap(heap: ProcessHeap): { readonly size: number; readonly beside: number } {
  const size = Math.max((heap.youngEnd - heap.youngStart) / 4, Math.min(heap.minHeapWords, MIN_HEAP_WORDS));
  const stack = (heap.stackTop - heap.sp) / 4;
  return { size, beside: Math.max(stack, size - (heap.youngTop - heap.youngStart) / 4) };
}

function minorNeed(heap: ProcessHeap, used: number): HeapNeed {
  const { beside } = besideHeap(heap);
  const hasOld = heap.oldStart !== 0;
  const old = !hasOld && heap.highWater !== heap.youngStart ? nextHeapSize(used, 1) : 0;
  const young = nextHeapSize(beside + used);
  return { total: used + (hasOld ? (heap.oldEnd - heap.oldStart) / 4 : old) + young, young, old };
}

function majorNeed(heap: ProcessHeap, used: number): HeapNeed {
  const { size, beside } = besideHeap(heap);
  const all = used + (heap.oldTop - heap.oldStart) / 4;
  const regular = nextHeapSize((heap.stackTop - heap.sp) / 4 + all);
  const young = heap.growNext && regular === size ? nextHeapSize(size, 1) : regular;
  return { total: all + (heap.oldEnd - heap.oldTop) / 4 + beside + young, young, old: 0 };
}
