/**
 * What a table of BIFs looks like. Each Erlang module (or theme of module erlang) has a file that exports one; the virtual
 * machine installs them in its export table.
 */
import type { Term } from '../term/layout.ts';

/** A BIF: its name and arity as Erlang programs call it. */
export interface BifRow {
  readonly name: string;
  readonly arity: number;
  /** Takes the arguments, behind the machine where the table is not `pure`; raises by throwing an ErlangError. */
  readonly fn: (...args: never[]) => Term;
  /** Allowed in guards: no effects, cannot suspend (`ubif` in OTP's bif.tab). */
  readonly guard?: boolean;
  /** The first OTP release in which it is a BIF. */
  readonly since?: number;
  /** The last OTP release in which it is a BIF; from the next one on, the module's own Erlang code has the function. */
  readonly until?: number;
}

export interface BifTable {
  readonly module: string;
  readonly rows: readonly BifRow[];
  /** The functions take the arguments alone, without the machine. */
  readonly pure?: boolean;
}
