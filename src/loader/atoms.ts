/** The atom table: chunk AtU8 (two forms), or Atom in files older than OTP 20. */
import { ByteReader } from './byte-reader.ts';
import { type Chunks, requiredChunk } from './chunks.ts';
import { CompactReader } from './compact-term.ts';
import { corrupt } from './load-error.ts';
import { decodeLatin1, decodeUtf8 } from './utf8.ts';

const maxChars = 255;
const maxBytes = maxChars * 4;

/**
 * Atoms by index; index 0 is '' and unused, 1 is the module's name. A negative count (OTP 28) says that the lengths
 * are compact terms instead of single bytes.
 */
export function readAtoms(chunks: Chunks): string[] {
  const latin1 = !chunks.has('AtU8') && chunks.has('Atom');
  const chunk = latin1 ? 'Atom' : 'AtU8';
  const reader = new ByteReader(requiredChunk(chunks, chunk), chunk);
  const compact = new CompactReader(reader);
  const rawCount = reader.i32();
  const count = reader.checkCount(Math.abs(rawCount), 1, 1);
  const atoms = [''];
  for (let i = 1; i <= count; i++) {
    const length = rawCount < 0 ? compact.unsigned(maxBytes) : reader.u8();
    const bytes = reader.slice(length);
    const text = latin1 ? decodeLatin1(bytes) : decodeUtf8(bytes, 0, length, maxChars);
    atoms.push(text ?? corrupt(chunk, `atom ${i} is not UTF-8 of at most ${maxChars} characters`));
  }
  return atoms;
}
