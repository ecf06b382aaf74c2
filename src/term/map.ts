/** Maps of either size: what maps:get/2, maps:put/3 and their like do, for terms that are known to be maps. */
import { isLiteral } from '../memory/allocator.ts';
import { termKernels } from '../memory/term-kernels.ts';
import { cons, listOf } from './build.ts';
import {
  compareKeys,
  flatmapDelete,
  flatmapInsert,
  flatmapKey,
  flatmapKeyArray,
  flatmapKeys,
  flatmapOf,
  flatmapPosition,
  flatmapReplace,
  flatmapSize,
  flatmapValue,
  flatmapValueArray,
  flatmapWithKeys,
} from './flatmap.ts';
import { collectLeaves, hashmapSize } from './hash-nodes.ts';
import { hashmapDelete, hashmapGet, hashmapLeaf, hashmapMerge, hashmapPut } from './hashmap.ts';
import { FLATMAP_KEYS, FLATMAP_LIMIT, NIL, NON_VALUE, type Term } from './layout.ts';
import { flatmapOfHashmap, mapFromArrays } from './map-build.ts';
import { head, isFlatmap, setField, tail } from './term.ts';

/** `#{}`. */
export function emptyMap(): Term {
  return flatmapOf([], []);
}

/** The value of a key, or NON_VALUE. */
export function mapGet(map: Term, key: Term): Term {
  return isFlatmap(map) ? termKernels().mapGet(map, key) : hashmapGet(map, key);
}

export function mapHas(map: Term, key: Term): boolean {
  return mapGet(map, key) !== NON_VALUE;
}

/** With a key's value put or replaced. The map itself if the value was the same word; an existing key keeps the tuple of keys. */
export function mapPut(map: Term, key: Term, value: Term): Term {
  if (!isFlatmap(map)) return hashmapPut(map, key, value);
  const position = flatmapPosition(map, key);
  if (position >= 0) return flatmapReplace(map, position, value);
  if (flatmapSize(map) < FLATMAP_LIMIT) return flatmapInsert(map, key, value);
  return mapFromArrays([...flatmapKeyArray(map), key], [...flatmapValueArray(map), value]);
}

/** With the value of an existing key replaced; NON_VALUE if the map does not have the key. */
export function mapUpdate(map: Term, key: Term, value: Term): Term {
  if (isFlatmap(map)) {
    const position = flatmapPosition(map, key);
    return position < 0 ? NON_VALUE : flatmapReplace(map, position, value);
  }
  const leaf = hashmapLeaf(map, key);
  if (leaf === NON_VALUE) return NON_VALUE;
  return tail(leaf) === value ? map : hashmapPut(map, key, value);
}

/** Without a key; the map itself if it does not have it. */
export function mapRemove(map: Term, key: Term): Term {
  if (isFlatmap(map)) {
    const position = flatmapPosition(map, key);
    return position < 0 ? map : flatmapDelete(map, position);
  }
  const result = hashmapDelete(map, key);
  return hashmapSize(result) > FLATMAP_LIMIT ? result : flatmapOfHashmap(result);
}

/** The pairs of both maps; where both have a key, with the value of `b` (maps:merge/2). */
export function mapMerge(a: Term, b: Term): Term {
  if (a === b) return b;
  if (isFlatmap(a)) return isFlatmap(b) ? mergeFlatmaps(a, b) : mergeUnder(a, b);
  if (!isFlatmap(b)) return hashmapMerge(a, b);
  let result = a;
  for (let i = 0; i < flatmapSize(b); i++) result = hashmapPut(result, flatmapKey(b, i), flatmapValue(b, i));
  return result;
}

/** A hashmap with the pairs of a flatmap whose keys it does not have. */
function mergeUnder(flatmap: Term, hashmap: Term): Term {
  let result = hashmap;
  for (let i = 0; i < flatmapSize(flatmap); i++) {
    const key = flatmapKey(flatmap, i);
    if (hashmapLeaf(hashmap, key) === NON_VALUE) result = hashmapPut(result, key, flatmapValue(flatmap, i));
  }
  return result;
}

function mergeFlatmaps(a: Term, b: Term): Term {
  if (flatmapSize(a) === 0 || flatmapKeys(a) === flatmapKeys(b)) return b;
  if (flatmapSize(b) === 0) return a;
  const keys: Term[] = [];
  const values: Term[] = [];
  let i = 0;
  let j = 0;
  while (i < flatmapSize(a) || j < flatmapSize(b)) {
    const order = orderAt(a, i, b, j);
    const fromA = order < 0;
    keys.push(fromA ? flatmapKey(a, i) : flatmapKey(b, j));
    values.push(fromA ? flatmapValue(a, i) : flatmapValue(b, j));
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  if (keys.length > FLATMAP_LIMIT) return mapFromArrays(keys, values);
  if (keys.length === flatmapSize(b)) {
    // b has all keys: it is the result. Where a has the same keys as a literal, b shares them from now on (flatmap_merge in OTP's erl_map.c).
    if (keys.length === flatmapSize(a) && isLiteral(flatmapKeys(a)) && !isLiteral(b))
      setField(b, FLATMAP_KEYS, flatmapKeys(a));
    return b;
  }
  // The tuple of keys of a map that had them all is shared.
  if (keys.length === flatmapSize(a)) return flatmapWithKeys(flatmapKeys(a), values);
  return flatmapOf(keys, values);
}

/** The order of key i of a and key j of b, one of which exists; a key that does not exist comes behind all. */
function orderAt(a: Term, i: number, b: Term, j: number): number {
  if (i === flatmapSize(a)) return 1;
  if (j === flatmapSize(b)) return -1;
  return compareKeys(flatmapKey(a, i), flatmapKey(b, j));
}

/** Calls `visit` for every pair, in the order in which iterators go. */
export function forEachPair(map: Term, visit: (key: Term, value: Term) => void): void {
  if (isFlatmap(map)) {
    for (let i = 0; i < flatmapSize(map); i++) visit(flatmapKey(map, i), flatmapValue(map, i));
    return;
  }
  for (const leaf of collectLeaves(map, [])) visit(head(leaf), tail(leaf));
}

/** maps:keys/1. The order is that of `mapValueList` and of maps:to_list/1. */
export function mapKeyList(map: Term): Term {
  return isFlatmap(map) ? listOf(flatmapKeyArray(map)) : listOfLeaves(map, head);
}

/** maps:values/1. */
export function mapValueList(map: Term): Term {
  return isFlatmap(map) ? listOf(flatmapValueArray(map)) : listOfLeaves(map, tail);
}

/** For large maps lists run against the order of iterators (erts_internal:map_next/3 builds them from the front). */
function listOfLeaves(map: Term, part: (leaf: Term) => Term): Term {
  let list: Term = NIL;
  for (const leaf of collectLeaves(map, [])) list = cons(part(leaf), list);
  return list;
}
