/** Compression of external terms by the host's zlib. */
import type { Machine } from '../process/machine.ts';
import type { Inflate } from '../term/external-decode.ts';
import type { Deflate } from '../term/external-options.ts';

/** zlib's numbers. */
const Z_FINISH = 4;
const Z_STREAM_END = 1;
const METHOD_DEFLATED = 8;
const WINDOW_BITS = 15;
const MEMORY_LEVEL = 8;
const DEFAULT_STRATEGY = 0;
/** DEFLATE cannot expand further than this. */
const MAX_RATIO = 1032;
/** What a stream can be longer than its content, at most (compressBound). */
const BOUND_OVERHEAD = 64;

/** Makes zlib streams. */
export function deflateOf(vm: Machine): Deflate {
  return (content, level) => {
    const stream = vm.host.compression.deflater({
      level,
      method: METHOD_DEFLATED,
      windowBits: WINDOW_BITS,
      memoryLevel: MEMORY_LEVEL,
      strategy: DEFAULT_STRATEGY,
    });
    if (typeof stream === 'number') throw new Error(`deflateInit2 gave ${stream}`);
    const output = new Uint8Array(content.length + Math.ceil(content.length / 1000) + BOUND_OVERHEAD);
    const result = stream.run(content, output, Z_FINISH);
    const { produced } = stream;
    stream.end();
    if (result !== Z_STREAM_END) throw new Error(`deflate gave ${result}`);
    return output.subarray(0, produced);
  };
}

/** Reads zlib streams. */
export function inflateOf(vm: Machine): Inflate {
  return (input, size) => {
    if (size > input.length * MAX_RATIO) return undefined;
    const stream = vm.host.compression.inflater(WINDOW_BITS);
    if (typeof stream === 'number') throw new Error(`inflateInit2 gave ${stream}`);
    const output = new Uint8Array(size);
    const result = stream.run(input.slice(), output, Z_FINISH);
    const { consumed, produced } = stream;
    stream.end();
    return result === Z_STREAM_END && produced === size ? { content: output, consumed } : undefined;
  };
}
