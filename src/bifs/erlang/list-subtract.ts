/** `--`: for every element of the second list, the first one that is identical is removed from the first list. */
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { listOf } from '../../term/build.ts';
import { identical } from '../../term/equality.ts';
import { internalHash } from '../../term/hash.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { head, isImmediate, isNil, tail } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { elementsOf, properLength } from './lists-tuples.ts';

interface Wanted {
  readonly term: Term;
  count: number;
}

/** A multiset of terms. */
class Multiset {
  size = 0;
  private readonly immediates = new Map<Term, number>();
  private readonly others = new Map<number, Wanted[]>();

  add(t: Term): void {
    this.size++;
    if (isImmediate(t)) {
      this.immediates.set(t, (this.immediates.get(t) ?? 0) + 1);
      return;
    }
    const hash = internalHash(t);
    const bucket = this.others.get(hash);
    const known = bucket?.find(({ term }) => identical(term, t));
    if (known !== undefined) known.count++;
    else if (bucket !== undefined) bucket.push({ term: t, count: 1 });
    else this.others.set(hash, [{ term: t, count: 1 }]);
  }

  /** Takes one occurrence out; false when there is none. */
  take(t: Term): boolean {
    if (isImmediate(t)) {
      const count = this.immediates.get(t) ?? 0;
      if (count === 0) return false;
      this.immediates.set(t, count - 1);
    } else {
      if (this.others.size === 0) return false;
      const known = this.others.get(internalHash(t))?.find(({ term, count }) => count > 0 && identical(term, t));
      if (known === undefined) return false;
      known.count--;
    }
    this.size--;
    return true;
  }
}

/** Elements for a reduction (ELEMENTS_PER_RED in erl_bif_lists.c). */
const ELEMENTS_PER_REDUCTION = 32;

/** `--`. Takes time linear in both lists, as far as hashes tell the terms apart. Raises badarg for an improper list. */
function subtract(first: Term, second: Term): Term {
  const length = properLength(first);
  const elements = elementsOf(second);
  bumpForWork(length + elements.length, ELEMENTS_PER_REDUCTION);
  if (isNil(first)) return NIL;
  if (elements.length === 0) return first;
  const wanted = new Multiset();
  for (const element of elements) wanted.add(element);
  const kept: Term[] = [];
  let rest = first;
  for (; wanted.size > 0 && !isNil(rest); rest = tail(rest)) if (!wanted.take(head(rest))) kept.push(head(rest));
  return listOf(kept, rest);
}

export const erlangSubtractBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: '--', arity: 2, fn: subtract },
    { name: 'subtract', arity: 2, fn: subtract },
  ],
};
