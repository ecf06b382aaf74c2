/** Bit syntax as generated code calls it (the rows `bs…` of jit/runtime-table.ts), its sizes that are terms, and its errors. */
import type { Machine } from '../process/machine.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { isNegative, makeInteger, safeInteger } from '../term/bignum.ts';
import { subBitsOf } from '../term/bits.ts';
import { type Addr, CONTEXT_ORIG, NON_VALUE, type Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { fieldTerm, isBitstring, isInteger, makeSmall } from '../term/term.ts';
import {
  append,
  BITS_LIMIT,
  createBits,
  initWritable,
  privateAppend,
  putBits,
  putFloat,
  putInteger,
  putString,
  putUtf16,
  putUtf8,
} from './bits-build.ts';
import {
  fieldBits,
  getBinary,
  getFloat,
  getInteger,
  getUtf16,
  getUtf32,
  getUtf8,
  readInteger,
  skipBits,
  skipString,
} from './bits-match.ts';
import { raiseError } from './exceptions.ts';

/*
 * What a segment of bs_create_bin fails with, packed into a number: number of the segment << 8 | its type << 4 | what is wrong.
 */
const segmentTypes: readonly Term[] = [am.binary, am.float, am.integer, am.utf8, am.utf16, am.utf32];

function isNatural(t: Term): boolean {
  return isInteger(t) && !isNegative(t);
}

/** Reason and name of what is wrong, by the low four bits of the packed number (see jit/ops/bits-errors.ts). */
function describe(kind: number, value: Term): { readonly reason: Term; readonly wrong: Term } {
  switch (kind) {
    case 1:
      return { reason: isNatural(value) ? am.system_limit : am.badarg, wrong: am.size };
    case 2:
      return { reason: am.badarg, wrong: am.unit };
    case 3:
      return { reason: am.badarg, wrong: isBitstring(value) ? am.short : am.type };
    case 4:
      return { reason: am.badarg, wrong: am.no_float };
    case 5:
      return { reason: am.badarg, wrong: am.invalid };
    case 6:
      return { reason: am.system_limit, wrong: am.size };
    default:
      return { reason: am.badarg, wrong: am.type };
  }
}

/** Raises as beam_jit_bs_construct_fail_info does: the error info says what erl_erts_errors:format_bs_fail/2 wants. */
function failSegment(vm: Machine, packed: number, value: Term): void {
  const { reason, wrong } = describe(packed & 15, value);
  const type = segmentTypes[(packed >>> 4) & 15] as Term;
  const cause = tuple(makeSmall(packed >>> 8), type, wrong, value);
  const info = mapFromArrays([am.cause, am.function, am.module], [cause, am.format_bs_fail, am.erl_erts_errors]);
  raiseError(vm, reason, { info });
}

/** What was wrong with the bitstring of an append that failed: with the size, if with nothing else. */
function failAppend(vm: Machine, packed: number, t: Term, bits: number, unit: number): void {
  const kind = !isBitstring(t) ? 0 : append(t, 0, unit) === NON_VALUE ? 2 : 6;
  failSegment(vm, packed | kind, t);
  return bits as unknown as undefined;
}
