/** Calls of functions that are only known at run time: apply, funs without code, undefined functions, a process's first call. */
import {
  REDUCTIONS,
  RUN_CALL,
  RUN_MODE,
  SLOT,
  STATUS,
  STATUS_ARGUMENT,
  STATUS_CALL,
  STATUS_CALL_RAISER,
  X_REGISTERS,
} from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';
import { slotWord } from '../memory/slot-word.ts';
import type { Machine } from '../process/machine.ts';
import { am, atom } from '../term/atoms.ts';
import { listOf, tuple } from '../term/build.ts';
import { badarg, ErlangError, systemLimit } from '../term/erlang-error.ts';
import { funEntryOf } from '../term/fun-entries.ts';
import { FUN_ARITY, FUN_SLOT, NON_VALUE, type Term } from '../term/layout.ts';
import { field, head, isAtom, isCons, isFun, isNil, tail } from '../term/term.ts';
import { liveX, raiseError, raiseFromBif, raiseUndefined, setX } from './exceptions.ts';

/** Arguments that a function may have at most (MAX_ARG in OTP). */
export const MAX_ARGUMENTS = 255;

/** Sets the VM registers so that the function in `slot` is called next with `args`; gives 0. */
export function callNext(slot: number, args: readonly Term[]): Term {
  setX(args);
  store(SLOT, slotWord(slot, args.length));
  store(RUN_MODE, RUN_CALL);
  store(STATUS, STATUS_CALL);
  return NON_VALUE;
}

/** The elements of a list of arguments; undefined when it is no proper list. */
export function listElements(list: Term): Term[] | undefined {
  const elements: Term[] = [];
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) elements.push(head(rest));
  return isNil(rest) ? elements : undefined;
}

/** Instruction `apply`: table slot of Module:Function/arity; 0: `applyFailed` is to be called. */
export function applySlot(vm: Machine, module: Term, name: Term, arity: number): number {
  if (!isAtom(module) || !isAtom(name)) return 0;
  if (module === am.erlang && (isRaiser(name, arity) || isApplyItself(module, name, arity))) return 0;
  return vm.code.exportSlot(module, name, arity) ?? 0;
}

/**
 * The BIFs that do nothing but raise. Applied in tail position they leave the frame of who applies them, so that it is the top of the trace
 * (apply_bif_error_adjustment in OTP's beam_common.c).
 */
function isRaiser(name: Term, arity: number): boolean {
  return name === am.error ? arity >= 1 && arity <= 3 : arity === 1 && (name === am.exit || name === am.throw);
}

/** Calls such a BIF; one that is traced is called once more when the frame that applies it is in memory. Gives 0. */
function callRaiser(vm: Machine, slot: number, args: readonly Term[]): Term {
  vm.code.callSlot(slot, args);
  if (load(STATUS) === STATUS_CALL) store(STATUS, STATUS_CALL_RAISER);
  return NON_VALUE;
}

function isApplyItself(module: Term, name: Term, arity: number): boolean {
  return module === am.erlang && name === am.apply && arity === 3;
}

/** After applySlot gave 0; arguments in X registers. A raising BIF is called, the error handler called next, or badarg raised. */
export function applyFailed(vm: Machine, module: Term, name: Term, arity: number): void {
  const args = liveX(arity);
  if (isApplyItself(module, name, arity)) return void applyFunction(vm, ...(args as [Term, Term, Term]));
  const slot = module === am.erlang && isRaiser(name, arity) ? vm.code.exportSlot(module, name, arity) : undefined;
  if (slot !== undefined) callRaiser(vm, slot, args);
  else if (isAtom(module) && isAtom(name)) callErrorHandler(vm, module, name, args);
  else raiseFromBif(vm, am.erlang, am.apply, [module, name, listOf(args)], badarg());
}

/** The export in STATUS_ARGUMENT has no code (STATUS_UNDEFINED); arguments in X registers. Gives 0. */
export function undefinedExport(vm: Machine): Term {
  const { module, name, arity } = vm.code.slotInfo(load(STATUS_ARGUMENT));
  return callErrorHandler(vm, module, name, liveX(arity));
}

/** error_handler:undefined_function/3, or undef where there is none (call_error_handler in OTP's beam_common.c). Gives 0. */
export function callErrorHandler(vm: Machine, module: Term, name: Term, args: readonly Term[]): Term {
  if (vm.current.traceState !== undefined) vm.tracing.savedCalls.calls({ module, name, arity: args.length });
  const slot = vm.code.exportSlot(vm.current.errorHandler, am.undefined_function, 3);
  if (slot !== undefined) return callNext(slot, [module, name, listOf(args)]);
  const loaded = vm.loadMissing?.(module) === true ? vm.code.exportSlot(module, name, args.length) : undefined;
  return loaded === undefined ? raiseUndefined(vm, module, name, listOf(args)) : callNext(loaded, args);
}

