/**
 * erlang:phash2: the same for a term on every node and in every release (make_hash2 in OTP's erl_term_hashing.c, as it is on 64-bit machines).
 */
import { atomHash } from './atom-hash.ts';
import { binaryBytes, bitOffset, bitSize, copyOfBytes } from './bits.ts';
import { bigSign } from './compare-numbers.ts';
import { exportNameOf, freeCount, funEntryOf } from './fun-entries.ts';
import { BLOCK_BYTES, type BlockState, blockEnd, blockHash, GOLDEN, goldenTimes, mix, mixBlocks } from './hash-mix.ts';
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
import type { Parts } from './parts.ts';
import {
  field,
  fieldTerm,
  floatValue,
  head,
  headerSize,
  headerType,
  isBitstring,
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

/** Reused by calculations that are done at once. */
const shared: number[] = [];
/** The state of the calculation that is going on. Hashes of a map's pairs are combined by exclusive or: they come in no order. */
const now = { stack: shared, pairs: 0 };

/** Bytes of a list, and of a binary, that are hashed in one step. */
const LISTED_AT_ONCE = 4096;
const BYTES_AT_ONCE = 2 ** 16;
const STEPS_IN_A_PART = 4096;
/** Steps and bytes for a reduction (ITERATIONS_PER_RED, BLOCK_HASH_BYTES_PER_ITER). */
const STEPS_PER_REDUCTION = 64;
const BYTES_PER_REDUCTION = STEPS_PER_REDUCTION * 10;

/** The whole 32-bit hash, unsigned: what `phash2(Term, 1 bsl 32)` gives. */
export function phash2(term: Term): number {
  begin();
  let hash = hashTerm(term, 0);
  while (shared.length > 0) hash = step(shared.pop() as Term, hash);
  return hash >>> 0;
}

/** The same for what takes at most so many steps; undefined where it takes more, or large binaries are in it. */
export function phash2AtOnce(term: Term, steps: number): number | undefined {
  if (isLargeBinary(term)) return undefined;
  begin();
  let hash = hashTerm(term, 0);
  for (let left = steps; shared.length > 0; left--) {
    const t = shared.pop() as Term;
    if (left === 0 || isLargeBinary(t)) return undefined;
    hash = step(t, hash);
  }
  return hash >>> 0;
}

/** The same in parts. */
export function* phash2InParts(term: Term): Parts<number> {
  const own = { stack: [term as number], pairs: 0 };
  const { stack } = own;
  let hash = 0;
  while (stack.length > 0) {
    now.stack = stack;
    now.pairs = own.pairs;
    for (let left = STEPS_IN_A_PART; left > 0 && stack.length > 0; left--) {
      if (isLargeBinary(stack.at(-1) as Term)) break;
      hash = step(stack.pop() as Term, hash);
    }
    own.pairs = now.pairs;
    const large = stack.at(-1) as Term | undefined;
    if (large !== undefined && isLargeBinary(large)) {
      stack.pop();
      hash = yield* hashBitsInParts(large, hash);
    }
    yield STEPS_IN_A_PART / STEPS_PER_REDUCTION;
  }
  return hash >>> 0;
}

/** What an earlier calculation has left that was too long goes. */
function begin(): void {
  now.stack = shared;
  now.pairs = 0;
  if (shared.length > 0) shared.length = 0;
}

function step(t: Term, hash: number): number {
  if (t === PAIR_END) {
    now.pairs ^= hash;
    return 0;
  }
  if (t === MAP_END) {
    const whole = mix1(now.pairs, GOLDEN_19, now.stack.pop() as number);
    now.pairs = now.stack.pop() as number;
    return whole;
  }
  return hashTerm(t, hash);
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
  let left = LISTED_AT_ONCE;
  while (isCons(rest) && isByte(head(rest))) {
    word = (word << 8) + smallValue(head(rest));
    count++;
    if (count === 4) {
      hash = mix1(word, GOLDEN_4, hash);
      count = 0;
      word = 0;
      left -= 4;
    }
    rest = tail(rest);
    // A multiple of four bytes: the rest goes on as if it were the same list.
    if (left === 0) {
      now.stack.push(rest);
      return hash;
    }
  }
  if (count > 0) hash = mix1(word, GOLDEN_4, hash);
  if (isCons(rest)) now.stack.push(tail(rest), head(rest));
  else now.stack.push(rest);
  return hash;
}

function hashBoxed(t: Term, hash: number): number {
  switch (headerType(t)) {
    case HEADER_TUPLE: {
      const arity = headerSize(t);
      for (let i = arity; i > 0; i--) now.stack.push(tupleElement(t, i));
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
  for (const position of fieldsByIndex(definition).reverse()) now.stack.push(recordValue(t, position));
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
  const start = (GOLDEN_13 + before) | 0;
  if (bitSize(t) === 0) return start;
  const content = binaryBytes(t);
  return withLastBits(t, content, blockHash(content, bitSize(t) >>> 3, start));
}

/** The hash with the bits behind the last whole byte. */
function withLastBits(t: Term, content: Uint8Array, hash: number): number {
  const rest = bitSize(t) & 7;
  return rest === 0 ? hash : mix2(rest, (content[bitSize(t) >>> 3] as number) >> (8 - rest), GOLDEN_15, hash);
}

function isLargeBinary(t: Term): boolean {
  // Marks are no boxed terms.
  return (t & PRIMARY_MASK) === PRIMARY_BOXED && isBitstring(t) && bitSize(t) > 8 * BYTES_AT_ONCE;
}

function* hashBitsInParts(t: Term, before: number): Parts<number> {
  const length = bitSize(t) >>> 3;
  const copy = bitOffset(t) % 8 === 0 ? undefined : copyOfBytes(t);
  const state: BlockState = [GOLDEN, GOLDEN, (GOLDEN_13 + before) | 0];
  for (let at = 0; ; ) {
    // A view is taken anew in each part: memory may have grown.
    const content = copy ?? binaryBytes(t);
    at = mixBlocks(state, content, at, Math.min(length, at + BYTES_AT_ONCE));
    if (length - at < BLOCK_BYTES) return withLastBits(t, content, blockEnd(state, content, at, length));
    yield BYTES_AT_ONCE / BYTES_PER_REDUCTION;
  }
}

function hashClosure(t: Term, before: number): number {
  const entry = funEntryOf(t);
  const free = freeCount(t);
  for (let i = free - 1; i >= 0; i--) now.stack.push(fieldTerm(t, FUN_FREE + i * 4));
  return mix2(entry.index, entry.oldUniq, GOLDEN, mix2(free, atomHash(entry.module), GOLDEN, before));
}

/** Sets the calculation aside for a map's pairs, each of which is hashed by itself from 0. */
function beginPairs(hash: number): number {
  now.stack.push(now.pairs, hash, MAP_END);
  now.pairs = 0;
  return 0;
}

function hashFlatmap(t: Term, before: number): number {
  const size = headerSize(t) - 1;
  const hash = mix1(size, GOLDEN_16, before);
  if (size === 0) return hash;
  const keys = fieldTerm(t, FLATMAP_KEYS);
  const start = beginPairs(hash);
  for (let i = 0; i < size; i++)
    now.stack.push(PAIR_END, fieldTerm(t, FLATMAP_VALUES + i * 4), tupleElement(keys, i + 1));
  return start;
}

function hashHashmap(t: Term, before: number): number {
  const start = beginPairs(mix1(hashmapSize(t), GOLDEN_16, before));
  for (const leaf of collectLeaves(t, [])) now.stack.push(PAIR_END, tail(leaf), head(leaf));
  return start;
}
