import { allocate } from '../../memory/heap.ts';
import { plus, store } from '../../memory/memory.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { safeInteger } from '../../term/bignum.ts';
import { binaryBytes, bitSize, byteAt, isBinary, subBits } from '../../term/bits.ts';
import { cons, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import {
  isBitstring,
  isInteger,
  isSmall,
  isTuple,
  makeCons,
  makeSmall,
  smallValue,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { natural } from './arguments.ts';

/** A binary's size in bytes. Raises badarg for any other term. */
export function binarySize(t: Term): number {
  if (!isBitstring(t) || !isBinary(t)) throw badarg();
  return bitSize(t) / 8;
}

/** Bytes of a list for a reduction (ERTS_B2L_BYTES_PER_REDUCTION in binary.c). */
const LISTED_PER_REDUCTION = 256;

// ---- lists of bytes --------------------------------------------------------------------------------------------------

/** The list of `count` bytes from byte `from` on, in front of `last`. */
function byteList(t: Term, from: number, count: number, last: Term): Term {
  let list = last;
  bumpForWork(count, LISTED_PER_REDUCTION);
  if (bitSize(t) % 8 === 0) {
    if (count === 0) return last;
    const a = allocate(2 * count);
    const content = binaryBytes(t);
    for (let i = 0; i < count; i++) {
      const cell = plus(a, 8 * i);
      store(cell, makeSmall(content[from + i] as number));
      store(plus(cell, 4), makeCons(plus(cell, 8)));
    }
    store(plus(a, 8 * count - 4), last);
    return makeCons(a);
  }
  for (let i = from + count - 1; i >= from; i--) list = cons(makeSmall(byteAt(t, i)), list);
  return list;
}

function binaryToList(t: Term): Term {
  return byteList(t, 0, binarySize(t), NIL);
}

/** binary_to_list(Binary, From, To), counted from 1. Raises badarg. */
function binaryPartToList(t: Term, from: Term, to: Term): Term {
  const first = natural(from);
  const last = natural(to);
  const size = binarySize(t);
  if (first === undefined || last === undefined || first < 1 || last > size || last < first) throw badarg();
  return byteList(t, first - 1, last - first + 1, NIL);
}

function bitstringToList(t: Term): Term {
  if (!isBitstring(t)) throw badarg();
  const size = bitSize(t);
  const trailing = size % 8;
  const last = trailing === 0 ? NIL : cons(subBits(t, size - trailing, trailing), NIL);
  return byteList(t, 0, (size - trailing) / 8, last);
}

// ---- parts -----------------------------------------------------------------------------------------------------------

/** split_binary/2: splits a bitstring behind so many bytes. Raises badarg. */
function splitBinary(t: Term, position: Term): Term {
  const at = natural(position);
  if (!isBitstring(t) || at === undefined || at > bitSize(t) / 8) throw badarg();
  return tuple(subBits(t, 0, at * 8), subBits(t, at * 8, bitSize(t) - at * 8));
}

/** Position and length of a part of `size` bytes, the length perhaps negative: what lies before the position. Raises badarg. */
export function partRange(position: Term, length: Term, size: number): { from: number; length: number } {
  const at = natural(position);
  const count = isInteger(length) ? safeInteger(length) : undefined;
  if (at === undefined || count === undefined) throw badarg();
  const from = Math.min(at, at + count);
  const to = Math.max(at, at + count);
  if (from < 0 || to > size) throw badarg();
  return { from, length: to - from };
}

/** binary_part/3 and binary:part/3. Raises badarg. */
export function binaryPart(t: Term, position: Term, length: Term): Term {
  if (isSmall(position) && isSmall(length) && isBitstring(t)) {
    const [from, count, size] = [smallValue(position), smallValue(length), bitSize(t)];
    if (from >= 0 && count >= 0 && size % 8 === 0 && (from + count) * 8 <= size) return subBits(t, from * 8, count * 8);
  }
  const part = partRange(position, length, binarySize(t));
  return subBits(t, part.from * 8, part.length * 8);
}

/** The same with `{Position, Length}`. Raises badarg. */
export function binaryPartOf(t: Term, range: Term): Term {
  if (!isTuple(range) || tupleArity(range) !== 2) throw badarg();
  return binaryPart(t, tupleElement(range, 1), tupleElement(range, 2));
}

export const erlangBinaryBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: 'binary_to_list', arity: 1, fn: binaryToList },
    { name: 'binary_to_list', arity: 3, fn: binaryPartToList },
    { name: 'bitstring_to_list', arity: 1, fn: bitstringToList },
    { name: 'split_binary', arity: 2, fn: splitBinary },
    { name: 'binary_part', arity: 2, fn: binaryPartOf, guard: true },
    { name: 'binary_part', arity: 3, fn: binaryPart, guard: true },
  ],
};
