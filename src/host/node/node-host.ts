/** What the core needs of the outside, from Node. */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { execArgv, hrtime } from 'node:process';
import type { Host } from '../host.ts';
import { pakoCompression } from '../pako-compression.ts';
import { nodeFiles } from './node-files.ts';
import { nodeProcesses } from './node-processes.ts';
import { nodeStreams } from './node-streams.ts';
import { nodeSystem } from './node-system.ts';
import { wallClock } from './wall-clock.ts';

const STDOUT = 1;
const STDERR = 2;
const KIBIBYTE = 1024;
const MILLISECONDS_TO_WAIT = 1;
const NEVER_CHANGED = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Nanoseconds since 1970, as exactly as Node tells them. */
const systemTimeNow = (): bigint => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;

export function nodeHost(): Host {
  return {
    clock: {
      monotonicMilliseconds: () => performance.now(),
      systemNanoseconds: wallClock(hrtime.bigint, Date.now, systemTimeNow()),
      localOffsetSeconds: (seconds) => new Date(seconds * 1000).getTimezoneOffset() * -60,
    },
    nativeStack: nativeStack(),
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    files: nodeFiles(),
    compression: pakoCompression,
    system: nodeSystem(),
    streams: nodeStreams(),
    processes: nodeProcesses(),
    writeError: (text) => writeWhole(STDERR, new TextEncoder().encode(text)),
    writeOutput: (content) => writeWhole(STDOUT, content),
  };
}

/** Waits where others have made the descriptor one that does not block; what nobody reads any more is lost, as with OTP's own printing. */
function writeWhole(descriptor: number, content: Uint8Array): void {
  for (let at = 0; at < content.length; ) {
    try {
      at += writeSync(descriptor, content, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(NEVER_CHANGED, 0, 0, MILLISECONDS_TO_WAIT);
    }
  }
}

/** What V8 has been told on Node's command line; it takes note of it at the start only. */
function nativeStack(): number | undefined {
  const sizes = execArgv.map((option) => /^--stack[-_]size=(\d+)$/.exec(option)?.[1]);
  const last = sizes.findLast((size) => size !== undefined);
  return last === undefined ? undefined : Number(last) * KIBIBYTE;
}
