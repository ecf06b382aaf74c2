/**
 * Stack traces. An exception carries a raw trace, a tuple that no program sees: cheap to take, made readable only when asked for.
 *
 *   {Class, Top, Args, Info, Point, …}
 *     Top     []: the function of the first point is the top; {M,F}: a BIF is, called from the first point;
 *             true: Args is the whole trace, as a list (erlang:raise/3)
 *     Args    argument list of the top, or true: its arity stands in its entry
 *     Info    map for `error_info`, the atom that is its `module` when that is all it has, or []
 *     Point   numbers of return points, innermost first
 *
 * Which frames are in it, and how many: save_stacktrace, gather_stacktrace and build_stacktrace in OTP's beam_common.c.
 */
import { load, plus } from '../memory/memory.ts';
import type { Machine, ReturnPointInfo } from '../process/machine.ts';
import type { Raised } from '../process/process.ts';
import { am, atomName } from '../term/atoms.ts';
import { cons, listOf, tuple, tupleOf } from '../term/build.ts';
import { type Addr, NIL, type Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { END_OF_STACK, pointOfWord, returnAddress } from '../term/stack-words.ts';
import {
  head,
  isAtom,
  isCons,
  isFun,
  isList,
  isNil,
  isTuple,
  makeSmall,
  setField,
  smallValue,
  tail,
  tupleArity,
  tupleElement,
} from '../term/term.ts';

const CLASS = 1;
const TOP = 2;
const ARGS = 3;
const INFO = 4;
const FIXED = 4;

/** Calls `visit` with each frame's address and return address, innermost first, until it returns false or the stack ends. */
export function walkStack(vm: Machine, from: Addr, visit: (frame: Addr, word: number) => boolean): void {
  let frame = from;
  for (;;) {
    const word = load(frame);
    if (word === END_OF_STACK || !visit(frame, word)) return;
    frame = plus(frame, vm.code.frameWords(pointOfWord(word)) * 4);
  }
}

/** Points of the frames from `from` on, neighbours that are the same counted once, `limit` at most. */
export function gatherPoints(vm: Machine, from: Addr, limit: number): Term[] {
  return gatherMore(vm, [], from, limit);
}

/** The same behind points that are known; those from `known` on are joined, too. */
function gatherMore(vm: Machine, known: readonly Term[], from: Addr, limit: number): Term[] {
  const points = known.filter((point, i) => i === 0 || point !== known[i - 1]).slice(0, limit);
  const { frames } = vm.tracing.calls;
  const last = known.at(-1);
  let previous = last === undefined ? 0 : returnAddress(smallValue(last));
  let frame = from;
  for (let word = load(frame); word !== END_OF_STACK && points.length < limit; word = load(frame)) {
    const point = pointOfWord(word);
    if (!frames.isTraceFrame(word)) {
      if (word !== previous) points.push(makeSmall(point));
      previous = word;
    }
    frame = plus(frame, vm.code.frameWords(point) * 4);
  }
  return points;
}

/** The raw trace of an exception that was raised by the frame at `sp`, on the running process's heap. */
export function takeTrace(vm: Machine, raised: Raised, sp: Addr): Term {
  const { top } = raised;
  const depth = Math.max(vm.backtraceDepth, 1);
  const limit = top === undefined ? depth : depth - 1;
  const points =
    raised.points === undefined
      ? gatherPoints(vm, sp, limit)
      : gatherMore(vm, raised.points, plus(sp, vm.code.frameWords(pointOfWord(load(sp))) * 4), limit);
  if (raised.topTwice === true && points.length > 0) {
    points.unshift(points[0] as Term);
    points.length = Math.min(points.length, depth);
  }
  const name = top === undefined ? NIL : tuple(top.module, top.name);
  return tupleOf([raised.class, name, raised.args, raised.info, ...points]);
}

/** The list of a stack trace of the frames from `from` on, `depth` entries at most. */
export function stacktraceAt(vm: Machine, from: Addr, depth: number): Term {
  const points = gatherPoints(vm, from, depth).map((point) => vm.code.returnPoint(smallValue(point)));
  return listOf(points.map((point) => entryOf(point, am.true, NIL)));
}

function isRawTrace(t: Term): boolean {
  return isTuple(t) && tupleArity(t) >= FIXED;
}

/** The class of the exception that a raw trace came with; error for anything that is no raw trace. */
export function classOfTrace(trace: Term): Term {
  return isRawTrace(trace) ? tupleElement(trace, CLASS) : am.error;
}

/** From now on the trace comes with an exception of another class (raw_raise in beam_common.c changes it in place, too). */
export function setClassOfTrace(trace: Term, exceptionClass: Term): void {
  if (isRawTrace(trace)) setField(trace, CLASS * 4, exceptionClass);
}

/** The list `[{M,F,A,Location}]` of a raw trace. */
export function buildStacktrace(vm: Machine, trace: Term): Term {
  if (!isRawTrace(trace)) return isList(trace) ? trace : NIL;
  const top = tupleElement(trace, TOP);
  const args = tupleElement(trace, ARGS);
  if (top === am.true) return args;
  const entries: Term[] = [];
  const info = tupleElement(trace, INFO);
  const location = isNil(info) ? NIL : cons(tuple(am.error_info, errorInfoOf(info)), NIL);
  if (isTuple(top)) entries.push(tuple(tupleElement(top, 1), tupleElement(top, 2), args, location));
  const count = tupleArity(trace) - FIXED;
  for (let i = 1; i <= count; i++) {
    const point = vm.code.returnPoint(smallValue(tupleElement(trace, FIXED + i)));
    const isTop = entries.length === 0;
    entries.push(entryOf(point, isTop ? args : am.true, isTop ? location : NIL));
  }
  if (count === 0 && isByApplier(vm, top)) entries.push(tuple(am.erlang, am.apply, makeSmall(2), NIL));
  return listOf(entries);
}

/** The process began with erlang:apply/2, which is code with a frame in OTP: it is seen when itself it raises, or the BIF that does nothing else. */
function isByApplier(vm: Machine, top: Term): boolean {
  const { module, name, arity } = vm.current.initialCall;
  return (
    module === am.erlang && name === am.apply && arity === 2 && (!isTuple(top) || tupleElement(top, 2) === am.apply)
  );
}

function errorInfoOf(info: Term): Term {
  return isAtom(info) ? mapFromArrays([am.module], [info]) : info;
}

/** {M, F, Args or arity, Location}: erts_build_mfa_item in OTP's utils.c. */
function entryOf(point: ReturnPointInfo, args: Term, info: Term): Term {
  const { module, name, arity, line } = point;
  let location = info;
  if (line > 0) {
    const file = point.file ?? `${atomName(module)}.erl`;
    location = cons(tuple(am.file, charlist(file)), cons(tuple(am.line, makeSmall(line)), info));
  }
  return tuple(module, name, isList(args) ? args : makeSmall(arity), location);
}

/** A string as a list of its characters. */
export function charlist(text: string): Term {
  let list = NIL;
  for (let i = text.length; i > 0; ) {
    i -= i > 1 && (text.codePointAt(i - 2) as number) > 0xffff ? 2 : 1;
    list = cons(makeSmall(text.codePointAt(i) as number), list);
  }
  return list;
}

/** The raw trace for a list that a program gave (erlang:raise/3, raise_3 in OTP's bif.c); undefined: it is not well-formed. */
export function traceOfList(vm: Machine, exceptionClass: Term, list: Term): Term | undefined {
  const entries: Term[] = [];
  let rest = list;
  let changed = false;
  for (; isCons(rest); rest = tail(rest)) {
    const item = head(rest);
    const entry = normalEntry(item);
    if (entry === undefined) return undefined;
    changed ||= entry !== item;
    entries.push(entry);
  }
  if (!isNil(rest)) return undefined;
  const depth = Math.max(vm.backtraceDepth, 1);
  const kept = changed || entries.length > depth ? listOf(entries.slice(0, depth)) : list;
  return tupleOf([exceptionClass, am.true, kept, NIL]);
}

/** An entry with its location, which older forms leave out; undefined for what is no entry. */
function normalEntry(item: Term): Term | undefined {
  if (!isTuple(item)) return undefined;
  const element = (position: number): Term => tupleElement(item, position);
  switch (tupleArity(item)) {
    case 2:
      return isFun(element(1)) ? tuple(element(1), element(2), NIL) : undefined;
    case 3:
      if (isFun(element(1))) return isList(element(3)) ? item : undefined;
      if (!isAtom(element(1)) || !isAtom(element(2))) return undefined;
      return tuple(element(1), element(2), element(3), NIL);
    case 4:
      return isAtom(element(1)) && isAtom(element(2)) && isList(element(4)) ? item : undefined;
    default:
      return undefined;
  }
}
