/**
 * `npm run bench`: programs timed on native OTP 27 and here, both booted, in rounds that alternate; loading stdlib; sizes of
 * objects. Beside each target it says whether it is met; what cannot run is listed with the reason.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { STACK_OPTION_SCRIPT } from '../src/cli/native-stack.ts';
import { erlcAll, nativeRoot } from '../test/support/oracle.ts';
import { cacheFolder, repositoryRoot } from '../test/support/repository.ts';
import { guard, recordGuard } from './guard.ts';
import { measure, type Row } from './measure.ts';
import { memoryTable } from './memory.ts';
import { pauseTable } from './pauses.ts';
import { PROGRAMS } from './programs.ts';
import { writeReport } from './report.ts';
import { Side } from './side.ts';
import { objectSizes } from './sizes.ts';
import type { LoadTimes } from './stdlib-load.ts';
import { loadTable, programTable, sizeTable } from './table.ts';

const HELP = `npm run bench -- [--rounds N] [--only NAME,...] [--against DIR] [--json] [--list]
  --rounds N      rounds of each program; 10 unless told
  --cold N        starts of each program, from the start of the system to its end; none unless told
  --only NAMES    these programs or groups alone; also: stdlib, sizes
  --against DIR   another build of this project (its folder dist), timed beside
  --json          everything as one JSON object
  --write         docs/BENCHMARKS.md and its picture
  --pauses        collections of some programs: how many, how long
  --memory        what terms, processes, rows and modules take; 1,000,000 processes
  --guard         a few programs beside bench/guard.json; status 1 on a clear loss
  --record        bench/guard.json anew
  --list          the names of the programs
`;

const here = dirname(fileURLToPath(import.meta.url));
const LOADS = 5;

/** Compiles the programs with native OTP's compiler; returns the folder they lie in then. */
function compilePrograms(): string {
  const folder = join(cacheFolder, 'bench');
  mkdirSync(folder, { recursive: true });
  const bench = join(repositoryRoot, 'bench');
  const programs = PROGRAMS.map(({ group, name }) => join(bench, 'programs', group, `${name}.erl`));
  const paths = [
    join(bench, 'driver.erl'),
    join(bench, 'sizes.erl'),
    join(bench, 'pauses.erl'),
    join(bench, 'memory.erl'),
    ...programs,
  ];
  const beams = erlcAll(paths.map((path) => readFileSync(path, 'utf8')));
  for (const beam of beams) copyFileSync(beam, join(folder, basename(beam)));
  return folder;
}

/** +P: there may be as many processes as the figures of memory ask for. */
const flags = (programs: string): string[] => [
  '+S',
  '1',
  '+P',
  '2000000',
  '-noshell',
  '-boot',
  'no_dot_erlang',
  '-pa',
  programs,
];

const nativeSide = (programs: string, ...more: string[]): Side =>
  new Side(join(nativeRoot(), 'bin', 'erl'), [...flags(programs), ...more]);

/** Of a build, `dist` or the like; the libraries are those of the native side. */
function ourSide(build: string, programs: string, ...more: string[]): Side {
  const main = join(build, 'src', 'cli', 'main.js');
  const script = `${STACK_OPTION_SCRIPT}; exec "$0" $stack "$@"`;
  return new Side('/bin/sh', ['-c', script, process.execPath, main, ...flags(programs), ...more], {
    ENIGMA_OTP: nativeRoot(),
  });
}

function loadOnce(...mode: string[]): LoadTimes {
  const { stdout } = spawnSync(process.execPath, [join(here, 'stdlib-load.js'), nativeRoot(), ...mode], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(stdout) as LoadTimes;
}

/** Least times of loading all of stdlib, each time in a fresh process. */
function loadStdlib(): LoadTimes {
  const least = (list: LoadTimes[]): LoadTimes => list.toSorted((a, b) => a.total - b.total)[0] as LoadTimes;
  const whole = least(Array.from({ length: LOADS }, () => loadOnce()));
  const parts = least(Array.from({ length: LOADS }, () => loadOnce('parts')));
  return { ...whole, load: parts.load, translate: parts.translate, wasmBytes: parts.wasmBytes };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '10' },
      cold: { type: 'string', default: '0' },
      only: { type: 'string' },
      against: { type: 'string' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      pauses: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      guard: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const write = (text: string): void => void process.stdout.write(text);
  if (values.help) return write(HELP);
  const described = PROGRAMS.map(({ name, group, what }) => `${group.padEnd(11)}${name.padEnd(19)}${what}`);
  if (values.list) return write(`${described.join('\n')}\n`);
  const names = values.only?.split(',');
  const wants = (name: string): boolean => names === undefined || names.includes(name);
  const programs = compilePrograms();
  const builds = [dirname(here), ...(values.against === undefined ? [] : [values.against])];
  const sides = [nativeSide(programs), ...builds.map((build) => ourSide(build, programs))];
  if (values.pauses) return write(`${pauseTable(sides)}\n`);
  if (values.memory) {
    const many = ['+P', '2000000'];
    return write(`${memoryTable(nativeSide(programs, ...many), ourSide(dirname(here), programs, ...many))}\n`);
  }
  if (values.guard || values.record) {
    const { wasmBytes } = loadOnce('parts');
    if (values.record) await recordGuard(repositoryRoot, sides, wasmBytes);
    else if (!(await guard(repositoryRoot, sides, wasmBytes, write))) process.exitCode = 1;
    for (const side of sides) side.stop();
    return;
  }
  const rows: Row[] = [];
  const rounds = { warm: Number(values.rounds), cold: Number(values.cold) };
  for (const program of PROGRAMS) {
    if (wants(program.name) || wants(program.group)) rows.push(await measure(program, sides, rounds));
  }
  for (const side of sides) side.stop();
  const stdlib = wants('stdlib') ? loadStdlib() : undefined;
  const sizes = wants('sizes') ? objectSizes(programs) : undefined;
  if (values.write) writeReport(repositoryRoot, rows, `${rounds.warm} rounds, ${rounds.cold} cold starts`);
  if (values.json) return write(`${JSON.stringify({ rows, stdlib, sizes }, undefined, 2)}\n`);
  if (rows.length > 0) write(`${programTable(rows, builds.length)}\n`);
  if (stdlib !== undefined) write(`${loadTable(stdlib)}\n`);
  if (sizes !== undefined) write(`${sizeTable(sizes)}\n`);
}

await main();
