/** erts_internal:trace/3,4: trace flags of processes (trace in erl_bif_trace.c). */
import type { Machine } from '../../process/machine.ts';
import type { Tracee } from '../../process/tracing.ts';
import { am } from '../../term/atoms.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isPort } from '../../term/nodes.ts';
import { isLocalPid, makeSmall } from '../../term/term.ts';
import { ALL_FLAGS, MODIFIERS, PORT_FLAGS, PROCESS_FLAGS, readFlags } from '../../trace/flags.ts';
import { ensureTraceRef, removeTraceRef, type TraceSession, traceRef } from '../../trace/sessions.ts';
import { readTracer, tracerState } from '../../trace/tracer.ts';
import { livingSession } from './sessions.ts';

interface Change {
  readonly session: TraceSession;
  readonly on: boolean;
  readonly flags: number;
  readonly tracer: Term;
}

/** Changes the flags of one tracee. False: another tracer has it (start_trace). */
function changeFlags(vm: Machine, tracee: Tracee, id: Term, { session, on, flags, tracer }: Change): boolean {
  const known = traceRef(tracee, session);
  if (known === undefined && !on) return true;
  const ref = known ?? ensureTraceRef(tracee, session);
  if (on && ref.tracer !== NIL && (ref.flags & ALL_FLAGS) !== 0 && ref.tracer !== tracer) {
    if (tracerState(vm, ref.tracer, id) !== 'remove') return false;
  }
  ref.flags = on ? ref.flags | flags : ref.flags & ~flags;
  if ((ref.flags & ALL_FLAGS) === 0) removeTraceRef(tracee, ref);
  else if (tracer !== NIL) ref.tracer = tracer;
  return true;
}

const EXISTING: readonly Term[] = [
  am.all,
  am.existing,
  am.ports,
  am.processes,
  am.existing_ports,
  am.existing_processes,
];
const NEW: readonly Term[] = [am.all, am.new, am.ports, am.processes, am.new_ports, am.new_processes];
const ONLY_PORTS: readonly Term[] = [am.ports, am.existing_ports, am.new_ports];
const ONLY_PROCESSES: readonly Term[] = [am.processes, am.existing_processes, am.new_processes];

/** What the flags ask for of the kinds that a specification names: tracees that exist. Gives how many were changed. */
function changeExisting(vm: Machine, spec: Term, change: Change): number {
  const modifies = (change.flags & MODIFIERS) !== 0;
  const ofProcesses = (change.flags & PROCESS_FLAGS & ~MODIFIERS) !== 0 || modifies;
  const ofPorts = (change.flags & PORT_FLAGS & ~MODIFIERS) !== 0 || modifies;
  let matches = 0;
  if (ofProcesses && !ONLY_PORTS.includes(spec)) {
    for (const process of vm.processes.all()) if (changeFlags(vm, process, process.pid, change)) matches++;
  }
  if (ofPorts && !ONLY_PROCESSES.includes(spec)) {
    for (const port of vm.ports.all()) if (changeFlags(vm, port, port.term, change)) matches++;
  }
  return matches;
}

/** Those that will be made (erts_change_new_p_tracing). */
function changeNew(spec: Term, { session, on, flags, tracer }: Change): void {
  const kinds = [
    { of: session.newProcesses, mask: PROCESS_FLAGS, not: ONLY_PORTS },
    { of: session.newPorts, mask: PORT_FLAGS, not: ONLY_PROCESSES },
  ];
  for (const { of, mask, not } of kinds) {
    if ((flags & mask) === 0 || not.includes(spec)) continue;
    of.flags = on ? of.flags | (flags & mask) : of.flags & ~(flags & mask);
    if (of.flags === 0) of.tracer = NIL;
    else if (on) of.tracer = tracer;
  }
}

function alreadyTraced(vm: Machine): never {
  vm.host.writeError('** can only have one tracer per process\n');
  throw badarg();
}

function traceOne(vm: Machine, spec: Term, change: Change): number {
  const tracee = isPort(spec) ? vm.ports.byTerm(spec) : vm.processes.byPid(spec);
  if (tracee === undefined || ('isAlive' in tracee && !tracee.isAlive)) throw badarg();
  if (!changeFlags(vm, tracee, spec, change)) alreadyTraced(vm);
  return 1;
}

function traceMany(vm: Machine, spec: Term, change: Change, cpuTimestamp: boolean): number {
  if (cpuTimestamp && spec !== am.all) throw badarg();
  const existing = EXISTING.includes(spec);
  const made = NEW.includes(spec);
  if (!existing && !made) throw badarg();
  if (cpuTimestamp) vm.tracing.cpuTimestamp = change.on;
  const matches = existing ? changeExisting(vm, spec, change) : 0;
  if (made) changeNew(spec, change);
  vm.tracing.sessions.update();
  return matches;
}

function changeTrace(vm: Machine, session: TraceSession, spec: Term, how: Term, list: Term): Term {
  const tracerOf = session.tracer === NIL ? (t: Term) => readTracer(t, am.tracer) : undefined;
  const read = readFlags(list, tracerOf);
  if (read === undefined) throw badarg(am.badopt);
  if (how !== am.true && how !== am.false) throw badarg();
  const { flags, cpuTimestamp } = read;
  const on = how === am.true;
  let tracer = read.tracer ?? NIL;
  if (on && tracer === NIL) tracer = session.tracer === NIL ? vm.current.pid : session.tracer;
  const change = { session, on, flags, tracer };
  if (!isLocalPid(spec) && !isPort(spec)) return makeSmall(traceMany(vm, spec, change, cpuTimestamp));
  if (cpuTimestamp) throw badarg();
  return makeSmall(traceOne(vm, spec, change));
}

/** trace(PidPortSpec, How, Flags): for the session of erlang:trace/3. Gives how many were changed. */
export function trace3(vm: Machine, spec: Term, how: Term, list: Term): Term {
  return changeTrace(vm, vm.tracing.sessions.legacy, spec, how, list);
}

/** trace(Session, PidPortSpec, How, Flags) */
export function trace4(vm: Machine, session: Term, spec: Term, how: Term, list: Term): Term {
  return changeTrace(vm, livingSession(vm, session), spec, how, list);
}
