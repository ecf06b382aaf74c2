/** Reading and making small maps in kernels (map-kernels.ts): copies of words, and where a new key belongs. */
import {
  ATOM_TAG,
  FLATMAP_KEYS,
  FLATMAP_LIMIT,
  FLATMAP_VALUES,
  HEADER_FLATMAP,
  HEADER_HASHMAP,
  HEADER_SIZE_SHIFT,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  IMMED_MASK,
  makeHeader,
  PRIMARY_BOXED,
  PRIMARY_SMALL,
  TUPLE_ELEMENTS,
  UNDECIDED_ORDER,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, type Local } from '../wasm/types.ts';
import { emitAllocate } from './emit-allocate.ts';
import { pushHeader, pushIsPrimary } from './long-terms.ts';

export function undecided(w: FunctionBuilder): void {
  w.i32Const(0);
  w.return();
}

/** Undecided for a term that is no map; `large` is for large maps. */
export function undecidedUnlessFlatmap(w: FunctionBuilder, map: Local, large?: () => void): void {
  pushIsPrimary(w, map, PRIMARY_BOXED);
  w.i32Eqz();
  w.if();
  undecided(w);
  w.end();
  pushHeader(w, map);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_FLATMAP);
  w.i32Ne();
  w.if();
  if (large !== undefined) ifHashmap(w, map, large);
  undecided(w);
  w.end();
}

function ifHashmap(w: FunctionBuilder, map: Local, body: () => void): void {
  pushHeader(w, map);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_HASHMAP);
  w.i32Eq();
  w.if();
  body();
  w.end();
}

/** Pushes the number of keys. */
export function pushSize(w: FunctionBuilder, map: Local): void {
  pushHeader(w, map);
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32ShrU();
  w.i32Const(1);
  w.i32Sub();
}

/** Pushes the address of the first key. */
export function pushFirstKey(w: FunctionBuilder, map: Local): void {
  w.localGet(map);
  w.i32Load(FLATMAP_KEYS - PRIMARY_BOXED);
  w.i32Const(TUPLE_ELEMENTS - PRIMARY_BOXED);
  w.i32Add();
}

export function pushFirstValue(w: FunctionBuilder, map: Local): void {
  w.localGet(map);
  w.i32Const(FLATMAP_VALUES - PRIMARY_BOXED);
  w.i32Add();
}

/** Adds so many words to the address on the stack. */
export function addWords(w: FunctionBuilder, count: Local): void {
  w.localGet(count);
  w.i32Const(2);
  w.i32Shl();
  w.i32Add();
}

export function increase(w: FunctionBuilder, local: Local, by: number): void {
  w.localGet(local);
  w.i32Const(by);
  w.i32Add();
  w.localSet(local);
}

/** (from, to, end) -> the address behind what was written. */
export function emitCopy(w: FunctionBuilder): void {
  const [from, to, end] = [w.param(0), w.param(1), w.param(2)];
  const done = w.block();
  const next = w.loop();
  w.localGet(from);
  w.localGet(end);
  w.i32GeU();
  w.brIf(done);
  w.localGet(to);
  w.localGet(from);
  w.i32Load();
  w.i32Store();
  increase(w, from, 4);
  increase(w, to, 4);
  w.br(next);
  w.end(next);
  w.end(done);
  w.localGet(to);
}

/** (flatmap) -> flatmap */
export function emitTwin(w: FunctionBuilder, copy: FuncIndex, moreHeap: FuncIndex): void {
  const map = w.param(0);
  const [words, address] = [w.local(i32, 'words'), w.local(i32, 'address')];
  pushHeader(w, map);
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32ShrU();
  w.i32Const(1);
  w.i32Add();
  w.localSet(words);
  emitAllocate(w, words, address, moreHeap);
  w.localGet(map);
  w.i32Const(PRIMARY_BOXED);
  w.i32Sub();
  w.localTee(map);
  w.localGet(address);
  w.localGet(map);
  addWords(w, words);
  w.call(copy);
  w.drop();
  w.localGet(address);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
}

function pushIsAtom(w: FunctionBuilder, term: Local): void {
  w.localGet(term);
  w.i32Const(IMMED_MASK);
  w.i32And();
  w.i32Const(ATOM_TAG);
  w.i32Eq();
}

interface Search {
  readonly key: Local;
  readonly at: Local;
  readonly end: Local;
}

/** Moves `at` behind the keys that come before the key, which is no immediate; `end` is then another place. Undecided where the order is. */
function emitSearchPlace(w: FunctionBuilder, { key, at, end }: Search, order: FuncIndex): void {
  const [middle, found] = [w.local(i32, 'middle'), w.local(i32, 'found')];
  const done = w.block();
  const next = w.loop();
  w.localGet(at);
  w.localGet(end);
  w.i32GeU();
  w.brIf(done);
  w.localGet(end);
  w.localGet(at);
  w.i32Sub();
  w.i32Const(1);
  w.i32ShrU();
  w.i32Const(-4);
  w.i32And();
  w.localGet(at);
  w.i32Add();
  w.localTee(middle);
  w.i32Load();
  w.localGet(key);
  w.call(order);
  w.localTee(found);
  w.i32Const(UNDECIDED_ORDER);
  w.i32Eq();
  w.if();
  undecided(w);
  w.end();
  w.localGet(found);
  w.i32Const(0);
  w.i32LtS();
  w.if();
  w.localGet(middle);
  w.i32Const(4);
  w.i32Add();
  w.localSet(at);
  w.else();
  w.localGet(middle);
  w.localSet(end);
  w.end();
  w.br(next);
  w.end(next);
  w.end(done);
}

