/**
 * Raising and handling exceptions. Whoever raises records the exception on the process and sets STATUS_RAISE; when all generated code has
 * left, the stack is complete in memory and `handleRaised` takes the trace and finds the handler (handle_error in OTP's beam_common.c).
 */
import { RUN_MODE, RUN_RETURN, SP, STATUS, STATUS_CALL, STATUS_RAISE, X_REGISTERS } from '../memory/map.ts';
import { load, loadUnsigned, plus, store } from '../memory/memory.ts';
import type { Machine } from '../process/machine.ts';
import type { Raised } from '../process/process.ts';
import { am, atomName } from '../term/atoms.ts';
import { listOf, tuple } from '../term/build.ts';
import type { ErlangError } from '../term/erlang-error.ts';
import { type Addr, NIL, NON_VALUE, type Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { END_OF_STACK, isCatchTag, pointOfWord, returnAddress } from '../term/stack-words.ts';
import { head, isCons, isMap, isNil, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import { caughtAgain } from './caught-exceptions.ts';
import { buildStacktrace, classOfTrace, setClassOfTrace, takeTrace, traceOfList } from './stack-trace.ts';

/** Records an exception on the running process; gives 0, which leaves generated code. */
function record(vm: Machine, exceptionClass: Term, reason: Term, more?: Partial<Raised>): Term {
  vm.current.raised = {
    class: exceptionClass,
    reason,
    trace: more?.trace ?? NON_VALUE,
    top: more?.top,
    args: more?.args ?? am.true,
    info: more?.info ?? NIL,
    topTwice: more?.topTwice ?? false,
    points: undefined,
    passesHandler: false,
  };
  store(STATUS, STATUS_RAISE);
  return NON_VALUE;
}

/** erlang:error/1, exit/1 and throw/1: their caller is the top of the trace. Gives 0. */
export function raiseClass(vm: Machine, exceptionClass: Term, reason: Term): Term {
  return record(vm, exceptionClass, reason);
}

/** Raises class error from generated code: the frame at SP is the top of the trace. Gives 0. */
export function raiseError(vm: Machine, reason: Term, more?: Partial<Raised>): Term {
  return record(vm, am.error, reason, more);
}

/**
 * Raises undef, with the function that does not exist as the top of the trace. Gives 0. The status is that of a call: a caller in tail
 * position leaves no frame, as if an error handler had been called that raises.
 */
export function raiseUndefined(vm: Machine, module: Term, name: Term, args: Term): Term {
  record(vm, am.error, am.undef, { top: { module, name }, args });
  store(STATUS, STATUS_CALL);
  return NON_VALUE;
}

export function liveX(count: number): Term[] {
  const values: Term[] = [];
  for (let i = 0; i < count; i++) values.push(load(plus(X_REGISTERS, i * 4)) as Term);
  return values;
}

export function setX(values: readonly Term[]): void {
  for (let i = 0; i < values.length; i++) store(plus(X_REGISTERS, i * 4), values[i] as Term);
}

/** No clause of the function in `slot` matches the X registers. */
export function functionClause(vm: Machine, slot: number): void {
  const { arity } = vm.code.slotInfo(slot);
  record(vm, am.error, am.function_clause, { args: listOf(liveX(arity)) });
}

export function badmatch(vm: Machine, value: Term): void {
  raiseError(vm, tuple(am.badmatch, value));
}
export function caseClause(vm: Machine, value: Term): void {
  raiseError(vm, tuple(am.case_clause, value));
}
export function tryClause(vm: Machine, value: Term): void {
  raiseError(vm, tuple(am.try_clause, value));
}
export function badrecord(vm: Machine, value: Term): void {
  raiseError(vm, tuple(am.badrecord, value));
}
export function ifClause(vm: Machine): void {
  raiseError(vm, am.if_clause);
}
export function raiseBadarg(vm: Machine): void {
  raiseError(vm, am.badarg);
}
export function raiseBadarith(vm: Machine): void {
  raiseError(vm, am.badarith);
}
export function raiseSystemLimit(vm: Machine): void {
  raiseError(vm, am.system_limit);
}

/** Which module explains the errors of a module's BIFs (save_stacktrace in OTP's beam_common.c). */
const explainers: Readonly<Record<string, Term>> = {
  atomics: am.erl_erts_errors,
  counters: am.erl_erts_errors,
  erlang: am.erl_erts_errors,
  erts_internal: am.erl_erts_errors,
  persistent_term: am.erl_erts_errors,
  code: am.erl_kernel_errors,
  os: am.erl_kernel_errors,
  binary: am.erl_stdlib_errors,
  ets: am.erl_stdlib_errors,
  lists: am.erl_stdlib_errors,
  maps: am.erl_stdlib_errors,
  math: am.erl_stdlib_errors,
  re: am.erl_stdlib_errors,
  unicode: am.erl_stdlib_errors,
};

/** A BIF has thrown `error`: its name and arguments are the top of the trace. Gives 0. */
export function raiseFromBif(vm: Machine, module: Term, name: Term, args: readonly Term[], error: ErlangError): Term {
  const exceptionClass = am[error.kind];
  const spelled = name === am['!'] ? am.send : name;
  const explainer = explainers[atomName(module)];
  let info = explainer ?? NIL;
  if (explainer !== undefined && error.cause !== undefined) {
    info = mapFromArrays([am.cause, am.module], [error.cause, explainer]);
  }
  return record(vm, exceptionClass, error.reason, { top: { module, name: spelled }, args: listOf(args), info });
}

/** erlang:error/2 and /3: `args` in the trace instead of the arity, if it is a list, and the map of the option `error_info`. */
export function raiseErrorWith(vm: Machine, reason: Term, args: Term, options: Term): Term {
  return record(vm, am.error, reason, { args, info: errorInfo(options) });
}

/** The map of the last `{error_info, Map}`; [] when anything in the list is wrong (error_3 in OTP's bif.c). */
function errorInfo(options: Term): Term {
  let info: Term = NIL;
  let rest = options;
  for (; isCons(rest); rest = tail(rest)) {
    const option = head(rest);
    if (!isTuple(option) || tupleArity(option) !== 2 || tupleElement(option, 1) !== am.error_info) return NIL;
    info = tupleElement(option, 2);
    if (!isMap(info)) return NIL;
  }
  return isNil(rest) ? info : NIL;
}

function isClass(t: Term): boolean {
  return t === am.error || t === am.exit || t === am.throw;
}

/** erlang:raise/3. Returns the term badarg for arguments that are none, else raises and gives 0. */
export function raiseWithStack(vm: Machine, exceptionClass: Term, reason: Term, stacktrace: Term): Term {
  const trace = isClass(exceptionClass) ? traceOfList(vm, exceptionClass, stacktrace) : undefined;
  if (trace === undefined) return am.badarg;
  return record(vm, exceptionClass, reason, { trace });
}

/** Instruction `raise`: the exception that `trace` came with goes on. */
export function raise(vm: Machine, trace: Term, reason: Term): void {
  if (trace === NIL && vm.current.caught !== undefined) return raiseAgain(vm);
  record(vm, classOfTrace(trace), reason, { trace });
}

function raiseAgain(vm: Machine): void {
  vm.current.raised = caughtAgain(vm);
  store(STATUS, STATUS_RAISE);
}

/** Instruction `raw_raise`: returns the term badarg when the class is none, else raises and gives 0. */
export function rawRaise(vm: Machine, exceptionClass: Term, reason: Term, trace: Term): Term {
  if (!isClass(exceptionClass)) return am.badarg;
  setClassOfTrace(trace, exceptionClass);
  return record(vm, exceptionClass, reason, { trace });
}

/** The value of a `catch` that caught something. */
export function catchEnd(vm: Machine, exceptionClass: Term, reason: Term, trace: Term): Term {
  if (exceptionClass === am.throw) return reason;
  if (exceptionClass === am.exit) return tuple(am.EXIT, reason);
  return tuple(am.EXIT, tuple(reason, buildStacktrace(vm, trace)));
}

interface Handler {
  readonly frame: Addr;
  /** Address of the catch tag. */
  readonly tag: Addr;
}

/** The innermost catch tag: in the first frame that has one, the one lowest in memory. */
function findHandler(vm: Machine, sp: Addr): Handler | undefined {
  let frame = sp;
  for (let word = load(frame); word !== END_OF_STACK; word = load(frame)) {
    const end = plus(frame, vm.code.frameWords(pointOfWord(word)) * 4);
    for (let tag = plus(frame, 4); tag !== end; tag = plus(tag, 4)) {
      if (isCatchTag(load(tag))) return { frame, tag };
    }
    frame = end;
  }
  return undefined;
}

/**
 * After STATUS_RAISE: takes the trace if there is none yet. With a handler: sets X registers, SP and the frame so that RUN_RETURN goes
 * on there, and returns undefined. Without: returns the exception, a throw made the error {nocatch, _}; the process must exit.
 */
export function handleRaised(vm: Machine): Raised | undefined {
  const { current } = vm;
  const { raised } = current;
  if (raised === undefined) throw new Error('STATUS_RAISE without an exception');
  const sp = loadUnsigned(SP) as Addr;
  if (raised.trace === NON_VALUE) raised.trace = takeTrace(vm, raised, sp);
  const handler = findHandler(vm, sp);
  if (current.traceState !== undefined) {
    const { class: kind, reason } = handler === undefined ? uncaught(raised) : raised;
    vm.tracing.calls.unwound(current, kind, reason, sp, handler?.frame);
  }
  if (handler === undefined) return uncaught(raised);
  enterHandler(vm, handler, raised);
  current.raised = undefined;
  return undefined;
}

/** A throw that nothing catches is the error {nocatch, _}. */
function uncaught(raised: Raised): Raised {
  if (raised.class !== am.throw) return raised;
  return { ...raised, class: am.error, reason: tuple(am.nocatch, raised.reason) };
}

/** How many X registers the last handler that `handleRaised` found takes. */
export const HANDLER_REGISTERS = 4;

function enterHandler(vm: Machine, { frame, tag }: Handler, raised: Raised): void {
  const point = pointOfWord(load(tag));
  const kind = vm.code.pointKind(point);
  if (vm.code.frameWords(point) !== vm.code.frameWords(pointOfWord(load(frame))))
    throw new Error('a handler wants another frame than the one that raised');
  const { class: exceptionClass, reason, trace } = raised;
  store(tag, NIL);
  store(frame, returnAddress(point));
  store(SP, frame);
  store(RUN_MODE, RUN_RETURN);
  const first = kind === 'try' ? X_REGISTERS : plus(X_REGISTERS, 4);
  store(kind === 'try' ? plus(X_REGISTERS, 12) : X_REGISTERS, kind === 'try' ? NIL : NON_VALUE);
  store(first, exceptionClass);
  store(plus(first, 4), reason);
  store(plus(first, 8), trace);
}

/** The reason with which a process exits after an exception that nothing caught (terminate_proc in OTP's beam_common.c). */
export function exitReason(vm: Machine, raised: Raised): Term {
  return raised.class === am.error ? tuple(raised.reason, buildStacktrace(vm, raised.trace)) : raised.reason;
}

/** A stack that holds nothing but its end. */
export function isEndOfStack(sp: Addr): boolean {
  return load(sp) === END_OF_STACK;
}
