/** Module maps, the part that is no Erlang code (erl_map.c). */
import type { Machine } from '../process/machine.ts';
import type { LongWork } from '../process/process.ts';
import { inParts } from '../runtime/trap.ts';
import { am } from '../term/atoms.ts';
import { cons, tuple } from '../term/build.ts';
import { badarg, ErlangError } from '../term/erlang-error.ts';
import { flatmapOfPairList } from '../term/flatmap.ts';
import { collectLeaves, hashmapSize } from '../term/hash-nodes.ts';
import { hashmapMergeInParts } from '../term/hashmap.ts';
import { NIL, NON_VALUE, type Term } from '../term/layout.ts';
import { mapGet, mapHas, mapKeyList, mapMerge, mapPut, mapRemove, mapUpdate, mapValueList } from '../term/map.ts';
import { mapInParts } from '../term/map-build.ts';
import { head, isCons, isFlatmap, isMap, isNil, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import { elementsOf } from './erlang/lists-tuples.ts';
import { boolean } from './erlang/type-tests.ts';
import type { BifTable } from './registry.ts';

const ELEMENTS_IN_A_PART = 1024;
const ELEMENTS_PER_REDUCTION = 8;
const REDUCTIONS_OF_A_PART = ELEMENTS_IN_A_PART / ELEMENTS_PER_REDUCTION;

function checkMap(t: Term): void {
  if (!isMap(t)) throw new ErlangError('error', tuple(am.badmap, t));
}

function badkey(key: Term): ErlangError {
  return new ErlangError('error', tuple(am.badkey, key));
}

function get(key: Term, map: Term): Term {
  checkMap(map);
  const value = mapGet(map, key);
  if (value === NON_VALUE) throw badkey(key);
  return value;
}

function find(key: Term, map: Term): Term {
  checkMap(map);
  const value = mapGet(map, key);
  return value === NON_VALUE ? am.error : tuple(am.ok, value);
}

function isKey(key: Term, map: Term): Term {
  checkMap(map);
  return boolean(mapHas(map, key));
}

function put(key: Term, value: Term, map: Term): Term {
  checkMap(map);
  return mapPut(map, key, value);
}

function update(key: Term, value: Term, map: Term): Term {
  checkMap(map);
  const updated = mapUpdate(map, key, value);
  if (updated === NON_VALUE) throw badkey(key);
  return updated;
}

function remove(key: Term, map: Term): Term {
  checkMap(map);
  return mapRemove(map, key);
}

function take(key: Term, map: Term): Term {
  checkMap(map);
  const value = mapGet(map, key);
  return value === NON_VALUE ? am.error : tuple(value, mapRemove(map, key));
}

/** Keys of two maps that are merged in one go. */
const MERGED_AT_ONCE = 256;

function merge(vm: Machine, a: Term, b: Term): Term {
  checkMap(a);
  checkMap(b);
  if (isFlatmap(a) || isFlatmap(b) || a === b || hashmapSize(a) + hashmapSize(b) < MERGED_AT_ONCE)
    return mapMerge(a, b);
  return inParts(vm, { module: 'maps', name: 'merge' }, [a, b], () => hashmapMergeInParts(a, b));
}

/** The keys or the values of a large map, in the order of `mapKeyList`. */
function* partsOf(map: Term, part: (leaf: Term) => Term): LongWork {
  const leaves = collectLeaves(map, []);
  let list: Term = NIL;
  for (let i = 0; i < leaves.length; i++) {
    list = cons(part(leaves[i] as Term), list);
    if (i % ELEMENTS_IN_A_PART === ELEMENTS_IN_A_PART - 1) yield REDUCTIONS_OF_A_PART;
  }
  return list;
}

function keys(vm: Machine, map: Term): Term {
  checkMap(map);
  if (isFlatmap(map)) return mapKeyList(map);
  return inParts(vm, { module: 'maps', name: 'keys' }, [map], () => partsOf(map, head));
}

function values(vm: Machine, map: Term): Term {
  checkMap(map);
  if (isFlatmap(map)) return mapValueList(map);
  return inParts(vm, { module: 'maps', name: 'values' }, [map], () => partsOf(map, tail));
}

/** maps:from_list/1; of equal keys the last one counts. Raises badarg. */
function* fromPairs(list: Term): LongWork {
  const keyArray: Term[] = [];
  const valueArray: Term[] = [];
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const pair = head(rest);
    if (!isTuple(pair) || tupleArity(pair) !== 2) throw badarg();
    if (keyArray.push(tupleElement(pair, 1)) % ELEMENTS_IN_A_PART === 0) yield REDUCTIONS_OF_A_PART;
    valueArray.push(tupleElement(pair, 2));
  }
  if (!isNil(rest)) throw badarg();
  return yield* mapInParts(keyArray, valueArray);
}

function fromList(vm: Machine, list: Term): Term {
  const small = vm.current.work === undefined ? flatmapOfPairList(list) : NON_VALUE;
  if (small !== NON_VALUE) return small;
  return inParts(vm, { module: 'maps', name: 'from_list' }, [list], () => fromPairs(list));
}

function* fromKeyList(list: Term, value: Term): LongWork {
  const keyArray = elementsOf(list);
  yield keyArray.length / (4 * ELEMENTS_PER_REDUCTION);
  return yield* mapInParts(keyArray, new Array<Term>(keyArray.length).fill(value));
}

/** maps:from_keys/2. Raises badarg. */
function fromKeys(vm: Machine, list: Term, value: Term): Term {
  return inParts(vm, { module: 'maps', name: 'from_keys' }, [list, value], () => fromKeyList(list, value));
}

export const mapsBuildBifs: BifTable = {
  module: 'maps',
  rows: [
    { name: 'from_list', arity: 1, fn: fromList },
    { name: 'from_keys', arity: 2, fn: fromKeys },
    { name: 'keys', arity: 1, fn: keys },
    { name: 'merge', arity: 2, fn: merge },
    { name: 'values', arity: 1, fn: values },
  ],
};

export const mapsBifs: BifTable = {
  module: 'maps',
  pure: true,
  rows: [
    { name: 'find', arity: 2, fn: find },
    { name: 'get', arity: 2, fn: get },
    { name: 'is_key', arity: 2, fn: isKey },
    { name: 'put', arity: 3, fn: put },
    { name: 'remove', arity: 2, fn: remove },
    { name: 'take', arity: 2, fn: take },
    { name: 'update', arity: 3, fn: update },
  ],
};
