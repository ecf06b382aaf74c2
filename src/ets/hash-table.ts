/**
 * Storage of sets and bags: linear hashing, as in OTP's erl_db_hash.c: one bucket is divided or joined at a time, so that no single call
 * takes long, and a walk through the buckets in order misses nothing when the table grows meanwhile. Rows of one key lie side by side in
 * their bucket, the newest first.
 *
 * While the table is fixed the number of buckets stays, and a row that is deleted stays as a mark of its place.
 */
import { load, plus, store } from '../memory/memory.ts';
import { termKernels } from '../memory/term-kernels.ts';
import { identical } from '../term/equality.ts';
import { badarg } from '../term/erlang-error.ts';
import { quickHashOfImmediate } from '../term/hash.ts';
import { HASH_SHIFT } from '../term/hash-nodes.ts';
import type { Term } from '../term/layout.ts';
import type { Parts } from '../term/parts.ts';
import { isImmediate, isSmall, makeSmall, smallValue, tupleElement } from '../term/term.ts';
import {
  freeRow,
  makeRow,
  NO_ROW,
  overwriteFlat,
  ROW_HASH,
  ROW_NEXT,
  ROW_SIZE,
  type Row,
  rowElement,
  rowObject,
} from './row.ts';
import { ROWS_IN_A_PART, ROWS_PER_REDUCTION, RowStore, type TableType } from './row-store.ts';

const MIN_BUCKETS = 256;
const DELETED = 2;
const BUCKETS_IN_A_PART = 4096;
/** So many integers in a row are neighbours. */
const NEAR_BITS = 5;
const NEAR_MASK = 31;

function nextOf(row: Row): Row {
  return load(plus(row, ROW_NEXT)) as Row;
}
function setNext(row: Row, next: Row): void {
  store(plus(row, ROW_NEXT), next);
}
function hashOf(row: Row): number {
  return load(plus(row, ROW_HASH));
}
function isDeleted(row: Row): boolean {
  return (load(plus(row, ROW_SIZE)) & DELETED) !== 0;
}
function setDeleted(row: Row, deleted: boolean): void {
  const size = load(plus(row, ROW_SIZE)) & ~DELETED;
  store(plus(row, ROW_SIZE), deleted ? size | DELETED : size);
}

/** Frees a row and those behind it; how many. */
function freeChain(first: Row): number {
  let count = 0;
  for (let row = first; row !== NO_ROW; count++) {
    const next = nextOf(row);
    freeRow(row);
    row = next;
  }
  return count;
}

/**
 * The hash of a key. Integers that follow each other share a neighbourhood of buckets, so that a table that is filled or read in order
 * stays in the processor's cache.
 */
function keyHash(key: Term): number {
  if (!isSmall(key)) return otherHash(key);
  const value = smallValue(key);
  return quickHashOfImmediate(makeSmall(value >> NEAR_BITS)) ^ (value & NEAR_MASK);
}

/** The kernel gives the 29 highest bits. */
function otherHash(key: Term): number {
  return isImmediate(key) ? quickHashOfImmediate(key) : termKernels().keyHash(key) >> HASH_SHIFT;
}

export class HashTable extends RowStore {
  private readonly type: TableType;
  private buckets = new Int32Array(MIN_BUCKETS);
  /** Buckets in use; the mask of the smallest power of two that is not below. */
  private active = MIN_BUCKETS;
  private mask = MIN_BUCKETS - 1;
  private fixed = false;
  /** Buckets that may hold rows that were deleted while the table was fixed. */
  private readonly marked = new Set<number>();

  constructor(type: TableType, keyPosition: number) {
    super(keyPosition);
    this.type = type;
  }

  get wordCount(): number {
    return this.rowWords + this.buckets.length;
  }

  private bucketOf(hash: number): number {
    const index = hash & this.mask;
    return index < this.active ? index : index & (this.mask >>> 1);
  }

  private bucket(index: number): Row {
    return this.buckets[index] as Row;
  }

  private keyOf(row: Row): Term {
    return rowElement(row, this.keyPosition);
  }

