/** ets: match, match_object, select and what else goes through a table with a match specification, without limits. */
import { type Candidates, candidates } from '../../ets/candidates.ts';
import { MatchProgram, withoutGarbage } from '../../ets/match-program.ts';
import { keyAt } from '../../ets/match-variables.ts';
import type { Row } from '../../ets/row.ts';
import type { Table } from '../../ets/table.ts';
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { cons, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, NON_VALUE, type Term } from '../../term/layout.ts';
import type { BifRow, BifTable } from '../registry.ts';
import { readableTable, type Use, writableTable } from './access.ts';
import { guardFunctions } from './guard-functions.ts';
import { keepsKey } from './keeps-key.ts';
import { type TableWalk, walkInParts } from './table-walk.ts';

/** The match specification of match/2 (result: '$$') or match_object/2 (result: '$_'). */
export function specificationOf(pattern: Term, result: Term): Term {
  return cons(tuple(pattern, NIL, cons(result, NIL)), NIL);
}

/** A walk through all rows that `program` may match. */
class Search implements TableWalk {
  readonly table: Table;
  readonly use: Use;
  readonly result: () => Term;
  readonly settle: TableWalk['settle'];
  private readonly rows: Candidates;
  private readonly visit: (row: Row) => void;

  constructor(
    rows: Candidates,
    visit: (row: Row) => void,
    { table, use, result, settle }: Pick<TableWalk, 'table' | 'use' | 'result' | 'settle'>,
  ) {
    this.table = table;
    this.use = use;
    this.result = result;
    this.settle = settle;
    this.rows = rows;
    this.visit = visit;
  }

  get isDone(): boolean {
    return this.rows.isDone;
  }

  part(most: number): number {
    return this.rows.part(most, this.visit);
  }
}

function selectFrom(vm: Machine, id: Term, specification: Term, upwards: boolean): TableWalk {
  const table = readableTable(vm, id);
  const program = new MatchProgram(vm, specification, guardFunctions);
  let list = NIL;
  const visit = (row: Row) => {
    const result = program.runRow(row);
    if (result !== NON_VALUE) list = cons(result, list);
  };
  return new Search(candidates(table, program.sources, upwards), visit, { table, use: 'read', result: () => list });
}

type BeginSearch = (vm: Machine, id: Term, specification: Term) => TableWalk;

const select: BeginSearch = (vm, id, specification) => selectFrom(vm, id, specification, false);
const selectReverse: BeginSearch = (vm, id, specification) => selectFrom(vm, id, specification, true);
const match: BeginSearch = (vm, id, pattern) => selectFrom(vm, id, specificationOf(pattern, am.$$), false);
const matchObject: BeginSearch = (vm, id, pattern) => selectFrom(vm, id, specificationOf(pattern, am.$_), false);

const selectCount: BeginSearch = (vm, id, specification) => {
  const table = readableTable(vm, id);
  const program = new MatchProgram(vm, specification, guardFunctions);
  let count = 0;
  const visit = (row: Row) => {
    if (withoutGarbage(() => program.runRow(row)) === am.true) count++;
  };
  const result = () => makeInteger(count);
  return new Search(candidates(table, program.sources, false), visit, { table, use: 'read', result });
};

const selectDelete: BeginSearch = (vm, id, specification) => {
  const table = writableTable(vm, id);
  const program = new MatchProgram(vm, specification, guardFunctions);
  let found: Row[] = [];
  let count = 0;
  const visit = (row: Row) => {
    if (withoutGarbage(() => program.runRow(row)) === am.true) found.push(row);
  };
  const settle = (fixations: number) => {
    table.rows.remove(found, vm.ets.isFixedBeyond(vm.current, fixations, table));
    count += found.length;
    found = [];
  };
  const result = () => makeInteger(count);
  return new Search(candidates(table, program.sources, false), visit, { table, use: 'write', settle, result });
};

const selectReplace: BeginSearch = (vm, id, specification) => {
  const table = writableTable(vm, id);
  if (table.options.type === 'bag') throw badarg(am.table_type);
  const program = new MatchProgram(vm, specification, guardFunctions);
  const { keyPosition } = table.options;
  if (!program.sources.every((source) => keepsKey(source, keyPosition))) throw badarg();
  let count = 0;
  const visit = (row: Row) =>
    withoutGarbage(() => {
      const result = program.runRow(row);
      if (result === NON_VALUE) return;
      if (keyAt(keyPosition, result) === NON_VALUE) throw new Error('a replacement has lost its key');
      table.rows.replace(row, result);
      count++;
    });
  const result = () => makeInteger(count);
  return new Search(candidates(table, program.sources, false), visit, { table, use: 'write', result });
};

function searchRow(name: string, search: BeginSearch): BifRow {
  return {
    name,
    arity: 2,
    fn: (vm: Machine, id: Term, specification: Term) =>
      walkInParts(vm, name, [id, specification], () => search(vm, id, specification)),
  };
}

export const etsSelectBifs: BifTable = {
  module: 'ets',
  rows: [
    searchRow('match', match),
    searchRow('match_object', matchObject),
    searchRow('select', select),
    searchRow('select_reverse', selectReverse),
    searchRow('select_count', selectCount),
    searchRow('internal_select_delete', selectDelete),
    searchRow('select_replace', selectReplace),
  ],
};
