/** Module lists, the part that is no Erlang code (erl_bif_lists.c). */
import { bumpForWork } from '../runtime/bump-reductions.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { equal, identical } from '../term/equality.ts';
import { badarg } from '../term/erlang-error.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import { head, isCons, isImmediate, isNil, isSmall, isTuple, tail, tupleArity, tupleElement } from '../term/term.ts';
import { natural } from './erlang/arguments.ts';
import { reversed } from './erlang/lists-tuples.ts';
import type { BifTable } from './registry.ts';

/**
 * Elements for a reduction (erl_bif_lists.c): of member/2; and of the functions that look for keys, which in OTP charge nothing for up to so many
 * elements for each reduction of a slice, and all that are left for more.
 */
const MEMBERS_PER_REDUCTION = 16;
const KEYS_PER_REDUCTION = 10;

/** lists:member/2. Raises badarg when the list turns out to be improper before the term is found. */
function member(t: Term, list: Term): Term {
  let rest = list;
  let count = 0;
  if (isImmediate(t)) for (; isCons(rest) && head(rest) !== t; rest = tail(rest)) count++;
  else for (; isCons(rest) && !identical(head(rest), t); rest = tail(rest)) count++;
  bumpForWork(count, MEMBERS_PER_REDUCTION);
  if (isCons(rest)) return am.true;
  if (!isNil(rest)) throw badarg();
  return am.false;
}

/** The first tuple of the list whose element at `position` equals `key` (1 equals 1.0); NON_VALUE if there is none. Raises badarg. */
function findTuple(key: Term, position: Term, list: Term): Term {
  const at = natural(position);
  if (at === undefined || at < 1) throw badarg();
  const byWord = isImmediate(key) && !isSmall(key);
  let rest = list;
  let count = 0;
  for (; isCons(rest); rest = tail(rest)) {
    count++;
    const candidate = head(rest);
    if (!isTuple(candidate) || tupleArity(candidate) < at) continue;
    const element = tupleElement(candidate, at);
    if (element === key || (!byWord && equal(element, key))) {
      bumpForWork(count, KEYS_PER_REDUCTION);
      return candidate;
    }
  }
  bumpForWork(count, KEYS_PER_REDUCTION);
  if (!isNil(rest)) throw badarg();
  return NON_VALUE;
}

function keymember(key: Term, position: Term, list: Term): Term {
  return findTuple(key, position, list) === NON_VALUE ? am.false : am.true;
}

function keyfind(key: Term, position: Term, list: Term): Term {
  const found = findTuple(key, position, list);
  return found === NON_VALUE ? am.false : found;
}

function keysearch(key: Term, position: Term, list: Term): Term {
  const found = findTuple(key, position, list);
  return found === NON_VALUE ? am.false : tuple(am.value, found);
}

export const listsBifs: BifTable = {
  module: 'lists',
  pure: true,
  rows: [
    { name: 'member', arity: 2, fn: member },
    { name: 'reverse', arity: 2, fn: (list: Term, last: Term) => reversed(list, last) },
    { name: 'keymember', arity: 3, fn: keymember },
    { name: 'keysearch', arity: 3, fn: keysearch },
    { name: 'keyfind', arity: 3, fn: keyfind },
  ],
};
