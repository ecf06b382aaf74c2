/** Interleaved rounds of programs on several sides, and what comes of them. */
import type { Program } from './programs.ts';
import type { Runs, Side } from './side.ts';

/** Microseconds. */
export interface Times {
  readonly minimum: number;
  readonly median: number;
}

/** A start of the system, one run, and the end: the least time of some, and the most memory. */
export interface ColdTimes extends Times {
  readonly kilobytes: number;
}

export interface Row {
  readonly program: Program;
  /** By side, in the order of the sides; undefined where a side could not run it. */
  readonly times: readonly (Times | undefined)[];
  /** By side; none where cold runs were not asked for. */
  readonly cold: readonly ColdTimes[];
  /** Why a side could not run it, or did not compute the same. */
  readonly problem?: string;
}

export function timesOf(microseconds: readonly number[]): Times {
  const sorted = microseconds.toSorted((a, b) => a - b);
  return { minimum: sorted[0] as number, median: sorted[Math.floor(sorted.length / 2)] as number };
}

/** The ratio of the minima of a side and the first, native one; of cold runs where `kind` says so. */
export function ratioOf(row: Row, side: number, kind: 'times' | 'cold' = 'times'): number | undefined {
  const [native, ours] = [row[kind][0], row[kind][side]];
  return native === undefined || ours === undefined ? undefined : ours.minimum / native.minimum;
}

export function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

export interface Rounds {
  readonly warm: number;
  readonly cold: number;
}

function measureCold(program: Program, sides: readonly Side[], rounds: number): ColdTimes[] {
  const samples = sides.map(() => ({ microseconds: [] as number[], kilobytes: 0 }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) {
      const sample = samples[index] as (typeof samples)[number];
      const { microseconds, kilobytes } = side.cold(program.name);
      sample.microseconds.push(microseconds);
      sample.kilobytes = Math.max(sample.kilobytes, kilobytes);
    }
  }
  if (rounds === 0) return [];
  return samples.map(({ microseconds, kilobytes }) => ({ ...timesOf(microseconds), kilobytes }));
}

/** Microseconds that a side runs a program before it counts: both translators make code better while it runs. */
const WARM_UP = 1_500_000;

/** The first run's value; or why it cannot be run. */
async function warmUp(program: Program, side: Side): Promise<Runs> {
  let spent = 0;
  for (;;) {
    const runs = await side.run(program.name, program.runs);
    if (runs.kind === 'skipped') return runs;
    spent += runs.microseconds.reduce((sum, time) => sum + time, 0);
    if (spent >= WARM_UP) return runs;
  }
}

/** Runs a program on all sides in turn, each warmed up before. */
export async function measure(program: Program, sides: readonly Side[], rounds: Rounds): Promise<Row> {
  const samples: number[][] = sides.map(() => []);
  const problems = new Map<number, string>();
  let expected: string | undefined;
  for (let round = 0; round <= rounds.warm; round++) {
    for (const [index, side] of sides.entries()) {
      if (problems.has(index)) continue;
      const runs = await (round === 0 ? warmUp(program, side) : side.run(program.name, program.runs));
      if (runs.kind === 'skipped') {
        problems.set(index, runs.reason);
        continue;
      }
      expected ??= runs.value;
      if (runs.value !== expected) problems.set(index, `gave ${runs.value} instead of ${expected}`);
      else if (round > 0) samples[index]?.push(...runs.microseconds);
    }
  }
  const times = samples.map((list, index) => (problems.has(index) ? undefined : timesOf(list)));
  const problem = [...problems.values()][0];
  const cold = problem === undefined ? measureCold(program, sides, rounds.cold) : [];
  return { program, times, cold, ...(problem === undefined ? {} : { problem }) };
}
