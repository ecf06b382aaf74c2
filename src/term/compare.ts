/** Comparing terms: the order of all terms, and the order of map keys. `==` and `=:=`: see equality.ts. */
import { PRIMARY_MASK, PRIMARY_SMALL, type Term } from './layout.ts';
import { compareAtoms, orderTerms } from './order.ts';
import { isAtom } from './term.ts';

/** The order of two terms (`<`, `lists:sort/1`): negative, 0 or positive. Numbers compare by value: 1 and 1.0 give 0. */
export function compareTerms(a: Term, b: Term): number {
  if (a === b) return 0;
  // Words of smalls are in the order of their values.
  if ((a & b & PRIMARY_MASK) === PRIMARY_SMALL) return a < b ? -1 : 1;
  if (isAtom(a) && isAtom(b)) return compareAtoms(a, b);
  return orderTerms(a, b, false);
}

/**
 * The order of map keys: negative, 0 or positive, and 0 only for identical terms. Integers come before floats (erts_internal:cmp_term/2).
 */
export function compareExact(a: Term, b: Term): number {
  if (a === b) return 0;
  if ((a & b & PRIMARY_MASK) === PRIMARY_SMALL) return a < b ? -1 : 1;
  if (isAtom(a) && isAtom(b)) return compareAtoms(a, b);
  return orderTerms(a, b, true);
}
