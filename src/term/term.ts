/**
 * Making, testing and taking apart terms. Nothing here allocates: see term/build.ts for that.
 * Accessors trust their argument: test first (`isCons`, `isTuple` …).
 */
import { load, loadFloat, loadTerm, plus, store } from '../memory/memory.ts';
import {
  type Addr,
  ATOM_TAG,
  FLOAT_VALUE,
  HEADER_EXPORT,
  HEADER_EXTERNAL,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_FUN,
  HEADER_HASHMAP,
  HEADER_PAIR_MASK,
  HEADER_RECORD,
  HEADER_REF,
  HEADER_SIZE_SHIFT,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  IMMED_MASK,
  IMMED_SHIFT,
  NIL,
  PAIR_BIG,
  PAIR_BITS,
  PAIR_FUN,
  PAIR_MAP,
  PID_TAG,
  PORT_TAG,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_MAX,
  SMALL_MIN,
  SMALL_SHIFT,
  type Term,
  TUPLE_ELEMENTS,
} from './layout.ts';

export function isSmall(t: Term): boolean {
  return (t & PRIMARY_MASK) === PRIMARY_SMALL;
}
export function isCons(t: Term): boolean {
  return (t & PRIMARY_MASK) === PRIMARY_CONS;
}
export function isBoxed(t: Term): boolean {
  return (t & PRIMARY_MASK) === PRIMARY_BOXED;
}
export function isNil(t: Term): boolean {
  return t === NIL;
}
export function isList(t: Term): boolean {
  return t === NIL || (t & PRIMARY_MASK) === PRIMARY_CONS;
}
export function isAtom(t: Term): boolean {
  return (t & IMMED_MASK) === ATOM_TAG;
}
export function isLocalPid(t: Term): boolean {
  return (t & IMMED_MASK) === PID_TAG;
}
export function isLocalPort(t: Term): boolean {
  return (t & IMMED_MASK) === PORT_TAG;
}
/** Atom, small, local pid, local port or nil: the whole term is in its word. */
export function isImmediate(t: Term): boolean {
  const primary = t & PRIMARY_MASK;
  return primary === PRIMARY_SMALL || primary === 0;
}

/** Address of a cons cell or a boxed object's header. */
export function addressOf(t: Term): Addr {
  return (t & ~PRIMARY_MASK) as Addr;
}
/** The header word of a boxed term. */
export function header(t: Term): number {
  return load((t - PRIMARY_BOXED) as Addr);
}
/** One of layout.ts's HEADER_ constants. */
export function headerType(t: Term): number {
  return header(t) & HEADER_TYPE_MASK;
}
/** The number of words behind the header of a boxed term. */
export function headerSize(t: Term): number {
  return header(t) >>> HEADER_SIZE_SHIFT;
}

function isBoxedType(t: Term, type: number): boolean {
  return isBoxed(t) && headerType(t) === type;
}
function isBoxedPair(t: Term, pair: number): boolean {
  return isBoxed(t) && (header(t) & HEADER_PAIR_MASK) === pair;
}
export function isTuple(t: Term): boolean {
  return isBoxedType(t, HEADER_TUPLE);
}
/** A native record (OTP 29); records of the older kind are tuples. */
export function isNativeRecord(t: Term): boolean {
  return isBoxedType(t, HEADER_RECORD);
}
export function isFloat(t: Term): boolean {
  return isBoxedType(t, HEADER_FLOAT);
}
export function isBig(t: Term): boolean {
  return isBoxedPair(t, PAIR_BIG);
}
export function isInteger(t: Term): boolean {
  return isSmall(t) || isBig(t);
}
export function isNumber(t: Term): boolean {
  return isInteger(t) || isFloat(t);
}
export function isBitstring(t: Term): boolean {
  return isBoxedPair(t, PAIR_BITS);
}
export function isMap(t: Term): boolean {
  return isBoxedPair(t, PAIR_MAP);
}
export function isFlatmap(t: Term): boolean {
  return isBoxedType(t, HEADER_FLATMAP);
}
export function isHashmap(t: Term): boolean {
  return isBoxedType(t, HEADER_HASHMAP);
}
/** A fun of either kind: a closure or `fun M:F/A`. */
export function isFun(t: Term): boolean {
  return isBoxedPair(t, PAIR_FUN);
}
export function isClosure(t: Term): boolean {
  return isBoxedType(t, HEADER_FUN);
}
export function isExportFun(t: Term): boolean {
  return isBoxedType(t, HEADER_EXPORT);
}
export function isLocalRef(t: Term): boolean {
  return isBoxedType(t, HEADER_REF);
}
export function isExternal(t: Term, kind: number): boolean {
  return isBoxedType(t, HEADER_EXTERNAL) && load((t - PRIMARY_BOXED + 4) as Addr) === kind;
}

/** A small from an integer that is known to fit (`fitsSmall`). */
export function makeSmall(n: number): Term {
  return ((n << SMALL_SHIFT) | PRIMARY_SMALL) as Term;
}
export function fitsSmall(n: number): boolean {
  return n >= SMALL_MIN && n <= SMALL_MAX;
}
export function smallValue(t: Term): number {
  return t >> SMALL_SHIFT;
}
export function makeAtom(index: number): Term {
  return ((index << IMMED_SHIFT) | ATOM_TAG) as Term;
}
/** Atom index, process number or port number of an immediate. */
export function immediateValue(t: Term): number {
  return t >>> IMMED_SHIFT;
}
export function makeLocalPid(processNumber: number): Term {
  return ((processNumber << IMMED_SHIFT) | PID_TAG) as Term;
}
export function makeLocalPort(portNumber: number): Term {
  return ((portNumber << IMMED_SHIFT) | PORT_TAG) as Term;
}
export function makeCons(a: Addr): Term {
  return (a | PRIMARY_CONS) as Term;
}
export function makeBoxed(a: Addr): Term {
  return (a | PRIMARY_BOXED) as Term;
}

export function head(cons: Term): Term {
  return loadTerm((cons - PRIMARY_CONS) as Addr);
}
export function tail(cons: Term): Term {
  return loadTerm((cons - PRIMARY_CONS + 4) as Addr);
}
export function tupleArity(tuple: Term): number {
  return headerSize(tuple);
}
/** Element by its 1-based position. */
export function tupleElement(tuple: Term, position: number): Term {
  return loadTerm((tuple - PRIMARY_BOXED + TUPLE_ELEMENTS + (position - 1) * 4) as Addr);
}
export function floatValue(t: Term): number {
  return loadFloat((t - PRIMARY_BOXED + FLOAT_VALUE) as Addr);
}
/** The word `offset` bytes behind the header of a boxed term, as a number. */
export function field(t: Term, offset: number): number {
  return load((t - PRIMARY_BOXED + offset) as Addr);
}
/** The word `offset` bytes behind the header of a boxed term, as a term. */
export function fieldTerm(t: Term, offset: number): Term {
  return loadTerm((t - PRIMARY_BOXED + offset) as Addr);
}
export function setField(t: Term, offset: number, value: number): void {
  store(plus((t - PRIMARY_BOXED) as Addr, offset), value);
}
