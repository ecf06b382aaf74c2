/** Code that looks for keys in large maps (trees: term/hash-nodes.ts), for term-kernels.ts and the kernel that changes them. */
import { LEVEL_BITS } from '../term/hash-nodes.ts';
import { HASH_NODE_BITMAP, HASH_NODE_CHILDREN, HASHMAP_BITMAP, PRIMARY_BOXED, PRIMARY_CONS } from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, type Local } from '../wasm/types.ts';
import { pushIsCons } from './comparison-emitter.ts';

/** Where a search in a tree is. */
export interface Descent {
  readonly w: FunctionBuilder;
  /** Address of the node's bitmap, behind which the children lie. */
  readonly at: Local;
  /** The key's hash; its highest digit is the node's. */
  readonly hash: Local;
  readonly bitmap: Local;
  readonly bit: Local;
}

/** At the root of a map. */
export function descent(w: FunctionBuilder, map: Local, hash: Local): Descent {
  const d = { w, at: w.local(i32, 'at'), hash, bitmap: w.local(i32, 'bitmap'), bit: w.local(i32, 'bit') };
  w.localGet(map);
  w.i32Const(HASHMAP_BITMAP - PRIMARY_BOXED);
  w.i32Add();
  w.localSet(d.at);
  return d;
}

/** Pushes the bit of a hash's highest digit. */
export function pushBit(w: FunctionBuilder, hash: Local): void {
  w.i32Const(1);
  w.localGet(hash);
  w.i32Const(32 - LEVEL_BITS);
  w.i32ShrU();
  w.i32Shl();
}

/** Sets the node's bitmap and the digit's bit, and pushes that bit if the bitmap has it, else 0. */
export function lookUp({ w, at, hash, bitmap, bit }: Descent): void {
  w.localGet(at);
  w.i32Load();
  w.localTee(bitmap);
  pushBit(w, hash);
  w.localTee(bit);
  w.i32And();
}

/** Pushes the address of the digit's child, or of where it would lie. */
export function pushPlace({ w, at, bitmap, bit }: Descent): void {
  w.localGet(bitmap);
  w.localGet(bit);
  w.i32Const(1);
  w.i32Sub();
  w.i32And();
  w.i32Popcnt();
  w.i32Const(2);
  w.i32Shl();
  w.localGet(at);
  w.i32Add();
  w.i32Const(HASH_NODE_CHILDREN - HASH_NODE_BITMAP);
  w.i32Add();
}

/** Takes the highest digit off a hash. */
export function nextDigit(w: FunctionBuilder, hash: Local): void {
  w.localGet(hash);
  w.i32Const(LEVEL_BITS);
  w.i32Shl();
  w.localSet(hash);
}

/** On to a child that is a node. */
export function goDown({ w, at, hash }: Descent, child: Local): void {
  w.localGet(child);
  w.i32Const(HASH_NODE_BITMAP - PRIMARY_BOXED);
  w.i32Add();
  w.localSet(at);
  nextDigit(w, hash);
}

/** What `emitLeafAt` gives for a place that has a bucket. */
export const AT_BUCKET = 1;

/** (hashmap, hash) -> the leaf in the place of keys of this hash; 0: there is none; AT_BUCKET. */
export function emitLeafAt(w: FunctionBuilder): void {
  const [map, hash, child] = [w.param(0), w.param(1), w.local(i32, 'child')];
  const d = descent(w, map, hash);
  const next = w.loop();
  lookUp(d);
  w.i32Eqz();
  w.if();
  // No node but a bucket has an empty bitmap.
  w.localGet(d.bitmap);
  w.i32Eqz();
  w.return();
  w.end();
  pushPlace(d);
  w.i32Load();
  w.localSet(child);
  pushIsCons(w, child);
  w.if();
  w.localGet(child);
  w.return();
  w.end();
  goDown(d, child);
  w.br(next);
  w.end(next);
  w.unreachable();
}

/** Pushes the leaf's key (0) or value (4). */
export function loadOf(w: FunctionBuilder, leaf: Local, offset: number): void {
  w.localGet(leaf);
  w.i32Const(PRIMARY_CONS);
  w.i32Sub();
  w.i32Load(offset);
}

/** Functions that searches call. */
export interface SearchFunctions {
  /** (key) -> hash */
  readonly keyHash: FuncIndex;
  /** (hashmap, hash) -> see emitLeafAt */
  readonly leafAt: FuncIndex;
  /** (x, y) -> 1 or 0 */
  readonly identical: FuncIndex;
}

/** Sets the key's hash, and `leaf` to what is in the place. */
export function findLeaf(
  w: FunctionBuilder,
  { map, key, hash, leaf }: Record<'map' | 'key' | 'hash' | 'leaf', Local>,
  { keyHash, leafAt }: SearchFunctions,
): void {
  w.localGet(map);
  w.localGet(key);
  w.call(keyHash);
  w.localTee(hash);
  w.call(leafAt);
  w.localSet(leaf);
}

/** (hashmap, key) -> value or 0; `slow` decides about buckets. */
export function emitHashmapGet(w: FunctionBuilder, functions: SearchFunctions, slow: FuncIndex): void {
  const [map, key] = [w.param(0), w.param(1)];
  const leaf = w.local(i32, 'leaf');
  findLeaf(w, { map, key, hash: w.local(i32, 'hash'), leaf }, functions);
  w.localGet(leaf);
  w.i32Const(AT_BUCKET);
  w.i32Eq();
  w.if();
  w.localGet(map);
  w.localGet(key);
  w.returnCall(slow);
  w.end();
  w.localGet(leaf);
  w.if();
  loadOf(w, leaf, 0);
  w.localGet(key);
  w.call(functions.identical);
  w.if();
  loadOf(w, leaf, 4);
  w.return();
  w.end();
  w.end();
  w.i32Const(0);
}
