/**
 * zlib as the core sees it: the streams of its C interface, with zlib's own numbers for levels, strategies, flush modes and
 * results. Output is byte for byte that of zlib 1.3.1.
 */

export const Z_FINISH = 4;

export const Z_OK = 0;
export const Z_STREAM_END = 1;
export const Z_NEED_DICT = 2;
export const Z_STREAM_ERROR = -2;
export const Z_DATA_ERROR = -3;
export const Z_BUF_ERROR = -5;

/** A z_stream. Every function that returns a number returns one of the results above. */
export interface ZlibStream {
  /** Bytes of input and output that the latest `run` has used up and made. */
  readonly consumed: number;
  readonly produced: number;
  /** Checksum of the data so far; after Z_NEED_DICT, that of the dictionary that is wanted. Unsigned. */
  readonly adler: number;
  /** Calls deflate() or inflate() once. */
  run(input: Uint8Array, output: Uint8Array, flush: number): number;
  setDictionary(dictionary: Uint8Array): number;
  reset(): number;
  end(): number;
}

export interface DeflateStream extends ZlibStream {
  /** deflateParams(), with room for no more than `output`. */
  setParameters(level: number, strategy: number, output: Uint8Array): number;
}

export interface InflateStream extends ZlibStream {
  /** What a dictionary would have to hold for what follows. */
  dictionary(): Uint8Array;
}

export interface DeflateOptions {
  readonly level: number;
  readonly method: number;
  readonly windowBits: number;
  readonly memoryLevel: number;
  readonly strategy: number;
}

export interface Compression {
  /** A new stream, or why there is none. */
  deflater(options: DeflateOptions): DeflateStream | number;
  inflater(windowBits: number): InflateStream | number;
}
