/** erlang:statistics/1 (erl_bif_info.c): what this virtual machine counts. */
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { makeBigInt, makeInteger } from '../../term/bignum.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { makeSmall } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { atomOf, boolean } from './arguments.ts';

type Item = (vm: Machine) => Term;

/** A total, and how much of it has come since it was last asked for. */
function sinceLast(vm: Machine, item: keyof Machine['lastStatistics'], total: number): Term {
  const last = vm.lastStatistics[item];
  vm.lastStatistics[item] = total;
  return tuple(makeInteger(total), makeInteger(total - last));
}

function reductions(vm: Machine): Term {
  return sinceLast(vm, 'reductions', vm.totals.reductions);
}

function exactReductions(vm: Machine): Term {
  return sinceLast(vm, 'exactReductions', vm.scheduler.allReductions());
}

/** Milliseconds since the virtual machine was made. */
function wallClock(vm: Machine): Term {
  return sinceLast(vm, 'wallClock', Math.floor(Number((vm.time.monotonic() - vm.time.start) / 1_000_000n)));
}

/** Milliseconds of processor time. */
function runtime(vm: Machine): Term {
  return sinceLast(vm, 'runtime', Number(vm.host.system.cpuMicroseconds() / 1000n));
}

/** {Collections, Words gained, 0} */
function garbageCollection({ totals }: Machine): Term {
  return tuple(makeInteger(totals.collections), makeInteger(totals.collectedWords), makeSmall(0));
}

function io(vm: Machine): Term {
  const { input, output } = vm.ports.bytes;
  return tuple(tuple(am.input, makeInteger(input)), tuple(am.output, makeInteger(output)));
}

function schedulerWallTime(vm: Machine): Term {
  const { since, active } = vm.wallTime;
  if (since === undefined) return am.undefined;
  const nanoseconds = (milliseconds: number): Term => makeBigInt(BigInt(Math.round(milliseconds * 1e6)));
  return listOf([tuple(makeSmall(1), nanoseconds(active), nanoseconds(vm.timers.now() - since))]);
}

/** erts_internal:scheduler_wall_time(On): whether it was on. */
function setSchedulerWallTime(vm: Machine, on: Term): Term {
  const value = boolean(on);
  if (value === undefined) throw badarg();
  return atomOf(vm.wallTime.set(value, vm.timers.now()));
}

const queueLength: Item = (vm) => makeInteger(vm.runQueue.length);
/** The running process is a task, too. */
const taskCount: Item = (vm) => makeInteger(vm.runQueue.length + 1);
const listed =
  (item: Item): Item =>
  (vm) =>
    listOf([item(vm)]);

const ITEMS: ReadonlyMap<Term, Item> = new Map<Term, Item>([
  [am.context_switches, (vm) => tuple(makeInteger(vm.totals.slices), makeSmall(0))],
  [am.reductions, reductions],
  [am.exact_reductions, exactReductions],
  [am.wall_clock, wallClock],
  [am.runtime, runtime],
  [am.garbage_collection, garbageCollection],
  [am.io, io],
  [am.scheduler_wall_time, schedulerWallTime],
  [am.scheduler_wall_time_all, schedulerWallTime],
  [am.run_queue, queueLength],
  [am.total_run_queue_lengths, queueLength],
  [am.total_run_queue_lengths_all, queueLength],
  [am.run_queue_lengths, listed(queueLength)],
  [am.run_queue_lengths_all, listed(queueLength)],
  [am.total_active_tasks, taskCount],
  [am.total_active_tasks_all, taskCount],
  [am.active_tasks, listed(taskCount)],
  [am.active_tasks_all, listed(taskCount)],
]);

function statistics(vm: Machine, item: Term): Term {
  const read = ITEMS.get(item);
  if (read === undefined) throw badarg();
  return read(vm);
}

export const erlangStatisticsBifs: BifTable = {
  module: 'erlang',
  rows: [{ name: 'statistics', arity: 1, fn: statistics }],
};

export const ertsInternalStatisticsBifs: BifTable = {
  module: 'erts_internal',
  rows: [{ name: 'scheduler_wall_time', arity: 1, fn: setSchedulerWallTime }],
};
