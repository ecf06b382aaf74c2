/** Module math: C's double functions on numbers (erl_math.c). */
import { toFloat } from '../runtime/arith.ts';
import {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  cos,
  cosh,
  erf,
  erfc,
  exp,
  fmod,
  log,
  log2,
  log10,
  pow,
  sin,
  sinh,
  tan,
} from '../runtime/float-functions.ts';
import { makeFloat } from '../term/build.ts';
import { badarg, badarith } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { isNumber } from '../term/term.ts';
import type { BifTable } from './registry.ts';

function argument(t: Term): number {
  if (!isNumber(t)) throw badarg();
  const value = toFloat(t);
  if (Number.isNaN(value)) throw badarith();
  return value;
}

function result(value: number): Term {
  if (!Number.isFinite(value)) throw badarith();
  return makeFloat(value);
}

const unary = (f: (x: number) => number) => (a: Term) => result(f(argument(a)));
const binary = (f: (x: number, y: number) => number) => (a: Term, b: Term) => {
  const x = argument(a);
  return result(f(x, argument(b)));
};

/** All functions of module math that are BIFs: badarg for what is no number, badarith outside a function's domain or range. */
export const mathBifs: BifTable = {
  module: 'math',
  pure: true,
  rows: [
    { name: 'acos', arity: 1, fn: unary(acos) },
    { name: 'acosh', arity: 1, fn: unary(acosh) },
    { name: 'asin', arity: 1, fn: unary(asin) },
    { name: 'asinh', arity: 1, fn: unary(asinh) },
    { name: 'atan', arity: 1, fn: unary(atan) },
    { name: 'atanh', arity: 1, fn: unary(Math.atanh) },
    { name: 'ceil', arity: 1, fn: unary(Math.ceil) },
    { name: 'cos', arity: 1, fn: unary(cos) },
    { name: 'cosh', arity: 1, fn: unary(cosh) },
    { name: 'erf', arity: 1, fn: unary(erf) },
    { name: 'erfc', arity: 1, fn: unary(erfc) },
    { name: 'exp', arity: 1, fn: unary(exp) },
    { name: 'floor', arity: 1, fn: unary(Math.floor) },
    { name: 'log', arity: 1, fn: unary(log) },
    { name: 'log10', arity: 1, fn: unary(log10) },
    { name: 'log2', arity: 1, fn: unary(log2) },
    { name: 'sin', arity: 1, fn: unary(sin) },
    { name: 'sinh', arity: 1, fn: unary(sinh) },
    { name: 'sqrt', arity: 1, fn: unary(Math.sqrt) },
    { name: 'tan', arity: 1, fn: unary(tan) },
    { name: 'tanh', arity: 1, fn: unary(Math.tanh) },
    { name: 'atan2', arity: 2, fn: binary(atan2) },
    { name: 'fmod', arity: 2, fn: binary(fmod) },
    { name: 'pow', arity: 2, fn: binary(pow) },
  ],
};
