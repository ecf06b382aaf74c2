/**
 * Large maps: persistent hash array mapped tries (see hash-nodes.ts for the tree and what must hold of it). Functions here expect a
 * hashmap. Recursion is as deep as the tree, LEVELS + 1.
 */
import { allocate } from '../memory/heap.ts';
import { plus, store, words } from '../memory/memory.ts';
import { cons } from './build.ts';
import { compareExact } from './compare.ts';
import { identical } from './equality.ts';
import { internalHash } from './hash.ts';
import {
  BUCKET,
  childAt,
  childCount,
  childrenOffset,
  digitAt,
  HASH_MASK,
  hashmapSize,
  LEVELS,
  nodeBitmap,
  popCount,
} from './hash-nodes.ts';
import {
  type Addr,
  HASH_NODE_BITMAP,
  HASH_NODE_CHILDREN,
  HASHMAP_BITMAP,
  HASHMAP_CHILDREN,
  HASHMAP_COUNT,
  HEADER_HASH_NODE,
  HEADER_HASHMAP,
  HEADER_SIZE_SHIFT,
  HEADER_TYPE_MASK,
  makeHeader,
  NON_VALUE,
  PRIMARY_BOXED,
  type Term,
} from './layout.ts';
import type { Parts } from './parts.ts';
import { addressOf, head, header, headerSize, isCons, makeBoxed, tail } from './term.ts';

const KEYS_PER_REDUCTION = 8;
/** What merging a node costs, roughly. */
const NODE_REDUCTIONS = 4;

/** The bits of a key's hash that place it in a tree. */
export function keyHash(key: Term): number {
  return internalHash(key) & HASH_MASK;
}

/** The leaf of a key, or NON_VALUE. */
export function hashmapLeaf(map: Term, key: Term): Term {
  const hash = keyHash(key);
  const view = words;
  let at = (map - PRIMARY_BOXED + HASHMAP_BITMAP) >>> 2;
  for (let level = 0; level < LEVELS; level++) {
    const bitmap = view[at] as number;
    const bit = 1 << digitAt(hash, level);
    if ((bitmap & bit) === 0) return NON_VALUE;
    const child = view[at + 1 + popCount(bitmap & (bit - 1))] as Term;
    if (isCons(child)) return identical(head(child), key) ? child : NON_VALUE;
    at = (child - PRIMARY_BOXED + HASH_NODE_BITMAP) >>> 2;
  }
  const bucket = makeBoxed(((at << 2) - HASH_NODE_BITMAP) as Addr);
  const index = bucketIndex(bucket, key);
  return index < 0 ? NON_VALUE : childAt(bucket, index);
}

/** The value of a key, or NON_VALUE. */
export function hashmapGet(map: Term, key: Term): Term {
  const leaf = hashmapLeaf(map, key);
  return leaf === NON_VALUE ? NON_VALUE : tail(leaf);
}

function bucketIndex(bucket: Term, key: Term): number {
  for (let i = childCount(bucket) - 1; i >= 0; i--) if (identical(head(childAt(bucket, i)), key)) return i;
  return -1;
}

/** A node below the root. */
function makeNode(bitmap: number, children: readonly Term[]): Term {
  const a = allocate(2 + children.length);
  store(a, makeHeader(HEADER_HASH_NODE, 1 + children.length));
  store(plus(a, HASH_NODE_BITMAP), bitmap);
  for (let i = 0; i < children.length; i++) store(plus(a, HASH_NODE_CHILDREN + i * 4), children[i] as Term);
  return makeBoxed(a);
}

function makeRoot(bitmap: number, children: readonly Term[], count: number): Term {
  const a = allocate(3 + children.length);
  store(a, makeHeader(HEADER_HASHMAP, 2 + children.length));
  store(plus(a, HASHMAP_COUNT), count);
  store(plus(a, HASHMAP_BITMAP), bitmap);
  for (let i = 0; i < children.length; i++) store(plus(a, HASHMAP_CHILDREN + i * 4), children[i] as Term);
  return makeBoxed(a);
}

