/** Files that are open already and may block, such as standard input: pipes, terminals, sockets of the operating system. */

export interface InputStream {
  /**
   * Calls `action` once, as soon as there is something to read or the end has come, but not while Erlang code runs. Returns how to call
   * it off.
   */
  onReadable(action: () => void): () => void;
  /** What has come, at most `limit` bytes; empty: nothing yet; 'closed': no more will come. Throws PosixError. */
  read(limit: number): Uint8Array | 'closed';
}

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Streams {
  /** The same object for the same descriptor. */
  input(descriptor: number): InputStream;
  /** Writes all of it before it returns. Throws PosixError. */
  write(descriptor: number, parts: readonly Uint8Array[]): void;
  /** Throws PosixError (`ebadf`) when nothing is open there. */
  isTerminal(descriptor: number): boolean;
  /** undefined when it is no terminal. */
  windowSize(descriptor: number): WindowSize | undefined;
}
