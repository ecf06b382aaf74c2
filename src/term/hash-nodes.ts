/**
 * The tree of a hashmap. Each level looks at LEVEL_BITS bits of the key's hash, most significant first; a node has a bitmap of the digits
 * that occur below it, and one child for each, in order of the digits. A child is a leaf, cons [Key|Value], or a further node.
 *
 * What must hold, so that maps of the same keys have the same tree however they were made:
 *  - every node below the root has at least two leaves below it;
 *  - below the last level stands a bucket: a hash node with bitmap BUCKET whose children are leaves, sorted by `compareExact`
 *    of their keys. Nothing but equal hashes makes one;
 *  - a hashmap has more than FLATMAP_LIMIT keys.
 */
import {
  HASH_NODE_BITMAP,
  HASH_NODE_CHILDREN,
  HASHMAP_BITMAP,
  HASHMAP_CHILDREN,
  HASHMAP_COUNT,
  HEADER_HASHMAP,
  type Term,
} from './layout.ts';
import { field, fieldTerm, headerSize, headerType, isCons } from './term.ts';

export const LEVEL_BITS = 4;
/** The bits of a hash that trees are made by: 29, so that a hash is also a small integer that is not negative (see map-iterate.ts). */
export const HASH_SHIFT = 3;
export const HASH_MASK = -1 << HASH_SHIFT;
export const LEVELS = Math.ceil((32 - HASH_SHIFT) / LEVEL_BITS);
export const BUCKET = 0;

/** The digit of a hash at a level (0: the root). */
export function digitAt(hash: number, level: number): number {
  return (hash << (LEVEL_BITS * level)) >>> (32 - LEVEL_BITS);
}

export function popCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Offset of a node's first child, for the root and for inner nodes. */
export function childrenOffset(node: Term): number {
  return headerType(node) === HEADER_HASHMAP ? HASHMAP_CHILDREN : HASH_NODE_CHILDREN;
}

export function nodeBitmap(node: Term): number {
  return field(node, headerType(node) === HEADER_HASHMAP ? HASHMAP_BITMAP : HASH_NODE_BITMAP);
}

export function childCount(node: Term): number {
  return headerSize(node) - (headerType(node) === HEADER_HASHMAP ? 2 : 1);
}

/** Child by its index from 0 (not by its digit). */
export function childAt(node: Term, index: number): Term {
  return fieldTerm(node, childrenOffset(node) + index * 4);
}

/** The number of keys of a hashmap. */
export function hashmapSize(map: Term): number {
  return field(map, HASHMAP_COUNT);
}

/** Appends the leaves below a node to `leaves`, in order of their hashes. */
export function collectLeaves(node: Term, leaves: Term[]): Term[] {
  const offset = childrenOffset(node);
  const end = offset + childCount(node) * 4;
  for (let at = offset; at < end; at += 4) {
    const child = fieldTerm(node, at);
    if (isCons(child)) leaves.push(child);
    else collectLeaves(child, leaves);
  }
  return leaves;
}
