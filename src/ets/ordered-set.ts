/**
 * Storage of ordered sets: rows in the order of their keys (`compareTerms`: 1 and 1.0 are the same key), in leaves of up to LEAF_ROWS rows
 * that stand in one array. Finding a row is two binary searches, one over the leaves' first keys and one in the leaf; leaves hold the words
 * of the keys beside the rows, so that keys that are small integers are compared without touching the rows.
 */
import { compareTerms } from '../term/compare.ts';
import { identical } from '../term/equality.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { tupleElement } from '../term/term.ts';
import { makeRow, NO_ROW, type Row, rowElement, rowObject } from './row.ts';
import { RowStore } from './row-store.ts';

const LEAF_ROWS = 128;
/** A leaf with fewer rows is joined with the next one if both together leave room. */
const FEW_ROWS = 32;
const JOINED_ROWS = 96;

class Leaf {
  readonly rows = new Int32Array(LEAF_ROWS);
  /** The words of the rows' keys. */
  readonly keys = new Int32Array(LEAF_ROWS);
  count = 0;

  key(index: number): Term {
    return this.keys[index] as Term;
  }

  insert(index: number, row: Row, key: Term): void {
    const { rows, keys, count } = this;
    if (index < count) {
      rows.copyWithin(index + 1, index, count);
      keys.copyWithin(index + 1, index, count);
    }
    rows[index] = row;
    keys[index] = key;
    this.count = count + 1;
  }

  delete(index: number): void {
    this.rows.copyWithin(index, index + 1, this.count);
    this.keys.copyWithin(index, index + 1, this.count);
    this.count--;
  }

  /** Moves the rows from `index` on to the end of another leaf. */
  moveTo(other: Leaf, index: number): void {
    other.rows.set(this.rows.subarray(index, this.count), other.count);
    other.keys.set(this.keys.subarray(index, this.count), other.count);
    other.count += this.count - index;
    this.count = index;
  }
}

/** Where a key is, or where it would be: the row at `index` of the leaf is the first that is not below it. */
interface Place {
  leaf: number;
  index: number;
  found: boolean;
}

export class OrderedSet extends RowStore {
  private leaves: Leaf[] = [new Leaf()];
  private readonly place: Place = { leaf: 0, index: 0, found: false };

  get wordCount(): number {
    return this.rowWords + this.leaves.length * 2 * LEAF_ROWS;
  }

  private leaf(index: number): Leaf {
    return this.leaves[index] as Leaf;
  }

  // ---- looking up ----------------------------------------------------------------------------------------------------

