/**
 * Match specifications for tracing: they look at a list of arguments, and their bodies act (DCOMP_TRACE in OTP's erl_db_util.c). What a
 * body sends beside the trace message is what {message, _} says, else `true`.
 */
import { type Expression, ExpressionCompiler, type GuardFunctions, type Subject } from '../ets/match-expression.ts';
import { type Complain, compilePattern, type Matcher, type Slots } from '../ets/match-pattern.ts';
import { type ClauseSource, clauseSources, compileAll, FAULT_LENGTH, fail, holdAll } from '../ets/match-program.ts';
import { isWildcard } from '../ets/match-variables.ts';
import { NO_ROW } from '../ets/row.ts';
import { type Fragment, freeFragment } from '../memory/fragment.ts';
import { running } from '../memory/process-heap.ts';
import type { Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { am } from '../term/atoms.ts';
import { makeInteger, safeInteger } from '../term/bignum.ts';
import { listOf } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import { head, isCons, isInteger, isNil, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import { type FormScope, traceForms } from './match-forms.ts';
import type { TraceSession } from './sessions.ts';

/** Where the function that is being called will return to, as far as match specifications may ask. */
export interface CallStack {
  caller(): Term;
  callerLine(): Term;
  stacktrace(depth: number): Term;
  /** What {process_dump} gives. */
  dump(): Term;
}

/** What a match set is run for. */
export interface MatchEvent {
  readonly process: Process;
  readonly args: readonly Term[];
  /** undefined: no function is being called. */
  readonly stack: CallStack | undefined;
}

export interface MatchResult {
  /** `false`: nothing is to be sent; `true`: nothing is added. It may lie in the match set: copy it. */
  readonly result: Term;
  readonly returnTrace: boolean;
  readonly exceptionTrace: boolean;
}

/** Which forms are allowed: `receive` has none of those that act on tracing, only calls have a caller. */
export type MatchKind = 'call' | 'send' | 'receive' | 'test';

interface Clause {
  readonly matches: (args: readonly Term[], list: Term, bindings: Term[]) => boolean;
  readonly guards: readonly Expression[];
  readonly body: readonly Expression[];
}

const NO_MATCH: MatchResult = { result: am.false, returnTrace: false, exceptionTrace: false };

/** The elements of a head that is a list or tuple; undefined: it is neither. */
function headElements(pattern: Term): Term[] | undefined {
  if (isTuple(pattern)) return Array.from({ length: tupleArity(pattern) }, (_, i) => tupleElement(pattern, i + 1));
  const elements: Term[] = [];
  let rest = pattern;
  for (; isCons(rest); rest = tail(rest)) elements.push(head(rest));
  return isNil(rest) ? elements : undefined;
}

function compileHead(pattern: Term, slots: Slots, complain: Complain): Clause['matches'] {
  if (isWildcard(pattern)) {
    const matches = compilePattern(pattern, slots, complain);
    return (_args, list, bindings) => matches(list, bindings);
  }
  const elements = headElements(pattern);
  if (elements === undefined) {
    complain('Match head is invalid in this context.');
    return () => false;
  }
  const matchers: Matcher[] = elements.map((element) => compilePattern(element, slots, complain));
  return (args, _list, bindings) =>
    args.length === matchers.length && matchers.every((matches, i) => matches(args[i] as Term, bindings));
}

function compileClause(
  { pattern, guards, body }: ClauseSource,
  functions: { readonly guard: GuardFunctions; readonly body: GuardFunctions },
  scope: FormScope,
  complain: Complain,
): Clause {
  const slots: Slots = new Map();
  const matches = compileHead(pattern, slots, complain);
  const forms = traceForms(scope, complain);
  const inGuard = new ExpressionCompiler(slots, functions.guard, complain, false, forms);
  const inBody = new ExpressionCompiler(slots, functions.body, complain, true, forms);
  const tests = compileAll(guards, (t) => inGuard.compile(t), complain);
  return { matches, guards: tests, body: compileAll(body, (t) => inBody.compile(t), complain) };
}

const MAX_CONTROL_WORD = 2 ** 32 - 1;

function controlWord(vm: Machine): Term {
  return makeInteger(vm.traceControlWord);
}

/** The word before. Raises badarg for what has not 32 bits. */
function setControlWord(vm: Machine, value: Term, acts: boolean): Term {
  const word = isInteger(value) ? safeInteger(value) : undefined;
  if (word === undefined || word < 0 || word > MAX_CONTROL_WORD) throw badarg();
  const old = controlWord(vm);
  if (acts) vm.traceControlWord = word;
  return old;
}

/** get_tcw/0 and set_tcw/1, beside what all match specifications may call. */
function traceFunctions(functions: GuardFunctions, isTest: boolean) {
  const set = (vm: Machine, value: Term): Term => setControlWord(vm, value, !isTest);
  const guard = new Map([...functions, ['get_tcw/0', controlWord] as const]);
  return { guard, body: new Map([...guard, ['set_tcw/1', set] as const]) };
}

export class MatchSet implements FormScope {
  readonly vm: Machine;
  readonly kind: MatchKind;
  readonly session: TraceSession | undefined;
  /** The match specification as it was given. */
  readonly source: Fragment;
  /** What it is being run for. */
  event: MatchEvent | undefined;
  message: Term = am.true;
  returnTrace = false;
  exceptionTrace = false;
  private readonly clauses: readonly Clause[];
  private readonly subject: Subject;

  /** Takes over the fragment, also when it raises badarg or system_limit. */
  constructor(vm: Machine, source: Fragment, functions: GuardFunctions, kind: MatchKind, session?: TraceSession) {
    this.vm = vm;
    this.kind = kind;
    this.session = session;
    this.source = source;
    this.subject = { vm, object: NIL, row: NO_ROW, bindings: [] };
    try {
      if (!isCons(source.term)) throw badarg();
      const callable = traceFunctions(functions, kind === 'test');
      this.clauses = clauseSources(source.term, fail).map((clause) => compileClause(clause, callable, this, fail));
    } catch (error) {
      freeFragment(source);
      throw error;
    }
  }

  /** Runs it on the heap of the process that runs; where none does, on that of the event's process. */
  run(event: MatchEvent): MatchResult {
    if (running.heap !== undefined) return this.runHere(event);
    event.process.heap.activate();
    try {
      return this.runHere(event);
    } finally {
      event.process.heap.deactivate();
    }
  }

  private runHere(event: MatchEvent): MatchResult {
    const saved = this.event;
    this.event = event;
    const { subject } = this;
    subject.object = listOf(event.args);
    try {
      for (const clause of this.clauses) {
        if (!clause.matches(event.args, subject.object, subject.bindings)) continue;
        if (clause.guards.length > 0 && !holdAll(clause.guards, subject)) continue;
        return this.act(clause);
      }
      return NO_MATCH;
    } finally {
      this.event = saved;
    }
  }

  private act({ body }: Clause): MatchResult {
    this.message = am.true;
    this.returnTrace = false;
    this.exceptionTrace = false;
    for (const expression of body) expression(this.subject);
    const { message: result, returnTrace, exceptionTrace } = this;
    return { result, returnTrace, exceptionTrace };
  }
}

/** What is wrong with a match specification for tracing; undefined if nothing is (erts_match_set_lint). */
export function traceFaultsOf(vm: Machine, specification: Term, functions: GuardFunctions): string[] | undefined {
  if (!isCons(specification)) return ['Match programs are not in a list.'];
  const faults: string[] = [];
  const complain: Complain = (message) => faults.push(message.slice(0, FAULT_LENGTH));
  const scope: FormScope = {
    vm,
    kind: 'test',
    session: undefined,
    event: undefined,
    message: NIL,
    returnTrace: false,
    exceptionTrace: false,
  };
  const callable = traceFunctions(functions, true);
  for (const source of clauseSources(specification, complain)) {
    if (faults.length === 0) compileClause(source, callable, scope, complain);
  }
  return faults.length === 0 ? undefined : faults;
}
