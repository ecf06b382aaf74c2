/** Reductions for work that TypeScript does: a process that has a lot done gives way to others all the same (BUMP_REDS in OTP). */
import { REDUCTIONS } from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';
import { running } from '../memory/process-heap.ts';

/** The same for work of `count` steps, of which so many are worth one reduction; little work is free. */
export function bumpForWork(count: number, perReduction: number): void {
  if (count >= perReduction) bumpReductions(count / perReduction);
}

/**
 * Takes reductions from the running process; it stops at its next call when none are left. Where it is to be collected there, those that it is to go
 * on with afterwards are taken.
 */
export function bumpReductions(count: number): void {
  const left = load(REDUCTIONS);
  const taken = Math.floor(count);
  if (left > 0) {
    store(REDUCTIONS, Math.max(0, left - taken));
    return;
  }
  const { heap } = running;
  if (heap !== undefined && heap.savedReductions > 0) heap.savedReductions = Math.max(0, heap.savedReductions - taken);
}
