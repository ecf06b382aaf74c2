/**
 * Arithmetic on terms: what the operators mean wherever generated code does not decide by itself, and the arithmetic guard BIFs. The
 * operators raise badarith for operands of a wrong type, division by zero and results no double can hold, and
 * system_limit for integers that are too long (erl_arith.c); the BIFs raise badarg (erl_bif_guard.c).
 */
import { makeBigInt, makeInteger, toNumber } from '../term/bignum.ts';
import {
  absoluteInteger,
  addIntegers,
  BITWISE,
  bitwiseIntegers,
  negateInteger,
  notInteger,
  shiftInteger,
  subtractIntegers,
} from '../term/bignum-linear.ts';
import { divideIntegers, multiplyIntegers, remainderOfIntegers } from '../term/bignum-product.ts';
import { makeFloat } from '../term/build.ts';
import { compareTerms } from '../term/compare.ts';
import { badarg, badarith } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { floatValue, isFloat, isInteger, isNumber, isSmall, makeSmall, smallValue } from '../term/term.ts';

const ZERO = makeSmall(0);

/** A number as a double; NaN for any other term and for an integer too large (big_to_double in big.c). */
export function toFloat(t: Term): number {
  if (isSmall(t)) return smallValue(t);
  if (isFloat(t)) return floatValue(t);
  if (!isInteger(t)) return Number.NaN;
  const value = toNumber(t);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** A float from the result of an operator. NaN, which stands for a wrong operand too, and the infinities raise badarith. */
function floatResult(value: number): Term {
  if (!Number.isFinite(value)) throw badarith();
  return makeFloat(value);
}

/** a + b. */
export function add(a: Term, b: Term): Term {
  if (isInteger(a) && isInteger(b)) return addIntegers(a, b);
  return floatResult(toFloat(a) + toFloat(b));
}

/** a - b. */
export function subtract(a: Term, b: Term): Term {
  if (isInteger(a) && isInteger(b)) return subtractIntegers(a, b);
  return floatResult(toFloat(a) - toFloat(b));
}

/** a * b. */
export function multiply(a: Term, b: Term): Term {
  if (isInteger(a) && isInteger(b)) return multiplyIntegers(a, b);
  return floatResult(toFloat(a) * toFloat(b));
}

/** a / b: always a float. */
export function divide(a: Term, b: Term): Term {
  return floatResult(toFloat(a) / toFloat(b));
}

/** +a. */
export function unaryPlus(a: Term): Term {
  if (!isNumber(a)) throw badarith();
  return a;
}

/** -a; 0.0 becomes -0.0. */
export function negate(a: Term): Term {
  return isInteger(a) ? negateInteger(a) : floatResult(-toFloat(a));
}

function requireIntegers(a: Term, b: Term): void {
  if (!isInteger(a) || !isInteger(b)) throw badarith();
}

/** a div b. */
export function intDiv(a: Term, b: Term): Term {
  requireIntegers(a, b);
  if (b === ZERO) throw badarith();
  return divideIntegers(a, b);
}

/** a rem b. */
export function rem(a: Term, b: Term): Term {
  requireIntegers(a, b);
  if (b === ZERO) throw badarith();
  return remainderOfIntegers(a, b);
}

/** a band b. */
export function band(a: Term, b: Term): Term {
  requireIntegers(a, b);
  return bitwiseIntegers(a, b, BITWISE.and);
}

/** a bor b. */
export function bor(a: Term, b: Term): Term {
  requireIntegers(a, b);
  return bitwiseIntegers(a, b, BITWISE.or);
}

/** a bxor b. */
export function bxor(a: Term, b: Term): Term {
  requireIntegers(a, b);
  return bitwiseIntegers(a, b, BITWISE.xor);
}

/** bnot a. */
export function bnot(a: Term): Term {
  if (!isInteger(a)) throw badarith();
  return notInteger(a);
}

/** a bsl b. */
export function bsl(a: Term, b: Term): Term {
  requireIntegers(a, b);
  return shiftInteger(a, toNumber(b));
}

/** a bsr b. */
export function bsr(a: Term, b: Term): Term {
  requireIntegers(a, b);
  return shiftInteger(a, -toNumber(b));
}

/** abs/1. */
export function absolute(a: Term): Term {
  if (isInteger(a)) return absoluteInteger(a);
  if (!isFloat(a)) throw badarg();
  const value = floatValue(a);
  return value > 0 ? a : makeFloat(Math.abs(value));
}

/** float/1. */
export function float(a: Term): Term {
  if (isFloat(a)) return a;
  const value = toFloat(a);
  if (Number.isNaN(value)) throw badarg();
  return makeFloat(value);
}

/** The integer of a double without a fraction. */
function integerOf(value: number): Term {
  return Number.isSafeInteger(value) ? makeInteger(value) : makeBigInt(BigInt(value));
}

function rounding(round: (value: number) => number): (a: Term) => Term {
  return (a) => {
    if (isInteger(a)) return a;
    if (!isFloat(a)) throw badarg();
    return integerOf(round(floatValue(a)));
  };
}

/** A double rounded to an integer, halves away from zero (C's `round`). */
export function roundHalfAway(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

export const trunc: (a: Term) => Term = rounding(Math.trunc);
export const round: (a: Term) => Term = rounding(roundHalfAway);
export const floor: (a: Term) => Term = rounding(Math.floor);
export const ceil: (a: Term) => Term = rounding(Math.ceil);

/** max/2: the first of equal terms. */
export function max(a: Term, b: Term): Term {
  return compareTerms(a, b) < 0 ? b : a;
}

/** min/2: the first of equal terms. */
export function min(a: Term, b: Term): Term {
  return compareTerms(a, b) > 0 ? b : a;
}
