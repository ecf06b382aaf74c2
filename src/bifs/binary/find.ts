/** binary:match, matches and split (erl_bif_binary.c). */
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { binaryBytes, bitSize, subBits } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { NIL, type Term } from '../../term/layout.ts';
import type { BifRow } from '../registry.ts';
import { compilePattern, patternOf, type SearchOptions, searchOptions } from './patterns.ts';
import { findAll, type Match } from './search.ts';

function rangeTerm({ from, length }: Match): Term {
  return tuple(makeInteger(from), makeInteger(length));
}

/** The first match, or all of them. */
function matchesOf(subject: Term, pattern: Term, options: SearchOptions, all: boolean): Match[] {
  const compiled = patternOf(pattern);
  // No match where there is nothing to search: the part may lie behind the last byte.
  if (options.from === options.to) return [];
  const text = binaryBytes(subject);
  if (all) return findAll(compiled, text, options.from, options.to);
  const match = compiled.find(text, options.from, options.to);
  return match === undefined ? [] : [match];
}

function match(_vm: Machine, subject: Term, pattern: Term, list: Term = NIL): Term {
  const [found] = matchesOf(subject, pattern, searchOptions(subject, list, false), false);
  return found === undefined ? am.nomatch : rangeTerm(found);
}

function matches(_vm: Machine, subject: Term, pattern: Term, list: Term = NIL): Term {
  return listOf(matchesOf(subject, pattern, searchOptions(subject, list, false), true).map(rangeTerm));
}

function split(_vm: Machine, subject: Term, pattern: Term, list: Term = NIL): Term {
  const options = searchOptions(subject, list, true);
  const found = matchesOf(subject, pattern, options, options.global);
  const size = bitSize(subject) / 8;
  const ends = [...found.map(({ from }) => from), size];
  const starts = [0, ...found.map(({ from, length }) => from + length)];
  let parts = starts.map((from, i) => ({ from, length: (ends[i] as number) - from }));
  if (options.trimAll) {
    parts = parts.filter(({ length }) => length > 0);
  } else if (options.trim) {
    while (parts.at(-1)?.length === 0) parts.pop();
  }
  if (found.length === 0 && parts.length === 1) return listOf([subject]);
  return listOf(parts.map(({ from, length }) => subBits(subject, from * 8, length * 8)));
}

export const binarySearchRows: readonly BifRow[] = [
  { name: 'compile_pattern', arity: 1, fn: compilePattern },
  { name: 'match', arity: 2, fn: match },
  { name: 'match', arity: 3, fn: match },
  { name: 'matches', arity: 2, fn: matches },
  { name: 'matches', arity: 3, fn: matches },
  { name: 'split', arity: 2, fn: split },
  { name: 'split', arity: 3, fn: split },
];
