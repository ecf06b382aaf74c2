/** The switches and views of the inside that OTP's own test suites use: erts_debug:set_internal_state/2, get_internal_state/1 (erl_bif_info.c). */
import { binaryOf, makeBinRef, newOffHeapBinary } from '../memory/binary.ts';
import { allocate } from '../memory/heap.ts';
import { HEND, HTOP, MAX_SLICE_REDUCTIONS, REDUCTIONS } from '../memory/map.ts';
import { bytes, load, loadUnsigned, plus, store } from '../memory/memory.ts';
import { reportWarning } from '../process/crash-report.ts';
import { HeldTasks } from '../process/held-tasks.ts';
import type { Machine } from '../process/machine.ts';
import { withWholeStack } from '../runtime/whole-stack.ts';
import { am, atom, atomCount, atomName } from '../term/atoms.ts';
import { makeInteger, toBigInt } from '../term/bignum.ts';
import { bitsOwner, byteSize, isOffHeap, makeSubBits } from '../term/bits.ts';
import { listOf, tuple } from '../term/build.ts';
import { copyOut } from '../term/copy.ts';
import { badarg, ErlangError } from '../term/erlang-error.ts';
import { internalHash } from '../term/hash.ts';
import {
  BINARY_CAPACITY,
  BINARY_DATA,
  BINARY_FLAGS,
  HEADER_TUPLE,
  makeHeader,
  NIL,
  NON_VALUE,
  type Term,
} from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { formatTerm } from '../term/print.ts';
import {
  addressOf,
  isAtom,
  isBitstring,
  isInteger,
  isLocalPid,
  isTuple,
  makeAtom,
  makeBoxed,
  tupleArity,
  tupleElement,
} from '../term/term.ts';
import { atomOf, boolean, natural, pairOf } from './erlang/arguments.ts';
import { memoryState } from './erlang/memory.ts';
import { processInfoItems, processStatus } from './erlang/process-info.ts';
import { processListState } from './erlang/process-list.ts';
import { MIN_UNIQUE_INTEGER, uniqueIntegerOf } from './erlang/time.ts';
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

/** Elements that a tuple is said to have that has one. */
const BROKEN_ARITY = 1234;

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

/** Leaves nothing free on the heap of the running process: what is allocated next calls for a collection, a major one if `major` is true. */
function fillHeap(vm: Machine, major: Term): Term {
  const free = (loadUnsigned(HEND) - loadUnsigned(HTOP)) / 4;
  const at = allocate(free);
  for (let i = 0; i < free; i++) store(plus(at, 4 * i), NIL);
  if (major === am.true) vm.current.heap.needsMajor = true;
  return am.ok;
}

/**
 * The running process may be collected again: mends its heap and does what waits for that. Gives what set_internal_state(item, value) must return until the
 * stack is whole, undefined when all is done.
 */
function allowCollections(vm: Machine, item: Term, value: Term, mend?: () => void): Term | undefined {
  const { current } = vm;
  const { held } = current;
  if (held === undefined) return undefined;
  if (!held.isEmpty) {
    const again = withWholeStack(vm, atom('erts_debug'), atom('set_internal_state'), [item, value]);
    if (again !== undefined) return again;
  }
  mend?.();
  current.held = undefined;
  held.runAll(vm, current);
  return undefined;
}

/** Switches collections of the running process on or off; whether they were on. */
function setGcState(vm: Machine, item: Term, value: Term): Term {
  const on = boolean(value);
  if (on === undefined) throw badarg();
  const wasOn = atomOf(vm.current.held === undefined);
  if (on) return allowCollections(vm, item, value) ?? wasOn;
  vm.current.held ??= new HeldTasks();
  return wasOn;
}

/**
 * `start`: switches collections off, and returns a tuple whose header tells of more elements than there are. With that tuple: mends it and
 * switches them on again.
 */
function setHeapState(vm: Machine, item: Term, value: Term): Term {
  const { current } = vm;
  if (value === atom('start') && current.held === undefined) {
    current.held = new HeldTasks();
    const at = allocate(2);
    store(at, makeHeader(HEADER_TUPLE, BROKEN_ARITY));
    store(plus(at, 4), NON_VALUE);
    return makeBoxed(at);
  }
  if (current.held === undefined || !isTuple(value) || tupleArity(value) !== BROKEN_ARITY) throw badarg();
  return (
    allowCollections(vm, item, value, () => {
      store(addressOf(value), makeHeader(HEADER_TUPLE, 1));
      store(plus(addressOf(value), 4), am.ok);
    }) ?? am.ok
  );
}

/** A copy of a term that lies beside the block of the running process's heap, as a message does. */
function copyBesideHeap(vm: Machine, term: Term): Term {
  const fragment = copyOut(term, true);
  vm.current.heap.attachFragment(fragment);
  return fragment.term;
}

/** A binary of so many zeroes whose bytes are off-heap, however few they are. */
function zeroes(size: Term): Term {
  const count = natural(size);
  if (count === undefined) throw badarg();
  const binary = newOffHeapBinary(count);
  const start = plus(binary, BINARY_DATA);
  bytes.fill(0, start, start + count);
  return makeSubBits(makeBinRef(binary), 0, 8 * count);
}

