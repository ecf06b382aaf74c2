/** Breakpoints of functions: what each session wants to know of their calls (trace patterns; GenericBp in OTP's beam_bp.h). */
import type { FunctionName } from '../process/machine.ts';
import { NIL, type Term } from '../term/layout.ts';
import type { Usage } from './accounting.ts';
import type { MatchSet } from './match-set.ts';
import { isBreakpoint, type PatternFlags, type TraceSession } from './sessions.ts';

/** A count, or usage, that can be paused. */
interface Counter {
  active: boolean;
  value: number;
}
interface UsageCounter {
  active: boolean;
  usage: Usage;
}

/** What one session wants of one function. */
export class SessionBreak {
  readonly session: TraceSession;
  /** Only calls from other modules. */
  isGlobal = false;
  isLocal = false;
  matchSet: MatchSet | undefined;
  isMeta = false;
  metaMatchSet: MatchSet | undefined;
  metaTracer: Term = NIL;
  count: Counter | undefined;
  time: UsageCounter | undefined;
  memory: UsageCounter | undefined;

  constructor(session: TraceSession) {
    this.session = session;
  }

  get isInCode(): boolean {
    const { isLocal, isMeta, count, time, memory } = this;
    return isLocal || isMeta || count !== undefined || time !== undefined || memory !== undefined;
  }
}

/** All that is wanted of one function. */
export class FunctionBreaks {
  readonly name: FunctionName;
  /** What code calls it: its number (CodeTable.slotInfo), or for a BIF its slot. */
  readonly number: number;
  /** Latest session first. */
  sessions: readonly SessionBreak[] = [];
  /** The error handler is called instead (erts_debug:breakpoint/2). */
  isDebug = false;

  constructor(name: FunctionName, functionNumber: number) {
    this.name = name;
    this.number = functionNumber;
  }

  of(session: TraceSession): SessionBreak | undefined {
    return this.sessions.find((one) => one.session === session);
  }

  ensure(session: TraceSession): SessionBreak {
    const known = this.of(session);
    if (known !== undefined) return known;
    const made = new SessionBreak(session);
    this.sessions = [made, ...this.sessions];
    return made;
  }
}

/** How a pattern is set: off, on, or counters anew or stopped. */
export type Setting = 'off' | 'on' | 'restart' | 'pause';

/** Functions by name; what comes behind the first thing that is left out is left out, too. */
export interface FunctionPattern {
  readonly module: Term | undefined;
  readonly name: Term | undefined;
  readonly arity: number | undefined;
}

export interface PatternChange {
  readonly session: TraceSession;
  readonly setting: Setting;
  readonly flags: PatternFlags;
  readonly matchSet: MatchSet | undefined;
  readonly metaTracer: Term;
}

/** A function of loaded code, or a BIF. */
export interface CodeFunction extends FunctionName {
  readonly number: number;
  readonly isExported: boolean;
  readonly isBif: boolean;
}

/** What breakpoints need of the code. */
export interface BreakableCode {
  /** Functions of current modules, of one unless undefined. */
  functions(module: Term | undefined): Iterable<CodeFunction>;
  /** Has code stop where a local or a global breakpoint is set. */
  setBreakpoints(functionNumber: number, isLocal: boolean, isGlobal: boolean): void;
  /** Has all code tell of calls of exports that have code, and of BIFs, by their slots; undefined: no more. */
  tellCalls(called: ((slot: number, isCode: boolean) => void) | undefined): void;
}

export class Breakpoints {
  private readonly code: BreakableCode;
  private readonly byNumber = new Map<number, FunctionBreaks>();

  constructor(code: BreakableCode) {
    this.code = code;
  }

  get isEmpty(): boolean {
    return this.byNumber.size === 0;
  }

  at(functionNumber: number): FunctionBreaks | undefined {
    return this.byNumber.get(functionNumber);
  }

  /** The function of this name that calls reach now, and its breakpoints. */
  named(name: FunctionName): { readonly breaks: FunctionBreaks | undefined } | undefined {
    for (const one of this.code.functions(name.module)) {
      if (one.name === name.name && one.arity === name.arity) return { breaks: this.byNumber.get(one.number) };
    }
    return undefined;
  }

  private *matching({ module, name, arity }: FunctionPattern): Generator<CodeFunction> {
    for (const one of this.code.functions(module)) {
      if (name !== undefined && one.name !== name) continue;
      if (arity !== undefined && one.arity !== arity) continue;
      yield one;
    }
  }

  /**
   * Has the error handler called instead of all functions that match, or no more; gives how many did (erts_set_debug_break). BIFs are
   * called as before. No code of theirs may be running.
   */
  changeDebug(pattern: FunctionPattern, isOn: boolean): number {
    let matches = 0;
    for (const one of this.matching(pattern)) {
      matches++;
      if (one.isBif || (!isOn && this.byNumber.get(one.number) === undefined)) continue;
      const breaks = this.ensure(one);
      breaks.isDebug = isOn;
      this.settle(breaks);
    }
    return matches;
  }

