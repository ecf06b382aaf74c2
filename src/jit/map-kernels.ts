/**
 * Kernels (kernels.ts) that make maps of maps. All give 0 where something else has to decide: a term that is no map, a small map that would
 * get too large or empty, a new key whose place term-kernels.ts does not know, several keys of a large map, or one that it is to lose.
 */
import type { SearchFunctions } from '../memory/hashmap-emitter.ts';
import { X_REGISTERS } from '../memory/map.ts';
import { FLATMAP_VALUES, PRIMARY_BOXED } from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, type Local } from '../wasm/types.ts';
import {
  addWords,
  emitAllocateBoth,
  emitCopy,
  emitCopyAround,
  emitInsert,
  emitTwin,
  increase,
  pushFirstKey,
  pushFirstValue,
  pushSize,
  undecided,
  undecidedUnlessFlatmap,
} from './flatmap-emitter.ts';
import { emitHashmapPut, emitJoin } from './hashmap-put.ts';
import type { KernelBuilder } from './kernels.ts';

/** BIFs whose calls ask a kernel of the same name and arguments first. */
export const kernelBifs: ReadonlySet<string> = new Set(['maps:get/2', 'maps:put/3', 'maps:remove/2', 'maps:update/3']);

interface MapFunctions {
  /** (flatmap, key) -> place from 0, or -1. */
  readonly position: FuncIndex;
  /** (address from, address to, end of from): copies words. */
  readonly copy: FuncIndex;
  /** (flatmap) -> a copy with the same keys, its values to be overwritten. */
  readonly twin: FuncIndex;
  /** (flatmap, key that it does not have, value) -> flatmap or 0. */
  readonly insert: FuncIndex;
  /** (hashmap, key, value, puts) -> hashmap or 0. */
  readonly largePut: FuncIndex;
}

/** Returns the flatmap with another value at a place; the map itself if the value is the same word. */
function returnReplaced(
  w: FunctionBuilder,
  { map, place, value }: { map: Local; place: Local; value: Local },
  twin: FuncIndex,
): void {
  pushFirstValue(w, map);
  addWords(w, place);
  w.i32Load();
  w.localGet(value);
  w.i32Eq();
  w.if();
  w.localGet(map);
  w.return();
  w.end();
  w.localGet(map);
  w.call(twin);
  w.localTee(map);
  addWords(w, place);
  w.localGet(value);
  w.i32Store(FLATMAP_VALUES - PRIMARY_BOXED);
  w.localGet(map);
  w.return();
}

/** (key, value, map); a key that the map does not have is put, or undecided. */
function emitPut(w: FunctionBuilder, { position, twin, insert, largePut }: MapFunctions, puts: boolean): void {
  const [key, value, map, place] = [w.param(0), w.param(1), w.param(2), w.local(i32, 'place')];
  undecidedUnlessFlatmap(w, map, () => {
    for (const argument of [map, key, value]) w.localGet(argument);
    w.i32Const(puts ? 1 : 0);
    w.returnCall(largePut);
  });
  w.localGet(map);
  w.localGet(key);
  w.call(position);
  w.localTee(place);
  w.i32Const(0);
  w.i32GeS();
  w.if();
  returnReplaced(w, { map, place, value }, twin);
  w.end();
  if (!puts) return w.i32Const(0);
  w.localGet(map);
  w.localGet(key);
  w.localGet(value);
  w.returnCall(insert);
}

/** (key, map) */
function emitGet(w: FunctionBuilder, mapGet: FuncIndex): void {
  const [key, map] = [w.param(0), w.param(1)];
  const get = (): void => {
    w.localGet(map);
    w.localGet(key);
    w.returnCall(mapGet);
  };
  undecidedUnlessFlatmap(w, map, get);
  get();
}

/** (key, map) */
function emitRemove(w: FunctionBuilder, { position, copy }: MapFunctions, moreHeap: FuncIndex): void {
  const [key, map, place] = [w.param(0), w.param(1), w.local(i32, 'place')];
  const [size, first, at, end] = [w.local(i32, 'size'), w.local(i32, 'first'), w.local(i32, 'at'), w.local(i32, 'end')];
  const made = { words: w.local(i32, 'words'), keys: w.local(i32, 'keys'), values: w.local(i32, 'values') };
  undecidedUnlessFlatmap(w, map);
  w.localGet(map);
  w.localGet(key);
  w.call(position);
  w.localTee(place);
  w.i32Const(0);
  w.i32LtS();
  w.if();
  w.localGet(map);
  w.return();
  w.end();
  pushSize(w, map);
  w.localTee(size);
  w.i32Const(1);
  w.i32Eq();
  w.if();
  undecided(w);
  w.end();
  increase(w, size, -1);
  emitAllocateBoth(w, size, made, moreHeap);
  increase(w, size, 1);
  for (const [pushFirst, to] of [
    [pushFirstKey, made.keys],
    [pushFirstValue, made.values],
  ] as const) {
    pushFirst(w, map);
    w.localTee(first);
    addWords(w, place);
    w.localSet(at);
    w.localGet(first);
    addWords(w, size);
    w.localSet(end);
    emitCopyAround(w, copy, { first, at, end, to }, 4);
  }
}

