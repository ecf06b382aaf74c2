/** The figures as text for the terminal. */
import { geometricMean, type Row, ratioOf, type Times } from './measure.ts';
import { GROUPS, type Group, MEAN_TARGETS, SIZE_TARGETS, STDLIB_TARGET } from './programs.ts';
import type { LoadTimes } from './stdlib-load.ts';

type Cells = readonly string[];

/** Columns as wide as they must be; the first is aligned left, the others right. */
function layOut(rows: readonly Cells[]): string {
  const count = Math.max(...rows.map((cells) => cells.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  return rows
    .map((cells) =>
      cells
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const milliseconds = (microseconds: number): string => (microseconds / 1000).toFixed(2);
const verdict = (met: boolean): string => (met ? 'met' : 'MISSED');

function cellsOf(row: Row, cold: boolean): Cells {
  const [native, ...ours] = row.times;
  const pair = (times: Times | undefined): Cells =>
    times === undefined ? ['-', '-'] : [milliseconds(times.minimum), milliseconds(times.median)];
  const first = ratioOf(row, 1);
  return [
    row.program.what,
    ...pair(native),
    ...ours.flatMap((times, index) => [...pair(times), ratioOf(row, index + 1)?.toFixed(2) ?? '-']),
    ...(cold ? [ratioOf(row, 1, 'cold')?.toFixed(2) ?? '-', memoryRatio(row)] : []),
    row.program.target.toFixed(1),
    first === undefined ? 'not run' : verdict(first <= row.program.target),
  ];
}

export function memoryRatio(row: Row): string {
  const [native, ours] = row.cold;
  return native === undefined || ours === undefined ? '-' : (ours.kilobytes / native.kilobytes).toFixed(2);
}

export interface Mean {
  readonly name: string;
  readonly ratio: number;
  readonly target?: number;
}

/** The geometric means of the groups, of all, and of the cold runs. */
export function meansOf(rows: readonly Row[]): Mean[] {
  const mean = (key: Group | 'all' | 'cold', name: string, ratios: readonly (number | undefined)[]): Mean[] => {
    const known = ratios.filter((ratio) => ratio !== undefined);
    const target = MEAN_TARGETS[key];
    return known.length === 0
      ? []
      : [{ name, ratio: geometricMean(known), ...(target === undefined ? {} : { target }) }];
  };
  const groups = Object.entries(GROUPS).flatMap(([group, name]) =>
    mean(
      group as Group,
      name,
      rows.filter(({ program }) => program.group === group).map((row) => ratioOf(row, 1)),
    ),
  );
  return [
    ...groups,
    ...mean(
      'all',
      'all',
      rows.map((row) => ratioOf(row, 1)),
    ),
    ...mean(
      'cold',
      'all, cold',
      rows.map((row) => ratioOf(row, 1, 'cold')),
    ),
  ];
}

function meanCells({ name, ratio, target }: Mean): Cells {
  const judged = target === undefined ? [] : [target.toFixed(1), verdict(ratio <= target)];
  return [`mean of ${name}`, ratio.toFixed(2), ...judged];
}

/** Minimum and median of each side in milliseconds, the ratio of the minima, the target; means; then what could not run. */
export function programTable(rows: readonly Row[], builds: number): string {
  const cold = rows.some((row) => row.cold.length > 0);
  const names = builds === 1 ? ['here'] : ['here', 'against'];
  const head = [
    'program',
    'OTP min',
    'median',
    ...names.flatMap((name) => [`${name} min`, 'median', 'ratio']),
    ...(cold ? ['cold', 'memory'] : []),
    'target',
  ];
  const problems = rows.flatMap(({ program, problem }) =>
    problem === undefined ? [] : [`${program.name}: ${problem}`],
  );
  const table = layOut([head, ...rows.map((row) => cellsOf(row, cold))]);
  return [table, '', layOut(meansOf(rows).map(meanCells)), ...problems].join('\n');
}

export function loadTable(times: LoadTimes): string {
  const { modules, total, load, translate, webAssembly, wasmBytes, failure } = times;
  const rest = total - load - translate - webAssembly;
  const parts = [
    `read ${load.toFixed(0)}`,
    `translate ${translate.toFixed(0)}`,
    `WebAssembly ${webAssembly.toFixed(0)}`,
    `link ${rest.toFixed(0)}`,
  ];
  const size = `${(wasmBytes / 2 ** 20).toFixed(1)} MiB of WebAssembly`;
  const met = failure === undefined ? verdict(total <= STDLIB_TARGET) : `not run: ${failure}`;
  return `stdlib, ${modules} modules: ${total.toFixed(0)} ms (${parts.join(', ')}; ${size}), target ${STDLIB_TARGET}: ${met}`;
}

export function sizeTable(sizes: Readonly<Record<keyof typeof SIZE_TARGETS, number>>): string {
  const lines = Object.entries(SIZE_TARGETS).map(([name, target]) => {
    const size = sizes[name as keyof typeof SIZE_TARGETS];
    return `${name} ${size} bytes, target ${target}: ${verdict(size === target)}`;
  });
  return lines.join('\n');
}
