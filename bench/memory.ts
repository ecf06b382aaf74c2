/** `npm run bench -- --memory`: what terms, processes, rows of tables and modules take, natively and here (memory.erl). */
import type { Side } from './side.ts';

const MEBIBYTE = 2 ** 20;
const TERMS = [
  'list cell',
  '{A, B}',
  '{A, B, C}',
  'float',
  'integer of 41 bits',
  'integer of 101 bits',
  '"hello"',
  '<<"hello">>',
  'map of 4 atoms',
  'map of 1,000 integers',
  'fun without variables',
  'reference',
];

/** What a measurement prints, in order; a name without a unit is in bytes. */
const MEASUREMENTS: readonly { readonly name: string; readonly rows: readonly string[] }[] = [
  { name: 'terms', rows: TERMS },
  { name: 'processes', rows: ['idle process (100,000 of them)'] },
  { name: 'rows', rows: ['row {N, N} of a set'] },
  { name: 'ordered', rows: ['row {N, N} of an ordered_set'] },
  { name: 'modules', rows: ['loaded module of stdlib', '… modules loaded'] },
  {
    name: 'million',
    rows: ['1,000,000 processes: alive', '… milliseconds', '… resident, MiB', '… resident at most, MiB'],
  },
  {
    name: 'shrink',
    rows: [
      'heap of a new process',
      '… with a list of 1,000,000',
      '… when it is dropped',
      '… and the process has waited',
    ],
  },
];

function valuesOf(side: Side, name: string): number[] {
  return (side.output('memory', 'main', name)[0] as string).split(' ').map(Number);
}

function shown(row: string, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  return (row.endsWith('MiB') ? Math.round(value / MEBIBYTE) : value).toLocaleString('en');
}

/** A table in Markdown: for each row native OTP, ours, and their ratio. What is resident tells of whole pages of the whole system. */
export function memoryTable(native: Side, ours: Side): string {
  const lines = MEASUREMENTS.flatMap(({ name, rows }) => {
    const [theirs, mine] = [valuesOf(native, name), valuesOf(ours, name)];
    return rows.map((row, i) => {
      const [a, b] = [theirs[i], mine[i]];
      const ratio = a === undefined || b === undefined || a === 0 ? '-' : (b / a).toFixed(2);
      return `| ${row} | ${shown(row, a)} | ${shown(row, b)} | ${ratio} |`;
    });
  });
  return ['| bytes | OTP 27 | Enigma | ratio |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
