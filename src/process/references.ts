/** The numbers of references that this virtual machine makes, and keys by which TypeScript maps find them. */
import { REF_NUMBERS, type Term } from '../term/layout.ts';
import { makeRef, THIS_NODE } from '../term/nodes.ts';
import { field, headerSize, isLocalRef } from '../term/term.ts';

/** A reference's first word holds 18 bits, as in OTP (its order on the wire: low word first). */
const LOW_RANGE = 2 ** 18;
const HIGH_RANGE = 2 ** 32;
const LOCAL_WORDS = 3;

/** A reference of this virtual machine as a number below 2^50; never reused. */
export type RefKey = number & { readonly __refKey: true };

export class References {
  /** What all references of this virtual machine have as their last word: references of an earlier life differ. */
  readonly #life: number;
  #next = 1;

  /** `life`: 32 bits that differ between runs (or not, where runs are to repeat). */
  constructor(life: number) {
    this.#life = life % HIGH_RANGE;
  }

  /** A key nobody has. */
  fresh(): RefKey {
    return this.#next++ as RefKey;
  }

  /** The reference with this key, as a term on the running process's heap. */
  term(key: RefKey): Term {
    return makeRef(THIS_NODE, this.numbers(key));
  }

  /** The number words of the reference with this key. */
  numbers(key: RefKey): readonly [number, number, number] {
    return [key % LOW_RANGE, Math.floor(key / LOW_RANGE) % HIGH_RANGE, this.#life];
  }

  /** The key of a reference term; undefined for any other term and for references that are not ours. */
  keyOf(t: Term): RefKey | undefined {
    if (!isLocalRef(t) || headerSize(t) < LOCAL_WORDS) return undefined;
    const word = (index: number): number => {
      const value = field(t, REF_NUMBERS + index * 4);
      return value < 0 ? value + HIGH_RANGE : value;
    };
    if (word(2) !== this.#life) return undefined;
    return (word(0) + word(1) * LOW_RANGE) as RefKey;
  }
}
