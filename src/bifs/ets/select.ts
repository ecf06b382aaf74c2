/** ets: match, match_object, select and what else goes through a table with a match specification, without limits. */
import { visitCandidates } from '../../ets/candidates.ts';
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
import type { BifTable } from '../registry.ts';
import { readableTable, writableTable } from './access.ts';
import { guardFunctions } from './guard-functions.ts';
import { keepsKey } from './keeps-key.ts';

/** The match specification of match/2 (result: '$$') or match_object/2 (result: '$_'). */
export function specificationOf(pattern: Term, result: Term): Term {
  return cons(tuple(pattern, NIL, cons(result, NIL)), NIL);
}

function selectFrom(vm: Machine, table: Table, specification: Term, isReverse: boolean): Term {
  const program = new MatchProgram(vm, specification, guardFunctions);
  let list = NIL;
  visitCandidates(table, program.sources, isReverse, (row) => {
    const result = program.runRow(row);
    if (result !== NON_VALUE) list = cons(result, list);
  });
  return list;
}

function select(vm: Machine, id: Term, specification: Term): Term {
  return selectFrom(vm, readableTable(vm, id), specification, false);
}

function selectReverse(vm: Machine, id: Term, specification: Term): Term {
  return selectFrom(vm, readableTable(vm, id), specification, true);
}

function match(vm: Machine, id: Term, pattern: Term): Term {
  return selectFrom(vm, readableTable(vm, id), specificationOf(pattern, am.$$), false);
}

function matchObject(vm: Machine, id: Term, pattern: Term): Term {
  return selectFrom(vm, readableTable(vm, id), specificationOf(pattern, am.$_), false);
}

function selectCount(vm: Machine, id: Term, specification: Term): Term {
  const table = readableTable(vm, id);
  const program = new MatchProgram(vm, specification, guardFunctions);
  let count = 0;
  visitCandidates(table, program.sources, false, (row) => {
    if (withoutGarbage(() => program.runRow(row)) === am.true) count++;
  });
  return makeInteger(count);
}

function selectDelete(vm: Machine, id: Term, specification: Term): Term {
  const table = writableTable(vm, id);
  const program = new MatchProgram(vm, specification, guardFunctions);
  const found: Row[] = [];
  visitCandidates(table, program.sources, false, (row) => {
    if (withoutGarbage(() => program.runRow(row)) === am.true) found.push(row);
  });
  table.rows.remove(found);
  return makeInteger(found.length);
}

function selectReplace(vm: Machine, id: Term, specification: Term): Term {
  const table = writableTable(vm, id);
  if (table.options.type === 'bag') throw badarg(am.table_type);
  const program = new MatchProgram(vm, specification, guardFunctions);
  const { keyPosition } = table.options;
  if (!program.sources.every((source) => keepsKey(source, keyPosition))) throw badarg();
  let count = 0;
  visitCandidates(table, program.sources, false, (row) =>
    withoutGarbage(() => {
      const result = program.runRow(row);
      if (result === NON_VALUE) return;
      if (keyAt(keyPosition, result) === NON_VALUE) throw new Error('a replacement has lost its key');
      table.rows.replace(row, result);
      count++;
    }),
  );
  return makeInteger(count);
}

export const etsSelectBifs: BifTable = {
  module: 'ets',
  rows: [
    { name: 'match', arity: 2, fn: match },
    { name: 'match_object', arity: 2, fn: matchObject },
    { name: 'select', arity: 2, fn: select },
    { name: 'select_reverse', arity: 2, fn: selectReverse },
    { name: 'select_count', arity: 2, fn: selectCount },
    { name: 'internal_select_delete', arity: 2, fn: selectDelete },
    { name: 'select_replace', arity: 2, fn: selectReplace },
  ],
};