/** Moves `at` behind the keys that come before the key, an immediate: smalls in their order, then atoms in that of their indexes. */
function emitFindPlace(w: FunctionBuilder, { key, at, end }: Search, byIndex: boolean): void {
  const [word, isSmall] = [w.local(i32, 'word'), w.local(i32, 'isSmall')];
  pushIsPrimary(w, key, PRIMARY_SMALL);
  w.localTee(isSmall);
  if (byIndex) {
    pushIsAtom(w, key);
    w.i32Or();
  }
  w.i32Eqz();
  w.if();
  undecided(w);
  w.end();
  const done = w.block();
  const next = w.loop();
  w.localGet(at);
  w.localGet(end);
  w.i32Eq();
  w.brIf(done);
  w.localGet(at);
  w.i32Load();
  w.localSet(word);
  pushIsPrimary(w, word, PRIMARY_SMALL);
  w.if();
  w.localGet(isSmall);
  w.localGet(word);
  w.localGet(key);
  w.i32GtS();
  w.i32And();
  w.brIf(done);
  w.else();
  pushIsAtom(w, word);
  w.i32Eqz();
  w.if();
  undecided(w);
  w.end();
  w.localGet(isSmall);
  w.localGet(word);
  w.localGet(key);
  w.i32GtU();
  w.i32Or();
  w.brIf(done);
  w.end();
  increase(w, at, 4);
  w.br(next);
  w.end(next);
  w.end(done);
}

interface NewMap {
  readonly words: Local;
  readonly keys: Local;
  readonly values: Local;
}

/** A flatmap of `size` pairs with its own tuple of keys: `keys` and `values` are where to write them. Pushes the term. */
export function emitAllocateBoth(w: FunctionBuilder, size: Local, made: NewMap, moreHeap: FuncIndex): void {
  const { words, keys, values } = made;
  w.localGet(size);
  w.i32Const(1);
  w.i32Shl();
  w.i32Const(3);
  w.i32Add();
  w.localSet(words);
  emitAllocate(w, words, keys, moreHeap);
  pushHeaderOf(w, keys, size, HEADER_TUPLE, 0);
  w.localGet(keys);
  w.i32Const(TUPLE_ELEMENTS);
  w.i32Add();
  addWords(w, size);
  w.localSet(values);
  pushHeaderOf(w, values, size, HEADER_FLATMAP, 1);
  w.localGet(values);
  w.localGet(keys);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
  w.i32Store(FLATMAP_KEYS);
  w.localGet(values);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
  increase(w, keys, TUPLE_ELEMENTS);
  increase(w, values, FLATMAP_VALUES);
}

/** Stores the header of an object of `size` and `more` words. */
function pushHeaderOf(w: FunctionBuilder, address: Local, size: Local, header: number, more: number): void {
  w.localGet(address);
  w.localGet(size);
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32Shl();
  w.i32Const(makeHeader(header, more));
  w.i32Add();
  w.i32Store();
}

interface InsertHelp {
  readonly copy: FuncIndex;
  readonly moreHeap: FuncIndex;
  /** TermKernels.order */
  readonly order: FuncIndex;
  readonly byIndex: boolean;
}

/** (flatmap, key, value) */
export function emitInsert(w: FunctionBuilder, { copy, moreHeap, order, byIndex }: InsertHelp): void {
  const [map, key, value] = [w.param(0), w.param(1), w.param(2)];
  const [size, first, at, end] = [w.local(i32, 'size'), w.local(i32, 'first'), w.local(i32, 'at'), w.local(i32, 'end')];
  const made = { words: w.local(i32, 'words'), keys: w.local(i32, 'keys'), values: w.local(i32, 'values') };
  pushSize(w, map);
  w.localTee(size);
  w.i32Const(FLATMAP_LIMIT);
  w.i32GeU();
  w.if();
  undecided(w);
  w.end();
  pushFirstKey(w, map);
  w.localTee(first);
  w.localSet(at);
  const setEnd = (): void => {
    w.localGet(first);
    addWords(w, size);
    w.localSet(end);
  };
  setEnd();
  w.localGet(key);
  w.i32Const(1);
  w.i32Add();
  w.i32Const(2);
  w.i32And();
  w.if();
  emitSearchPlace(w, { key, at, end }, order);
  setEnd();
  w.else();
  emitFindPlace(w, { key, at, end }, byIndex);
  w.end();
  increase(w, size, 1);
  emitAllocateBoth(w, size, made, moreHeap);
  emitCopyAround(w, copy, { first, at, end, to: made.keys }, 0, () => w.localGet(key));
  // The same places among the values.
  for (const place of [at, end]) {
    w.localGet(place);
    w.localGet(first);
    w.i32Sub();
    pushFirstValue(w, map);
    w.i32Add();
    w.localSet(place);
  }
  pushFirstValue(w, map);
  w.localSet(first);
  emitCopyAround(w, copy, { first, at, end, to: made.values }, 0, () => w.localGet(value));
}

interface Places {
  readonly first: Local;
  readonly at: Local;
  readonly end: Local;
  readonly to: Local;
}

/** Copies the words before `at`, what `between` pushes, and the words from `skip` bytes behind `at` on. */
export function emitCopyAround(
  w: FunctionBuilder,
  copy: FuncIndex,
  { first, at, end, to }: Places,
  skip: number,
  between?: () => void,
): void {
  w.localGet(first);
  w.localGet(to);
  w.localGet(at);
  w.call(copy);
  w.localSet(to);
  if (between !== undefined) {
    w.localGet(to);
    between();
    w.i32Store();
    increase(w, to, 4);
  }
  w.localGet(at);
  w.i32Const(skip);
  w.i32Add();
  w.localGet(to);
  w.localGet(end);
  w.call(copy);
  w.drop();
}