/** How many keys the latest change of a tree has added: -1, 0 or 1. The root's copy counts them. */
const change = { keys: 0 };

function copyWords(from: Addr, to: Addr, count: number): void {
  const source = from >>> 2;
  const target = to >>> 2;
  const view = words;
  for (let i = 0; i < count; i++) view[target + i] = view[source + i] as number;
}

/** A copy of a node of either type with room for another number of children; all words up to `kept` are copied. */
function copyNode(node: Term, kept: number, growth: number, bitmap: number): Addr {
  const old = header(node);
  const size = (old >>> HEADER_SIZE_SHIFT) + growth;
  const a = allocate(1 + size);
  copyWords(plus(addressOf(node), 4), plus(a, 4), kept / 4 - 1);
  store(a, makeHeader(old & HEADER_TYPE_MASK, size));
  if ((old & HEADER_TYPE_MASK) === HEADER_HASHMAP) {
    store(plus(a, HASHMAP_BITMAP), bitmap);
    words[(a + HASHMAP_COUNT) >>> 2] = (words[(a + HASHMAP_COUNT) >>> 2] as number) + change.keys;
  } else {
    store(plus(a, HASH_NODE_BITMAP), bitmap);
  }
  return a;
}

function replaceChild(node: Term, index: number, child: Term): Term {
  const end = (headerSize(node) + 1) * 4;
  const a = copyNode(node, end, 0, nodeBitmap(node));
  store(plus(a, childrenOffset(node) + index * 4), child);
  return makeBoxed(a);
}

function insertChild(node: Term, index: number, child: Term, bitmap: number): Term {
  const at = childrenOffset(node) + index * 4;
  const a = copyNode(node, at, 1, bitmap);
  store(plus(a, at), child);
  copyWords(plus(addressOf(node), at), plus(a, at + 4), headerSize(node) + 1 - at / 4);
  return makeBoxed(a);
}

function deleteChild(node: Term, index: number, bitmap: number): Term {
  const at = childrenOffset(node) + index * 4;
  const a = copyNode(node, at, -1, bitmap);
  copyWords(plus(addressOf(node), at + 4), plus(a, at), headerSize(node) - at / 4);
  return makeBoxed(a);
}

/** With a key's value put or replaced; the map itself if the value was the same word. */
export function hashmapPut(map: Term, key: Term, value: Term): Term {
  change.keys = 0;
  return putInto(map, keyHash(key), key, value, 0);
}

function putInto(node: Term, hash: number, key: Term, value: Term, level: number): Term {
  if (level === LEVELS) return putIntoBucket(node, key, value);
  const bitmap = nodeBitmap(node);
  const bit = 1 << digitAt(hash, level);
  const index = popCount(bitmap & (bit - 1));
  if ((bitmap & bit) === 0) {
    change.keys = 1;
    return insertChild(node, index, cons(key, value), bitmap | bit);
  }
  const child = childAt(node, index);
  const fresh = isCons(child)
    ? putOverLeaf(child, hash, key, value, level + 1)
    : putInto(child, hash, key, value, level + 1);
  return fresh === child ? node : replaceChild(node, index, fresh);
}

/** What stands in a leaf's place once a key of the same digits so far has been put: a leaf or a node of both. */
function putOverLeaf(leaf: Term, hash: number, key: Term, value: Term, level: number): Term {
  const own = head(leaf);
  if (identical(own, key)) return tail(leaf) === value ? leaf : cons(own, value);
  change.keys = 1;
  return join(leaf, keyHash(own), cons(key, value), hash, level);
}

/** The smallest tree of two leaves, for a level at which their digits agree so far. */
function join(a: Term, hashA: number, b: Term, hashB: number, level: number): Term {
  if (level === LEVELS) return makeNode(BUCKET, compareExact(head(a), head(b)) < 0 ? [a, b] : [b, a]);
  const digitA = digitAt(hashA, level);
  const digitB = digitAt(hashB, level);
  if (digitA === digitB) return makeNode(1 << digitA, [join(a, hashA, b, hashB, level + 1)]);
  return makeNode((1 << digitA) | (1 << digitB), digitA < digitB ? [a, b] : [b, a]);
}

