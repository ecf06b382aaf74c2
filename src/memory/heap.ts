/**
 * Bump allocation on the running process's heap. Nothing ever moves here: where the current chunk has no room, another one
 * is taken and the process is asked to come to a safe point, where memory/collector.ts copies everything that lives into one block.
 */

import type { Addr } from '../term/layout.ts';
import { HEND, HTOP } from './map.ts';
import { load, store } from './memory.ts';

/** Takes over when a chunk is full: returns the address of `wordCount` words of a new chunk, and makes that the current one. */
export type ChunkSource = (wordCount: number) => Addr;

/** Where the heap of the running process gets its chunks. One for each virtual machine; set by it before code runs. */
export const chunkSource: { next: ChunkSource } = {
  next: () => {
    throw new Error('no process is running');
  },
};

/** Address of `wordCount` fresh words on the running process's heap; the caller fills all of them before the next safe point. */
export function allocate(wordCount: number): Addr {
  const top = load(HTOP) >>> 0;
  const next = top + wordCount * 4;
  if (next > load(HEND) >>> 0) return chunkSource.next(wordCount);
  store(HTOP, next);
  return top as Addr;
}

/** Gives back the end of the latest allocation: everything from `a` on. */
export function trimTo(a: Addr): void {
  store(HTOP, a);
}
