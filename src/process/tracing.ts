/** What a process has of tracing: made when it first needs it, so that others stay small. What is done with it is in src/trace/. */

import type { Term } from '../term/layout.ts';
import type { CallAccounts } from '../trace/accounting.ts';
import type { CallBuffer } from '../trace/saved-calls.ts';
import type { TraceRef } from '../trace/sessions.ts';

/** Something that can be traced: a process or a port. */
export interface Tracee {
  /** One entry for each session that traces it, latest first; undefined: nobody does. */
  traces: readonly TraceRef[] | undefined;
}

/** A sequential trace token. */
export interface SequenceToken {
  readonly flags: number;
  /** An immediate, or a term in external format. */
  readonly label: Term | Uint8Array;
  readonly serial: number;
  readonly sender: Term;
  readonly last: number;
}

/** A process's part in sequential tracing. */
export interface SequenceState {
  token: SequenceToken | undefined;
  clock: number;
  last: number;
}

/** A traced BIF that is being called: once to have the stack whole, then to be told of, perhaps once more because it asked for that. */
export interface BifCall {
  readonly number: number;
  readonly step: 'stopped' | 'again';
}

export class TraceState {
  traces: readonly TraceRef[] | undefined;
  sequence: SequenceState | undefined;
  accounts: CallAccounts | undefined;
  bifCall: BifCall | undefined;
  savedCalls: CallBuffer | undefined;
}
