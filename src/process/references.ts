/** The numbers of references that this virtual machine makes, and keys by which TypeScript maps find them. */
import { allocate } from '../memory/heap.ts';
import { plus, store } from '../memory/memory.ts';
import { type Addr, HEADER_REF, makeHeader, REF_NUMBERS, REF_WORDS, type Term } from '../term/layout.ts';
import { field, headerSize, isLocalRef, makeBoxed } from '../term/term.ts';

/** A reference's first word holds 18 bits, as in OTP (its order on the wire: low word first). */
const LOW_RANGE = 2 ** 18;
const HIGH_RANGE = 2 ** 32;
const LOCAL_WORDS = 3;
const REF_HEADER = makeHeader(HEADER_REF, REF_WORDS);
/** Words that a reference takes. */
export const REFERENCE_WORDS = 1 + REF_WORDS;

/** A reference of this virtual machine as a number below 2^50; never reused. */
export type RefKey = number & { readonly __refKey: true };

export class References {
  /** What all references of this virtual machine have as their last word: references of an earlier life differ. Signed: as in memory. */
  readonly #life: number;
  #next = 1;

  /** `life`: 32 bits that differ between runs (or not, where runs are to repeat). */
  constructor(life: number) {
    const low = life % HIGH_RANGE;
    this.#life = low < HIGH_RANGE / 2 ? low : low - HIGH_RANGE;
  }

  /** A key nobody has. */
  fresh(): RefKey {
    return this.#next++ as RefKey;
  }

  /** The reference with this key, as a term on the running process's heap. */
  term(key: RefKey): Term {
    const a = allocate(REFERENCE_WORDS);
    this.write(key, a);
    return makeBoxed(a);
  }

  /** Writes the REFERENCE_WORDS words of the reference with this key to an address. */
  write(key: RefKey, a: Addr): void {
    store(a, REF_HEADER);
    store(plus(a, REF_NUMBERS), key % LOW_RANGE);
    store(plus(a, REF_NUMBERS + 4), key < LOW_RANGE ? 0 : Math.floor(key / LOW_RANGE) % HIGH_RANGE);
    store(plus(a, REF_NUMBERS + 8), this.#life);
  }

  /** The number words of the reference with this key. */
  numbers(key: RefKey): readonly [number, number, number] {
    return [key % LOW_RANGE, Math.floor(key / LOW_RANGE) % HIGH_RANGE, unsigned(this.#life)];
  }

  /** The key of a reference term; undefined for any other term and for references that are not ours. */
  keyOf(t: Term): RefKey | undefined {
    if (!isLocalRef(t) || headerSize(t) < LOCAL_WORDS) return undefined;
    if (field(t, REF_NUMBERS + 8) !== this.#life) return undefined;
    const low = field(t, REF_NUMBERS);
    const high = field(t, REF_NUMBERS + 4);
    // Most keys are small integers to the engine, too.
    if (high === 0 && low >= 0) return low as RefKey;
    return (unsigned(low) + unsigned(high) * LOW_RANGE) as RefKey;
  }
}

function unsigned(word: number): number {
  return word < 0 ? word + HIGH_RANGE : word;
}
