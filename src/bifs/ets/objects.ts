/** ets: objects out, one key after the other. */
import { consRow, copyElement, NO_ROW, type Row, rowArity } from '../../ets/row.ts';
import type { Table } from '../../ets/table.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { inParts } from '../../runtime/trap.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { cons, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isNil, isSmall, smallValue } from '../../term/term.ts';
import { atomOf } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';
import { checkObject, readableTable, writableTable } from './access.ts';

// ---- out -------------------------------------------------------------------------------------------------------------

/** Copies of rows, given the newest first, as a list with the oldest first. */
function listOfRows(rows: readonly Row[]): Term {
  let list = NIL;
  for (const row of rows) list = consRow(row, list);
  return list;
}

function objectsWithKey(table: Table, key: Term): Term {
  if (table.isBag) return listOfRows(table.rows.rowsOf(key));
  const row = table.rows.find(key);
  return row === NO_ROW ? NIL : consRow(row, NIL);
}

function lookup(vm: Machine, id: Term, key: Term): Term {
  return objectsWithKey(readableTable(vm, id), key);
}

function member(vm: Machine, id: Term, key: Term): Term {
  return atomOf(readableTable(vm, id).rows.find(key) !== NO_ROW);
}

function take(vm: Machine, id: Term, key: Term): Term {
  const table = writableTable(vm, id);
  const objects = objectsWithKey(table, key);
  if (!isNil(objects)) table.rows.deleteKey(key);
  return objects;
}

/** The element of the object, or of all objects of a bag, with a key; undefined if there is none. Raises badarg. */
function elementWithKey(vm: Machine, id: Term, key: Term, position: Term): Term | undefined {
  const table = readableTable(vm, id);
  if (!isSmall(position) || smallValue(position) < 1) throw badarg();
  const at = smallValue(position);
  if (!table.isBag) {
    const row = table.rows.find(key);
    if (row === NO_ROW) return undefined;
    if (rowArity(row) < at) throw badarg();
    return copyElement(row, at);
  }
  const rows = table.rows.rowsOf(key);
  if (rows.length === 0) return undefined;
  if (rows.some((row) => rowArity(row) < at)) throw badarg();
  let list = NIL;
  for (const row of rows) list = cons(copyElement(row, at), list);
  return list;
}

function lookupElement(vm: Machine, id: Term, key: Term, position: Term): Term {
  const value = elementWithKey(vm, id, key, position);
  if (value === undefined) throw badarg(am.badkey);
  return value;
}

function lookupElementOr(vm: Machine, id: Term, key: Term, position: Term, otherwise: Term): Term {
  return elementWithKey(vm, id, key, position) ?? otherwise;
}

function remove(vm: Machine, id: Term, key: Term): Term {
  writableTable(vm, id).rows.deleteKey(key);
  return am.true;
}

function removeObject(vm: Machine, id: Term, object: Term): Term {
  const table = writableTable(vm, id);
  checkObject(table, object);
  table.rows.deleteObject(object);
  return am.true;
}

function* removal(vm: Machine, id: Term): LongWork {
  const { rows } = writableTable(vm, id);
  const { count } = rows;
  yield* rows.clearing();
  return makeInteger(count);
}

/** internal_delete_all/2, under delete_all_objects/1: others never see some of the objects gone. */
function removeAll(vm: Machine, id: Term, unused: Term): Term {
  return inParts(vm, { module: 'ets', name: 'internal_delete_all' }, [id, unused], () => removal(vm, id));
}

// ---- in order --------------------------------------------------------------------------------------------------------

type Step = (table: Table, key: Term) => Row | undefined;
type Show = (table: Table, row: Row) => Term;

const first: Step = ({ rows }) => rows.first();
const last: Step = ({ rows }) => rows.last();
const next: Step = ({ rows }, key) => rows.after(key);
const previous: Step = ({ rows }, key) => rows.before(key);

const rawFirst: Step = ({ rows }) => rows.first(true);
const rawNext: Step = ({ rows }, key) => rows.after(key, true);

const key: Show = ({ options }, row) => copyElement(row, options.keyPosition);

/** `{Key, Objects}`. */
const entry: Show = (table, row) => {
  const copy = key(table, row);
  return tuple(copy, table.isBag ? objectsWithKey(table, copy) : consRow(row, NIL));
};

/** A function that goes to a row and shows it. Raises badarg when a key has to be there and is not. */
function walk(step: Step, show: Show): (vm: Machine, id: Term, key?: Term) => Term {
  return (vm, id, from = NIL) => {
    const table = readableTable(vm, id);
    const row = step(table, from);
    if (row === undefined) throw badarg();
    return row === NO_ROW ? am.$end_of_table : show(table, row);
  };
}

function slot(vm: Machine, id: Term, number: Term): Term {
  const { rows } = readableTable(vm, id);
  if (!isSmall(number) || smallValue(number) < 0) throw badarg();
  const found = rows.slot(smallValue(number));
  return found === undefined ? am.$end_of_table : listOfRows(found);
}

export const etsObjectBifs: BifTable = {
  module: 'ets',
  rows: [
    { name: 'lookup', arity: 2, fn: lookup },
    { name: 'lookup_element', arity: 3, fn: lookupElement },
    { name: 'lookup_element', arity: 4, fn: lookupElementOr },
    { name: 'member', arity: 2, fn: member },
    { name: 'take', arity: 2, fn: take },
    { name: 'delete', arity: 2, fn: remove },
    { name: 'delete_object', arity: 2, fn: removeObject },
    { name: 'internal_delete_all', arity: 2, fn: removeAll },
    { name: 'first', arity: 1, fn: walk(first, key) },
    { name: 'last', arity: 1, fn: walk(last, key) },
    { name: 'next', arity: 2, fn: walk(next, key) },
    { name: 'prev', arity: 2, fn: walk(previous, key) },
    { name: 'first_lookup', arity: 1, fn: walk(first, entry) },
    { name: 'last_lookup', arity: 1, fn: walk(last, entry) },
    { name: 'next_lookup', arity: 2, fn: walk(next, entry) },
    { name: 'prev_lookup', arity: 2, fn: walk(previous, entry) },
    { name: 'slot', arity: 2, fn: slot },
  ],
};

export const ertsInternalEtsWalkBifs: BifTable = {
  module: 'erts_internal',
  rows: [
    { name: 'ets_raw_first', arity: 1, fn: walk(rawFirst, key) },
    { name: 'ets_raw_next', arity: 2, fn: walk(rawNext, key) },
  ],
};
