/** Lists, tuples and maps in module erlang: what guards may ask, and what takes them apart or makes them. */
import { allocate } from '../../memory/heap.ts';
import { plus, store } from '../../memory/memory.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { bitSize, byteSize } from '../../term/bits.ts';
import { cons, copyTuple, tuple, tupleFromParts, tupleOfList } from '../../term/build.ts';
import { badarg, ErlangError } from '../../term/erlang-error.ts';
import { flatmapSize } from '../../term/flatmap.ts';
import { hashmapSize } from '../../term/hash-nodes.ts';
import { HEADER_TUPLE, MAX_TUPLE_ARITY, makeHeader, NIL, type Term, TUPLE_ELEMENTS } from '../../term/layout.ts';
import { mapGet, mapHas } from '../../term/map.ts';
import {
  head,
  isBitstring,
  isCons,
  isFlatmap,
  isMap,
  isNil,
  isSmall,
  isTuple,
  makeBoxed,
  makeSmall,
  setField,
  smallValue,
  tail,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { boolean } from './type-tests.ts';

function hd(list: Term): Term {
  if (!isCons(list)) throw badarg();
  return head(list);
}

function tl(list: Term): Term {
  if (!isCons(list)) throw badarg();
  return tail(list);
}

/** Elements of a proper list. Raises badarg. */
export function properLength(list: Term): number {
  let count = 0;
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) count++;
  if (!isNil(rest)) throw badarg();
  return count;
}

/** The elements of a proper list. Raises badarg. */
export function elementsOf(list: Term): Term[] {
  const elements: Term[] = [];
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) elements.push(head(rest));
  if (!isNil(rest)) throw badarg();
  return elements;
}

function tupleSize(t: Term): Term {
  if (!isTuple(t)) throw badarg();
  return makeSmall(tupleArity(t));
}

function mapSize(t: Term): Term {
  if (!isMap(t)) throw new ErlangError('error', tuple(am.badmap, t));
  return makeSmall(isFlatmap(t) ? flatmapSize(t) : hashmapSize(t));
}

function size(t: Term): Term {
  if (isTuple(t)) return makeSmall(tupleArity(t));
  if (isBitstring(t)) return makeInteger(Math.floor(bitSize(t) / 8));
  throw badarg();
}

function byteSizeOf(t: Term): Term {
  if (!isBitstring(t)) throw badarg();
  return makeInteger(byteSize(t));
}

function bitSizeOf(t: Term): Term {
  if (!isBitstring(t)) throw badarg();
  return makeInteger(bitSize(t));
}

/** The tuple's arity if `position` is one of 1 … arity (+ `more`). Raises badarg. */
function checkPosition(position: Term, t: Term, more: number): number {
  if (!isTuple(t) || !isSmall(position)) throw badarg();
  const at = smallValue(position);
  if (at < 1 || at > tupleArity(t) + more) throw badarg();
  return at;
}

function element(position: Term, t: Term): Term {
  return tupleElement(t, checkPosition(position, t, 0));
}

function withElement(t: Term, position: number, value: Term): Term {
  setField(t, TUPLE_ELEMENTS + 4 * (position - 1), value);
  return t;
}

function setelement(position: Term, t: Term, value: Term): Term {
  const at = checkPosition(position, t, 0);
  return withElement(copyTuple(t), at, value);
}

function insertElement(position: Term, t: Term, value: Term): Term {
  const at = checkPosition(position, t, 1);
  const arity = tupleArity(t);
  if (arity >= MAX_TUPLE_ARITY) throw badarg();
  const behind = [at + 1, at, arity - at + 1] as const;
  return withElement(tupleFromParts(arity + 1, t, [[1, 1, at - 1], behind]), at, value);
}

function deleteElement(position: Term, t: Term): Term {
  const at = checkPosition(position, t, 0);
  const arity = tupleArity(t);
  const behind = [at, at + 1, arity - at] as const;
  return tupleFromParts(arity - 1, t, [[1, 1, at - 1], behind]);
}

