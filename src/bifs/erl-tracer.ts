/** The functions that erl_tracer gets from C: the tracer that sends messages to a process (erl_tracer_nif.c). */
import type { Machine } from '../process/machine.ts';
import { sendMessage } from '../process/signals.ts';
import { am } from '../term/atoms.ts';
import { makeBigInt, makeInteger } from '../term/bignum.ts';
import { tuple, tupleOf } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import { mapGet } from '../term/map.ts';
import { isLocalPid, isMap } from '../term/term.ts';
import type { BifTable } from './registry.ts';

/** Whether events are to be made: no tracer traces itself, and one that is gone is to be removed. */
function enabled(vm: Machine, tag: Term, tracer: Term, tracee: Term): Term {
  const process = isLocalPid(tracer) ? vm.processes.byPid(tracer) : undefined;
  if (process?.isAlive !== true) return tag === am.trace_status ? am.remove : am.discard;
  return tracer === tracee ? am.discard : am.trace;
}

/** Option of a trace event; undefined when it is not there. */
function option(options: Term, key: Term): Term | undefined {
  const value = isMap(options) ? mapGet(options, key) : NON_VALUE;
  return value === NON_VALUE ? undefined : value;
}

function stampOf(vm: Machine, kind: Term): Term {
  const monotonic = makeBigInt(vm.time.monotonic());
  if (kind === am.monotonic) return monotonic;
  if (kind === am.strict_monotonic) return tuple(monotonic, makeInteger(vm.references.fresh()));
  if (kind !== am.timestamp) throw badarg();
  const now = vm.time.uniqueMicroseconds();
  const million = 1_000_000n;
  const parts = [now / million / million, (now / million) % million, now % million];
  return tupleOf(parts.map(makeBigInt));
}

function trace(vm: Machine, tag: Term, tracer: Term, tracee: Term, message: Term, options: Term): Term {
  const to = isLocalPid(tracer) ? vm.processes.byPid(tracer) : undefined;
  if (to === undefined) return am.ok;
  const extra = option(options, am.extra);
  const stamp = option(options, am.timestamp);
  const isSequential = extra === undefined && tag === am.seq_trace;
  const optional = [
    extra,
    option(options, am.match_spec_result),
    option(options, am.scheduler_id),
    stamp === undefined ? undefined : stampOf(vm, stamp),
  ].filter((value) => value !== undefined);
  const traced = stamp === undefined ? am.trace : am.trace_ts;
  const start = isSequential ? [am.seq_trace, tracee, message] : [traced, tracee, tag, message];
  sendMessage(vm, to, tupleOf([...start, ...optional]));
  return am.ok;
}

export const erlTracerBifs: BifTable = {
  module: 'erl_tracer',
  rows: [
    { name: 'enabled', arity: 3, fn: enabled },
    { name: 'trace', arity: 5, fn: trace },
  ],
};
