/** BIFs of module erlang on the process dictionary. */
import { Dictionary } from '../../process/dictionary.ts';
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { listOf, tuple } from '../../term/build.ts';
import { identical } from '../../term/equality.ts';
import { NIL, NON_VALUE, type Term } from '../../term/layout.ts';
import type { BifTable } from '../registry.ts';

function orUndefined(value: Term): Term {
  return value === NON_VALUE ? am.undefined : value;
}

/** The list of {Key, Value}. */
export function dictionaryList(dictionary: Dictionary | undefined): Term {
  return listOf((dictionary?.entries() ?? []).map(({ key, value }) => tuple(key, value)));
}

function put(vm: Machine, key: Term, value: Term): Term {
  vm.current.dictionary ??= new Dictionary();
  return orUndefined(vm.current.dictionary.put(key, value));
}

function get(vm: Machine, key: Term): Term {
  return orUndefined(vm.current.dictionary?.get(key) ?? NON_VALUE);
}

function getAll(vm: Machine): Term {
  return dictionaryList(vm.current.dictionary);
}

function getKeys(vm: Machine): Term {
  return listOf((vm.current.dictionary?.entries() ?? []).map(({ key }) => key));
}

function getKeysOf(vm: Machine, value: Term): Term {
  const entries = vm.current.dictionary?.entries() ?? [];
  return listOf(entries.filter((entry) => identical(entry.value, value)).map(({ key }) => key));
}

function erase(vm: Machine, key: Term): Term {
  return orUndefined(vm.current.dictionary?.erase(key) ?? NON_VALUE);
}

function eraseAll(vm: Machine): Term {
  const { dictionary } = vm.current;
  if (dictionary === undefined) return NIL;
  const list = dictionaryList(dictionary);
  dictionary.clear();
  return list;
}

export const erlangDictionaryBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'put', arity: 2, fn: put },
    { name: 'get', arity: 0, fn: getAll },
    { name: 'get', arity: 1, fn: get },
    { name: 'get_keys', arity: 0, fn: getKeys },
    { name: 'get_keys', arity: 1, fn: getKeysOf },
    { name: 'erase', arity: 0, fn: eraseAll },
    { name: 'erase', arity: 1, fn: erase },
  ],
};