  private hasKey(row: Row, key: Term, hash: number): boolean {
    if (hashOf(row) !== hash) return false;
    const own = this.keyOf(row);
    return own === key || (!isImmediate(key) && termKernels().identical(own, key) !== 0);
  }

  // ---- looking up ----------------------------------------------------------------------------------------------------

  /** The first row with a key, deleted or not. */
  private place(key: Term, hash: number): Row {
    let row = this.bucket(this.bucketOf(hash));
    if (isImmediate(key)) {
      while (row !== NO_ROW && this.keyOf(row) !== key) row = nextOf(row);
      return row;
    }
    while (row !== NO_ROW && !this.hasKey(row, key, hash)) row = nextOf(row);
    return row;
  }

  find(key: Term): Row {
    const hash = keyHash(key);
    const row = this.place(key, hash);
    return row === NO_ROW || !isDeleted(row) ? row : this.liveOf(row, key, hash);
  }

  /** The first row with a key that is not deleted, from the first with this key on; NO_ROW if there is none. */
  private liveOf(first: Row, key: Term, hash: number): Row {
    let row = first;
    while (row !== NO_ROW && isDeleted(row)) {
      row = nextOf(row);
      if (row !== NO_ROW && !this.hasKey(row, key, hash)) return NO_ROW;
    }
    return row;
  }

  rowsOf(key: Term, withKept = false): Row[] {
    const hash = keyHash(key);
    const rows: Row[] = [];
    let row = this.place(key, hash);
    for (; row !== NO_ROW && this.hasKey(row, key, hash); row = nextOf(row)) {
      if (withKept || !isDeleted(row)) rows.push(row);
    }
    return rows;
  }

  // ---- changing ------------------------------------------------------------------------------------------------------

  put(object: Term): void {
    const key = tupleElement(object, this.keyPosition);
    this.enter(object, key, keyHash(key), NO_ROW);
  }

  prepared(object: Term): Row {
    return makeRow(object, keyHash(tupleElement(object, this.keyPosition)));
  }

  putPrepared(row: Row): void {
    this.enter(rowObject(row), this.keyOf(row), hashOf(row), row);
  }

  /** Inserts an object, as `made` unless that is NO_ROW. */
  private enter(object: Term, key: Term, hash: number, made: Row): void {
    const index = this.bucketOf(hash);
    let previous = NO_ROW;
    let row = this.bucket(index);
    while (row !== NO_ROW && !this.hasKey(row, key, hash)) {
      previous = row;
      row = nextOf(row);
    }
    if (row !== NO_ROW && this.type === 'bag' && this.hasTwin(row, object, key, hash)) {
      if (made !== NO_ROW) freeRow(made);
      return;
    }
    const mayStay = made === NO_ROW && row !== NO_ROW && this.type === 'set' && !isDeleted(row);
    if (mayStay && overwriteFlat(row, object)) return;
    const own = made === NO_ROW ? makeRow(object, hash) : made;
    if (row !== NO_ROW && this.type === 'set') return this.exchange(index, previous, row, own);
    this.link(index, previous, row, own);
    if (this.count > this.active && !this.fixed) this.grow();
  }

  private link(index: number, previous: Row, next: Row, row: Row): void {
    setNext(row, next);
    if (previous === NO_ROW) this.buckets[index] = row;
    else setNext(previous, row);
    this.added(row);
  }

  /** Puts a new row in the place of one with the same key, deleted or not. */
  private exchange(index: number, previous: Row, old: Row, row: Row): void {
    if (!isDeleted(old)) this.count--;
    this.link(index, previous, nextOf(old), row);
    this.drop(old);
  }

  /** Whether a bag has the object; `first` is the first row with its key. */
  private hasTwin(first: Row, object: Term, key: Term, hash: number): boolean {
    for (let row = first; row !== NO_ROW && this.hasKey(row, key, hash); row = nextOf(row)) {
      if (!isDeleted(row) && identical(rowObject(row), object)) return true;
    }
    return false;
  }

