/** Putting a key into a large map (term/hash-nodes.ts), for map-kernels.ts: copies of the nodes above its leaf. Buckets are left to TypeScript. */

import {
  AT_BUCKET,
  descent,
  findLeaf,
  goDown,
  loadOf,
  lookUp,
  nextDigit,
  pushBit,
  pushPlace,
  type SearchFunctions,
} from '../memory/hashmap-emitter.ts';
import {
  HASH_NODE_BITMAP,
  HASH_NODE_CHILDREN,
  HASHMAP_COUNT,
  HEADER_HASH_NODE,
  HEADER_SIZE_SHIFT,
  makeHeader,
  PRIMARY_BOXED,
  PRIMARY_CONS,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, type Local } from '../wasm/types.ts';
import { emitAllocate } from './emit-allocate.ts';
import { undecided } from './flatmap-emitter.ts';
import { pushHeader, pushIsPrimary } from './long-terms.ts';

interface PutFunctions extends SearchFunctions {
  /** (from, to, end of from) -> the address behind what was written. */
  readonly copy: FuncIndex;
  /** See emitJoin. */
  readonly join: FuncIndex;
  readonly moreHeap: FuncIndex;
}

interface Put {
  readonly map: Local;
  readonly key: Local;
  readonly value: Local;
  readonly hash: Local;
  /** The leaf in the key's place, or 0. */
  readonly leaf: Local;
  /** The hash of that leaf's key, if it is another key. */
  readonly own: Local;
  /** 1 if the key is new. */
  readonly isNew: Local;
}

/** A new node's or leaf's address, so many words. */
function allocateWords(w: FunctionBuilder, count: number, address: Local, moreHeap: FuncIndex): void {
  const words = w.local(i32);
  w.i32Const(count);
  w.localSet(words);
  emitAllocate(w, words, address, moreHeap);
}

function storeAt(w: FunctionBuilder, address: Local, offset: number, push: () => void): void {
  w.localGet(address);
  push();
  w.i32Store(offset);
}

/** (leaf, hash, other leaf, hash): a node of both, by hashes that differ and whose highest digit is the node's. */
export function emitJoin(w: FunctionBuilder, join: FuncIndex, moreHeap: FuncIndex): void {
  const [a, hashA, b, hashB] = [w.param(0), w.param(1), w.param(2), w.param(3)];
  const [bit, address] = [w.local(i32, 'bit'), w.local(i32, 'address')];
  const node = (children: readonly Local[]): void => {
    allocateWords(w, 2 + children.length, address, moreHeap);
    storeAt(w, address, 0, () => w.i32Const(makeHeader(HEADER_HASH_NODE, 1 + children.length)));
    storeAt(w, address, HASH_NODE_BITMAP, () => w.localGet(bit));
    for (const [i, child] of children.entries())
      storeAt(w, address, HASH_NODE_CHILDREN + 4 * i, () => w.localGet(child));
  };
  pushBit(w, hashA);
  pushBit(w, hashB);
  w.i32Or();
  w.localTee(bit);
  w.i32Popcnt();
  w.i32Const(1);
  w.i32Eq();
  w.if();
  for (const hash of [hashA, hashB]) nextDigit(w, hash);
  for (const argument of [a, hashA, b, hashB]) w.localGet(argument);
  w.call(join);
  w.localSet(a);
  node([a]);
  w.else();
  w.localGet(hashA);
  w.localGet(hashB);
  w.i32LtU();
  w.if();
  node([a, b]);
  w.else();
  node([b, a]);
  w.end();
  w.end();
  w.localGet(address);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
}

/** Finds out what the key's leaf and `isNew` are. Returns where nothing changes, or something else has to decide. */
function emitDecide(w: FunctionBuilder, put: Put, puts: Local, functions: PutFunctions): void {
  const { map, key, value, hash, leaf, own, isNew } = put;
  findLeaf(w, put, functions);
  w.localGet(leaf);
  w.i32Const(AT_BUCKET);
  w.i32Eq();
  undecidedIf(w);
  w.i32Const(1);
  w.localSet(isNew);
  w.localGet(leaf);
  w.if();
  loadOf(w, leaf, 0);
  w.localGet(key);
  w.call(functions.identical);
  w.if();
  loadOf(w, leaf, 4);
  w.localGet(value);
  w.i32Eq();
  w.if();
  w.localGet(map);
  w.return();
  w.end();
  loadOf(w, leaf, 0);
  w.localSet(key);
  w.i32Const(0);
  w.localSet(isNew);
  w.else();
  loadOf(w, leaf, 0);
  w.call(functions.keyHash);
  w.localTee(own);
  w.localGet(hash);
  w.i32Eq();
  undecidedIf(w);
  w.end();
  w.end();
  w.localGet(isNew);
  w.localGet(puts);
  w.i32GtU();
  undecidedIf(w);
}

function undecidedIf(w: FunctionBuilder): void {
  w.if();
  undecided(w);
  w.end();
}

