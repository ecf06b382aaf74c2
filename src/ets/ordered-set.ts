/** Storage of ordered sets: rows in the order of their keys (`compareTerms`: 1 and 1.0 are the same key), in leaves (leaves.ts). */
import { am } from '../term/atoms.ts';
import { compareTerms } from '../term/compare.ts';
import { identical } from '../term/equality.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import type { Parts } from '../term/parts.ts';
import { tupleElement } from '../term/term.ts';
import { LEAF_WORDS, type Leaf, Leaves } from './leaves.ts';
import { freeRow, makeRow, NO_ROW, type Row, rowElement, rowObject } from './row.ts';
import { ROWS_PER_REDUCTION, RowStore } from './row-store.ts';

/** Where a key is, or where it would be: the row at `index` of the leaf is the first that is not below it. */
interface Place {
  leaf: number;
  index: number;
}

/** Frees the rows of the last leaf, and takes it off. */
function freeRows(list: Leaf[]): void {
  const leaf = list.pop() as Leaf;
  for (let i = 0; i < leaf.count; i++) freeRow(leaf.row(i));
}

export class OrderedSet extends RowStore {
  private readonly leaves = new Leaves();
  private readonly place: Place = { leaf: 0, index: 0 };

  get wordCount(): number {
    return this.rowWords + this.leaves.list.length * LEAF_WORDS;
  }

  private leaf(index: number): Leaf {
    return this.leaves.at(index);
  }

  // ---- looking up ----------------------------------------------------------------------------------------------------

  /** Sets `place` for a key; whether it is there. */
  private seek(key: Term): boolean {
    const { leaves, place } = this;
    place.leaf = leaves.numberFor(key);
    const leaf = leaves.at(place.leaf);
    place.index = leaf.indexOf(key);
    if (place.index === leaf.count) return false;
    const found = leaf.key(place.index);
    return found === key || compareTerms(found, key) === 0;
  }

  find(key: Term): Row {
    return this.seek(key) ? this.rowHere() : NO_ROW;
  }

  /** The row at `place`, which may be one behind a leaf. */
  private rowHere(): Row {
    const { leaf, index } = this.place;
    const here = this.leaf(leaf);
    if (index < here.count) return here.row(index);
    return leaf + 1 < this.leaves.list.length ? this.leaf(leaf + 1).row(0) : NO_ROW;
  }

  rowsOf(key: Term): Row[] {
    const row = this.find(key);
    return row === NO_ROW ? [] : [row];
  }

  // ---- changing ------------------------------------------------------------------------------------------------------

  put(object: Term): void {
    this.enter(tupleElement(object, this.keyPosition), makeRow(object));
  }

  prepared(object: Term): Row {
    return makeRow(object);
  }

  putPrepared(row: Row): void {
    this.enter(rowElement(row, this.keyPosition), row);
  }

  private enter(key: Term, row: Row): void {
    if (this.seek(key)) this.exchange(row);
    else this.insertHere(row);
  }

  private insertHere(row: Row): void {
    const { leaf, index } = this.place;
    this.added(row);
    this.leaves.insert(leaf, index, row, rowElement(row, this.keyPosition));
  }

  /** Puts a row in the place of the one at `place`. */
  private exchange(row: Row): void {
    const { leaf, index } = this.place;
    const old = this.leaf(leaf).row(index);
    this.leaves.replace(leaf, index, row, rowElement(row, this.keyPosition));
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
    const { leaf, index } = this.place;
    const row = this.leaf(leaf).row(index);
    this.leaves.delete(leaf, index);
    this.count--;
    this.drop(row);
  }

  remove(rows: readonly Row[]): void {
    if (rows.length === this.count) return this.clear();
    for (const row of rows) {
      this.seek(rowElement(row, this.keyPosition));
      this.deleteHere();
    }
  }

  *clearing(): Parts<void> {
    const list = this.leaves.takeAll();
    this.count = 0;
    this.rowWords = 0;
    try {
      while (list.length > 0) {
        const { count } = list.at(-1) as Leaf;
        freeRows(list);
        yield count / ROWS_PER_REDUCTION;
      }
    } finally {
      while (list.length > 0) freeRows(list);
    }
  }

  /** The order of keys needs no help. */
  setFixed(): void {}

  // ---- walking -------------------------------------------------------------------------------------------------------

  first(): Row {
    return this.count === 0 ? NO_ROW : this.leaf(0).row(0);
  }

  last(): Row {
    const leaf = this.leaf(this.leaves.list.length - 1);
    return leaf.count === 0 ? NO_ROW : leaf.row(leaf.count - 1);
  }

  /** As in OTP, what says that a walk is at its end is no key to go on from. */
  after(key: Term): Row | undefined {
    if (key === am.$end_of_table) return undefined;
    if (this.seek(key)) this.place.index++;
    return this.rowHere();
  }

  before(key: Term): Row | undefined {
    if (key === am.$end_of_table) return undefined;
    this.seek(key);
    return this.rowBeforeHere();
  }

  private rowBeforeHere(): Row {
    const { leaf, index } = this.place;
    if (index > 0) return this.leaf(leaf).row(index - 1);
    if (leaf === 0) return NO_ROW;
    const previous = this.leaf(leaf - 1);
    return previous.row(previous.count - 1);
  }

  slot(number: number): Row[] | undefined {
    if (number > this.count) throw badarg();
    if (number === this.count) return undefined;
    let rest = number;
    for (const leaf of this.leaves.list) {
      if (rest < leaf.count) return [leaf.row(rest)];
      rest -= leaf.count;
    }
    return undefined;
  }

  /**
   * Calls `visit` for the rows in order, from the first whose key is not `isBefore`, until it gives false. It may replace the row it is
   * given.
   */
  walkUp(isBefore: (key: Term) => boolean, visit: (row: Row) => boolean): void {
    const start = this.partition(isBefore);
    for (let i = start.leaf; i < this.leaves.list.length; i++) {
      const leaf = this.leaf(i);
      for (let j = i === start.leaf ? start.index : 0; j < leaf.count; j++) if (!visit(leaf.row(j))) return;
    }
  }

  /** The same from the last row whose key `isBefore`, downwards. */
  walkDown(isBefore: (key: Term) => boolean, visit: (row: Row) => boolean): void {
    const start = this.partition(isBefore);
    for (let i = start.leaf; i >= 0; i--) {
      const leaf = this.leaf(i);
      for (let j = (i === start.leaf ? start.index : leaf.count) - 1; j >= 0; j--) {
        if (!visit(leaf.row(j))) return;
      }
    }
  }

  /** The place of the first row whose key is not `isBefore`, which must hold for the keys up to some point and for none behind it. */
  private partition(isBefore: (key: Term) => boolean): { leaf: number; index: number } {
    let low = 0;
    let high = this.leaves.list.length - 1;
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
