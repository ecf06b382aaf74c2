/**
 * Finding patterns in bytes: the earliest match, and of those that begin at the same byte the longest (erl_bif_binary.c). Time is linear in
 * the text: one pattern is searched for by its first byte, and by Knuth, Morris and Pratt's method where that gets
 * nowhere; several are searched for at once by Aho and Corasick's.
 */

export interface Match {
  readonly from: number;
  readonly length: number;
}

export interface Pattern {
  /** Bytes of the longest match. */
  readonly maxLength: number;
  /** The first match within `text` from `from` up to (not including) `to`; undefined when there is none. */
  find(text: Uint8Array, from: number, to: number): Match | undefined;
}

/** All matches that do not overlap, from the first on. */
export function findAll(pattern: Pattern, text: Uint8Array, from: number, to: number): Match[] {
  const matches: Match[] = [];
  let match = pattern.find(text, from, to);
  while (match !== undefined) {
    matches.push(match);
    match = pattern.find(text, match.from + match.length, to);
  }
  return matches;
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

  find(text: Uint8Array, from: number, to: number): Match | undefined {
    const { bytes } = this;
    const { length } = bytes;
    const first = bytes[0] as number;
    const last = to - length;
    let wasted = -FREE_COMPARISONS;
    for (let at = text.indexOf(first, from); at >= 0 && at <= last; at = text.indexOf(first, at + 1)) {
      let same = 1;
      while (same < length && text[at + same] === bytes[same]) same++;
      if (same === length) return { from: at, length };
      wasted += same;
      if (wasted > PATIENCE * (at - from)) return this.findSteadily(text, at + 1, to);
    }
    return undefined;
  }

  private findSteadily(text: Uint8Array, from: number, to: number): Match | undefined {
    const { bytes } = this;
    this.borders ??= bordersOf(bytes);
    let same = 0;
    for (let at = from; at < to; at++) {
      while (same > 0 && bytes[same] !== text[at]) same = this.borders[same - 1] as number;
      if (bytes[same] === text[at]) same++;
      if (same === bytes.length) return { from: at + 1 - same, length: same };
    }
    return undefined;
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

/** Several patterns, none of them empty. Nodes of the trie are numbers; 0 is the root. */
export class PatternSet implements Pattern {
  readonly maxLength: number;
  /** Child by node * 256 + byte; those of the root are in `first`, 0 where there is none. */
  private readonly children = new Map<number, number>();
  private readonly first = new Int32Array(BYTE_VALUES);
  private readonly depth: number[] = [0];
  /** The node of the longest proper suffix that is in the trie. */
  private readonly fallback: number[] = [ROOT];
  /** Length of the longest pattern that the node's string ends in; 0: none. */
  private readonly longest: number[] = [0];

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
      const target = this.step(this.fallback[parent] as number, byte);
      this.fallback[child] = target;
      if (this.longest[child] === 0) this.longest[child] = this.longest[target] as number;
    }
  }

  /** The node for the longest suffix of the node's string and `byte` that is in the trie. */
  private step(from: number, byte: number): number {
    let node = from;
    for (;;) {
      const next = this.child(node, byte);
      if (next !== ROOT || node === ROOT) return next;
      node = this.fallback[node] as number;
    }
  }

  find(text: Uint8Array, from: number, to: number): Match | undefined {
    let node = ROOT;
    let best: Match | undefined;
    for (let at = from; at < to; at++) {
      node = this.step(node, text[at] as number);
      const length = this.longest[node] as number;
      const start = at + 1 - length;
      if (length > 0 && (best === undefined || start < best.from || (start === best.from && length > best.length))) {
        best = { from: start, length };
      }
      // What is still being matched begins here; nothing that begins later is better.
      if (best !== undefined && at + 1 - (this.depth[node] as number) > best.from) return best;
    }
    return best;
  }
}
