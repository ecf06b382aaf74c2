/**
 * The hash of the virtual machine's own tables (hashmaps, ETS): identical terms have equal hashes, and no more is promised: not for
 * other runs or versions, nor between a virtual machine and its peers. (Only OTP's suites are to find OTP's own: see otpHashOfImmediate.) For erlang:phash and phash2 see phash.ts and phash2.ts.
 */
import { bytes, words } from '../memory/memory.ts';
import { alignedAddress, bitSize, copyOfBytes } from './bits.ts';
import { collectLeaves, hashmapSize } from './hash-nodes.ts';
import {
  BIG_DIGITS,
  EXPORT_TARGET,
  EXTERNAL_KIND,
  EXTERNAL_NODE,
  EXTERNAL_NUMBERS,
  EXTERNAL_REF,
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  FLOAT_VALUE,
  FUN_ENTRY,
  FUN_FIXED_WORDS,
  FUN_FREE,
  HEADER_EXPORT,
  HEADER_EXTERNAL,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_FUN,
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
  PRIMARY_CONS,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  RECORD_DEFINITION,
  REF_NUMBERS,
  type Term,
  TUPLE_ELEMENTS,
} from './layout.ts';
import { field, floatValue, head, header, headerSize, isCons, isImmediate, tail } from './term.ts';

const stack: number[] = [];

/** The hash of a term: a signed 32-bit number whose bits are all equally good. */
export function internalHash(t: Term): number {
  return isImmediate(t) ? otpHashOfImmediate(t) : finish(foldTerm(t, 0));
}

/** Another hash of an immediate, for tables that nobody looks into: it takes less than internalHash. */
export function quickHashOfImmediate(t: Term): number {
  return finish(t);
}

/** The factors of MurmurHash3's end for 64 bits, each as its high and its low word (ihash_mix64 in erl_term_hashing.c). */
export const MIX_FACTORS = [
  [0xff51afd7 | 0, 0xed558ccd | 0],
  [0xc4ceb9fe | 0, 0x1a85ec53],
] as const;
/** What makes of a small the word that it is in OTP with words of 32 bits: four bits of tag, all set. */
export const OTP_SMALL = { shift: 2, tag: 15 };
/** Added to a small, it leaves the highest two bits clear where OTP has one, too: with 28 bits. */
export const OTP_SMALL_MIDDLE = 1 << 29;

/**
 * Of smalls it is OTP's own with words of 32 bits: its test suites know which of them collide. What that word has no room for
 * (bits of larger smalls, other tags) is in the high word.
 */
function otpHashOfImmediate(t: Term): number {
  const [[first, firstLow], [second, secondLow]] = MIX_FACTORS;
  const high = ((t + OTP_SMALL_MIDDLE) >>> 30) | (((t & PRIMARY_MASK) ^ PRIMARY_SMALL) << 2);
  const low = ((t << OTP_SMALL.shift) | OTP_SMALL.tag) ^ (high >>> 1);
  const highOnce = (highProduct(low, firstLow) + Math.imul(low, first) + Math.imul(high, firstLow)) | 0;
  const once = Math.imul(low, firstLow) ^ (highOnce >>> 1);
  const highTwice = highProduct(once, secondLow) + Math.imul(once, second) + Math.imul(highOnce, secondLow);
  return Math.imul(once, secondLow) ^ (highTwice >>> 1);
}

/** The high word of the product of two words. */
function highProduct(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)) | 0;
}

/** A hash that is not finished, with a term mixed in. */
export function foldTerm(t: Term, before: number): number {
  let hash = before;
  stack.push(t);
  while (stack.length > 0) {
    const next = stack.pop() as Term;
    const primary = next & PRIMARY_MASK;
    if (primary === PRIMARY_CONS) hash = foldList(next, hash);
    else if (primary === PRIMARY_BOXED) hash = foldBoxed(next, hash);
    else hash = fold(hash, next);
  }
  return hash;
}

