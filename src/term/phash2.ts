/**
 * erlang:phash2: the same for a term on every node and in every release (make_hash2 in OTP's erl_term_hashing.c, as it is on 64-bit machines).
 */
import { atomHash } from './atom-hash.ts';
import { binaryBytes, bitSize } from './bits.ts';
import { bigSign } from './compare-numbers.ts';
import { exportNameOf, freeCount, funEntryOf } from './fun-entries.ts';
import { blockHash, GOLDEN, goldenTimes, mix } from './hash-mix.ts';
import { collectLeaves, hashmapSize } from './hash-nodes.ts';
import {
  ATOM_TAG,
  BIG_DIGITS,
  EXTERNAL_KIND,
  EXTERNAL_PID,
  EXTERNAL_PORT,
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  FLOAT_VALUE,
  FUN_FREE,
  HEADER_EXPORT,
  HEADER_EXTERNAL,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_FUN,
  HEADER_HASHMAP,
  HEADER_NEG_BIG,
  HEADER_POS_BIG,
  HEADER_RECORD,
  HEADER_REF,
  HEADER_TUPLE,
  IMMED_MASK,
  PID_TAG,
  PORT_TAG,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  type Term,
} from './layout.ts';
import { fieldCount, fieldsByIndex, recordDefinition, recordValue } from './native-record.ts';
import { pidNumber, portHigh, portLow, refWord } from './nodes.ts';
import {
  field,
  fieldTerm,
  floatValue,
  head,
  headerSize,
  headerType,
  isCons,
  isSmall,
  smallValue,
  tail,
  tupleElement,
} from './term.ts';

const GOLDEN_2 = goldenTimes(2);
const GOLDEN_3 = goldenTimes(3);
const GOLDEN_4 = goldenTimes(4);
const GOLDEN_5 = goldenTimes(5);
const GOLDEN_6 = goldenTimes(6);
const GOLDEN_7 = goldenTimes(7);
const GOLDEN_9 = goldenTimes(9);
const GOLDEN_10 = goldenTimes(10);
const GOLDEN_11 = goldenTimes(11);
const GOLDEN_12 = goldenTimes(12);
const GOLDEN_13 = goldenTimes(13);
const GOLDEN_14 = goldenTimes(14);
const GOLDEN_15 = goldenTimes(15);
const GOLDEN_16 = goldenTimes(16);
const GOLDEN_19 = goldenTimes(19);
const GOLDEN_23 = goldenTimes(23);

const NIL_HASH = 3468870702;
/** Integers of this size are hashed as one word, larger ones as words of their magnitude. */
const ONE_WORD_MAX = 2 ** 27 - 1;
const ONE_WORD_MIN = -(2 ** 27);

/** Marks on the stack; no terms. A pair's mark follows its key and value, MAP_END all pairs. */
const PAIR_END = 0x08;
const MAP_END = 0x18;

/** The state of one calculation; the stack is empty before and after it. */
const stack: number[] = [];
/** Hashes of pairs of the map that is being hashed, combined by exclusive or: they come in no order. */
const pairs = { hash: 0 };

/** The whole 32-bit hash, unsigned: what `phash2(Term, 1 bsl 32)` gives. */
export function phash2(term: Term): number {
  let hash = 0;
  stack.push(term);
  while (stack.length > 0) {
    const t = stack.pop() as Term;
    if (t === PAIR_END) {
      pairs.hash ^= hash;
      hash = 0;
    } else if (t === MAP_END) {
      hash = mix1(pairs.hash, GOLDEN_19, stack.pop() as number);
      pairs.hash = stack.pop() as number;
    } else {
      hash = hashTerm(t, hash);
    }
  }
  return hash >>> 0;
}

function mix2(x: number, y: number, constant: number, hash: number): number {
  return mix(constant + x, constant + y, hash);
}

function mix1(x: number, constant: number, hash: number): number {
  return mix(constant + x, constant, hash);
}

/** Hash with the term's own words; its parts are put on the stack. */
function hashTerm(t: Term, hash: number): number {
  switch (t & PRIMARY_MASK) {
    case PRIMARY_SMALL:
      return hashSmall(smallValue(t), hash);
    case PRIMARY_CONS:
      return hashList(t, hash);
    case PRIMARY_BOXED:
      return hashBoxed(t, hash);
    default:
      return hashImmediate(t, hash);
  }
}

function hashImmediate(t: Term, hash: number): number {
  switch (t & IMMED_MASK) {
    case ATOM_TAG:
      return hash === 0 ? atomHash(t) : mix1(atomHash(t), GOLDEN_3, hash);
    case PID_TAG:
      return mix1(pidNumber(t), GOLDEN_5, hash);
    case PORT_TAG:
      return mix2(portLow(t), portHigh(t), GOLDEN_6, hash);
    default:
      return hash === 0 ? NIL_HASH : mix1(2, GOLDEN_2, hash);
  }
}

function hashSmall(value: number, hash: number): number {
  if (value > ONE_WORD_MAX) return mix2(value, 0, GOLDEN_11, hash);
  if (value < ONE_WORD_MIN) return mix2(-value, 0, GOLDEN_10, hash);
  return mix1(value, GOLDEN, value < 0 ? mix1(-value, GOLDEN, hash) : hash);
}

function isByte(t: Term): boolean {
  return isSmall(t) && smallValue(t) >= 0 && smallValue(t) < 256;
}

