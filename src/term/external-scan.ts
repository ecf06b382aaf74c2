/**
 * First pass over an external term: finds its end and checks every length against the bytes there are, before anything is allocated.
 * Works on counts alone (decoded_size() in OTP's external.c), so nesting of any depth costs no memory.
 */

import { MAX_ATOM_CHARACTERS } from './atoms.ts';
import {
  ATOM_EXT,
  ATOM_UTF8_EXT,
  BINARY_EXT,
  BIT_BINARY_EXT,
  EXPORT_EXT,
  FLOAT_EXT,
  FLOAT_TEXT_BYTES,
  INTEGER_EXT,
  LARGE_BIG_EXT,
  LARGE_TUPLE_EXT,
  LIST_EXT,
  LOCAL_EXT,
  localHash,
  MAP_EXT,
  MAX_ARGUMENTS,
  MAX_ATOM_BYTES,
  MAX_BIG_BYTES,
  MAX_MAP_SIZE,
  NEW_FLOAT_EXT,
  NEW_FUN_EXT,
  NEW_PID_EXT,
  NEW_PORT_EXT,
  NEW_REFERENCE_EXT,
  NEWER_REFERENCE_EXT,
  NIL_EXT,
  PID_EXT,
  PORT_EXT,
  RECORD_EXT,
  REFERENCE_EXT,
  SMALL_ATOM_EXT,
  SMALL_ATOM_UTF8_EXT,
  SMALL_BIG_EXT,
  SMALL_INTEGER_EXT,
  SMALL_TUPLE_EXT,
  STRING_EXT,
  V4_PORT_EXT,
} from './external-tags.ts';
import { MAX_TUPLE_ARITY } from './layout.ts';
import { MAX_REF_WORDS, nodes } from './nodes.ts';
import type { Parts } from './parts.ts';
import { termRules } from './term-rules.ts';

interface Scan {
  readonly bytes: Uint8Array;
  at: number;
  /** Index behind the last byte that counts. */
  readonly end: number;
  /** Terms that are still to come. */
  terms: number;
  /** Bytes that follow the node name that comes next. */
  afterNode: number;
  /** Where the hash of the innermost `local` term lies (-1: in none), and how many terms remain at its end. */
  localHashAt: number;
  localEnd: number;
}

/** What a tag asks for: false when it is malformed. */
type Step = (s: Scan) => boolean;

