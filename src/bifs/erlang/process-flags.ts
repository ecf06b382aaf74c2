/** erlang:process_flag/2. Each flag has a way to set it, which returns the old value or says that the new one is none. */
import { nextHeapSize } from '../../memory/heap-sizes.ts';
import { MAX_SLICE_REDUCTIONS } from '../../memory/map.ts';
import { MAX_FULLSWEEP } from '../../process/heap-defaults.ts';
import type { Machine } from '../../process/machine.ts';
import type { Process } from '../../process/process.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isAtom, isLocalPid, makeSmall } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { atomOf, boolean, natural } from './arguments.ts';
import { heapLimitOf, heapLimitTerm, isRoomFor } from './heap-limits.ts';
import { isNodeMonitorFlag, setNodeMonitor } from './node-monitors.ts';
import { isScheduler, priorityAtom, priorityOf } from './spawn.ts';

/** Calls that process_flag(save_calls, _) can ask for at most. */
const MOST_SAVED_CALLS = 10_000;

/** Sets a flag and returns the old value; undefined: it cannot have this one. */
type SetFlag = (process: Process, value: Term, vm: Machine) => Term | undefined;

/** A flag whose only effect is that it can be read. */
const noted =
  (flag: Term, initial: () => Term, isValid: (value: Term) => boolean): SetFlag =>
  (process, value) => {
    if (!isValid(value)) return undefined;
    const old = process.otherFlags?.get(flag) ?? initial();
    process.otherFlags ??= new Map();
    process.otherFlags.set(flag, value);
    return old;
  };

const isCallCount = (value: Term): boolean => (natural(value) ?? Number.NaN) <= MOST_SAVED_CALLS;
const isBoolean = (value: Term): boolean => boolean(value) !== undefined;

function setTrapExit(process: Process, value: Term): Term | undefined {
  const trap = boolean(value);
  if (trap === undefined) return undefined;
  const old = process.trapExit;
  process.trapExit = trap;
  return atomOf(old);
}

function setPriority(process: Process, value: Term): Term | undefined {
  const priority = priorityOf(value);
  if (priority === undefined) return undefined;
  const old = process.priority;
  process.priority = priority;
  return priorityAtom(old);
}

function setErrorHandler(process: Process, value: Term): Term | undefined {
  if (!isAtom(value)) return undefined;
  const old = process.errorHandler;
  process.errorHandler = value;
  return old;
}

function setMinHeapSize({ heap }: Process, value: Term, { heapDefaults }: Machine): Term | undefined {
  const size = natural(value);
  if (size === undefined) return undefined;
  const old = heap.minHeapWords;
  heap.minHeapWords = nextHeapSize(Math.max(size, heapDefaults.minHeapWords));
  return makeInteger(old);
}

function setMinVirtualHeapSize({ heap }: Process, value: Term, { heapDefaults }: Machine): Term | undefined {
  const size = natural(value);
  if (size === undefined) return undefined;
  const { minVirtualHeapWords: least } = heapDefaults;
  const old = heap.minVirtualHeapWords;
  heap.minVirtualHeapWords = size < least ? least : nextHeapSize(size);
  return makeInteger(old);
}

/** Of a larger number the 16 bits below are kept, as in OTP. */
function setFullsweepAfter({ heap }: Process, value: Term): Term | undefined {
  const count = natural(value);
  if (count === undefined) return undefined;
  const old = heap.fullsweepAfter;
  heap.fullsweepAfter = count % (MAX_FULLSWEEP + 1);
  return makeInteger(old);
}

function setMaxHeapSize({ heap }: Process, value: Term, vm: Machine): Term | undefined {
  const limit = heapLimitOf(vm, value, vm.heapDefaults.limit);
  if (limit === undefined || !isRoomFor(limit, heap.minHeapWords)) return undefined;
  const old = heap.limit;
  heap.limit = limit;
  return heapLimitTerm(vm, old);
}

/** Takes effect at once: the process is scheduled again. */
function setSavedCalls(process: Process, value: Term, { tracing }: Machine): Term | undefined {
  if (!isCallCount(value)) throw badarg(am.none);
  const count = natural(value) as number;
  const old = tracing.savedCalls.set(process, count);
  if (old > 0 !== count > 0) bumpReductions(MAX_SLICE_REDUCTIONS);
  return makeSmall(old);
}

const noteSensitive = noted(am.sensitive, () => am.false, isBoolean);

/** Takes effect at once: the process is scheduled again. */
function setSensitive(process: Process, value: Term, vm: Machine): Term | undefined {
  const old = noteSensitive(process, value, vm);
  if (old !== undefined) bumpReductions(MAX_SLICE_REDUCTIONS);
  return old;
}

const setters = new Map<Term, SetFlag>([
  [am.trap_exit, setTrapExit],
  [am.priority, setPriority],
  [am.error_handler, setErrorHandler],
  [am.min_heap_size, setMinHeapSize],
  [am.min_bin_vheap_size, setMinVirtualHeapSize],
  [am.fullsweep_after, setFullsweepAfter],
  [
    am.message_queue_data,
    noted(
      am.message_queue_data,
      () => am.on_heap,
      (value) => value === am.on_heap || value === am.off_heap,
    ),
  ],
  [am.max_heap_size, setMaxHeapSize],
  [am.save_calls, setSavedCalls],
  [am.sensitive, setSensitive],
  [am.scheduler, noted(am.scheduler, () => makeSmall(0), isScheduler)],
  [am.async_dist, noted(am.async_dist, () => am.false, isBoolean)],
]);

function processFlag(vm: Machine, flag: Term, value: Term): Term {
  const set = setters.get(flag);
  const isNodes = isNodeMonitorFlag(flag);
  if (set === undefined && !isNodes) throw badarg(am.badopt);
  const old = isNodes ? setNodeMonitor(vm.current, flag, value) : set?.(vm.current, value, vm);
  if (old === undefined) throw badarg();
  return old;
}

/** erts_internal:process_flag/3: of another process only save_calls can be set. badarg and badtype are returned, not raised. */
function processFlagOf(vm: Machine, pid: Term, flag: Term, value: Term): Term {
  const process = isLocalPid(pid) ? vm.processes.byPid(pid) : undefined;
  if (process?.isAlive !== true) return am.badtype;
  if (flag !== am.save_calls) return am.badarg;
  return isCallCount(value) ? (setters.get(flag)?.(process, value, vm) ?? am.badarg) : am.badarg;
}

export const ertsInternalProcessFlagBifs: BifTable = {
  module: 'erts_internal',
  rows: [{ name: 'process_flag', arity: 3, fn: processFlagOf }],
};

export const erlangProcessFlagBifs: BifTable = {
  module: 'erlang',
  rows: [{ name: 'process_flag', arity: 2, fn: processFlag }],
};
