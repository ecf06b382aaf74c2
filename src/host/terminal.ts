/** Terminals: how they treat lines and keys, and what they understand. */

/** How a terminal treats what is typed (tty_init in OTP's prim_tty_nif.c); undefined: as it does. */
export interface TerminalMode {
  /** Input comes in lines, and output is processed. */
  readonly canonical: boolean | undefined;
  readonly echo: boolean | undefined;
  /** Some keys are signals. */
  readonly signals: boolean | undefined;
}

/** What a kind of terminal understands, by the codes of termcap: two characters. */
export interface TerminalEntry {
  readonly flags: ReadonlySet<string>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly strings: ReadonlyMap<string, Uint8Array>;
}

export interface Terminal {
  /** How the terminal on this descriptor is set, as a text for `set`. Throws PosixError: `enotty`, `enotsup` where that cannot be told. */
  settings(descriptor: number): string;
  /** Sets it so, with changes. Throws PosixError. */
  set(descriptor: number, settings: string, changes?: TerminalMode): void;
  /** The entry of a kind of terminal in the terminfo database; undefined when there is none. */
  entry(kind: string): TerminalEntry | undefined;
  /** Sets every terminal as it was before `set` was first called. Does not throw. */
  reset(): void;
}
