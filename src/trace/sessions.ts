/** Trace sessions (ErtsTraceSession in OTP's erl_trace.h): who traces whom, and what is sent for which events. */
import type { MagicHandle } from '../memory/off-heap.ts';
import type { Tracee } from '../process/tracing.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { NIL, type Term } from '../term/layout.ts';
import { makeSmall } from '../term/term.ts';
import type { MatchSet } from './match-set.ts';

/** What a trace pattern asks for. */
export interface PatternFlags {
  local: boolean;
  meta: boolean;
  callCount: boolean;
  callTime: boolean;
  callMemory: boolean;
}

export const NO_PATTERN: Readonly<PatternFlags> = {
  local: false,
  meta: false,
  callCount: false,
  callTime: false,
  callMemory: false,
};

/** Any of them is a breakpoint in the code itself, not at the export. */
export function isBreakpoint(flags: PatternFlags): boolean {
  return flags.local || flags.meta || flags.callCount || flags.callTime || flags.callMemory;
}

/** Tracing of all sends or all receives of a session. */
export interface EventPattern {
  on: boolean;
  matchSet: MatchSet | undefined;
}

/** Trace pattern for modules that are loaded later. */
export interface OnLoadPattern {
  on: boolean;
  flags: PatternFlags;
  matchSet: MatchSet | undefined;
  metaMatchSet: MatchSet | undefined;
  metaTracer: Term;
}

/** How new processes or ports will be traced. */
export interface NewTracing {
  flags: number;
  tracer: Term;
}

export class TraceSession implements MagicHandle {
  readonly name: Term;
  /** What tells it from others of its name: a small, `default` for the session of erlang:trace/3. */
  readonly id: Term;
  /** Pid or port; NIL: each tracee names its own. */
  tracer: Term;
  isAlive = true;
  readonly send: EventPattern = { on: true, matchSet: undefined };
  readonly receive: EventPattern = { on: true, matchSet: undefined };
  readonly onLoad: OnLoadPattern = {
    on: false,
    flags: { ...NO_PATTERN },
    matchSet: undefined,
    metaMatchSet: undefined,
    metaTracer: NIL,
  };
  readonly newProcesses: NewTracing = { flags: 0, tracer: NIL };
  readonly newPorts: NewTracing = { flags: 0, tracer: NIL };
  /** Called when the program has dropped the session. */
  whenDropped: (session: TraceSession) => void = () => undefined;

  constructor(name: Term, id: Term, tracer: Term) {
    this.name = name;
    this.id = id;
    this.tracer = tracer;
  }

  /** {Name, Id}: names the session without keeping it alive. */
  weakReference(): Term {
    return tuple(this.name, this.id);
  }

  onDrop(): void {
    if (this.isAlive) this.whenDropped(this);
  }
}

/** A session's tracing of one process or port (ErtsTracerRef). */
export class TraceRef {
  readonly session: TraceSession;
  flags = 0;
  tracer: Term = NIL;

  constructor(session: TraceSession) {
    this.session = session;
  }
}

export class TraceSessions {
  /** The session of erlang:trace/3. */
  readonly legacy = new TraceSession(am.legacy, am.default, NIL);
  /** The others, latest first. */
  private readonly others: TraceSession[] = [];
  private nextId = 0;
  /** Some session traces new processes. */
  tracesNewProcesses = false;

  create(name: Term, tracer: Term): TraceSession {
    const session = new TraceSession(name, makeSmall(this.nextId++), tracer);
    this.others.unshift(session);
    return session;
  }

  remove(session: TraceSession): void {
    const index = this.others.indexOf(session);
    if (index >= 0) this.others.splice(index, 1);
  }

  /** To be called when a session has begun or ended to trace new processes. */
  update(): void {
    this.tracesNewProcesses = this.all().some(({ newProcesses }) => newProcesses.flags !== 0);
  }

  /** All that live, that of erlang:trace/3 first. */
  all(): readonly TraceSession[] {
    return [this.legacy, ...this.others];
  }

  /** The session that {Name, Id} stands for. */
  byWeakReference(name: Term, id: Term): TraceSession | undefined {
    return this.others.find((session) => session.name === name && session.id === id);
  }
}

/** A session's tracing of a tracee; undefined when it has none. */
export function traceRef(tracee: Tracee, session: TraceSession): TraceRef | undefined {
  return tracee.traces?.find((ref) => ref.session === session) as TraceRef | undefined;
}

/** The same, made when there is none. */
export function ensureTraceRef(tracee: Tracee, session: TraceSession): TraceRef {
  const known = traceRef(tracee, session);
  if (known !== undefined) return known;
  const made = new TraceRef(session);
  tracee.traces = [made, ...(tracee.traces ?? [])];
  return made;
}

export function removeTraceRef(tracee: Tracee, ref: TraceRef): void {
  ref.flags = 0;
  ref.tracer = NIL;
  const rest = tracee.traces?.filter((other) => other !== ref);
  tracee.traces = rest === undefined || rest.length === 0 ? undefined : rest;
}