  private ensure({ module, name, arity, number }: CodeFunction): FunctionBreaks {
    const known = this.byNumber.get(number);
    if (known !== undefined) return known;
    const made = new FunctionBreaks({ module, name, arity }, number);
    this.byNumber.set(number, made);
    return made;
  }

  /** Changes what is wanted of all functions that match; gives how many did (erts_set_trace_pattern). No code of theirs may be running. */
  change(pattern: FunctionPattern, change: PatternChange): number {
    let matches = 0;
    const inCode = isBreakpoint(change.flags);
    for (const one of this.matching(pattern)) {
      if (inCode || one.isExported) matches++;
      this.changeOne(one, inCode, change);
    }
    return matches;
  }

  private changeOne(one: CodeFunction, inCode: boolean, change: PatternChange): void {
    const { session, setting } = change;
    const isOn = setting !== 'off';
    const known = this.byNumber.get(one.number);
    if (known?.of(session) === undefined && setting !== 'on') return;
    const breaks = this.ensure(one);
    const wanted = breaks.ensure(session);
    if (isOn && !inCode) {
      clearCode(wanted);
      wanted.isGlobal = one.isExported;
      wanted.matchSet = change.matchSet;
    } else if (isOn || !inCode) {
      if (wanted.isGlobal) wanted.matchSet = undefined;
      wanted.isGlobal = false;
    }
    if (inCode && isOn) setCode(wanted, change);
    if (inCode && !isOn) clearSome(wanted, change.flags);
    this.settle(breaks);
  }

  /** Drops what nobody wants, and tells the code. */
  private settle(breaks: FunctionBreaks): void {
    breaks.sessions = breaks.sessions.filter(({ isGlobal, isInCode }) => isGlobal || isInCode);
    const isLocal = breaks.isDebug || breaks.sessions.some(({ isInCode }) => isInCode);
    const isGlobal = breaks.sessions.some((one) => one.isGlobal);
    if (breaks.sessions.length === 0 && !breaks.isDebug) this.byNumber.delete(breaks.number);
    this.code.setBreakpoints(breaks.number, isLocal, isGlobal);
  }

  /** Functions whose calls a session counts. */
  countsOf(session: TraceSession): { readonly name: FunctionName; readonly count: number }[] {
    return [...this.byNumber.values()].flatMap((breaks) => {
      const count = breaks.of(session)?.count?.value;
      return count === undefined ? [] : [{ name: breaks.name, count }];
    });
  }

  /** A session wants nothing any more. */
  clearSession(session: TraceSession): void {
    for (const breaks of [...this.byNumber.values()]) {
      if (breaks.of(session) === undefined) continue;
      breaks.sessions = breaks.sessions.filter((one) => one.session !== session);
      this.settle(breaks);
    }
  }

  /** The current code of a module is about to become old: it stops no more. */
  clearModule(module: Term): void {
    for (const breaks of [...this.byNumber.values()]) {
      if (breaks.name.module !== module) continue;
      breaks.sessions = [];
      breaks.isDebug = false;
      this.settle(breaks);
    }
  }
}

function clearCode(wanted: SessionBreak): void {
  wanted.isLocal = false;
  wanted.isMeta = false;
  wanted.metaMatchSet = undefined;
  wanted.metaTracer = NIL;
  wanted.count = undefined;
  wanted.time = undefined;
  wanted.memory = undefined;
}

/** Counters begin anew, or stop; those that there are not begin unless stopping or restarting is all that is asked for. */
function setCode(wanted: SessionBreak, { setting, flags, matchSet, metaTracer }: PatternChange): void {
  const active = setting !== 'pause';
  if (flags.local) {
    wanted.isLocal = true;
    wanted.matchSet = matchSet;
  }
  if (flags.meta) {
    wanted.isMeta = true;
    wanted.metaMatchSet = matchSet;
    wanted.metaTracer = metaTracer;
  }
  if (flags.callCount) {
    if (active || wanted.count === undefined) wanted.count = { active: true, value: 0 };
    else wanted.count.active = false;
  }
  if (flags.callTime) {
    if (active || wanted.time === undefined) wanted.time = { active: true, usage: new Map() };
    else wanted.time.active = false;
  }
  if (flags.callMemory) {
    if (active || wanted.memory === undefined) wanted.memory = { active: true, usage: new Map() };
    else wanted.memory.active = false;
  }
}

function clearSome(wanted: SessionBreak, flags: PatternFlags): void {
  if (flags.local) {
    wanted.isLocal = false;
    if (!wanted.isGlobal) wanted.matchSet = undefined;
  }
  if (flags.meta) {
    wanted.isMeta = false;
    wanted.metaMatchSet = undefined;
    wanted.metaTracer = NIL;
  }
  if (flags.callCount) wanted.count = undefined;
  if (flags.callTime) wanted.time = undefined;
  if (flags.callMemory) wanted.memory = undefined;
}
