/** A hash table by numbers that come one after the other, as keys of references do: nothing but the entries is made when they come and go. */

export interface Keyed<Entry> {
  readonly key: number;
  /** The next one whose key is the same modulo the size of the table. */
  nextInTable: Entry | undefined;
}

const MIN_CHAINS = 256;

export class KeyTable<Entry extends Keyed<Entry>> {
  private chains: (Entry | undefined)[] = emptyChains(MIN_CHAINS);
  private count = 0;

  get size(): number {
    return this.count;
  }

  get(key: number): Entry | undefined {
    let entry = this.chains[key % this.chains.length];
    while (entry !== undefined && entry.key !== key) entry = entry.nextInTable;
    return entry;
  }

  /** There must be no entry with this key. */
  add(entry: Entry): void {
    if (this.count === this.chains.length) this.resize(2 * this.count);
    this.count++;
    this.link(entry);
  }

  delete(key: number): boolean {
    const chain = key % this.chains.length;
    let before: Entry | undefined;
    let entry = this.chains[chain];
    while (entry !== undefined && entry.key !== key) {
      before = entry;
      entry = entry.nextInTable;
    }
    if (entry === undefined) return false;
    if (before === undefined) this.chains[chain] = entry.nextInTable;
    else before.nextInTable = entry.nextInTable;
    entry.nextInTable = undefined;
    this.count--;
    if (this.chains.length > MIN_CHAINS && 16 * this.count < this.chains.length) this.resize(this.chains.length / 2);
    return true;
  }

  /** In the order of their keys. */
  all(): Entry[] {
    const entries: Entry[] = [];
    for (const first of this.chains) {
      for (let entry = first; entry !== undefined; entry = entry.nextInTable) entries.push(entry);
    }
    return entries.sort((a, b) => a.key - b.key);
  }

  private link(entry: Entry): void {
    const chain = entry.key % this.chains.length;
    entry.nextInTable = this.chains[chain];
    this.chains[chain] = entry;
  }

  private resize(chainCount: number): void {
    const { chains } = this;
    this.chains = emptyChains(chainCount);
    for (const first of chains) {
      let entry = first;
      while (entry !== undefined) {
        const { nextInTable } = entry;
        this.link(entry);
        entry = nextInTable;
      }
    }
  }
}

function emptyChains<Entry>(count: number): (Entry | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}
