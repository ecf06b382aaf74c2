/**
 * Exceptions that are caught by a function on the native stack, without the scheduler: what was raised above has left with 0, its frames lie at
 * UNWIND_BASE, and the function asks for the exception before it leaves itself. A trace has the points of frames below, too, which are not
 * known here, and hardly any handler wants one (jit/handlers.ts finds those): a handler gets NIL in its place. When the exception goes on
 * from there, what was known at first is put together: those frames, and the point where the function was. Nothing has been unwound since.
 */
import { STATUS, STATUS_RAISE, STATUS_YIELD, UNWIND_BASE, UNWIND_TOP, X_REGISTERS } from '../memory/map.ts';
import { load, loadUnsigned, plus, store } from '../memory/memory.ts';
import type { Machine } from '../process/machine.ts';
import type { Raised } from '../process/process.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { type Addr, NIL, NON_VALUE, type Term } from '../term/layout.ts';
import { isCatchTag, pointOfWord } from '../term/stack-words.ts';
import { makeSmall } from '../term/term.ts';

/** The running process's exception, if it can be caught in place: the call that gave 0 has raised it, and nobody watches. */
function caughtException(vm: Machine): Raised | undefined {
  const { current } = vm;
  if (load(STATUS) !== STATUS_RAISE || current.pendingExit !== undefined || current.traceState !== undefined) {
    return undefined;
  }
  const { raised } = current;
  if (raised === undefined || raised.passesHandler) return undefined;
  raised.passesHandler = hasHandlerAbove();
  return raised.passesHandler ? undefined : raised;
}

/** Whether a frame that was left has a handler, which could not be entered in place: it comes first. */
function hasHandlerAbove(): boolean {
  const top = loadUnsigned(UNWIND_TOP);
  for (let at = loadUnsigned(UNWIND_BASE) as Addr; at < top; at = plus(at, 4)) {
    if (isCatchTag(load(at))) return true;
  }
  return false;
}

/** From here on nothing is raised: generated code goes on. */
function goOn(vm: Machine): void {
  vm.current.raised = undefined;
  store(UNWIND_TOP, loadUnsigned(UNWIND_BASE));
  store(STATUS, STATUS_YIELD);
}

/**
 * For a `try` of the function that is at this return address: 1 when an exception was raised, which then lies in the X registers as its handler wants
 * it; 0: the function is to be left.
 */
export function caughtByTry(vm: Machine, address: number): number {
  const raised = caughtException(vm);
  if (raised === undefined) return 0;
  if (raised.trace === NON_VALUE) {
    vm.current.caught = { raised, top: loadUnsigned(UNWIND_TOP) as Addr, address };
  }
  store(X_REGISTERS, raised.class);
  store(plus(X_REGISTERS, 4), raised.reason);
  store(plus(X_REGISTERS, 8), raised.trace === NON_VALUE ? NIL : raised.trace);
  goOn(vm);
  return 1;
}

/** For a `catch`: its value, or 0 when the function is to be left. The value of an error has a stack trace. */
export function caughtByCatch(vm: Machine): Term {
  const raised = caughtException(vm);
  if (raised === undefined || raised.class === am.error) return NON_VALUE;
  goOn(vm);
  return raised.class === am.throw ? raised.reason : tuple(am.EXIT, raised.reason);
}

/** The exception that the last `caughtByTry` caught, as it is to go on with what is known of its trace. The function raises it again at once. */
export function caughtAgain(vm: Machine): Raised {
  const { caught } = vm.current;
  if (caught === undefined) throw new Error('no exception was caught');
  vm.current.caught = undefined;
  const { raised, top, address } = caught;
  const words: number[] = [];
  for (let frame = loadUnsigned(UNWIND_BASE) as Addr; frame !== top; ) {
    const word = load(frame);
    words.push(word);
    frame = plus(frame, vm.code.frameWords(pointOfWord(word)) * 4);
  }
  words.push(address);
  // The function that raised it again is among the points already.
  const known = raised.points ?? [];
  if (raised.points !== undefined) words.shift();
  const points = [...known, ...words.map((word) => makeSmall(pointOfWord(word)))];
  return { ...raised, points };
}