/** Bytes at the head of a list are taken four at a time, as in a string. */
function hashList(list: Term, before: number): number {
  let hash = before;
  let rest: Term = list;
  let word = 0;
  let count = 0;
  while (isCons(rest) && isByte(head(rest))) {
    word = (word << 8) + smallValue(head(rest));
    count++;
    if (count === 4) {
      hash = mix1(word, GOLDEN_4, hash);
      count = 0;
      word = 0;
    }
    rest = tail(rest);
  }
  if (count > 0) hash = mix1(word, GOLDEN_4, hash);
  if (isCons(rest)) stack.push(tail(rest), head(rest));
  else stack.push(rest);
  return hash;
}

function hashBoxed(t: Term, hash: number): number {
  switch (headerType(t)) {
    case HEADER_TUPLE: {
      const arity = headerSize(t);
      for (let i = arity; i > 0; i--) stack.push(tupleElement(t, i));
      return mix1(arity, GOLDEN_9, hash);
    }
    case HEADER_RECORD:
      return hashRecord(t, hash);
    case HEADER_FLATMAP:
      return hashFlatmap(t, hash);
    case HEADER_HASHMAP:
      return hashHashmap(t, hash);
    case HEADER_FUN:
      return hashClosure(t, hash);
    case HEADER_EXPORT: {
      const { module, functionName, arity } = exportNameOf(t);
      return mix1(atomHash(functionName), GOLDEN_14, mix2(arity, atomHash(module), GOLDEN, hash));
    }
    case HEADER_POS_BIG:
    case HEADER_NEG_BIG:
      return hashBig(t, hash);
    case HEADER_FLOAT:
      return hashFloat(t, hash);
    case HEADER_REF:
      return mix1(refWord(t, 0), GOLDEN_7, hash);
    case HEADER_EXTERNAL:
      return hashExternal(t, hash);
    default:
      return hashBits(t, hash);
  }
}

function hashExternal(t: Term, hash: number): number {
  const kind = field(t, EXTERNAL_KIND);
  if (kind === EXTERNAL_PID) return mix1(pidNumber(t), GOLDEN_5, hash);
  if (kind === EXTERNAL_PORT) return mix2(portLow(t), portHigh(t), GOLDEN_6, hash);
  return mix1(refWord(t, 0), GOLDEN_7, hash);
}

/** The hash of all atoms of the definition, then the values in the order of the fields' atom indexes. */
function hashRecord(t: Term, before: number): number {
  const definition = recordDefinition(t);
  let hash = 0;
  hash = mix1(headerSize(definition), GOLDEN_9, hash);
  for (let i = 1; i <= headerSize(definition); i++) hash = hashTerm(tupleElement(definition, i), hash);
  for (const position of fieldsByIndex(definition).reverse()) stack.push(recordValue(t, position));
  return mix2(fieldCount(definition), hash, GOLDEN_23, before);
}

/** -0.0 hashes as 0.0. */
function hashFloat(t: Term, hash: number): number {
  if (floatValue(t) === 0) return mix2(0, 0, GOLDEN_12, hash);
  return mix2(field(t, FLOAT_VALUE + 4), field(t, FLOAT_VALUE), GOLDEN_12, hash);
}

/** Magnitude in steps of 64 bits. */
function hashBig(t: Term, before: number): number {
  const constant = bigSign(t) < 0 ? GOLDEN_10 : GOLDEN_11;
  const length = headerSize(t);
  let hash = before;
  for (let i = 0; i < length; i += 2) {
    const high = i + 1 < length ? field(t, BIG_DIGITS + (i + 1) * 4) : 0;
    hash = mix2(field(t, BIG_DIGITS + i * 4), high, constant, hash);
  }
  return hash;
}

function hashBits(t: Term, before: number): number {
  const size = bitSize(t);
  const start = (GOLDEN_13 + before) | 0;
  if (size === 0) return start;
  const content = binaryBytes(t);
  const whole = size >>> 3;
  const rest = size & 7;
  const hash = blockHash(content, whole, start);
  return rest === 0 ? hash : mix2(rest, (content[whole] as number) >> (8 - rest), GOLDEN_15, hash);
}

function hashClosure(t: Term, before: number): number {
  const entry = funEntryOf(t);
  const free = freeCount(t);
  for (let i = free - 1; i >= 0; i--) stack.push(fieldTerm(t, FUN_FREE + i * 4));
  return mix2(entry.index, entry.oldUniq, GOLDEN, mix2(free, atomHash(entry.module), GOLDEN, before));
}

/** Sets the calculation aside for a map's pairs, each of which is hashed by itself from 0. */
function beginPairs(hash: number): number {
  stack.push(pairs.hash, hash, MAP_END);
  pairs.hash = 0;
  return 0;
}

function hashFlatmap(t: Term, before: number): number {
  const size = headerSize(t) - 1;
  const hash = mix1(size, GOLDEN_16, before);
  if (size === 0) return hash;
  const keys = fieldTerm(t, FLATMAP_KEYS);
  const start = beginPairs(hash);
  for (let i = 0; i < size; i++) stack.push(PAIR_END, fieldTerm(t, FLATMAP_VALUES + i * 4), tupleElement(keys, i + 1));
  return start;
}

function hashHashmap(t: Term, before: number): number {
  const start = beginPairs(mix1(hashmapSize(t), GOLDEN_16, before));
  for (const leaf of collectLeaves(t, [])) stack.push(PAIR_END, tail(leaf), head(leaf));
  return start;
}
