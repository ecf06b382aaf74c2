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

const STDOUT = 1;
const STDERR = 2;
const KIBIBYTE = 1024;
const NANOSECONDS = 1_000_000n;

export function nodeHost(): Host {
  return {
    clock: {
      monotonicMilliseconds: () => performance.now(),
      systemNanoseconds: () => BigInt(Math.round(performance.timeOrigin * 1000)) * 1000n + elapsed(),
      localOffsetSeconds: (seconds) => new Date(seconds * 1000).getTimezoneOffset() * -60,
    },
    nativeStack: nativeStack(),
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    files: nodeFiles(),
    compression: pakoCompression,
    system: nodeSystem(),
    streams: nodeStreams(),
    processes: nodeProcesses(),
    writeError: (text) => {
      writeSync(STDERR, text);
    },
    writeOutput: (content) => {
      for (let at = 0; at < content.length; ) at += writeSync(STDOUT, content, at);
    },
  };
}

/** What V8 has been told on Node's command line; it takes note of it at the start only. */
function nativeStack(): number | undefined {
  const sizes = execArgv.map((option) => /^--stack[-_]size=(\d+)$/.exec(option)?.[1]);
  const last = sizes.findLast((size) => size !== undefined);
  return last === undefined ? undefined : Number(last) * KIBIBYTE;
}

const started = hrtime.bigint() - BigInt(Math.round(performance.now() * Number(NANOSECONDS)));

/** Nanoseconds since performance.timeOrigin. */
function elapsed(): bigint {
  return hrtime.bigint() - started;
}
