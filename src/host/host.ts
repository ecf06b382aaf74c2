/** What the core needs of the outside. Node and the browser each have an implementation; tests have one with virtual time. */

/** All time that the virtual machine ever sees. */
export interface Clock {
  /** Milliseconds, with fractions, since a moment that does not change while the virtual machine lives; never goes back. */
  monotonicMilliseconds(): number;
  /** Nanoseconds since 1970-01-01 UTC. */
  systemNanoseconds(): bigint;
}

export interface Host {
  readonly clock: Clock;
  /** `count` bytes that nobody can foresee (or that a seed determines, for runs that repeat). */
  randomBytes(count: number): Uint8Array;
  /** Writes text where a person looks for errors (stderr). */
  writeError(text: string): void;
}
