/** Module lists, the part that is no Erlang code (erl_bif_lists.c). What is long gives way and goes on with the rest of the list. */
import { REDUCTIONS } from '../memory/map.ts';
import { load } from '../memory/memory.ts';
import type { Machine } from '../process/machine.ts';
import { bumpForWork } from '../runtime/bump-reductions.ts';
import { callLater } from '../runtime/trap.ts';
import { am, atom } from '../term/atoms.ts';
import { cons, tuple } from '../term/build.ts';
import { equal, identical } from '../term/equality.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { head, isCons, isImmediate, isNil, isSmall, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import { natural } from './erlang/arguments.ts';
import type { BifRow, BifTable } from './registry.ts';

/**
 * Elements for a reduction (erl_bif_lists.c): of member/2; of reverse/2 (60 where the heap has room); and of the functions that look for keys,
 * which in OTP charge nothing for up to so many elements for each reduction of a slice, and all that are left for more.
 */
const MEMBERS_PER_REDUCTION = 16;
const CELLS_PER_REDUCTION = 40;
const KEYS_PER_REDUCTION = 10;

/** How many elements of a list may be looked at before others get their turns. */
function elementsLeft(perReduction: number): number {
  return perReduction * Math.max(1, load(REDUCTIONS));
}

/** lists:member/2. Raises badarg when the list turns out to be improper before the term is found. */
function member(vm: Machine, t: Term, list: Term): Term {
  const most = elementsLeft(MEMBERS_PER_REDUCTION);
  let rest = list;
  let left = most;
  if (isImmediate(t)) for (; left > 0 && isCons(rest) && head(rest) !== t; rest = tail(rest)) left--;
  else for (; left > 0 && isCons(rest) && !identical(head(rest), t); rest = tail(rest)) left--;
  if (left === 0 && isCons(rest)) return callLater(vm, am.lists, atom('member'), [t, rest]);
  bumpForWork(most - left, MEMBERS_PER_REDUCTION);
  if (isCons(rest)) return am.true;
  if (!isNil(rest)) throw badarg();
  return am.false;
}

/** The proper list in reverse order, in front of `last`. Raises badarg. */
function reverse(vm: Machine, list: Term, last: Term): Term {
  const most = elementsLeft(CELLS_PER_REDUCTION);
  let result = last;
  let rest = list;
  let count = 0;
  for (; isCons(rest) && count < most; rest = tail(rest)) {
    result = cons(head(rest), result);
    count++;
  }
  if (isCons(rest)) return callLater(vm, am.lists, atom('reverse'), [rest, result]);
  bumpForWork(count, CELLS_PER_REDUCTION);
  if (!isNil(rest)) throw badarg();
  return result;
}

/** Whether a term is a tuple whose element at a position equals `key` (1 equals 1.0). */
function hasKey(candidate: Term, key: Term, at: number, byWord: boolean): boolean {
  if (!isTuple(candidate) || tupleArity(candidate) < at) return false;
  const element = tupleElement(candidate, at);
  return element === key || (!byWord && equal(element, key));
}

/** A function that looks for the first tuple of a list that has a key, and shows it. Raises badarg. */
function keyRow(name: string, show: (found: Term) => Term): BifRow {
  const search = (vm: Machine, key: Term, position: Term, list: Term): Term => {
    const at = natural(position);
    if (at === undefined || at < 1) throw badarg();
    const byWord = isImmediate(key) && !isSmall(key);
    const most = elementsLeft(KEYS_PER_REDUCTION);
    let rest = list;
    let count = 0;
    for (; isCons(rest) && count < most; rest = tail(rest)) {
      count++;
      if (!hasKey(head(rest), key, at, byWord)) continue;
      bumpForWork(count, KEYS_PER_REDUCTION);
      return show(head(rest));
    }
    if (isCons(rest)) return callLater(vm, am.lists, atom(name), [key, position, rest]);
    bumpForWork(count, KEYS_PER_REDUCTION);
    if (!isNil(rest)) throw badarg();
    return am.false;
  };
  return { name, arity: 3, fn: search };
}

export const listsBifs: BifTable = {
  module: 'lists',
  rows: [
    { name: 'member', arity: 2, fn: member },
    { name: 'reverse', arity: 2, fn: reverse },
    keyRow('keymember', () => am.true),
    keyRow('keysearch', (found) => tuple(am.value, found)),
    keyRow('keyfind', (found) => found),
  ],
};
