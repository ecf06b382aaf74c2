/**
 * The total order of terms, without native recursion (erts_cmp_compound in OTP's utils.c):
 * number < atom < reference < fun < port < pid < tuple < native record < map < nil < list < bitstring.
 */
import { extendAtomOrders } from '../memory/atom-orders.ts';
import { words } from '../memory/memory.ts';
import { atomName } from './atoms.ts';
import { compareBits } from './compare-bits.ts';
import { compareNumbers, compareNumbersExact } from './compare-numbers.ts';
import { equal, identical } from './equality.ts';
import { exportNameOf, funEntryOf } from './fun-entries.ts';
import { internalHash } from './hash.ts';
import { collectLeaves, HASH_MASK, hashmapSize } from './hash-nodes.ts';
import {
  ATOM_TAG,
  EXTERNAL_KIND,
  EXTERNAL_PID,
  EXTERNAL_PORT,
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  FUN_ENTRY,
  FUN_FIXED_WORDS,
  FUN_FREE,
  HEADER_EXTERNAL,
  IMMED_MASK,
  PID_TAG,
  PORT_TAG,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  RECORD_VALUES,
  type Term,
  TUPLE_ELEMENTS,
} from './layout.ts';
import { FIRST_FIELD, recordDefinition } from './native-record.ts';
import { nodeOf, pidNumber, pidSerial, portHigh, portLow, refWord, refWords } from './nodes.ts';
import {
  field,
  fieldTerm,
  head,
  headerSize,
  headerType,
  isAtom,
  isClosure,
  isCons,
  isFlatmap,
  isImmediate,
  tail,
  tupleElement,
} from './term.ts';
import { termRules } from './term-rules.ts';

const NUMBER = 0;
const ATOM = 1;
const REF = 2;
const FUN = 3;
const PORT = 4;
const PID = 5;
const TUPLE = 6;
const RECORD = 7;
const MAP = 8;
const EMPTY_LIST = 9;
const LIST = 10;
const BITS = 11;

/** By header type >> 4; the types that are no terms of their own have no place. Externals depend on their kind. */
const BOXED_RANKS = [RECORD, TUPLE, NUMBER, NUMBER, NUMBER, REF, FUN, FUN, BITS, BITS, -1, -1, MAP, MAP, -1, -1];

function rankOf(t: Term): number {
  switch (t & PRIMARY_MASK) {
    case PRIMARY_SMALL:
      return NUMBER;
    case PRIMARY_CONS:
      return LIST;
    case PRIMARY_BOXED: {
      const type = headerType(t);
      if (type !== HEADER_EXTERNAL) return BOXED_RANKS[type >> 4] as number;
      const kind = field(t, EXTERNAL_KIND);
      return kind === EXTERNAL_PID ? PID : kind === EXTERNAL_PORT ? PORT : REF;
    }
    default: {
      const tag = t & IMMED_MASK;
      return tag === ATOM_TAG ? ATOM : tag === PID_TAG ? PID : tag === PORT_TAG ? PORT : EMPTY_LIST;
    }
  }
}

/** Order of two atoms by the code points of their texts, a prefix first. */
export function compareAtoms(a: Term, b: Term): number {
  extendAtomOrders();
  const x = atomName(a);
  const y = atomName(b);
  const common = Math.min(x.length, y.length);
  for (let i = 0; i < common; i++) {
    const unitX = x.charCodeAt(i);
    const unitY = y.charCodeAt(i);
    if (unitX !== unitY) return byCodePoint(unitX) - byCodePoint(unitY);
  }
  return x.length - y.length;
}