/** Pushes what comes into the place: a leaf of the key and the value, with the other key's a node. */
function pushChanged(
  w: FunctionBuilder,
  { key, value, hash, leaf, own, isNew }: Put,
  { join, moreHeap }: PutFunctions,
): void {
  const fresh = w.local(i32, 'fresh');
  allocateWords(w, 2, fresh, moreHeap);
  storeAt(w, fresh, 0, () => w.localGet(key));
  storeAt(w, fresh, 4, () => w.localGet(value));
  w.localGet(fresh);
  w.i32Const(PRIMARY_CONS);
  w.i32Or();
  w.localSet(fresh);
  w.localGet(leaf);
  w.i32Const(0);
  w.i32Ne();
  w.localGet(isNew);
  w.i32And();
  w.if(i32);
  for (const digits of [hash, own]) nextDigit(w, digits);
  for (const argument of [leaf, own, fresh, hash]) w.localGet(argument);
  w.call(join);
  w.else();
  w.localGet(fresh);
  w.end();
}

/** A node that is copied. */
interface NodeCopy {
  readonly node: Local;
  /** 1: the copy gets another word at `place`. */
  readonly gap: Local;
  readonly place: Local;
  readonly address: Local;
  /** The copy's word for the place. */
  readonly slot: Local;
}

function emitCopyNode(
  w: FunctionBuilder,
  { node, gap, place, address, slot }: NodeCopy,
  functions: PutFunctions,
): void {
  const [words, end] = [w.local(i32, 'words'), w.local(i32, 'end')];
  w.localGet(node);
  pushHeader(w, node);
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32ShrU();
  w.localTee(words);
  w.i32Const(2);
  w.i32Shl();
  w.i32Add();
  w.i32Const(4 - PRIMARY_BOXED);
  w.i32Add();
  w.localSet(end);
  w.localGet(words);
  w.localGet(gap);
  w.i32Add();
  w.i32Const(1);
  w.i32Add();
  w.localSet(words);
  emitAllocate(w, words, address, functions.moreHeap);
  w.localGet(node);
  w.i32Const(PRIMARY_BOXED);
  w.i32Sub();
  w.localGet(address);
  w.localGet(place);
  w.call(functions.copy);
  w.localSet(slot);
  w.localGet(place);
  w.localGet(slot);
  w.localGet(gap);
  w.i32Const(2);
  w.i32Shl();
  w.i32Add();
  w.localGet(end);
  w.call(functions.copy);
  w.drop();
}

/** Copies the nodes from the root down to the one that has the key's place, its word `slot`; `top` is the new root. */
function emitCopyNodes(
  w: FunctionBuilder,
  put: Put,
  { top, slot }: { top: Local; slot: Local },
  functions: PutFunctions,
): void {
  const [node, gap, place] = [w.local(i32, 'node'), w.local(i32, 'gap'), w.local(i32, 'place')];
  const [address, above] = [w.local(i32, 'address'), w.local(i32, 'above')];
  const d = descent(w, put.map, put.hash);
  w.localGet(put.map);
  w.localSet(node);
  const done = w.block();
  const next = w.loop();
  lookUp(d);
  w.i32Eqz();
  w.localSet(gap);
  pushPlace(d);
  w.localSet(place);
  w.localGet(slot);
  w.localSet(above);
  emitCopyNode(w, { node, gap, place, address, slot }, functions);
  hang(w, address, { top, above });
  w.localGet(gap);
  w.if();
  storeAt(w, address, 0, () => {
    pushHeader(w, node);
    w.i32Const(1 << HEADER_SIZE_SHIFT);
    w.i32Add();
  });
  // The bitmap lies where it lies in the node.
  w.localGet(address);
  w.localGet(d.at);
  w.i32Add();
  w.localGet(node);
  w.i32Sub();
  w.localGet(d.bitmap);
  w.localGet(d.bit);
  w.i32Or();
  w.i32Store(PRIMARY_BOXED);
  w.br(done);
  w.end();
  w.localGet(slot);
  w.i32Load();
  w.localSet(node);
  pushIsPrimary(w, node, PRIMARY_CONS);
  w.brIf(done);
  goDown(d, node);
  nextDigit(w, put.own);
  w.br(next);
  w.end(next);
  w.end(done);
}

/** Puts the node at the address into its word of the one above, or makes it the root. */
function hang(w: FunctionBuilder, address: Local, { top, above }: { top: Local; above: Local }): void {
  const pushTerm = (): void => {
    w.localGet(address);
    w.i32Const(PRIMARY_BOXED);
    w.i32Or();
  };
  w.localGet(above);
  w.if();
  storeAt(w, above, 0, pushTerm);
  w.else();
  pushTerm();
  w.localSet(top);
  w.end();
}

/** (hashmap, key, value, 1: a key that the map does not have is put) -> hashmap or 0 */
export function emitHashmapPut(w: FunctionBuilder, functions: PutFunctions): void {
  const [map, key, value, puts] = [w.param(0), w.param(1), w.param(2), w.param(3)];
  const [hash, leaf, own, isNew] = [
    w.local(i32, 'hash'),
    w.local(i32, 'leaf'),
    w.local(i32, 'own'),
    w.local(i32, 'isNew'),
  ];
  const put: Put = { map, key, value, hash, leaf, own, isNew };
  const [top, slot] = [w.local(i32, 'top'), w.local(i32, 'slot')];
  emitDecide(w, put, puts, functions);
  emitCopyNodes(w, put, { top, slot }, functions);
  storeAt(w, slot, 0, () => pushChanged(w, put, functions));
  w.localGet(top);
  w.localGet(top);
  w.i32Load(HASHMAP_COUNT - PRIMARY_BOXED);
  w.localGet(isNew);
  w.i32Add();
  w.i32Store(HASHMAP_COUNT - PRIMARY_BOXED);
  w.localGet(top);
}
