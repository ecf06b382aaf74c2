/** Decoding the external term format, in two passes: external-scan.ts checks all lengths, then external-decoder.ts builds the terms. */
import { bytes as memoryBytes } from '../memory/memory.ts';
import { alignedAddress, bitSize } from './bits.ts';
import { badarg } from './erlang-error.ts';
import { Decoder } from './external-decoder.ts';
import { ExternalReader } from './external-reader.ts';
import { scanAtOnce, scanExternal } from './external-scan.ts';
import * as tags from './external-tags.ts';
import type { Term } from './layout.ts';
import { type Parts, whole } from './parts.ts';

/**
 * Inflates a zlib stream whose content should be `size` bytes long. Undefined when it is malformed or its content has another length;
 * `consumed` is the length of the stream. Must not reserve `size` bytes before it has seen that many.
 */
export type Inflate = (stream: Uint8Array, size: number) => { content: Uint8Array; consumed: number } | undefined;

export interface DecodeOptions {
  /** Refuse what would make new atoms or refer to functions that do not exist. */
  readonly safe?: boolean;
  /** For compressed terms; without it they are refused. */
  readonly inflate?: Inflate;
}

export interface Decoded {
  readonly term: Term;
  /** How many bytes of the input the term took (option `used` of binary_to_term/2). */
  readonly used: number;
}

const NO_OPTIONS: DecodeOptions = {};

/** binary_to_term/1,2: the term on the running process's heap. Raises badarg; what follows the term is ignored. */
export function decodeExternal(input: Uint8Array, options: DecodeOptions = NO_OPTIONS): Term {
  return decodeExternalUsed(input, options).term;
}

/** The same, with the number of bytes used. */
export function decodeExternalUsed(input: Uint8Array, options: DecodeOptions = NO_OPTIONS): Decoded {
  if (input[0] !== tags.VERSION_MAGIC || input[1] === tags.COMPRESSED) return whole(decodeInParts(input, options));
  return bareAtOnce(input, 1, options);
}

/** The same in parts. */
export function* decodeInParts(input: Uint8Array, options: DecodeOptions = NO_OPTIONS): Parts<Decoded> {
  if (input[0] !== tags.VERSION_MAGIC) throw badarg();
  if (input[1] !== tags.COMPRESSED || input.length < 6) return yield* bareInParts(input, 1, options);
  const size = new DataView(input.buffer, input.byteOffset + 2, 4).getUint32(0);
  const inflated = options.inflate?.(input.subarray(6), size);
  if (inflated === undefined || inflated.content.length !== size) throw badarg();
  const { term } = yield* bareInParts(inflated.content, 0, options);
  return { term, used: 6 + inflated.consumed };
}

/** Terms of so many bytes each that lie one behind the other, with version bytes, none compressed and none a view of linear memory. Raises badarg. */
export function decodeAll(input: Uint8Array, lengths: Int32Array): Term[] {
  const decoder = new Decoder(new ExternalReader(input, 0, false), false);
  const terms: Term[] = [];
  let from = 0;
  for (const length of lengths) {
    if (input[from] !== tags.VERSION_MAGIC || scanAtOnce(input, from + 1, input.length) < 0) throw badarg();
    terms.push(decoder.termAt(from + 1));
    from += length;
  }
  return terms;
}

/** A term without the version byte (and never compressed), from index `from` on. */
export function decodeBare(input: Uint8Array, from = 0): Term {
  return bareAtOnce(input, from, NO_OPTIONS).term;
}

/** Linear memory may grow while terms are built, which voids views of it. */
const lasting = (input: Uint8Array): Uint8Array => (input.buffer === memoryBytes.buffer ? input.slice() : input);

function bareAtOnce(input: Uint8Array, from: number, { safe = false }: DecodeOptions): Decoded {
  const own = lasting(input);
  const used = scanAtOnce(own, from, own.length);
  if (used < 0) throw badarg();
  return { term: new Decoder(new ExternalReader(own, from, safe), safe).termAt(from), used };
}

function* bareInParts(input: Uint8Array, from: number, options: DecodeOptions): Parts<Decoded> {
  const own = lasting(input);
  const end = yield* scanExternal(own, from);
  if (end < 0) throw badarg();
  const isSafe = options.safe === true;
  return { term: yield* new Decoder(new ExternalReader(own, from, isSafe), isSafe).inParts(), used: end };
}

/** The most bytes that are decoded at once, without a generator for each call. */
const SMALL_INPUT = 1024;
/** Where they lie meanwhile, with a 0 behind them. */
const smallInput = new Uint8Array(SMALL_INPUT + 1);
const smallDecoder = new Decoder(new ExternalReader(smallInput, 0, false), false);

/** binary_to_term/1 of a small binary; undefined: it is none, or compressed, or not aligned. Raises badarg. */
export function decodeSmall(binary: Term): Term | undefined {
  const size = bitSize(binary);
  const address = alignedAddress(binary);
  if (size > SMALL_INPUT * 8 || size % 8 !== 0 || address < 0) return undefined;
  const count = size / 8;
  if (memoryBytes[address + 1] === tags.COMPRESSED) return undefined;
  for (let i = 0; i < count; i++) smallInput[i] = memoryBytes[address + i] as number;
  smallInput[count] = 0;
  if (smallInput[0] !== tags.VERSION_MAGIC || scanAtOnce(smallInput, 1, count) < 0) throw badarg();
  return smallDecoder.termAt(1);
}
