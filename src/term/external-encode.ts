/** Encoding to the external term format: the forms in which programs want the bytes. */
import { DEEPEST_ENCODED, ENCODED, externalKernels } from '../memory/external-kernels.ts';
import { storeByte } from '../memory/memory.ts';
import { copyBits, makeBinary, newBinary } from './bits.ts';
import { listOf } from './build.ts';
import { Encoder, LARGEST_BINARY } from './external-encoder.ts';
import { compressed, type Deflate } from './external-options.ts';
import { VERSION_MAGIC } from './external-tags.ts';
import { ExternalWriter } from './external-writer.ts';
import type { Term } from './layout.ts';
import { type Parts, whole } from './parts.ts';

export interface EncodeOptions {
  /** 0: floats as text and atoms in Latin-1 where possible; 1: atoms in Latin-1 where possible; 2 (default). */
  readonly minorVersion?: 0 | 1 | 2;
  /** 0 (default): not compressed; 1 to 9; -1: zlib's default. */
  readonly level?: number;
  readonly deterministic?: boolean;
  readonly local?: boolean;
  /** Needed when `level` is not 0. */
  readonly deflate?: Deflate;
}

const NO_OPTIONS: EncodeOptions = {};

/** term_to_binary/1,2: the bytes of `t`. */
export function encodeExternal(t: Term, options: EncodeOptions = NO_OPTIONS): Uint8Array {
  const writer = new ExternalWriter();
  writer.byte(VERSION_MAGIC);
  whole(new Encoder(writer, options, false).inParts(t));
  const plain = writer.taken();
  const level = options.level ?? 0;
  return level === 0 ? plain : compressed(plain, level, options.deflate);
}

/** The same in parts. */
export function* encodeInParts(t: Term, options: EncodeOptions = NO_OPTIONS): Parts<Uint8Array> {
  const writer = new ExternalWriter();
  writer.byte(VERSION_MAGIC);
  yield* new Encoder(writer, options, false).inParts(t);
  const level = options.level ?? 0;
  return level === 0 ? writer.content() : compressed(writer.content(), level, options.deflate);
}

/** term_to_binary/1 of a term that is small and of common types; undefined: of another one. */
export function encodeSmall(t: Term): Term | undefined {
  storeByte(ENCODED, VERSION_MAGIC);
  const end = externalKernels().encode(t, ENCODED + 1, DEEPEST_ENCODED, LARGEST_BINARY);
  if (end <= 0) return undefined;
  const size = end - ENCODED;
  const { term, data } = newBinary(size);
  copyBits(ENCODED, 0, data, 0, size * 8);
  return term;
}

/** The same without the version byte, never compressed. */
export function encodeBare(t: Term, options: EncodeOptions = NO_OPTIONS): Uint8Array {
  const writer = new ExternalWriter();
  whole(new Encoder(writer, options, false).inParts(t));
  return writer.taken();
}

/** external_size/1,2: how many bytes `encodeExternal` gives without compression. */
export function* externalSize(t: Term, options: EncodeOptions = NO_OPTIONS): Parts<number> {
  const writer = new ExternalWriter();
  yield* new Encoder(writer, options, false).inParts(t);
  return writer.position + 1;
}

/**
 * term_to_iovec/1,2: a list of binaries that together are what `encodeExternal` gives. Off-heap binaries inside `t` that begin at a
 * whole byte are elements themselves instead of being copied.
 */
export function* encodeIovec(t: Term, options: EncodeOptions = NO_OPTIONS): Parts<Term> {
  const mayShare = (options.level ?? 0) === 0 && options.local !== true;
  if (!mayShare) return listOf([makeBinary(yield* encodeInParts(t, options))]);
  const writer = new ExternalWriter();
  writer.byte(VERSION_MAGIC);
  yield* new Encoder(writer, options, true).inParts(t);
  return listOf(writer.segments().map((part) => (typeof part === 'number' ? part : makeBinary(part))));
}
