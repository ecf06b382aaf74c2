/** `npm run bench -- --guard`: a few programs and counts beside what bench/guard.json has recorded; CI fails on a clear loss. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure, type Row, ratioOf } from './measure.ts';
import { PROGRAMS, type Program } from './programs.ts';
import type { Side } from './side.ts';

interface Recorded {
  /** Bytes of WebAssembly that all modules of stdlib become. */
  readonly wasmBytes: number;
  /** Of least times, ours to native OTP's. */
  readonly ratios: Readonly<{ [program: string]: number }>;
}

const FILE = join('bench', 'guard.json');
/** One of each kind of work: calls, lists, matching, maps, messages, ETS, what is done in TypeScript. */
const GUARDED = ['fib', 'nrev', 'match_bytes', 'map_fold', 'ring', 'gen_call', 'ets_set', 'scan_parse'];
/** Ratios of busy machines vary by half; a change that makes generated code or a BIF slow shows in more. */
const CLEAR_LOSS = 2;
/** The same files give the same bytes: what is more is meant, and recorded, or it is a loss. */
const MORE_BYTES = 1.03;
const ROUNDS = 4;
const DECIMALS = 2;

async function ratio(program: Program, sides: readonly Side[], problems: string[]): Promise<number> {
  const row: Row = await measure(program, sides, { warm: ROUNDS, cold: 0 });
  if (row.problem !== undefined) problems.push(`${program.name}: ${row.problem}`);
  return ratioOf(row, 1) ?? Number.POSITIVE_INFINITY;
}

/** The lesser of two measurements where the first looks like a loss: whatever else the machine did then does not count. */
async function least(program: Program, limit: number, sides: readonly Side[], problems: string[]): Promise<number> {
  const first = await ratio(program, sides, problems);
  return first <= limit ? first : Math.min(first, await ratio(program, sides, problems));
}

/** Records the figures of now. */
export async function recordGuard(root: string, sides: readonly Side[], wasmBytes: number): Promise<void> {
  const ratios: { [program: string]: number } = {};
  const problems: string[] = [];
  for (const program of PROGRAMS.filter(({ name }) => GUARDED.includes(name))) {
    ratios[program.name] = Number((await ratio(program, sides, problems)).toFixed(DECIMALS));
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const record: Recorded = { wasmBytes, ratios };
  writeFileSync(join(root, FILE), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Prints a line for each figure; false on a clear loss, or where a program does not run. */
export async function guard(
  root: string,
  sides: readonly Side[],
  wasmBytes: number,
  write: (text: string) => void,
): Promise<boolean> {
  const record = JSON.parse(readFileSync(join(root, FILE), 'utf8')) as Recorded;
  const problems: string[] = [];
  const line = (name: string, recorded: number, now: number, limit: number): void => {
    const verdict = now <= limit ? 'ok' : `LOSS: at most ${limit.toFixed(DECIMALS)}`;
    write(`${name.padEnd(14)}${String(recorded).padStart(9)} -> ${now.toFixed(DECIMALS).padStart(10)}  ${verdict}\n`);
    if (now > limit) problems.push(name);
  };
  line('wasm bytes', record.wasmBytes, wasmBytes, record.wasmBytes * MORE_BYTES);
  for (const program of PROGRAMS) {
    const recorded = record.ratios[program.name];
    if (recorded === undefined) continue;
    const limit = Math.max(recorded, 1) * CLEAR_LOSS;
    line(program.name, recorded, await least(program, limit, sides, problems), limit);
  }
  if (problems.length > 0) write(`slower than recorded in ${FILE}: ${problems.join(', ')}\n`);
  return problems.length === 0;
}
