/**
 * Looking into terms, as WebAssembly: for generated code, which imports these kernels, and for TypeScript. One instance for each memory.
 * What they do not decide they ask TypeScript for.
 */
import { identical } from '../term/equality.ts';
import { hashmapGet as largeMapGet } from '../term/hashmap.ts';
import {
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  FLOAT_VALUE,
  FLOAT_WORDS,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_SIZE_SHIFT,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  makeHeader,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  type Term,
  TUPLE_ELEMENTS,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FuncIndex, i32, type Local, type ValType } from '../wasm/types.ts';
import { currentMemory } from './memory.ts';

export type TermKernels = {
  /** `=:=` of any two terms: 1 or 0. */
  identical(x: Term, y: Term): number;
  /** The value of the key in a map of either kind, or 0. */
  mapGet(map: Term, key: Term): Term;
  /** The place of the key in a flatmap, from 0; -1: the map does not have it. */
  flatmapPosition(map: Term, key: Term): number;
};

/** Floats lie at multiples of four bytes. */
const FLOAT_ALIGNMENT = 2;

/** How deep `identical` looks into terms by itself: native recursion must end. */
const DEEPEST = 30;

/** Pushes the header of a boxed term. */
function pushHeader(w: FunctionBuilder, term: Local): void {
  w.localGet(term);
  w.i32Const(PRIMARY_BOXED);
  w.i32Sub();
  w.i32Load();
}

/** Pushes 1 if the term is a cons or boxed: its low two bits are 01 or 10. */
function pushIsPointer(w: FunctionBuilder, push: () => void): void {
  push();
  w.i32Const(1);
  w.i32Add();
  w.i32Const(2);
  w.i32And();
  w.i32Const(0);
  w.i32Ne();
}

function returnConst(w: FunctionBuilder, value: number): void {
  w.i32Const(value);
  w.return();
}

interface Pair {
  readonly w: FunctionBuilder;
  readonly x: Local;
  readonly y: Local;
  readonly depth: Local;
}

/** Returns 0 unless the words at the offsets are identical; the deeper way down costs one of the depth. */
function giveUpUnlessSame({ w, x, y, depth }: Pair, same: FuncIndex, offset: number): void {
  for (const term of [x, y]) {
    w.localGet(term);
    w.i32Load(offset);
  }
  w.localGet(depth);
  w.i32Const(1);
  w.i32Sub();
  w.call(same);
  w.i32Eqz();
  w.if();
  returnConst(w, 0);
  w.end();
}

/** Makes the terms the words at the offset. */
function descend({ w, x, y }: Pair, offset: number): void {
  for (const term of [x, y]) {
    w.localGet(term);
    w.i32Load(offset);
    w.localSet(term);
  }
}

function emitFloats({ w, x, y }: Pair, header: Local): void {
  w.localGet(header);
  w.i32Const(makeHeader(HEADER_FLOAT, FLOAT_WORDS));
  w.i32Eq();
  w.if();
  for (const term of [x, y]) {
    w.localGet(term);
    w.i64Load(FLOAT_VALUE - PRIMARY_BOXED, FLOAT_ALIGNMENT);
  }
  w.i64Eq();
  pushHeader(w, y);
  w.localGet(header);
  w.i32Eq();
  w.i32And();
  w.return();
  w.end();
}

/** (x, y, depth) -> 1 or 0. */
function emitSame(w: FunctionBuilder, same: FuncIndex, slow: FuncIndex): void {
  const pair: Pair = { w, x: w.param(0), y: w.param(1), depth: w.param(2) };
  const { x, y, depth } = pair;
  const [header, last] = [w.local(i32, 'header'), w.local(i32, 'last')];
  const again = w.loop();
  w.localGet(x);
  w.localGet(y);
  w.i32Eq();
  w.if();
  returnConst(w, 1);
  w.end();
  w.localGet(x);
  w.localGet(y);
  w.i32Xor();
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  pushIsPointer(w, () => w.localGet(x));
  w.i32Eqz();
  w.i32Or();
  w.if();
  returnConst(w, 0);
  w.end();
  const unknown = w.block();
  w.localGet(depth);
  w.i32Eqz();
  w.brIf(unknown);
  w.localGet(x);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_CONS);
  w.i32Eq();
  w.if();
  // Offsets of loads cannot be negative.
  for (const term of [x, y]) {
    w.localGet(term);
    w.i32Const(PRIMARY_CONS);
    w.i32Sub();
    w.localSet(term);
  }
  giveUpUnlessSame(pair, same, 0);
  descend(pair, 4);
  w.br(again);
  w.end();
  pushHeader(w, x);
  w.localSet(header);
  emitFloats(pair, header);
  w.localGet(header);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_TUPLE);
  w.i32Ne();
  w.brIf(unknown);
  emitTuples(pair, { header, last, same });
  descend(pair, 0);
  w.br(again);
  w.end(unknown);
  w.localGet(x);
  w.localGet(y);
  w.call(slow);
  w.return();
  w.end(again);
  w.unreachable();
}

