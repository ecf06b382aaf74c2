/**
 * Small maps (up to FLATMAP_LIMIT keys): a tuple of keys, which maps with the same keys may share, and the values. Keys are sorted by
 * `compareKeys`, so that maps of the same keys have the same tuple. Functions here expect a flatmap and give one.
 */
import { allocate } from '../memory/heap.ts';
import { MAX_X_REGISTERS } from '../memory/map.ts';
import { plus, store, words } from '../memory/memory.ts';
import { termKernels } from '../memory/term-kernels.ts';
import { tupleOf } from './build.ts';
import { compareExact } from './compare.ts';
import {
  type Addr,
  FLATMAP_KEYS,
  FLATMAP_LIMIT,
  FLATMAP_VALUES,
  HEADER_FLATMAP,
  HEADER_TUPLE,
  makeHeader,
  NIL,
  NON_VALUE,
  PRIMARY_BOXED,
  type Term,
  TUPLE_ELEMENTS,
  UNDECIDED_ORDER,
} from './layout.ts';
import {
  fieldTerm,
  head,
  headerSize,
  isAtom,
  isCons,
  isSmall,
  isTuple,
  makeBoxed,
  tail,
  tupleArity,
  tupleElement,
} from './term.ts';
import { termRules } from './term-rules.ts';

/** Of one instruction that puts pairs into a map: as many as fill the X registers. */
const MAX_PAIRS = MAX_X_REGISTERS / 2;

