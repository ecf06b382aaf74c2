/** Module maps, the part that is no Erlang code (erl_map.c). */
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { badarg, ErlangError } from '../term/erlang-error.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import { mapGet, mapHas, mapKeyList, mapMerge, mapPut, mapRemove, mapUpdate, mapValueList } from '../term/map.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { head, isCons, isMap, isNil, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import { elementsOf } from './erlang/lists-tuples.ts';
import { boolean } from './erlang/type-tests.ts';
import type { BifTable } from './registry.ts';

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

function merge(a: Term, b: Term): Term {
  checkMap(a);
  checkMap(b);
  return mapMerge(a, b);
}

function keys(map: Term): Term {
  checkMap(map);
  return mapKeyList(map);
}

function values(map: Term): Term {
  checkMap(map);
  return mapValueList(map);
}

/** maps:from_list/1; of equal keys the last one counts. Raises badarg. */
function fromList(list: Term): Term {
  const keyArray: Term[] = [];
  const valueArray: Term[] = [];
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const pair = head(rest);
    if (!isTuple(pair) || tupleArity(pair) !== 2) throw badarg();
    keyArray.push(tupleElement(pair, 1));
    valueArray.push(tupleElement(pair, 2));
  }
  if (!isNil(rest)) throw badarg();
  return mapFromArrays(keyArray, valueArray);
}

/** maps:from_keys/2. Raises badarg. */
function fromKeys(list: Term, value: Term): Term {
  const keyArray = elementsOf(list);
  return mapFromArrays(keyArray, new Array<Term>(keyArray.length).fill(value));
}

export const mapsBifs: BifTable = {
  module: 'maps',
  pure: true,
  rows: [
    { name: 'find', arity: 2, fn: find },
    { name: 'get', arity: 2, fn: get },
    { name: 'from_list', arity: 1, fn: fromList },
    { name: 'from_keys', arity: 2, fn: fromKeys },
    { name: 'is_key', arity: 2, fn: isKey },
    { name: 'keys', arity: 1, fn: keys },
    { name: 'merge', arity: 2, fn: merge },
    { name: 'put', arity: 3, fn: put },
    { name: 'remove', arity: 2, fn: remove },
    { name: 'take', arity: 2, fn: take },
    { name: 'update', arity: 3, fn: update },
    { name: 'values', arity: 1, fn: values },
  ],
};
