/** The hash of an atom's text that phash and phash2 build on (atom_hash in OTP's atom.c: hashpjw). */
import { atomName } from './atoms.ts';
import type { Term } from './layout.ts';
import { immediateValue } from './term.ts';

const encoder = new TextEncoder();
/** By atom index; filled as they are asked for. */
const hashes = new Map<number, number>();

/** The hash of an atom, 28 bits. */
export function atomHash(t: Term): number {
  const index = immediateValue(t);
  const known = hashes.get(index);
  if (known !== undefined) return known;
  const hash = hashText(atomName(t));
  hashes.set(index, hash);
  return hash;
}

/** Characters up to 255 count as one byte, whatever UTF-8 makes of them; others as their UTF-8 bytes. */
function hashText(text: string): number {
  const utf8 = encoder.encode(text);
  let hash = 0;
  for (let i = 0; i < utf8.length; i++) {
    let byte = utf8[i] as number;
    const next = utf8[i + 1] ?? 0;
    if ((byte & 0xfe) === 0xc2 && (next & 0xc0) === 0x80) {
      byte = ((byte << 6) & 0xff) | (next & 0x3f);
      i++;
    }
    hash = (hash << 4) + byte;
    const high = hash & 0xf0000000;
    if (high !== 0) hash ^= (high >>> 24) ^ high;
  }
  return hash >>> 0;
}
