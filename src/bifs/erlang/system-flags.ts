/** erlang:system_flag/2 (bif.c), as far as there is something that a flag can change. */
import { nextHeapSize } from '../../memory/heap-sizes.ts';
import { MAX_FULLSWEEP } from '../../process/heap-defaults.ts';
import type { Machine } from '../../process/machine.ts';
import { applyFunction } from '../../runtime/apply.ts';
import { am, atom, atomName } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { listOf } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isAtom, isLocalPid, makeSmall } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { boolean, natural } from './arguments.ts';
import { heapLimitOf, heapLimitTerm, isRoomFor } from './heap-limits.ts';

/** MAX_BACKTRACE_SIZE */
const MAX_BACKTRACE = 64;
const MAX_CONTROL_WORD = 2 ** 32 - 1;

/** Sets a flag and returns the old value; undefined: it cannot have this one. */
type SetFlag = (vm: Machine, value: Term) => Term | undefined;

function setBacktraceDepth(vm: Machine, value: Term): Term | undefined {
  const depth = natural(value);
  if (depth === undefined) return undefined;
  const old = vm.backtraceDepth;
  vm.backtraceDepth = Math.min(depth, MAX_BACKTRACE);
  return makeInteger(old);
}

function setFullsweepAfter({ heapDefaults }: Machine, value: Term): Term | undefined {
  const count = natural(value);
  if (count === undefined) return undefined;
  const old = heapDefaults.fullsweepAfter;
  heapDefaults.fullsweepAfter = Math.min(count, MAX_FULLSWEEP);
  return makeInteger(old);
}

/** Sets the least words of what a process has of one kind. */
const setMinimum =
  (name: 'minHeapWords' | 'minVirtualHeapWords'): SetFlag =>
  ({ heapDefaults }, value) => {
    const words = natural(value);
    if (words === undefined) return undefined;
    const old = heapDefaults[name];
    heapDefaults[name] = nextHeapSize(words);
    return makeInteger(old);
  };

function setMaxHeapSize(vm: Machine, value: Term): Term | undefined {
  const { heapDefaults } = vm;
  const { limit: old, minHeapWords } = heapDefaults;
  const limit = heapLimitOf(vm, value, old);
  if (limit === undefined || !isRoomFor(limit, minHeapWords)) return undefined;
  heapDefaults.limit = limit;
  return heapLimitTerm(vm, old);
}

/** Who gets reports of processes that end with an error: a pid, `logger`, or nobody. */
function setSystemLogger(vm: Machine, value: Term): Term | undefined {
  if (!isLocalPid(value) && value !== am.logger && value !== am.undefined) return undefined;
  const old = vm.systemLogger;
  vm.systemLogger = value;
  return old;
}

function setTraceControlWord(vm: Machine, value: Term): Term | undefined {
  const word = natural(value);
  if (word === undefined || word > MAX_CONTROL_WORD) return undefined;
  const old = vm.traceControlWord;
  vm.traceControlWord = word;
  return makeInteger(old);
}

/** There is one scheduler, which is always online. */
function setSchedulersOnline(_vm: Machine, value: Term): Term | undefined {
  return natural(value) === 1 ? makeSmall(1) : undefined;
}

/** Processes have it on together: kernel_refc counts how often each has turned it on. */
function setSchedulerWallTime(vm: Machine, value: Term): Term | undefined {
  if (boolean(value) === undefined) return undefined;
  return applyFunction(vm, atom('erts_internal'), atom('system_flag_scheduler_wall_time'), listOf([value]));
}

/** Blocks are the process's own; the value is not the old one but the new state. */
function setMultiScheduling(vm: Machine, value: Term): Term | undefined {
  const match = isAtom(value) ? /^(un)?block(_normal)?$/.exec(atomName(value)) : null;
  if (match === null) return undefined;
  vm.schedulingBlocks.change(
    vm.current.number,
    match[2] === undefined ? 'all' : 'normal',
    match[1] === undefined ? 1 : -1,
  );
  return atom(vm.schedulingBlocks.state(vm.processes));
}

/** How many requests the code purger and its like may have under way at a time. */
function setSystemRequestsLimit(vm: Machine, value: Term): Term | undefined {
  const limit = natural(value);
  if (limit === undefined || limit < 1 || limit > vm.settings.processLimit) return undefined;
  const old = vm.systemRequestsLimit;
  vm.systemRequestsLimit = limit;
  return makeInteger(old);
}

const FLAGS: ReadonlyMap<Term, SetFlag> = new Map<Term, SetFlag>([
  [am.backtrace_depth, setBacktraceDepth],
  [atom('multi_scheduling'), setMultiScheduling],
  [am.fullsweep_after, setFullsweepAfter],
  [am.min_heap_size, setMinimum('minHeapWords')],
  [am.min_bin_vheap_size, setMinimum('minVirtualHeapWords')],
  [am.max_heap_size, setMaxHeapSize],
  [am.system_logger, setSystemLogger],
  [am.trace_control_word, setTraceControlWord],
  [am.schedulers_online, setSchedulersOnline],
  [am.sequential_tracer, (vm, value) => vm.tracing.sequential.setSystemTracer(value)],
  [am.scheduler_wall_time, setSchedulerWallTime],
  [am.outstanding_system_requests_limit, setSystemRequestsLimit],
  [am.time_offset, ({ time }, value) => (value === atom('finalize') ? atom(time.finalize()) : undefined)],
]);

/** system_flag(Flag, Value): the old value. Raises badarg, with the cause badopt for what is no flag here. */
function systemFlag(vm: Machine, flag: Term, value: Term): Term {
  const set = FLAGS.get(flag);
  if (set === undefined) throw badarg(am.badopt);
  const old = set(vm, value);
  if (old === undefined) throw badarg();
  return old;
}

export const erlangSystemFlagBifs: BifTable = {
  module: 'erlang',
  rows: [{ name: 'system_flag', arity: 2, fn: systemFlag }],
};
