/**
 * One Erlang process: what is not in linear memory. Everything that few processes have is made when it is first needed, so that
 * an idle process stays small (docs/EXPERIMENTS.md has the figure).
 */
import type { Fragment } from '../memory/fragment.ts';
import { RUN_CALL } from '../memory/map.ts';
import type { ProcessHeap } from '../memory/process-heap.ts';
import { am } from '../term/atoms.ts';
import { type Addr, NIL, NON_VALUE, type Term } from '../term/layout.ts';
import type { Parts } from '../term/parts.ts';
import { makeLocalPid } from '../term/term.ts';
import type { TraceRef } from '../trace/sessions.ts';
import type { Dictionary } from './dictionary.ts';
import type { HeldTasks } from './held-tasks.ts';
import type { KeyMap } from './key-map.ts';
import type { FunctionName } from './machine.ts';
import { Mailbox } from './mailbox.ts';
import type { MessageTimer } from './message-timer.ts';
import type { Alias, Monitor, MonitorRing } from './monitors.ts';
import type { NumberSet } from './number-set.ts';
import type { Port } from './port.ts';
import type { Timer } from './timer.ts';
import { TraceState } from './tracing.ts';

export type ProcessState = 'runnable' | 'running' | 'waiting' | 'suspended' | 'exited';

/** Priorities in the order of erlang:process_flag(priority, _): 0 low, 1 normal, 2 high, 3 max. */
export type Priority = 0 | 1 | 2 | 3;

/** An exception on its way to a handler. */
export interface Raised {
  /** error, exit or throw. */
  class: Term;
  reason: Term;
  /** Raw trace (runtime/stack-trace.ts); NON_VALUE: still to be taken from the stack. */
  trace: Term;
  /** The function without a frame that raised (a BIF, an undefined function); undefined: that of the frame at SP did. */
  readonly top: { readonly module: Term; readonly name: Term } | undefined;
  /** Argument list of the top of the trace, or am.true: its arity stands there instead. */
  args: Term;
  /** The map that goes with `error_info`, an atom that is its only `module`, or NIL. */
  info: Term;
  /** The frame at SP is in the trace twice: as the function that raised, and as its caller. */
  readonly topTwice?: boolean;
  /** Raised again by the function of the frame at SP: the points of the trace up to that frame (runtime/caught-exceptions.ts). */
  readonly points?: readonly Term[] | undefined;
  /** A handler that could not be entered in place is among the frames that were left. */
  passesHandler?: boolean;
}

/** An exception without a trace that a function has caught on the native stack. */
export interface Caught {
  readonly raised: Raised;
  /** Where the frames end that were left for it. */
  readonly top: Addr;
  /** Where the function was: a return address. */
  readonly address: number;
}

/** A third mode beside RUN_CALL and RUN_RETURN: the process has not run yet; x is [Module, Function, list of arguments]. */
export const RUN_START = 2;

/** Where the process goes on: `mode` is a RUN_ constant, `slot` table slot and arity as in the VM register SLOT. */
export interface Resume {
  mode: number;
  slot: number;
  /** X registers; [0] is the value of a return. An entry may be NON_VALUE. */
  x: Term[];
}

/** Waits for what becomes of a process, from outside of Erlang. The terms are valid during the call. */
export interface ProcessWatcher {
  /** The first function returned. */
  done?(value: Term): void;
  /** The process is gone. */
  exited?(reason: Term): void;
}

/** Something that is told when the process that owns it has ended: an open file. */
export interface Owned {
  ownerEnded(): void;
}

/** The rest of a BIF's work (runtime/trap.ts). */
export type LongWork = Parts<Term>;

/** How the timeout of the current receive stands. */
export type ReceiveTimeout = 'none' | 'armed' | 'passed';

const SAVED_NOTHING: Resume = { mode: RUN_CALL, slot: 0, x: [] };

