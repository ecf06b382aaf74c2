/** What becomes of a process whose next collection would pass its max_heap_size (reached_max_heap_size in OTP's erl_gc.c). */
import { minorIsPossible } from '../memory/collector.ts';
import { type HeapNeed, needBeyondLimit } from '../memory/heap-limit.ts';
import { reportHeapLimit } from '../process/crash-report.ts';
import type { Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { stacktraceAt } from '../runtime/stack-trace.ts';
import { am } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { copyOut } from '../term/copy.ts';
import { type GcValues, gcInfo, gcValues, messageWords } from './gc-info.ts';

/** Before a collection of the running process: tells of a limit that it would pass. True: the process ends, and there is no collection. */
export function passesHeapLimit(vm: Machine, process: Process): boolean {
  const { heap } = process;
  if (heap.limit.words === 0) return false;
  heap.fromRegisters();
  const need = needBeyondLimit(heap, messageWords(process), minorIsPossible(heap));
  if (need === undefined) return false;
  const values = gcValues(process).map(([name, value]) => [name, value + addedTo(name, need)] as const);
  if (heap.limit.report) report(vm, process, need, values);
  vm.tracing.collected(process, am.gc_max_heap_size, 0, values);
  if (!heap.limit.kill) return false;
  process.pendingExit ??= copyOut(am.killed);
  return true;
}

/** The blocks that the collection would take are told of as if they were there. */
function addedTo(name: GcValues[number][0], { young, old }: HeapNeed): number {
  if (name === am.old_heap_block_size) return old;
  return name === am.heap_block_size ? young : 0;
}

function report(vm: Machine, process: Process, { total }: HeapNeed, values: GcValues): void {
  const { heap, mailbox } = process;
  reportHeapLimit(vm, process, [
    ['Max Heap Size:', makeInteger(heap.limit.words)],
    ['Total Heap Size:', makeInteger(total)],
    ['Kill:', heap.limit.kill ? am.true : am.false],
    ['Error Logger:', am.true],
    ['Message Queue Len:', makeInteger(mailbox.length)],
    ['GC Info:', gcInfo(values)],
    ['Stacktrace:', stacktraceAt(vm, heap.sp, vm.backtraceDepth)],
  ]);
}
