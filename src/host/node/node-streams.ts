/** Standard input and output of the Node process. */
import { createReadStream, fstatSync, writevSync } from 'node:fs';
import { Socket } from 'node:net';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import { PosixError } from '../files.ts';
import type { InputStream, Streams } from '../streams.ts';
import { NodeInput } from './node-input.ts';
import { DescriptorOutput, without } from './node-output.ts';
import { nodeTerminal } from './node-terminal.ts';
import { posix } from './posix.ts';

const STDIN = 0;
/** How long to wait when what is written to takes nothing more right now, in milliseconds. */
const FULL_WAIT = 2;

function writeAll(descriptor: number, parts: readonly Uint8Array[]): void {
  let rest = parts.filter(({ length }) => length > 0);
  while (rest.length > 0) rest = without(rest, writeSome(descriptor, rest));
}

function writeSome(descriptor: number, parts: readonly Uint8Array[]): number {
  try {
    return posix(() => writevSync(descriptor, parts));
  } catch (error) {
    if (!(error instanceof PosixError) || error.code !== 'eagain') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_WAIT);
    return 0;
  }
}

/** What can be read from a descriptor other than standard input. Throws PosixError when nothing is open there. */
function readableOf(descriptor: number): Readable {
  if (isatty(descriptor)) return new ReadStream(descriptor);
  const info = posix(() => fstatSync(descriptor));
  if (info.isFIFO() || info.isSocket()) return new Socket({ fd: descriptor, readable: true, writable: false });
  return createReadStream('', { fd: descriptor, autoClose: false });
}

export function nodeStreams(): Streams {
  const inputs = new Map<number, InputStream>();
  return {
    input(descriptor) {
      const known = inputs.get(descriptor);
      if (known !== undefined) return known;
      const input = new NodeInput(descriptor === STDIN ? process.stdin : readableOf(descriptor));
      inputs.set(descriptor, input);
      return input;
    },
    output: (descriptor) => new DescriptorOutput(descriptor),
    write: writeAll,
    isTerminal(descriptor) {
      posix(() => fstatSync(descriptor));
      return isatty(descriptor);
    },
    windowSize(descriptor) {
      if (!isatty(descriptor)) return undefined;
      const stream = new WriteStream(descriptor);
      const { columns, rows } = stream;
      stream.destroy();
      return { columns, rows };
    },
    terminal: nodeTerminal(),
  };
}