/** A closure whose module is not loaded was called (STATUS_UNDEFINED_LAMBDA); it lies behind its arguments. Gives 0. */
export function undefinedLambda(vm: Machine): Term {
  const arity = load(STATUS_ARGUMENT);
  const x = liveX(arity + 1);
  const fun = x[arity] as Term;
  const entry = funEntryOf(fun);
  const { module } = entry;
  const args = () => [module, fun, listOf(x.slice(0, arity))];
  if (vm.loader.isHidden(entry)) return callWhenPurged(vm, args());
  const slot = vm.code.exportSlot(vm.current.errorHandler, am.undefined_lambda, 3);
  // Code that is there and has no such fun: the error handler would find it loaded, and call the fun again, for ever.
  if (slot === undefined || vm.code.modules.has(module)) return raiseError(vm, tuple(am.badfun, fun));
  return callNext(slot, args());
}

/**
 * The process is suspended until the purge of the fun's code is done or given up: then erts_code_purger:pending_purge_lambda/3 calls the fun
 * once more (erts_suspend_process_on_pending_purge_lambda in OTP's beam_bif_load.c). Gives 0.
 */
function callWhenPurged(vm: Machine, args: readonly Term[]): Term {
  const slot = vm.code.exportSlot(atom('erts_code_purger'), atom('pending_purge_lambda'), 3);
  if (slot === undefined) throw new Error('a purge without erts_code_purger');
  vm.loader.callersOfHidden.push(vm.current.number);
  vm.current.suspendCount++;
  store(REDUCTIONS, 0);
  return callNext(slot, args);
}

/**
 * A call of what is no fun, or with another number of arguments; they are in X registers. Gives 0. Native OTP finds out when the return
 * address is on the stack: a caller that the call would return to is in the trace twice.
 */
export function callFunFailed(vm: Machine, fun: Term, arity: number, returns: number): number {
  return raiseNoFun(vm, fun, liveX(arity), returns === 1);
}

function raiseNoFun(vm: Machine, fun: Term, args: readonly Term[], topTwice = false): Term {
  if (!isFun(fun)) return raiseError(vm, tuple(am.badfun, fun), { topTwice });
  return raiseError(vm, tuple(am.badarity, tuple(fun, listOf(args))), { topTwice });
}

/** erlang:apply/2: the fun is called next. Gives 0. Raises badarg, system_limit. */
export function applyFun(vm: Machine, fun: Term, list: Term): Term {
  const args = argumentsOf(list);
  if (!isFun(fun) || field(fun, FUN_ARITY) !== args.length) return raiseNoFun(vm, fun, args);
  return callNext(field(fun, FUN_SLOT), [...args, fun]);
}

function argumentsOf(list: Term): Term[] {
  const args = listElements(list);
  if (args === undefined) throw badarg();
  if (args.length > MAX_ARGUMENTS) throw systemLimit();
  return args;
}

/** erlang:apply/3, and a process's first call: Module:Function is called next. Gives 0. Raises badarg, system_limit. */
export function applyFunction(vm: Machine, ...call: [module: Term, name: Term, list: Term]): Term {
  const last = innermostApply(call);
  const [module, name, list] = last;
  try {
    const args = argumentsOf(list);
    if (!isAtom(module) || !isAtom(name)) throw badarg();
    const slot = vm.code.exportSlot(module, name, args.length);
    if (slot !== undefined && module === am.erlang && isRaiser(name, args.length)) return callRaiser(vm, slot, args);
    return slot === undefined ? callErrorHandler(vm, module, name, args) : callNext(slot, args);
  } catch (error) {
    if (!(error instanceof ErlangError)) throw error;
    return raiseFromBif(vm, am.erlang, am.apply, last, error);
  }
}

/** However many apply/3 are applied to each other, who applies the first is who applies the last function. */
function innermostApply(call: [module: Term, name: Term, list: Term]): [module: Term, name: Term, list: Term] {
  let last = call;
  for (;;) {
    const args = last[0] === am.erlang && last[1] === am.apply ? listElements(last[2]) : undefined;
    if (args?.length !== 3) return last;
    last = args as [Term, Term, Term];
  }
}

/** What most processes begin with: apply/2 of a fun without arguments. The fun is called next. False: it is something else. */
function startsFun(list: Term): boolean {
  if (!isCons(list)) return false;
  const [fun, rest] = [head(list), tail(list)];
  if (!isFun(fun) || field(fun, FUN_ARITY) !== 0 || !isCons(rest) || !isNil(head(rest)) || !isNil(tail(rest)))
    return false;
  store(X_REGISTERS, fun);
  store(SLOT, slotWord(field(fun, FUN_SLOT), 1));
  store(RUN_MODE, RUN_CALL);
  return true;
}

/** The first call of a process; its arguments were checked when it was spawned. */
export function startProcess(vm: Machine, module: Term, name: Term, list: Term): void {
  if (module === am.erlang && name === am.apply && vm.tracing.breakpoints.isEmpty && startsFun(list)) return;
  applyFunction(vm, module, name, list);
}
