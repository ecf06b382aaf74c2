/**
 * `==` and `=:=` of any two terms, without native recursion: what is still to be compared lies on a stack of numbers.
 * (`eq` and the eq_only mode of erts_cmp_compound in OTP's utils.c.)
 */
import { words } from '../memory/memory.ts';
import { sameBits } from './compare-bits.ts';
import { compareNumbers, sameBigs } from './compare-numbers.ts';
import { funEntryOf } from './fun-entries.ts';
import {
  EXPORT_TARGET,
  EXTERNAL_KIND,
  EXTERNAL_NODE,
  EXTERNAL_PID,
  EXTERNAL_REF,
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  FUN_ENTRY,
  FUN_FIXED_WORDS,
  FUN_FREE,
  HASH_NODE_BITMAP,
  HASH_NODE_CHILDREN,
  HASHMAP_BITMAP,
  HASHMAP_CHILDREN,
  HASHMAP_COUNT,
  HEADER_EXPORT,
  HEADER_EXTERNAL,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_FUN,
  HEADER_HASH_NODE,
  HEADER_HASHMAP,
  HEADER_HEAP_BITS,
  HEADER_NEG_BIG,
  HEADER_POS_BIG,
  HEADER_RECORD,
  HEADER_REF,
  HEADER_SUB_BITS,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  RECORD_DEFINITION,
  REF_NUMBERS,
  REF_WORDS,
  type Term,
  TUPLE_ELEMENTS,
} from './layout.ts';
import { pidNumber, pidSerial, portHigh, portLow, refWord, refWords } from './nodes.ts';
import {
  field,
  fieldTerm,
  floatValue,
  head,
  header,
  headerSize,
  isBitstring,
  isBoxed,
  isCons,
  isImmediate,
  isNumber,
  tail,
} from './term.ts';
import { termRules } from './term-rules.ts';

/*
 * Entries of the stack, last number on top: a, b, PAIR: two terms; word index in a's memory, in b's, count, ARRAY: as many pairs of
 * terms; the same with CHILDREN: children of hashmap nodes, whose keys must be identical where values need only be equal.
 * An inner comparison (of keys) uses the same stack above the outer one's entries. What lies above `height` is rubbish: setting the length
 * of an array costs more than most comparisons.
 */
const PAIR = 0;
const ARRAY = 1;
const CHILDREN = 2;
const stack: number[] = [];
const machine = { height: 0 };

function push(x: number, y: number, kind: number): void {
  const top = machine.height;
  stack[top] = x;
  stack[top + 1] = y;
  stack[top + 2] = kind;
  machine.height = top + 3;
}

/** `a =:= b`. */
export function identical(a: Term, b: Term): boolean {
  if (a === b) return true;
  const primary = a & PRIMARY_MASK;
  if (primary !== (b & PRIMARY_MASK) || primary === PRIMARY_SMALL || primary === 0) return false;
  return run(a, b, true);
}

/** `a == b`: numbers by value, whatever their type; keys of maps as in `=:=`. */
export function equal(a: Term, b: Term): boolean {
  if (a === b) return true;
  if (isImmediate(a) && isImmediate(b)) return false;
  return run(a, b, false);
}

function run(a: Term, b: Term, exact: boolean): boolean {
  const base = machine.height;
  let same = sameTerms(a, b, exact);
  while (same && machine.height > base) same = step(exact);
  machine.height = base;
  return same;
}

function step(exact: boolean): boolean {
  const top = machine.height;
  const kind = stack[top - 1];
  const y = stack[top - 2] as number;
  const x = stack[top - 3] as number;
  if (kind === PAIR) {
    machine.height = top - 3;
    return sameTerms(x as Term, y as Term, exact);
  }
  return nextOfArray(kind as number, x, y, top, exact);
}

function nextOfArray(kind: number, firstA: number, firstB: number, top: number, exact: boolean): boolean {
  const view = words;
  const count = stack[top - 4] as number;
  let i = 0;
  while (i < count && view[firstA + i] === view[firstB + i]) i++;
  if (i >= count - 1) {
    machine.height = top - 4;
    if (i === count) return true;
  } else {
    stack[top - 4] = count - i - 1;
    stack[top - 3] = firstA + i + 1;
    stack[top - 2] = firstB + i + 1;
  }
  const a = view[firstA + i] as Term;
  const b = view[firstB + i] as Term;
  return kind === ARRAY ? sameTerms(a, b, exact) : sameChildren(a, b);
}

/** Nothing is pushed if all words are equal; false if one pair is of different immediates. */
function pushArray(kind: number, first: Term, second: Term, offset: number, count: number): boolean {
  const view = words;
  const firstA = (first - PRIMARY_BOXED + offset) >>> 2;
  const firstB = (second - PRIMARY_BOXED + offset) >>> 2;
  let start = count;
  for (let i = count - 1; i >= 0; i--) {
    const a = view[firstA + i] as Term;
    const b = view[firstB + i] as Term;
    if (a === b) continue;
    if (isImmediate(a) && isImmediate(b)) return false;
    start = i;
  }
  if (start === count) return true;
  stack[machine.height] = count - start;
  machine.height++;
  push(firstA + start, firstB + start, kind);
  return true;
}

/** False if the two differ at once; else true, and what remains to be compared is on the stack. */
function sameTerms(a: Term, b: Term, exact: boolean): boolean {
  if (a === b) return true;
  if (isCons(a)) return isCons(b) && sameCells(a, b);
  if (isBoxed(a) && isBoxed(b) && sameBoxed(a, b, exact)) return true;
  return !exact && isNumber(a) && isNumber(b) && compareNumbers(a, b) === 0;
}

