/** Programs of the operating system that the virtual machine starts: what ports of kind `spawn` stand on. */
import type { InputStream, OutputStream } from './streams.ts';

/** How to start a program. Texts are bytes as the operating system has them, without a terminating 0. */
export interface ProgramStart {
  /** The executable file; a name without `/` is one in the working directory. */
  readonly file: Uint8Array;
  /** The first is what the program is told that it is called. */
  readonly arguments: readonly Uint8Array[];
  readonly environment: Iterable<{ readonly name: Uint8Array; readonly value: Uint8Array }>;
  /** The virtual machine's (`Files.workingDirectory`). */
  readonly workingDirectory: Uint8Array;
  /** Where the program starts, seen from there; undefined: there. */
  readonly folder: Uint8Array | undefined;
  /** The program reads from this descriptor what is written to `input`; undefined: what it has as input is the virtual machine's. */
  readonly inputDescriptor: number | undefined;
  /** The program writes to this descriptor what `output` reads. */
  readonly outputDescriptor: number | undefined;
  /** What it writes to descriptor 2 goes where that goes which it writes to descriptor 1. */
  readonly mergesErrors: boolean;
}

/** A program that was started, in a session of its own. It goes on when the virtual machine ends. */
export interface Program {
  /** undefined: it could not be started after all, which its exit status tells. */
  readonly processId: number | undefined;
  readonly input: OutputStream | undefined;
  readonly output: InputStream | undefined;
  /** Calls `action` once it has ended, but not while Erlang code runs: with its status, or 128 and the number of the signal that ended it. */
  onExit(action: (status: number) => void): void;
  /** Closes the ends of the pipes that are here. */
  close(): void;
}

export interface Processes {
  /** Throws PosixError: there is no such file, or it may not be executed. */
  start(program: ProgramStart): Program;
}
