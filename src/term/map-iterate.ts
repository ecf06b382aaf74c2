/**
 * Walking through a map in portions: erts_internal:map_next/3, under maps:next/1, maps:to_list/1 and map comprehensions.
 * A path says where the next portion begins. It is opaque to Erlang code, which knows only 0, the beginning; here it is the hash of
 * the next key, as a small integer. A portion never ends within a bucket, where hashes do not tell keys apart.
 */
import { am } from './atoms.ts';
import { cons, tuple } from './build.ts';
import { badarg } from './erlang-error.ts';
import { flatmapKey, flatmapSize, flatmapValue } from './flatmap.ts';
import { BUCKET, childAt, childCount, digitAt, HASH_SHIFT, LEVELS, nodeBitmap, popCount } from './hash-nodes.ts';
import { keyHash } from './hashmap.ts';
import { NIL, type Term } from './layout.ts';
import { mapGet } from './map.ts';
import { head, isCons, isFlatmap, isList, isMap, isSmall, makeSmall, smallValue, tail } from './term.ts';

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
    if (smallValue(path) > flatmapSize(map)) throw badarg();
    const pairs: [Term, Term][] = [];
    for (let i = 0; i < flatmapSize(map); i++) pairs.push([flatmapKey(map, i), flatmapValue(map, i)]);
    // Small maps are listed in the order of their keys, large ones from the back.
    return into === am.iterator ? chain(pairs, am.none) : listInFront(pairs.reverse(), into);
  }
  const portion = smallValue(path) === 0 ? Math.min(limit, FIRST_PORTION) : limit;
  const leaves: Term[] = [];
  const next = takeLeaves(map, smallValue(path) << HASH_SHIFT, 0, true, Math.max(portion, 1), leaves);
  const pairs = leaves.map((leaf): [Term, Term] => [head(leaf), tail(leaf)]);
  if (next === undefined) return into === am.iterator ? chain(pairs, am.none) : listInFront(pairs, into);
  const rest = makeSmall(keyHash(head(next)) >>> HASH_SHIFT);
  if (into === am.iterator) return chain(pairs, cons(rest, map));
  return cons(rest, cons(map, listInFront(pairs, into)));
}

function chain(pairs: readonly [Term, Term][], end: Term): Term {
  let result = end;
  for (let i = pairs.length - 1; i >= 0; i--) {
    const [key, value] = pairs[i] as [Term, Term];
    result = tuple(key, value, result);
  }
  return result;
}

function listInFront(pairs: readonly [Term, Term][], end: Term): Term {
  let result = end;
  for (const [key, value] of pairs) result = cons(tuple(key, value), result);
  return result;
}

/** The iterator over given keys; badarg if the map does not have one of them. */
function nextOrdered(keys: Term, map: Term, limit: number): Term {
  const pairs: [Term, Term][] = [];
  let rest = keys;
  while (isCons(rest) && pairs.length < limit) {
    const value = mapGet(map, head(rest));
    if (value === 0) throw badarg();
    pairs.push([head(rest), value]);
    rest = tail(rest);
  }
  if (!isList(rest)) throw badarg();
  return chain(pairs, rest === NIL ? am.none : cons(rest, map));
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
  const whole = level === LEVELS && bitmap === BUCKET;
  const bit = bounded && !whole ? 1 << digitAt(from, level) : 0;
  const first = bit === 0 ? 0 : popCount(bitmap & (bit - 1));
  if (whole && leaves.length >= limit) return childAt(node, 0);
  for (let index = first; index < childCount(node); index++) {
    const child = childAt(node, index);
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