/** UTF-16 units in an order that is the order of code points: surrogates behind all others. */
function byCodePoint(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

function order(x: number, y: number): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The search for the smallest key in which two hashmaps of one size differ; its outcome decides their order. */
interface SmallestKey {
  /** Height of the stack when the search began: a difference found above it is the answer to its latest question. */
  readonly depth: number;
  /** How values are to be compared. */
  readonly exact: boolean;
  readonly keys: readonly Term[];
  /** For each key its values in a and b; undefined where the key sets differ. */
  readonly values: readonly (readonly [Term, Term])[] | undefined;
  /** For each key -1 or 1: the order of the maps if it is the smallest one, where the key sets differ. */
  readonly results: readonly number[];
  asked: number;
  best: number;
}

const PAIR = 0;
const ARRAY = 1;
const SEARCH = 2;

/**
 * One comparison at a time: it never begins another, so there is one object. Entries of the stack, last number on top: a, b, PAIR;
 * count, word indexes in a and b, ARRAY; 0, 0, SEARCH, under which the answer to the top search's question is worked out.
 */
class Comparison {
  // What lies above #height is rubbish: setting the length of an array costs more than most comparisons.
  #stack: number[] = [];
  #height = 0;
  #searches: SmallestKey[] = [];
  #exact = false;

  run(a: Term, b: Term, exact: boolean): number {
    this.#height = 0;
    this.#exact = exact;
    let result = this.#terms(a, b);
    for (;;) {
      while (result !== 0) {
        const search = this.#searches.at(-1);
        if (search === undefined) return result;
        this.#height = search.depth;
        result = this.#answer(search, result);
      }
      if (this.#height === 0) return 0;
      result = this.#step();
    }
  }

  #push(x: number, y: number, kind: number): void {
    const top = this.#height;
    const stack = this.#stack;
    stack[top] = x;
    stack[top + 1] = y;
    stack[top + 2] = kind;
    this.#height = top + 3;
  }

  #step(): number {
    const stack = this.#stack;
    const top = this.#height;
    const kind = stack[top - 1];
    this.#height = top - 3;
    if (kind === SEARCH) return this.#answer(this.#searches.at(-1) as SmallestKey, 0);
    const x = stack[top - 3] as number;
    const y = stack[top - 2] as number;
    if (kind === PAIR) return this.#terms(x as Term, y as Term);
    this.#height = top - 4;
    return this.#words(x, y, stack[top - 4] as number);
  }

  /** As many pairs of terms from word indexes on: the first that differs, and behind it the rest. */
  #words(firstA: number, firstB: number, count: number): number {
    const view = words;
    let i = 0;
    while (i < count && view[firstA + i] === view[firstB + i]) i++;
    if (i === count) return 0;
    if (i < count - 1) {
      this.#stack[this.#height++] = count - i - 1;
      this.#push(firstA + i + 1, firstB + i + 1, ARRAY);
    }
    const a = view[firstA + i] as Term;
    const b = view[firstB + i] as Term;
    if (isImmediate(a) || isImmediate(b)) return this.#terms(a, b);
    this.#push(a, b, PAIR);
    return 0;
  }

  #array(a: Term, b: Term, offset: number, count: number): number {
    return this.#words((a - PRIMARY_BOXED + offset) >>> 2, (b - PRIMARY_BOXED + offset) >>> 2, count);
  }

  /** The order of a and b, or 0 if they do not differ at once: then what remains to be compared is on the stack. */
  #terms(a: Term, b: Term): number {
    if (a === b) return 0;
    const rank = rankOf(a);
    const rankB = rankOf(b);
    if (rank !== rankB) return rank - rankB;
    switch (rank) {
      case NUMBER:
        return this.#exact ? compareNumbersExact(a, b, termRules.zeroSigns) : compareNumbers(a, b);
      case ATOM:
        return compareAtoms(a, b);
      case REF:
        return compareRefs(a, b);
      case FUN:
        return this.#funs(a, b);
      case PORT:
        return compareNodes(a, b) || order(portHigh(a), portHigh(b)) || order(portLow(a), portLow(b));
      case PID:
        return order(pidSerial(a), pidSerial(b)) || order(pidNumber(a), pidNumber(b)) || compareNodes(a, b);
      case TUPLE:
        return headerSize(a) - headerSize(b) || this.#array(a, b, TUPLE_ELEMENTS, headerSize(a));
      case RECORD:
        return compareDefinitions(a, b) || this.#array(a, b, RECORD_VALUES, headerSize(a) - 1);
      case MAP:
        return this.#maps(a, b);
      case LIST:
        return this.#lists(a, b);
      default:
        return compareBits(a, b);
    }
  }

  #lists(first: Term, second: Term): number {
    let a = first;
    let b = second;
    for (;;) {
      const headA = head(a);
      const headB = head(b);
      const tailA = tail(a);
      const tailB = tail(b);
      if (headA !== headB) {
        if (isImmediate(headA) && isImmediate(headB)) return this.#terms(headA, headB);
        if (tailA !== tailB) this.#push(tailA, tailB, PAIR);
        this.#push(headA, headB, PAIR);
        return 0;
      }
      if (tailA === tailB) return 0;
      if (!isCons(tailA) || !isCons(tailB)) return this.#terms(tailA, tailB);
      a = tailA;
      b = tailB;
    }
  }

  #funs(a: Term, b: Term): number {
    if (isClosure(a) !== isClosure(b)) return isClosure(a) ? -1 : 1;
    if (!isClosure(a)) {
      const x = exportNameOf(a);
      const y = exportNameOf(b);
      return compareAtoms(x.module, y.module) || compareAtoms(x.functionName, y.functionName) || x.arity - y.arity;
    }
    if (field(a, FUN_ENTRY) !== field(b, FUN_ENTRY)) {
      const x = funEntryOf(a);
      const y = funEntryOf(b);
      const difference = compareAtoms(x.module, y.module) || x.index - y.index || x.oldUniq - y.oldUniq;
      if (difference !== 0) return difference;
    }
    return headerSize(a) - headerSize(b) || this.#array(a, b, FUN_FREE, headerSize(a) - FUN_FIXED_WORDS);
  }

  #maps(a: Term, b: Term): number {
    if (isFlatmap(a)) return isFlatmap(b) ? headerSize(a) - headerSize(b) || this.#flatmaps(a, b) : -1;
    if (isFlatmap(b)) return 1;
    return hashmapSize(a) - hashmapSize(b) || this.#hashmaps(a, b);
  }

  /** Keys first, always as keys are compared, then values, both in the order of keys. */
  #flatmaps(a: Term, b: Term): number {
    const keysA = fieldTerm(a, FLATMAP_KEYS);
    const keysB = fieldTerm(b, FLATMAP_KEYS);
    const orderA = keyOrder(keysA);
    if (keysA === keysB) return this.#flatmapValues(a, b, orderA, orderA);
    const orderB = keyOrder(keysB);
    if (this.#exact) {
      this.#flatmapValues(a, b, orderA, orderB);
    } else {
      if (identical(keysA, keysB)) return this.#flatmapValues(a, b, orderA, orderB);
      this.#exact = true;
    }
    for (let i = orderA.length - 1; i >= 0; i--) {
      const x = tupleElement(keysA, (orderA[i] as number) + 1);
      const y = tupleElement(keysB, (orderB[i] as number) + 1);
      if (x !== y) this.#push(x, y, PAIR);
    }
    return 0;
  }

  #flatmapValues(a: Term, b: Term, orderA: readonly number[], orderB: readonly number[]): number {
    for (let i = orderA.length - 1; i >= 0; i--) {
      const x = fieldTerm(a, FLATMAP_VALUES + (orderA[i] as number) * 4);
      const y = fieldTerm(b, FLATMAP_VALUES + (orderB[i] as number) * 4);
      if (x !== y) this.#push(x, y, PAIR);
    }
    return 0;
  }

  #hashmaps(a: Term, b: Term): number {
    const search = differences(a, b, this.#exact, this.#height);
    if (search === undefined) return 0;
    this.#searches.push(search);
    return this.#ask(search);
  }

  /** Asks whether the next key is smaller than the smallest so far; when none is left, goes on with what it decides. */
  #ask(search: SmallestKey): number {
    if (search.asked < search.keys.length) {
      this.#exact = true;
      this.#push(0, 0, SEARCH);
      this.#push(search.keys[search.asked] as Term, search.keys[search.best] as Term, PAIR);
      return 0;
    }
    this.#searches.pop();
    this.#exact = search.exact;
    const values = search.values?.[search.best];
    if (values === undefined) return search.results[search.best] as number;
    this.#push(values[0], values[1], PAIR);
    return 0;
  }

  #answer(search: SmallestKey, result: number): number {
    if (result < 0) search.best = search.asked;
    search.asked++;
    return this.#ask(search);
  }
}

