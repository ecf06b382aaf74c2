/**
 * A system that does work of all kinds for a while (soak/soak_work.erl), watched from outside: what it holds at the end must be what it held
 * after its first minute. `npm run soak -- [--minutes N] [--write]`, 10 minutes unless told; --write draws memory over time (docs/soak.svg).
 * Exit code 1: something has grown, 2: work has failed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bootCommand } from '../src/cli/boot-command.ts';
import { findOtp } from '../src/cli/find-otp.ts';
import { allocatorStatistics } from '../src/memory/allocator.ts';
import { handleCount } from '../src/memory/off-heap.ts';
import { atomCount } from '../src/term/atoms.ts';
import { funEntryCount } from '../src/term/fun-entries.ts';
import type { Vm } from '../src/vm.ts';
import { repositoryRoot } from '../test/support/repository.ts';
import { soakPicture } from './soak-picture.ts';

const MINUTE = 60_000;
const SECOND = 1000;
const MEBIBYTE = 2 ** 20;
/** The least of so many seconds counts: work makes what is in use go up and down. */
const WINDOW_SECONDS = 30;

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly read: (vm: Vm) => number;
  /** By how much it may be more in the end: a share of what it was, and this on top. */
  readonly share: number;
  readonly more: number;
}

const FIGURES: readonly Figure[] = [
  {
    name: 'linear memory in use',
    unit: 'MiB',
    read: () => allocatorStatistics().general.bytesInUse / MEBIBYTE,
    share: 0.05,
    more: 1,
  },
  {
    name: 'of that literals',
    unit: 'MiB',
    read: () => allocatorStatistics().literals.bytesInUse / MEBIBYTE,
    share: 0.05,
    more: 0.5,
  },
  {
    name: 'blocks in use',
    unit: '',
    read: () => allocatorStatistics().general.blocksInUse,
    share: 0.05,
    more: 200,
  },
  {
    name: 'linear memory',
    unit: 'MiB',
    read: () => allocatorStatistics().memoryBytes / MEBIBYTE,
    share: 0.25,
    more: 8,
  },
  { name: 'JavaScript heap', unit: 'MiB', read: () => process.memoryUsage().heapUsed / MEBIBYTE, share: 0.1, more: 8 },
  { name: 'resident memory', unit: 'MiB', read: () => process.memoryUsage.rss() / MEBIBYTE, share: 0.25, more: 32 },
  { name: 'atoms', unit: '', read: atomCount, share: 0, more: 50 },
  { name: 'processes', unit: '', read: (vm) => vm.processes.count, share: 0, more: 5 },
  { name: 'fun entries', unit: '', read: funEntryCount, share: 0, more: 20 },
  { name: 'table slots', unit: '', read: (vm) => vm.code.slotCount, share: 0, more: 50 },
  { name: 'timers', unit: '', read: (vm) => vm.timers.count, share: 0, more: 50 },
  { name: 'tables', unit: '', read: (vm) => vm.ets.all().length, share: 0, more: 5 },
  { name: 'magic handles', unit: '', read: handleCount, share: 0, more: 50 },
  { name: 'ports', unit: '', read: (vm) => vm.ports.count, share: 0, more: 3 },
];

type Sample = readonly number[];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Samples every second; the JavaScript heap is collected at the end of each window, so that garbage does not count. */
function watch(vm: Vm, samples: Sample[]): void {
  setInterval(() => {
    const { length } = samples;
    if ((length + 1) % WINDOW_SECONDS === 0) collectGarbage();
    samples.push(FIGURES.map(({ read }) => read(vm)));
  }, SECOND).unref();
}

/** The least of each figure in a window. */
function least(samples: readonly Sample[]): Sample {
  return FIGURES.map((_, i) => Math.min(...samples.map((sample) => sample[i] as number)));
}

/** Prints the figures; gives the names of those that have grown. */
function report(samples: readonly Sample[], firstEnd: number): string[] {
  const first = least(samples.slice(Math.max(0, firstEnd - WINDOW_SECONDS), firstEnd));
  const last = least(samples.slice(-WINDOW_SECONDS));
  const grown: string[] = [];
  process.stdout.write(`${''.padEnd(24)}${'first'.padStart(12)}${'last'.padStart(12)}${'bound'.padStart(12)}\n`);
  for (const [i, { name, unit, share, more }] of FIGURES.entries()) {
    const [before, after] = [first[i] as number, last[i] as number];
    const bound = before * (1 + share) + more;
    const cells = [before, after, bound].map((n) => n.toFixed(unit === '' ? 0 : 1).padStart(12));
    process.stdout.write(`${name.padEnd(24)}${cells.join('')} ${unit}${after > bound ? ' GROWN' : ''}\n`);
    if (after > bound) grown.push(name);
  }
  return grown;
}

/** What the picture shows of FIGURES. */
const DRAWN = ['resident memory', 'JavaScript heap', 'linear memory', 'linear memory in use'];

/** Draws what has been watched so far. */
function draw(samples: readonly Sample[]): void {
  const lines = DRAWN.map((name) => {
    const i = FIGURES.findIndex((figure) => figure.name === name);
    return { name, values: samples.map((sample) => sample[i] as number) };
  });
  writeFileSync(join(repositoryRoot, 'docs', 'soak.svg'), soakPicture(lines, minutes));
}

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, write: { type: 'boolean', default: false } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: a number`);
const folder = mkdtempSync(join(tmpdir(), 'enigma-soak-'));
const source = join(repositoryRoot, 'bench', 'soak', 'soak_work.erl');
const samples: Sample[] = [];
process.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) return;
  // Short trials are compared with what was there half-way.
  const firstEnd = Math.min(MINUTE / SECOND, Math.floor(samples.length / 2));
  if (values.write) draw(samples);
  process.stdout.write(`${samples.length} samples in ${minutes} minutes\n`);
  if (report(samples, firstEnd).length > 0) process.exitCode = 1;
});
bootCommand(
  [
    '-noshell',
    '-eval',
    `{ok, M, B} = compile:file("${source}", [binary]), {module, M} = code:load_binary(M, "", B), M:main().`,
    '-extra',
    String(Math.round(minutes * MINUTE)),
    folder,
  ],
  {
    otp: findOtp(undefined),
    programs: join(repositoryRoot, 'libexec'),
    environment: [],
    watch: (vm) => watch(vm, samples),
  },
);
