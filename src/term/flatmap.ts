/**
 * Small maps (up to FLATMAP_LIMIT keys): a tuple of keys, which maps with the same keys may share, and the values. Keys are sorted by
 * `compareKeys`, so that maps of the same keys have the same tuple. Functions here expect a flatmap and give one.
 */
import { allocate } from '../memory/heap.ts';
import { plus, store, words } from '../memory/memory.ts';
import { tupleOf } from './build.ts';
import { compareExact } from './compare.ts';
import { identical } from './equality.ts';
import {
  type Addr,
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  HEADER_FLATMAP,
  makeHeader,
  PRIMARY_BOXED,
  type Term,
  TUPLE_ELEMENTS,
} from './layout.ts';
import { fieldTerm, headerSize, isAtom, isImmediate, makeBoxed, tupleElement } from './term.ts';
import { termRules } from './term-rules.ts';

/** The order of keys in a flatmap's tuple: that of map keys, but between two atoms that of `termRules.atomKeysByIndex`. */
export function compareKeys(a: Term, b: Term): number {
  // Atoms' words are in the order of their indexes, as unsigned numbers.
  if (isAtom(a) && isAtom(b) && termRules.atomKeysByIndex) return (a >>> 0) - (b >>> 0);
  return compareExact(a, b);
}

export function flatmapSize(map: Term): number {
  return headerSize(map) - 1;
}

/** The tuple of a flatmap's keys. */
export function flatmapKeys(map: Term): Term {
  return fieldTerm(map, FLATMAP_KEYS);
}

/** Key by its position from 0. */
export function flatmapKey(map: Term, position: number): Term {
  return tupleElement(flatmapKeys(map), position + 1);
}

/** Value by its position from 0. */
export function flatmapValue(map: Term, position: number): Term {
  return fieldTerm(map, FLATMAP_VALUES + position * 4);
}

/** The position (from 0) of a key, or -1. */
export function flatmapPosition(map: Term, key: Term): number {
  const first = (flatmapKeys(map) - PRIMARY_BOXED + TUPLE_ELEMENTS) >>> 2;
  const count = flatmapSize(map);
  const view = words;
  if (isImmediate(key)) {
    for (let i = 0; i < count; i++) if (view[first + i] === key) return i;
    return -1;
  }
  for (let i = 0; i < count; i++) if (identical(view[first + i] as Term, key)) return i;
  return -1;
}

/** A flatmap of a tuple of sorted keys; the caller stores the values from FLATMAP_VALUES behind the returned address on. */
export function allocateFlatmap(keys: Term, count: number): Addr {
  const a = allocate(2 + count);
  store(a, makeHeader(HEADER_FLATMAP, 1 + count));
  store(plus(a, FLATMAP_KEYS), keys);
  return a;
}

/** A flatmap of arrays whose keys are sorted and differ. */
export function flatmapOf(keys: readonly Term[], values: readonly Term[]): Term {
  return flatmapWithKeys(tupleOf(keys), values);
}

/** A flatmap that shares a tuple of keys. */
export function flatmapWithKeys(keys: Term, values: readonly Term[]): Term {
  const a = allocateFlatmap(keys, values.length);
  for (let i = 0; i < values.length; i++) store(plus(a, FLATMAP_VALUES + i * 4), values[i] as Term);
  return makeBoxed(a);
}

/** The same keys with another value at a position; the map itself if the value is the same word. */
export function flatmapReplace(map: Term, position: number, value: Term): Term {
  if (flatmapValue(map, position) === value) return map;
  const count = flatmapSize(map);
  const a = allocateFlatmap(flatmapKeys(map), count);
  const from = (map - PRIMARY_BOXED + FLATMAP_VALUES) >>> 2;
  const to = (a + FLATMAP_VALUES) >>> 2;
  for (let i = 0; i < count; i++) words[to + i] = words[from + i] as number;
  words[to + position] = value;
  return makeBoxed(a);
}

/** With a key that it does not have. The caller has made sure that there is room below FLATMAP_LIMIT. */
export function flatmapInsert(map: Term, key: Term, value: Term): Term {
  const count = flatmapSize(map);
  let position = count;
  while (position > 0 && compareKeys(flatmapKey(map, position - 1), key) > 0) position--;
  const keys: Term[] = [];
  const values: Term[] = [];
  for (let i = 0; i < position; i++) {
    keys.push(flatmapKey(map, i));
    values.push(flatmapValue(map, i));
  }
  keys.push(key);
  values.push(value);
  for (let i = position; i < count; i++) {
    keys.push(flatmapKey(map, i));
    values.push(flatmapValue(map, i));
  }
  return flatmapOf(keys, values);
}

/** Without the key at a position. */
export function flatmapDelete(map: Term, position: number): Term {
  const keys = flatmapKeyArray(map);
  const values = flatmapValueArray(map);
  keys.splice(position, 1);
  values.splice(position, 1);
  return flatmapOf(keys, values);
}

export function flatmapKeyArray(map: Term): Term[] {
  return Array.from({ length: flatmapSize(map) }, (_, i) => flatmapKey(map, i));
}

export function flatmapValueArray(map: Term): Term[] {
  return Array.from({ length: flatmapSize(map) }, (_, i) => flatmapValue(map, i));
}

/**
 * Puts one key and value into sorted arrays: in its place, or over the value of the same key. The way to make a small map of
 * unsorted pairs.
 */
export function insertSorted(keys: Term[], values: Term[], key: Term, value: Term): void {
  let position = keys.length;
  while (position > 0) {
    const difference = compareKeys(key, keys[position - 1] as Term);
    if (difference > 0) break;
    position--;
    if (difference === 0) {
      values[position] = value;
      return;
    }
  }
  keys.splice(position, 0, key);
  values.splice(position, 0, value);
}
