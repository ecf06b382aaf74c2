/**
 * Finding patterns in bytes: the earliest match, and of those that begin at the same byte the longest (erl_bif_binary.c). Time is linear in
 * the text: one pattern is searched for by its first byte, and by Knuth, Morris and Pratt's method where that gets
 * nowhere; several are searched for at once by Aho and Corasick's.
 */

import { bytesKernels } from '../../memory/bytes-kernels.ts';
import { bytes as memoryBytes } from '../../memory/memory.ts';

export interface Pattern {
  /** Bytes of the longest match. */
  readonly maxLength: number;
  /** Bytes of the match that was found last. */
  readonly matched: number;
  /** Where the first match in `text` begins, from `from` up to (not including) `end`; it may reach to `to`. -1: there is none. */
  find(text: Uint8Array, from: number, end: number, to: number): number;
}

const FIRST_CAPACITY = 32;

/** Ranges of bytes in their order: numbers in one array, since there may be very many. */
export class Ranges {
  #numbers = new Int32Array(FIRST_CAPACITY);
  #end = 0;

  get count(): number {
    return this.#end / 2;
  }

  push(from: number, length: number): void {
    const at = this.#end;
    if (at === this.#numbers.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[at] = from;
    this.#numbers[at + 1] = length;
    this.#end = at + 2;
  }

  /** Takes the last range away. */
  pop(): void {
    this.#end -= 2;
  }

  from(index: number): number {
    return this.#numbers[index * 2] as number;
  }

  length(index: number): number {
    return this.#numbers[index * 2 + 1] as number;
  }
}

/** Adds the matches that begin in [from, end) and do not overlap, from the first on; gives where to go on. */
export function findAll(
  pattern: Pattern,
  text: Uint8Array,
  from: number,
  end: number,
  to: number,
  found: Ranges,
): number {
  let at = from;
  while (at < end) {
    const start = pattern.find(text, at, end, to);
    if (start < 0) return end;
    found.push(start, pattern.matched);
    at = start + pattern.matched;
  }
  return at;
}

/** Comparisons that may be in vain per byte of the text before the way of searching changes. */
const PATIENCE = 4;
const FREE_COMPARISONS = 256;

/** One pattern, which is not empty. */
export class SinglePattern implements Pattern {
  private readonly bytes: Uint8Array;
  private borders: Int32Array | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get maxLength(): number {
    return this.bytes.length;
  }

  get matched(): number {
    return this.bytes.length;
  }

  find(text: Uint8Array, from: number, end: number, to: number): number {
    const { bytes } = this;
    const { length } = bytes;
    const last = Math.min(end - 1, to - length);
    let wasted = -FREE_COMPARISONS;
    for (let at = this.candidate(text, from, last); at >= 0; at = this.candidate(text, at + 1, last)) {
      let same = 1;
      while (same < length && text[at + same] === bytes[same]) same++;
      if (same === length) return at;
      wasted += same;
      if (wasted > PATIENCE * (at - from)) return this.findSteadily(text, at + 1, last);
    }
    return -1;
  }

  /** The first place in [from, last] that may begin a match; -1: there is none. */
  private candidate(text: Uint8Array, from: number, last: number): number {
    if (from > last) return -1;
    const { bytes } = this;
    const first = bytes[0] as number;
    if (text.buffer === memoryBytes.buffer) {
      const start = text.byteOffset;
      const reach = bytes.length - 1;
      const found = bytesKernels().findPair(start + from, start + last, first, bytes[reach] as number, reach);
      return found < 0 ? -1 : from + found;
    }
    const found = text.indexOf(first, from);
    return found > last ? -1 : found;
  }

