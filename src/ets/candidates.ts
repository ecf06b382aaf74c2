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
import { NO_ROW, type Row, rowElement } from './row.ts';
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

/**
 * Calls `visit` for every row that some pattern may match. It may replace the row that it is given. Ordered sets: from the last row to the
 * first, or upwards.
 */
export function visitCandidates(
  table: Table,
  sources: readonly ClauseSource[],
  upwards: boolean,
  visit: (row: Row) => void,
): void {
  const { rows, options } = table;
  if (rows instanceof HashTable) return visitHashed(rows, boundKeys(sources, options.keyPosition), visit);
  const range = keyRange(sources, options.keyPosition);
  const goOn = (row: Row): boolean => {
    visit(row);
    return true;
  };
  if (upwards) walkUp(rows, range, undefined, goOn);
  else walkDown(rows, range, undefined, goOn);
}

function visitHashed(rows: HashTable, keys: readonly Term[] | undefined, visit: (row: Row) => void): void {
  if (keys === undefined) {
    for (let index = 0; index < rows.bucketCount; index++) rows.visitBucket(index, visit);
    return;
  }
  for (const key of keys) for (const row of rows.rowsOf(key)) visit(row);
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