  /** Takes a row out, or marks it when `keepPlace` and the table is fixed. Returns whether it is out. */
  private takeOut(index: number, previous: Row, row: Row, keepPlace: boolean): boolean {
    this.count--;
    if (keepPlace && this.fixed) {
      setDeleted(row, true);
      this.marked.add(index);
      return false;
    }
    this.unlink(index, previous, row);
    return true;
  }

  private unlink(index: number, previous: Row, row: Row): void {
    if (previous === NO_ROW) this.buckets[index] = nextOf(row);
    else setNext(previous, nextOf(row));
    this.drop(row);
  }

  /** Deletes rows of one key that `isMeant`; one of each key keeps its place in a fixed table. */
  private deleteWhere(key: Term, isMeant: (row: Row) => boolean): void {
    const hash = keyHash(key);
    const index = this.bucketOf(hash);
    let previous = NO_ROW;
    let row = this.bucket(index);
    let isFirst = true;
    let inGroup = false;
    while (row !== NO_ROW) {
      const next = nextOf(row);
      const isOfKey = this.hasKey(row, key, hash);
      if (inGroup && !isOfKey) break;
      inGroup = isOfKey;
      let isOut = false;
      if (isOfKey && !isDeleted(row) && isMeant(row)) isOut = this.takeOut(index, previous, row, isFirst);
      if (isOfKey && !isOut) isFirst = false;
      if (!isOut) previous = row;
      row = next;
    }
    this.shrinkAll();
  }

  deleteKey(key: Term): void {
    this.deleteWhere(key, () => true);
  }

  deleteObject(object: Term): void {
    this.deleteWhere(tupleElement(object, this.keyPosition), (row) => identical(rowObject(row), object));
  }

  replace(row: Row, object: Term): void {
    const hash = hashOf(row);
    const index = this.bucketOf(hash);
    this.exchange(index, this.previousOf(index, row), row, makeRow(object, hash));
  }

  private previousOf(index: number, row: Row): Row {
    let previous = NO_ROW;
    for (let at = this.bucket(index); at !== row; at = nextOf(at)) previous = at;
    return previous;
  }

  remove(rows: readonly Row[], keepPlaces: boolean): void {
    for (const row of rows) {
      const index = this.bucketOf(hashOf(row));
      this.takeOut(index, this.previousOf(index, row), row, keepPlaces);
    }
    this.shrinkAll();
  }

  *clearing(): Parts<void> {
    if (this.fixed) {
      const { count } = this;
      this.markAll();
      yield count / ROWS_PER_REDUCTION;
      return;
    }
    yield* this.freeing();
  }

  override *freeing(): Parts<void> {
    const { buckets, active } = this;
    this.buckets = new Int32Array(MIN_BUCKETS);
    this.active = MIN_BUCKETS;
    this.mask = MIN_BUCKETS - 1;
    this.count = 0;
    this.rowWords = 0;
    this.marked.clear();
    let index = 0;
    try {
      for (let freed = 0; index < active; ) {
        freed += freeChain(buckets[index++] as Row);
        if (freed >= ROWS_IN_A_PART || index % BUCKETS_IN_A_PART === 0) {
          yield ROWS_IN_A_PART / ROWS_PER_REDUCTION;
          freed = 0;
        }
      }
    } finally {
      while (index < active) freeChain(buckets[index++] as Row);
    }
  }

  private markAll(): void {
    for (let index = 0; index < this.active; index++) {
      for (let row = this.bucket(index); row !== NO_ROW; row = nextOf(row)) {
        setDeleted(row, true);
        this.marked.add(index);
      }
    }
    this.count = 0;
  }

  // ---- the number of buckets -----------------------------------------------------------------------------------------

