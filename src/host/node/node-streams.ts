/** Standard input and output of the Node process. */
import { fstatSync, writevSync } from 'node:fs';
import process from 'node:process';
import { isatty, WriteStream } from 'node:tty';
import { PosixError } from '../files.ts';
import type { InputStream, Streams } from '../streams.ts';
import { posix } from './posix.ts';

const STDIN = 0;
/** How long to wait when what is written to takes nothing more right now, in milliseconds. */
const FULL_WAIT = 2;

class NodeInput implements InputStream {
  private readonly stream: NodeJS.ReadStream;
  private state: 'open' | 'ended' | PosixError = 'open';

  constructor(stream: NodeJS.ReadStream) {
    this.stream = stream;
    stream.on('end', () => {
      this.state = 'ended';
    });
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.state = new PosixError((error.code ?? 'unknown').toLowerCase());
    });
  }

  onReadable(action: () => void): () => void {
    const { stream } = this;
    const tell = (): void => {
      off();
      action();
    };
    const off = (): void => {
      for (const event of ['readable', 'end', 'error']) stream.off(event, tell);
      stream.unref?.();
    };
    for (const event of ['readable', 'end', 'error']) stream.on(event, tell);
    stream.ref?.();
    if (stream.readableLength > 0 || this.state !== 'open') setImmediate(tell);
    return off;
  }

  read(limit: number): Uint8Array | 'closed' {
    const { stream } = this;
    const count = Math.min(limit, stream.readableLength);
    if (count > 0) return new Uint8Array(stream.read(count) as Buffer);
    stream.read(0);
    if (this.state instanceof PosixError) throw this.state;
    return this.state === 'ended' || stream.readableEnded ? 'closed' : new Uint8Array();
  }
}

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

function without(parts: readonly Uint8Array[], byteCount: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let skip = byteCount;
  for (const part of parts) {
    if (skip < part.length) left.push(part.subarray(skip));
    skip = Math.max(0, skip - part.length);
  }
  return left;
}

export function nodeStreams(): Streams {
  const inputs = new Map<number, InputStream>();
  return {
    input(descriptor) {
      if (descriptor !== STDIN) throw new PosixError('enotsup');
      const input = inputs.get(descriptor) ?? new NodeInput(process.stdin);
      inputs.set(descriptor, input);
      return input;
    },
    write: writeAll,
    isTerminal(descriptor) {
      posix(() => fstatSync(descriptor));
      return isatty(descriptor);
    },
    windowSize(descriptor) {
      if (!isatty(descriptor)) return undefined;
      const { columns, rows } = new WriteStream(descriptor);
      return { columns, rows };
    },
  };
}
