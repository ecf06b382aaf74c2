/** Categories, scripts, grapheme breaks and case of code points, in the version of Unicode that OTP's PCRE has. */
import {
  BREAK_RUNS,
  BREAKS,
  CASE_RUNS,
  CASE_SETS,
  CATEGORIES,
  CATEGORY_RUNS,
  SCRIPT_RUNS,
  SCRIPTS,
} from './unicode-tables.ts';

const BASE = 36;
const LAST_POINT = 0x10ffff;

const fields = (row: string): number[] => row.split(' ').map((text) => Number.parseInt(text, BASE));

/** A property of every code point, as runs of equal values: found by bisection. */
class Runs {
  private readonly starts: Uint32Array;
  private readonly values: Uint8Array;

  constructor(text: string) {
    const rows = text.split(',').map(fields);
    this.starts = new Uint32Array(rows.length);
    this.values = new Uint8Array(rows.length);
    let start = 0;
    rows.forEach(([length, value], i) => {
      this.starts[i] = start;
      this.values[i] = value as number;
      start += length as number;
    });
  }

  of(point: number): number {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((this.starts[middle] as number) <= point) low = middle;
      else high = middle;
    }
    return this.values[low] as number;
  }
}

/** Makes something when it is wanted first. */
function lazy<Made>(make: () => Made): () => Made {
  const made: { value?: Made } = {};
  return () => {
    made.value ??= make();
    return made.value;
  };
}

const categoryRuns = lazy(() => new Runs(CATEGORY_RUNS));
const scriptRuns = lazy(() => new Runs(SCRIPT_RUNS));
const breakRuns = lazy(() => new Runs(BREAK_RUNS));

const otherCases = lazy(() => {
  const others = new Map<number, number>();
  for (const row of CASE_RUNS.split(',')) {
    const [first, count, step, delta] = fields(row) as [number, number, number, number];
    for (let i = 0; i < count; i++) others.set(first + i * step, first + i * step + delta);
  }
  return others;
});

const caseSets = lazy(() => {
  const sets = new Map<number, readonly number[]>();
  for (const row of CASE_SETS.split(',')) {
    const points = fields(row);
    for (const point of points) sets.set(point, points);
  }
  return sets;
});

export const CATEGORY_NAMES: readonly string[] = CATEGORIES.split(' ');
export const SCRIPT_NAMES: readonly string[] = SCRIPTS.split(' ');

/** Index in CATEGORY_NAMES. */
export function categoryOf(point: number): number {
  return categoryRuns().of(Math.min(point, LAST_POINT));
}

/** Index in SCRIPT_NAMES. */
export function scriptOf(point: number): number {
  return scriptRuns().of(Math.min(point, LAST_POINT));
}

/** The other case of a character; itself when it has none. */
export function otherCase(point: number): number {
  return otherCases().get(point) ?? point;
}

/** A character and all that differ from it only by case. */
export function caseVariants(point: number): readonly number[] {
  const set = caseSets().get(point);
  if (set !== undefined) return set;
  const other = otherCase(point);
  return other === point ? [point] : [point, other];
}

/** Every character that has another case, with the others: for classes that ignore case. */
export function pointsWithCase(): Iterable<number> {
  return otherCases().keys();
}

const breakNames = BREAKS.split(' ');
const breaksNamed = (text: string): readonly number[] => text.split(' ').map((name) => breakNames.indexOf(name));

/** Which may follow without a break (ucp_gbtable in pcre_tables.c), by the property of the character before. */
const JOINED: Readonly<Record<string, readonly number[]>> = {
  CR: breaksNamed('LF'),
  LF: [],
  Control: [],
  Extend: breaksNamed('Extend SpacingMark'),
  Prepend: breaksNamed('Extend Prepend SpacingMark L V T LV LVT Other'),
  SpacingMark: breaksNamed('Extend SpacingMark'),
  L: breaksNamed('Extend SpacingMark L V LV LVT'),
  V: breaksNamed('Extend SpacingMark V T'),
  T: breaksNamed('Extend SpacingMark T'),
  LV: breaksNamed('Extend SpacingMark V T'),
  LVT: breaksNamed('Extend SpacingMark T'),
  RegionalIndicator: breaksNamed('RegionalIndicator'),
  Other: breaksNamed('Extend SpacingMark'),
};

/** Whether no grapheme cluster ends between two characters. */
export function isJoined(left: number, right: number): boolean {
  const name = breakNames[breakRuns().of(left)] as string;
  return (JOINED[name] as readonly number[]).includes(breakRuns().of(right));
}
