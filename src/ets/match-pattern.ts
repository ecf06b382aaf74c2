/** Patterns of match specifications, compiled to closures (dmc_one_term and the loop around it in OTP's erl_db_util.c). */
import { am } from '../term/atoms.ts';
import { identical } from '../term/equality.ts';
import { NIL, NON_VALUE, type Term } from '../term/layout.ts';
import { forEachPair, mapGet } from '../term/map.ts';
import { display } from '../term/print.ts';
import { head, isCons, isImmediate, isMap, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import { isFullyBound, isWildcard, variableNumber } from './match-variables.ts';

/** Whether a term matches; then the variables' values are in `bindings`. */
export type Matcher = (t: Term, bindings: Term[]) => boolean;

/** The variables that a clause binds: their numbers, and where their values are in `bindings`. */
export type Slots = Map<number, number>;

/** Told what is wrong with a pattern, and what is raised where nobody collects faults; what it returns is never used to match. */
export type Complain = (message: string, reason?: 'badarg' | 'system_limit') => void;

/** Nesting of patterns and expressions that closures can follow on the native stack. */
export const MAX_DEPTH = 500;

const BIND = 0;
const SAME_WORD = 1;
const OTHER = 2;

interface Step {
  readonly position: number;
  readonly kind: number;
  /** Slot to bind, or word to be the same as. */
  readonly value: number;
  readonly matches: Matcher;
}

const always: Matcher = () => true;

/** More than is ever told of a fault (FAULT_LENGTH). */
const FAULT_TERM_LENGTH = 200;

export function excessiveNesting(t: Term): string {
  return `Excessive nesting; system limit reached near: ${display(t, FAULT_TERM_LENGTH)}`;
}

/** Compiles a pattern; the variables that it binds are added to `slots`. Raises system_limit for patterns nested too deep. */
export function compilePattern(pattern: Term, slots: Slots, complain: Complain, depth = 0): Matcher {
  if (depth > MAX_DEPTH) {
    complain(excessiveNesting(pattern), 'system_limit');
    return always;
  }
  if (pattern === am._) return always;
  const number = variableNumber(pattern);
  if (number >= 0) return compileVariable(number, slots);
  if (isImmediate(pattern)) return (t) => t === pattern;
  if (isFullyBound(pattern)) return (t) => identical(t, pattern);
  if (isCons(pattern)) return compileList(pattern, slots, complain, depth);
  return isTuple(pattern) ? compileTuple(pattern, slots, complain, depth) : compileMap(pattern, slots, complain, depth);
}

function compileVariable(number: number, slots: Slots): Matcher {
  const known = slots.get(number);
  if (known !== undefined) return (t, bindings) => identical(t, bindings[known] as Term);
  const slot = slots.size;
  slots.set(number, slot);
  return (t, bindings) => {
    bindings[slot] = t;
    return true;
  };
}

function compileTuple(pattern: Term, slots: Slots, complain: Complain, depth: number): Matcher {
  const arity = tupleArity(pattern);
  const steps: Step[] = [];
  for (let position = 1; position <= arity; position++) {
    const element = tupleElement(pattern, position);
    if (element === am._) continue;
    const bound = slots.size;
    const matches = compilePattern(element, slots, complain, depth + 1);
    if (isWildcard(element) && slots.size > bound) steps.push({ position, kind: BIND, value: bound, matches });
    else if (isImmediate(element) && !isWildcard(element)) {
      steps.push({ position, kind: SAME_WORD, value: element, matches });
    } else steps.push({ position, kind: OTHER, value: 0, matches });
  }
  return (t, bindings) => {
    if (!isTuple(t) || tupleArity(t) !== arity) return false;
    for (let i = 0; i < steps.length; i++) {
      const { position, kind, value, matches } = steps[i] as Step;
      const element = tupleElement(t, position);
      if (kind === BIND) bindings[value] = element;
      else if (kind === SAME_WORD) {
        if (element !== value) return false;
      } else if (!matches(element, bindings)) return false;
    }
    return true;
  };
}

function compileList(pattern: Term, slots: Slots, complain: Complain, depth: number): Matcher {
  const elements: Matcher[] = [];
  let rest = pattern;
  for (; isCons(rest); rest = tail(rest)) elements.push(compilePattern(head(rest), slots, complain, depth + 1));
  const last = rest === NIL ? (t: Term) => t === NIL : compilePattern(rest, slots, complain, depth + 1);
  return (t, bindings) => {
    let list = t;
    for (let i = 0; i < elements.length; i++) {
      if (!isCons(list) || !(elements[i] as Matcher)(head(list), bindings)) return false;
      list = tail(list);
    }
    return last(list, bindings);
  };
}

/** A map matches every map that has its keys with values that match. */
function compileMap(pattern: Term, slots: Slots, complain: Complain, depth: number): Matcher {
  const keys: Term[] = [];
  const values: Matcher[] = [];
  forEachPair(pattern, (key, value) => {
    if (key === am._) complain('Underscore found in map key.');
    else if (isWildcard(key)) complain('Variable found in map key.');
    keys.push(key);
    values.push(compilePattern(value, slots, complain, depth + 1));
  });
  return (t, bindings) => {
    if (!isMap(t)) return false;
    for (let i = 0; i < keys.length; i++) {
      const value = mapGet(t, keys[i] as Term);
      if (value === NON_VALUE || !(values[i] as Matcher)(value, bindings)) return false;
    }
    return true;
  };
}
