/** BIFs of module erlang that make processes. The other forms of spawn are Erlang code of module erlang. */
import { nextHeapSize } from '../../memory/heap-sizes.ts';
import { RUN_RETURN } from '../../memory/map.ts';
import type { Machine } from '../../process/machine.ts';
import type { AliasMode } from '../../process/monitors.ts';
import { type Priority, RUN_START } from '../../process/process.ts';
import { type SpawnOptions, spawnProcess } from '../../process/spawn.ts';
import { suspendCurrent } from '../../process/suspension.ts';
import { listElements, MAX_ARGUMENTS } from '../../runtime/apply.ts';
import { am } from '../../term/atoms.ts';
import { tuple } from '../../term/build.ts';
import { badarg, systemLimit } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { head, isAtom, isCons, isNil, makeSmall, tail } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { boolean, natural, pairOf } from './arguments.ts';
import { heapLimitOf, isRoomFor } from './heap-limits.ts';
import { properLength } from './lists-tuples.ts';

/** Priorities by their atoms. */
export function priorityOf(t: Term): Priority | undefined {
  const priorities: readonly Term[] = [am.low, am.normal, am.high, am.max];
  const index = priorities.indexOf(t);
  return index < 0 ? undefined : (index as Priority);
}

export function priorityAtom(priority: Priority): Term {
  return [am.low, am.normal, am.high, am.max][priority] as Term;
}

/** The options of a monitor: `{alias, Mode}` and `{tag, Term}`. undefined: something is no such option. */
export function monitorOptions(list: Term): { tag?: Term; alias?: AliasMode } | undefined {
  const options: { tag?: Term; alias?: AliasMode } = {};
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const pair = pairOf(head(rest));
    if (pair?.key === am.tag) {
      options.tag = pair.value;
    } else if (pair?.key === am.alias) {
      const mode = aliasMode(pair.value);
      if (mode === undefined) return undefined;
      options.alias = mode;
    } else {
      return undefined;
    }
  }
  return isNil(rest) ? options : undefined;
}

function aliasMode(t: Term): AliasMode | undefined {
  if (t === am.explicit_unalias) return 'explicit_unalias';
  if (t === am.demonitor) return 'demonitor';
  return t === am.reply_demonitor ? 'reply_demonitor' : undefined;
}

const PLAIN_MONITOR = {};

/** Options of spawn_opt (erts_parse_spawn_opts in OTP's erl_process.c). Raises badarg with the cause badopt. */
export function spawnOptions(vm: Machine, list: Term): SpawnOptions {
  const options: SpawnOptions = {};
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const option = head(rest);
    const pair = isAtom(option) ? undefined : pairOf(option);
    if (option === am.link) options.link = true;
    else if (option === am.monitor) options.monitor = PLAIN_MONITOR;
    else if (pair === undefined || !addOption(vm, options, pair.key, pair.value)) throw badarg(am.badopt);
  }
  if (!isNil(rest)) throw badarg(am.badopt);
  const { minHeapWords, limit } = vm.heapDefaults;
  if (!isRoomFor(options.limit ?? limit, nextHeapSize(Math.max(options.minHeapWords ?? 0, minHeapWords)))) {
    throw badarg(am.badopt);
  }
  return options;
}

/** Keeps a flag that process_info shows. */
function note(options: SpawnOptions, key: Term, value: Term, isValid: boolean): boolean {
  options.otherFlags ??= new Map();
  options.otherFlags.set(key, value);
  return isValid;
}

/** Whether a process may be bound to this scheduler; 0: to none. There is one. */
export function isScheduler(value: Term): boolean {
  return value === makeSmall(0) || value === makeSmall(1);
}

function addOption(vm: Machine, options: SpawnOptions, key: Term, value: Term): boolean {
  const size = natural(value);
  switch (key) {
    case am.monitor: {
      const monitor = monitorOptions(value);
      if (monitor !== undefined) options.monitor = monitor;
      return monitor !== undefined;
    }
    case am.priority: {
      const priority = priorityOf(value);
      if (priority !== undefined) options.priority = priority;
      return priority !== undefined;
    }
    case am.min_heap_size:
      if (size !== undefined) options.minHeapWords = size;
      return size !== undefined;
    case am.min_bin_vheap_size:
      if (size !== undefined) options.minVirtualHeapWords = size;
      return size !== undefined;
    case am.fullsweep_after:
      if (size !== undefined) options.fullsweepAfter = Math.min(size, 65535);
      return size !== undefined;
    case am.message_queue_data:
      return note(options, key, value, value === am.on_heap || value === am.off_heap);
    case am.async_dist:
      return note(options, key, value, boolean(value) !== undefined);
    case am.max_heap_size: {
      const limit = heapLimitOf(vm, value, vm.heapDefaults.limit);
      if (limit !== undefined) options.limit = limit;
      return limit !== undefined;
    }
    case am.scheduler:
      return note(options, key, value, isScheduler(value));
    default:
      return false;
  }
}

function spawnWith(vm: Machine, module: Term, name: Term, args: Term, options: SpawnOptions): Term {
  if (!isAtom(module) || !isAtom(name)) throw badarg();
  const arity = properLength(args);
  if (arity > MAX_ARGUMENTS) throw systemLimit();
  const call = { module, name, arity };
  const { process, monitor } = spawnProcess(vm, vm.current, call, args, options);
  return monitor === undefined ? process.pid : tuple(process.pid, vm.references.term(monitor));
}

function spawn(vm: Machine, module: Term, name: Term, args: Term): Term {
  return spawnWith(vm, module, name, args, {});
}

function spawnLink(vm: Machine, module: Term, name: Term, args: Term): Term {
  return spawnWith(vm, module, name, args, { link: true });
}

function spawnOpt(vm: Machine, module: Term, name: Term, args: Term, options: Term): Term {
  return spawnWith(vm, module, name, args, spawnOptions(vm, options));
}

/** hibernate(Module, Function, Args): forgets the stack, and calls the function when a message has come. Raises badarg, system_limit. */
function hibernate(vm: Machine, module: Term, name: Term, args: Term): Term {
  const elements = listElements(args);
  if (!isAtom(module) || !isAtom(name) || elements === undefined) throw badarg();
  if (elements.length > MAX_ARGUMENTS) throw systemLimit();
  vm.current.save(RUN_START, 0, [module, name, args]);
  vm.current.hibernates = true;
  return suspendCurrent();
}

/** hibernate(): as hibernate/3, but keeps the stack and returns ok when a message has come (an instruction in OTP). */
function hibernateHere(vm: Machine): Term {
  vm.current.save(RUN_RETURN, 0, [am.ok]);
  vm.current.hibernates = true;
  return suspendCurrent();
}

export const erlangSpawnBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'spawn', arity: 3, fn: spawn },
    { name: 'spawn_link', arity: 3, fn: spawnLink },
    { name: 'spawn_opt', arity: 4, fn: spawnOpt },
    { name: 'hibernate', arity: 0, fn: hibernateHere, since: 28 },
    { name: 'hibernate', arity: 3, fn: hibernate },
  ],
};
