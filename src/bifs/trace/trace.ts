/** BIFs of tracing, by the module that they are in. */
import type { Machine } from '../../process/machine.ts';
import { sendMessage } from '../../process/signals.ts';
import { am } from '../../term/atoms.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isLocalPid } from '../../term/term.ts';
import { atomOf } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';
import { trace3, trace4 } from './flags.ts';
import { traceInfo2, traceInfo3 } from './info.ts';
import { tracePattern3, tracePattern4 } from './patterns.ts';
import { createSession, destroySession } from './sessions.ts';

/** trace_delivered(Tracee | all): trace messages are delivered as they are made, so the answer comes at once. */
function traceDelivered(vm: Machine, tracee: Term): Term {
  if (tracee !== am.all && !isLocalPid(tracee)) throw badarg();
  const reference = vm.references.term(vm.references.fresh());
  sendMessage(vm, vm.current, tuple(am.trace_delivered, tracee, reference));
  return reference;
}

export const erlangTraceBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'trace_info', arity: 2, fn: traceInfo2 },
    { name: 'trace_delivered', arity: 1, fn: traceDelivered },
    {
      name: 'seq_trace',
      arity: 2,
      fn: (vm: Machine, item: Term, value: Term) => vm.tracing.sequential.set(item, value),
    },
    { name: 'seq_trace_info', arity: 1, fn: (vm: Machine, item: Term) => vm.tracing.sequential.info(item) },
    {
      name: 'seq_trace_print',
      arity: 1,
      fn: (vm: Machine, message: Term) => atomOf(vm.tracing.sequential.print(message)),
    },
    {
      name: 'seq_trace_print',
      arity: 2,
      fn: (vm: Machine, label: Term, message: Term) => atomOf(vm.tracing.sequential.print(message, label)),
    },
  ],
};

export const ertsInternalTraceBifs: BifTable = {
  module: 'erts_internal',
  rows: [
    { name: 'trace', arity: 3, fn: trace3 },
    { name: 'trace', arity: 4, fn: trace4 },
    { name: 'trace_pattern', arity: 3, fn: tracePattern3 },
    { name: 'trace_pattern', arity: 4, fn: tracePattern4 },
    { name: 'trace_info', arity: 3, fn: traceInfo3 },
    { name: 'trace_session_create', arity: 3, fn: createSession },
    { name: 'trace_session_destroy', arity: 1, fn: destroySession },
  ],
};