/** One step of MurmurHash3, and below its end. */
function fold(hash: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  const h = hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function foldList(list: Term, before: number): number {
  let hash = fold(before, PRIMARY_CONS);
  let rest = list;
  while (isCons(rest)) {
    const element = head(rest);
    const next = tail(rest);
    if (!isImmediate(element)) {
      stack.push(next, element);
      return hash;
    }
    hash = fold(hash, element);
    rest = next;
  }
  if (isImmediate(rest)) return fold(hash, rest);
  stack.push(rest);
  return hash;
}

/** `count` raw words of an object, from a byte offset. */
function foldWords(t: Term, offset: number, count: number, before: number): number {
  let hash = before;
  const start = (t - PRIMARY_BOXED + offset) >>> 2;
  for (let i = start; i < start + count; i++) hash = fold(hash, words[i] as number);
  return hash;
}

function pushTerms(t: Term, offset: number, count: number): void {
  const start = (t - PRIMARY_BOXED + offset) >>> 2;
  for (let i = start + count - 1; i >= start; i--) stack.push(words[i] as number);
}

function foldBoxed(t: Term, before: number): number {
  const objectHeader = header(t);
  const size = headerSize(t);
  switch (objectHeader & HEADER_TYPE_MASK) {
    case HEADER_TUPLE:
      pushTerms(t, TUPLE_ELEMENTS, size);
      return fold(before, objectHeader);
    case HEADER_RECORD:
      pushTerms(t, RECORD_DEFINITION, size);
      return fold(before, objectHeader);
    case HEADER_FLATMAP:
      pushTerms(t, FLATMAP_VALUES, size - 1);
      stack.push(field(t, FLATMAP_KEYS));
      return fold(before, objectHeader);
    case HEADER_HASHMAP:
      for (const leaf of collectLeaves(t, [])) stack.push(tail(leaf), head(leaf));
      return fold(fold(before, HEADER_HASHMAP), hashmapSize(t));
    case HEADER_FUN:
      pushTerms(t, FUN_FREE, size - FUN_FIXED_WORDS);
      return fold(fold(before, objectHeader), field(t, FUN_ENTRY));
    case HEADER_EXPORT:
      return fold(fold(before, HEADER_EXPORT), field(t, EXPORT_TARGET));
    case HEADER_POS_BIG:
    case HEADER_NEG_BIG:
      return foldWords(t, BIG_DIGITS, size, fold(before, objectHeader));
    case HEADER_FLOAT:
      // 0.0 and -0.0 are identical to some releases (see term-rules.ts).
      return floatValue(t) === 0 ? fold(before, HEADER_FLOAT) : foldWords(t, FLOAT_VALUE, 2, before);
    case HEADER_REF:
      return foldWords(t, REF_NUMBERS, 2, before);
    case HEADER_EXTERNAL:
      return foldExternal(t, size, before);
    case HEADER_HEAP_BITS:
    case HEADER_SUB_BITS:
      return foldBits(t, before);
    default:
      throw new Error(`no term: header ${objectHeader}`);
  }
}

/** Of a reference only the first word: those that follow may be missing when they are 0. */
function foldExternal(t: Term, size: number, before: number): number {
  const hash = fold(fold(before, field(t, EXTERNAL_NODE)), field(t, EXTERNAL_KIND));
  return foldWords(t, EXTERNAL_NUMBERS, field(t, EXTERNAL_KIND) === EXTERNAL_REF ? 1 : size - 2, hash);
}

/** Four bytes at a time, wherever the bits begin. */
function foldBits(t: Term, before: number): number {
  const size = bitSize(t);
  const hash = fold(fold(before, HEADER_HEAP_BITS), size);
  const address = alignedAddress(t);
  if (address < 0) {
    const copy = copyOfBytes(t);
    return foldBytes(copy, 0, size, hash);
  }
  return foldBytes(bytes, address, size, hash);
}

function foldBytes(array: Uint8Array, from: number, size: number, before: number): number {
  let hash = before;
  let at = from;
  const end = from + (size >>> 3);
  for (; at + 4 <= end; at += 4) {
    const low = (array[at] as number) | ((array[at + 1] as number) << 8);
    hash = fold(hash, low | ((array[at + 2] as number) << 16) | ((array[at + 3] as number) << 24));
  }
  let last = 0;
  for (; at < end; at++) last = (last << 8) | (array[at] as number);
  const rest = size & 7;
  if (rest !== 0) last = (last << 8) | ((array[end] as number) >> (8 - rest));
  return (size & 31) === 0 ? hash : fold(hash, last);
}
