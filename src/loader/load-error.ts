/**
 * The one thing the loader throws.
 * - `badfile`: cut or corrupt; `code:load_binary/3` gives `{error, badfile}`.
 * - `not_supported`: well formed, but made by an OTP release that is too new or too old for us. To Erlang this is
 *   `badfile` too, as in OTP; the message is for the log.
 * `message` names the chunk or the function and instruction, and the OTP release where one matters.
 */
export class LoadError extends Error {
  readonly kind: 'badfile' | 'not_supported';

  constructor(kind: 'badfile' | 'not_supported', message: string) {
    super(message);
    this.name = 'LoadError';
    this.kind = kind;
  }
}

/** Throws the `badfile` error for a chunk. */
export function corrupt(chunk: string, what: string): never {
  throw new LoadError('badfile', `chunk ${chunk}: ${what}`);
}
