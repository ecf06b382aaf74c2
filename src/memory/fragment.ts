/**
 * A term in memory of its own, for terms that belong to no heap: messages on their way, ETS objects, timers' messages,
 * exit reasons. Exactly one owner, who attaches it to a heap (ProcessHeap.attachFragment) or frees it.
 */
import type { Addr, Term } from '../term/layout.ts';
import { freeBlock } from './allocator.ts';
import { releaseList } from './off-heap.ts';

export type Fragment = {
  readonly term: Term;
  /** The words; 0 when the term is an immediate or a literal. */
  readonly block: Addr;
  readonly wordCount: number;
  /** List of what it owns off-heap, and how many bytes of binaries that is. */
  readonly offHeap: Addr;
  readonly offHeapBytes: number;
};

const NONE = 0 as Addr;

/** A fragment for a term that needs no memory. */
export function immediateFragment(term: Term): Fragment {
  return { term, block: NONE, wordCount: 0, offHeap: NONE, offHeapBytes: 0 };
}

/** Frees a fragment that was not attached, and what it owns. */
export function freeFragment(fragment: Fragment): void {
  if (fragment.block === 0) return;
  releaseList(fragment.offHeap);
  freeBlock(fragment.block);
}
