/**
 * The leaves of an ordered set: up to LEAF_ROWS rows each, in order, and the words of their keys beside them, so that keys that are small
 * integers are compared without touching the rows. Finding a key is a binary search over the leaves' first keys and one in the leaf.
 */
import type { Term } from '../term/layout.ts';
import { boundOf } from '../term/sorted-terms.ts';
import { isSmall } from '../term/term.ts';
import type { Row } from './row.ts';

export const LEAF_ROWS = 128;
/** A leaf with fewer rows is joined with the next one if both together leave room. */
const FEW_ROWS = 32;
const JOINED_ROWS = 96;
/** Words of a leaf's array: key, row, key, row … */
export const LEAF_WORDS = 2 * LEAF_ROWS;

export class Leaf {
  readonly cells = new Int32Array(LEAF_WORDS);
  count = 0;

  key(index: number): Term {
    return this.cells[2 * index] as Term;
  }

  row(index: number): Row {
    return this.cells[2 * index + 1] as Row;
  }

  set(index: number, row: Row, key: Term): void {
    this.cells[2 * index] = key;
    this.cells[2 * index + 1] = row;
  }

  /** The index of the first row whose key is not below this one. */
  indexOf(key: Term): number {
    return boundOf(this.cells, 1, 0, this.count, key, 0);
  }

  insert(index: number, row: Row, key: Term): void {
    const { cells, count } = this;
    if (index < count) cells.copyWithin(2 * index + 2, 2 * index, 2 * count);
    this.set(index, row, key);
    this.count = count + 1;
  }

  delete(index: number): void {
    this.cells.copyWithin(2 * index, 2 * index + 2, 2 * this.count);
    this.count--;
  }

  /** Moves the rows from `index` on to the end of another leaf. */
  moveTo(other: Leaf, index: number): void {
    other.cells.set(this.cells.subarray(2 * index, 2 * this.count), 2 * other.count);
    other.count += this.count - index;
    this.count = index;
  }
}

/** All leaves in order; there is always one, and only an empty set has an empty one. */
export class Leaves {
  readonly list: Leaf[] = [new Leaf()];
  /** The first key of each leaf. */
  private firsts = new Int32Array(16);
  /** Where the last key was: the next is often near. */
  private recent = 0;

  at(index: number): Leaf {
    return this.list[index] as Leaf;
  }

  /** Number of the leaf that has the key, if any has. */
  numberFor(key: Term): number {
    const { firsts, recent } = this;
    const end = this.list.length;
    if (recent < end && this.isBetween(firsts[recent] as Term, key, recent + 1)) return recent;
    this.recent = boundOf(firsts, 0, 1, end, key, 1) - 1;
    return this.recent;
  }

  /** Whether a small integer is not below `low`, and below the first key of leaf `next`. */
  private isBetween(low: Term, key: Term, next: number): boolean {
    if (!isSmall(low) || !isSmall(key) || key < low) return false;
    if (next === this.list.length) return true;
    const high = this.firsts[next] as Term;
    return isSmall(high) && key < high;
  }

  /** Puts a row at a place of a leaf, which is divided when it is full. */
  insert(number: number, index: number, row: Row, key: Term): void {
    const leaf = this.at(number);
    if (leaf.count < LEAF_ROWS) return this.insertInto(number, index, row, key);
    // Keys that come in order leave full leaves behind.
    const isAtStart = number === 0 && index === 0;
    const isAtEnd = number === this.list.length - 1 && index === LEAF_ROWS;
    const next = new Leaf();
    leaf.moveTo(next, isAtStart ? 0 : isAtEnd ? LEAF_ROWS : LEAF_ROWS / 2);
    this.addLeaf(number + 1, next);
    const isInNext = index > leaf.count || isAtEnd;
    this.insertInto(isInNext ? number + 1 : number, isInNext ? index - leaf.count : index, row, key);
  }

  private insertInto(number: number, index: number, row: Row, key: Term): void {
    this.at(number).insert(index, row, key);
    if (index === 0) this.firsts[number] = key;
  }

  private addLeaf(number: number, leaf: Leaf): void {
    const { list } = this;
    if (list.length === this.firsts.length) {
      const larger = new Int32Array(2 * list.length);
      larger.set(this.firsts);
      this.firsts = larger;
    }
    this.firsts.copyWithin(number + 1, number, list.length);
    this.firsts[number] = leaf.key(0);
    list.splice(number, 0, leaf);
  }

  private dropLeaf(number: number): void {
    this.list.splice(number, 1);
    this.firsts.copyWithin(number, number + 1, this.list.length + 1);
  }

  /** Puts a row in the place of one with an equal key. */
  replace(number: number, index: number, row: Row, key: Term): void {
    this.at(number).set(index, row, key);
    if (index === 0) this.firsts[number] = key;
  }

  delete(number: number, index: number): void {
    const leaf = this.at(number);
    leaf.delete(index);
    if (index === 0) this.firsts[number] = leaf.key(0);
    if (leaf.count >= FEW_ROWS || this.list.length === 1) return;
    if (leaf.count === 0) return this.dropLeaf(number);
    const next = this.list[number + 1];
    if (next === undefined || next.count + leaf.count > JOINED_ROWS) return;
    next.moveTo(leaf, 0);
    this.dropLeaf(number + 1);
  }

  /** All leaves; nothing is left here. */
  takeAll(): Leaf[] {
    this.firsts = new Int32Array(16);
    return this.list.splice(0, this.list.length, new Leaf());
  }
}
