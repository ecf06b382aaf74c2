/** The process dictionary (erl_process_dict.c in OTP): terms on the process's own heap, found by exact equality. */
import { identical } from '../term/equality.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import { phash2 } from '../term/phash2.ts';
import { isImmediate } from '../term/term.ts';

interface Entry {
  key: Term;
  value: Term;
}

export class Dictionary {
  /** By the key's word; atoms and smalls never move. */
  private readonly byWord = new Map<Term, Term>();
  private readonly byHash = new Map<number, Entry[]>();

  /** The value, or NON_VALUE. */
  get(key: Term): Term {
    if (isImmediate(key)) return this.byWord.get(key) ?? NON_VALUE;
    return this.bucket(key)?.find((entry) => identical(entry.key, key))?.value ?? NON_VALUE;
  }

  /** Returns the value until now, or NON_VALUE. */
  put(key: Term, value: Term): Term {
    if (isImmediate(key)) {
      const known = this.byWord.get(key);
      this.byWord.set(key, value);
      return known ?? NON_VALUE;
    }
    const bucket = this.bucket(key);
    const entry = bucket?.find((candidate) => identical(candidate.key, key));
    if (entry !== undefined) {
      const known = entry.value;
      entry.value = value;
      return known;
    }
    if (bucket === undefined) this.byHash.set(phash2(key), [{ key, value }]);
    else bucket.push({ key, value });
    return NON_VALUE;
  }

  /** Returns the value that was erased, or NON_VALUE. */
  erase(key: Term): Term {
    if (isImmediate(key)) {
      const known = this.byWord.get(key) ?? NON_VALUE;
      this.byWord.delete(key);
      return known;
    }
    const bucket = this.bucket(key);
    const index = bucket?.findIndex((entry) => identical(entry.key, key)) ?? -1;
    if (bucket === undefined || index < 0) return NON_VALUE;
    const [entry] = bucket.splice(index, 1) as [Entry];
    if (bucket.length === 0) this.byHash.delete(phash2(key));
    return entry.value;
  }

  clear(): void {
    this.byWord.clear();
    this.byHash.clear();
  }

  entries(): { readonly key: Term; readonly value: Term }[] {
    const all = [...this.byWord].map(([key, value]) => ({ key, value }));
    for (const bucket of this.byHash.values()) all.push(...bucket);
    return all;
  }

  visitRoots(visit: (t: Term) => Term): void {
    for (const [key, value] of this.byWord) if (!isImmediate(value)) this.byWord.set(key, visit(value));
    for (const bucket of this.byHash.values()) {
      for (const entry of bucket) {
        entry.key = visit(entry.key);
        entry.value = visit(entry.value);
      }
    }
  }

  private bucket(key: Term): Entry[] | undefined {
    return this.byHash.get(phash2(key));
  }
}
