/** A heap for tests of terms without a virtual machine: 64 MiB, bump allocated, never collected. */
import { initAllocator } from '../../src/memory/allocator.ts';
import { HEND, HTOP } from '../../src/memory/map.ts';
import { PAGE_BYTES, store, useMemory } from '../../src/memory/memory.ts';
import type { Addr } from '../../src/term/layout.ts';

const HEAP_BYTES = 64 * 1024 * 1024;

/** Makes a fresh memory current, with an empty heap; every earlier term is void. Off-heap blocks come from above the heap. */
export function freshHeap(): void {
  useMemory(new WebAssembly.Memory({ initial: HEAP_BYTES / PAGE_BYTES, maximum: 65536 }));
  initAllocator(HEAP_BYTES);
  store(HTOP, 2 * PAGE_BYTES);
  store(HEND as Addr, HEAP_BYTES);
}
