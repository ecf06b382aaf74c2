/** Making processes (erl_create_process in OTP's erl_process.c). */
import type { HeapLimit } from '../memory/heap-limit.ts';
import { nextHeapSize } from '../memory/heap-sizes.ts';
import { store } from '../memory/memory.ts';
import { ProcessHeap } from '../memory/process-heap.ts';
import { am } from '../term/atoms.ts';
import { copyOut, copyToHeap, staysWhereItIs } from '../term/copy.ts';
import { systemLimit } from '../term/erlang-error.ts';
import { type Addr, NON_VALUE, type Term } from '../term/layout.ts';
import { END_OF_STACK } from '../term/stack-words.ts';
import type { Machine } from './machine.ts';
import type { AliasMode } from './monitors.ts';
import { type Priority, Process, RUN_START } from './process.ts';
import type { RefKey } from './references.ts';
import { addLink, addMonitor } from './signals.ts';

export interface SpawnOptions {
  link?: boolean;
  monitor?: { readonly tag?: Term; readonly alias?: AliasMode | undefined };
  priority?: Priority;
  minHeapWords?: number;
  minVirtualHeapWords?: number;
  fullsweepAfter?: number;
  limit?: HeapLimit;
  /** Flags that process_info shows, by name. */
  otherFlags?: Map<Term, Term>;
  /** A process of the virtual machine itself (erts_internal:is_system_process/1). */
  isSystem?: boolean;
}

export interface Spawned {
  readonly process: Process;
  /** The monitor's reference, if one was asked for. */
  readonly monitor: RefKey | undefined;
}

/**
 * A process that will call Module:Function with the list `args` (proper, at most 255), of which it gets a copy. `parent` is undefined for
 * the first process. Raises system_limit.
 */
export function spawnProcess(
  vm: Machine,
  parent: Process | undefined,
  call: { readonly module: Term; readonly name: Term; readonly arity: number },
  args: Term,
  options: SpawnOptions = {},
): Spawned {
  if (vm.processes.isFull) throw systemLimit();
  const heap = newHeap(vm, options);
  heap.sp = (heap.stackTop - 4) as Addr;
  store(heap.sp, END_OF_STACK);
  const process = new Process(vm.processes.takeNumber(), heap, call);
  process.save(RUN_START, 0, [call.module, call.name, copyFor(heap, args)]);
  process.priority = options.priority ?? 1;
  process.isSystem = options.isSystem === true;
  process.otherFlags = options.otherFlags;
  if (vm.settings.offHeapMessages && process.otherFlags?.has(am.message_queue_data) !== true) {
    process.otherFlags ??= new Map();
    process.otherFlags.set(am.message_queue_data, am.off_heap);
  }
  process.groupLeader = process.pid;
  if (parent !== undefined) inherit(process, parent);
  vm.processes.add(process);
  vm.tracing.spawned(parent, process, call, args, options.link === true);
  if (parent !== undefined && options.link === true) addLink(parent, process);
  let monitor: RefKey | undefined;
  if (parent !== undefined && options.monitor !== undefined) {
    monitor = addMonitor(vm, {
      watcher: parent,
      target: process,
      item: process.pid,
      isName: false,
      tag: options.monitor.tag,
      alias: options.monitor.alias,
    });
  }
  vm.runQueue.add(process);
  return { process, monitor };
}

function newHeap({ heapDefaults }: Machine, options: SpawnOptions): ProcessHeap {
  const { minHeapWords, minVirtualHeapWords, fullsweepAfter, limit } = heapDefaults;
  const heap = ProcessHeap.create(
    Math.max(options.minHeapWords ?? 0, minHeapWords),
    options.fullsweepAfter ?? fullsweepAfter,
  );
  const wanted = options.minVirtualHeapWords;
  heap.minVirtualHeapWords =
    wanted === undefined || wanted < minVirtualHeapWords ? minVirtualHeapWords : nextHeapSize(wanted);
  heap.limit = options.limit ?? limit;
  return heap;
}

/** A copy of a term for a process that does not run yet. */
function copyFor(heap: ProcessHeap, term: Term): Term {
  if (staysWhereItIs(term)) return term;
  const copy = copyToHeap(term, heap);
  if (copy !== NON_VALUE) return copy;
  const fragment = copyOut(term);
  heap.attachFragment(fragment);
  return fragment.term;
}

function inherit(process: Process, parent: Process): void {
  process.parent = parent.pid;
  process.groupLeader = copyFor(process.heap, parent.groupLeader);
}
