/** What the core needs of the outside. Node and the browser each have an implementation; tests have one with virtual time. */
import type { CodeCache } from './code-cache.ts';
import type { Compression } from './compression.ts';
import type { Files } from './files.ts';
import type { Processes } from './processes.ts';
import type { Streams } from './streams.ts';
import type { System } from './system.ts';

/** All time that the virtual machine ever sees. */
export interface Clock {
  /** Milliseconds, with fractions, since a moment that does not change while the virtual machine lives; never goes back. */
  monotonicMilliseconds(): number;
  /** Nanoseconds since 1970-01-01 UTC. */
  systemNanoseconds(): bigint;
  /** Seconds that local time is ahead of universal time at a moment, in seconds since 1970; 0 where the host does not say. */
  localOffsetSeconds?(seconds: number): number;
}

export interface Host {
  readonly clock: Clock;
  /** `count` bytes that nobody can foresee (or that a seed determines, for runs that repeat). */
  randomBytes(count: number): Uint8Array;
  readonly files: Files;
  readonly compression: Compression;
  readonly system: System;
  readonly streams: Streams;
  /** Bytes of the native stack that code may use, where it is more than the usual (LEAST_NATIVE_STACK in memory/map.ts). */
  readonly nativeStack?: number | undefined;
  /** Keeps translated modules between runs; without one every module is translated anew. */
  readonly codeCache?: CodeCache | undefined;
  /** undefined: nothing can be started here. */
  readonly processes?: Processes;
  /** Writes text where a person looks for errors (stderr). */
  writeError(text: string): void;
  /** Writes bytes where programs put what they print (stdout). */
  writeOutput?(content: Uint8Array): void;
}
