/** A map from keys of references that mostly has one entry at most: a process's monitors and aliases, without a Map for each. */
import type { RefKey } from './references.ts';

export class KeyMap<Value> {
  #key: RefKey | undefined;
  #value: Value | undefined;
  #more: Map<RefKey, Value> | undefined;

  get size(): number {
    return (this.#key === undefined ? 0 : 1) + (this.#more?.size ?? 0);
  }

  get(key: RefKey): Value | undefined {
    return key === this.#key ? this.#value : this.#more?.get(key);
  }

  /** The key must be new. */
  add(key: RefKey, value: Value): void {
    if (this.#key === undefined && (this.#more === undefined || this.#more.size === 0)) {
      this.#key = key;
      this.#value = value;
      return;
    }
    this.#more ??= new Map();
    this.#more.set(key, value);
  }

  delete(key: RefKey): boolean {
    if (key !== this.#key) return this.#more?.delete(key) ?? false;
    this.#key = undefined;
    this.#value = undefined;
    return true;
  }

  /** Calls `visit` for each entry, the oldest first. */
  forEach(visit: (value: Value, key: RefKey) => void): void {
    if (this.#key !== undefined) visit(this.#value as Value, this.#key);
    this.#more?.forEach(visit);
  }

  values(): Value[] {
    const all: Value[] = [];
    this.forEach((value) => {
      all.push(value);
    });
    return all;
  }
}
