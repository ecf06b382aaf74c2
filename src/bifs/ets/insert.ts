/**
 * ets:insert and insert_new. A long list is inserted in parts, and all at once for everybody else: first rows are made of its objects, then
 * those are put into the table, which nobody gets to see meanwhile; who wants to goes on with it (ets_insert_2_list in OTP's erl_db.c).
 */
import { freeRow, NO_ROW, type Row, rowElement } from '../../ets/row.ts';
import { ROWS_PER_REDUCTION } from '../../ets/row-store.ts';
import type { Table } from '../../ets/table.ts';
import { REDUCTIONS } from '../../memory/map.ts';
import { load } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { inParts } from '../../runtime/trap.ts';
import { am } from '../../term/atoms.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import type { Parts } from '../../term/parts.ts';
import { head, isAtom, isCons, isNil, isTuple, tail, tupleElement } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { checkObject, tableAgain, writableTable } from './access.ts';

const ROWS_IN_A_PART = 1024;
const REDUCTIONS_OF_A_PART = ROWS_IN_A_PART / ROWS_PER_REDUCTION;

type Name = 'insert' | 'insert_new';

/**
 * The objects that are to be inserted: one, or those of a list; undefined if that takes longer than the reductions that are left, or, as bags
 * may have to look at many objects for each, if a list for a bag is not short. Raises badarg if any is no object of the table.
 */
function fewObjects(table: Table, objects: Term): Term[] | undefined {
  if (!isCons(objects) && !isNil(objects)) {
    checkObject(table, objects);
    return [objects];
  }
  const most = table.isBag ? ROWS_IN_A_PART : Math.max(ROWS_PER_REDUCTION * load(REDUCTIONS), ROWS_IN_A_PART);
  const list: Term[] = [];
  let rest = objects;
  for (; isCons(rest); rest = tail(rest)) {
    checkObject(table, head(rest));
    if (list.push(head(rest)) > most) return undefined;
  }
  if (!isNil(rest)) throw badarg();
  return list;
}

function insertAll(table: Table, objects: readonly Term[], isNew: boolean): Term {
  const { rows } = table;
  if (isNew && objects.some((object) => rows.find(tupleElement(object, rows.keyPosition)) !== NO_ROW)) return am.false;
  for (const object of objects) rows.put(object);
  bumpForWork(objects.length, ROWS_PER_REDUCTION);
  return am.true;
}

/** Rows that are not in a table yet; whoever has them frees those from `next` on. */
interface Prepared {
  readonly rows: Row[];
  next: number;
}

function freePrepared(prepared: Prepared): void {
  while (prepared.next < prepared.rows.length) freeRow(prepared.rows[prepared.next++] as Row);
}

/** Makes rows of the objects of a list. Raises badarg if any is no object of the table. */
function* prepare(table: Table, objects: Term, { rows }: Prepared): Parts<void> {
  let rest = objects;
  for (; isCons(rest); rest = tail(rest)) {
    const object = head(rest);
    checkObject(table, object);
    if (rows.push(table.rows.prepared(object)) % ROWS_IN_A_PART === 0) yield REDUCTIONS_OF_A_PART;
  }
  if (!isNil(rest)) throw badarg();
}

/** What comes of inserting rows, as soon as it is known. */
interface Outcome {
  value: Term | undefined;
}

/** Puts all rows in; or none, with `isNew`, if the key of any is there. */
function* putAll(table: Table, prepared: Prepared, isNew: boolean, outcome: Outcome): Parts<void> {
  const { rows } = table;
  try {
    for (let i = 0; isNew && i < prepared.rows.length; i++) {
      const isThere = rows.find(rowElement(prepared.rows[i] as Row, rows.keyPosition)) !== NO_ROW;
      if (isThere) outcome.value = am.false;
      if (isThere) return;
      if (i % ROWS_IN_A_PART === ROWS_IN_A_PART - 1) yield REDUCTIONS_OF_A_PART;
    }
    while (prepared.next < prepared.rows.length) {
      rows.putPrepared(prepared.rows[prepared.next++] as Row);
      if (prepared.next % ROWS_IN_A_PART === 0) yield REDUCTIONS_OF_A_PART;
    }
    outcome.value = am.true;
  } finally {
    freePrepared(prepared);
  }
}

/** Inserts a long list. A named table that has got another name meanwhile is not the one that was meant. Raises badarg. */
function* insertion(vm: Machine, table: Table, id: Term, objects: Term, isNew: boolean): LongWork {
  const prepared: Prepared = { rows: [], next: 0 };
  const outcome: Outcome = { value: undefined };
  let putting: Parts<void> | undefined;
  try {
    yield* prepare(table, objects, prepared);
    yield* tableAgain(vm, table, 'write');
    if (isAtom(id) && table.name !== id) throw badarg(am.id);
    putting = putAll(table, prepared, isNew, outcome);
    table.insertion = putting;
  } finally {
    // From now on the rows are the table's, even if this process is killed.
    if (putting === undefined) freePrepared(prepared);
  }
  while (table.insertion === putting) yield table.insertPart();
  if (outcome.value === undefined) throw badarg(am.id);
  return outcome.value;
}

function insertObjects(vm: Machine, name: Name, id: Term, objects: Term): Term {
  const isNew = name === 'insert_new';
  return inParts(vm, { module: 'ets', name }, [id, objects], () => {
    const table = writableTable(vm, id);
    const few = fewObjects(table, objects);
    return few === undefined ? insertion(vm, table, id, objects, isNew) : insertAll(table, few, isNew);
  });
}

function insert(vm: Machine, id: Term, objects: Term): Term {
  if (!isTuple(objects)) return insertObjects(vm, 'insert', id, objects);
  const table = writableTable(vm, id);
  checkObject(table, objects);
  table.rows.put(objects);
  return am.true;
}

function insertNew(vm: Machine, id: Term, objects: Term): Term {
  if (!isTuple(objects)) return insertObjects(vm, 'insert_new', id, objects);
  const table = writableTable(vm, id);
  checkObject(table, objects);
  return insertAll(table, [objects], true);
}

export const etsInsertBifs: BifTable = {
  module: 'ets',
  rows: [
    { name: 'insert', arity: 2, fn: insert },
    { name: 'insert_new', arity: 2, fn: insertNew },
  ],
};
