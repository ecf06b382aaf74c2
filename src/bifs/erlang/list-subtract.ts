/** `--`: for every element of the second list, the first one that is identical is removed from the first list. */
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { inParts } from '../../runtime/trap.ts';
import { listOf } from '../../term/build.ts';
import { identical } from '../../term/equality.ts';
import { internalHash } from '../../term/hash.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { head, isImmediate, isNil, tail } from '../../term/term.ts';
import type { BifRow, BifTable } from '../registry.ts';
import { elementsAtOnce, elementsInParts, lengthAtOnce, listInParts } from './list-parts.ts';

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
const ELEMENTS_IN_A_PART = 4096;
const REDUCTIONS_OF_A_PART = ELEMENTS_IN_A_PART / ELEMENTS_PER_REDUCTION;

/** Takes time linear in both lists, as far as hashes tell the terms apart. */
function subtractAtOnce(first: Term, second: readonly Term[]): Term {
  if (isNil(first)) return NIL;
  if (second.length === 0) return first;
  const wanted = new Multiset();
  for (const element of second) wanted.add(element);
  const kept: Term[] = [];
  let rest = first;
  for (; wanted.size > 0 && !isNil(rest); rest = tail(rest)) if (!wanted.take(head(rest))) kept.push(head(rest));
  return listOf(kept, rest);
}

function* subtractInParts(first: Term, second: Term): LongWork {
  const length = (yield* elementsInParts(first, ELEMENTS_PER_REDUCTION)).length;
  const elements = yield* elementsInParts(second, ELEMENTS_PER_REDUCTION);
  if (length === 0) return NIL;
  const wanted = new Multiset();
  for (let i = 0; i < elements.length; i++) {
    wanted.add(elements[i] as Term);
    if (i % ELEMENTS_IN_A_PART === ELEMENTS_IN_A_PART - 1) yield REDUCTIONS_OF_A_PART;
  }
  const kept: Term[] = [];
  let rest = first;
  for (let i = 1; wanted.size > 0 && !isNil(rest); i++, rest = tail(rest)) {
    if (!wanted.take(head(rest))) kept.push(head(rest));
    if (i % ELEMENTS_IN_A_PART === 0) yield REDUCTIONS_OF_A_PART;
  }
  return yield* listInParts(kept, ELEMENTS_PER_REDUCTION, rest);
}

/** `--`. Raises badarg for an improper list. */
function subtractRow(name: string): BifRow {
  const bif = { module: 'erlang', name };
  const subtract = (vm: Machine, first: Term, second: Term): Term => {
    const isNew = vm.current.work === undefined;
    const length = isNew ? lengthAtOnce(first, ELEMENTS_PER_REDUCTION) : undefined;
    const elements = length === undefined ? undefined : elementsAtOnce(second, ELEMENTS_PER_REDUCTION);
    if (length === undefined || elements === undefined) {
      return inParts(vm, bif, [first, second], () => subtractInParts(first, second));
    }
    bumpForWork(length + elements.length, ELEMENTS_PER_REDUCTION);
    return subtractAtOnce(first, elements);
  };
  return { name, arity: 2, fn: subtract };
}

export const erlangSubtractBifs: BifTable = { module: 'erlang', rows: [subtractRow('--'), subtractRow('subtract')] };
