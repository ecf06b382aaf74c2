/** What only match specifications for tracing can say: who is told, what is traced from now on, who called (dmc_… in OTP's erl_db_util.c). */
import type { Expression, FormCompiler } from '../ets/match-expression.ts';
import type { Complain } from '../ets/match-pattern.ts';
import { SP } from '../memory/map.ts';
import { loadUnsigned } from '../memory/memory.ts';
import { running } from '../memory/process-heap.ts';
import type { Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { formatBacktrace } from '../runtime/backtrace.ts';
import { am } from '../term/atoms.ts';
import { makeBinary } from '../term/bits.ts';
import { type Addr, NIL, type Term } from '../term/layout.ts';
import { display } from '../term/print.ts';
import { isAtom, isLocalPid, isSmall, smallValue, tupleArity, tupleElement } from '../term/term.ts';
import { encodeUtf8 } from '../term/utf8.ts';
import { flagBit, readFlags, SILENT } from './flags.ts';
import type { MatchEvent, MatchKind } from './match-set.ts';
import { ensureTraceRef, removeTraceRef, type TraceSession, traceRef } from './sessions.ts';
import { readTracer, tracerState } from './tracer.ts';

/** The match set that the forms belong to. */
export interface FormScope {
  readonly vm: Machine;
  readonly kind: MatchKind;
  /** undefined: a test, which changes nothing. */
  readonly session: TraceSession | undefined;
  event: MatchEvent | undefined;
  message: Term;
  returnTrace: boolean;
  exceptionTrace: boolean;
}

interface Form {
  /** Numbers of arguments that it may have. */
  readonly arities: readonly number[];
  /** Only calls have it, or none of the events `receive`. */
  readonly needs?: 'call' | 'acting';
  readonly inGuards?: true;
  /** What its complaints about context call it. */
  readonly alias?: string;
  /** Arguments are evaluated from the last to the first. */
  readonly run: (scope: FormScope, ...args: (Term | undefined)[]) => Term;
}

function processOf(scope: FormScope): Process {
  if (scope.event === undefined) throw new Error('a match set is not being run');
  return scope.event.process;
}

// ---- flags -----------------------------------------------------------------------------------------------------------

/** Changes a process's flags for the session; without a tracer it is not traced any more. Whether anything changed (set_tracee_flags). */
function changeFlags({ session }: FormScope, process: Process, tracer: Term, off: number, on: number): boolean {
  if (session === undefined) return true;
  const known = traceRef(process, session);
  if (known === undefined && (tracer === NIL || on === 0)) return false;
  const ref = ensureTraceRef(process, session);
  const flags = tracer === NIL ? 0 : (ref.flags & ~off) | on;
  if (flags === 0) {
    removeTraceRef(process, ref);
    return true;
  }
  const isChanged = ref.tracer !== tracer || ref.flags !== flags;
  ref.tracer = tracer;
  ref.flags = flags;
  return isChanged;
}

/** A process by pid or registered name. */
function processNamed(vm: Machine, t: Term): Process | undefined {
  const process = isLocalPid(t) ? vm.processes.byPid(t) : isAtom(t) ? vm.registry.whereis(t) : undefined;
  return process?.isAlive === true ? process : undefined;
}

function ownTracer(scope: FormScope): Term {
  const ref = scope.session === undefined ? undefined : traceRef(processOf(scope), scope.session);
  return ref?.tracer ?? scope.session?.tracer ?? NIL;
}

/** {enable_trace, Flag}, {disable_trace, Flag}: of the process itself. */
function setFlag(scope: FormScope, flag: Term, on: boolean): Term {
  const bit = flagBit(flag);
  if (bit === 0) return am.EXIT;
  changeFlags(scope, processOf(scope), ownTracer(scope), on ? 0 : bit, on ? bit : 0);
  return am.true;
}

/** The same for another process; it gets the tracer of this one. */
function setFlagOf(scope: FormScope, pid: Term, flag: Term, on: boolean): Term {
  const bit = flagBit(flag);
  const process = processNamed(scope.vm, pid);
  if (bit === 0 || process === undefined) return am.EXIT;
  changeFlags(scope, process, ownTracer(scope), on ? 0 : bit, on ? bit : 0);
  return am.true;
}

function trace(scope: FormScope, process: Process | undefined, disable: Term, enable: Term): Term {
  const fixed = scope.session !== undefined && scope.session.tracer !== NIL;
  const tracerOf = fixed ? undefined : (t: Term): Term | undefined => readTracer(t, am.tracer);
  const off = readFlags(disable, tracerOf);
  const on = readFlags(enable, tracerOf);
  if (off === undefined || on === undefined || off.cpuTimestamp || on.cpuTimestamp || process === undefined) {
    return am.EXIT;
  }
  const tracer = on.tracer ?? off.tracer ?? ownTracer(scope);
  const isGone = tracer !== NIL && tracerState(scope.vm, tracer, process.pid) === 'remove';
  if (isGone && scope.session?.isAlive === true) return am.EXIT;
  return changeFlags(scope, process, tracer, off.flags, on.flags) ? am.true : am.false;
}

function silent(scope: FormScope, mode: Term): Term {
  if (scope.session === undefined) return am.true;
  const ref = traceRef(processOf(scope), scope.session);
  if (ref !== undefined && mode === am.true) ref.flags |= SILENT;
  if (ref !== undefined && mode === am.false) ref.flags &= ~SILENT;
  return am.true;
}

/** Where no function is being called, the process's frames that are in memory. */
function dumpOf(vm: Machine, process: Process): Term {
  const sp = running.heap === process.heap ? (loadUnsigned(SP) as Addr) : process.heap.sp;
  return makeBinary(encodeUtf8(formatBacktrace(vm, process, sp)));
}

// ---- the forms -------------------------------------------------------------------------------------------------------

/** {display, Term}: on standard output, as the emulator itself writes. */
function say({ vm }: FormScope, t: Term | undefined): Term {
  const line = `${display(t as Term)}\r\n`;
  if (vm.host.writeOutput === undefined) vm.host.writeError(line);
  else vm.host.writeOutput(encodeUtf8(line));
  return am.true;
}

const FORMS: Readonly<Record<string, Form>> = {
  return_trace: {
    arities: [0],
    run: (scope) => {
      scope.returnTrace = true;
      return am.true;
    },
  },
  exception_trace: {
    arities: [0],
    run: (scope) => {
      scope.exceptionTrace = true;
      return am.true;
    },
  },
  display: { arities: [1], run: say },
  is_seq_trace: {
    arities: [0],
    needs: 'acting',
    inGuards: true,
    run: ({ vm }) => (vm.tracing.sequential.hasToken() ? am.true : am.false),
  },
  set_seq_token: {
    arities: [2],
    needs: 'acting',
    alias: 'set_seq_trace',
    run: (scope, item, value) => {
      const { vm, kind } = scope;
      return vm.tracing.sequential.setFromMatch(item as Term, value as Term, kind !== 'test') ?? am.EXIT;
    },
  },
  get_seq_token: { arities: [0], needs: 'acting', run: ({ vm }) => vm.tracing.sequential.tokenTerm() },
  process_dump: {
    arities: [0],
    needs: 'acting',
    run: (scope) => scope.event?.stack?.dump() ?? dumpOf(scope.vm, processOf(scope)),
  },
  enable_trace: {
    arities: [1, 2],
    needs: 'acting',
    run: (scope, first, flag) =>
      flag === undefined ? setFlag(scope, first as Term, true) : setFlagOf(scope, first as Term, flag, true),
  },
  disable_trace: {
    arities: [1, 2],
    needs: 'acting',
    run: (scope, first, flag) =>
      flag === undefined ? setFlag(scope, first as Term, false) : setFlagOf(scope, first as Term, flag, false),
  },
  trace: {
    arities: [2, 3],
    needs: 'acting',
    run: (scope, first, second, third) =>
      third === undefined
        ? trace(scope, processOf(scope), first as Term, second as Term)
        : trace(scope, processNamed(scope.vm, first as Term), second as Term, third),
  },
  caller: { arities: [0], needs: 'call', run: (scope) => scope.event?.stack?.caller() ?? am.undefined },
  caller_line: { arities: [0], needs: 'call', run: (scope) => scope.event?.stack?.callerLine() ?? am.undefined },
  silent: { arities: [1], needs: 'acting', run: (scope, mode) => silent(scope, mode as Term) },
};

/** Forms whose complaint about arguments says so when they take none. */
function wrongArity(name: string, { arities }: Form, form: Term): string {
  const what = arities.length === 1 && arities[0] === 0 ? 'arguments in' : 'wrong number of arguments in';
  return `Special form '${name}' called with ${what} ${display(form)}.`;
}

/** What is wrong with where a form is used; undefined: nothing. */
function misplaced(name: string, form: Form, kind: MatchKind, inBody: boolean): string | undefined {
  const shown = form.alias ?? name;
  const isAllowed = kind === 'call' || kind === 'test' || (kind === 'send' && form.needs !== 'call');
  if (form.needs !== undefined && !isAllowed) return `Special form '${shown}' not allow for this trace event.`;
  if (!inBody && form.inGuards !== true) return `Special form '${shown}' called in guard context.`;
  return undefined;
}

/** The forms for one match set. */
export function traceForms(scope: FormScope, complain: Complain): FormCompiler {
  const wrong = (message: string): Expression => {
    complain(message);
    return () => NIL;
  };
  return (name, t, inBody, compile, whole) => {
    if (name === 'message') return messageForm(scope, t, inBody, whole, wrong);
    if (name === 'current_stacktrace') return stacktraceForm(scope, t, inBody, wrong);
    const form = FORMS[name];
    if (form === undefined) return undefined;
    const fault = misplaced(name, form, scope.kind, inBody);
    if (fault !== undefined) return wrong(fault);
    const count = tupleArity(t) - 1;
    if (!form.arities.includes(count)) return wrong(wrongArity(name, form, t));
    const sources = Array.from({ length: count }, (_, i) => tupleElement(t, i + 2));
    const args = sources.toReversed().map((source) => compile(source));
    return (subject) => form.run(scope, ...args.map((argument) => argument(subject)).toReversed());
  };
}

function messageForm(
  scope: FormScope,
  t: Term,
  inBody: boolean,
  whole: (t: Term) => Expression,
  wrong: (message: string) => Expression,
): Expression {
  if (!inBody) return wrong("Special form 'message' called in guard context.");
  if (tupleArity(t) !== 2)
    return wrong(`Special form 'message' called with wrong number of arguments in ${display(t)}.`);
  const value = whole(tupleElement(t, 2));
  return (subject) => {
    scope.message = value(subject);
    return am.true;
  };
}

const STACKTRACE: Form = { arities: [0, 1], needs: 'call', run: () => NIL };

/** The depth is limited when the match specification is compiled. */
function stacktraceForm(
  scope: FormScope,
  t: Term,
  inBody: boolean,
  wrong: (message: string) => Expression,
): Expression {
  const name = 'current_stacktrace';
  const fault = misplaced(name, STACKTRACE, scope.kind, inBody);
  if (fault !== undefined) return wrong(fault);
  const arity = tupleArity(t);
  if (arity > 2) return wrong(wrongArity(name, STACKTRACE, t));
  const given = arity === 2 ? tupleElement(t, 2) : undefined;
  if (given !== undefined && !isSmall(given)) return wrong(`Special form '${name}' called with non small argument.`);
  const depth = given === undefined ? scope.vm.backtraceDepth : smallValue(given);
  if (depth < 0) return wrong(`Special form '${name}' called with negative integer argument.`);
  const limited = Math.min(depth, scope.vm.backtraceDepth);
  return () => scope.event?.stack?.stacktrace(limited) ?? NIL;
}
