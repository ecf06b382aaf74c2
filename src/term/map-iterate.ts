/**
 * Walking through a map in portions: erts_internal:map_next/3, under maps:next/1, maps:to_list/1 and map comprehensions.
 * A path says where the next portion begins. It is opaque to Erlang code, which knows only 0, the beginning; here it is the hash of
 * the next key, as a small integer. A portion never ends within a bucket, where hashes do not tell keys apart.
 */
import { allocate } from '../memory/heap.ts';
import { words } from '../memory/memory.ts';
import { am } from './atoms.ts';
import { cons } from './build.ts';
import { badarg } from './erlang-error.ts';
import { flatmapKeyArray, flatmapSize, flatmapValueArray } from './flatmap.ts';
import {
  childAt,
  childCount,
  childrenOffset,
  digitAt,
  HASH_SHIFT,
  LEVELS,
  nodeBitmap,
  popCount,
} from './hash-nodes.ts';
import { keyHash } from './hashmap.ts';
import {
  type Addr,
  HEADER_TUPLE,
  makeHeader,
  NIL,
  NON_VALUE,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  type Term,
} from './layout.ts';
import { mapGet } from './map.ts';
import {
  head,
  isCons,
  isFlatmap,
  isList,
  isMap,
  isSmall,
  makeBoxed,
  makeCons,
  makeSmall,
  smallValue,
  tail,
} from './term.ts';

/** How many pairs the first portion of a large map has at most: often no more are wanted. */
const FIRST_PORTION = 32;

/**
 * erts_internal:map_next(Path, Map, iterator | Acc). With `iterator`: `{K1, V1, {K2, V2, … Rest}}`, where Rest is `[Path | Map]`, or `none` at
 * the end. With a list: the pairs put in front of it, and in front of them `Path, Map` unless at the end. Path may be a list of keys
 * (ordered iterators). `limit` is the number of pairs of a portion. Raises badarg.
 */
export function mapNext(path: Term, map: Term, into: Term, limit: number): Term {
  if (!isMap(map) || (into !== am.iterator && !isList(into))) throw badarg();
  if (into === am.iterator && isList(path)) return nextOrdered(path, map, limit);
  if (!isSmall(path) || smallValue(path) < 0) throw badarg();
  if (isFlatmap(map)) {
    const count = flatmapSize(map);
    if (smallValue(path) > count) throw badarg();
    const keys = flatmapKeyArray(map);
    const values = flatmapValueArray(map);
    // Small maps are listed in the order of their keys, large ones from the back.
    return into === am.iterator ? chain(keys, values, am.none) : listInFront(keys.reverse(), values.reverse(), into);
  }
  const portion = smallValue(path) === 0 ? Math.min(limit, FIRST_PORTION) : limit;
  const leaves: Term[] = [];
  const next = takeLeaves(map, smallValue(path) << HASH_SHIFT, 0, true, Math.max(portion, 1), leaves);
  const rest = next === undefined ? NIL : makeSmall(keyHash(head(next)) >>> HASH_SHIFT);
  if (into === am.iterator) return chainOfLeaves(leaves, next === undefined ? am.none : cons(rest, map));
  const list = listInFront(leaves.map(head), leaves.map(tail), into);
  return next === undefined ? list : cons(rest, cons(map, list));
}

/** `{K1, V1, {K2, V2, … End}}` of the leaves of a large map. */
function chainOfLeaves(leaves: readonly Term[], end: Term): Term {
  const count = leaves.length;
  if (count === 0) return end;
  const first = allocate(4 * count);
  const view = words;
  let at = first >>> 2;
  for (let i = 0; i < count; i++, at += 4) {
    const leaf = ((leaves[i] as Term) - PRIMARY_CONS) >>> 2;
    view[at] = makeHeader(HEADER_TUPLE, 3);
    view[at + 1] = view[leaf] as Term;
    view[at + 2] = view[leaf + 1] as Term;
    view[at + 3] = ((at + 4) << 2) | PRIMARY_BOXED;
  }
  view[at - 1] = end;
  return makeBoxed(first);
}

/** `{K1, V1, {K2, V2, … End}}`, the tuples one behind the other in memory. */
function chain(keys: readonly Term[], values: readonly Term[], end: Term): Term {
  const count = keys.length;
  if (count === 0) return end;
  const first = allocate(4 * count);
  const view = words;
  let at = first >>> 2;
  for (let i = 0; i < count; i++, at += 4) {
    view[at] = makeHeader(HEADER_TUPLE, 3);
    view[at + 1] = keys[i] as Term;
    view[at + 2] = values[i] as Term;
    view[at + 3] = i === count - 1 ? end : makeBoxed(((at + 4) << 2) as Addr);
  }
  return makeBoxed(first);
}

/** The pairs as tuples in front of a list, the last one first. */
function listInFront(keys: readonly Term[], values: readonly Term[], end: Term): Term {
  const count = keys.length;
  if (count === 0) return end;
  let at = allocate(5 * count) >>> 2;
  const view = words;
  let list = end;
  for (let i = 0; i < count; i++, at += 5) {
    view[at] = makeHeader(HEADER_TUPLE, 2);
    view[at + 1] = keys[i] as Term;
    view[at + 2] = values[i] as Term;
    view[at + 3] = makeBoxed((at << 2) as Addr);
    view[at + 4] = list;
    list = makeCons(((at + 3) << 2) as Addr);
  }
  return list;
}

/** The iterator over given keys; badarg if the map does not have one of them. */
function nextOrdered(keys: Term, map: Term, limit: number): Term {
  const taken: Term[] = [];
  const values: Term[] = [];
  let rest = keys;
  while (isCons(rest) && taken.length < limit) {
    const value = mapGet(map, head(rest));
    if (value === NON_VALUE) throw badarg();
    taken.push(head(rest));
    values.push(value);
    rest = tail(rest);
  }
  if (!isList(rest)) throw badarg();
  return chain(taken, values, rest === NIL ? am.none : cons(rest, map));
}

/**
 * Appends leaves from the one with hash `from` on (`bounded`: only then `from` matters below this node) until there are `limit`.
 * Returns the leaf behind the last one taken, or undefined when that was the last of this node.
 */
function takeLeaves(
  node: Term,
  from: number,
  level: number,
  bounded: boolean,
  limit: number,
  leaves: Term[],
): Term | undefined {
  const bitmap = nodeBitmap(node);
  const whole = level === LEVELS;
  const bit = bounded && !whole ? 1 << digitAt(from, level) : 0;
  const first = bit === 0 ? 0 : popCount(bitmap & (bit - 1));
  if (whole && leaves.length >= limit) return childAt(node, 0);
  const view = words;
  const start = (node - PRIMARY_BOXED + childrenOffset(node)) >>> 2;
  const count = childCount(node);
  for (let index = first; index < count; index++) {
    const child = view[start + index] as Term;
    if (isCons(child)) {
      if (leaves.length >= limit && !whole) return child;
      leaves.push(child);
    } else {
      const onPath = bit !== 0 && index === first && (bitmap & bit) !== 0;
      const next = takeLeaves(child, from, level + 1, onPath, limit, leaves);
      if (next !== undefined) return next;
    }
  }
  return undefined;
}
