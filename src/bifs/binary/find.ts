/** binary:match, matches and split (erl_bif_binary.c); a long binary is searched in parts. */
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { inParts } from '../../runtime/trap.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { binaryBytes, bitOffset, bitSize, copyOfBytes, subBits } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { NIL, type Term } from '../../term/layout.ts';
import type { Parts } from '../../term/parts.ts';
import { listInParts } from '../erlang/list-parts.ts';
import type { BifRow } from '../registry.ts';
import { compilePattern, patternOf, type SearchOptions, searchOptions } from './patterns.ts';
import { findAll, type Match, type Pattern } from './search.ts';

/** Bytes for a reduction (BM_LOOP_FACTOR, AC_LOOP_FACTOR). */
const BYTES_PER_REDUCTION = 10;
const BYTES_IN_A_PART = 2 ** 15;
const REDUCTIONS_OF_A_PART = BYTES_IN_A_PART / BYTES_PER_REDUCTION;
const RANGES_IN_A_PART = 4096;
const RANGES_PER_REDUCTION = 8;

/** A list that a function gives: of ranges of bytes, each shown as a term. */
interface Shown {
  readonly ranges: readonly Match[];
  readonly show: (range: Match) => Term;
}

/** One of the functions. */
interface Search {
  readonly name: string;
  /** Its options are those of split/3. */
  readonly hasFlags: boolean;
  /** It wants all matches, not only the first. */
  wantsAll(options: SearchOptions): boolean;
  outcome(subject: Term, options: SearchOptions, found: readonly Match[]): Term | Shown;
}

function rangeTerm({ from, length }: Match): Term {
  return tuple(makeInteger(from), makeInteger(length));
}

const match: Search = {
  name: 'match',
  hasFlags: false,
  wantsAll: () => false,
  outcome: (_subject, _options, found) => (found.length === 0 ? am.nomatch : rangeTerm(found[0] as Match)),
};

const matches: Search = {
  name: 'matches',
  hasFlags: false,
  wantsAll: () => true,
  outcome: (_subject, _options, found) => ({ ranges: found, show: rangeTerm }),
};

const split: Search = {
  name: 'split',
  hasFlags: true,
  wantsAll: ({ global }) => global,
  outcome: (subject, options, found) => {
    const size = bitSize(subject) / 8;
    let ranges: Match[] = [];
    let from = 0;
    for (const range of found) {
      ranges.push({ from, length: range.from - from });
      from = range.from + range.length;
    }
    ranges.push({ from, length: size - from });
    if (options.trimAll) {
      ranges = ranges.filter(({ length }) => length > 0);
    } else if (options.trim) {
      while (ranges.at(-1)?.length === 0) ranges.pop();
    }
    if (found.length === 0 && ranges.length === 1) return listOf([subject]);
    return { ranges, show: (range) => subBits(subject, range.from * 8, range.length * 8) };
  },
};

/** The first match, or all of them. */
function* matchesInParts(subject: Term, pattern: Pattern, { from, to }: SearchOptions, all: boolean): Parts<Match[]> {
  const found: Match[] = [];
  const copy = bitOffset(subject) % 8 === 0 ? undefined : copyOfBytes(subject);
  for (let at = from; at < to; ) {
    // A view is taken anew in each part: memory may have grown.
    const text = copy ?? binaryBytes(subject);
    const end = Math.min(to, at + BYTES_IN_A_PART);
    const limit = Math.min(to, end + pattern.maxLength - 1);
    while (at < end) {
      const next = pattern.find(text, at, limit);
      if (next === undefined || next.from >= end) {
        at = end;
        break;
      }
      found.push(next);
      if (!all) return found;
      at = next.from + next.length;
    }
    yield REDUCTIONS_OF_A_PART;
  }
  return found;
}

function* searchInParts(search: Search, subject: Term, pattern: Pattern, options: SearchOptions): LongWork {
  const found = yield* matchesInParts(subject, pattern, options, search.wantsAll(options));
  const outcome = search.outcome(subject, options, found);
  if (typeof outcome === 'number') return outcome;
  const { ranges, show } = outcome;
  const elements: Term[] = [];
  for (const range of ranges) {
    if (elements.push(show(range)) % RANGES_IN_A_PART === 0) yield RANGES_IN_A_PART / RANGES_PER_REDUCTION;
  }
  return yield* listInParts(elements, RANGES_PER_REDUCTION);
}

/** The first match, or all of them, in what is short. */
function matchesAtOnce(subject: Term, pattern: Pattern, { from, to }: SearchOptions, all: boolean): readonly Match[] {
  // No match where there is nothing to search: the part may lie behind the last byte.
  if (from === to) return [];
  const text = binaryBytes(subject);
  const first = all ? undefined : pattern.find(text, from, to);
  bumpForWork((first === undefined ? to : first.from) - from, BYTES_PER_REDUCTION);
  if (all) return findAll(pattern, text, from, to);
  return first === undefined ? [] : [first];
}

function begin(search: Search, subject: Term, pattern: Term, list: Term): LongWork | Term {
  const options = searchOptions(subject, list, search.hasFlags);
  const compiled = patternOf(pattern);
  if (options.to - options.from > BYTES_IN_A_PART) return searchInParts(search, subject, compiled, options);
  const found = matchesAtOnce(subject, compiled, options, search.wantsAll(options));
  const outcome = search.outcome(subject, options, found);
  return typeof outcome === 'number' ? outcome : listOf(outcome.ranges.map(outcome.show));
}

function searchRows(search: Search): BifRow[] {
  const { name } = search;
  const bif = { module: 'binary', name };
  const two = (vm: Machine, subject: Term, pattern: Term): Term => {
    const work = vm.current.work ?? begin(search, subject, pattern, NIL);
    return typeof work === 'number' ? work : inParts(vm, bif, [subject, pattern], () => work);
  };
  const three = (vm: Machine, subject: Term, pattern: Term, list: Term): Term => {
    const work = vm.current.work ?? begin(search, subject, pattern, list);
    return typeof work === 'number' ? work : inParts(vm, bif, [subject, pattern, list], () => work);
  };
  return [
    { name, arity: 2, fn: two },
    { name, arity: 3, fn: three },
  ];
}

export const binarySearchRows: readonly BifRow[] = [
  { name: 'compile_pattern', arity: 1, fn: compilePattern },
  ...searchRows(match),
  ...searchRows(matches),
  ...searchRows(split),
];
