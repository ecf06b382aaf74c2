/**
 * Which keys of an ordered set a match specification can match: patterns of keys, and where they lie among keys (key_boundness,
 * cmp_partly_bound and partly_bound_can_match_lesser in OTP's erl_db_tree.c). A pattern's order is that of what comes before its first
 * variable; all keys that it can match are side by side.
 */
import { compareTerms } from '../term/compare.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import { head, isCons, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import type { ClauseSource } from './match-program.ts';
import { hasMap, isFullyBound, isWildcard, keyAt } from './match-variables.ts';

/** Keys to look at: none, all, exactly one, or those from one pattern to another. */
export type KeyRange =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'one'; readonly key: Term }
  | { readonly kind: 'between'; readonly least: Term; readonly most: Term };

/** What to do with a pair of parts: compare them, or stop since one of them is a variable. */
type Leaves = (a: Term, b: Term) => number | undefined;

/**
 * Goes through two terms as their order does. `atLeaf` is given parts that are not both tuples of one arity or both lists; the first number
 * other than 0 is the result, and undefined ends it with 0.
 */
function compareParts(a: Term, b: Term, atLeaf: Leaves): number {
  const stack: Term[] = [b, a];
  while (stack.length > 0) {
    const x = stack.pop() as Term;
    const y = stack.pop() as Term;
    if (isCons(x) && isCons(y)) {
      stack.push(tail(y), tail(x), head(y), head(x));
    } else if (isTuple(x) && isTuple(y) && tupleArity(x) === tupleArity(y)) {
      for (let i = tupleArity(x); i > 0; i--) stack.push(tupleElement(y, i), tupleElement(x, i));
    } else {
      const order = atLeaf(x, y);
      if (order === undefined) return 0;
      if (order !== 0) return order;
    }
  }
  return 0;
}

/** The order of a pattern and a key: 0 if the key is among those that the pattern can match, as far as its start tells. */
export function comparePartly(pattern: Term, key: Term): number {
  return compareParts(pattern, key, (x, y) => (isWildcard(x) ? undefined : compareTerms(x, y)));
}

/** The order of where the keys of two patterns begin (`sign` 1) or end (-1): a variable reaches beyond everything else. */
function compareReach(a: Term, b: Term, sign: 1 | -1): number {
  return compareParts(a, b, (x, y) => {
    if (isWildcard(x)) return isWildcard(y) ? undefined : -sign;
    return isWildcard(y) ? sign : compareTerms(x, y);
  });
}

/** The keys that the patterns of the clauses can match, in a table with keys at `keyPosition`. */
export function keyRange(sources: readonly ClauseSource[], keyPosition: number): KeyRange {
  let least = NON_VALUE;
  let most = NON_VALUE;
  let isOne = true;
  for (const { pattern } of sources) {
    if (isWildcard(pattern)) return { kind: 'all' };
    const key = keyAt(keyPosition, pattern);
    if (key === NON_VALUE) continue;
    const isBound = isFullyBound(key);
    if (!isBound && (isWildcard(key) || hasMap(key))) return { kind: 'all' };
    if (!isBound) isOne = false;
    if (least === NON_VALUE || compareReach(key, least, 1) < 0) least = key;
    if (most === NON_VALUE || compareReach(key, most, -1) > 0) most = key;
  }
  if (least === NON_VALUE) return { kind: 'none' };
  if (isOne && compareTerms(least, most) === 0) return { kind: 'one', key: least };
  return { kind: 'between', least, most };
}
