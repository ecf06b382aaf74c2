/** The variables of match specifications: '$0', '$1' … and '_' (db_is_variable and its like in OTP's erl_db_util.c). */
import { am, atomName } from '../term/atoms.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import { head, isAtom, isCons, isMap, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';

const VARIABLE = /^\$(0|[1-9][0-9]*)$/;
const NO_VARIABLE = -1;
const numbers = new Map<Term, number>();

/** The number of a variable; -1 for every other term. */
export function variableNumber(t: Term): number {
  if (!isAtom(t)) return NO_VARIABLE;
  const known = numbers.get(t);
  if (known !== undefined) return known;
  const match = VARIABLE.exec(atomName(t));
  const number = match === null ? NO_VARIABLE : Number(match[1]);
  numbers.set(t, number);
  return number;
}

export function isVariable(t: Term): boolean {
  return variableNumber(t) >= 0;
}

/** Whether a term in a pattern matches anything at its first occurrence. */
export function isWildcard(t: Term): boolean {
  return t === am._ || isVariable(t);
}

/** Whether some part of a term, in tuples and lists and below, is as wanted. */
function somePart(t: Term, wanted: (part: Term) => boolean): boolean {
  const stack = [t];
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (wanted(part)) return true;
    if (isCons(part)) stack.push(tail(part), head(part));
    else if (isTuple(part)) for (let i = tupleArity(part); i > 0; i--) stack.push(tupleElement(part, i));
  }
  return false;
}

/** Whether a pattern matches exactly the term that it is. A map in it does not: it matches all maps that have its keys. */
export function isFullyBound(pattern: Term): boolean {
  return !somePart(pattern, (part) => isWildcard(part) || isMap(part));
}

export function hasMap(pattern: Term): boolean {
  return somePart(pattern, isMap);
}

/** The element where keys are, of an object or a pattern; NON_VALUE if it has none. */
export function keyAt(position: number, object: Term): Term {
  return isTuple(object) && tupleArity(object) >= position ? tupleElement(object, position) : NON_VALUE;
}