function putIntoBucket(bucket: Term, key: Term, value: Term): Term {
  const known = bucketIndex(bucket, key);
  if (known >= 0) {
    const leaf = childAt(bucket, known);
    return tail(leaf) === value ? bucket : replaceChild(bucket, known, cons(head(leaf), value));
  }
  change.keys = 1;
  let index = 0;
  while (index < childCount(bucket) && compareExact(head(childAt(bucket, index)), key) < 0) index++;
  return insertChild(bucket, index, cons(key, value), BUCKET);
}

/** Without a key; the map itself if it does not have it. May leave FLATMAP_LIMIT keys, which is no hashmap that a program may see. */
export function hashmapDelete(map: Term, key: Term): Term {
  change.keys = 0;
  return deleteFrom(map, keyHash(key), key, 0);
}

/** What stands in a node's place without the key: a single leaf that remains below the root moves up. */
function deleteFrom(node: Term, hash: number, key: Term, level: number): Term {
  const bitmap = nodeBitmap(node);
  const bit = level === LEVELS ? 0 : 1 << digitAt(hash, level);
  if (level < LEVELS && (bitmap & bit) === 0) return node;
  const index = level === LEVELS ? bucketIndex(node, key) : popCount(bitmap & (bit - 1));
  if (index < 0) return node;
  const child = childAt(node, index);
  if (!isCons(child)) {
    const fresh = deleteFrom(child, hash, key, level + 1);
    if (fresh === child) return node;
    return level > 0 && isCons(fresh) && childCount(node) === 1 ? fresh : replaceChild(node, index, fresh);
  }
  if (!identical(head(child), key)) return node;
  change.keys = -1;
  if (level > 0 && childCount(node) === 2) {
    const other = childAt(node, 1 - index);
    if (isCons(other)) return other;
  }
  return deleteChild(node, index, bitmap & ~bit);
}

/** A hashmap of leaves whose keys differ, sorted by the hashes, which come as unsigned numbers; `count` is above FLATMAP_LIMIT. */
export function* hashmapOfSorted(leaves: readonly Term[], hashes: Uint32Array, count: number): Parts<Term> {
  const children: Term[] = [];
  let bitmap = 0;
  for (let from = 0; from < count; ) {
    const digit = digitAt(hashes[from] as number, 0);
    let to = from + 1;
    while (to < count && digitAt(hashes[to] as number, 0) === digit) to++;
    children.push(to - from === 1 ? (leaves[from] as Term) : buildNode(leaves, hashes, from, to, 1));
    bitmap |= 1 << digit;
    yield (to - from) / KEYS_PER_REDUCTION;
    from = to;
  }
  return makeRoot(bitmap, children, count);
}

/** The node of the leaves from `start` to `end` (exclusive), whose digits above `level` agree. */
function buildNode(leaves: readonly Term[], hashes: Uint32Array, start: number, end: number, level: number): Term {
  if (level === LEVELS) {
    const bucket = leaves.slice(start, end);
    return makeNode(
      BUCKET,
      bucket.sort((a, b) => compareExact(head(a), head(b))),
    );
  }
  const children: Term[] = [];
  let bitmap = 0;
  for (let from = start; from < end; ) {
    const digit = digitAt(hashes[from] as number, level);
    let to = from + 1;
    while (to < end && digitAt(hashes[to] as number, level) === digit) to++;
    children.push(to - from === 1 ? (leaves[from] as Term) : buildNode(leaves, hashes, from, to, level + 1));
    bitmap |= 1 << digit;
    from = to;
  }
  return makeNode(bitmap, children);
}

/** How many keys the latest merge found in both maps. */
const merged = { common: 0 };

/** The pairs of both maps; where both have a key, with the value of `b`. */
export function hashmapMerge(a: Term, b: Term): Term {
  merged.common = 0;
  return mergeNodes(a, b, 0);
}

