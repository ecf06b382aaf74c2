/**
 * A term in memory of its own, for terms that belong to no heap: messages on their way, ETS objects, timers' messages,
 * exit reasons. Exactly one owner, who attaches it to a heap (ProcessHeap.attachFragment) or frees it.
 */
import type { Addr, Term } from '../term/layout.ts';
import { freeBlock } from './allocator.ts';
import { releaseList } from './off-heap.ts';

export class Fragment {
  term: Term;
  /** The words; 0 when the term is an immediate or a literal. */
  block: Addr;
  wordCount: number;
  /** List of what it owns off-heap, and how many bytes of binaries that is. */
  offHeap: Addr;
  offHeapBytes: number;
  /** A message that lies on the heap of its receiver, whose mailbox shows it to the collector; it has no words of its own then. */
  readonly isOnHeap: boolean;
  /** Its place among the messages of the mailbox that owns it: neighbours, and position in the order of arrival. */
  previous: Fragment | undefined = undefined;
  next: Fragment | undefined = undefined;
  sequence = 0;

  constructor(term: Term, block: Addr, wordCount: number, offHeap: Addr, offHeapBytes: number, isOnHeap = false) {
    this.term = term;
    this.block = block;
    this.wordCount = wordCount;
    this.offHeap = offHeap;
    this.offHeapBytes = offHeapBytes;
    this.isOnHeap = isOnHeap;
  }

  /** Takes over what `copy`, a copy of its term, consists of, and frees what it had. Its place stays. */
  become(copy: Fragment): void {
    freeFragment(this);
    this.term = copy.term;
    this.block = copy.block;
    this.wordCount = copy.wordCount;
    this.offHeap = copy.offHeap;
    this.offHeapBytes = copy.offHeapBytes;
  }
}

const NONE = 0 as Addr;

/** A fragment for a term that needs no memory. */
export function immediateFragment(term: Term): Fragment {
  return new Fragment(term, NONE, 0, NONE, 0);
}

/** A message that was written to its receiver's heap. */
export function fragmentOnHeap(term: Term): Fragment {
  return new Fragment(term, NONE, 0, NONE, 0, true);
}

/** Frees a fragment that was not attached, and what it owns. */
export function freeFragment(fragment: Fragment): void {
  if (fragment.block === 0) return;
  releaseList(fragment.offHeap);
  freeBlock(fragment.block);
}
