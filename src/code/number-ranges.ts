/** Consecutive numbers that belong to modules, and are given out again when the module is purged. */

export class NumberRanges<Owner> {
  /** First number of each range, ascending, and whose they are; undefined: not told yet. */
  private readonly firsts: number[] = [];
  private readonly owners: (Owner | undefined)[] = [];
  /** First numbers of ranges that are free, by size: a module that is loaded again and again needs the same size each time. */
  private readonly free = new Map<number, number[]>();
  private next: number;

  constructor(first: number) {
    this.next = first;
  }

  /** Above all numbers that were given out. */
  get end(): number {
    return this.next;
  }

  /** The first of `count` numbers that belong to nobody; `setOwner` is to follow. */
  take(count: number): number {
    const freed = this.free.get(count)?.pop();
    if (freed !== undefined) return freed;
    const first = this.next;
    this.next += count;
    this.firsts.push(first);
    this.owners.push(undefined);
    return first;
  }

  setOwner(first: number, owner: Owner): void {
    this.owners[this.indexOf(first)] = owner;
  }

  /** The owner is asked about its numbers until somebody else has them: a stack trace may still hold some. */
  release(first: number, count: number): void {
    if (count === 0) return;
    const same = this.free.get(count);
    if (same === undefined) this.free.set(count, [first]);
    else same.push(first);
  }

  ownerOf(number: number): Owner | undefined {
    return this.owners[this.indexOf(number)];
  }

  /** Index of the last range that begins at `wanted` or below. */
  private indexOf(wanted: number): number {
    let low = 0;
    let high = this.firsts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.firsts[middle] as number) <= wanted) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
