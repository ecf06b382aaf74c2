/** Trace sessions as programs name them: {Reference, {Name, Id}} keeps one alive, {Name, Id} does not (erl_bif_trace.c). */
import { magicHandle } from '../../memory/binary.ts';
import type { Machine } from '../../process/machine.ts';
import { yieldWith } from '../../process/suspension.ts';
import { withWholeStack } from '../../runtime/whole-stack.ts';
import { am } from '../../term/atoms.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isAtom, isSmall, isTuple, tupleArity, tupleElement } from '../../term/term.ts';
import { removeTraceRef, TraceSession, traceRef } from '../../trace/sessions.ts';
import { readTracer } from '../../trace/tracer.ts';
import { freshMagicRef } from '../ets/access.ts';

function pair(t: Term): [Term, Term] | undefined {
  return isTuple(t) && tupleArity(t) === 2 ? [tupleElement(t, 1), tupleElement(t, 2)] : undefined;
}

/** The session that a term names; undefined: none (term_to_session). One that was destroyed counts with `allowDead`. */
export function sessionOf(vm: Machine, t: Term, allowDead = false): TraceSession | undefined {
  const parts = pair(t);
  if (parts === undefined) return undefined;
  const [first, second] = parts;
  if (isAtom(first) && isSmall(second)) return vm.tracing.sessions.byWeakReference(first, second);
  const weak = pair(second);
  const handle = magicHandle(first);
  if (weak === undefined || !(handle instanceof TraceSession)) return undefined;
  if (handle.name !== weak[0] || handle.id !== weak[1]) return undefined;
  return handle.isAlive || allowDead ? handle : undefined;
}

/** The session that a term names. Raises badarg with the cause that erl_erts_errors wants. */
export function livingSession(vm: Machine, t: Term): TraceSession {
  const session = sessionOf(vm, t);
  if (session === undefined) throw badarg(am.session);
  return session;
}

/** Nothing is traced by it any more. Where it had breakpoints, no code may be running. */
export function endSession(vm: Machine, session: TraceSession): void {
  const { sessions, breakpoints } = vm.tracing;
  session.isAlive = false;
  sessions.remove(session);
  session.tracer = NIL;
  for (const one of [session.newProcesses, session.newPorts]) {
    one.flags = 0;
    one.tracer = NIL;
  }
  session.onLoad.on = false;
  sessions.update();
  breakpoints.clearSession(session);
  for (const process of vm.processes.all()) {
    const ref = traceRef(process, session);
    if (ref !== undefined) removeTraceRef(process, ref);
  }
}

/** trace_session_create(Name, Tracer, Options) */
export function createSession(vm: Machine, name: Term, tracer: Term, options: Term): Term {
  if (options !== NIL || !isAtom(name)) throw badarg();
  const read = tracer === am.undefined ? NIL : readTracer(tracer);
  if (read === undefined) throw badarg();
  const session = vm.tracing.sessions.create(name, read);
  session.whenDropped = (dropped) => endSession(vm, dropped);
  return tuple(freshMagicRef(vm, session), session.weakReference());
}

/** trace_session_destroy(Session): whether it was alive. */
export function destroySession(vm: Machine, t: Term): Term {
  const session = sessionOf(vm, t, true);
  if (session === undefined) throw badarg(am.badopt);
  if (!session.isAlive) return am.false;
  const again = withWholeStack(vm, am.erts_internal, am.trace_session_destroy, [t]);
  if (again !== undefined) return again;
  endSession(vm, session);
  return yieldWith(vm, am.true);
}
