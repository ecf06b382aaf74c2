/**
 * Memory for terms that belong to no process and never change: a module's literals, persistent terms. They lie in pages that
 * the allocator has flagged, so that the collector and copying leave them alone. (OTP: erl_init literal areas, ErtsLiteralArea.)
 */
import { copyShared, sharedSize } from '../term/copy-shared.ts';
import type { Addr, Term } from '../term/layout.ts';
import { allocateLiteral, freeLiteral, shrinkLiteral } from './allocator.ts';
import { chunkSource } from './heap.ts';
import { poison } from './heap-verify.ts';
import { HEND, HTOP, OFF_HEAP, OFF_HEAP_BYTES } from './map.ts';
import { load, loadUnsigned, store } from './memory.ts';
import { joinLists, releaseList } from './off-heap.ts';

/** Blocks of literals with one owner, and the list of what they own off-heap. Only an area of one block can be released. */
export type LiteralArea = { readonly blocks: Addr[]; offHeap: Addr; wordCount: number };

const LEAST_WORDS = 256;

export function newLiteralArea(): LiteralArea {
  return { blocks: [], offHeap: 0 as Addr, wordCount: 0 };
}

/**
 * Runs `f` with all allocation going into the area; what it returns is returned. Literals may point only to literals: `f` must
 * build its terms out of nothing but immediates and other literals. It gets a block of `expectedWords` words, of which what it does
 * not need is given back, and another one where they are not enough.
 */
export function withAllocationIn<T>(area: LiteralArea, expectedWords: number, f: () => T): T {
  const saved = [HTOP, HEND, OFF_HEAP, OFF_HEAP_BYTES].map((register) => [register, load(register)] as const);
  const next = chunkSource.next;
  const current = { start: 0 as Addr };
  store(HTOP, 0);
  store(HEND, 0);
  store(OFF_HEAP, 0);
  chunkSource.next = (wordCount) => {
    closeChunk(area, current.start);
    const least = area.blocks.length === 0 ? expectedWords : Math.max(LEAST_WORDS, Math.min(area.wordCount, 1 << 16));
    const chunkWords = Math.max(wordCount, least);
    const a = allocateLiteral(chunkWords * 4);
    area.blocks.push(a);
    current.start = a;
    store(HTOP, a + wordCount * 4);
    store(HEND, a + chunkWords * 4);
    return a;
  };
  try {
    return f();
  } finally {
    closeChunk(area, current.start);
    const made = loadUnsigned(OFF_HEAP) as Addr;
    area.offHeap = made === 0 ? area.offHeap : joinLists(made, area.offHeap);
    chunkSource.next = next;
    for (const [register, value] of saved) store(register, value);
  }
}

/** Counts what the chunk at `start` holds and gives its unused end back. */
function closeChunk(area: LiteralArea, start: Addr): void {
  if (start === 0) return;
  const byteCount = loadUnsigned(HTOP) - start;
  area.wordCount += byteCount / 4;
  shrinkLiteral(start, byteCount);
}

/** Copies of terms as literals in an area of their own, with what they share shared; parts that are literals already are copied, too. */
export function copyToArea(terms: readonly Term[]): { readonly area: LiteralArea; readonly copies: readonly Term[] } {
  const area = newLiteralArea();
  const wordCount = sharedSize(terms, true);
  const copies = withAllocationIn(area, wordCount, () => copyShared(terms, true, wordCount));
  return { area, copies };
}

/** Frees an area. No process, fragment or other area may point into it any more. `stress`: it is filled with what is no term. */
export function freeLiteralArea(area: LiteralArea, stress = false): void {
  releaseList(area.offHeap);
  if (stress && area.blocks.length === 1) poison(area.blocks[0] as Addr, area.wordCount * 4);
  area.offHeap = 0 as Addr;
  for (const a of area.blocks.splice(0)) freeLiteral(a);
  area.wordCount = 0;
}
