/** A set of numbers that mostly holds one at most: the links of a process. Without a Map for each process that has a link. */
export class NumberSet {
  #one: number | undefined;
  #more: Set<number> | undefined;

  add(value: number): void {
    if (this.#one === value) return;
    if (this.#more !== undefined) this.#more.add(value);
    else if (this.#one === undefined) this.#one = value;
    else this.#more = new Set([value]);
  }

  delete(value: number): boolean {
    if (this.#one !== value) return this.#more?.delete(value) ?? false;
    this.#one = undefined;
    return true;
  }

  has(value: number): boolean {
    return this.#one === value || this.#more?.has(value) === true;
  }

  /** Calls `visit` for each number, as the iterator gives them. */
  forEach(visit: (value: number) => void): void {
    if (this.#one !== undefined) visit(this.#one);
    this.#more?.forEach(visit);
  }

  *[Symbol.iterator](): Generator<number> {
    if (this.#one !== undefined) yield this.#one;
    if (this.#more !== undefined) yield* this.#more;
  }
}
