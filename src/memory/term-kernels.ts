/**
 * Looking into terms, as WebAssembly: for generated code, which imports these kernels, and for TypeScript. One instance for each memory.
 * What they do not decide they ask TypeScript for.
 */
import { identical } from '../term/equality.ts';
import { foldTerm } from '../term/hash.ts';
import { HASH_MASK } from '../term/hash-nodes.ts';
import { hashmapGet } from '../term/hashmap.ts';
import {
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  HEADER_FLATMAP,
  HEADER_SIZE_SHIFT,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  type Term,
  TUPLE_ELEMENTS,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FuncIndex, i32, type Label, type Local, type ValType } from '../wasm/types.ts';
import {
  DEEPEST,
  emitOrder,
  emitSame,
  emitSearch,
  pushHeader,
  pushIsPointer,
  returnConst,
} from './comparison-emitter.ts';
import { emitFold, emitHash } from './hash-emitter.ts';
import { emitHashmapGet, emitLeafAt } from './hashmap-emitter.ts';
import { currentMemory } from './memory.ts';

export type TermKernels = {
  /** `=:=` of any two terms: 1 or 0. */
  identical(x: Term, y: Term): number;
  /** The order of two terms, as of map keys as in general: -1, 0, 1, or UNDECIDED_ORDER. Knows smalls, most atoms, binaries on heaps, tuples and lists of such. */
  order(x: Term, y: Term): number;
  /** The value of the key in a map of either kind, or 0. */
  mapGet(map: Term, key: Term): Term;
  /** The place of the key in a flatmap, from 0; -1: the map does not have it. */
  flatmapPosition(map: Term, key: Term): number;
  /** The bits of a key's hash that place it in a large map. */
  keyHash(key: Term): number;
  /** What is in the place of keys of this hash in a large map: a leaf, 0: nothing, or AT_BUCKET. */
  hashmapLeafAt(map: Term, hash: number): number;
};

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
  const likeness = emitLikeness(w, key);
  emitSearch(w, { at, end }, () => {
    const other = w.block();
    likeness.skipUnlike(at, other);
    w.localGet(at);
    w.i32Load();
    w.localGet(key);
    w.i32Const(DEEPEST);
    w.call(same);
    found();
    w.end(other);
  });
  w.end();
  w.i32Const(-1);
}

interface Likeness {
  /** Goes to the label if the word at the address cannot be a term identical to the key. */
  skipUnlike(at: Local, label: Label): void;
}

/** What tells most terms from a key that is a tuple: the header, and the last element if that is an immediate. */
function emitLikeness(w: FunctionBuilder, key: Local): Likeness {
  const [header, last, term] = [w.local(i32, 'header'), w.local(i32, 'last'), w.local(i32, 'term')];
  const pushLast = (tuple: Local): void => {
    w.localGet(tuple);
    w.localGet(header);
    w.i32Const(HEADER_SIZE_SHIFT);
    w.i32ShrU();
    w.i32Const(2);
    w.i32Shl();
    w.i32Add();
    w.i32Const(PRIMARY_BOXED);
    w.i32Sub();
    w.i32Load();
  };
  pushIsTuple(w, key);
  w.if();
  pushHeader(w, key);
  w.localSet(header);
  pushLast(key);
  w.localSet(last);
  w.end();
  const skipUnlike = (at: Local, label: Label): void => {
    w.localGet(header);
    w.if();
    w.localGet(at);
    w.i32Load();
    w.localTee(term);
    w.i32Const(PRIMARY_MASK);
    w.i32And();
    w.i32Const(PRIMARY_BOXED);
    w.i32Ne();
    w.brIf(label);
    pushHeader(w, term);
    w.localGet(header);
    w.i32Ne();
    w.brIf(label);
    pushIsPointer(w, () => w.localGet(last));
    w.i32Eqz();
    pushLast(term);
    w.localGet(last);
    w.i32Ne();
    w.i32And();
    w.brIf(label);
    w.end();
  };
  return { skipUnlike };
}

/** Pushes 1 if a pointer is one to a tuple. The last element of {} would be its header, which is the same for all. */
function pushIsTuple(w: FunctionBuilder, pointer: Local): void {
  w.localGet(pointer);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_BOXED);
  w.i32Eq();
  w.if(i32);
  pushHeader(w, pointer);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_TUPLE);
  w.i32Eq();
  w.else();
  w.i32Const(0);
  w.end();
}

/** (map, key) -> value or 0 */
function emitMapGet(w: FunctionBuilder, position: FuncIndex, large: FuncIndex): void {
  const [map, key, place] = [w.param(0), w.param(1), w.local(i32, 'place')];
  pushHeader(w, map);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_FLATMAP);
  w.i32Ne();
  w.if();
  w.localGet(map);
  w.localGet(key);
  w.returnCall(large);
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
  const slowHashmapGet = builder.importFunction('vm', 'hashmapGet', binary);
  const slowFold = builder.importFunction('vm', 'foldTerm', binary);
  const ternary = builder.type(new Array<ValType>(3).fill(i32), [i32]);
  const same = builder.declareFunction(ternary, 'same');
  const ordered = builder.declareFunction(ternary, 'ordered');
  const fold = builder.declareFunction(ternary, 'fold');
  const define = (
    name: keyof TermKernels | undefined,
    func: FuncIndex,
    emit: (w: FunctionBuilder) => void,
  ): FuncIndex => {
    const w = builder.body(func);
    emit(w);
    w.finish();
    if (name !== undefined) builder.exportFunction(name, func);
    return func;
  };
  const declare = (name: string): FuncIndex => builder.declareFunction(binary, name);
  const fromTop = (func: FuncIndex) => (w: FunctionBuilder) => {
    w.localGet(w.param(0));
    w.localGet(w.param(1));
    w.i32Const(DEEPEST);
    w.returnCall(func);
  };
  define(undefined, same, (w) => emitSame(w, same, slowIdentical));
  define(undefined, ordered, (w) => emitOrder(w, ordered));
  define(undefined, fold, (w) => emitFold(w, fold, slowFold));
  const identicalTerms = define('identical', declare('identical'), fromTop(same));
  define('order', declare('order'), fromTop(ordered));
  const position = define('flatmapPosition', declare('flatmapPosition'), (w) => emitPosition(w, same));
  const search = {
    keyHash: define('keyHash', builder.declareFunction(builder.type([i32], [i32]), 'keyHash'), (w) =>
      emitHash(w, fold, { mask: HASH_MASK, depth: DEEPEST }),
    ),
    leafAt: define('hashmapLeafAt', declare('hashmapLeafAt'), emitLeafAt),
    identical: identicalTerms,
  };
  const large = define(undefined, declare('hashmapGet'), (w) => emitHashmapGet(w, search, slowHashmapGet));
  define('mapGet', declare('mapGet'), (w) => emitMapGet(w, position, large));
  return new WebAssembly.Module(builder.finish().bytes);
}

const made: { module?: WebAssembly.Module; memory?: WebAssembly.Memory; kernels?: TermKernels } = {};

/** The kernels for the memory in use. */
export function termKernels(): TermKernels {
  const memory = currentMemory();
  if (made.kernels !== undefined && made.memory === memory) return made.kernels;
  made.module ??= build();
  made.memory = memory;
  const vm = { memory, identical, hashmapGet, foldTerm } as unknown as Record<string, WebAssembly.ImportValue>;
  made.kernels = new WebAssembly.Instance(made.module, { vm }).exports as unknown as TermKernels;
  return made.kernels;
}
