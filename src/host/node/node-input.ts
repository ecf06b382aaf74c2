/** Input that comes when it comes, from a stream of Node's. */
import type { Readable } from 'node:stream';
import type { PosixError } from '../files.ts';
import type { InputStream } from '../streams.ts';
import { posixErrorOf } from './node-output.ts';

/** Streams that hold Node's event loop, if they are told to. */
interface Holding {
  ref?(): void;
  unref?(): void;
}

export class NodeInput implements InputStream {
  private readonly stream: Readable & Holding;
  private state: 'open' | 'ended' | PosixError = 'open';

  constructor(stream: Readable & Holding) {
    this.stream = stream;
    stream.on('end', () => {
      this.state = 'ended';
    });
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.state = posixErrorOf(error);
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
    if (typeof this.state === 'object') throw this.state;
    return this.state === 'ended' || stream.readableEnded ? 'closed' : new Uint8Array();
  }
}
