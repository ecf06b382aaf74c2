/** Events of processes, as trace messages (erl_trace.c in OTP). */
import type { Fragment } from '../memory/fragment.ts';
import type { FunctionName, Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { am } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { cons, tuple } from '../term/build.ts';
import { NIL, type Term } from '../term/layout.ts';
import { isPid, nodeOf } from '../term/nodes.ts';
import { isLocalPid, makeSmall } from '../term/term.ts';
import { type BreakableCode, Breakpoints } from './breakpoints.ts';
import { CallTracing } from './call-trace.ts';
import {
  EXITING,
  GARBAGE_COLLECTION,
  PROCESS_FLAGS,
  PROCS,
  RECEIVE,
  RUNNING,
  RUNNING_PROCS,
  SEND,
  SET_ON_FIRST_LINK,
  SET_ON_FIRST_SPAWN,
  SET_ON_LINK,
  SET_ON_SPAWN,
  SILENT,
} from './flags.ts';
import { GC_INFO_WORDS, type GcValues, gcInfo, gcValues } from './gc-info.ts';
import type { MatchSet } from './match-set.ts';
import { SavedCalls } from './saved-calls.ts';
import { SequentialTracing } from './sequential.ts';
import { ensureTraceRef, type NewTracing, removeTraceRef, type TraceRef, TraceSessions } from './sessions.ts';
import { SystemMonitor } from './system-monitor.ts';
import { SystemProfile } from './system-profile.ts';
import { sendTrace, type TraceMessage, tracerState } from './tracer.ts';
import { Turns } from './turns.ts';

type Message = Omit<TraceMessage, 'tracee'>;

/** Words of {M,F,A}. */
const MFA_WORDS = 8;

/** How new processes or ports are traced; not at all any more when the tracer is gone. */
export function livingTracer(vm: Machine, tracing: NewTracing): NewTracing {
  if (tracing.tracer !== NIL && tracerState(vm, tracing.tracer, NIL) === 'remove') {
    tracing.flags = 0;
    tracing.tracer = NIL;
  }
  return tracing;
}

export class ProcessTracing {
  readonly sessions = new TraceSessions();
  readonly breakpoints: Breakpoints;
  readonly sequential: SequentialTracing;
  readonly calls: CallTracing;
  readonly systemMonitor: SystemMonitor;
  readonly turns: Turns;
  readonly savedCalls: SavedCalls;
  readonly profile: SystemProfile;
  /** Timestamps are of CPU time (flag cpu_timestamp). */
  cpuTimestamp = false;
  private readonly vm: Machine;

  /** `firstPoint` is the return point of the first kind of frame (frames.ts). */
  constructor(vm: Machine, code: BreakableCode, firstPoint: number) {
    this.vm = vm;
    this.breakpoints = new Breakpoints(code);
    this.sequential = new SequentialTracing(vm);
    this.systemMonitor = new SystemMonitor(vm);
    this.turns = new Turns(vm, this);
    this.calls = new CallTracing(vm, this, firstPoint);
    this.savedCalls = new SavedCalls(vm, code);
    this.profile = new SystemProfile(vm);
  }

  /** Somebody wants to hear of the turns of all processes. */
  get watchesTurns(): boolean {
    return this.systemMonitor.settings !== undefined || this.profile.isUsed || this.vm.flags.traceTurns;
  }

  // ---- who is told -----------------------------------------------------------------------------------------------------

  /** Whether the tracer of this entry wants to hear; one that is gone is removed (is_tracer_ref_enabled). */
  isEnabled(process: Process, ref: TraceRef): boolean {
    if (!ref.session.isAlive) return false;
    const state = tracerState(this.vm, ref.tracer, process.pid);
    if (state === 'remove') removeTraceRef(process, ref);
    return state === 'trace';
  }

  /** Nobody traces a process for a tracer that is gone: what it would count stops with its next turn (trace_schedule_in). */
  forgetDeadTracers(process: Process): void {
    for (const ref of (process.traces ?? []) as readonly TraceRef[]) this.isEnabled(process, ref);
  }

  emit(process: Process, ref: TraceRef, message: Message): void {
    sendTrace(this.vm, ref.tracer, ref.flags, this.cpuTimestamp, { ...message, tracee: process.pid });
  }

  private tell(process: Process, flag: number, message: Message): void {
    if (process.traces === undefined || process.isSensitive) return;
    for (const ref of process.traces as readonly TraceRef[]) {
      if ((ref.flags & flag) !== 0 && this.isEnabled(process, ref)) this.emit(process, ref, message);
    }
  }

  // ---- messages --------------------------------------------------------------------------------------------------------

  /** What the match set of an event gives; undefined: nothing is to be sent. */
  private filtered(
    set: MatchSet | undefined,
    ref: TraceRef,
    process: Process,
    args: readonly Term[],
  ): Term | undefined {
    if (set === undefined) return am.true;
    const { result } = set.run({ process, args, stack: undefined });
    return result === am.false || (ref.flags & SILENT) !== 0 ? undefined : result;
  }

  /** A process sends: `to` is what it has named. */
  sent(from: Process, to: Term, message: Term): void {
    if (from.isSensitive) return;
    for (const ref of (from.traces ?? []) as readonly TraceRef[]) {
      const { on, matchSet } = ref.session.send;
      if ((ref.flags & SEND) === 0 || !on) continue;
      const result = this.filtered(matchSet, ref, from, [to, message]);
      if (result === undefined) continue;
      const isThere = !isLocalPid(to) || this.vm.processes.byPid(to)?.isAlive === true;
      const tag = isThere ? am.send : am.send_to_non_existing_process;
      if (!this.isEnabled(from, ref)) continue;
      this.emit(from, ref, {
        tag,
        parts: [message, to],
        build: ([copy, receiver]) => ({ message: copy as Term, extra: receiver as Term }),
        result: result === am.true ? undefined : result,
      });
    }
  }

  /** A message is put into the mailbox of a process that tracing knows. `from` is the sender's pid, or an atom. */
  arrives(to: Process, from: Term, message: Fragment): void {
    if (to.traceState?.sequence !== undefined && !isLocalPid(from)) this.sequential.keep(message);
    if (to.traces !== undefined) this.received(to, from, message.term);
  }

  /** What else is told of as received: a timeout, from `clock_service`. */
  received(to: Process, from: Term, message: Term): void {
    if (to.isSensitive) return;
    for (const ref of (to.traces ?? []) as readonly TraceRef[]) {
      const { on, matchSet } = ref.session.receive;
      if ((ref.flags & RECEIVE) === 0 || !on) continue;
      const sender = isPid(from) ? [nodeOf(from).name, from] : [from, am.undefined];
      const result = this.filtered(matchSet, ref, to, [...sender, message]);
      if (result === undefined || !this.isEnabled(to, ref)) continue;
      this.emit(to, ref, {
        tag: am.receive,
        parts: [message],
        build: ([copy]) => ({ message: copy as Term }),
        result: result === am.true ? undefined : result,
      });
    }
  }

  /** Whether some session traces new processes. */
  private get tracesNew(): boolean {
    return this.sessions.tracesNewProcesses;
  }

  // ---- processes -------------------------------------------------------------------------------------------------------

  /** exit, link, unlink, register, unregister, getting_linked, getting_unlinked, with what belongs to it. */
  happened(process: Process, tag: Term, what: Term): void {
    this.tell(process, PROCS, { tag, parts: [what], build: ([copy]) => ({ message: copy as Term }) });
  }

  /** Before the child runs: it inherits, and both are traced. `args` is the list of arguments. */
  spawned(parent: Process | undefined, child: Process, call: FunctionName, args: Term, isLinked: boolean): void {
    if (parent?.traceState !== undefined) this.sequential.inherited(parent, child);
    if (parent !== undefined) this.inheritAll(parent, child, SET_ON_SPAWN, SET_ON_FIRST_SPAWN);
    if (parent !== undefined && isLinked) this.inheritAll(parent, child, SET_ON_LINK, SET_ON_FIRST_LINK);
    if (parent?.traces === undefined && child.traces === undefined && !this.tracesNew) return;
    for (const session of this.sessions.all()) {
      const { flags, tracer } = livingTracer(this.vm, session.newProcesses);
      if (flags === 0) continue;
      const ref = ensureTraceRef(child, session);
      if (ref.tracer !== NIL) continue;
      ref.flags |= flags & PROCESS_FLAGS;
      ref.tracer = tracer;
    }
    if (parent !== undefined) {
      this.started(parent, am.spawn, child.pid, call, args);
      if (isLinked) this.happened(parent, am.link, child.pid);
    }
    this.started(child, am.spawned, parent?.pid ?? am.undefined, call, args);
    if (parent !== undefined && isLinked) this.happened(child, am.getting_linked, parent.pid);
  }

  private started(process: Process, tag: Term, other: Term, { module, name }: FunctionName, args: Term): void {
    if (process.traces === undefined) return;
    this.tell(process, PROCS, {
      tag,
      parts: [args],
      words: MFA_WORDS,
      build: ([copy]) => ({ message: other, extra: tuple(module, name, copy as Term) }),
    });
  }

  /** The first process links to the second: flags that are set on link. */
  linked(from: Process, to: Process): void {
    this.inheritAll(from, to, SET_ON_LINK, SET_ON_FIRST_LINK);
  }

  /** The other process gets the flags of the first where they say so; flags for the first time only are used up then. */
  private inheritAll(from: Process, to: Process, always: number, once: number): void {
    if (from.traces === undefined) return;
    for (const ref of [...from.traces] as TraceRef[]) {
      const flags = ref.flags;
      if ((flags & (always | once)) === 0) continue;
      const other = ensureTraceRef(to, ref.session);
      other.flags |= flags;
      other.tracer = ref.tracer;
      if ((flags & once) === 0) continue;
      ref.flags &= ~(always | once);
      other.flags &= ~(always | once);
    }
  }

  /** in, out, in_exiting, out_exiting, out_exited; `at` is where it goes on. */
  scheduled(process: Process, tag: Term, at: FunctionName | undefined): void {
    const flag = tag === am.in || tag === am.out ? RUNNING | RUNNING_PROCS : EXITING;
    this.tell(process, flag, {
      tag,
      parts: [],
      words: MFA_WORDS,
      build: () => ({ message: at === undefined ? makeSmall(0) : tuple(at.module, at.name, makeSmall(at.arity)) }),
    });
  }

  /** gc_minor_start …; `words` is what the collection is for, or what it gave back; `values` what is told instead of how things are. */
  collected(process: Process, tag: Term, words: number, values: GcValues = gcValues(process)): void {
    if (process.traces === undefined) return;
    this.tell(process, GARBAGE_COLLECTION, {
      tag,
      parts: [],
      words: GC_INFO_WORDS,
      build: () => ({ message: cons(tuple(am.wordsize, makeInteger(words)), gcInfo(values)) }),
    });
  }
}
