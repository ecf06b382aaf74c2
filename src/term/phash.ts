/** erlang:phash: the oldest portable hash that is still there (make_hash in OTP's erl_term_hashing.c, as it is on 64-bit machines). */
import { atomHash } from './atom-hash.ts';
import { makeInteger } from './bignum.ts';
import { binaryBytes, bitSize } from './bits.ts';
import { tuple, tupleOf } from './build.ts';
import { bigSign } from './compare-numbers.ts';
import { exportNameOf, freeCount, funEntryOf } from './fun-entries.ts';
import {
  ATOM_TAG,
  BIG_DIGITS,
  EXTERNAL_KIND,
  EXTERNAL_PID,
  EXTERNAL_PORT,
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
import { fieldCount, fieldName, fieldsByIndex, recordDefinition, recordValue } from './native-record.ts';
import { pidNumber, portHigh, portLow, refWord } from './nodes.ts';
import { phash2 } from './phash2.ts';
import {
  field,
  fieldTerm,
  floatValue,
  head,
  headerSize,
  headerType,
  isCons,
  isSmall,
  makeSmall,
  smallValue,
  tail,
  tupleElement,
} from './term.ts';

/** Primes just above 2^28 (FUNNY_NUMBER1 …), from index 1. */
const PRIMES = [
  0, 268440163, 268439161, 268435459, 268436141, 268438633, 268437017, 268438039, 268437511, 268439627, 268440479,
  268440577, 268440581, 268440593, 268440611, 268440629,
] as const;

/** Marks on the stack; no terms. TUPLE_END follows its arity, REST is under a list's tail, LIST_END under its last tail. */
const TUPLE_END = 0x08;
const REST = 0x18;
const LIST_END = 0x28;
/** Follows the number of words of a native record. */
const RECORD_END = 0x38;
const stack: number[] = [];

/** The whole 32-bit hash, unsigned, from 0: `phash(Term, Range)` gives `1 + hash rem Range`. */
export function phash(term: Term): number {
  let hash = 0;
  stack.push(term);
  while (stack.length > 0) {
    const t = stack.pop() as Term;
    switch (t as number) {
      case TUPLE_END:
        hash = step(hash, 9, stack.pop() as number);
        break;
      case RECORD_END:
        hash = step(hash, 15, stack.pop() as number);
        break;
      case LIST_END:
        hash = Math.imul(hash, PRIMES[8]);
        break;
      case REST: {
        const rest = stack.pop() as Term;
        if (isCons(rest)) hash = hashList(rest, hash);
        else stack.push(LIST_END, rest);
        break;
      }
      default:
        hash = hashTerm(t, hash);
    }
  }
  return hash >>> 0;
}

function step(hash: number, prime: number, value: number): number {
  return (Math.imul(hash, PRIMES[prime] as number) + value) | 0;
}

/** The four bytes of a word, least significant first. */
function stepWord(hash: number, prime: number, word: number): number {
  let result = hash;
  for (let shift = 0; shift < 32; shift += 8) result = step(result, prime, (word >>> shift) & 0xff);
  return result;
}

function hashTerm(t: Term, hash: number): number {
  switch (t & PRIMARY_MASK) {
    case PRIMARY_SMALL: {
      const value = smallValue(t);
      return Math.imul(stepWord(hash, 2, Math.abs(value)), PRIMES[value < 0 ? 4 : 3]);
    }
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
      return step(hash, 1, atomHash(t));
    case PID_TAG:
      return hashPid(t, hash);
    case PORT_TAG:
      return hashPort(t, hash);
    default:
      return step(hash, 3, 1);
  }
}

function hashPid(t: Term, hash: number): number {
  return Math.imul(stepWord(hash, 5, pidNumber(t)), PRIMES[6]);
}

function hashPort(t: Term, hash: number): number {
  const high = portHigh(t);
  const start = high === 0 ? hash : stepWord(hash, 11, high);
  return Math.imul(stepWord(start, 9, portLow(t)), PRIMES[10]);
}

function hashRef(t: Term, hash: number): number {
  return Math.imul(stepWord(hash, 9, refWord(t, 0)), PRIMES[10]);
}

function hashList(list: Term, before: number): number {
  let hash = before;
  let rest = list;
  for (;;) {
    const element = head(rest);
    const value = isSmall(element) ? smallValue(element) : -1;
    if (value < 0 || value > 255) {
      stack.push(tail(rest), REST, element);
      return hash;
    }
    hash = step(hash, 2, value);
    const next = tail(rest);
    if (!isCons(next)) {
      stack.push(LIST_END, next);
      return hash;
    }
    rest = next;
  }
}

function hashBoxed(t: Term, hash: number): number {
  switch (headerType(t)) {
    case HEADER_TUPLE: {
      const arity = headerSize(t);
      stack.push(arity, TUPLE_END);
      for (let i = arity; i > 0; i--) stack.push(tupleElement(t, i));
      return hash;
    }
    case HEADER_RECORD:
      return hashRecord(t, hash);
    case HEADER_FLATMAP:
    case HEADER_HASHMAP:
      return step(hash, 13, PRIMES[14] + phash2(t));
    case HEADER_FUN:
      return hashClosure(t, hash);
    case HEADER_EXPORT: {
      const { module, functionName, arity } = exportNameOf(t);
      return step(step(step(hash, 11, arity), 1, atomHash(module)), 1, atomHash(functionName));
    }
    case HEADER_POS_BIG:
    case HEADER_NEG_BIG:
      return hashBig(t, hash);
    case HEADER_FLOAT:
      return step(hash, 6, floatValue(t) === 0 ? 0 : field(t, FLOAT_VALUE) ^ field(t, FLOAT_VALUE + 4));
    case HEADER_REF:
      return hashRef(t, hash);
    case HEADER_EXTERNAL: {
      const kind = field(t, EXTERNAL_KIND);
      return kind === EXTERNAL_PID ? hashPid(t, hash) : kind === EXTERNAL_PORT ? hashPort(t, hash) : hashRef(t, hash);
    }
    default:
      return hashBits(t, hash);
  }
}

/** As of the words that it has in OTP: a definition with the order and the hash of the fields, and the values by atom index. */
function hashRecord(t: Term, hash: number): number {
  const definition = recordDefinition(t);
  const positions = fieldsByIndex(definition);
  const places = positions.map((_, position) => makeSmall(positions.indexOf(position)));
  const fixed = [1, 2, 3].map((position) => tupleElement(definition, position));
  const names = positions.map((position) => fieldName(definition, position));
  stack.push(1 + fieldCount(definition), RECORD_END);
  for (const position of positions.reverse()) stack.push(recordValue(t, position));
  stack.push(tuple(tupleOf(places), makeInteger(phash2(definition)), ...fixed, ...names));
  return hash;
}

function hashClosure(t: Term, before: number): number {
  const entry = funEntryOf(t);
  const free = freeCount(t);
  const hash = step(step(before, 10, free), 1, atomHash(entry.module));
  for (let i = free - 1; i >= 0; i--) stack.push(fieldTerm(t, FUN_FREE + i * 4));
  return step(step(hash, 2, entry.index), 2, entry.oldUniq);
}

function hashBig(t: Term, before: number): number {
  let hash = before;
  const length = headerSize(t);
  for (let i = 0; i < length; i++) hash = stepWord(hash, 2, field(t, BIG_DIGITS + i * 4));
  return Math.imul(hash, PRIMES[bigSign(t) < 0 ? 4 : 3]);
}

function hashBits(t: Term, before: number): number {
  const size = bitSize(t);
  const whole = size >>> 3;
  const rest = size & 7;
  const content = binaryBytes(t);
  let hash = before;
  for (let i = 0; i < whole; i++) hash = step(hash, 1, content[i] as number);
  if (rest !== 0) hash = step(step(hash, 1, (content[whole] as number) >> (8 - rest)), 12, rest);
  return step(hash, 4, whole);
}
