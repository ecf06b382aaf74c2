/** Terms built straight into a fragment, whatever process runs, or none: messages that the virtual machine itself sends. */
import { allocateBlock, freeBlock } from '../memory/allocator.ts';
import { Fragment, immediateFragment } from '../memory/fragment.ts';
import { chunkSource } from '../memory/heap.ts';
import { HEND, HTOP, OFF_HEAP, OFF_HEAP_BYTES } from '../memory/map.ts';
import { load, loadUnsigned, plus, store } from '../memory/memory.ts';
import { releaseList } from '../memory/off-heap.ts';
import { copyIn, copyOut, flatSize, sizeOf } from '../term/copy.ts';
import { type Addr, HEADER_TUPLE, makeHeader, type Term } from '../term/layout.ts';
import { makeBoxed } from '../term/term.ts';
import { REFERENCE_WORDS, type References, type RefKey } from './references.ts';

/** Smallest block that is taken when a fragment was estimated too small, in words. */
const MORE_WORDS = 256;

/**
 * A fragment with what `build` returns. It should allocate no more than `wordCount` words besides the copies of `parts`, which it gets in
 * their order, and which may lie on any heap: what takes more is copied once more. With `literals`,
 * what of the parts are literals is copied, too: for what is no message yet. What `build` raises goes on.
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
  const blocks = [allocateBlock(total * 4)] as [Addr, ...Addr[]];
  const [top, end, offHeap, offHeapBytes] = [load(HTOP), load(HEND), load(OFF_HEAP), load(OFF_HEAP_BYTES)];
  const { next } = chunkSource;
  chunkSource.next = (wanted) => addBlock(blocks, wanted);
  store(HTOP, blocks[0]);
  store(HEND, blocks[0] + total * 4);
  store(OFF_HEAP, 0);
  store(OFF_HEAP_BYTES, 0);
  let made: Fragment | undefined;
  try {
    const term = build(parts.map((part) => copyIn(part, literals)));
    if (blocks.length === 1) made = taken(term, blocks[0]);
    return made ?? copyOut(term, literals);
  } finally {
    if (made === undefined) discard(blocks);
    chunkSource.next = next;
    store(HTOP, top);
    store(HEND, end);
    store(OFF_HEAP, offHeap);
    store(OFF_HEAP_BYTES, offHeapBytes);
  }
}

/** What was built in a block, as it is. */
function taken(term: Term, block: Addr): Fragment {
  const usedWords = (loadUnsigned(HTOP) - block) / 4;
  return new Fragment(term, block, usedWords, loadUnsigned(OFF_HEAP) as Addr, loadUnsigned(OFF_HEAP_BYTES));
}

/** The block is full: goes on in another one. Returns its first `wordCount` words. */
function addBlock(blocks: Addr[], wordCount: number): Addr {
  const words = Math.max(wordCount, MORE_WORDS);
  const block = allocateBlock(words * 4);
  blocks.push(block);
  store(HTOP, block + wordCount * 4);
  store(HEND, block + words * 4);
  return block;
}

function discard(blocks: readonly Addr[]): void {
  releaseList(loadUnsigned(OFF_HEAP) as Addr);
  for (const block of blocks) freeBlock(block);
}

/** Elements of a tuple: immediates, and a reference where `undefined` stands. */
export interface AroundReference {
  readonly key: RefKey;
  readonly elements: readonly (Term | undefined)[];
}

/** Words of such a tuple, with its reference. */
export function wordsAroundReference({ elements }: AroundReference): number {
  return 1 + elements.length + REFERENCE_WORDS;
}

/** Writes the tuple to an address, the reference behind it. */
export function writeAroundReference(references: References, { key, elements }: AroundReference, at: Addr): Term {
  const reference = plus(at, 4 + 4 * elements.length);
  references.write(key, reference);
  store(at, makeHeader(HEADER_TUPLE, elements.length));
  for (let i = 0; i < elements.length; i++) store(plus(at, 4 + 4 * i), elements[i] ?? makeBoxed(reference));
  return makeBoxed(at);
}

export function fragmentAroundReference(references: References, content: AroundReference): Fragment {
  const wordCount = wordsAroundReference(content);
  const block = allocateBlock(wordCount * 4);
  return new Fragment(writeAroundReference(references, content, block), block, wordCount, 0 as Addr, 0);
}
