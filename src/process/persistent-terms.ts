/**
 * Terms that all processes read where they lie (erl_bif_persistent.c). Each has a literal area, so neither the collector nor
 * sending copies it. The area of a term that was erased or replaced is released when no process holds parts of it.
 */
import { copyToArea, type LiteralArea } from '../memory/literal-area.ts';
import { identical } from '../term/equality.ts';
import { internalHash } from '../term/hash.ts';
import type { Term } from '../term/layout.ts';
import { isImmediate } from '../term/term.ts';
import type { LiteralReleases } from './literal-releases.ts';

export interface PersistentTerm {
  readonly key: Term;
  readonly value: Term;
  readonly area: LiteralArea;
  /** Until it is erased or replaced: then key and value may go at any time. */
  isLive: boolean;
}

/** Bytes of a term's entry beside its area, roughly. */
const ENTRY_BYTES = 64;
const WORD_BYTES = 4;

export class PersistentTerms {
  /** Those whose keys are immediates, by key; the others by hash. */
  private readonly immediates = new Map<Term, PersistentTerm>();
  private readonly others = new Map<number, PersistentTerm[]>();
  private readonly releases: LiteralReleases;

  constructor(releases: LiteralReleases) {
    this.releases = releases;
  }

  get(key: Term): Term | undefined {
    return this.find(key)?.value;
  }

  private find(key: Term): PersistentTerm | undefined {
    if (isImmediate(key)) return this.immediates.get(key);
    return this.others.get(internalHash(key))?.find((term) => identical(term.key, key));
  }

  /** Copies key and value, unless that very value is there already. Returns how many words were copied. */
  put(key: Term, value: Term): number {
    const old = this.find(key);
    if (old !== undefined) {
      if (identical(old.value, value)) return 0;
      this.remove(old);
    }
    const { area, copies } = copyToArea([key, value]);
    const term = { key: copies[0] as Term, value: copies[1] as Term, area, isLive: true };
    if (isImmediate(key)) {
      this.immediates.set(term.key, term);
      return area.wordCount;
    }
    const hash = internalHash(key);
    const same = this.others.get(hash);
    if (same === undefined) this.others.set(hash, [term]);
    else same.push(term);
    return area.wordCount;
  }

  /** False when there is no such term. */
  erase(key: Term): boolean {
    const term = this.find(key);
    if (term !== undefined) this.remove(term);
    return term !== undefined;
  }

  private remove(term: PersistentTerm): void {
    this.forget(term);
    term.isLive = false;
    // Nobody holds parts of a key: what get/0 gives are copies.
    if (isImmediate(term.value)) this.releases.free(term.area);
    else this.releases.add(term.area);
  }

  private forget(term: PersistentTerm): void {
    if (this.immediates.delete(term.key)) return;
    const hash = internalHash(term.key);
    const left = (this.others.get(hash) ?? []).filter((other) => other !== term);
    if (left.length === 0) this.others.delete(hash);
    else this.others.set(hash, left);
  }

  eraseAll(): void {
    for (const term of [...this.all()]) this.remove(term);
  }

  *all(): Generator<PersistentTerm> {
    yield* this.immediates.values();
    for (const terms of this.others.values()) yield* terms;
  }

  count(): number {
    let count = 0;
    for (const _ of this.all()) count++;
    return count;
  }

  /** Buckets of the table: what a hash finds at once. */
  bucketCount(): number {
    return this.immediates.size + this.others.size;
  }

  /** Bytes that the terms take. */
  memory(): number {
    let total = 0;
    for (const { area } of this.all()) total += ENTRY_BYTES + area.wordCount * WORD_BYTES;
    return total;
  }
}
