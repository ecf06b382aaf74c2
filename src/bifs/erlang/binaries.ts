import { safeInteger } from '../../term/bignum.ts';
import { bitSize, isBinary, subBits } from '../../term/bits.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isBitstring, isInteger, isSmall, isTuple, smallValue, tupleArity, tupleElement } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { natural } from './arguments.ts';

/** A binary's size in bytes. Raises badarg for any other term. */
export function binarySize(t: Term): number {
  if (!isBitstring(t) || !isBinary(t)) throw badarg();
  return bitSize(t) / 8;
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
    { name: 'split_binary', arity: 2, fn: splitBinary },
    { name: 'binary_part', arity: 2, fn: binaryPartOf, guard: true },
    { name: 'binary_part', arity: 3, fn: binaryPart, guard: true },
  ],
};
