/** Terms built straight into a fragment, whatever process runs, or none: messages that the virtual machine itself sends. */
import { allocateBlock } from '../memory/allocator.ts';
import { Fragment, immediateFragment } from '../memory/fragment.ts';
import { HEND, HTOP, OFF_HEAP, OFF_HEAP_BYTES } from '../memory/map.ts';
import { load, loadUnsigned, store } from '../memory/memory.ts';
import { copyIn, flatSize, sizeOf } from '../term/copy.ts';
import type { Addr, Term } from '../term/layout.ts';

/**
 * A fragment with what `build` returns. It may allocate `wordCount` words besides the copies of `parts`, which it gets in their order,
 * and which may lie on any heap. With `literals`, what of the parts are literals is copied, too: for what is no message yet.
 */
export function buildFragment(
  wordCount: number,
  parts: readonly Term[],
  build: (copies: readonly Term[]) => Term,
  literals = false,
): Fragment {
  let total = wordCount;
  for (const part of parts) total += literals ? flatSize(part) : sizeOf(part);
  if (total === 0) return immediateFragment(build(parts));
  const [top, end, offHeap, offHeapBytes] = [load(HTOP), load(HEND), load(OFF_HEAP), load(OFF_HEAP_BYTES)];
  const block = allocateBlock(total * 4);
  store(HTOP, block);
  store(HEND, block + total * 4);
  store(OFF_HEAP, 0);
  store(OFF_HEAP_BYTES, 0);
  const term = build(parts.map((part) => copyIn(part, literals)));
  const usedWords = (loadUnsigned(HTOP) - block) / 4;
  const fragment = new Fragment(term, block, usedWords, loadUnsigned(OFF_HEAP) as Addr, loadUnsigned(OFF_HEAP_BYTES));
  store(HTOP, top);
  store(HEND, end);
  store(OFF_HEAP, offHeap);
  store(OFF_HEAP_BYTES, offHeapBytes);
  return fragment;
}
