/** Bit syntax as generated code calls it (the rows `bs…` of jit/runtime-table.ts), its sizes that are terms, and its errors. */
import type { Machine } from '../process/machine.ts';
import { am } from '../term/atoms.ts';
import { isNegative, makeInteger } from '../term/bignum.ts';
import { bitSize } from '../term/bits.ts';
import { tuple } from '../term/build.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { isBitstring, isInteger, makeSmall } from '../term/term.ts';
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
  putUtf8,
  putUtf16,
  putUtf32,
} from './bits-build.ts';
import {
  fieldBits,
  getBinary,
  getFloat,
  getInteger,
  getUtf8,
  getUtf16,
  getUtf32,
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

/** What is wrong with the bitstring of an append that failed; with the size, if nothing else is. */
function failAppend(vm: Machine, packed: number, t: Term, unit: number): void {
  const kind = !isBitstring(t) ? 0 : bitSize(t) % unit !== 0 ? 2 : 6;
  failSegment(vm, packed | kind, t);
}

// ---- the instructions of OTP 24 and older --------------------------------------------------------------------------

/** size * unit as a size of something that is built; -1 when it is none. */
function sizeInBits(size: Term, unit: number): number {
  const bits = fieldBits(size, unit);
  return bits > BITS_LIMIT ? -1 : bits;
}

/** bs_init2 and bs_init_bits: a new bitstring of size * unit bits; NON_VALUE when that is no size. */
function initBits(size: Term, unit: number): Term {
  const bits = sizeInBits(size, unit);
  return bits < 0 ? NON_VALUE : createBits(bits);
}

/** bs_add: a + b * unit; NON_VALUE where that is no size. */
function addSizes(a: Term, b: Term, unit: number): Term {
  const [first, second] = [fieldBits(a, 1), fieldBits(b, unit)];
  return first < 0 || second < 0 || first + second >= 2 ** 32 ? NON_VALUE : makeInteger(first + second);
}

/** Raises for sizes of which one is no size, or which are too large together. */
function failSizes(vm: Machine, a: Term, b: Term): void {
  raiseError(vm, isNatural(a) && isNatural(b) ? am.system_limit : am.badarg);
}

/** Everything that jit/runtime-table.ts names `bs…`. */
export function bitsFunctions(vm: Machine) {
  return {
    bsReadInteger: readInteger,
    bsGetInteger: getInteger,
    bsGetFloat: getFloat,
    bsGetBinary: getBinary,
    bsSkip: skipBits,
    bsMatchString: skipString,
    bsGetUtf8: getUtf8,
    bsGetUtf16: getUtf16,
    bsGetUtf32: getUtf32,
    bsFieldBits: sizeInBits,
    bsCreate: createBits,
    bsAppend: append,
    bsPrivateAppend: privateAppend,
    bsInitWritable: initWritable,
    bsPutInteger: putInteger,
    bsPutFloat: putFloat,
    bsCopy: putBits,
    bsPutString: putString,
    bsPutUtf8: putUtf8,
    bsPutUtf16: putUtf16,
    bsPutUtf32: putUtf32,
    bsFail: (packed: number, value: Term) => failSegment(vm, packed, value),
    bsFailAppend: (packed: number, t: Term, unit: number) => failAppend(vm, packed, t, unit),
    bsInit: initBits,
    bsAdd: addSizes,
    bsFailSizes: (a: Term, b: Term) => failSizes(vm, a, b),
  };
}
