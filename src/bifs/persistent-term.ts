/** persistent_term (erl_bif_persistent.c); what it keeps: process/persistent-terms.ts. */
import type { Machine } from '../process/machine.ts';
import type { LongWork } from '../process/process.ts';
import { bumpForWork, bumpReductions } from '../runtime/bump-reductions.ts';
import { inParts } from '../runtime/trap.ts';
import { am } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { cons, tuple } from '../term/build.ts';
import { copyIn } from '../term/copy.ts';
import { identical } from '../term/equality.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { atomOf } from './erlang/arguments.ts';
import type { BifTable } from './registry.ts';

/** Words that are copied for one reduction (ITERATIONS_PER_RED). */
const WORDS_PER_REDUCTION = 32;

function get(vm: Machine, key: Term): Term {
  const value = vm.persistentTerms.get(key);
  if (value === undefined) throw badarg();
  return value;
}

function put(vm: Machine, key: Term, value: Term): Term {
  bumpForWork(vm.persistentTerms.put(key, value), WORDS_PER_REDUCTION);
  return am.ok;
}

/** Like put/2, but raises badarg when the key has another value (OTP 28 on). */
function putNew(vm: Machine, key: Term, value: Term): Term {
  const known = vm.persistentTerms.get(key);
  if (known !== undefined && !identical(known, value)) throw badarg();
  return put(vm, key, value);
}

/** Terms that are listed in one go; each is a reduction. */
const LISTED_IN_A_PART = 1000;

/** What is erased meanwhile is left out. */
function* listed(vm: Machine): LongWork {
  const left = [...vm.persistentTerms.all()];
  let list: Term = NIL;
  for (let term = left.pop(); term !== undefined; term = left.pop()) {
    if (term.isLive) list = cons(tuple(copyIn(term.key, true), term.value), list);
    if (left.length % LISTED_IN_A_PART === 0) yield LISTED_IN_A_PART;
  }
  return list;
}

/** All as [{Key, Value}], in no particular order. Keys are copies, so that a process holds no parts of them. */
function getAll(vm: Machine): Term {
  return inParts(vm, { module: 'persistent_term', name: 'get' }, [], () => listed(vm));
}

function info({ persistentTerms }: Machine): Term {
  const count = persistentTerms.count();
  bumpReductions(count);
  return mapFromArrays([am.count, am.memory], [makeInteger(count), makeInteger(persistentTerms.memory())]);
}

function eraseAll(vm: Machine): Term {
  vm.persistentTerms.eraseAll();
  return am.true;
}

export const persistentTermBifs: BifTable = {
  module: 'persistent_term',
  rows: [
    { name: 'put', arity: 2, fn: put },
    { name: 'put_new', arity: 2, fn: putNew, since: 28 },
    { name: 'get', arity: 0, fn: getAll },
    { name: 'get', arity: 1, fn: get },
    {
      name: 'get',
      arity: 2,
      fn: (vm: Machine, key: Term, otherwise: Term) => vm.persistentTerms.get(key) ?? otherwise,
    },
    { name: 'erase', arity: 1, fn: (vm: Machine, key: Term) => atomOf(vm.persistentTerms.erase(key)) },
    { name: 'info', arity: 0, fn: info },
  ],
};

export const ertsInternalPersistentTermBifs: BifTable = {
  module: 'erts_internal',
  rows: [{ name: 'erase_persistent_terms', arity: 0, fn: eraseAll }],
};