  /** Divides one bucket. */
  private grow(): void {
    const index = this.active;
    if (index > this.mask) this.mask = this.mask * 2 + 1;
    if (index === this.buckets.length) {
      const larger = new Int32Array(2 * index);
      larger.set(this.buckets);
      this.buckets = larger;
    }
    const source = index & (this.mask >>> 1);
    this.active++;
    let stays = NO_ROW;
    let moves = NO_ROW;
    for (let row = this.bucket(source); row !== NO_ROW; row = nextOf(row)) {
      if ((hashOf(row) & this.mask) === source) {
        if (stays === NO_ROW) this.buckets[source] = row;
        else setNext(stays, row);
        stays = row;
      } else {
        if (moves === NO_ROW) this.buckets[index] = row;
        else setNext(moves, row);
        moves = row;
      }
    }
    if (stays === NO_ROW) this.buckets[source] = NO_ROW;
    else setNext(stays, NO_ROW);
    if (moves === NO_ROW) this.buckets[index] = NO_ROW;
    else setNext(moves, NO_ROW);
  }

  /** Joins buckets while there are far too many. */
  private shrinkAll(): void {
    if (this.fixed) return;
    while (this.active > MIN_BUCKETS && this.count < this.active / 2) this.shrink();
  }

  private shrink(): void {
    const index = this.active - 1;
    const target = index & (this.mask >>> 1);
    const rest = this.bucket(index);
    this.active = index;
    if (index === (this.mask + 1) / 2) {
      this.mask = index - 1;
      if (this.buckets.length >= 4 * index) this.buckets = this.buckets.slice(0, 2 * index);
    }
    this.buckets[index] = NO_ROW;
    if (rest === NO_ROW) return;
    let last = this.bucket(target);
    if (last === NO_ROW) {
      this.buckets[target] = rest;
      return;
    }
    while (nextOf(last) !== NO_ROW) last = nextOf(last);
    setNext(last, rest);
  }

  setFixed(fixed: boolean): void {
    this.fixed = fixed;
    if (fixed) return;
    for (const index of this.marked) {
      let previous = NO_ROW;
      for (let row = this.bucket(index); row !== NO_ROW; ) {
        const next = nextOf(row);
        if (isDeleted(row)) this.unlink(index, previous, row);
        else previous = row;
        row = next;
      }
    }
    this.marked.clear();
    while (this.count > this.active) this.grow();
    this.shrinkAll();
  }

  // ---- walking -------------------------------------------------------------------------------------------------------

  /** The first row from `row` on that is not deleted, in this bucket or one behind it; `withKept`: or that keeps its place. */
  private liveFrom(row: Row, bucket: number, withKept: boolean): Row {
    let at = row;
    for (let index = bucket; ; ) {
      while (at !== NO_ROW && !withKept && isDeleted(at)) at = nextOf(at);
      index++;
      if (at !== NO_ROW || index >= this.active) return at;
      at = this.bucket(index);
    }
  }

  first(withKept = false): Row {
    return this.liveFrom(this.bucket(0), 0, withKept);
  }

  /** As OTP has it, the last of a table without order is the first. */
  last(): Row {
    return this.first();
  }

  after(key: Term, withKept = false): Row | undefined {
    const hash = keyHash(key);
    let row = this.place(key, hash);
    if (row === NO_ROW) return undefined;
    while (row !== NO_ROW && this.hasKey(row, key, hash)) row = nextOf(row);
    return this.liveFrom(row, this.bucketOf(hash), withKept);
  }

  before(key: Term): Row | undefined {
    return this.after(key);
  }

  slot(number: number): Row[] | undefined {
    if (number > this.active) throw badarg();
    if (number === this.active) return undefined;
    const rows: Row[] = [];
    this.visitBucket(number, (row) => rows.push(row));
    return rows;
  }

  /** Rows that are deleted and keep their place. */
  get keptCount(): number {
    let kept = 0;
    for (const index of this.marked) {
      for (let row = this.bucket(index); row !== NO_ROW; row = nextOf(row)) if (isDeleted(row)) kept++;
    }
    return kept;
  }

  get bucketCount(): number {
    return this.active;
  }

  /** Calls `visit` for the rows of a bucket; it may replace the row it is given. `withKept`: also for those that are deleted. Returns how many lie there. */
  visitBucket(index: number, visit: (row: Row) => void, withKept = false): number {
    let count = 0;
    for (let row = this.bucket(index); row !== NO_ROW; count++) {
      const next = nextOf(row);
      if (withKept || !isDeleted(row)) visit(row);
      row = next;
    }
    return count;
  }
}