/** The order of keys in a flatmap's tuple: that of map keys, but between two atoms that of `termRules.atomKeysByIndex`. */
export function compareKeys(a: Term, b: Term): number {
  // Atoms' words are in the order of their indexes, as unsigned numbers.
  if (isAtom(a)) {
    if (isAtom(b)) return termRules.atomKeysByIndex ? (a >>> 0) - (b >>> 0) : compareExact(a, b);
    if (isSmall(b)) return 1;
  } else if (isSmall(a)) {
    if (isSmall(b)) return a - b;
    if (isAtom(b)) return -1;
  } else {
    const order = termKernels().order(a, b);
    if (order !== UNDECIDED_ORDER) return order;
  }
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
  return termKernels().flatmapPosition(map, key);
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

/** Indexes in `words` of the first key and the first value. */
function firstKey(map: Term): number {
  return (flatmapKeys(map) - PRIMARY_BOXED + TUPLE_ELEMENTS) >>> 2;
}

function firstValue(map: Term): number {
  return (map - PRIMARY_BOXED + FLATMAP_VALUES) >>> 2;
}

/** Indexes in `words`; a loop, since calls of copyWithin cost more than a few words do. */
function copyWords(from: number, to: number, count: number): void {
  const view = words;
  for (let i = 0; i < count; i++) view[to + i] = view[from + i] as number;
}

/** A flatmap and its own tuple of keys, for `count` pairs; the caller stores both. */
function allocateBoth(count: number): Term {
  const keys = allocate(1 + count);
  store(keys, makeHeader(HEADER_TUPLE, count));
  return makeBoxed(allocateFlatmap(makeBoxed(keys), count));
}

/** How many of the `count` sorted keys come before a key. */
function placeOf(first: number, count: number, key: Term): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(words[first + middle] as Term, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** With a key that it does not have. The caller has made sure that there is room below FLATMAP_LIMIT. */
export function flatmapInsert(map: Term, key: Term, value: Term): Term {
  const count = flatmapSize(map);
  const position = placeOf(firstKey(map), count, key);
  const result = allocateBoth(count + 1);
  copyWords(firstKey(map), firstKey(result), position);
  copyWords(firstKey(map) + position, firstKey(result) + position + 1, count - position);
  copyWords(firstValue(map), firstValue(result), position);
  copyWords(firstValue(map) + position, firstValue(result) + position + 1, count - position);
  words[firstKey(result) + position] = key;
  words[firstValue(result) + position] = value;
  return result;
}

/** Without the key at a position. */
export function flatmapDelete(map: Term, position: number): Term {
  const count = flatmapSize(map);
  const result = allocateBoth(count - 1);
  copyWords(firstKey(map), firstKey(result), position);
  copyWords(firstKey(map) + position + 1, firstKey(result) + position, count - position - 1);
  copyWords(firstValue(map), firstValue(result), position);
  copyWords(firstValue(map) + position + 1, firstValue(result) + position, count - position - 1);
  return result;
}

/** Pairs being put into a small map; one insertion at a time. */
const pairKeys = new Int32Array(FLATMAP_LIMIT + MAX_PAIRS);
const pairValues = new Int32Array(FLATMAP_LIMIT + MAX_PAIRS);

/** With `count` pairs at `pairs` (key, value, key …), at most MAX_PAIRS. Undefined: that is too many for a flatmap. */
export function flatmapInsertAll(map: Term, pairs: Addr, count: number): Term | undefined {
  let size = flatmapSize(map);
  const [keysFrom, valuesFrom] = [firstKey(map), firstValue(map)];
  for (let i = 0; i < size; i++) {
    pairKeys[i] = words[keysFrom + i] as number;
    pairValues[i] = words[valuesFrom + i] as number;
  }
  size = insertPairs(size, pairs, count);
  return size > FLATMAP_LIMIT ? undefined : flatmapOfGathered(size);
}

/** The flatmap of up to FLATMAP_LIMIT pairs at `pairs`; NON_VALUE: a key comes twice. */
export function flatmapOfPairs(pairs: Addr, count: number): Term {
  return insertPairs(0, pairs, count) === count ? flatmapOfGathered(count) : NON_VALUE;
}

/** The flatmap of a proper list of up to FLATMAP_LIMIT tuples `{Key, Value}`, the last of equal keys counting; NON_VALUE: it is another term. */
export function flatmapOfPairList(list: Term): Term {
  let size = 0;
  let rest = list;
  for (let count = 0; isCons(rest); count++) {
    const pair = head(rest);
    if (count === FLATMAP_LIMIT || !isTuple(pair) || tupleArity(pair) !== 2) return NON_VALUE;
    size = insertPair(size, tupleElement(pair, 1), tupleElement(pair, 2));
    rest = tail(rest);
  }
  return rest === NIL ? flatmapOfGathered(size) : NON_VALUE;
}

function insertPairs(before: number, pairs: Addr, count: number): number {
  const first = pairs >>> 2;
  let size = before;
  for (let i = 0; i < count; i++)
    size = insertPair(size, words[first + 2 * i] as Term, words[first + 2 * i + 1] as Term);
  return size;
}

function flatmapOfGathered(size: number): Term {
  const result = allocateBoth(size);
  const [keysTo, valuesTo] = [firstKey(result), firstValue(result)];
  for (let i = 0; i < size; i++) {
    words[keysTo + i] = pairKeys[i] as number;
    words[valuesTo + i] = pairValues[i] as number;
  }
  return result;
}

/** Puts a pair into the `size` sorted ones; returns how many there are then. */
function insertPair(size: number, key: Term, value: Term): number {
  let position = size;
  while (position > 0) {
    const difference = compareKeys(key, pairKeys[position - 1] as Term);
    if (difference > 0) break;
    position--;
    if (difference === 0) {
      pairValues[position] = value;
      return size;
    }
  }
  for (let i = size; i > position; i--) {
    pairKeys[i] = pairKeys[i - 1] as number;
    pairValues[i] = pairValues[i - 1] as number;
  }
  pairKeys[position] = key;
  pairValues[position] = value;
  return size + 1;
}

/**
 * With the values of `count` existing keys replaced, from pairs at `pairs`: one copy for all, the map itself if they are the same words.
 * Undefined if a key is new. At most MAX_PAIRS pairs.
 */
export function flatmapReplaceAll(map: Term, pairs: Addr, count: number): Term | undefined {
  const first = pairs >>> 2;
  let changed = false;
  for (let i = 0; i < count; i++) {
    const position = flatmapPosition(map, words[first + 2 * i] as Term);
    if (position < 0) return undefined;
    if (flatmapValue(map, position) !== words[first + 2 * i + 1]) changed = true;
    pairKeys[i] = position;
  }
  if (!changed) return map;
  const size = flatmapSize(map);
  const result = makeBoxed(allocateFlatmap(flatmapKeys(map), size));
  const to = firstValue(result);
  copyWords(firstValue(map), to, size);
  for (let i = 0; i < count; i++) words[to + (pairKeys[i] as number)] = words[first + 2 * i + 1] as number;
  return result;
}

function termsAt(first: number, count: number): Term[] {
  const terms: Term[] = [];
  for (let i = 0; i < count; i++) terms.push(words[first + i] as Term);
  return terms;
}

export function flatmapKeyArray(map: Term): Term[] {
  return termsAt(firstKey(map), flatmapSize(map));
}

export function flatmapValueArray(map: Term): Term[] {
  return termsAt(firstValue(map), flatmapSize(map));
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
