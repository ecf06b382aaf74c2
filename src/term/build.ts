/** Allocating constructors of the simple terms, on the running process's heap. */
import { allocate } from '../memory/heap.ts';
import { plus, store, storeFloat, words } from '../memory/memory.ts';
import {
  FLOAT_VALUE,
  FLOAT_WORDS,
  HEADER_FLOAT,
  HEADER_TUPLE,
  makeHeader,
  NIL,
  type Term,
  TUPLE_ELEMENTS,
} from './layout.ts';
import { addressOf, head, isCons, makeBoxed, makeCons, tail, tupleArity } from './term.ts';

export function cons(head: Term, tail: Term): Term {
  const a = allocate(2);
  store(a, head);
  store(plus(a, 4), tail);
  return makeCons(a);
}

export function tuple(...elements: readonly Term[]): Term {
  return tupleOf(elements);
}

export function tupleOf(elements: readonly Term[]): Term {
  const a = allocate(1 + elements.length);
  store(a, makeHeader(HEADER_TUPLE, elements.length));
  for (let i = 0; i < elements.length; i++) store(plus(a, TUPLE_ELEMENTS + i * 4), elements[i] as Term);
  return makeBoxed(a);
}

/** A new tuple in which `count` elements from `at` on are those of the tuple `t` from `from` on, for each part; the others must be set. */
export function tupleFromParts(
  arity: number,
  t: Term,
  parts: readonly (readonly [at: number, from: number, count: number])[],
): Term {
  const a = allocate(1 + arity);
  store(a, makeHeader(HEADER_TUPLE, arity));
  const elements = plus(a, TUPLE_ELEMENTS - 4) >>> 2;
  const source = plus(addressOf(t), TUPLE_ELEMENTS - 4) >>> 2;
  for (const [at, from, count] of parts) words.copyWithin(elements + at, source + from, source + from + count);
  return makeBoxed(a);
}

/** A copy of a tuple. */
export function copyTuple(t: Term): Term {
  const wordCount = 1 + tupleArity(t);
  const a = allocate(wordCount);
  const [from, to] = [addressOf(t) >>> 2, a >>> 2];
  for (let i = 0; i < wordCount; i++) words[to + i] = words[from + i] as number;
  return makeBoxed(a);
}

/** The elements of a proper list of `count` as a tuple. */
export function tupleOfList(list: Term, count: number): Term {
  const a = allocate(1 + count);
  store(a, makeHeader(HEADER_TUPLE, count));
  let at = plus(a, TUPLE_ELEMENTS);
  for (let rest = list; isCons(rest); rest = tail(rest)) {
    store(at, head(rest));
    at = plus(at, 4);
  }
  return makeBoxed(a);
}

/** The elements of a list of `count` (at least one) in front of `last`. */
export function listBefore(list: Term, count: number, last: Term): Term {
  const a = allocate(2 * count);
  let cell = a;
  for (let rest = list; isCons(rest); rest = tail(rest)) {
    store(cell, head(rest));
    store(plus(cell, 4), makeCons(plus(cell, 8)));
    cell = plus(cell, 8);
  }
  store(plus(cell, -4), last);
  return makeCons(a);
}

/** The proper list of `elements`, or ending in `last`. */
export function listOf(elements: readonly Term[], last: Term = NIL): Term {
  let list = last;
  for (let i = elements.length - 1; i >= 0; i--) list = cons(elements[i] as Term, list);
  return list;
}

/** A float; `value` must be finite (Erlang has no infinities and no NaN). */
export function makeFloat(value: number): Term {
  const a = allocate(1 + FLOAT_WORDS);
  store(a, makeHeader(HEADER_FLOAT, FLOAT_WORDS));
  storeFloat(plus(a, FLOAT_VALUE), value);
  return makeBoxed(a);
}
