/** Which rows of a table a match specification has to look at: all, or those that its patterns' keys allow. */

import { compareTerms } from '../term/compare.ts';
import { identical } from '../term/equality.ts';
import type { Term } from '../term/layout.ts';
import { NON_VALUE } from '../term/layout.ts';
import { HashTable } from './hash-table.ts';
import { comparePartly, type KeyRange, keyRange } from './key-order.ts';
import type { ClauseSource } from './match-program.ts';
import { isFullyBound, isWildcard, keyAt } from './match-variables.ts';
import type { OrderedSet } from './ordered-set.ts';
import { copyElement, NO_ROW, type Row, rowElement } from './row.ts';
import type { Table } from './table.ts';

/** The keys that the patterns name; undefined if one of them can match any key. */
export function boundKeys(sources: readonly ClauseSource[], keyPosition: number): Term[] | undefined {
  const keys: Term[] = [];
  for (const { pattern } of sources) {
    if (isWildcard(pattern)) return undefined;
    const key = keyAt(keyPosition, pattern);
    if (key === NON_VALUE) continue;
    if (!isFullyBound(key)) return undefined;
    if (!keys.some((known) => identical(known, key))) keys.push(key);
  }
  return keys;
}

/** A walk through the rows that some pattern may match. Between two parts of it a hash table has to be fixed. */
export interface Candidates {
  readonly isDone: boolean;
  /** Calls `visit` for about so many rows; it may replace the row that it is given. Gives what it costs, in reductions. */
  part(most: number, visit: (row: Row) => void): number;
}

/** Ordered sets: from the last row to the first, or upwards. */
export function candidates(table: Table, sources: readonly ClauseSource[], upwards: boolean): Candidates {
  const { rows, options } = table;
  if (!(rows instanceof HashTable)) return new KeysInRange(rows, keyRange(sources, options.keyPosition), upwards);
  const keys = boundKeys(sources, options.keyPosition);
  return keys === undefined ? new AllBuckets(rows) : new NamedKeys(rows, keys);
}

/** Empty buckets that cost as much as a row. */
export const BUCKETS_PER_ROW = 8;

class AllBuckets implements Candidates {
  private readonly rows: HashTable;
  private index = 0;

  constructor(rows: HashTable) {
    this.rows = rows;
  }

  get isDone(): boolean {
    return this.index >= this.rows.bucketCount;
  }

  part(most: number, visit: (row: Row) => void): number {
    const { rows } = this;
    const end = Math.min(rows.bucketCount, this.index + BUCKETS_PER_ROW * most);
    let count = 0;
    while (this.index < end && count < most) count += rows.visitBucket(this.index++, visit);
    return count;
  }
}

/** The keys are few: as many as clauses of the match specification. */
class NamedKeys implements Candidates {
  isDone = false;
  private readonly rows: HashTable;
  private readonly keys: readonly Term[];

  constructor(rows: HashTable, keys: readonly Term[]) {
    this.rows = rows;
    this.keys = keys;
  }

  part(_most: number, visit: (row: Row) => void): number {
    let count = 0;
    for (const key of this.keys) {
      for (const row of this.rows.rowsOf(key)) {
        visit(row);
        count++;
      }
    }
    this.isDone = true;
    return count;
  }
}

class KeysInRange implements Candidates {
  isDone = false;
  private readonly rows: OrderedSet;
  private readonly range: KeyRange;
  private readonly upwards: boolean;
  /** The key of the last row that was visited, on the process's heap. */
  private last: After;

  constructor(rows: OrderedSet, range: KeyRange, upwards: boolean) {
    this.rows = rows;
    this.range = range;
    this.upwards = upwards;
  }

  part(most: number, visit: (row: Row) => void): number {
    const { rows, range, last } = this;
    let count = 0;
    const next = (row: Row): boolean => {
      count++;
      if (count === most) this.last = copyElement(row, rows.keyPosition);
      visit(row);
      return count < most;
    };
    if (this.upwards) walkUp(rows, range, last, next);
    else walkDown(rows, range, last, next);
    this.isDone = count < most || range.kind === 'one';
    return count;
  }
}

/** Where a walk through an ordered set is to go on: behind this key. */
type After = Term | undefined;

/** Calls `visit` for the rows in a range of keys, upwards, until it gives false. */
export function walkUp(rows: OrderedSet, range: KeyRange, after: After, visit: (row: Row) => boolean): void {
  if (range.kind === 'none') return;
  if (range.kind === 'one') return visitOne(rows, range.key, visit);
  const inRange = range.kind === 'all' ? visit : upTo(range.most, 1, rows.keyPosition, visit);
  const isBefore = (key: Term): boolean => {
    if (after !== undefined) return compareTerms(key, after) <= 0;
    return range.kind === 'between' && comparePartly(range.least, key) > 0;
  };
  rows.walkUp(isBefore, inRange);
}

/** The same downwards. */
export function walkDown(rows: OrderedSet, range: KeyRange, after: After, visit: (row: Row) => boolean): void {
  if (range.kind === 'none') return;
  if (range.kind === 'one') return visitOne(rows, range.key, visit);
  const inRange = range.kind === 'all' ? visit : upTo(range.least, -1, rows.keyPosition, visit);
  const isBefore = (key: Term): boolean => {
    if (after !== undefined) return compareTerms(key, after) < 0;
    return range.kind === 'all' || comparePartly(range.most, key) >= 0;
  };
  rows.walkDown(isBefore, inRange);
}

/** Stops at the first row whose key is past `limit` in a direction (1 up, -1 down). */
function upTo(limit: Term, direction: 1 | -1, keyPosition: number, visit: (row: Row) => boolean) {
  return (row: Row): boolean => direction * comparePartly(limit, rowElement(row, keyPosition)) >= 0 && visit(row);
}

function visitOne(rows: OrderedSet, key: Term, visit: (row: Row) => boolean): void {
  const row = rows.find(key);
  if (row !== NO_ROW) visit(row);
}
