/**
 * How TypeScript code raises an Erlang exception: `throw badarg()`. Caught where generated code calls into TypeScript
 * (runtime/call-bif.ts), never by anything in between, and never crosses generated code. It is no `Error`: no JavaScript stack is taken,
 * and its terms stay valid since nothing moves before the next safe point.
 */
import { am } from './atoms.ts';
import type { Term } from './layout.ts';

export type ExceptionClass = 'error' | 'exit' | 'throw';

export class ErlangError {
  readonly kind: ExceptionClass;
  readonly reason: Term;
  /** What erl_erts_errors and its like want in `#{cause => …}`, if anything. */
  readonly cause: Term | undefined;
  constructor(kind: ExceptionClass, reason: Term, cause?: Term) {
    this.kind = kind;
    this.reason = reason;
    this.cause = cause;
  }
}

export function badarg(cause?: Term): ErlangError {
  return new ErlangError('error', am.badarg, cause);
}
export function badarith(): ErlangError {
  return new ErlangError('error', am.badarith);
}
export function systemLimit(): ErlangError {
  return new ErlangError('error', am.system_limit);
}
