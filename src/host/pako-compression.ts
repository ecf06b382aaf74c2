/**
 * Streams of zlib by pako, which ports zlib's C code to JavaScript, for every kind of host. (Node's own zlib will not do: its streams
 * cannot be driven synchronously, and it is built with another hash function, so its output differs from zlib's.)
 * deflateParams() and inflateGetDictionary(), which pako does not have, work on the streams' state as zlib's do.
 */
import {
  ZStream,
  zlibDeflate,
  zlibDeflateEnd,
  zlibDeflateInit2,
  zlibDeflateReset,
  zlibDeflateSetDictionary,
  zlibInflate,
  zlibInflateEnd,
  zlibInflateInit2,
  zlibInflateReset,
  zlibInflateSetDictionary,
} from 'pako';
import {
  type Compression,
  type DeflateOptions,
  type DeflateStream,
  type InflateStream,
  Z_BUF_ERROR,
  Z_OK,
  Z_STREAM_ERROR,
} from './compression.ts';

const Z_BLOCK = 5;
const WORD = 2 ** 32;
const NOTHING = new Uint8Array(0);
const DEFAULT_LEVEL = 6;
const MAX_LEVEL = 9;
const MAX_STRATEGY = 4;
const MAX_WINDOW_BITS = 15;
const METHOD_DEFLATED = 8;
const DEFAULT_MEMORY_LEVEL = 8;

type Flush = Parameters<typeof zlibDeflate>[1];
type Strategy = Parameters<typeof zlibDeflateInit2>[5];

/** What deflate has of its stream (deflate_state in zlib's deflate.h), as far as deflateParams() needs it. */
interface DeflateState {
  level: number;
  strategy: number;
  max_lazy_match: number;
  good_match: number;
  nice_match: number;
  max_chain_length: number;
  matches: number;
  readonly last_flush: number;
  readonly strstart: number;
  readonly block_start: number;
  readonly lookahead: number;
  readonly w_size: number;
  readonly head: Uint16Array;
  readonly prev: Uint16Array;
}

/** What inflate has of its window (inflate_state in zlib's inflate.h). */
interface InflateState {
  readonly window: Uint8Array | null;
  readonly whave: number;
  readonly wnext: number;
}

class PakoStream {
  consumed = 0;
  produced = 0;
  protected readonly stream = new ZStream();

  get adler(): number {
    const { adler } = this.stream;
    return adler < 0 ? adler + WORD : adler;
  }

  protected call(
    codec: (stream: ZStream, flush: Flush) => number,
    input: Uint8Array,
    output: Uint8Array,
    flush: number,
  ): number {
    const { stream } = this;
    stream.input = input;
    stream.next_in = 0;
    stream.avail_in = input.length;
    stream.output = output as Uint8Array<ArrayBuffer>;
    stream.next_out = 0;
    stream.avail_out = output.length;
    const result = codec(stream, flush as Flush);
    this.consumed = stream.next_in;
    this.produced = stream.next_out;
    stream.input = NOTHING;
    stream.output = NOTHING;
    return result;
  }
}

class PakoDeflater extends PakoStream implements DeflateStream {
  init({ level, method, windowBits, memoryLevel, strategy }: DeflateOptions): number {
    const canonicalHash = true;
    if (windowBits < -MAX_WINDOW_BITS) return Z_STREAM_ERROR;
    return zlibDeflateInit2(this.stream, level, method, windowBits, memoryLevel, strategy as Strategy, canonicalHash);
  }

  run(input: Uint8Array, output: Uint8Array, flush: number): number {
    this.consumed = 0;
    this.produced = 0;
    if (flush < 0 || flush > Z_BLOCK) return Z_STREAM_ERROR;
    if (output.length === 0) return Z_BUF_ERROR;
    return this.call(zlibDeflate, input, output, flush);
  }

  setDictionary(dictionary: Uint8Array): number {
    return zlibDeflateSetDictionary(this.stream, dictionary);
  }

  reset(): number {
    return zlibDeflateReset(this.stream);
  }

  end(): number {
    return zlibDeflateEnd(this.stream);
  }

  setParameters(wantedLevel: number, strategy: number, output: Uint8Array): number {
    const level = wantedLevel === -1 ? DEFAULT_LEVEL : wantedLevel;
    if (level < 0 || level > MAX_LEVEL || strategy < 0 || strategy > MAX_STRATEGY) return Z_STREAM_ERROR;
    const state = this.stream.state as DeflateState;
    this.consumed = 0;
    this.produced = 0;
    const otherFunction = strategy !== state.strategy || methodOf(level) !== methodOf(state.level);
    if (otherFunction && state.last_flush !== -2) {
      const result = this.run(NOTHING, output, Z_BLOCK);
      if (result === Z_STREAM_ERROR) return result;
      if (state.strstart - state.block_start + state.lookahead !== 0) return Z_BUF_ERROR;
    }
    if (state.level !== level) changeLevel(state, level);
    state.strategy = strategy;
    return Z_OK;
  }
}

/** Levels that search for matches in the same way: stored, fast and lazy. */
function methodOf(level: number): number {
  if (level === 0) return 0;
  return level < 4 ? 1 : 2;
}

function changeLevel(state: DeflateState, level: number): void {
  if (state.level === 0 && state.matches !== 0) {
    if (state.matches === 1) slideHash(state);
    else state.head.fill(0);
    state.matches = 0;
  }
  const template = new ZStream();
  zlibDeflateInit2(template, level, METHOD_DEFLATED, MAX_WINDOW_BITS, DEFAULT_MEMORY_LEVEL, 0, true);
  const { max_lazy_match, good_match, nice_match, max_chain_length } = template.state as DeflateState;
  Object.assign(state, { level, max_lazy_match, good_match, nice_match, max_chain_length });
}

/** What the hash chains say after the window has moved on by its size. */
function slideHash({ head, prev, w_size }: DeflateState): void {
  for (const positions of [head, prev]) {
    for (let i = 0; i < positions.length; i++) positions[i] = Math.max(0, (positions[i] as number) - w_size);
  }
}

class PakoInflater extends PakoStream implements InflateStream {
  init(windowBits: number): number {
    if (windowBits < -MAX_WINDOW_BITS) return Z_STREAM_ERROR;
    return zlibInflateInit2(this.stream, windowBits);
  }

  run(input: Uint8Array, output: Uint8Array, flush: number): number {
    return this.call(zlibInflate, input, output, flush);
  }

  setDictionary(dictionary: Uint8Array): number {
    return zlibInflateSetDictionary(this.stream, dictionary);
  }

  reset(): number {
    return zlibInflateReset(this.stream);
  }

  end(): number {
    return zlibInflateEnd(this.stream);
  }

  dictionary(): Uint8Array {
    const { window, whave, wnext } = this.stream.state as InflateState;
    if (window === null || whave === 0) return NOTHING;
    const content = new Uint8Array(whave);
    content.set(window.subarray(wnext, whave));
    content.set(window.subarray(0, wnext), whave - wnext);
    return content;
  }
}

export const pakoCompression: Compression = {
  deflater(options) {
    const stream = new PakoDeflater();
    const result = stream.init(options);
    return result === Z_OK ? stream : result;
  },
  inflater(windowBits) {
    const stream = new PakoInflater();
    const result = stream.init(windowBits);
    return result === Z_OK ? stream : result;
  },
};