  /** Sets `place` for a key. Only an empty table has an empty leaf. */
  private seek(key: Term): boolean {
    const { leaves, place } = this;
    let low = 0;
    let high = leaves.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (compareTerms((leaves[middle] as Leaf).key(0), key) <= 0) low = middle;
      else high = middle - 1;
    }
    const leaf = leaves[low] as Leaf;
    place.leaf = low;
    low = 0;
    high = leaf.count;
    place.found = false;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const order = compareTerms(leaf.key(middle), key);
      if (order === 0) {
        place.index = middle;
        place.found = true;
        return true;
      }
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    place.index = low;
    return false;
  }

  find(key: Term): Row {
    return this.seek(key) ? this.rowHere() : NO_ROW;
  }

  /** The row at `place`, which may be one behind a leaf. */
  private rowHere(): Row {
    const { leaf, index } = this.place;
    const here = this.leaf(leaf);
    if (index < here.count) return here.rows[index] as Row;
    return leaf + 1 < this.leaves.length ? (this.leaf(leaf + 1).rows[0] as Row) : NO_ROW;
  }

  rowsOf(key: Term): Row[] {
    const row = this.find(key);
    return row === NO_ROW ? [] : [row];
  }

  // ---- changing ------------------------------------------------------------------------------------------------------

  put(object: Term): void {
    const isThere = this.seek(tupleElement(object, this.keyPosition));
    const row = makeRow(object);
    if (isThere) this.exchange(row);
    else this.insertHere(row);
  }

  private insertHere(row: Row): void {
    const { place, leaves } = this;
    const key = rowElement(row, this.keyPosition);
    this.added(row);
    let leaf = this.leaf(place.leaf);
    if (leaf.count === LEAF_ROWS) {
      const next = new Leaf();
      const isAtEnd = place.leaf === leaves.length - 1 && place.index === LEAF_ROWS;
      // Keys that come in ascending order leave full leaves behind.
      leaf.moveTo(next, isAtEnd ? LEAF_ROWS : LEAF_ROWS / 2);
      leaves.splice(place.leaf + 1, 0, next);
      if (place.index > leaf.count || isAtEnd) {
        place.index -= leaf.count;
        leaf = next;
      }
    }
    leaf.insert(place.index, row, key);
  }

  /** Puts a row in the place of the one at `place`. */
  private exchange(row: Row): void {
    const { leaf: number, index } = this.place;
    const leaf = this.leaf(number);
    const old = leaf.rows[index] as Row;
    leaf.rows[index] = row;
    leaf.keys[index] = rowElement(row, this.keyPosition);
    this.count--;
    this.added(row);
    this.drop(old);
  }

  replace(row: Row, object: Term): void {
    this.seek(rowElement(row, this.keyPosition));
    this.exchange(makeRow(object));
  }

  deleteKey(key: Term): void {
    if (this.seek(key)) this.deleteHere();
  }

  deleteObject(object: Term): void {
    if (this.seek(tupleElement(object, this.keyPosition)) && identical(rowObject(this.rowHere()), object)) {
      this.deleteHere();
    }
  }

  private deleteHere(): void {
    const { leaves, place } = this;
    const leaf = this.leaf(place.leaf);
    const row = leaf.rows[place.index] as Row;
    leaf.delete(place.index);
    this.count--;
    this.drop(row);
    if (leaf.count >= FEW_ROWS || leaves.length === 1) return;
    if (leaf.count === 0) {
      leaves.splice(place.leaf, 1);
      return;
    }
    const next = leaves[place.leaf + 1];
    if (next === undefined || next.count + leaf.count > JOINED_ROWS) return;
    next.moveTo(leaf, 0);
    leaves.splice(place.leaf + 1, 1);
  }

  remove(rows: readonly Row[]): void {
    if (rows.length === this.count) return this.clear();
    for (const row of rows) {
      this.seek(rowElement(row, this.keyPosition));
      this.deleteHere();
    }
  }

  clear(): void {
    for (const leaf of this.leaves) {
      for (let i = 0; i < leaf.count; i++) this.drop(leaf.rows[i] as Row);
    }
    this.count = 0;
    this.leaves = [new Leaf()];
  }

  /** The order of keys needs no help. */
  setFixed(): void {}

  // ---- walking -------------------------------------------------------------------------------------------------------

  first(): Row {
    return this.count === 0 ? NO_ROW : (this.leaf(0).rows[0] as Row);
  }

  last(): Row {
    const leaf = this.leaf(this.leaves.length - 1);
    return leaf.count === 0 ? NO_ROW : (leaf.rows[leaf.count - 1] as Row);
  }

  after(key: Term): Row {
    if (this.seek(key)) this.place.index++;
    return this.rowHere();
  }

  before(key: Term): Row {
    this.seek(key);
    return this.rowBeforeHere();
  }

  private rowBeforeHere(): Row {
    const { leaf, index } = this.place;
    if (index > 0) return this.leaf(leaf).rows[index - 1] as Row;
    if (leaf === 0) return NO_ROW;
    const previous = this.leaf(leaf - 1);
    return previous.rows[previous.count - 1] as Row;
  }

  slot(number: number): Row[] | undefined {
    if (number > this.count) throw badarg();
    if (number === this.count) return undefined;
    let rest = number;
    for (const { rows, count } of this.leaves) {
      if (rest < count) return [rows[rest] as Row];
      rest -= count;
    }
    return undefined;
  }

  /**
   * Calls `visit` for the rows in order, from the first whose key is not `isBefore`, until it gives false. It may replace the row it is
   * given.
   */
  walkUp(isBefore: (key: Term) => boolean, visit: (row: Row) => boolean): void {
    const start = this.partition(isBefore);
    for (let i = start.leaf; i < this.leaves.length; i++) {
      const leaf = this.leaf(i);
      for (let j = i === start.leaf ? start.index : 0; j < leaf.count; j++) if (!visit(leaf.rows[j] as Row)) return;
    }
  }

  /** The same from the last row whose key `isBefore`, downwards. */
  walkDown(isBefore: (key: Term) => boolean, visit: (row: Row) => boolean): void {
    const start = this.partition(isBefore);
    for (let i = start.leaf; i >= 0; i--) {
      const leaf = this.leaf(i);
      for (let j = (i === start.leaf ? start.index : leaf.count) - 1; j >= 0; j--) {
        if (!visit(leaf.rows[j] as Row)) return;
      }
    }
  }

  /** The place of the first row whose key is not `isBefore`, which must hold for the keys up to some point and for none behind it. */
  private partition(isBefore: (key: Term) => boolean): { leaf: number; index: number } {
    let low = 0;
    let high = this.leaves.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (isBefore(this.leaf(middle).key(0))) low = middle;
      else high = middle - 1;
    }
    const leaf = this.leaf(low);
    let from = 0;
    let to = leaf.count;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if (isBefore(leaf.key(middle))) from = middle + 1;
      else to = middle;
    }
    return { leaf: low, index: from };
  }
}
