/** The container: an IFF form of type BEAM, made of named chunks padded to four bytes. */
import { ByteReader } from './byte-reader.ts';
import { corrupt, LoadError } from './load-error.ts';
import { decodeLatin1 } from './utf8.ts';

export type Chunks = ReadonlyMap<string, Uint8Array>;

const noBytes = new Uint8Array(0);

/**
 * The chunks of a `.beam` file, as views into it. Of chunks with one name the last counts, as in OTP. Bytes behind the
 * form are ignored. Rule: `iff_init` and `read_beam_chunks` in beam_file.c.
 */
export function readChunks(file: Uint8Array): Chunks {
  const header = new ByteReader(file, 'FOR1');
  if (header.remaining < 12) throw new LoadError('badfile', 'file is too short');
  if (decodeLatin1(header.slice(4)) !== 'FOR1') throw new LoadError('badfile', 'file does not start with FOR1');
  const form = new ByteReader(header.slice(header.i32()), 'FOR1');
  if (decodeLatin1(form.slice(4)) !== 'BEAM') throw new LoadError('badfile', 'form type is not BEAM');
  const chunks = new Map<string, Uint8Array>();
  while (form.remaining > 0) {
    const id = decodeLatin1(form.slice(4));
    const size = form.i32();
    const padding = (4 - (size & 3)) & 3;
    if (size < 0 || size + padding > form.remaining) corrupt(id, `declares ${size} bytes, has ${form.remaining}`);
    chunks.set(id, form.slice(size));
    form.slice(padding);
  }
  return chunks;
}

/** Contents of a chunk that need not be there; empty if it is not. */
export function optionalChunk(chunks: Chunks, id: string): Uint8Array {
  return chunks.get(id) ?? noBytes;
}

/** Contents of a chunk that must be there and not be empty. */
export function requiredChunk(chunks: Chunks, id: string): Uint8Array {
  const bytes = chunks.get(id);
  if (bytes === undefined || bytes.length === 0) throw new LoadError('badfile', `chunk ${id} is missing`);
  return bytes;
}
