/** Interleaved rounds of programs on several sides, and what comes of them. */
import type { Program } from './programs.ts';
import type { Side } from './side.ts';

/** Microseconds. */
export interface Times {
  readonly minimum: number;
  readonly median: number;
}

export interface Row {
  readonly program: Program;
  /** By side, in the order of the sides; undefined where a side could not run it. */
  readonly times: readonly (Times | undefined)[];
  /** Why a side could not run it, or did not compute the same. */
  readonly problem?: string;
}

export function timesOf(microseconds: readonly number[]): Times {
  const sorted = microseconds.toSorted((a, b) => a - b);
  return { minimum: sorted[0] as number, median: sorted[Math.floor(sorted.length / 2)] as number };
}

/** Runs a program on all sides in turn, `rounds` times, after a round that does not count. */
export async function measure(program: Program, sides: readonly Side[], rounds: number): Promise<Row> {
  const samples: number[][] = sides.map(() => []);
  const problems = new Map<number, string>();
  let expected: string | undefined;
  for (let round = 0; round <= rounds; round++) {
    for (const [index, side] of sides.entries()) {
      if (problems.has(index)) continue;
      const runs = await side.run(program.name, program.runs);
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
  return { program, times, ...(problem === undefined ? {} : { problem }) };
}
