/** What trace messages and process_info tell of a process's memory (erts_process_gc_info in OTP's erl_gc.c), in words. */
import { HTOP, OFF_HEAP_BYTES, SP } from '../memory/map.ts';
import { loadUnsigned } from '../memory/memory.ts';
import { running } from '../memory/process-heap.ts';
import type { Process } from '../process/process.ts';
import { am } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { listOf, tuple } from '../term/build.ts';
import type { Term } from '../term/layout.ts';

/** Words of the list that gcInfo gives. */
export const GC_INFO_WORDS = 128;

export type GcValues = readonly (readonly [Term, number])[];

/** Words of the messages that count as part of the heap: all in the queue, unless they are kept outside of it. */
export function messageWords({ mailbox, otherFlags }: Process): number {
  let count = 0;
  if (otherFlags?.get(am.message_queue_data) === am.off_heap) return count;
  for (const { wordCount } of mailbox.messages()) count += wordCount;
  return count;
}

/** The figures, whether the process runs or not. */
export function gcValues(process: Process): GcValues {
  const { heap } = process;
  const isActive = running.heap === heap;
  const top = isActive ? loadUnsigned(HTOP) : heap.top;
  const sp = isActive ? loadUnsigned(SP) : heap.sp;
  const youngTop = heap.chunkStart === 0 ? top : heap.youngTop;
  let chunkBytes = heap.chunkStart === 0 ? 0 : top - heap.chunkStart;
  for (let i = 0; i < heap.chunks.length; i += 2) {
    chunkBytes += (heap.chunks[i + 1] as number) - (heap.chunks[i] as number);
  }
  return [
    [am.old_heap_block_size, (heap.oldEnd - heap.oldStart) / 4],
    [am.heap_block_size, (heap.youngEnd - heap.youngStart) / 4],
    [am.mbuf_size, chunkBytes / 4 + messageWords(process)],
    [am.recent_size, (heap.highWater - heap.youngStart) / 4],
    [am.stack_size, (heap.stackTop - sp) / 4],
    [am.old_heap_size, (heap.oldTop - heap.oldStart) / 4],
    [am.heap_size, (youngTop - heap.youngStart) / 4],
    [am.bin_vheap_size, Math.ceil((isActive ? loadUnsigned(OFF_HEAP_BYTES) : heap.offHeapBytes) / 4)],
    [am.bin_vheap_block_size, Math.ceil(heap.offHeapLimit / 4)],
    [am.bin_old_vheap_size, Math.ceil(heap.oldOffHeapBytes / 4)],
    [am.bin_old_vheap_block_size, Math.ceil(heap.oldOffHeapLimit / 4)],
  ];
}

/** The list of pairs, allocated where terms are being built. */
export function gcInfo(values: GcValues): Term {
  return listOf(values.map(([name, value]) => tuple(name, makeInteger(value))));
}
