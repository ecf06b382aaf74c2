/** Calls of functions with breakpoints, and their returns (erts_generic_breakpoint, erts_call_trace and what follows in OTP). */
import { LOCAL_BREAKPOINT, SP, STATUS, STATUS_ARGUMENT, STATUS_BREAKPOINT } from '../memory/map.ts';
import { load, loadUnsigned, plus, store } from '../memory/memory.ts';
import { slotOfWord } from '../memory/slot-word.ts';
import type { FunctionName, Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { callNext } from '../runtime/apply.ts';
import { raiseUndefined } from '../runtime/exceptions.ts';
import { am, atom } from '../term/atoms.ts';
import { withoutContext } from '../term/bits.ts';
import { listOf, tuple } from '../term/build.ts';
import { type Addr, NIL, type Term } from '../term/layout.ts';
import { END_OF_STACK, pointOfWord } from '../term/stack-words.ts';
import { makeSmall } from '../term/term.ts';
import { Accounting } from './accounting.ts';
import type { FunctionBreaks, SessionBreak } from './breakpoints.ts';
import { callStackAt } from './call-stack.ts';
import type { ProcessTracing } from './events.ts';
import { ARITY, CALL, RETURN_TO, SILENT, TIMESTAMP } from './flags.ts';
import { isOwnTracer, type TraceFrame, TraceFrames } from './frames.ts';
import type { MatchResult, MatchSet } from './match-set.ts';
import { type TraceRef, type TraceSession, traceRef } from './sessions.ts';
import { sendTrace, tracerState } from './tracer.ts';

const MFA_WORDS = 8;
const WORDS_OF_CONS = 2;
const TIME = 1;
const MEMORY = 2;
const NOTHING: MatchResult = { result: am.true, returnTrace: false, exceptionTrace: false };

/** A call that stops at a breakpoint. */
export interface TracedCall {
  readonly process: Process;
  readonly breaks: FunctionBreaks;
  readonly isLocal: boolean;
  readonly args: readonly Term[];
  /** The frame that it will return to. */
  readonly caller: Addr;
}

export class CallTracing {
  private readonly vm: Machine;
  private readonly tracing: ProcessTracing;
  readonly frames: TraceFrames;
  readonly accounting: Accounting;

  constructor(vm: Machine, tracing: ProcessTracing, firstPoint: number) {
    this.vm = vm;
    this.tracing = tracing;
    this.frames = new TraceFrames(firstPoint);
    this.accounting = new Accounting(vm);
  }

  // ---- stopping --------------------------------------------------------------------------------------------------------

  /** Whether anyone is to be told of a call, or called instead, or it is to be accounted for, by the running process. */
  concerns(breaks: FunctionBreaks, isLocal: boolean): boolean {
    const { current } = this.vm;
    if (current.isSensitive) return false;
    if (isLocal && breaks.isDebug) return true;
    return breaks.sessions.some((wanted) => {
      const { session, isGlobal, time, memory } = wanted;
      if (isLocal && wanted.isMeta) return true;
      const asks = isLocal ? wanted.isLocal || time?.active === true || memory?.active === true : isGlobal;
      if (!asks) return false;
      const ref = traceRef(current, session);
      return ref !== undefined && (ref.flags & CALL) !== 0;
    });
  }

  /** Counts a call of which nobody is told. */
  count(breaks: FunctionBreaks): void {
    if (this.vm.current.isSensitive) return;
    for (const { count, session } of breaks.sessions) {
      if (count?.active === true && session.isAlive) count.value++;
    }
  }

  /** Generated code is at a breakpoint. 1: it is to stop there. */
  breakpoint(word: number, kind: number): number {
    const isLocal = kind === LOCAL_BREAKPOINT;
    const breaks = this.tracing.breakpoints.at(slotOfWord(word));
    if (breaks === undefined) return 0;
    if (!this.concerns(breaks, isLocal)) {
      if (isLocal) this.count(breaks);
      return 0;
    }
    store(STATUS, STATUS_BREAKPOINT);
    store(STATUS_ARGUMENT, kind);
    return 1;
  }

  /**
   * It has stopped: the frame at SP holds the arguments and will go on behind the breakpoint. True: error_handler:breakpoint/3 is called next
   * instead, or the function is undefined where there is none (call_error_handler in OTP's beam_common.c).
   */
  stopped(process: Process): boolean {
    const sp = loadUnsigned(SP) as Addr;
    const { slot, arity } = this.vm.code.returnPoint(pointOfWord(load(sp)));
    const breaks = this.tracing.breakpoints.at(slot);
    if (breaks === undefined) return false;
    const args = Array.from({ length: arity }, (_, i) => withoutContext(load(plus(sp, 4 * (arity - i))) as Term));
    const isLocal = load(STATUS_ARGUMENT) === LOCAL_BREAKPOINT;
    const caller = plus(sp, 4 * (arity + 1));
    const frames = this.called({ process, breaks, isLocal, args, caller });
    this.frames.insert(process.heap, arity + 1, frames);
    if (!isLocal || !breaks.isDebug) return false;
    store(SP, plus(loadUnsigned(SP) as Addr, 4 * (arity + 1)));
    const { module, name } = breaks.name;
    const handler = this.vm.code.exportSlot(process.errorHandler, atom('breakpoint'), 3);
    if (handler === undefined) raiseUndefined(this.vm, module, name, listOf(args));
    else callNext(handler, [module, name, listOf(args)]);
    return true;
  }

  // ---- calls -----------------------------------------------------------------------------------------------------------

  /** Tells of a call; gives the frames that its caller's is to be covered with, outermost first. */
  called(call: TracedCall): TraceFrame[] {
    const pushed: TraceFrame[] = [];
    for (const wanted of call.breaks.sessions) {
      if (wanted.session.isAlive) this.calledFor(call, wanted, pushed);
    }
    return pushed;
  }

  private calledFor(call: TracedCall, wanted: SessionBreak, pushed: TraceFrame[]): void {
    const { process, isLocal } = call;
    const { session } = wanted;
    const ref = traceRef(process, session);
    const isTraced = ref !== undefined && (ref.flags & CALL) !== 0;
    if (isTraced && (isLocal ? wanted.isLocal : wanted.isGlobal)) {
      this.tellCall(call, session, wanted.matchSet, ref, pushed);
    }
    if (!isLocal) return;
    if (wanted.isMeta) this.tellMeta(call, wanted, pushed);
    if (wanted.count?.active === true) wanted.count.value++;
    if (isTraced) this.account(call, wanted, pushed);
  }

  private tellCall(
    call: TracedCall,
    session: TraceSession,
    matchSet: MatchSet | undefined,
    ref: TraceRef,
    pushed: TraceFrame[],
  ): void {
    const { process, isLocal } = call;
    if (!this.tracing.isEnabled(process, ref)) return;
    const { tracer } = ref;
    const result = this.match(call, matchSet);
    const flags = matchSet === undefined ? ref.flags : (traceRef(process, session)?.flags ?? 0);
    if ((flags & SILENT) !== 0) return;
    if (result.result !== am.false) {
      if (isLocal && (flags & RETURN_TO) !== 0) this.pushReturnTo(call, session, pushed);
      this.sendCall(call, tracer, flags, result.result);
    }
    this.pushReturn(call, result, am.true, session, pushed);
  }

  /** A meta trace goes to a tracer of its own, with flags of its own. */
  private tellMeta(call: TracedCall, wanted: SessionBreak, pushed: TraceFrame[]): void {
    const { process } = call;
    const { metaTracer, session } = wanted;
    if (metaTracer === NIL || process.isSensitive) return;
    const state = tracerState(this.vm, metaTracer, process.pid);
    if (state === 'remove') wanted.metaTracer = NIL;
    if (state !== 'trace') return;
    const result = this.match(call, wanted.metaMatchSet);
    if (result.result !== am.false) this.sendCall(call, metaTracer, CALL | TIMESTAMP, result.result);
    this.pushReturn(call, result, metaTracer, session, pushed);
  }

  private match(call: TracedCall, matchSet: MatchSet | undefined): MatchResult {
    if (matchSet === undefined) return NOTHING;
    const stack = callStackAt(this.vm, call.process, this.frames.from(call.caller).next);
    return matchSet.run({ process: call.process, args: call.args, stack });
  }

  private sendCall({ process, breaks, args }: TracedCall, tracer: Term, flags: number, result: Term): void {
    const { module, name, arity } = breaks.name;
    const isArity = (flags & ARITY) !== 0;
    sendTrace(this.vm, tracer, flags, this.tracing.cpuTimestamp, {
      tracee: process.pid,
      tag: am.call,
      parts: isArity ? [] : args,
      words: MFA_WORDS + WORDS_OF_CONS * arity,
      build: (copies) => ({ message: tuple(module, name, isArity ? makeSmall(arity) : listOf(copies)) }),
      result: result === am.true ? undefined : result,
    });
  }

  /** One such frame for a session is enough as long as no other function's lies between. */
  private pushReturnTo({ caller }: TracedCall, session: TraceSession, pushed: TraceFrame[]): void {
    const covering = [...pushed, ...this.frames.from(caller).frames];
    if (covering.some((frame) => frame.kind === 'return_to' && frame.session === session.id)) return;
    pushed.push({ kind: 'return_to', session: session.id });
  }

  private pushReturn(
    { breaks }: TracedCall,
    { returnTrace, exceptionTrace }: MatchResult,
    tracer: Term,
    session: TraceSession,
    pushed: TraceFrame[],
  ): void {
    if (!returnTrace && !exceptionTrace) return;
    const kind = exceptionTrace ? 'exception' : 'return';
    pushed.push({ kind, number: breaks.number, tracer, session: session.id });
  }

  private account({ process, breaks, caller }: TracedCall, wanted: SessionBreak, pushed: TraceFrame[]): void {
    const { session, time, memory } = wanted;
    const what = (time?.active === true ? TIME : 0) + (memory?.active === true ? MEMORY : 0);
    if (what === 0) return;
    let previous: FunctionBreaks | undefined;
    if (time?.active === true) previous = this.accounting.entered(process, session, 'time', breaks);
    if (memory?.active === true) previous = this.accounting.entered(process, session, 'memory', breaks);
    if (pushed.length > 0 || this.frames.at(caller) !== undefined) return;
    pushed.push({ kind: 'account', previous: previous?.number, what, session: session.id });
  }

  // ---- returns ---------------------------------------------------------------------------------------------------------

  /** The trampoline gives `value` to a frame of tracing, which lies behind SP now. */
  returned(pc: number, value: Term): Term {
    const frame = this.frames.taken(pc);
    const { current } = this.vm;
    if (frame.kind === 'return_to') this.returnsTo(current, frame, loadUnsigned(SP) as Addr);
    else if (frame.kind === 'account') this.leaves(current, frame);
    else this.tellEnd(current, frame, am.return_from, [value], ([copy]) => copy as Term);
    return value;
  }

  private session(process: Process, id: Term): TraceRef | undefined {
    return (process.traces as readonly TraceRef[] | undefined)?.find(({ session }) => session.id === id);
  }

  leaves(process: Process, { session: id, previous, what }: Extract<TraceFrame, { kind: 'account' }>): void {
    const session = this.session(process, id)?.session;
    if (session === undefined) return;
    const breaks = previous === undefined ? undefined : this.tracing.breakpoints.at(previous);
    if (what % MEMORY === TIME) this.accounting.left(process, session, 'time', breaks);
    if (what >= MEMORY) this.accounting.left(process, session, 'memory', breaks);
  }

  /** return_from or exception_from, with what `build` makes of the parts. */
  tellEnd(
    process: Process,
    frame: Extract<TraceFrame, { kind: 'return' | 'exception' }>,
    tag: Term,
    parts: readonly Term[],
    build: (copies: readonly Term[]) => Term,
  ): void {
    const ref = isOwnTracer(frame.tracer) ? this.session(process, frame.session) : undefined;
    if (isOwnTracer(frame.tracer) && (ref === undefined || (ref.flags & CALL) === 0)) return;
    const { module, name, arity } = this.vm.code.slotInfo(frame.number);
    sendTrace(this.vm, ref?.tracer ?? frame.tracer, ref?.flags ?? CALL | TIMESTAMP, this.tracing.cpuTimestamp, {
      tracee: process.pid,
      tag,
      parts,
      words: MFA_WORDS * 2,
      build: (copies) => ({ message: tuple(module, name, makeSmall(arity)), extra: build(copies) }),
    });
  }

  returnsTo(process: Process, { session }: Extract<TraceFrame, { kind: 'return_to' }>, at: Addr): void {
    const ref = this.session(process, session);
    if (ref === undefined || (ref.flags & RETURN_TO) === 0 || process.isSensitive) return;
    this.tellReturnTo(process, ref, this.frames.from(at).next);
  }

  /** Tells which function's frame is next; no check of the tracer, as in OTP. */
  tellReturnTo(process: Process, ref: TraceRef, frame: Addr): void {
    const word = load(frame);
    const at: FunctionName | undefined =
      word === END_OF_STACK ? undefined : this.vm.code.returnPoint(pointOfWord(word));
    this.tracing.emit(process, ref, {
      tag: am.return_to,
      parts: [],
      words: MFA_WORDS,
      build: () => ({ message: at === undefined ? am.undefined : tuple(at.module, at.name, makeSmall(at.arity)) }),
    });
  }

  // ---- exceptions ------------------------------------------------------------------------------------------------------

  /**
   * An exception passes the frames from `from` up to `handler` (undefined: there is none, and the process ends): tells of those that are
   * traced, and where it goes on (next_catch in OTP's beam_common.c).
   */
  unwound(process: Process, exceptionClass: Term, reason: Term, from: Addr, handler: Addr | undefined): void {
    const returning = new Set<TraceRef>();
    for (let frame = from; frame !== handler; ) {
      const word = load(frame);
      if (word === END_OF_STACK) break;
      const traced = this.frames.at(frame);
      if (traced?.kind === 'exception') {
        this.tellEnd(process, traced, am.exception_from, [exceptionClass, reason], ([a, b]) =>
          tuple(a as Term, b as Term),
        );
      } else if (traced?.kind === 'return_to') {
        const ref = this.session(process, traced.session);
        if (ref !== undefined && (ref.flags & RETURN_TO) !== 0) returning.add(ref);
      }
      frame = plus(frame, 4 * this.vm.code.frameWords(pointOfWord(word)));
    }
    if (handler === undefined) return;
    for (const ref of (process.traces ?? []) as readonly TraceRef[]) {
      if (returning.has(ref)) this.tellReturnTo(process, ref, handler);
    }
  }
}
