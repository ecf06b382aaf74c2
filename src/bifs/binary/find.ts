/** binary:match, matches and split (erl_bif_binary.c); a long binary is searched in parts. */
import { allocate } from '../../memory/heap.ts';
import { plus, store } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { inParts } from '../../runtime/trap.ts';
import { am } from '../../term/atoms.ts';
import { binaryBytes, bitOffset, bitSize, copyOfBytes, subBits } from '../../term/bits.ts';
import { listOf, tuple } from '../../term/build.ts';
import { type Addr, HEADER_TUPLE, makeHeader, NIL, type Term, TUPLE_ELEMENTS } from '../../term/layout.ts';
import type { Parts } from '../../term/parts.ts';
import { makeBoxed, makeCons, makeSmall } from '../../term/term.ts';
import type { BifRow } from '../registry.ts';
import { compilePattern, patternOf, type SearchOptions, searchOptions } from './patterns.ts';
import { findAll, type Pattern, Ranges } from './search.ts';

/** Bytes for a reduction (BM_LOOP_FACTOR, AC_LOOP_FACTOR). */
const BYTES_PER_REDUCTION = 10;
const BYTES_IN_A_PART = 2 ** 15;
const REDUCTIONS_OF_A_PART = BYTES_IN_A_PART / BYTES_PER_REDUCTION;
const RANGES_IN_A_PART = 4096;
const RANGES_PER_REDUCTION = 8;

/** A list that a function gives: of ranges of bytes, each as `{From, Length}`, or (`partsOf`) as the part of a binary. */
interface Shown {
  readonly ranges: Ranges;
  readonly partsOf?: Term;
}

/** One of the functions. */
interface Search {
  readonly name: string;
  /** Its options are those of split/3. */
  readonly hasFlags: boolean;
  /** It wants all matches, not only the first. */
  wantsAll(options: SearchOptions): boolean;
  outcome(subject: Term, options: SearchOptions, found: Ranges): Term | Shown;
}

/** Words of `{From, Length}` and of a cell. */
const RANGE_WORDS = 3;
const CELL_WORDS = 2;

/** The list of the ranges from `start` to `end`, in front of `last`. */
function listOfRanges({ ranges, partsOf }: Shown, start: number, end: number, last: Term): Term {
  let list = last;
  for (let i = end - 1; i >= start; i--) {
    const [from, length] = [ranges.from(i), ranges.length(i)];
    if (partsOf === undefined) {
      const a = allocate(RANGE_WORDS + CELL_WORDS);
      storeRange(a, from, length);
      list = storeCell(plus(a, RANGE_WORDS * 4), makeBoxed(a), list);
    } else {
      const part = subBits(partsOf, from * 8, length * 8);
      list = storeCell(allocate(CELL_WORDS), part, list);
    }
  }
  return list;
}

/** Both are smalls: no binary has more bytes. */
function storeRange(a: Addr, from: number, length: number): void {
  store(a, makeHeader(HEADER_TUPLE, RANGE_WORDS - 1));
  store(plus(a, TUPLE_ELEMENTS), makeSmall(from));
  store(plus(a, TUPLE_ELEMENTS + 4), makeSmall(length));
}

function storeCell(a: Addr, first: Term, rest: Term): Term {
  store(a, first);
  store(plus(a, 4), rest);
  return makeCons(a);
}

const match: Search = {
  name: 'match',
  hasFlags: false,
  wantsAll: () => false,
  outcome: (_subject, _options, found) =>
    found.count === 0 ? am.nomatch : tuple(makeSmall(found.from(0)), makeSmall(found.length(0))),
};

const matches: Search = {
  name: 'matches',
  hasFlags: false,
  wantsAll: () => true,
  outcome: (_subject, _options, found) => ({ ranges: found }),
};

const split: Search = {
  name: 'split',
  hasFlags: true,
  wantsAll: ({ global }) => global,
  outcome: (subject, options, found) => {
    const size = bitSize(subject) / 8;
    const ranges = new Ranges();
    const add = (from: number, length: number): void => {
      if (length > 0 || !options.trimAll) ranges.push(from, length);
    };
    let from = 0;
    for (let i = 0; i < found.count; i++) {
      add(from, found.from(i) - from);
      from = found.from(i) + found.length(i);
    }
    add(from, size - from);
    if (options.trim) while (ranges.count > 0 && ranges.length(ranges.count - 1) === 0) ranges.pop();
    if (found.count === 0 && ranges.count === 1) return listOf([subject]);
    return { ranges, partsOf: subject };
  },
};

/** The first match in [from, end), which may reach to `to`, or all of them; gives where to go on. */
function findOneOrAll(pattern: Pattern, text: Uint8Array, range: SearchedPart, all: boolean, found: Ranges): number {
  const { from, end, to } = range;
  if (all) return findAll(pattern, text, from, end, to, found);
  const start = pattern.find(text, from, end, to);
  if (start >= 0) found.push(start, pattern.matched);
  return end;
}

interface SearchedPart {
  readonly from: number;
  readonly end: number;
  readonly to: number;
}

/** The first match, or all of them. */
function* matchesInParts(subject: Term, pattern: Pattern, { from, to }: SearchOptions, all: boolean): Parts<Ranges> {
  const found = new Ranges();
  const copy = bitOffset(subject) % 8 === 0 ? undefined : copyOfBytes(subject);
  for (let at = from; at < to; ) {
    // A view is taken anew in each part: memory may have grown.
    const text = copy ?? binaryBytes(subject);
    const end = Math.min(to, at + BYTES_IN_A_PART);
    const part = { from: at, end, to: Math.min(to, end + pattern.maxLength - 1) };
    at = findOneOrAll(pattern, text, part, all, found);
    if (!all && found.count > 0) break;
    yield REDUCTIONS_OF_A_PART;
  }
  return found;
}

function* searchInParts(search: Search, subject: Term, pattern: Pattern, options: SearchOptions): LongWork {
  const found = yield* matchesInParts(subject, pattern, options, search.wantsAll(options));
  const outcome = search.outcome(subject, options, found);
  if (typeof outcome === 'number') return outcome;
  let list: Term = NIL;
  for (let end = outcome.ranges.count; end > 0; ) {
    const start = Math.max(0, end - RANGES_IN_A_PART);
    list = listOfRanges(outcome, start, end, list);
    if (start > 0) yield RANGES_IN_A_PART / RANGES_PER_REDUCTION;
    end = start;
  }
  return list;
}

/** The first match, or all of them, in what is short. */
function matchesAtOnce(subject: Term, pattern: Pattern, { from, to }: SearchOptions, all: boolean): Ranges {
  const found = new Ranges();
  // No match where there is nothing to search: the part may lie behind the last byte.
  if (from === to) return found;
  findOneOrAll(pattern, binaryBytes(subject), { from, end: to, to }, all, found);
  bumpForWork((all || found.count === 0 ? to : found.from(0)) - from, BYTES_PER_REDUCTION);
  return found;
}

function begin(search: Search, subject: Term, pattern: Term, list: Term): LongWork | Term {
  const options = searchOptions(subject, list, search.hasFlags);
  const compiled = patternOf(pattern);
  if (options.to - options.from > BYTES_IN_A_PART) return searchInParts(search, subject, compiled, options);
  const found = matchesAtOnce(subject, compiled, options, search.wantsAll(options));
  const outcome = search.outcome(subject, options, found);
  return typeof outcome === 'number' ? outcome : listOfRanges(outcome, 0, outcome.ranges.count, NIL);
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
