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
import { addressOf, makeBoxed, makeCons } from './term.ts';

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