function byteAt(s: Scan): number {
  return s.bytes[s.at] as number;
}
function uint16(s: Scan): number {
  return ((s.bytes[s.at] as number) << 8) | (s.bytes[s.at + 1] as number);
}
function uint32(s: Scan): number {
  return uint32At(s.bytes, s.at);
}
function uint32At(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
  return (high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0;
}
function has(s: Scan, count: number): boolean {
  return count <= s.end - s.at;
}
function skip(s: Scan, count: number): boolean {
  if (!has(s, count)) return false;
  s.at += count;
  return true;
}

const skipping =
  (count: number): Step =>
  (s) =>
    skip(s, count);

/** An atom, or the name of the node that `afterNode` belongs to. */
const atomStep =
  (lengthBytes: 1 | 2, most: number): Step =>
  (s) => {
    if (!has(s, lengthBytes)) return false;
    const length = lengthBytes === 1 ? byteAt(s) : uint16(s);
    const after = s.afterNode;
    s.afterNode = 0;
    return length <= most && skip(s, lengthBytes + length + after);
  };

const nodeStep =
  (after: number): Step =>
  (s) => {
    s.afterNode = after;
    s.terms++;
    return true;
  };

const refStep =
  (creationBytes: number): Step =>
  (s) => {
    if (!has(s, 2)) return false;
    const words = uint16(s);
    if (words === 0 || words > MAX_REF_WORDS) return false;
    s.at += 2;
    return nodeStep(creationBytes + 4 * words)(s);
  };

function nilStep(s: Scan): boolean {
  if (s.afterNode === 0) return true;
  if (s.localHashAt < 0) return false;
  const after = s.afterNode;
  s.afterNode = 0;
  return skip(s, after);
}

/** A size of four bytes, `extra` bytes and then as many bytes as the size says. */
const sized =
  (extra: number, most: number): Step =>
  (s) => {
    if (!has(s, 4 + extra)) return false;
    const size = uint32(s);
    return size <= most && skip(s, 4 + extra + size);
  };

/** A count of four bytes and that many groups of `each` terms, with `tail` terms behind. */
const counted =
  (most: number, each: number, tail: number): Step =>
  (s) => {
    if (!has(s, 4)) return false;
    const count = uint32(s);
    s.at += 4;
    if (count > most || !has(s, count * each)) return false;
    s.terms += count * each + tail;
    return true;
  };

function newFunStep(s: Scan): boolean {
  if (!skip(s, 4 + 1 + 16 + 4) || !has(s, 4)) return false;
  const free = uint32(s);
  s.at += 4;
  s.terms += 4 + free;
  return free <= MAX_ARGUMENTS;
}

function recordStep(s: Scan): boolean {
  if (!termRules.nativeRecords || !has(s, 5)) return false;
  const count = uint32(s);
  if (count > MAX_RECORD_FIELDS || !has(s, 5 + count * 2)) return false;
  s.at += 5;
  s.terms += 2 + count * 2;
  return true;
}

function localStep(s: Scan): boolean {
  if (!has(s, 4)) return false;
  s.localHashAt = s.at;
  s.localEnd = s.terms - 1;
  s.terms++;
  s.at += 4;
  return true;
}

const ANY = 2 ** 32;
/** A definition is a tuple. */
const MAX_RECORD_FIELDS = MAX_TUPLE_ARITY - 3;
const STEPS: readonly (Step | undefined)[] = Array.from({ length: 256 }, (_, tag) => stepOf(tag));

function stepOf(tag: number): Step | undefined {
  const steps: Record<number, Step> = {
    [SMALL_INTEGER_EXT]: skipping(1),
    [INTEGER_EXT]: skipping(4),
    [FLOAT_EXT]: skipping(FLOAT_TEXT_BYTES),
    [NEW_FLOAT_EXT]: skipping(8),
    [SMALL_BIG_EXT]: (s) => has(s, 1) && skip(s, 2 + byteAt(s)),
    [LARGE_BIG_EXT]: sized(1, MAX_BIG_BYTES),
    [ATOM_EXT]: atomStep(2, MAX_ATOM_CHARACTERS),
    [ATOM_UTF8_EXT]: atomStep(2, MAX_ATOM_BYTES),
    [SMALL_ATOM_EXT]: atomStep(1, MAX_ATOM_CHARACTERS),
    [SMALL_ATOM_UTF8_EXT]: atomStep(1, MAX_ATOM_BYTES),
    [PID_EXT]: nodeStep(9),
    [NEW_PID_EXT]: nodeStep(12),
    [PORT_EXT]: nodeStep(5),
    [NEW_PORT_EXT]: nodeStep(8),
    [V4_PORT_EXT]: nodeStep(12),
    [REFERENCE_EXT]: nodeStep(5),
    [NEW_REFERENCE_EXT]: refStep(1),
    [NEWER_REFERENCE_EXT]: refStep(4),
    [NIL_EXT]: nilStep,
    [LIST_EXT]: counted(ANY, 1, 1),
    [SMALL_TUPLE_EXT]: (s) => {
      if (!has(s, 1)) return false;
      s.terms += byteAt(s);
      s.at++;
      return true;
    },
    [LARGE_TUPLE_EXT]: counted(MAX_TUPLE_ARITY, 1, 0),
    [MAP_EXT]: counted(MAX_MAP_SIZE, 2, 0),
    [STRING_EXT]: (s) => has(s, 2) && skip(s, 2 + uint16(s)),
    [BINARY_EXT]: sized(0, ANY),
    [BIT_BINARY_EXT]: sized(1, ANY),
    [EXPORT_EXT]: (s) => {
      s.terms += 3;
      return true;
    },
    [NEW_FUN_EXT]: newFunStep,
    [RECORD_EXT]: recordStep,
    [LOCAL_EXT]: localStep,
  };
  return steps[tag];
}

const TERMS_IN_A_PART = 4096;
const TERMS_PER_REDUCTION = 64;

/** Index behind the external term that starts at `from` (without version byte); -1 when it is malformed or cut off. */
export function* scanExternal(bytes: Uint8Array, from: number): Parts<number> {
  const s = newScan(bytes, from, bytes.length);
  for (;;) {
    if (!scanPart(s)) return -1;
    if (s.terms === 0) return s.at;
    yield TERMS_IN_A_PART / TERMS_PER_REDUCTION;
  }
}

function newScan(bytes: Uint8Array, at: number, end: number): Scan {
  return { bytes, at, end, terms: 1, afterNode: 0, localHashAt: -1, localEnd: -1 };
}

/** The same at once, for what ends at `end` at the latest. */
export function scanAtOnce(bytes: Uint8Array, from: number, end: number): number {
  const s = newScan(bytes, from, end);
  while (s.terms > 0) if (!scanPart(s)) return -1;
  return s.at;
}

/** Goes on over the terms of a part; false: malformed or cut off. */
function scanPart(s: Scan): boolean {
  for (let count = TERMS_IN_A_PART; count > 0 && s.terms > 0; count--) {
    if (s.localHashAt < 0 && s.afterNode === 0) count -= scanCommon(s, count - 1);
    if (s.terms === 0) return true;
    const step = STEPS[s.bytes[s.at] as number];
    s.at++;
    if (step === undefined || !step(s)) return false;
    s.terms--;
    if (s.terms === s.localEnd && !endOfLocal(s)) return false;
  }
  return true;
}

function endOfLocal(s: Scan): boolean {
  const body = s.localHashAt + 4;
  if (localHash(s.bytes, body, s.at, nodes.current.localSalt) !== uint32({ ...s, at: s.localHashAt })) return false;
  s.localHashAt = -1;
  s.localEnd = -1;
  return true;
}

/** Bytes that are certain to be there where `scanCommon` looks at a term. */
const MARGIN = 10;

/**
 * Goes over up to `most` terms of the tags that come most, as long as they lie whole and far from the end; tells how many they were.
 * Not where a node's name comes next, or inside a term of `local`.
 */
function scanCommon(s: Scan, most: number): number {
  const { bytes } = s;
  const end = s.end - MARGIN;
  let { at, terms } = s;
  let count = 0;
  while (count < most && terms > 0 && at < end) {
    let next = at;
    let inside = 0;
    switch (bytes[at]) {
      case SMALL_INTEGER_EXT:
        next += 2;
        break;
      case INTEGER_EXT:
        next += 5;
        break;
      case NEW_FLOAT_EXT:
        next += 9;
        break;
      case NIL_EXT:
        next += 1;
        break;
      case SMALL_ATOM_UTF8_EXT:
        next += 2 + (bytes[at + 1] as number);
        break;
      case SMALL_TUPLE_EXT:
        next += 2;
        inside = bytes[at + 1] as number;
        break;
      case BINARY_EXT: {
        const size = uint32At(bytes, at + 1);
        if (size < end - at) next += 5 + size;
        break;
      }
      case LIST_EXT:
      case MAP_EXT: {
        const size = uint32At(bytes, at + 1);
        if (size >= (end - at) / 2) break;
        next += 5;
        inside = bytes[at] === LIST_EXT ? size + 1 : size * 2;
        break;
      }
      default:
    }
    if (next === at || next > end) break;
    at = next;
    terms += inside - 1;
    count++;
  }
  s.at = at;
  s.terms = terms;
  return count;
}