/** Makes the number, or the first one behind it that is free, that of the next process; returns it. */
function setNextPid(vm: Machine, number: Term): Term {
  const next = natural(number);
  if (next === undefined) throw badarg();
  vm.processes.setNextNumber(next);
  return makeInteger(vm.processes.nextFree());
}

/** So many names that share a bucket with the one given. The names of tables lie in one map here, so any will do. */
function collidingNames(nameAndCount: Term): Term {
  const pair = pairOf(nameAndCount);
  const count = pair === undefined ? undefined : natural(pair.value);
  if (pair === undefined || count === undefined || !isAtom(pair.key)) throw badarg();
  return listOf(Array.from({ length: count }, (_, i) => atom(`${atomName(pair.key)}${i + 1}`)));
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
  if (item === atom('process_uniq_counter')) {
    if (!isInteger(value)) throw badarg();
    vm.current.mailbox.countMarkersFrom(toBigInt(value));
    return am.ok;
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
  if (item === atom('fill_heap')) return fillHeap(vm, value);
  if (item === atom('gc_state')) return setGcState(vm, item, value);
  if (item === atom('inconsistent_heap')) return setHeapState(vm, item, value);
  if (item === atom('mbuf')) return copyBesideHeap(vm, value);
  if (item === am.binary) return zeroes(value);
  if (item === atom('next_pid')) return setNextPid(vm, value);
  if (item === atom('colliding_names')) return collidingNames(value);
  if (item === atom('wait') && isAtom(value) && AWAITED.some((what) => atom(what) === value)) return am.ok;
  throw badarg();
}

/** {refc_binary, Bytes, {binary, BytesOfAll}, Flags} of a bitstring whose bytes are off-heap, or heap_binary. */
function binaryInfo(bits: Term): Term {
  if (!isOffHeap(bits)) return atom('heap_binary');
  const binary = binaryOf(bitsOwner(bits));
  const size = makeInteger(loadUnsigned(plus(binary, BINARY_CAPACITY)));
  const flags = makeInteger(load(plus(binary, BINARY_FLAGS)));
  return tuple(atom('refc_binary'), makeInteger(byteSize(bits)), tuple(am.binary, size), flags);
}

/** The atom with this number; as many atoms are made as that takes. */
function atomOfNumber(number: Term): Term {
  const index = natural(number);
  if (index === undefined) throw badarg();
  while (index >= atomCount()) atom(`am${atomCount().toString(16)}`);
  return makeAtom(index);
}

/** [{erl_link, process | port, Whom, linked, Number}], or undefined. */
function linkList(vm: Machine, pid: Term): Term {
  const process = vm.processes.byPid(pid);
  if (process === undefined) return am.undefined;
  const row = (kind: Term, other: Term, number: number) =>
    tuple(atom('erl_link'), kind, other, atom('linked'), makeInteger(number));
  return listOf([
    ...[...(process.links ?? [])].map((number) => row(am.process, vm.processes.pidOf(number), number)),
    ...[...(process.ports ?? [])].map(({ term, number }) => row(am.port, term, number)),
  ]);
}

/** get_internal_state({What, Of}). */
function getStateOf(vm: Machine, what: Term, of: Term): Term {
  if (what === atom('binary_info') && isBitstring(of)) return binaryInfo(of);
  if (what === atom('internal_hash')) return makeInteger(new Uint32Array([internalHash(of)])[0] as number);
  if (what === am.atom) return atomOfNumber(of);
  if (what === atom('link_list') && isLocalPid(of)) return linkList(vm, of);
  if (what === atom('process_status') && isLocalPid(of)) {
    const process = vm.processes.byPid(of);
    return process === undefined ? am.undefined : processStatus(process);
  }
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
  if (item === atom('next_pid')) return makeInteger(vm.processes.nextFree());
  if (item === atom('process_info_args')) return listOf([...processInfoItems()]);
  if (item === atom('processes_bif_info')) return processListState(vm);
  if (item === atom('processes')) return listOf(vm.processes.all().map((process) => process.pid));
  if (item === atom('min_unique_integer') || item === atom('min_unique_monotonic_integer'))
    return makeInteger(MIN_UNIQUE_INTEGER);
  // Only builds of OTP for debugging put what is allocated into fragments.
  if (item === atom('force_heap_frags')) return am.false;
  const pair = pairOf(item);
  if (pair !== undefined) return getStateOf(vm, pair.key, pair.value);
  if (isTuple(item) && tupleArity(item) === 3 && tupleElement(item, 1) === atom('make_unique_integer')) {
    const [thread, count] = [tupleElement(item, 2), tupleElement(item, 3)];
    if (!isInteger(thread) || !isInteger(count)) throw badarg();
    return uniqueIntegerOf(toBigInt(thread), toBigInt(count));
  }
  // A build of OTP whose maps are to have as many collisions as possible.
  if (item === atom('hashmap_collision_bonanza')) return am.false;
  throw badarg();
}

export const internalStateBifs: BifTable = {
  module: 'erts_debug',
  rows: [
    { name: 'set_internal_state', arity: 2, fn: setInternalState },
    { name: 'get_internal_state', arity: 1, fn: getInternalState },
  ],
};