function sameCells(first: Term, second: Term): boolean {
  let a = first;
  let b = second;
  for (;;) {
    const headA = head(a);
    const headB = head(b);
    const tailA = tail(a);
    const tailB = tail(b);
    if (headA !== headB) {
      if (isImmediate(headA) && isImmediate(headB)) return false;
      if (tailA !== tailB) push(tailA, tailB, PAIR);
      push(headA, headB, PAIR);
      return true;
    }
    if (tailA === tailB) return true;
    if (!isCons(tailA) || !isCons(tailB)) {
      push(tailA, tailB, PAIR);
      return true;
    }
    a = tailA;
    b = tailB;
  }
}

function sameBoxed(a: Term, b: Term, exact: boolean): boolean {
  const headerA = header(a);
  const headerB = header(b);
  switch (headerA & HEADER_TYPE_MASK) {
    case HEADER_TUPLE:
      return headerA === headerB && pushArray(ARRAY, a, b, TUPLE_ELEMENTS, headerSize(a));
    case HEADER_RECORD:
      return headerA === headerB && pushArray(ARRAY, a, b, RECORD_DEFINITION, headerSize(a));
    case HEADER_POS_BIG:
    case HEADER_NEG_BIG:
      return sameBigs(a, b);
    case HEADER_FLOAT:
      return headerA === headerB && sameFloats(a, b, exact);
    case HEADER_HEAP_BITS:
    case HEADER_SUB_BITS:
      return isBitstring(b) && sameBits(a, b);
    case HEADER_REF:
      return (headerB & HEADER_TYPE_MASK) === HEADER_REF && sameRefs(a, b);
    case HEADER_FUN:
      if (headerA !== headerB || !sameFunctions(a, b, exact)) return false;
      return pushArray(ARRAY, a, b, FUN_FREE, headerSize(a) - FUN_FIXED_WORDS);
    case HEADER_EXPORT:
      return headerA === headerB && field(a, EXPORT_TARGET) === field(b, EXPORT_TARGET);
    case HEADER_FLATMAP:
      return headerA === headerB && sameFlatmaps(a, b, exact);
    case HEADER_HASHMAP:
      if (headerA !== headerB || field(a, HASHMAP_COUNT) !== field(b, HASHMAP_COUNT)) return false;
      return sameNodes(a, b, HASHMAP_BITMAP, HASHMAP_CHILDREN, exact);
    case HEADER_HASH_NODE:
      return headerA === headerB && sameNodes(a, b, HASH_NODE_BITMAP, HASH_NODE_CHILDREN, exact);
    case HEADER_EXTERNAL:
      return (headerB & HEADER_TYPE_MASK) === HEADER_EXTERNAL && sameExternals(a, b);
    default:
      return false;
  }
}

function sameFloats(a: Term, b: Term, exact: boolean): boolean {
  const x = floatValue(a);
  const y = floatValue(b);
  return exact && termRules.zeroSigns ? Object.is(x, y) : x === y;
}

function sameWords(a: Term, b: Term, offset: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (field(a, offset + 4 * i) !== field(b, offset + 4 * i)) return false;
  return true;
}

function sameRefs(a: Term, b: Term): boolean {
  if (headerSize(a) === REF_WORDS && headerSize(b) === REF_WORDS) return sameWords(a, b, REF_NUMBERS, REF_WORDS);
  const common = Math.max(refWords(a), refWords(b));
  for (let i = 0; i < common; i++) {
    // Words that a shorter one does not have count as 0.
    const x = i < refWords(a) ? refWord(a, i) : 0;
    if (x !== (i < refWords(b) ? refWord(b, i) : 0)) return false;
  }
  return true;
}

function sameFunctions(a: Term, b: Term, exact: boolean): boolean {
  if (field(a, FUN_ENTRY) === field(b, FUN_ENTRY)) return true;
  if (exact) return false;
  const x = funEntryOf(a);
  const y = funEntryOf(b);
  return x.module === y.module && x.index === y.index && x.oldUniq === y.oldUniq;
}

/** Two flatmaps of one size. */
function sameFlatmaps(a: Term, b: Term, exact: boolean): boolean {
  const count = headerSize(a) - 1;
  if (exact) return pushArray(ARRAY, a, b, FLATMAP_KEYS, count + 1);
  return (
    identical(fieldTerm(a, FLATMAP_KEYS), fieldTerm(b, FLATMAP_KEYS)) && pushArray(ARRAY, a, b, FLATMAP_VALUES, count)
  );
}

/**
 * Two nodes of one type and size: maps of the same keys have the same tree, down to the order in buckets. When `exact`, leaves
 * are compared as the cons cells they are.
 */
function sameNodes(a: Term, b: Term, bitmap: number, children: number, exact: boolean): boolean {
  if (field(a, bitmap) !== field(b, bitmap)) return false;
  const count = headerSize(a) - (children - 4) / 4;
  return pushArray(exact ? ARRAY : CHILDREN, a, b, children, count);
}

function sameChildren(a: Term, b: Term): boolean {
  if (!isCons(a) || !isCons(b)) return isBoxed(a) && isBoxed(b) && sameBoxed(a, b, false);
  if (!identical(head(a), head(b))) return false;
  push(tail(a), tail(b), PAIR);
  return true;
}

function sameExternals(a: Term, b: Term): boolean {
  const kind = field(a, EXTERNAL_KIND);
  if (kind !== field(b, EXTERNAL_KIND) || field(a, EXTERNAL_NODE) !== field(b, EXTERNAL_NODE)) return false;
  switch (kind) {
    case EXTERNAL_REF:
      return sameRefs(a, b);
    case EXTERNAL_PID:
      return pidNumber(a) === pidNumber(b) && pidSerial(a) === pidSerial(b);
    default:
      return portLow(a) === portLow(b) && portHigh(a) === portHigh(b);
  }
}
