/** Kernels (kernels.ts) that look into terms. */
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
  TUPLE_ELEMENTS,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, type Local } from '../wasm/types.ts';
import type { KernelBuilder } from './kernels.ts';
import { FLOAT_ALIGNMENT, pushHeader } from './long-terms.ts';

/** How deep `identical` looks into terms by itself: native recursion must end. */
const DEEPEST = 30;

/** Pushes 1 if the term is a cons or boxed: its low two bits are 01 or 10. */
export function pushIsPointer(w: FunctionBuilder, push: () => void): void {
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

/** (map, key) -> value or 0: looks itself for immediate keys in small maps. */
function emitMapGet(w: FunctionBuilder, slow: FuncIndex): void {
  const [map, key] = [w.param(0), w.param(1)];
  const [header, keys, left] = [w.local(i32, 'header'), w.local(i32, 'keys'), w.local(i32, 'left')];
  pushHeader(w, map);
  w.localTee(header);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_FLATMAP);
  w.i32Ne();
  pushIsPointer(w, () => w.localGet(key));
  w.i32Or();
  w.if();
  w.localGet(map);
  w.localGet(key);
  w.returnCall(slow);
  w.end();
  w.localGet(map);
  w.i32Load(FLATMAP_KEYS - PRIMARY_BOXED);
  w.localSet(keys);
  w.localGet(header);
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32ShrU();
  w.i32Const(1);
  w.i32Sub();
  w.localSet(left);
  const next = w.loop();
  w.localGet(left);
  w.if();
  w.localGet(keys);
  w.i32Load(TUPLE_ELEMENTS - PRIMARY_BOXED);
  w.localGet(key);
  w.i32Eq();
  w.if();
  w.localGet(map);
  w.i32Load(FLATMAP_VALUES - PRIMARY_BOXED);
  w.return();
  w.end();
  for (const pointer of [map, keys]) {
    w.localGet(pointer);
    w.i32Const(4);
    w.i32Add();
    w.localSet(pointer);
  }
  w.localGet(left);
  w.i32Const(1);
  w.i32Sub();
  w.localSet(left);
  w.br(next);
  w.end();
  w.end(next);
  w.i32Const(0);
}

export function defineTermKernels(kernels: KernelBuilder): void {
  const same = kernels.declare('same', [i32, i32, i32], i32);
  kernels.body(same, (w) => emitSame(w, same, kernels.runtime('identical')));
  kernels.export('identical', [i32, i32], i32, (w) => {
    w.localGet(w.param(0));
    w.localGet(w.param(1));
    w.i32Const(DEEPEST);
    w.returnCall(same);
  });
  kernels.export('mapGet', [i32, i32], i32, (w) => emitMapGet(w, kernels.runtime('mapGet')));
}
