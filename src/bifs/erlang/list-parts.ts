/** Lists that may be long, taken apart and made in parts. */
import { REDUCTIONS } from '../../memory/map.ts';
import { load } from '../../memory/memory.ts';
import { listOf } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import type { Parts } from '../../term/parts.ts';
import { head, isCons, isNil, tail } from '../../term/term.ts';

const ELEMENTS_IN_A_PART = 4096;

/** The length of a proper list; undefined when it is more than the reductions that are left are worth. Raises badarg. */
export function lengthAtOnce(list: Term, perReduction: number): number | undefined {
  const most = perReduction * Math.max(1, load(REDUCTIONS));
  let count = 0;
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) if (++count > most) return undefined;
  if (!isNil(rest)) throw badarg();
  return count;
}

/** The elements of a proper list; undefined when there are more than the reductions that are left are worth. Raises badarg. */
export function elementsAtOnce(list: Term, perReduction: number): Term[] | undefined {
  const most = perReduction * Math.max(1, load(REDUCTIONS));
  const elements: Term[] = [];
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) if (elements.push(head(rest)) > most) return undefined;
  if (!isNil(rest)) throw badarg();
  return elements;
}

/** The elements of a proper list. Raises badarg. */
export function* elementsInParts(list: Term, perReduction: number): Parts<Term[]> {
  const elements: Term[] = [];
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    if (elements.push(head(rest)) % ELEMENTS_IN_A_PART === 0) yield ELEMENTS_IN_A_PART / perReduction;
  }
  if (!isNil(rest)) throw badarg();
  return elements;
}

/** The list of these elements, in front of `last`. */
export function* listInParts(elements: readonly Term[], perReduction: number, last: Term = NIL): Parts<Term> {
  let list = last;
  for (let end = elements.length; end > 0; ) {
    const start = Math.max(0, end - ELEMENTS_IN_A_PART);
    list = listOf(elements.slice(start, end), list);
    end = start;
    if (end > 0) yield ELEMENTS_IN_A_PART / perReduction;
  }
  return list;
}
