/** `npm run bench -- --pauses`: how long collections stop a process, and what part of its time they take, natively and here. */
import { timesOf } from './measure.ts';
import type { Side } from './side.ts';

/** Programs of which collecting is a large part: short-lived trees, long lists, large maps, many small objects. */
const PROGRAMS = [
  'binary_trees',
  'list_sort',
  'map_million',
  'map_fold',
  'term_format',
  'scan_parse',
  'compile_module',
];
/** Upper ends of the histogram's columns, in microseconds. */
const COLUMNS = [3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000];
const NANOSECONDS = 1000;
const PERCENTILE = 0.99;
const WIDTH = 8;

interface Pauses {
  /** Microseconds, of minor and major collections. */
  readonly pauses: readonly number[];
  readonly runs: readonly number[];
}

/** What pauses.erl prints, by program. */
function pausesOf(side: Side): Map<string, Pauses> {
  const all = new Map<string, { pauses: number[]; runs: number[] }>(
    PROGRAMS.map((name) => [name, { pauses: [], runs: [] }]),
  );
  for (const line of side.output('pauses', 'main', ...PROGRAMS)) {
    const [name, kind, nanoseconds] = line.split(' ') as [string, string, string];
    all.get(name)?.[kind === 'run' ? 'runs' : 'pauses'].push(Number(nanoseconds) / NANOSECONDS);
  }
  return all;
}

const right = (value: number | string): string => String(value).padStart(WIDTH);

function figures({ pauses, runs }: Pauses): string {
  const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
  const sorted = pauses.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(0);
  const share = `${((100 * sum(pauses)) / sum(runs)).toFixed(0)} %`;
  const counts = [...COLUMNS, Number.POSITIVE_INFINITY].map(
    (end, i, ends) => pauses.filter((pause) => pause <= end && pause > (ends[i - 1] ?? -1)).length,
  );
  const fastest = (timesOf(runs).minimum / NANOSECONDS).toFixed(1);
  return [fastest, share, pauses.length, at(0.5), at(PERCENTILE), at(1 - Number.EPSILON), ...counts]
    .map(right)
    .join('');
}

/** A table: for each program a line for native OTP and one for each of ours. */
export function pauseTable(sides: readonly Side[]): string {
  const measured = sides.map(pausesOf);
  const head = ['ms', 'share', 'count', 'median', '99 %', 'most', ...COLUMNS.map((end) => `<=${end}`), 'more'];
  const lines = PROGRAMS.flatMap((name) =>
    measured.map((side, index) => {
      const label = `${index === 0 ? name : ''}`.padEnd(16) + (index === 0 ? 'OTP   ' : 'Enigma');
      return label + figures(side.get(name) as Pauses);
    }),
  );
  return [`${'collections (µs)'.padEnd(22)}${head.map(right).join('')}`, ...lines].join('\n');
}
