/**
 * Rows of tables: each object lies, without literals, in a block of its own, behind a head:
 *
 *   +0  the next row of its bucket, 0 ends it (hash tables)
 *   +4  hash of its key (hash tables)
 *   +8  list of what the object owns off-heap
 *  +12  words of the object * 4, + 1 if it is a tuple of immediates, + 2 if deleted while the table is fixed (hash tables)
 *  +16  the object, a tuple
 *
 * A row is named by its address, as a signed number.
 */
import { allocateBlock, freeBlock } from '../memory/allocator.ts';
import { allocate } from '../memory/heap.ts';
import { load, loadTerm, loadUnsigned, plus, store } from '../memory/memory.ts';
import { BIN_REF_HEADER, nextLink, releaseList } from '../memory/off-heap.ts';
import { copyIn, copyInSized, copyOutBehind } from '../term/copy.ts';
import {
  type Addr,
  BIN_REF_ADDRESS,
  BINARY_REFERENCES,
  BINARY_SIZE,
  type Term,
  TUPLE_ELEMENTS,
} from '../term/layout.ts';
import { addressOf, header, isImmediate, makeBoxed, makeCons, tupleArity, tupleElement } from '../term/term.ts';

declare const brand: unique symbol;
export type Row = Addr & { readonly [brand]: 'row' };
export const NO_ROW = 0 as Row;

export const ROW_NEXT = 0;
export const ROW_HASH = 4;
const ROW_OFF_HEAP = 8;
export const ROW_SIZE = 12;
const ROW_OBJECT = 16;
const FLAT = 1;
const HEAD_WORDS = ROW_OBJECT / 4;
/** Tuples of at most so many elements are looked at one by one, whether they are flat. */
const FLAT_ARITY_LIMIT = 16;

function isFlat(object: Term, arity: number): boolean {
  if (arity > FLAT_ARITY_LIMIT) return false;
  for (let i = 1; i <= arity; i++) if (!isImmediate(tupleElement(object, i))) return false;
  return true;
}

function rowAt(block: Addr): Row {
  return addressOf(makeBoxed(block)) as Row;
}

/** A row with a copy of a tuple. Throws OutOfMemory. */
export function makeRow(object: Term, hash = 0): Row {
  const arity = tupleArity(object);
  if (!isFlat(object, arity)) {
    const { block, wordCount, offHeap } = copyOutBehind(object, ROW_OBJECT, true);
    return withHead(block, hash, offHeap, wordCount * 4);
  }
  const block = allocateBlock(ROW_OBJECT + 4 * (arity + 1));
  const target = plus(block, ROW_OBJECT);
  store(target, header(object));
  for (let i = 1; i <= arity; i++) store(plus(target, 4 * i), tupleElement(object, i));
  return withHead(block, hash, 0 as Addr, (arity + 1) * 4 + FLAT);
}

function withHead(block: Addr, hash: number, offHeap: Addr, size: number): Row {
  store(plus(block, ROW_NEXT), 0);
  store(plus(block, ROW_HASH), hash);
  store(plus(block, ROW_OFF_HEAP), offHeap);
  store(plus(block, ROW_SIZE), size);
  return rowAt(block);
}

/** Puts a tuple of immediates in the place of another one of the same arity; false if one of them is none, and nothing is done. */
export function overwriteFlat(row: Row, object: Term): boolean {
  const arity = tupleArity(object);
  const isSame = isFlatRow(row) && rowArity(row) === arity && isFlat(object, arity);
  if (isSame) for (let i = 1; i <= arity; i++) setImmediateElement(row, i, tupleElement(object, i));
  return isSame;
}

export function freeRow(row: Row): void {
  const offHeap = rowOffHeap(row);
  if (offHeap !== 0) releaseList(offHeap);
  freeBlock(row);
}

/** The list of what a row owns off-heap. */
export function rowOffHeap(row: Row): Addr {
  return load(plus(row, ROW_OFF_HEAP)) as Addr;
}

/** The object where it lies: valid until the row is freed or replaced. */
export function rowObject(row: Row): Term {
  return makeBoxed(plus(row, ROW_OBJECT));
}

/** An element where it lies. */
export function rowElement(row: Row, position: number): Term {
  return loadTerm(plus(row, ROW_OBJECT + TUPLE_ELEMENTS - 4 + 4 * position));
}

export function rowArity(row: Row): number {
  return tupleArity(rowObject(row));
}

/** Words that the row takes, its head included. */
export function rowWords(row: Row): number {
  return HEAD_WORDS + Math.floor(load(plus(row, ROW_SIZE)) / 4);
}

function isFlatRow(row: Row): boolean {
  return load(plus(row, ROW_SIZE)) % 2 !== 0;
}

/** A copy of the object on the running process's heap. */
export function copyRow(row: Row): Term {
  if (!isFlatRow(row)) return copyInSized(rowObject(row), rowWords(row) - HEAD_WORDS);
  const wordCount = rowArity(row) + 1;
  const target = allocate(wordCount);
  copyFlat(row, target, wordCount);
  return makeBoxed(target);
}

function copyFlat(row: Row, target: Addr, wordCount: number): void {
  for (let i = 0; i < 4 * wordCount; i += 4) store(plus(target, i), load(plus(row, ROW_OBJECT + i)));
}

/** A list cell with a copy of the object as its head. */
export function consRow(row: Row, rest: Term): Term {
  const flatWords = isFlatRow(row) ? rowArity(row) + 1 : 0;
  const object = flatWords === 0 ? copyRow(row) : undefined;
  const cell = allocate(2 + flatWords);
  if (object === undefined) copyFlat(row, plus(cell, 8), flatWords);
  store(cell, object ?? makeBoxed(plus(cell, 8)));
  store(plus(cell, 4), rest);
  return makeCons(cell);
}

/** A copy of an element on the running process's heap. */
export function copyElement(row: Row, position: number): Term {
  return copyIn(rowElement(row, position));
}

/** Puts a value in the place of an element that is an immediate, too. */
export function setImmediateElement(row: Row, position: number, value: Term): void {
  store(plus(row, ROW_OBJECT + TUPLE_ELEMENTS - 4 + 4 * position), value);
}

/** The off-heap binaries that an object holds: address, bytes, references. */
export function rowBinaries(row: Row): { address: number; size: number; references: number }[] {
  const binaries: { address: number; size: number; references: number }[] = [];
  for (let object = rowOffHeap(row); object !== 0; object = load(nextLink(object)) as Addr) {
    if (load(object) !== BIN_REF_HEADER) continue;
    const binary = loadUnsigned(plus(object, BIN_REF_ADDRESS)) as Addr;
    binaries.push({
      address: binary,
      size: loadUnsigned(plus(binary, BINARY_SIZE)),
      references: load(plus(binary, BINARY_REFERENCES)),
    });
  }
  return binaries;
}