/** Compares all elements but the last, whose addresses the terms then are. */
function emitTuples(pair: Pair, { header, last, same }: { header: Local; last: Local; same: FuncIndex }): void {
  const { w, x, y } = pair;
  pushHeader(w, y);
  w.localGet(header);
  w.i32Ne();
  w.if();
  returnConst(w, 0);
  w.end();
  w.localGet(header);
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32ShrU();
  w.i32Eqz();
  w.if();
  returnConst(w, 1);
  w.end();
  for (const term of [x, y]) {
    w.localGet(term);
    w.i32Const(TUPLE_ELEMENTS - PRIMARY_BOXED);
    w.i32Add();
    w.localSet(term);
  }
  w.localGet(header);
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32ShrU();
  w.i32Const(1);
  w.i32Sub();
  w.localSet(last);
  const done = w.block();
  const next = w.loop();
  w.localGet(last);
  w.i32Eqz();
  w.brIf(done);
  giveUpUnlessSame(pair, same, 0);
  for (const term of [x, y]) {
    w.localGet(term);
    w.i32Const(4);
    w.i32Add();
    w.localSet(term);
  }
  w.localGet(last);
  w.i32Const(1);
  w.i32Sub();
  w.localSet(last);
  w.br(next);
  w.end(next);
  w.end(done);
}

/**
 * (flatmap, key) -> place or -1. Identical words first: keys are mostly immediates, and those that are not are often the same object.
 */
function emitPosition(w: FunctionBuilder, same: FuncIndex): void {
  const [map, key] = [w.param(0), w.param(1)];
  const [first, at, end] = [w.local(i32, 'first'), w.local(i32, 'at'), w.local(i32, 'end')];
  w.localGet(map);
  w.i32Load(FLATMAP_KEYS - PRIMARY_BOXED);
  w.i32Const(TUPLE_ELEMENTS - PRIMARY_BOXED);
  w.i32Add();
  w.localTee(first);
  w.localTee(at);
  pushHeader(w, map);
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32ShrU();
  w.i32Const(1);
  w.i32Sub();
  w.i32Const(2);
  w.i32Shl();
  w.i32Add();
  w.localSet(end);
  const found = (): void => {
    w.if();
    w.localGet(at);
    w.localGet(first);
    w.i32Sub();
    w.i32Const(2);
    w.i32ShrU();
    w.return();
    w.end();
  };
  emitSearch(w, { at, end }, () => {
    w.localGet(at);
    w.i32Load();
    w.localGet(key);
    w.i32Eq();
    found();
  });
  pushIsPointer(w, () => w.localGet(key));
  w.if();
  w.localGet(first);
  w.localSet(at);
  emitSearch(w, { at, end }, () => {
    w.localGet(at);
    w.i32Load();
    w.localGet(key);
    w.i32Const(DEEPEST);
    w.call(same);
    found();
  });
  w.end();
  w.i32Const(-1);
}

/** Goes through the words from `at` to `end`. */
function emitSearch(w: FunctionBuilder, { at, end }: { at: Local; end: Local }, look: () => void): void {
  const done = w.block();
  const next = w.loop();
  w.localGet(at);
  w.localGet(end);
  w.i32Eq();
  w.brIf(done);
  look();
  w.localGet(at);
  w.i32Const(4);
  w.i32Add();
  w.localSet(at);
  w.br(next);
  w.end(next);
  w.end(done);
}

/** (map, key) -> value or 0: large maps are left to TypeScript. */
function emitMapGet(w: FunctionBuilder, position: FuncIndex, slow: FuncIndex): void {
  const [map, key, place] = [w.param(0), w.param(1), w.local(i32, 'place')];
  pushHeader(w, map);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_FLATMAP);
  w.i32Ne();
  w.if();
  w.localGet(map);
  w.localGet(key);
  w.returnCall(slow);
  w.end();
  w.localGet(map);
  w.localGet(key);
  w.call(position);
  w.localTee(place);
  w.i32Const(0);
  w.i32LtS();
  w.if();
  returnConst(w, 0);
  w.end();
  w.localGet(map);
  w.localGet(place);
  w.i32Const(2);
  w.i32Shl();
  w.i32Add();
  w.i32Load(FLATMAP_VALUES - PRIMARY_BOXED);
}

function build(): WebAssembly.Module {
  const builder = new ModuleBuilder({ names: true });
  builder.importMemory('vm', 'memory', { min: 1 });
  const binary = builder.type([i32, i32], [i32]);
  const slowIdentical = builder.importFunction('vm', 'identical', binary);
  const slowMapGet = builder.importFunction('vm', 'mapGet', binary);
  const same = builder.declareFunction(builder.type(new Array<ValType>(3).fill(i32), [i32]), 'same');
  const define = (name: keyof TermKernels | 'same', func: FuncIndex, emit: (w: FunctionBuilder) => void): FuncIndex => {
    const w = builder.body(func);
    emit(w);
    w.finish();
    if (name !== 'same') builder.exportFunction(name, func);
    return func;
  };
  const declare = (name: keyof TermKernels): FuncIndex => builder.declareFunction(binary, name);
  define('same', same, (w) => emitSame(w, same, slowIdentical));
  define('identical', declare('identical'), (w) => {
    w.localGet(w.param(0));
    w.localGet(w.param(1));
    w.i32Const(DEEPEST);
    w.returnCall(same);
  });
  const position = define('flatmapPosition', declare('flatmapPosition'), (w) => emitPosition(w, same));
  define('mapGet', declare('mapGet'), (w) => emitMapGet(w, position, slowMapGet));
  return new WebAssembly.Module(builder.finish().bytes);
}

const made: { module?: WebAssembly.Module; memory?: WebAssembly.Memory; kernels?: TermKernels } = {};

/** The kernels for the memory in use. */
export function termKernels(): TermKernels {
  const memory = currentMemory();
  if (made.kernels !== undefined && made.memory === memory) return made.kernels;
  made.module ??= build();
  made.memory = memory;
  const vm = { memory, identical, mapGet: largeMapGet } as unknown as Record<string, WebAssembly.ImportValue>;
  made.kernels = new WebAssembly.Instance(made.module, { vm }).exports as unknown as TermKernels;
  return made.kernels;
}
