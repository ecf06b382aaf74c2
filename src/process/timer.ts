/** What is set to happen at a time (scheduler/timers.ts). */
import type { Term } from '../term/layout.ts';

/** `place` of a timer that has not been set, has fired or was cancelled. */
export const NOWHERE = -1;

/** Something that is to happen once. Whoever sets it makes a class of it: no closures. */
export interface Timer {
  /** Milliseconds of the clock's monotonic time; while it is pending, from the next reading of the clock on. */
  at: number;
  order: number;
  /** Place in the heap, or a negative number: it is in none. */
  place: number;
  fire(): void;
}

/** A timer that programs know by a reference. */
export interface ReferencedTimer extends Timer {
  readonly key: number;
  nextInTable: ReferencedTimer | undefined;
  /** The pid or name that it is for. */
  readonly to: Term;
  /** What it will send. */
  readonly message: Term;
  /** It will not fire: gives back what it holds. */
  cancel(): void;
}
