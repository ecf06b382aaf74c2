/**
 * What the instructions that build and change maps do. Operands are pairs of words in memory: key 1, value 1, key 2, value 2 …
 * For get_map_elements and has_map_fields see `mapGet` and `mapHas` in term/map.ts. A key that comes twice counts as its last pair.
 */
import { loadTerm, plus } from '../memory/memory.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { ErlangError } from '../term/erlang-error.ts';
import {
  compareKeys,
  flatmapKeyArray,
  flatmapKeys,
  flatmapOf,
  flatmapPosition,
  flatmapValueArray,
  flatmapWithKeys,
  insertSorted,
} from '../term/flatmap.ts';
import { type Addr, FLATMAP_LIMIT, NON_VALUE, type Term } from '../term/layout.ts';
import { mapHas, mapPut, mapUpdate } from '../term/map.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { isFlatmap, isMap } from '../term/term.ts';

function keyAt(pairs: Addr, index: number): Term {
  return loadTerm(plus(pairs, index * 8));
}

function valueAt(pairs: Addr, index: number): Term {
  return loadTerm(plus(pairs, index * 8 + 4));
}

export function badmap(t: Term): ErlangError {
  return new ErlangError('error', tuple(am.badmap, t));
}

export function badkey(key: Term): ErlangError {
  return new ErlangError('error', tuple(am.badkey, key));
}

/** put_map_assoc on the empty map: a map of `count` pairs. */
export function newMap(pairs: Addr, count: number): Term {
  const keys: Term[] = [];
  const values: Term[] = [];
  for (let i = 0; i < count; i++) {
    keys.push(keyAt(pairs, i));
    values.push(valueAt(pairs, i));
  }
  return mapFromArrays(keys, values);
}

/** put_map_assoc: every key put or replaced. Raises {badmap, Map}. */
export function putMapAssoc(map: Term, pairs: Addr, count: number): Term {
  if (!isMap(map)) throw badmap(map);
  if (count > 1 && isFlatmap(map)) return replaceAll(map, pairs, count) || insertAll(map, pairs, count);
  let result = map;
  for (let i = 0; i < count; i++) result = mapPut(result, keyAt(pairs, i), valueAt(pairs, i));
  return result;
}

/** put_map_exact: the value of every key replaced. Raises {badmap, Map}, and {badkey, Key} for the first key that the map has not. */
export function putMapExact(map: Term, pairs: Addr, count: number): Term {
  if (!isMap(map)) throw badmap(map);
  const result = tryPutMapExact(map, pairs, count);
  if (result !== NON_VALUE) return result;
  let missing = 0;
  while (mapHas(map, keyAt(pairs, missing))) missing++;
  throw badkey(keyAt(pairs, missing));
}

/**
 * The same for keys that the code has as literals: of several that the map has not, the error names the least, in the order of keys
 * (OTP's loader sorts them: sorted_update_map_exact in ops.tab).
 */
export function putMapLiterals(map: Term, pairs: Addr, count: number): Term {
  if (!isMap(map)) throw badmap(map);
  const result = tryPutMapExact(map, pairs, count);
  if (result !== NON_VALUE) return result;
  const missing = Array.from({ length: count }, (_, i) => keyAt(pairs, i)).filter((key) => !mapHas(map, key));
  throw badkey(missing.sort(compareKeys)[0] as Term);
}

/** put_map_exact with a label to go to (in guards): NON_VALUE where putMapExact raises. */
export function tryPutMapExact(map: Term, pairs: Addr, count: number): Term {
  if (!isMap(map)) return NON_VALUE;
  if (count > 1 && isFlatmap(map)) return replaceAll(map, pairs, count);
  let result = map;
  for (let i = 0; i < count; i++) {
    result = mapUpdate(result, keyAt(pairs, i), valueAt(pairs, i));
    if (result === NON_VALUE) return NON_VALUE;
  }
  return result;
}

/** A flatmap with the values of existing keys replaced: one copy for all, none if they are the same words. NON_VALUE if a key is new. */
function replaceAll(map: Term, pairs: Addr, count: number): Term {
  const values = flatmapValueArray(map);
  let changed = false;
  for (let i = 0; i < count; i++) {
    const position = flatmapPosition(map, keyAt(pairs, i));
    if (position < 0) return NON_VALUE;
    if (values[position] !== valueAt(pairs, i)) changed = true;
    values[position] = valueAt(pairs, i);
  }
  return changed ? flatmapWithKeys(flatmapKeys(map), values) : map;
}

/** A flatmap with pairs of which at least one key is new. */
function insertAll(map: Term, pairs: Addr, count: number): Term {
  const keys = flatmapKeyArray(map);
  const values = flatmapValueArray(map);
  for (let i = 0; i < count; i++) insertSorted(keys, values, keyAt(pairs, i), valueAt(pairs, i));
  return keys.length > FLATMAP_LIMIT ? mapFromArrays(keys, values) : flatmapOf(keys, values);
}
