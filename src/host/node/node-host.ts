/** What the core needs of the outside, from Node. */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { hrtime } from 'node:process';
import type { Host } from '../host.ts';

const STDERR = 2;
const NANOSECONDS = 1_000_000n;

export function nodeHost(): Host {
  return {
    clock: {
      monotonicMilliseconds: () => performance.now(),
      systemNanoseconds: () => BigInt(Math.round(performance.timeOrigin * 1000)) * 1000n + elapsed(),
    },
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    writeError: (text) => {
      writeSync(STDERR, text);
    },
  };
}

const started = hrtime.bigint() - BigInt(Math.round(performance.now() * Number(NANOSECONDS)));

/** Nanoseconds since performance.timeOrigin. */
function elapsed(): bigint {
  return hrtime.bigint() - started;
}
