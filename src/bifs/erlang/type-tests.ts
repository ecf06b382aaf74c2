/** Type tests, comparisons and boolean operators as functions. Generated code decides most of them itself. */

import { am } from '../../term/atoms.ts';
import { isNegative, safeInteger, toBigInt } from '../../term/bignum.ts';
import { isBinary } from '../../term/bits.ts';
import { compareTerms } from '../../term/compare.ts';
import { equal, identical } from '../../term/equality.ts';
import { badarg } from '../../term/erlang-error.ts';
import { FUN_ARITY, type Term } from '../../term/layout.ts';
import { recordModule, recordName } from '../../term/native-record.ts';
import { isPid, isPort, isRef } from '../../term/nodes.ts';
import {
  field,
  isAtom,
  isBitstring,
  isFloat,
  isFun,
  isInteger,
  isList,
  isMap,
  isNativeRecord,
  isNumber,
  isSmall,
  isTuple,
  smallValue,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import { termRules } from '../../term/term-rules.ts';
import type { BifTable } from '../registry.ts';

export function boolean(value: boolean): Term {
  return value ? am.true : am.false;
}

function truth(t: Term): boolean {
  if (t === am.true) return true;
  if (t === am.false) return false;
  throw badarg();
}

const MAX_ARITY = 255;

/** is_function(Fun, Arity). Raises badarg unless the arity is a non-negative integer (is_function_2 in OTP's erl_bif_op.c). */
function isFunctionOf(fun: Term, arity: Term): Term {
  if (!isInteger(arity)) throw badarg();
  const wanted = safeInteger(arity);
  if (isSmall(arity) ? smallValue(arity) < 0 : isNegative(arity)) throw badarg();
  if (wanted === undefined || wanted > MAX_ARITY) return am.false;
  return boolean(isFun(fun) && field(fun, FUN_ARITY) === wanted);
}

/** is_record(Term, Tag): a tuple or a native record, of any module. Raises badarg unless the tag is an atom. */
function isRecord(t: Term, tag: Term): Term {
  if (!isAtom(tag)) throw badarg();
  if (isNativeRecord(t)) return boolean(recordName(t) === tag);
  return boolean(isTuple(t) && tupleArity(t) >= 1 && tupleElement(t, 1) === tag);
}

/**
 * is_record(Term, Tag, Size), and is_record(Term, Module, Name) of native records. Raises badarg unless the second argument is an atom
 * and the third an integer that is a small in OTP, of any sign, or, in OTP 29, an atom.
 */
function isRecordOf(t: Term, tag: Term, size: Term): Term {
  if (!isAtom(tag)) throw badarg();
  if (termRules.nativeRecords && isAtom(size)) {
    return boolean(isNativeRecord(t) && recordModule(t) === tag && recordName(t) === size);
  }
  if (!is60Bits(size)) throw badarg();
  return boolean(
    isSmall(size) &&
      isTuple(t) &&
      tupleArity(t) === smallValue(size) &&
      smallValue(size) >= 1 &&
      tupleElement(t, 1) === tag,
  );
}

/** An integer that is a small in OTP, where words have 64 bits. */
function is60Bits(t: Term): boolean {
  if (!isInteger(t)) return false;
  const value = toBigInt(t);
  return value === BigInt.asIntN(60, value);
}

/** is_integer(Term, Low, High), OTP 29. */
function isIntegerBetween(t: Term, low: Term, high: Term): Term {
  if (!isInteger(low) || !isInteger(high)) throw badarg();
  return boolean(isInteger(t) && compareTerms(t, low) >= 0 && compareTerms(t, high) <= 0);
}

const test =
  (holds: (t: Term) => boolean) =>
  (t: Term): Term =>
    boolean(holds(t));
const order =
  (holds: (sign: number) => boolean) =>
  (a: Term, b: Term): Term =>
    boolean(holds(compareTerms(a, b)));
const logic =
  (apply: (a: boolean, b: boolean) => boolean) =>
  (a: Term, b: Term): Term =>
    boolean(apply(truth(a), truth(b)));

export const erlangTypeTestBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: 'is_atom', arity: 1, fn: test(isAtom), guard: true },
    { name: 'is_binary', arity: 1, fn: test((t) => isBitstring(t) && isBinary(t)), guard: true },
    { name: 'is_bitstring', arity: 1, fn: test(isBitstring), guard: true },
    { name: 'is_boolean', arity: 1, fn: test((t) => t === am.true || t === am.false), guard: true },
    { name: 'is_float', arity: 1, fn: test(isFloat), guard: true },
    { name: 'is_function', arity: 1, fn: test(isFun), guard: true },
    { name: 'is_function', arity: 2, fn: isFunctionOf, guard: true },
    { name: 'is_integer', arity: 1, fn: test(isInteger), guard: true },
    { name: 'is_integer', arity: 3, fn: isIntegerBetween, guard: true, since: 29 },
    { name: 'is_list', arity: 1, fn: test(isList), guard: true },
    { name: 'is_map', arity: 1, fn: test(isMap), guard: true },
    { name: 'is_number', arity: 1, fn: test(isNumber), guard: true },
    { name: 'is_pid', arity: 1, fn: test(isPid), guard: true },
    { name: 'is_port', arity: 1, fn: test(isPort), guard: true },
    { name: 'is_record', arity: 1, fn: test(isNativeRecord), guard: true, since: 29 },
    { name: 'is_record', arity: 2, fn: isRecord, guard: true },
    { name: 'is_record', arity: 3, fn: isRecordOf, guard: true },
    { name: 'is_reference', arity: 1, fn: test(isRef), guard: true },
    { name: 'is_tuple', arity: 1, fn: test(isTuple), guard: true },
    { name: '==', arity: 2, fn: (a: Term, b: Term) => boolean(equal(a, b)), guard: true },
    { name: '/=', arity: 2, fn: (a: Term, b: Term) => boolean(!equal(a, b)), guard: true },
    { name: '=:=', arity: 2, fn: (a: Term, b: Term) => boolean(identical(a, b)), guard: true },
    { name: '=/=', arity: 2, fn: (a: Term, b: Term) => boolean(!identical(a, b)), guard: true },
    { name: '<', arity: 2, fn: order((sign) => sign < 0), guard: true },
    { name: '>', arity: 2, fn: order((sign) => sign > 0), guard: true },
    { name: '=<', arity: 2, fn: order((sign) => sign <= 0), guard: true },
    { name: '>=', arity: 2, fn: order((sign) => sign >= 0), guard: true },
    { name: 'not', arity: 1, fn: (a: Term) => boolean(!truth(a)), guard: true },
    { name: 'and', arity: 2, fn: logic((a, b) => a && b), guard: true },
    { name: 'or', arity: 2, fn: logic((a, b) => a || b), guard: true },
    { name: 'xor', arity: 2, fn: logic((a, b) => a !== b), guard: true },
  ],
};
