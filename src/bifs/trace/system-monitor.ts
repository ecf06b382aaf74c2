/** erlang:system_monitor/0,1,2 (system_monitor in erl_bif_trace.c). */
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isCons, isTuple, tupleArity, tupleElement } from '../../term/term.ts';
import type { MonitorSettings } from '../../trace/system-monitor.ts';
import { elementsOf, natural, pairOf } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';

/** 16 K words are no unnatural heap size. */
const LEAST_LARGE_HEAP = 16384;

type Writable = { -readonly [Key in keyof MonitorSettings]: MonitorSettings[Key] };

function current(vm: Machine): Term {
  const settings = vm.tracing.systemMonitor.currentSettings();
  if (settings === undefined) return am.undefined;
  const { pid, longGc, longSchedule, largeHeap, busyPort, busyDistPort, queue } = settings;
  const list: Term[] = [];
  if (busyDistPort) list.push(am.busy_dist_port);
  if (busyPort) list.push(am.busy_port);
  if (largeHeap !== undefined) list.push(tuple(am.large_heap, makeInteger(largeHeap)));
  if (longSchedule !== undefined) list.push(tuple(am.long_schedule, makeInteger(longSchedule)));
  if (longGc !== undefined) list.push(tuple(am.long_gc, makeInteger(longGc)));
  if (queue !== undefined) {
    list.push(tuple(am.long_message_queue, tuple(makeInteger(queue.off), makeInteger(queue.on))));
  }
  return tuple(pid, listOf(list));
}

/** {Off, On}: raises badarg where they are no limits. */
function queueLimits(value: Term): { off: number; on: number } {
  if (!isTuple(value) || tupleArity(value) !== 2) throw badarg();
  const [off, on] = [natural(tupleElement(value, 1)), natural(tupleElement(value, 2))];
  if (off === undefined || on === undefined || off >= on) throw badarg();
  return { off, on };
}

function readOption(settings: Writable, option: Term): void {
  if (option === am.busy_port) settings.busyPort = true;
  else if (option === am.busy_dist_port) settings.busyDistPort = true;
  else {
    const pair = pairOf(option);
    if (pair?.key === am.long_message_queue) settings.queue = queueLimits(pair.value);
    else readLimit(settings, pair?.key, pair === undefined ? undefined : natural(pair.value));
  }
}

function readLimit(settings: Writable, key: Term | undefined, limit: number | undefined): void {
  if (limit === undefined) throw badarg();
  if (key === am.long_gc) settings.longGc = Math.max(limit, 1);
  else if (key === am.long_schedule) settings.longSchedule = Math.max(limit, 1);
  else if (key === am.large_heap) settings.largeHeap = Math.max(limit, LEAST_LARGE_HEAP);
  else throw badarg();
}

/** Sets who is told of what, and returns what was set before. Raises badarg. */
function setMonitor(vm: Machine, pid: Term, options: Term): Term {
  const monitor = vm.tracing.systemMonitor;
  const before = current(vm);
  if (pid === am.undefined || options === NIL) {
    monitor.settings = undefined;
    return before;
  }
  if (!isCons(options) || vm.processes.byPid(pid) === undefined) throw badarg();
  const settings: Writable = { pid, busyPort: false, busyDistPort: false };
  for (const option of elementsOf(options)) readOption(settings, option);
  monitor.settings = settings;
  return before;
}

function setBoth(vm: Machine, t: Term): Term {
  if (t === am.undefined) return setMonitor(vm, t, NIL);
  const pair = pairOf(t);
  if (pair === undefined) throw badarg();
  return setMonitor(vm, pair.key, pair.value);
}

export const erlangSystemMonitorBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'system_monitor', arity: 0, fn: current },
    { name: 'system_monitor', arity: 1, fn: setBoth },
    { name: 'system_monitor', arity: 2, fn: setMonitor },
  ],
};
