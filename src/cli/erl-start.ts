/** What the programs that start `erl` (erlc, escript) have in common. */

/** What such a program knows of the world. */
export interface CommandWorld {
  /** The program's own name, as it was called. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path of the program `erl` that is started unless the environment names another. */
  readonly erl: string;
}

/** How erl is to be started. */
export interface ErlStart {
  /** Another emulator than this one, as the words of a command; undefined: this one. */
  readonly emulator: readonly string[] | undefined;
  readonly args: readonly string[];
  /** Variables that the emulator gets. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Written to standard error before. */
  readonly remarks: string;
}

/** The program cannot start erl; `message` is all that it writes, its exit status is 1. */
export class ProgramError extends Error {}