/** Puts the one pair in the X registers in memory, if the count says that. */
function returnPut(w: FunctionBuilder, map: Local, count: Local, put: FuncIndex): void {
  w.localGet(count);
  w.i32Const(1);
  w.i32Eq();
  w.if();
  for (const offset of [0, 4]) {
    w.i32Const(0);
    w.i32Load(X_REGISTERS + offset);
  }
  w.localGet(map);
  w.returnCall(put);
  w.end();
}

/**
 * (map, count): with the values of `count` existing keys replaced, from pairs in the X registers in memory; the map itself if they are
 * the same words. What was copied before a key is found to be new is left behind.
 */
function emitReplaceAll(w: FunctionBuilder, { position, twin }: MapFunctions): void {
  const [map, count] = [w.param(0), w.param(1)];
  const [result, pair, end] = [w.local(i32, 'result'), w.local(i32, 'pair'), w.local(i32, 'end')];
  const place = w.local(i32, 'place');
  undecidedUnlessFlatmap(w, map);
  w.localGet(map);
  w.localSet(result);
  w.localGet(count);
  w.i32Const(3);
  w.i32Shl();
  w.localSet(end);
  const next = w.loop();
  w.localGet(map);
  w.localGet(pair);
  w.i32Load(X_REGISTERS);
  w.call(position);
  w.localTee(place);
  w.i32Const(0);
  w.i32LtS();
  w.if();
  undecided(w);
  w.end();
  storeIfOther(w, { map, result, pair, place }, twin);
  increase(w, pair, 8);
  w.localGet(pair);
  w.localGet(end);
  w.i32LtU();
  w.brIf(next);
  w.end(next);
  w.localGet(result);
}

interface Replacement {
  readonly map: Local;
  /** The map itself until a value differs. */
  readonly result: Local;
  readonly pair: Local;
  readonly place: Local;
}

function storeIfOther(w: FunctionBuilder, { map, result, pair, place }: Replacement, twin: FuncIndex): void {
  const same = w.block();
  w.localGet(map);
  addWords(w, place);
  w.i32Load(FLATMAP_VALUES - PRIMARY_BOXED);
  w.localGet(pair);
  w.i32Load(X_REGISTERS + 4);
  w.i32Eq();
  w.brIf(same);
  w.localGet(result);
  w.localGet(map);
  w.i32Eq();
  w.if();
  w.localGet(map);
  w.call(twin);
  w.localSet(result);
  w.end();
  w.localGet(result);
  addWords(w, place);
  w.localGet(pair);
  w.i32Load(X_REGISTERS + 4);
  w.i32Store(FLATMAP_VALUES - PRIMARY_BOXED);
  w.end(same);
}

/** Functions of memory/term-kernels.ts. */
export interface TermFunctions extends SearchFunctions {
  readonly position: FuncIndex;
  readonly order: FuncIndex;
  readonly mapGet: FuncIndex;
}

/** Defines the kernels; `byIndex` is TermRules.atomKeysByIndex. */
export function defineMapKernels(kernels: KernelBuilder, term: TermFunctions, byIndex: boolean): void {
  const { position, order } = term;
  const moreHeap = kernels.runtime('moreHeap');
  const three = [i32, i32, i32];
  const copy = kernels.define('copyWords', three, i32, emitCopy);
  const twin = kernels.define('twin', [i32], i32, (w) => emitTwin(w, copy, moreHeap));
  const insert = kernels.define('insert', three, i32, (w) => emitInsert(w, { copy, moreHeap, order, byIndex }));
  const four = [i32, i32, i32, i32];
  const join = kernels.declare('join', four, i32);
  kernels.body(join, (w) => emitJoin(w, join, moreHeap));
  const largePut = kernels.define('hashmapPut', four, i32, (w) => emitHashmapPut(w, { ...term, copy, join, moreHeap }));
  const functions: MapFunctions = { position, copy, twin, insert, largePut };
  const put = kernels.export('maps:put/3', three, i32, (w) => emitPut(w, functions, true));
  const update = kernels.export('maps:update/3', three, i32, (w) => emitPut(w, functions, false));
  kernels.export('maps:get/2', [i32, i32], i32, (w) => emitGet(w, term.mapGet));
  kernels.export('maps:remove/2', [i32, i32], i32, (w) => emitRemove(w, functions, moreHeap));
  kernels.export('putMapAssoc', [i32, i32], i32, (w) => {
    returnPut(w, w.param(0), w.param(1), put);
    emitReplaceAll(w, functions);
  });
  kernels.export('putMapExact', [i32, i32], i32, (w) => {
    returnPut(w, w.param(0), w.param(1), update);
    emitReplaceAll(w, functions);
  });
}
