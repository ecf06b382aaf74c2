/** Reading arguments of BIFs: options lists and the like. */
import { am } from '../../term/atoms.ts';
import { safeInteger } from '../../term/bignum.ts';
import { badarg, type ErlangError } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { head, isCons, isInteger, isNil, isTuple, tail, tupleArity, tupleElement } from '../../term/term.ts';

/** The elements of a proper list, one by one; throws `otherwise` for an improper one, after the elements. */
export function* elementsOf(list: Term, otherwise: ErlangError = badarg()): Generator<Term> {
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) yield head(rest);
  if (!isNil(rest)) throw otherwise;
}

/** Key and value of a 2-tuple; undefined for any other term. */
export function pairOf(t: Term): { readonly key: Term; readonly value: Term } | undefined {
  if (!isTuple(t) || tupleArity(t) !== 2) return undefined;
  return { key: tupleElement(t, 1), value: tupleElement(t, 2) };
}

/** An integer from 0 on that a JavaScript number can hold; undefined for any other term. */
export function natural(t: Term): number | undefined {
  const value = isInteger(t) ? safeInteger(t) : undefined;
  return value === undefined || value < 0 ? undefined : value;
}

export function boolean(t: Term): boolean | undefined {
  if (t === am.true) return true;
  return t === am.false ? false : undefined;
}

export function atomOf(value: boolean): Term {
  return value ? am.true : am.false;
}
