/** Reductions for work that TypeScript does: a process that has a lot done gives way to others all the same (BUMP_REDS in OTP). */
import { REDUCTIONS } from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';

/** The same for work of `count` steps, of which so many are worth one reduction; little work is free. */
export function bumpForWork(count: number, perReduction: number): void {
  if (count >= perReduction) bumpReductions(count / perReduction);
}

/** Takes reductions from the running process; it stops at its next call when none are left. */
export function bumpReductions(count: number): void {
  const left = load(REDUCTIONS);
  if (left > 0) store(REDUCTIONS, Math.max(0, left - Math.floor(count)));
}
