/** Files that are open already and may block, such as standard input: pipes, terminals, sockets of the operating system. */
import type { PosixError } from './files.ts';

import type { Terminal } from './terminal.ts';

export interface InputStream {
  /**
   * Calls `action` once, as soon as there is something to read or the end has come, but not while Erlang code runs. Returns how to call
   * it off.
   */
  onReadable(action: () => void): () => void;
  /** What has come, at most `limit` bytes; empty: nothing yet; 'closed': no more will come. Throws PosixError. */
  read(limit: number): Uint8Array | 'closed';
}

/** Takes what the operating system does not take at once, and writes it as soon as it can. */
export interface OutputStream {
  /** Bytes that were taken and are not written yet. */
  readonly pending: number;
  /** Never waits. May throw PosixError. */
  write(parts: readonly Uint8Array[]): void;
  /**
   * Calls `action` whenever `pending` has fallen, and when writing has failed for good, with the reason; but not while Erlang code runs.
   */
  onProgress(action: (error?: PosixError) => void): void;
  /** What is still pending is lost. */
  close(): void;
}

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Streams {
  /** The same object for the same descriptor. */
  input(descriptor: number): InputStream;
  /** For a descriptor that stays open when the stream is closed. */
  output(descriptor: number): OutputStream;
  /** Writes all of it before it returns. Throws PosixError. */
  write(descriptor: number, parts: readonly Uint8Array[]): void;
  /** Throws PosixError (`ebadf`) when nothing is open there. */
  isTerminal(descriptor: number): boolean;
  /** undefined when it is no terminal. */
  windowSize(descriptor: number): WindowSize | undefined;
  readonly terminal: Terminal;
}
