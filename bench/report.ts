/** docs/BENCHMARKS.md and its picture, written by `npm run bench -- --write`. */
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Row, ratioOf } from './measure.ts';
import { picture } from './picture.ts';
import { GROUPS, MEAN_TARGETS } from './programs.ts';
import { type Mean, meansOf, memoryRatio, milliseconds } from './table.ts';

const cells = (list: readonly string[]): string => `| ${list.join(' | ')} |`;

function programLines(rows: readonly Row[], group: string): string[] {
  return rows
    .filter(({ program }) => program.group === group)
    .map((row) => {
      const [native, ours] = row.times;
      const cold = ratioOf(row, 1, 'cold')?.toFixed(2) ?? '-';
      if (native === undefined || ours === undefined)
        return cells([row.program.what, row.problem ?? '', '', '', cold, '']);
      const both = [native, ours].map(({ minimum, median }) => `${milliseconds(minimum)} (${milliseconds(median)})`);
      return cells([row.program.what, ...both, ratioOf(row, 1)?.toFixed(2) ?? '-', cold, memoryRatio(row)]);
    });
}

const meanLine = ({ name, ratio, target }: Mean): string =>
  cells([name, ratio.toFixed(2), target === undefined ? '' : target.toFixed(1)]);

/** `rounds` tells how often each program ran. */
export function writeReport(root: string, rows: readonly Row[], rounds: string): void {
  const groups = Object.entries(GROUPS).flatMap(([group, name]) => [
    '',
    `## ${name[0]?.toUpperCase()}${name.slice(1)}`,
    '',
    cells(['program', 'OTP 27', 'Enigma', 'ratio', 'cold', 'memory']),
    cells(['---', '---', '---', '---', '---', '---']),
    ...programLines(rows, group),
  ]);
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const text = [
    '# Benchmarks',
    '',
    'Made by `npm run bench -- --write`. Do not edit: why a program is slow, and what was tried, stands in EXPERIMENTS.md.',
    '',
    `Both sides ran the same \`.beam\` files on a booted OTP 27, native OTP with its JIT and \`+S 1\`, in rounds that alternate (${rounds}), after 1.5 s of each.`,
    'Milliseconds: minimum (median); ratio: of the minima, Enigma by native, below 1 is faster. Cold: one run from the start of the system to its',
    'end, by native; memory: the most that the whole system used then, by native.',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.version}.`,
    '',
    '![ratios](benchmarks.svg)',
    '',
    cells(['geometric mean of', 'ratio', 'target']),
    cells(['---', '---', '---']),
    ...meansOf(rows).map(meanLine),
    '',
    `Targets: the means above (${Object.keys(MEAN_TARGETS).join(', ')}), and no program over 2.5.`,
    ...groups,
    '',
  ].join('\n');
  writeFileSync(join(root, 'docs', 'BENCHMARKS.md'), text);
  writeFileSync(join(root, 'docs', 'benchmarks.svg'), picture(rows));
}
