/** Reductions for work that TypeScript does: a process that has a lot done gives way to others all the same (BUMP_REDS in OTP). */
import { REDUCTIONS } from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';

/** Takes reductions from the running process; it stops at its next call when none are left. */
export function bumpReductions(count: number): void {
  const left = load(REDUCTIONS);
  if (left > 0) store(REDUCTIONS, Math.max(0, left - Math.floor(count)));
}
