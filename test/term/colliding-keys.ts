/** Keys of maps whose hashes agree. */
import type { Term } from '../../src/term/layout.ts';

/** The inverse of an odd number modulo 2^32. */
function inverse(n: number): number {
  let x = n;
  for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(n, x));
  return x;
}

/** The word of the immediate whose internal hash is `hash`: the end of MurmurHash3, backwards. */
function wordOfHash(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, inverse(0xc2b2ae35));
  h ^= (h >>> 13) ^ (h >>> 26);
  h = Math.imul(h, inverse(0x85ebca6b));
  return h ^ (h >>> 16);
}

/** Integers whose hashes agree in the first `bits` bits, at least `wanted` of them. */
export function colliding(bits: number, wanted: number): Term[] {
  for (let prefix = 1; ; prefix++) {
    const found: Term[] = [];
    for (let low = 0; low < 2 ** (32 - bits) && low < 4096; low++) {
      const word = wordOfHash((prefix << (32 - bits)) | low);
      if ((word & 3) === 3) found.push(word as Term);
    }
    if (found.length >= wanted) return found;
  }
}
