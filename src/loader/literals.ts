/** The literal table: chunk LitT. */
import { ByteReader } from './byte-reader.ts';
import { inflateZlib } from './inflate.ts';
import { corrupt } from './load-error.ts';
import { scanExternal } from './scan-external.ts';

/**
 * The literals by index, each in the external term format and structurally valid. The chunk is compressed with zlib
 * behind its decompressed size; since OTP 28 a size of 0 says that it is not compressed.
 */
export function readLiterals(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return [];
  const header = new ByteReader(bytes, 'LitT');
  const size = header.i32();
  const body = header.slice(header.remaining);
  const reader = new ByteReader(size === 0 ? body : inflateZlib(body, size, 'LitT'), 'LitT');
  const count = reader.count(5);
  const literals: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const literal = reader.slice(reader.i32());
    const end = scanExternal(literal);
    if (end < 0) corrupt('LitT', `literal ${i} is not a valid external term`);
    literals.push(literal.subarray(0, end));
  }
  return literals;
}

/** A chunk that is one external term (Attr, CInf), or empty. */
export function readTermChunk(bytes: Uint8Array, chunk: string): Uint8Array {
  if (bytes.length > 0 && scanExternal(bytes) < 0) corrupt(chunk, 'is not a valid external term');
  return bytes;
}