function appendElement(t: Term, value: Term): Term {
  if (!isTuple(t) || tupleArity(t) >= MAX_TUPLE_ARITY) throw badarg();
  const arity = tupleArity(t);
  return withElement(tupleFromParts(arity + 1, t, [[1, 1, arity]]), arity + 1, value);
}

function tupleToList(t: Term): Term {
  if (!isTuple(t)) throw badarg();
  let list = NIL;
  for (let i = tupleArity(t); i > 0; i--) list = cons(tupleElement(t, i), list);
  return list;
}

function listToTuple(list: Term): Term {
  const count = properLength(list);
  if (count > MAX_TUPLE_ARITY) throw badarg();
  return tupleOfList(list, count);
}

function newTuple(arity: Term, value: Term): { count: number; term: Term } {
  if (!isSmall(arity) || smallValue(arity) < 0 || smallValue(arity) > MAX_TUPLE_ARITY) throw badarg();
  const count = smallValue(arity);
  const a = allocate(1 + count);
  store(a, makeHeader(HEADER_TUPLE, count));
  for (let i = 0; i < count; i++) store(plus(a, TUPLE_ELEMENTS + 4 * i), value);
  return { count, term: makeBoxed(a) };
}

/** make_tuple(Arity, Initial, [{Position, Value}]): later pairs win. Raises badarg. */
function makeTupleWith(arity: Term, initial: Term, pairs: Term): Term {
  const { count, term } = newTuple(arity, initial);
  for (const pair of elementsOf(pairs)) {
    if (!isTuple(pair) || tupleArity(pair) !== 2 || !isSmall(tupleElement(pair, 1))) throw badarg();
    const at = smallValue(tupleElement(pair, 1));
    if (at < 1 || at > count) throw badarg();
    setField(term, TUPLE_ELEMENTS + 4 * (at - 1), tupleElement(pair, 2));
  }
  return term;
}

function mapGetOf(key: Term, map: Term): Term {
  if (!isMap(map)) throw new ErlangError('error', tuple(am.badmap, map));
  const value = mapGet(map, key);
  if (value === 0) throw new ErlangError('error', tuple(am.badkey, key));
  return value;
}

function isMapKey(key: Term, map: Term): Term {
  if (!isMap(map)) throw new ErlangError('error', tuple(am.badmap, map));
  return boolean(mapHas(map, key));
}

export const erlangListTupleBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: 'hd', arity: 1, fn: hd, guard: true },
    { name: 'tl', arity: 1, fn: tl, guard: true },
    { name: 'length', arity: 1, fn: (list: Term) => makeSmall(properLength(list)), guard: true },
    { name: 'tuple_size', arity: 1, fn: tupleSize, guard: true },
    { name: 'map_size', arity: 1, fn: mapSize, guard: true },
    { name: 'size', arity: 1, fn: size, guard: true },
    { name: 'byte_size', arity: 1, fn: byteSizeOf, guard: true },
    { name: 'bit_size', arity: 1, fn: bitSizeOf, guard: true },
    { name: 'element', arity: 2, fn: element, guard: true },
    { name: 'map_get', arity: 2, fn: mapGetOf, guard: true },
    { name: 'is_map_key', arity: 2, fn: isMapKey, guard: true },
    { name: 'setelement', arity: 3, fn: setelement },
    { name: 'insert_element', arity: 3, fn: insertElement },
    { name: 'delete_element', arity: 2, fn: deleteElement },
    { name: 'append_element', arity: 2, fn: appendElement },
    { name: 'tuple_to_list', arity: 1, fn: tupleToList },
    { name: 'list_to_tuple', arity: 1, fn: listToTuple },
    { name: 'make_tuple', arity: 2, fn: (arity: Term, value: Term) => newTuple(arity, value).term },
    { name: 'make_tuple', arity: 3, fn: makeTupleWith },
  ],
};
