/**
 * Copies of whole terms, as between processes: flat (a part that occurs twice is copied twice, as copy_struct in OTP's copy.c does),
 * literals stay where they are unless their area is being released, off-heap binaries are shared. No recursion: terms of any depth.
 */
import { allocateBlock, freeBlock, isLiteral } from '../memory/allocator.ts';
import { Fragment, immediateFragment } from '../memory/fragment.ts';
import { allocate } from '../memory/heap.ts';
import { kernels } from '../memory/kernels.ts';
import { OFF_HEAP, OFF_HEAP_BYTES, SCRATCH, SCRATCH_BYTES } from '../memory/map.ts';
import { loadUnsigned, store } from '../memory/memory.ts';
import { nextLink, offHeapBytesOf, retainObject } from '../memory/off-heap.ts';
import type { ProcessHeap } from '../memory/process-heap.ts';
import { isReleased } from '../memory/released-literals.ts';
import { COPY_LITERALS, FOLLOW, KERNEL_RESULT } from '../memory/scan-emitter.ts';
import { type Addr, NON_VALUE, PRIMARY_MASK, type Term } from './layout.ts';
import { isImmediate } from './term.ts';

/** Bytes that are remembered of what is still to be counted: at first the scratch area, then this, then four times as many … */
const MIN_STACK_BYTES = 65536;

/** Words of the objects of a term that is a pointer; objects in literal pages count only with `literals`. */
function countWords(term: Term, literals: boolean): number {
  const { count } = kernels();
  const flag = literals ? 1 : 0;
  let total = count(term, SCRATCH, SCRATCH + SCRATCH_BYTES, flag);
  for (let size = MIN_STACK_BYTES; total < 0; size *= 4) {
    const stack = allocateBlock(size);
    total = count(term, stack, stack + size, flag);
    freeBlock(stack);
  }
  return total;
}

/**
 * Copies what `term` points to to `start` and up. Returns the list of the copies that own something off-heap
 * (each has its reference).
 */
function copyWords(term: Term, start: Addr, literals: boolean): Addr {
  store(SCRATCH, term);
  store(KERNEL_RESULT as Addr, 0);
  const { copy } = kernels();
  const flags = literals ? COPY_LITERALS : 0;
  const top = copy(start, SCRATCH, SCRATCH + 4, flags);
  copy(top, start, top, flags | FOLLOW);
  const offHeap = loadUnsigned(KERNEL_RESULT as Addr) as Addr;
  for (let a = offHeap as number; a !== 0; a = loadUnsigned(nextLink(a as Addr))) retainObject(a as Addr);
  return offHeap;
}

function listBytes(first: Addr): number {
  let total = 0;
  for (let a = first >>> 0; a !== 0; a = loadUnsigned(nextLink(a as Addr))) total += offHeapBytesOf(a as Addr);
  return total;
}

/** Whether a copy would be the term itself. */
export function staysWhereItIs(term: Term, literals = false): boolean {
  return isImmediate(term) || (!literals && isLiteral(term) && !isReleased(term));
}

function copied(term: Term, start: Addr): Term {
  return (start | (term & PRIMARY_MASK)) as Term;
}

/**
 * A copy of a term in a fragment of its own. With `literals`, parts that are literals are copied, too (before a module is purged).
 * Throws OutOfMemory.
 */
export function copyOut(term: Term, literals = false): Fragment {
  if (staysWhereItIs(term, literals)) return immediateFragment(term);
  return copyOutBehind(term, 0, literals);
}

/** The same for a term that is a pointer, behind `headBytes` bytes (a multiple of 4) at the start of the block that are the caller's. */
export function copyOutBehind(term: Term, headBytes: number, literals: boolean): Fragment {
  const wordCount = countWords(term, literals);
  const block = allocateBlock(headBytes + wordCount * 4);
  const start = (block + headBytes) as Addr;
  const offHeap = copyWords(term, start, literals);
  return new Fragment(copied(term, start), block, wordCount, offHeap, listBytes(offHeap));
}

/** Bytes that `copySmall` copies at most: when it gives up, no more has been done in vain. */
const SMALL_BYTES = 1024;

/**
 * A copy of a term that is a pointer, on a heap, whether that is active or not. NON_VALUE: there is no room, or the term is large or owns something
 * off-heap; nothing has been copied then.
 */
export function copyToHeap(term: Term, heap: ProcessHeap): Term {
  const start = heap.nextFree;
  const end = kernels().place(term, start, Math.min(heap.freeEnd, start + SMALL_BYTES));
  if (end === 0) return NON_VALUE;
  heap.extendTo((end >>> 0) as Addr);
  return copied(term, start);
}

/** A copy of a term on the running process's heap (or where allocation goes: see memory/literal-area.ts). */
export function copyIn(term: Term, literals = false): Term {
  if (staysWhereItIs(term, literals)) return term;
  return copyInSized(term, countWords(term, literals), literals);
}

/** The same for a term that is a pointer and whose copy takes so many words. */
export function copyInSized(term: Term, wordCount: number, literals = false): Term {
  const start = allocate(wordCount);
  let object = copyWords(term, start, literals) >>> 0;
  while (object !== 0) {
    const link = nextLink(object as Addr);
    const next = loadUnsigned(link);
    store(link, loadUnsigned(OFF_HEAP));
    store(OFF_HEAP, object);
    store(OFF_HEAP_BYTES, loadUnsigned(OFF_HEAP_BYTES) + offHeapBytesOf(object as Addr));
    object = next;
  }
  return copied(term, start);
}

/** Words that a copy of the term takes (as copyOut makes it): literals do not count. 0 for immediates. */
export function sizeOf(term: Term): number {
  return isImmediate(term) ? 0 : countWords(term, false);
}

/** Words of all objects of a term, literals too, shared parts each time (erts_debug:flat_size). */
export function flatSize(term: Term): number {
  return isImmediate(term) ? 0 : countWords(term, true);
}
