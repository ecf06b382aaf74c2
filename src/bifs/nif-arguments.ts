/** Arguments as NIFs read them (enif_get_int and its like in erl_nif.c), and what NIFs make: resources. */

import { magicHandle, newMagicRef } from '../memory/binary.ts';
import type { MagicHandle } from '../memory/off-heap.ts';
import type { Machine } from '../process/machine.ts';
import { toBigInt } from '../term/bignum.ts';
import { bitSize, copyOfBytes } from '../term/bits.ts';
import type { Term } from '../term/layout.ts';
import { head, isBig, isBitstring, isCons, isNil, isSmall, smallValue, tail } from '../term/term.ts';

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;
const INT64_BITS = 64;

function within(t: Term, min: number, max: number): number | undefined {
  const value = int64(t);
  return value === undefined || value < min || value > max ? undefined : value;
}

/** enif_get_int */
export function int32(t: Term): number | undefined {
  return within(t, INT32_MIN, INT32_MAX);
}

/** enif_get_uint */
export function uint32(t: Term): number | undefined {
  return within(t, 0, UINT32_MAX);
}

/** enif_get_int64: undefined for what is no integer of 64 bits; what no JavaScript number can hold exactly comes as infinity. */
export function int64(t: Term): number | undefined {
  if (isSmall(t)) return smallValue(t);
  if (!isBig(t)) return undefined;
  const value = toBigInt(t);
  if (BigInt.asIntN(INT64_BITS, value) !== value) return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  return number < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** enif_get_uint64, as int64 */
export function uint64(t: Term): number | undefined {
  if (isSmall(t)) return smallValue(t) < 0 ? undefined : smallValue(t);
  if (!isBig(t)) return undefined;
  const value = toBigInt(t);
  if (BigInt.asUintN(INT64_BITS, value) !== value) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : Number.POSITIVE_INFINITY;
}

export interface IoVector {
  /** Bytes of the first `limit` elements, copied. */
  readonly parts: Uint8Array[];
  /** The elements that follow. */
  readonly rest: Term;
}

/** enif_inspect_iovec: a flat list of binaries; undefined when something else is among the first `limit` elements. */
export function ioVector(list: Term, limit: number): IoVector | undefined {
  const parts: Uint8Array[] = [];
  let rest = list;
  let count = 0;
  for (; isCons(rest) && count < limit; rest = tail(rest), count++) {
    const part = head(rest);
    if (!isBitstring(part) || bitSize(part) % 8 !== 0) return undefined;
    if (bitSize(part) > 0) parts.push(copyOfBytes(part));
  }
  return isCons(rest) || isNil(rest) ? { parts, rest } : undefined;
}

/** A new reference to something in TypeScript. */
export function newResource(vm: Machine, handle: MagicHandle): Term {
  return newMagicRef(vm.references.numbers(vm.references.fresh()), handle);
}

/** What a reference stands for, if it is of the kind (its class). */
export function resourceOf<Kind extends MagicHandle>(
  t: Term,
  kind: abstract new (...args: never[]) => Kind,
): Kind | undefined {
  const handle = magicHandle(t);
  return handle instanceof kind ? handle : undefined;
}
