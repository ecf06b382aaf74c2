/** ets:update_element and update_counter (do_update_element and do_update_counter in OTP's erl_db.c). */
import { NO_ROW, type Row, rowArity, rowElement, setImmediateElement } from '../../ets/row.ts';
import type { Table } from '../../ets/table.ts';
import type { Machine } from '../../process/machine.ts';
import { add } from '../../runtime/arith.ts';
import { am } from '../../term/atoms.ts';
import { isNegative } from '../../term/bignum.ts';
import { listOf, tupleOf } from '../../term/build.ts';
import { compareTerms } from '../../term/compare.ts';
import { copyIn } from '../../term/copy.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NON_VALUE, type Term } from '../../term/layout.ts';
import {
  fitsSmall,
  head,
  isCons,
  isImmediate,
  isInteger,
  isNil,
  isSmall,
  isTuple,
  makeSmall,
  smallValue,
  tail,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { writableTable } from './access.ts';

/** The object that is to be changed: a row of the table, or a default that is not in it yet. Elements are written at the end. */
class Target {
  private readonly table: Table;
  private readonly row: Row;
  private readonly original: Term | undefined;
  private readonly key: Term;
  readonly arity: number;
  private readonly changes = new Map<number, Term>();

  private constructor(table: Table, key: Term, row: Row, original: Term | undefined) {
    this.table = table;
    this.key = key;
    this.row = row;
    this.original = original;
    this.arity = original === undefined ? rowArity(row) : tupleArity(original);
  }

  /** `row` is what the table, which is no bag, has of the key. undefined without it and a default. Raises badarg for a default without a key. */
  static of(table: Table, key: Term, row: Row, otherwise: Term | undefined): Target | undefined {
    if (row !== NO_ROW) return new Target(table, key, row, undefined);
    if (otherwise === undefined) return undefined;
    if (tupleArity(otherwise) < table.options.keyPosition) throw badarg();
    return new Target(table, key, row, otherwise);
  }

  /** Raises badarg unless there is an element at the position that is not the key. */
  checkPosition(position: number): void {
    if (position === this.table.options.keyPosition) throw badarg(am.keypos);
    if (position < 1 || position > this.arity) throw badarg(am.position);
  }

  element(position: number): Term {
    const changed = this.changes.get(position);
    if (changed !== undefined) return changed;
    if (this.original === undefined) return rowElement(this.row, position);
    return position === this.table.options.keyPosition ? this.key : tupleElement(this.original, position);
  }

  set(position: number, value: Term): void {
    this.changes.set(position, value);
  }

  /** Writes what was set. */
  finish(): void {
    if (this.original === undefined && this.changes.size === 0) return;
    if (this.original === undefined && this.canChangeInPlace()) {
      for (const [position, value] of this.changes) setImmediateElement(this.row, position, value);
      return;
    }
    const object = tupleOf(Array.from({ length: this.arity }, (_, i) => this.element(i + 1)));
    if (this.original === undefined) this.table.rows.replace(this.row, object);
    else this.table.rows.put(object);
  }

  private canChangeInPlace(): boolean {
    for (const [position, value] of this.changes) {
      if (!isImmediate(value) || !isImmediate(rowElement(this.row, position))) return false;
    }
    return true;
  }
}

/** The tuples of a list, or the one tuple that stands instead of it. Raises badarg for anything else. */
function operations(t: Term): Term[] {
  if (isTuple(t)) return [t];
  const list: Term[] = [];
  let rest = t;
  for (; isCons(rest); rest = tail(rest)) {
    if (!isTuple(head(rest))) throw badarg();
    list.push(head(rest));
  }
  if (!isNil(rest)) throw badarg();
  return list;
}

function positionIn(operation: Term): number {
  const position = tupleElement(operation, 1);
  if (!isSmall(position)) throw badarg();
  return smallValue(position);
}

// ---- one immediate in the place of another ---------------------------------------------------------------------------
//
// What programs do by far the most often, without objects of JavaScript. Whatever is not as simple, or wrong, is left to the general way.

function canBeSet(table: Table, row: Row, position: number): boolean {
  return position !== table.options.keyPosition && position >= 1 && position <= rowArity(row);
}

/** Does {Position, Value} in place; false, and nothing is done, unless both the element and the value are immediates. */
function setInPlace(table: Table, row: Row, change: Term): boolean {
  if (!isTuple(change) || tupleArity(change) !== 2 || !isSmall(tupleElement(change, 1))) return false;
  const position = smallValue(tupleElement(change, 1));
  const value = tupleElement(change, 2);
  if (!canBeSet(table, row, position) || !isImmediate(value) || !isImmediate(rowElement(row, position))) return false;
  setImmediateElement(row, position, value);
  return true;
}

/** Does one operation in place and gives its result; NON_VALUE, and nothing is done, unless all numbers are smalls. */
function countInPlace(table: Table, row: Row, change: Term): Term {
  if (isSmall(change)) return addInPlace(table, row, table.options.keyPosition + 1, change);
  if (!isTuple(change)) return NON_VALUE;
  const arity = tupleArity(change);
  const position = tupleElement(change, 1);
  if (arity === 2 && isSmall(position)) return addInPlace(table, row, smallValue(position), tupleElement(change, 2));
  return arity === 4 && isSmall(position) ? addWithin(table, row, smallValue(position), change) : NON_VALUE;
}

/** What an increment makes of an element; NON_VALUE unless both and the sum are smalls and the element may be set. */
function sumInPlace(table: Table, row: Row, position: number, increment: Term): Term {
  if (!canBeSet(table, row, position)) return NON_VALUE;
  const old = rowElement(row, position);
  if (!isSmall(old) || !isSmall(increment)) return NON_VALUE;
  const sum = smallValue(old) + smallValue(increment);
  return fitsSmall(sum) ? makeSmall(sum) : NON_VALUE;
}

function addInPlace(table: Table, row: Row, position: number, increment: Term): Term {
  const sum = sumInPlace(table, row, position, increment);
  if (sum !== NON_VALUE) setImmediateElement(row, position, sum);
  return sum;
}

/** `change` is {_, Increment, Threshold, SetValue}. */
function addWithin(table: Table, row: Row, position: number, change: Term): Term {
  const increment = tupleElement(change, 2);
  const threshold = tupleElement(change, 3);
  const start = tupleElement(change, 4);
  if (!isSmall(threshold) || !isSmall(start)) return NON_VALUE;
  const sum = sumInPlace(table, row, position, increment);
  if (sum === NON_VALUE) return NON_VALUE;
  const isPast =
    smallValue(increment) < 0 ? smallValue(sum) < smallValue(threshold) : smallValue(sum) > smallValue(threshold);
  const value = isPast ? start : sum;
  setImmediateElement(row, position, value);
  return value;
}

// ---- elements --------------------------------------------------------------------------------------------------------

function updateElement(vm: Machine, id: Term, key: Term, changes: Term): Term {
  return change(writableTable(vm, id), key, changes, undefined);
}

function updateElementOr(vm: Machine, id: Term, key: Term, changes: Term, otherwise: Term): Term {
  const table = writableTable(vm, id);
  if (!isTuple(otherwise)) throw badarg();
  return change(table, key, changes, otherwise);
}

function change(table: Table, key: Term, changes: Term, otherwise: Term | undefined): Term {
  if (table.isBag) throw badarg();
  const row = table.rows.find(key);
  if (row !== NO_ROW && setInPlace(table, row, changes)) return am.true;
  const target = Target.of(table, key, row, otherwise);
  if (target === undefined) return am.false;
  for (const operation of pairs(changes)) {
    const position = positionIn(operation);
    target.checkPosition(position);
    target.set(position, tupleElement(operation, 2));
  }
  target.finish();
  return am.true;
}

function* pairs(changes: Term): Generator<Term> {
  let rest = changes;
  if (isTuple(rest)) {
    if (tupleArity(rest) !== 2) throw badarg();
    return yield rest;
  }
  for (; isCons(rest); rest = tail(rest)) {
    const pair = head(rest);
    if (!isTuple(pair) || tupleArity(pair) !== 2) throw badarg();
    yield pair;
  }
  if (!isNil(rest)) throw badarg();
}

// ---- counters --------------------------------------------------------------------------------------------------------

function updateCounter(vm: Machine, id: Term, key: Term, change: Term): Term {
  return count(writableTable(vm, id), key, change, undefined);
}

function updateCounterOr(vm: Machine, id: Term, key: Term, change: Term, otherwise: Term): Term {
  const table = writableTable(vm, id);
  if (!isTuple(otherwise)) throw badarg();
  return count(table, key, change, otherwise);
}

function count(table: Table, key: Term, change: Term, otherwise: Term | undefined): Term {
  if (table.isBag) throw badarg(am.table_type);
  const row = table.rows.find(key);
  const counted = row === NO_ROW ? NON_VALUE : countInPlace(table, row, change);
  if (counted !== NON_VALUE) return counted;
  const target = Target.of(table, key, row, otherwise);
  if (target === undefined) throw badarg(am.badkey);
  const results: Term[] = [];
  if (isInteger(change)) {
    const position = table.options.keyPosition + 1;
    target.checkPosition(position);
    results.push(addTo(target, position, change));
  } else {
    for (const operation of operations(change)) checkCounter(target, operation);
    for (const operation of operations(change)) results.push(countBy(target, operation));
  }
  // What is replaced is freed: no result may point there.
  const copies = results.map((result) => copyIn(result));
  target.finish();
  return isInteger(change) || isTuple(change) ? (copies[0] as Term) : listOf(copies);
}

/** Raises badarg unless an operation is {Position, Increment} or {Position, Increment, Threshold, SetValue} and fits the object. */
function checkCounter(target: Target, operation: Term): void {
  const arity = tupleArity(operation);
  if (arity !== 2 && arity !== 4) throw badarg();
  if (arity === 4 && !(isInteger(tupleElement(operation, 3)) && isInteger(tupleElement(operation, 4)))) throw badarg();
  const position = positionIn(operation);
  if (!isInteger(tupleElement(operation, 2))) throw badarg();
  target.checkPosition(position);
  if (!isInteger(target.element(position))) throw badarg();
}

function addTo(target: Target, position: number, increment: Term): Term {
  const old = target.element(position);
  if (!isInteger(old)) throw badarg();
  const sum = add(old, increment);
  target.set(position, sum);
  return sum;
}

function countBy(target: Target, operation: Term): Term {
  const position = positionIn(operation);
  const increment = tupleElement(operation, 2);
  const sum = addTo(target, position, increment);
  if (tupleArity(operation) === 2) return sum;
  const order = compareTerms(sum, tupleElement(operation, 3));
  const isPast = isBelowZero(increment) ? order < 0 : order > 0;
  if (!isPast) return sum;
  target.set(position, tupleElement(operation, 4));
  return tupleElement(operation, 4);
}

function isBelowZero(integer: Term): boolean {
  return isSmall(integer) ? integer < makeSmall(0) : isNegative(integer);
}

export const etsUpdateBifs: BifTable = {
  module: 'ets',
  rows: [
    { name: 'update_element', arity: 3, fn: updateElement },
    { name: 'update_element', arity: 4, fn: updateElementOr },
    { name: 'update_counter', arity: 3, fn: updateCounter },
    { name: 'update_counter', arity: 4, fn: updateCounterOr },
  ],
};
