/** A memory with an allocator and a running process's heap, as a virtual machine would set it up. */
import { initAllocator } from '../../src/memory/allocator.ts';
import { REDUCTIONS } from '../../src/memory/map.ts';
import { store, useMemory } from '../../src/memory/memory.ts';
import { installChunkSource, ProcessHeap, running } from '../../src/memory/process-heap.ts';

/** Makes a fresh memory current; every earlier heap is void. */
export function freshMachine(firstFree?: number): void {
  useMemory(new WebAssembly.Memory({ initial: 4, maximum: 65536 }));
  initAllocator(firstFree);
  installChunkSource();
  running.heap = undefined;
  store(REDUCTIONS, 4000);
}

/** A fresh machine with one heap, active. */
export function freshProcess(): ProcessHeap {
  freshMachine();
  const heap = ProcessHeap.create();
  heap.activate();
  return heap;
}
