/** Whether what a clause of a match specification gives has the key of what it matched, as select_replace demands (db_match_keeps_key). */
import type { ClauseSource } from '../../ets/match-program.ts';
import { isVariable, keyAt } from '../../ets/match-variables.ts';
import { am, atom } from '../../term/atoms.ts';
import { identical } from '../../term/equality.ts';
import { NIL, NON_VALUE, type Term } from '../../term/layout.ts';
import {
  head,
  isCons,
  isImmediate,
  isMap,
  isTuple,
  makeSmall,
  tail,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';

/** The terms of a `{{…}}` or `{const, …}`; undefined for everything else. */
function quoted(t: Term): { readonly term: Term; readonly isConst: boolean } | undefined {
  if (!isTuple(t)) return undefined;
  if (tupleArity(t) === 2 && tupleElement(t, 1) === am.const) return { term: tupleElement(t, 2), isConst: true };
  return tupleArity(t) === 1 ? { term: tupleElement(t, 1), isConst: false } : undefined;
}

export function keepsKey({ pattern, body }: ClauseSource, keyPosition: number): boolean {
  if (!isCons(body) || tail(body) !== NIL) return false;
  const result = head(body);
  if (result === am.$_) return true;
  const object = quoted(result);
  const key = keyAt(keyPosition, pattern);
  if (object === undefined || key === NON_VALUE) return false;
  const resultKey = keyAt(keyPosition, object.term);
  if (resultKey === NON_VALUE) return false;
  return buildsWhatMatched(key, resultKey, object.isConst) || (!object.isConst && isKeyOfWhole(resultKey, keyPosition));
}

/** `{element, KeyPosition, '$_'}` */
function isKeyOfWhole(t: Term, keyPosition: number): boolean {
  return (
    isTuple(t) &&
    tupleArity(t) === 3 &&
    tupleElement(t, 1) === atom('element') &&
    tupleElement(t, 2) === makeSmall(keyPosition) &&
    tupleElement(t, 3) === am.$_
  );
}

interface Pair {
  readonly matched: Term;
  readonly built: Term;
  readonly isConst: boolean;
}

/** Whether an expression always gives the term that a pattern has matched (db_match_eq_body). */
function buildsWhatMatched(pattern: Term, expression: Term, isConst: boolean): boolean {
  const stack: Pair[] = [{ matched: pattern, built: expression, isConst }];
  for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
    const parts = partsOf(pair);
    if (parts === undefined) return false;
    stack.push(...parts);
  }
  return true;
}

/** What remains to be compared of a pair; undefined if the two differ. */
function partsOf({ matched, built, isConst }: Pair): Pair[] | undefined {
  if (isCons(built)) {
    if (!isCons(matched)) return undefined;
    return [
      { matched: tail(matched), built: tail(built), isConst },
      { matched: head(matched), built: head(built), isConst },
    ];
  }
  if (isTuple(built)) return tupleParts(matched, built, isConst);
  if (isMap(built)) return undefined;
  if (!isImmediate(built)) return identical(matched, built) ? [] : undefined;
  const forms: readonly Term[] = [am._, am.$$, am.$_];
  const differs = matched !== built || forms.includes(matched) || (isConst && isVariable(matched));
  return differs ? undefined : [];
}

function tupleParts(matched: Term, built: Term, isConst: boolean): Pair[] | undefined {
  if (!isConst) {
    const inner = quoted(built);
    if (inner === undefined) return undefined;
    if (inner.isConst) return [{ matched, built: inner.term, isConst: true }];
    return isTuple(inner.term) ? sameTuples(matched, inner.term, false) : undefined;
  }
  return sameTuples(matched, built, true);
}

function sameTuples(matched: Term, built: Term, isConst: boolean): Pair[] | undefined {
  if (!isTuple(matched) || tupleArity(matched) !== tupleArity(built)) return undefined;
  return Array.from({ length: tupleArity(built) }, (_, i) => ({
    matched: tupleElement(matched, i + 1),
    built: tupleElement(built, i + 1),
    isConst,
  }));
}