export class Process {
  readonly number: number;
  readonly pid: Term;
  readonly heap: ProcessHeap;
  readonly mailbox = new Mailbox();
  state: ProcessState = 'waiting';
  priority: Priority = 1;
  /** How often other processes have suspended it; it gets no turns unless 0. */
  suspendCount = 0;
  /** It can run and is suspended: it is not in the run queue. */
  parked = false;
  /** Whom it has suspended, and how often, by number. */
  suspending: Map<number, number> | undefined;
  trapExit = false;
  /** A process of the virtual machine itself. */
  isSystem = false;
  /** process_flag(message_queue_data, _) and the like that only process_info shows. */
  otherFlags: Map<Term, Term> | undefined;
  resume: Resume = SAVED_NOTHING;
  raised: Raised | undefined;
  /** The last that was caught in place; its terms are good until something is called. */
  caught: Caught | undefined;
  /** An exit signal that must end the process at its next safe point. */
  pendingExit: Fragment | undefined;
  /** The process is to be collected, whatever its heap says, when it runs next. */
  collectNext = false;
  /** It waited with more memory than it needs (Scheduler.shrinkWaiting). */
  isToShrink = false;
  receiveTimeout: ReceiveTimeout = 'none';
  receiveTimer: Timer | undefined;
  name: Term | undefined;
  groupLeader: Term = NIL;
  parent: Term = am.undefined;
  initialCall: FunctionName;
  reductions = 0;
  reductionsAtCollection = 0;
  dictionary: Dictionary | undefined;
  /** Numbers of linked local processes. */
  links: NumberSet | undefined;
  /** Ports that it is linked to. */
  ports: Set<Port> | undefined;
  /** Monitors that this process made, and those on it. */
  monitors: KeyMap<Monitor> | undefined;
  monitoredBy: MonitorRing | undefined;
  aliases: KeyMap<Alias> | undefined;
  /** Subscriptions to nodes that come and go: how many, by their options. */
  nodeMonitors: Map<string, number> | undefined;
  /** A BIF that wants to see the whole stack has asked to be called again, with nothing but the stack in memory. */
  stackIsWhole = false;
  /** What a BIF is in the middle of; it is called next. May hold terms: no collections until it is done. */
  work: LongWork | undefined;
  /** It is not to be collected until it says so; and what waits for that. */
  held: HeldTasks | undefined;
  /** It waits in erlang:hibernate/3, without a stack, and `resume` is the call that follows; or in hibernate/0, and `resume` the return. */
  hibernates = false;
  errorHandler: Term = am.error_handler;
  watcher: ProcessWatcher | undefined;
  owned: Set<Owned> | undefined;
  /** The first of the timers that would send to it. */
  timers: MessageTimer | undefined;
  /** What tracing knows of it. */
  traceState: TraceState | undefined;

  constructor(processNumber: number, heap: ProcessHeap, initialCall: FunctionName) {
    this.number = processNumber;
    this.pid = makeLocalPid(processNumber);
    this.heap = heap;
    this.initialCall = initialCall;
  }

  get traces(): readonly TraceRef[] | undefined {
    return this.traceState?.traces;
  }

  set traces(traces: readonly TraceRef[] | undefined) {
    this.tracing().traces = traces;
  }

  /** What tracing knows of it, made when there is nothing yet. */
  tracing(): TraceState {
    this.traceState ??= new TraceState();
    return this.traceState;
  }

  /** Nobody but the heap refers to terms of it that a collection would move. */
  get mayBeCollected(): boolean {
    return this.work === undefined && this.held === undefined;
  }

  get isAlive(): boolean {
    return this.state !== 'exited' && this.pendingExit === undefined;
  }

  /** process_flag(sensitive, true): nothing of what it does and holds is told of, to tracers or by process_info. */
  get isSensitive(): boolean {
    return this.otherFlags?.get(am.sensitive) === am.true;
  }

  /** Keeps where the process goes on, with the first `x.length` X registers. */
  save(mode: number, slot: number, x: Term[]): void {
    this.resume = { mode, slot, x };
  }

  /** Shows the collector every term that the process holds outside of heap, stack and X registers. */
  visitRoots(visit: (t: Term) => Term): void {
    const { resume, raised, dictionary } = this;
    const visitTerm = (t: Term): Term => (t === NON_VALUE ? t : visit(t));
    for (let i = 0; i < resume.x.length; i++) resume.x[i] = visitTerm(resume.x[i] as Term);
    if (raised !== undefined) {
      raised.reason = visit(raised.reason);
      raised.trace = visitTerm(raised.trace);
      raised.args = visit(raised.args);
      raised.info = visit(raised.info);
    }
    this.groupLeader = visit(this.groupLeader);
    this.parent = visit(this.parent);
    dictionary?.visitRoots(visit);
    this.mailbox.visitRoots(visit);
  }
}
