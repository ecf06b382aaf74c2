/** Programs started by Node: what erl_child_setup does for native OTP. */
import { type ChildProcess, type SpawnOptions, type StdioOptions, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, statSync, writeSync } from 'node:fs';
import { constants as system } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { PosixError } from '../files.ts';
import type { Processes, Program, ProgramStart } from '../processes.ts';
import type { InputStream, OutputStream } from '../streams.ts';
import { NodeInput } from './node-input.ts';
import { PipeOutput } from './node-output.ts';
import { posix } from './posix.ts';

const STDERR = 2;
const SIGNALLED = 128;
const SHELL = '/bin/sh';
/** A shell that can say what a program is called. */
const NAMING_SHELL = '/bin/bash';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Node takes text alone. Throws PosixError for what is none. */
function text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new PosixError('eilseq');
  }
}

interface Command {
  readonly file: string;
  readonly argv0: string;
  readonly arguments: readonly string[];
}

/**
 * Node cannot give a program one pipe for two of its descriptors, but a shell can, and then the program takes the shell's place. Throws
 * PosixError where no shell can.
 */
function mergingErrors(command: Command): Command {
  const { file, argv0 } = command;
  if (file === SHELL && command.arguments[0] === '-c') {
    const [flag, line = '', ...rest] = command.arguments;
    return { file, argv0, arguments: [flag as string, `exec 2>&1; ${line}`, ...rest] };
  }
  if (file === argv0) {
    return { file: SHELL, argv0: 'sh', arguments: ['-c', 'exec "$0" "$@" 2>&1', file, ...command.arguments] };
  }
  if (!existsSync(NAMING_SHELL)) throw new PosixError('enotsup');
  const line = 'file="$1"; shift; exec -a "$0" "$file" "$@" 2>&1';
  return { file: NAMING_SHELL, argv0: NAMING_SHELL, arguments: ['-c', line, argv0, file, ...command.arguments] };
}

function commandOf(start: ProgramStart): Command {
  const name = text(start.file);
  // Without a slash Node would look along the PATH.
  const file = name.includes('/') ? name : `./${name}`;
  posix(() => accessSync(file, constants.X_OK));
  const [argv0 = name, ...rest] = start.arguments.map(text);
  const command = { file, argv0, arguments: rest };
  return start.mergesErrors ? mergingErrors(command) : command;
}

function stdioOf({ inputDescriptor, outputDescriptor }: ProgramStart): StdioOptions {
  const stdio: ('inherit' | 'pipe' | 'ignore')[] = ['inherit', 'inherit', 'inherit'];
  for (const descriptor of [inputDescriptor, outputDescriptor]) {
    if (descriptor === undefined) continue;
    while (stdio.length < descriptor) stdio.push('ignore');
    stdio[descriptor] = 'pipe';
  }
  return stdio;
}

class NodeProgram implements Program {
  readonly processId: number | undefined;
  readonly input: OutputStream | undefined;
  readonly output: InputStream | undefined;
  private readonly child: ChildProcess;
  private status: number | undefined;
  private tell: (status: number) => void = () => undefined;

  constructor(child: ChildProcess, { inputDescriptor, outputDescriptor }: ProgramStart) {
    this.child = child;
    this.processId = child.pid;
    const streams = child.stdio as readonly (Readable | Writable | null)[];
    if (inputDescriptor !== undefined) this.input = new PipeOutput(streams[inputDescriptor] as Writable);
    if (outputDescriptor !== undefined) this.output = new NodeInput(streams[outputDescriptor] as Readable);
    child.on('exit', (code, signal) => this.ended(signal === null ? (code ?? 0) : SIGNALLED + system.signals[signal]));
    // As if a child process of native OTP had tried to become the program: its status is the number of the error.
    child.on('error', (error: NodeJS.ErrnoException) => this.ended(Math.abs(error.errno ?? 1)));
  }

  onExit(action: (status: number) => void): void {
    this.tell = action;
    const { status } = this;
    if (status !== undefined) setImmediate(() => action(status));
  }

  close(): void {
    this.tell = () => undefined;
    this.input?.close();
    for (const stream of this.child.stdio) (stream as Readable | null)?.destroy();
  }

  private ended(status: number): void {
    if (this.status !== undefined) return;
    this.status = status;
    this.tell(status);
  }
}

/** What has come to nothing before it was a program. */
class StillbornProgram implements Program {
  readonly processId = undefined;
  readonly input: OutputStream | undefined;
  readonly output: InputStream | undefined;
  private readonly status: number;

  constructor(status: number, start: ProgramStart) {
    this.status = status;
    if (start.inputDescriptor !== undefined) this.input = new ClosedOutput();
    if (start.outputDescriptor !== undefined) this.output = closedInput;
  }

  onExit(action: (status: number) => void): void {
    setImmediate(() => action(this.status));
  }

  close(): void {}
}

const closedInput: InputStream = {
  onReadable(action) {
    const soon = setImmediate(action);
    return () => clearImmediate(soon);
  },
  read: () => 'closed',
};

class ClosedOutput implements OutputStream {
  readonly pending = 0;
  private progress: (error?: PosixError) => void = () => undefined;

  write(): void {
    setImmediate(() => this.progress(new PosixError('epipe')));
  }

  onProgress(action: (error?: PosixError) => void): void {
    this.progress = action;
  }

  close(): void {
    this.progress = () => undefined;
  }
}

function errnoOf(error: PosixError): number {
  return system.errno[error.code.toUpperCase() as keyof typeof system.errno] ?? 1;
}

function folderOf({ workingDirectory, folder }: ProgramStart): string {
  const base = text(workingDirectory);
  if (folder === undefined) return base;
  const name = text(folder);
  return name.startsWith('/') ? name : `${base}/${name}`;
}

/** Why the program cannot start in this folder, by its `name`; said on the virtual machine's own descriptor 2, as erl_child_setup does. */
function folderFault(folder: string, name: string): number | undefined {
  try {
    posix(() => accessSync(folder, constants.X_OK));
    if (!statSync(folder).isDirectory()) throw new PosixError('enotdir');
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    writeSync(STDERR, `spawn: Could not cd to ${name}\r\n`);
    return errnoOf(error);
  }
  return undefined;
}

export function nodeProcesses(): Processes {
  return {
    start(start) {
      const command = commandOf(start);
      const cwd = folderOf(start);
      const fault = start.folder === undefined ? undefined : folderFault(cwd, text(start.folder));
      if (fault !== undefined) return new StillbornProgram(fault, start);
      const env: Record<string, string> = {};
      for (const { name, value } of start.environment) env[text(name)] = text(value);
      const options: SpawnOptions = { argv0: command.argv0, cwd, env, detached: true, stdio: stdioOf(start) };
      return posixStart(command, options, start);
    },
  };
}

/** Errors of starting that Node throws at once: the program would have ended with the error's number. */
function posixStart(command: Command, options: SpawnOptions, start: ProgramStart): Program {
  try {
    return new NodeProgram(
      posix(() => spawn(command.file, command.arguments, options)),
      start,
    );
  } catch (error) {
    if (error instanceof PosixError) return new StillbornProgram(errnoOf(error), start);
    throw error;
  }
}