  private findSteadily(text: Uint8Array, from: number, last: number): number {
    const { bytes } = this;
    const { length } = bytes;
    this.borders ??= bordersOf(bytes);
    let same = 0;
    for (let at = from; at - same <= last; at++) {
      while (same > 0 && bytes[same] !== text[at]) same = this.borders[same - 1] as number;
      if (bytes[same] === text[at]) same++;
      if (same === length) return at + 1 - same;
    }
    return -1;
  }
}

/** For every prefix the length of the longest shorter one that it ends in. */
function bordersOf(bytes: Uint8Array): Int32Array {
  const borders = new Int32Array(bytes.length);
  let length = 0;
  for (let i = 1; i < bytes.length; i++) {
    while (length > 0 && bytes[i] !== bytes[length]) length = borders[length - 1] as number;
    if (bytes[i] === bytes[length]) length++;
    borders[i] = length;
  }
  return borders;
}

const BYTE_VALUES = 256;
const ROOT = 0;
/** Where no more numbers than this are needed, the node that follows each node and byte is written down. */
const MOST_STEPS = 2 ** 16;

/** Several patterns, none of them empty. Nodes of the trie are numbers; 0 is the root. */
export class PatternSet implements Pattern {
  readonly maxLength: number;
  matched = 0;
  /** Child by node * 256 + byte; those of the root are in `first`, 0 where there is none. */
  private readonly children = new Map<number, number>();
  private readonly first = new Int32Array(BYTE_VALUES);
  private readonly depth: number[] = [0];
  /** The node of the longest proper suffix that is in the trie. */
  private readonly fallback: number[] = [ROOT];
  /** Length of the longest pattern that the node's string ends in; 0: none. */
  private readonly longest: number[] = [0];
  /** Bytes by class: 0 are those in no pattern. */
  private readonly classes = new Uint16Array(BYTE_VALUES);
  private classCount = 1;
  /** By node * classCount + class, unless that were too many. */
  private steps: Int32Array | undefined;

  constructor(patterns: readonly Uint8Array[]) {
    this.maxLength = patterns.reduce((most, { length }) => Math.max(most, length), 0);
    for (const pattern of patterns) this.add(pattern);
    this.link();
  }

  private child(node: number, byte: number): number {
    return node === ROOT ? (this.first[byte] as number) : (this.children.get(node * BYTE_VALUES + byte) ?? ROOT);
  }

  private add(pattern: Uint8Array): void {
    let node = ROOT;
    for (const byte of pattern) {
      if (this.classes[byte] === 0) this.classes[byte] = this.classCount++;
      let next = this.child(node, byte);
      if (next === ROOT) {
        next = this.depth.push((this.depth[node] as number) + 1) - 1;
        this.longest.push(0);
        this.fallback.push(ROOT);
        if (node === ROOT) this.first[byte] = next;
        else this.children.set(node * BYTE_VALUES + byte, next);
      }
      node = next;
    }
    this.longest[node] = pattern.length;
  }

  /** Nodes in order of their depth: a fallback is always less deep. */
  private link(): void {
    const edges: (readonly [parent: number, byte: number, child: number])[] = [];
    for (const [key, child] of this.children) edges.push([Math.floor(key / BYTE_VALUES), key % BYTE_VALUES, child]);
    edges.sort(([a], [b]) => (this.depth[a] as number) - (this.depth[b] as number));
    for (const [parent, byte, child] of edges) {
      const target = this.walk(this.fallback[parent] as number, byte);
      this.fallback[child] = target;
      if (this.longest[child] === 0) this.longest[child] = this.longest[target] as number;
    }
  }

  /** The node for the longest suffix of the node's string and `byte` that is in the trie. */
  private walk(from: number, byte: number): number {
    let node = from;
    for (;;) {
      const next = this.child(node, byte);
      if (next !== ROOT || node === ROOT) return next;
      node = this.fallback[node] as number;
    }
  }

  /** What `walk` gives, remembered as node + 1 where there is room for that. */
  private step(from: number, byte: number): number {
    if (this.depth.length * this.classCount > MOST_STEPS) return this.walk(from, byte);
    this.steps ??= new Int32Array(this.depth.length * this.classCount);
    const place = from * this.classCount + (this.classes[byte] as number);
    const known = this.steps[place] as number;
    if (known !== 0) return known - 1;
    const node = this.walk(from, byte);
    this.steps[place] = node + 1;
    return node;
  }

  find(text: Uint8Array, from: number, end: number, to: number): number {
    const { first, longest, depth } = this;
    let node = ROOT;
    let start = -1;
    for (let at = from; at < to; at++) {
      if (node === ROOT) {
        while (at < end && first[text[at] as number] === ROOT) at++;
        if (at >= end) break;
      }
      node = this.step(node, text[at] as number);
      const length = longest[node] as number;
      const begin = at + 1 - length;
      if (length > 0 && (start < 0 || begin < start || (begin === start && length > this.matched))) {
        start = begin;
        this.matched = length;
      }
      // What is still being matched begins here; nothing that begins later is better.
      if (start >= 0 && at + 1 - (depth[node] as number) > start) break;
    }
    return start < end ? start : -1;
  }
}
