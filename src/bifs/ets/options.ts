/** The options of ets:new/2 and ets:setopts/2 (ets_new_2 and ets_setopts_2 in OTP's erl_db.c). */
import type { TableType } from '../../ets/row-store.ts';
import type { Protection, TableOptions } from '../../ets/table.ts';
import { am } from '../../term/atoms.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import {
  head,
  isCons,
  isLocalPid,
  isNil,
  isSmall,
  isTuple,
  smallValue,
  tail,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import { boolean } from '../erlang/arguments.ts';

/** An heir as it is asked for: none, or a pid and what it is to be told. */
export type HeirOption = { readonly pid: Term; readonly data: Term } | 'none';

const MAX_LOCKS = 32768;

const TYPES: ReadonlyMap<Term, TableType> = new Map([
  [am.set, 'set'],
  [am.ordered_set, 'ordered_set'],
  [am.bag, 'bag'],
  [am.duplicate_bag, 'duplicate_bag'],
]);

const PROTECTIONS: ReadonlyMap<Term, Protection> = new Map([
  [am.public, 'public'],
  [am.protected, 'protected'],
  [am.private, 'private'],
]);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Options as they stand while the list is read. */
interface Reading {
  readonly options: Mutable<TableOptions>;
  /** Locks were asked for by number, which only hash tables can have. */
  countsLocks: boolean;
  heir: HeirOption;
}

/** Raises badarg. */
export function newTableOptions(list: Term): { readonly options: TableOptions; readonly heir: HeirOption } {
  const reading: Reading = {
    options: {
      type: 'set',
      protection: 'protected',
      keyPosition: 1,
      isNamed: false,
      isCompressed: false,
      readConcurrency: false,
    },
    countsLocks: false,
    heir: 'none',
  };
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const option = head(rest);
    if (isTuple(option)) readTuple(option, reading);
    else readAtom(option, reading);
  }
  if (!isNil(rest)) throw badarg();
  return { options: finished(reading), heir: reading.heir };
}

function readAtom(option: Term, { options }: Reading): void {
  const type = TYPES.get(option);
  const protection = PROTECTIONS.get(option);
  // `set` and `protected` are accepted, but do not undo what comes before them.
  if (option === am.set || option === am.protected) return;
  if (type !== undefined) options.type = type;
  else if (protection !== undefined) options.protection = protection;
  else if (option === am.named_table) options.isNamed = true;
  else if (option === am.compressed) options.isCompressed = true;
  else throw badarg();
}

function readTuple(option: Term, reading: Reading): void {
  const { options } = reading;
  const arity = tupleArity(option);
  const name = arity === 0 ? undefined : tupleElement(option, 1);
  if (name === am.heir) {
    reading.heir = heirOption(option);
    return;
  }
  if (arity !== 2) throw badarg();
  const value = tupleElement(option, 2);
  switch (name) {
    case am.keypos:
      if (!isSmall(value) || smallValue(value) < 1) throw badarg();
      options.keyPosition = smallValue(value);
      return;
    case am.write_concurrency:
      reading.countsLocks = isTuple(value);
      checkWriteConcurrency(value);
      return;
    case am.read_concurrency:
      options.readConcurrency = truth(value);
      return;
    case am.decentralized_counters:
      truth(value);
      return;
    default:
      throw badarg();
  }
}

function truth(t: Term): boolean {
  const value = boolean(t);
  if (value === undefined) throw badarg();
  return value;
}

/** `{heir, none}` or `{heir, Pid, Data}`. Raises badarg. */
function heirOption(option: Term): HeirOption {
  const arity = tupleArity(option);
  if (arity === 2 && tupleElement(option, 2) === am.none) return 'none';
  if (arity !== 3 || !isLocalPid(tupleElement(option, 2))) throw badarg();
  return { pid: tupleElement(option, 2), data: tupleElement(option, 3) };
}

/**
 * A boolean, auto or `{debug_hash_fixed_number_of_locks, N}`. Locking is not ours to do: as in an OTP with one scheduler, nothing comes of
 * it, nor of decentralized_counters.
 */
function checkWriteConcurrency(value: Term): void {
  if (value === am.auto) return;
  if (!isTuple(value)) {
    truth(value);
    return;
  }
  if (tupleArity(value) !== 2 || tupleElement(value, 1) !== am.debug_hash_fixed_number_of_locks) throw badarg();
  const count = tupleElement(value, 2);
  if (!isSmall(count) || smallValue(count) < 1 || smallValue(count) > MAX_LOCKS) throw badarg();
}

function finished({ options, countsLocks }: Reading): TableOptions {
  if (countsLocks && options.type === 'ordered_set') throw badarg();
  return { ...options, readConcurrency: options.readConcurrency && options.protection !== 'private' };
}

/** The options of ets:setopts/2: one tuple or a list. Raises badarg. */
export function changedOptions(t: Term): { readonly heir?: HeirOption; readonly protection?: Protection } {
  const changed: { heir?: HeirOption; protection?: Protection } = {};
  const read = (option: Term): void => {
    if (!isTuple(option) || tupleArity(option) < 2) throw badarg();
    const name = tupleElement(option, 1);
    if (name === am.heir && changed.heir === undefined) {
      changed.heir = heirOption(option);
      return;
    }
    const protection = PROTECTIONS.get(tupleElement(option, 2));
    if (name !== am.protection || tupleArity(option) !== 2 || changed.protection !== undefined) throw badarg();
    if (protection === undefined) throw badarg();
    changed.protection = protection;
  };
  if (isTuple(t)) {
    read(t);
    return changed;
  }
  let rest = t;
  for (; isCons(rest); rest = tail(rest)) read(head(rest));
  if (!isNil(rest)) throw badarg();
  return changed;
}
