/** The figures as text. */
import type { Row, Times } from './measure.ts';
import { SIZE_TARGETS, STDLIB_TARGET } from './programs.ts';
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
        .join('  '),
    )
    .join('\n');
}

const milliseconds = (microseconds: number): string => (microseconds / 1000).toFixed(2);
const verdict = (met: boolean): string => (met ? 'met' : 'MISSED');

function cellsOf(row: Row): Cells {
  const [native, ...ours] = row.times;
  const pair = (times: Times | undefined): Cells =>
    times === undefined ? ['-', '-'] : [milliseconds(times.minimum), milliseconds(times.median)];
  const ratio = (times: Times | undefined): number | undefined =>
    times === undefined || native === undefined ? undefined : times.minimum / native.minimum;
  const first = ratio(ours[0]);
  return [
    row.program.what,
    ...pair(native),
    ...ours.flatMap((times) => [...pair(times), ratio(times)?.toFixed(2) ?? '-']),
    row.program.target.toFixed(1),
    first === undefined ? 'not run' : verdict(first <= row.program.target),
  ];
}

/** Minimum and median of each side in milliseconds, the ratio of the minima, the target; then what could not run. */
export function programTable(rows: readonly Row[], builds: number): string {
  const names = builds === 1 ? ['here'] : ['here', 'against'];
  const head = [
    'program',
    'OTP min',
    'median',
    ...names.flatMap((name) => [`${name} min`, 'median', 'ratio']),
    'target',
    '',
  ];
  const problems = rows.flatMap(({ program, problem }) =>
    problem === undefined ? [] : [`${program.name}: ${problem}`],
  );
  return [layOut([head, ...rows.map(cellsOf)]), ...problems].join('\n');
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
