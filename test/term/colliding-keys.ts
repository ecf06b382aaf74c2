/** Keys of maps whose hashes agree. */
import { tuple } from '../../src/term/build.ts';
import { internalHash } from '../../src/term/hash.ts';
import { HEADER_TUPLE, makeHeader, type Term } from '../../src/term/layout.ts';

/** The inverse of an odd number modulo 2^32. */
function inverse(n: number): number {
  let x = n;
  for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(n, x));
  return x;
}

const rotateRight = (n: number, count: number): number => (n >>> count) | (n << (32 - count));

/** What a hash was before the end of MurmurHash3. */
function unfinished(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, inverse(0xc2b2ae35));
  h ^= (h >>> 13) ^ (h >>> 26);
  h = Math.imul(h, inverse(0x85ebca6b));
  return h ^ (h >>> 16);
}

/** One step of MurmurHash3, and the word that makes `after` of `before` in one. */
const scrambled = (word: number): number => Math.imul(rotateRight(Math.imul(word, 0xcc9e2d51), 17), 0x1b873593);
const stepped = (before: number, word: number): number =>
  (Math.imul(rotateRight(before ^ scrambled(word), 19), 5) + 0xe6546b64) | 0;
function wordBetween(before: number, after: number): number {
  const mixed = rotateRight(Math.imul(after - (0xe6546b64 | 0), inverse(5)), 13) ^ before;
  return Math.imul(rotateRight(Math.imul(mixed, inverse(0x1b873593)), 15), inverse(0xcc9e2d51));
}

const BEFORE_ELEMENT = stepped(0, makeHeader(HEADER_TUPLE, 1));

/** Makes groups of keys, {Integer}, on the heap in use; equal ones are the same term. */
export class CollidingKeys {
  private readonly made = new Map<number, Term>();

  /** Keys whose hashes agree in the first `bits` bits, at least `wanted` of them. */
  group(bits: number, wanted: number): Term[] {
    for (let prefix = 1; ; prefix++) {
      const found: Term[] = [];
      for (let low = 0; low < 2 ** (32 - bits) && low < 4096; low++) {
        const hash = (prefix << (32 - bits)) | low;
        const word = wordBetween(BEFORE_ELEMENT, unfinished(hash));
        if ((word & 3) === 3) found.push(this.key(word, hash));
      }
      if (found.length >= wanted) return found;
    }
  }

  private key(word: number, hash: number): Term {
    const key = this.made.get(word) ?? tuple(word as Term);
    if (internalHash(key) !== hash) throw new Error('the hash of a tuple is another one by now');
    this.made.set(word, key);
    return key;
  }
}