const comparison = new Comparison();

/** The order of two terms: negative, 0 or positive. `exact`: as keys of maps (integers before floats). */
export function orderTerms(a: Term, b: Term, exact: boolean): number {
  return comparison.run(a, b, exact);
}

/** The positions (from 0) of a flatmap's keys in term order: as they stand, but atoms by their text. */
function keyOrder(keys: Term): number[] {
  const positions = Array.from({ length: headerSize(keys) }, (_, index) => index);
  if (!termRules.atomKeysByIndex) return positions;
  const isAtomKey = (index: number): boolean => isAtom(tupleElement(keys, index + 1));
  const first = positions.findIndex(isAtomKey);
  const atoms = positions.filter(isAtomKey);
  atoms.sort((i, j) => compareAtoms(tupleElement(keys, i + 1), tupleElement(keys, j + 1)));
  if (first >= 0) positions.splice(first, atoms.length, ...atoms);
  return positions;
}

/** Native records: by module, name, whether exported, number of fields, their names; then come the values. */
function compareDefinitions(a: Term, b: Term): number {
  const x = recordDefinition(a);
  const y = recordDefinition(b);
  if (x === y) return 0;
  for (let i = 1; i < FIRST_FIELD; i++) {
    const difference = compareAtoms(tupleElement(x, i), tupleElement(y, i));
    if (difference !== 0) return difference;
  }
  const size = headerSize(x);
  if (size !== headerSize(y)) return size - headerSize(y);
  for (let i = FIRST_FIELD; i <= size; i++) {
    const difference = compareAtoms(tupleElement(x, i), tupleElement(y, i));
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareNodes(a: Term, b: Term): number {
  const x = nodeOf(a);
  const y = nodeOf(b);
  return compareAtoms(x.name, y.name) || order(x.creation, y.creation);
}

function compareRefs(a: Term, b: Term): number {
  const difference = compareNodes(a, b);
  if (difference !== 0) return difference;
  for (let i = Math.max(refWords(a), refWords(b)) - 1; i >= 0; i--) {
    const x = i < refWords(a) ? refWord(a, i) : 0;
    const y = i < refWords(b) ? refWord(b, i) : 0;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** The search through the differences of two hashmaps of one size; undefined when there are none. */
function differences(a: Term, b: Term, exact: boolean, depth: number): SmallestKey | undefined {
  const leavesA = collectLeaves(a, []);
  const leavesB = collectLeaves(b, []);
  const keys: Term[] = [];
  if (leavesA.every((leaf, index) => leaf === leavesB[index] || identical(head(leaf), head(leavesB[index] as Term)))) {
    const values: [Term, Term][] = [];
    leavesA.forEach((leaf, index) => {
      const x = tail(leaf);
      const y = tail(leavesB[index] as Term);
      if (exact ? identical(x, y) : equal(x, y)) return;
      keys.push(head(leaf));
      values.push([x, y]);
    });
    return keys.length === 0 ? undefined : { depth, exact, keys, values, results: [], asked: 1, best: 0 };
  }
  const results: number[] = [];
  addMissing(leavesA, leavesB, keys);
  while (results.length < keys.length) results.push(-1);
  addMissing(leavesB, leavesA, keys);
  while (results.length < keys.length) results.push(1);
  return { depth, exact, keys, values: undefined, results, asked: 1, best: 0 };
}

/** Adds the keys of `leaves` that `others` has not. Both are in order of the hashes of their keys. */
function addMissing(leaves: readonly Term[], others: readonly Term[], keys: Term[]): void {
  let from = 0;
  for (const leaf of leaves) {
    const key = head(leaf);
    const hash = treeHash(key);
    while (from < others.length && treeHash(head(others[from] as Term)) < hash) from++;
    let found = false;
    for (let i = from; !found && i < others.length && treeHash(head(others[i] as Term)) === hash; i++) {
      found = identical(key, head(others[i] as Term));
    }
    if (!found) keys.push(key);
  }
}

function treeHash(key: Term): number {
  return (internalHash(key) & HASH_MASK) >>> 0;
}
