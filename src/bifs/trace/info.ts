/** erlang:trace_info/2 and erts_internal:trace_info/3 (trace_info in erl_bif_trace.c). */
import type { Machine } from '../../process/machine.ts';
import type { Tracee } from '../../process/tracing.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { listOf, tuple } from '../../term/build.ts';
import { copyIn } from '../../term/copy.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isPort } from '../../term/nodes.ts';
import {
  isAtom,
  isLocalPid,
  isSmall,
  isTuple,
  makeSmall,
  smallValue,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import type { SessionBreak } from '../../trace/breakpoints.ts';
import { livingTracer } from '../../trace/events.ts';
import { flagNames } from '../../trace/flags.ts';
import type { MatchSet } from '../../trace/match-set.ts';
import { isBreakpoint, removeTraceRef, type TraceSession, traceRef } from '../../trace/sessions.ts';
import { tracerState } from '../../trace/tracer.ts';
import { atomOf } from '../erlang/arguments.ts';
import { livingSession } from './sessions.ts';

const MICROSECONDS_PER_SECOND = 1_000_000;

function sourceOf(set: MatchSet | undefined): Term {
  return set === undefined ? NIL : copyIn(set.source.term);
}

// ---- processes and ports ---------------------------------------------------------------------------------------------

function tracing(key: Term, flags: number, tracer: Term): Term {
  if (key === am.flags) return tuple(key, listOf(flagNames(flags)));
  if (key === am.tracer) return tuple(key, tracer);
  throw badarg();
}

/** undefined: there is no such process or port. */
function traceeOf(vm: Machine, spec: Term): Tracee | undefined {
  if (isPort(spec)) return vm.ports.byTerm(spec);
  const process = vm.processes.byPid(spec);
  return process?.isAlive === true ? process : undefined;
}

function traceeInfo(vm: Machine, session: TraceSession, spec: Term, key: Term): Term {
  if (key !== am.flags && key !== am.tracer) throw badarg();
  const tracee = traceeOf(vm, spec);
  if (tracee === undefined) return am.undefined;
  const ref = traceRef(tracee, session);
  const state = ref === undefined ? 'remove' : tracerState(vm, ref.tracer, NIL);
  if (ref === undefined || state === 'remove') {
    if (ref !== undefined) removeTraceRef(tracee, ref);
    return tracing(key, 0, NIL);
  }
  return tracing(key, ref.flags, ref.tracer);
}

function newInfo(vm: Machine, session: TraceSession, spec: Term, key: Term): Term {
  if (spec !== am.new && spec !== am.new_processes && spec !== am.new_ports) throw badarg(am.badopt);
  const { flags, tracer } = livingTracer(vm, spec === am.new_ports ? session.newPorts : session.newProcesses);
  return tracing(key, flags, tracer);
}

// ---- functions -------------------------------------------------------------------------------------------------------

function usage(vm: Machine, counter: SessionBreak['time'], kind: 'time' | 'memory'): Term {
  if (counter === undefined) return am.false;
  const items = [...counter.usage].map(([number, { count, total }]) => {
    const pid = vm.processes.pidOf(number);
    if (kind === 'memory') return tuple(pid, makeSmall(count), makeInteger(total));
    const microseconds = Math.floor(total);
    const seconds = Math.floor(microseconds / MICROSECONDS_PER_SECOND);
    return tuple(pid, makeSmall(count), makeSmall(seconds), makeSmall(microseconds % MICROSECONDS_PER_SECOND));
  });
  return listOf(items);
}

type FunctionItem = (vm: Machine, wanted: SessionBreak) => Term;

function isTraced({ isGlobal, isLocal }: SessionBreak): Term {
  if (isGlobal) return am.global;
  return isLocal ? am.local : am.false;
}

/** In the order of item `all`. */
const FUNCTION_ITEMS: readonly (readonly [Term, FunctionItem])[] = [
  [am.traced, (_, wanted) => isTraced(wanted)],
  [am.match_spec, (_, wanted) => (wanted.isGlobal || wanted.isLocal ? sourceOf(wanted.matchSet) : am.false)],
  [am.meta, (_, { isMeta, metaTracer }) => (isMeta && metaTracer !== NIL ? metaTracer : am.false)],
  [am.meta_match_spec, (_, { isMeta, metaMatchSet }) => (isMeta ? sourceOf(metaMatchSet) : am.false)],
  [am.call_memory, (vm, { memory }) => usage(vm, memory, 'memory')],
  [am.call_time, (vm, { time }) => usage(vm, time, 'time')],
  [am.call_count, (_, { count }) => (count === undefined ? am.false : makeInteger(count.value))],
];

function itemValue(vm: Machine, wanted: SessionBreak, key: Term): Term {
  if (key === am.all) return listOf(FUNCTION_ITEMS.map(([name, read]) => tuple(name, read(vm, wanted))));
  const item = FUNCTION_ITEMS.find(([name]) => name === key);
  if (item === undefined) throw badarg();
  const value = item[1](vm, wanted);
  return key === am.meta && value === am.false ? NIL : value;
}

function functionName(spec: Term): { module: Term; name: Term; arity: number } {
  if (tupleArity(spec) !== 3) throw badarg();
  const [module, name, arity] = [1, 2, 3].map((i) => tupleElement(spec, i)) as [Term, Term, Term];
  if (!isAtom(module) || !isAtom(name) || !isSmall(arity)) throw badarg();
  return { module, name, arity: smallValue(arity) };
}

function functionInfo(vm: Machine, session: TraceSession, spec: Term, key: Term): Term {
  const found = vm.tracing.breakpoints.named(functionName(spec));
  if (found === undefined) return tuple(key, am.undefined);
  const wanted = found.breaks?.of(session);
  return wanted === undefined ? tuple(key, am.false) : tuple(key, itemValue(vm, wanted, key));
}

// ---- on_load and events ----------------------------------------------------------------------------------------------

function onLoadInfo({ onLoad }: TraceSession, key: Term): Term {
  if (!onLoad.on) return tuple(key, am.false);
  const { flags, matchSet, metaMatchSet, metaTracer } = onLoad;
  const isGlobal = !isBreakpoint(flags);
  const values = new Map<Term, () => Term>([
    [am.traced, () => (isGlobal ? am.global : flags.local ? am.local : am.false)],
    [am.match_spec, () => (isGlobal || flags.local ? sourceOf(matchSet) : am.false)],
    [am.meta, () => (flags.meta ? metaTracer : am.false)],
    [am.meta_match_spec, () => (flags.meta ? sourceOf(metaMatchSet) : am.false)],
    [am.call_count, () => atomOf(flags.callCount)],
    [am.call_time, () => atomOf(flags.callTime)],
    [am.call_memory, () => atomOf(flags.callMemory)],
  ]);
  if (key === am.all) {
    const shown = [am.traced, am.match_spec, am.meta, am.meta_match_spec, am.call_count];
    return tuple(key, listOf(shown.map((name) => tuple(name, (values.get(name) as () => Term)()))));
  }
  const read = values.get(key);
  if (read === undefined) throw badarg();
  return tuple(key, read());
}

function eventInfo(session: TraceSession, event: Term, key: Term): Term {
  if (key !== am.match_spec) throw badarg();
  const { on, matchSet } = event === am.send ? session.send : session.receive;
  if (!on) return tuple(key, am.false);
  return tuple(key, matchSet === undefined ? am.true : sourceOf(matchSet));
}

// ---- sessions --------------------------------------------------------------------------------------------------------

/** The sessions that trace something, latest last. */
function sessionsOf(vm: Machine, what: Term, key: Term): Term {
  if (key !== am.session) throw badarg();
  const list = (sessions: readonly TraceSession[]): Term =>
    tuple(key, listOf(sessions.filter(({ isAlive }) => isAlive).map((session) => session.weakReference())));
  if (isTuple(what)) {
    const found = vm.tracing.breakpoints.named(functionName(what));
    if (found === undefined) return tuple(key, am.undefined);
    return list((found.breaks?.sessions ?? []).map(({ session }) => session).reverse());
  }
  if (isLocalPid(what) || isPort(what)) {
    const tracee = traceeOf(vm, what);
    return tracee === undefined ? am.undefined : list((tracee.traces ?? []).map(({ session }) => session).reverse());
  }
  const counts = SESSION_KINDS.get(what);
  if (counts === undefined) throw badarg(am.badopt);
  return list(vm.tracing.sessions.all().filter(counts).reverse());
}

const SESSION_KINDS: ReadonlyMap<Term, (session: TraceSession) => boolean> = new Map<
  Term,
  (session: TraceSession) => boolean
>([
  [am.any, () => true],
  [am.on_load, ({ onLoad }) => onLoad.on],
  [am.send, ({ send }) => send.on],
  [am.receive, ({ receive }) => receive.on],
  [am.new, ({ newProcesses }) => newProcesses.flags !== 0],
  [am.new_processes, ({ newProcesses }) => newProcesses.flags !== 0],
  [am.new_ports, ({ newPorts }) => newPorts.flags !== 0],
]);

function info(vm: Machine, session: TraceSession, what: Term, key: Term): Term {
  if (what === am.on_load) return onLoadInfo(session, key);
  if (what === am.send || what === am.receive) return eventInfo(session, what, key);
  if (isLocalPid(what) || isPort(what)) return traceeInfo(vm, session, what, key);
  if (isAtom(what)) return newInfo(vm, session, what, key);
  if (isTuple(what)) return functionInfo(vm, session, what, key);
  throw badarg(am.badopt);
}

/** erlang:trace_info(PidPortFuncEvent, Item) */
export function traceInfo2(vm: Machine, what: Term, key: Term): Term {
  return info(vm, vm.tracing.sessions.legacy, what, key);
}

/** erts_internal:trace_info(Session | any, PidPortFuncEvent, Item) */
export function traceInfo3(vm: Machine, session: Term, what: Term, key: Term): Term {
  return session === am.any ? sessionsOf(vm, what, key) : info(vm, livingSession(vm, session), what, key);
}
