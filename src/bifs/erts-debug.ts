/** erts_debug: sizes of terms, and the switches that OTP's own test suites use (erl_bif_info.c). */
import { MAX_SLICE_REDUCTIONS, REDUCTIONS } from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';
import { reportWarning } from '../process/crash-report.ts';
import type { Machine } from '../process/machine.ts';
import { am, atom, atomName } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { flatSize } from '../term/copy.ts';
import { badarg, ErlangError } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { formatTerm } from '../term/print.ts';
import { isAtom, isLocalPid } from '../term/term.ts';
import { atomOf, boolean, natural } from './erlang/arguments.ts';
import { memoryState } from './erlang/memory.ts';
import type { BifTable } from './registry.ts';

/** What a test may wait for. Nothing here is put off: it is done when the call that asked for it returns. */
const AWAITED = ['deallocations', 'timer_cancellations', 'aux_work', 'thread_progress'];

/**
 * After how many steps a BIF makes way for others, as a test may set it for three kinds of BIFs; 0: as it is. Only re:run obeys it:
 * BIFs of the other kinds go on to their end, and what they give must be the same.
 */
const LOOP_LIMITS: Readonly<Record<string, number>> = {
  binary_loop_limit: 0,
  re_loop_limit: 10 * MAX_SLICE_REDUCTIONS,
  unicode_loop_limit: 10 * MAX_SLICE_REDUCTIONS,
};

/** Sets a loop limit and returns the old one. */
function setLoopLimit(vm: Machine, item: string, value: Term): Term {
  const initial = LOOP_LIMITS[item] as number;
  const limit = value === am.default ? initial : natural(value);
  if (limit === undefined) throw badarg();
  const before = vm.loopLimits.get(item) ?? initial;
  vm.loopLimits.set(item, limit === 0 ? initial : limit);
  return makeInteger(before);
}

/** Switches the access on or off, and says so to the logger, as these switches are for OTP's suites alone. */
function setAvailable(vm: Machine, on: boolean): Term {
  const before = vm.internalStateOpen;
  vm.internalStateOpen = on;
  if (on) {
    const { pid } = vm.current;
    reportWarning(
      vm,
      `Process ${formatTerm(pid)} enabled access to the emulator internal state.\n` +
        'NOTE: This is an erts internal test feature and should *only* be used by OTP test-suites.\n',
    );
  }
  return atomOf(before);
}

/** Has a process collected at its next safe point; false: there is none. */
function forceCollection(vm: Machine, pid: Term): Term {
  if (!isLocalPid(pid)) throw badarg();
  const process = vm.processes.byPid(pid);
  if (process === undefined) return am.false;
  process.heap.needsMajor = true;
  process.collectNext = true;
  return am.true;
}

/** set_internal_state/2. Raises undef while the access is off, badarg for a switch that is not here. */
function setInternalState(vm: Machine, item: Term, value: Term): Term {
  const on = boolean(value);
  if (item === atom('available_internal_state') && on !== undefined) return setAvailable(vm, on);
  if (!vm.internalStateOpen) throw new ErlangError('error', am.undef);
  if (item === atom('reds_left')) {
    const left = natural(value);
    if (left === undefined) throw badarg();
    if (left <= MAX_SLICE_REDUCTIONS) store(REDUCTIONS, left);
    return am.true;
  }
  if (item === am.test_long_gc_sleep) {
    const least = natural(value);
    if (least === undefined) throw badarg();
    vm.testDelays.collection = least;
    return am.true;
  }
  if (item === atom('force_gc')) return forceCollection(vm, value);
  if (isAtom(item) && atomName(item) in LOOP_LIMITS) return setLoopLimit(vm, atomName(item), value);
  // Only builds of OTP for debugging can make every ETS operation trap.
  if (item === atom('ets_force_trap')) return atom('notsup');
  if (item === atom('wait') && isAtom(value) && AWAITED.some((what) => atom(what) === value)) return am.ok;
  throw badarg();
}

/** get_internal_state/1. Raises as set_internal_state/2. */
function getInternalState(vm: Machine, item: Term): Term {
  if (!vm.internalStateOpen) throw new ErlangError('error', am.undef);
  if (item === atom('reds_left')) return makeInteger(Math.max(0, load(REDUCTIONS)));
  if (item === atom('available_internal_state')) return am.true;
  if (item === am.memory) return memoryState(vm);
  if (item === atom('persistent_term')) {
    return mapFromArrays([am.table], [makeInteger(vm.persistentTerms.bucketCount())]);
  }
  // A build of OTP whose maps are to have as many collisions as possible.
  if (item === atom('hashmap_collision_bonanza')) return am.false;
  throw badarg();
}

export const ertsDebugBifs: BifTable = {
  module: 'erts_debug',
  rows: [
    { name: 'same', arity: 2, fn: (_: Machine, a: Term, b: Term) => atomOf(a === b) },
    { name: 'flat_size', arity: 1, fn: (_: Machine, term: Term) => makeInteger(flatSize(term)) },
    { name: 'set_internal_state', arity: 2, fn: setInternalState },
    { name: 'get_internal_state', arity: 1, fn: getInternalState },
  ],
};