/** Nodes above this level are merged child by child: below them lie about 1/4096 of the keys. */
const LEVELS_IN_PARTS = 3;

/** The same in parts. */
export function* hashmapMergeInParts(a: Term, b: Term): Parts<Term> {
  const counts = { common: 0 };
  return yield* mergeNodesInParts(a, b, 0, counts);
}

function* mergeNodesInParts(a: Term, b: Term, level: number, counts: { common: number }): Parts<Term> {
  const children: Term[] = [];
  for (const [childA, childB] of childPairs(a, b)) {
    if (childA === NON_VALUE || childB === NON_VALUE) {
      children.push(childA === NON_VALUE ? childB : childA);
    } else if (level + 1 < LEVELS_IN_PARTS && !isCons(childA) && !isCons(childB)) {
      children.push(yield* mergeNodesInParts(childA, childB, level + 1, counts));
    } else {
      merged.common = 0;
      children.push(mergeChildren(childA, childB, level + 1));
      counts.common += merged.common;
      yield NODE_REDUCTIONS;
    }
  }
  const bitmap = nodeBitmap(a) | nodeBitmap(b);
  if (level > 0) return makeNode(bitmap, children);
  return makeRoot(bitmap, children, hashmapSize(a) + hashmapSize(b) - counts.common);
}

/** The children of two nodes that have the same digit, in order; NON_VALUE where there is none. */
function childPairs(a: Term, b: Term): (readonly [Term, Term])[] {
  const bitmapA = nodeBitmap(a);
  const bitmapB = nodeBitmap(b);
  const pairs: (readonly [Term, Term])[] = [];
  let indexA = 0;
  let indexB = 0;
  for (let rest = bitmapA | bitmapB; rest !== 0; rest &= rest - 1) {
    const bit = rest & -rest;
    const childA = (bitmapA & bit) !== 0 ? childAt(a, indexA++) : NON_VALUE;
    pairs.push([childA, (bitmapB & bit) !== 0 ? childAt(b, indexB++) : NON_VALUE]);
  }
  return pairs;
}

function mergeNodes(a: Term, b: Term, level: number): Term {
  if (level === LEVELS) return mergeBuckets(a, b);
  const bitmapA = nodeBitmap(a);
  const bitmapB = nodeBitmap(b);
  const bitmap = bitmapA | bitmapB;
  const children: Term[] = [];
  let indexA = 0;
  let indexB = 0;
  for (let rest = bitmap; rest !== 0; rest &= rest - 1) {
    const bit = rest & -rest;
    const inA = (bitmapA & bit) !== 0;
    const inB = (bitmapB & bit) !== 0;
    const childA = inA ? childAt(a, indexA++) : NON_VALUE;
    const childB = inB ? childAt(b, indexB++) : NON_VALUE;
    children.push(inA && inB ? mergeChildren(childA, childB, level + 1) : inA ? childA : childB);
  }
  if (level > 0) return makeNode(bitmap, children);
  return makeRoot(bitmap, children, hashmapSize(a) + hashmapSize(b) - merged.common);
}

function mergeChildren(a: Term, b: Term, level: number): Term {
  if (!isCons(a) && !isCons(b)) return mergeNodes(a, b, level);
  change.keys = 0;
  let result: Term;
  if (isCons(b)) {
    const put = isCons(a) ? putOverLeaf : putInto;
    result = put(a, keyHash(head(b)), head(b), tail(b), level);
  } else {
    result = putInto(b, keyHash(head(a)), head(a), tail(a), level);
    // Where b has the key, its value stands.
    if (change.keys === 0) result = b;
  }
  if (change.keys === 0) merged.common++;
  return result;
}

function mergeBuckets(a: Term, b: Term): Term {
  let result = a;
  for (let i = 0; i < childCount(b); i++) {
    change.keys = 0;
    result = putIntoBucket(result, head(childAt(b, i)), tail(childAt(b, i)));
    if (change.keys === 0) merged.common++;
  }
  return result;
}
