/** erlang:system_profile/0,2 (system_profile_2 in erl_bif_trace.c). */
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isCons } from '../../term/term.ts';
import { MONOTONIC, STRICT_MONOTONIC, TIMESTAMP } from '../../trace/flags.ts';
import type { ProfileSettings } from '../../trace/system-profile.ts';
import { tracerState } from '../../trace/tracer.ts';
import { elementsOf } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';

const stamps = new Map<Term, number>([
  [am.timestamp, TIMESTAMP],
  [am.strict_monotonic_timestamp, STRICT_MONOTONIC],
  [am.monotonic_timestamp, MONOTONIC],
]);
const KNOWN: readonly Term[] = [am.runnable_procs, am.runnable_ports, am.scheduler, am.exclusive, ...stamps.keys()];

function current({ tracing }: Machine): Term {
  const { settings } = tracing.profile;
  if (settings === undefined) return am.undefined;
  const list: Term[] = [];
  if (settings.exclusive) list.push(am.exclusive);
  if (settings.scheduler) list.push(am.scheduler);
  if (settings.runnableProcs) list.push(am.runnable_procs);
  if (settings.runnablePorts) list.push(am.runnable_ports);
  return tuple(settings.profiler, listOf(list));
}

/** Raises badarg. */
function readSettings(profiler: Term, list: Term): ProfileSettings {
  const options = [...elementsOf(list)];
  if (!options.every((option) => KNOWN.includes(option))) throw badarg();
  const stamp = options.findLast((option) => stamps.has(option)) ?? am.timestamp;
  return {
    profiler,
    runnableProcs: options.includes(am.runnable_procs),
    runnablePorts: options.includes(am.runnable_ports),
    scheduler: options.includes(am.scheduler),
    exclusive: options.includes(am.exclusive),
    stamp: stamps.get(stamp) as number,
  };
}

/** Sets who is told of what, and returns what was set before. Raises badarg. */
function setProfile(vm: Machine, profiler: Term, options: Term): Term {
  const { profile } = vm.tracing;
  const before = current(vm);
  if (profiler === am.undefined || options === NIL) {
    profile.settings = undefined;
    return before;
  }
  if (!isCons(options) || tracerState(vm, profiler, am.undefined) === 'remove') throw badarg();
  profile.settings = readSettings(profiler, options);
  return before;
}

export const erlangSystemProfileBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'system_profile', arity: 0, fn: current },
    { name: 'system_profile', arity: 2, fn: setProfile },
  ],
};
