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
  flatmapInsertAll,
  flatmapKeyArray,
  flatmapReplaceAll,
  flatmapValueArray,
} from '../term/flatmap.ts';
import { type Addr, NON_VALUE, type Term } from '../term/layout.ts';
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

/** put_map_assoc: every key put or replaced. Raises {badmap, Map}. */
export function putMapAssoc(map: Term, pairs: Addr, count: number): Term {
  if (!isMap(map)) throw badmap(map);
  if (count > 1 && isFlatmap(map)) return flatmapReplaceAll(map, pairs, count) ?? insertAll(map, pairs, count);
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
  if (count > 1 && isFlatmap(map)) return flatmapReplaceAll(map, pairs, count) ?? NON_VALUE;
  let result = map;
  for (let i = 0; i < count; i++) {
    result = mapUpdate(result, keyAt(pairs, i), valueAt(pairs, i));
    if (result === NON_VALUE) return NON_VALUE;
  }
  return result;
}

/** A flatmap with pairs of which at least one key is new. */
function insertAll(map: Term, pairs: Addr, count: number): Term {
  const small = flatmapInsertAll(map, pairs, count);
  if (small !== undefined) return small;
  const [keys, values] = [flatmapKeyArray(map), flatmapValueArray(map)];
  for (let i = 0; i < count; i++) {
    keys.push(keyAt(pairs, i));
    values.push(valueAt(pairs, i));
  }
  return mapFromArrays(keys, values);
}
