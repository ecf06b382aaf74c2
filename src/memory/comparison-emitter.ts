/** Code of term-kernels.ts that compares terms: deep terms are left to TypeScript, native recursion must end. */
import {
  ATOM_TAG,
  FLOAT_VALUE,
  FLOAT_WORDS,
  HEADER_FLOAT,
  HEADER_SIZE_SHIFT,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  IMMED_MASK,
  IMMED_SHIFT,
  makeHeader,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  TUPLE_ELEMENTS,
  UNDECIDED_ORDER,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, type Label, type Local } from '../wasm/types.ts';
import { emitOrderOfBytes, emitSameBytes } from './bits-comparison-emitter.ts';
import { ATOM_ORDER_COUNT, ATOM_ORDERS } from './map.ts';

/** Floats lie at multiples of four bytes. */
const FLOAT_ALIGNMENT = 2;

/** How deep `identical` and `order` look into terms by itself: native recursion must end. */
export const DEEPEST = 30;

/** Pushes the header of a boxed term. */
export function pushHeader(w: FunctionBuilder, term: Local): void {
  w.localGet(term);
  w.i32Const(PRIMARY_BOXED);
  w.i32Sub();
  w.i32Load();
}

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

export function pushIsCons(w: FunctionBuilder, term: Local): void {
  w.localGet(term);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_CONS);
  w.i32Eq();
}

export function returnConst(w: FunctionBuilder, value: number): void {
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

/** Zeros of different sign are the same term or not, as the release has it: term/equality.ts knows. */
function emitFloats({ w, x, y }: Pair, header: Local, unknown: Label): void {
  const pushBoth = (): void => {
    for (const term of [x, y]) {
      w.localGet(term);
      w.i64Load(FLOAT_VALUE - PRIMARY_BOXED, FLOAT_ALIGNMENT);
    }
  };
  w.localGet(header);
  w.i32Const(makeHeader(HEADER_FLOAT, FLOAT_WORDS));
  w.i32Eq();
  w.if();
  pushHeader(w, y);
  w.localGet(header);
  w.i32Ne();
  w.if();
  returnConst(w, 0);
  w.end();
  pushBoth();
  w.i64Eq();
  w.if();
  returnConst(w, 1);
  w.end();
  pushBoth();
  w.i64Or();
  w.i64Const(1n);
  w.i64Shl();
  w.i64Eqz();
  w.brIf(unknown);
  returnConst(w, 0);
  w.end();
}

/** (x, y, depth) -> 1 or 0. */
export function emitSame(w: FunctionBuilder, same: FuncIndex, slow: FuncIndex): void {
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
  for (const term of [x, y]) subtractTag(w, term, PRIMARY_CONS);
  giveUpUnlessSame(pair, same, 0);
  descend(pair, 4);
  w.br(again);
  w.end();
  pushHeader(w, x);
  w.localSet(header);
  emitFloats(pair, header, unknown);
  emitSameBytes(pair, unknown);
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

/** Returns the order of two words unless they are the same. */
function returnUnlessSame({ w, x, y, depth }: Pair, order: FuncIndex, result: Local): void {
  for (const term of [x, y]) {
    w.localGet(term);
    w.i32Load();
  }
  w.localGet(depth);
  w.i32Const(1);
  w.i32Sub();
  w.call(order);
  w.localTee(result);
  w.if();
  w.localGet(result);
  w.return();
  w.end();
}

/** Pushes 1 if both terms have the tag. */
function pushAreBoth({ w, x, y }: Pair, tag: number, mask: number = PRIMARY_MASK): void {
  for (const term of [x, y]) {
    w.localGet(term);
    w.i32Const(mask);
    w.i32And();
    w.i32Const(tag);
    w.i32Eq();
  }
  w.i32And();
}

/** If both are atoms, returns their order, or UNDECIDED_ORDER where their texts begin the same or are not in the table. */
function emitAtomOrder(pair: Pair): void {
  const { w, x, y } = pair;
  const begins = [w.local(i32, 'beginX'), w.local(i32, 'beginY')] as const;
  pushAreBoth(pair, ATOM_TAG, IMMED_MASK);
  w.if();
  [x, y].forEach((term, i) => {
    const index = begins[i] as Local;
    w.localGet(term);
    w.i32Const(IMMED_SHIFT);
    w.i32ShrU();
    w.localTee(index);
    w.i32Const(0);
    w.i32Load(ATOM_ORDER_COUNT);
    w.i32GeU();
    w.if();
    returnConst(w, UNDECIDED_ORDER);
    w.end();
    w.localGet(index);
    w.i32Const(2);
    w.i32Shl();
    w.i32Const(0);
    w.i32Load(ATOM_ORDERS);
    w.i32Add();
    w.i32Load();
    w.localSet(index);
  });
  w.localGet(begins[0]);
  w.localGet(begins[1]);
  w.i32Eq();
  w.if();
  returnConst(w, UNDECIDED_ORDER);
  w.end();
  pushOrder(w, (i) => w.localGet(begins[i]));
  w.return();
  w.end();
}

/** Pushes -1, 0 or 1 for two numbers. */
function pushOrder(w: FunctionBuilder, push: (index: 0 | 1) => void): void {
  for (const compare of [() => w.i32GtS(), () => w.i32LtS()]) {
    push(0);
    push(1);
    compare();
  }
  w.i32Sub();
}

/** (x, y, depth) -> -1, 0, 1 or UNDECIDED_ORDER. */
export function emitOrder(w: FunctionBuilder, order: FuncIndex): void {
  const pair: Pair = { w, x: w.param(0), y: w.param(1), depth: w.param(2) };
  const { x, y, depth } = pair;
  const terms = [x, y] as const;
  const [result, header, end] = [w.local(i32, 'result'), w.local(i32, 'header'), w.local(i32, 'end')];
  const again = w.loop();
  w.localGet(x);
  w.localGet(y);
  w.i32Eq();
  w.if();
  returnConst(w, 0);
  w.end();
  pushAreBoth(pair, PRIMARY_SMALL);
  w.if();
  pushOrder(w, (i) => w.localGet(terms[i]));
  w.return();
  w.end();
  emitAtomOrder(pair);
  w.localGet(depth);
  w.i32Eqz();
  w.if();
  returnConst(w, UNDECIDED_ORDER);
  w.end();
  pushAreBoth(pair, PRIMARY_CONS);
  w.if();
  // Offsets of loads cannot be negative.
  for (const term of terms) subtractTag(w, term, PRIMARY_CONS);
  returnUnlessSame(pair, order, result);
  descend(pair, 4);
  w.br(again);
  w.end();
  pushAreBoth(pair, PRIMARY_BOXED);
  w.i32Eqz();
  w.if();
  returnConst(w, UNDECIDED_ORDER);
  w.end();
  emitOrderOfBytes(pair, (push) => pushOrder(w, push));
  for (const term of terms) {
    pushHeader(w, term);
    w.i32Const(HEADER_TYPE_MASK);
    w.i32And();
    w.i32Const(HEADER_TUPLE);
    w.i32Ne();
    w.if();
    returnConst(w, UNDECIDED_ORDER);
    w.end();
  }
  emitTupleOrder(pair, { header, end, result, order });
  returnConst(w, 0);
  w.end(again);
  w.unreachable();
}

function subtractTag(w: FunctionBuilder, term: Local, tag: number): void {
  w.localGet(term);
  w.i32Const(tag);
  w.i32Sub();
  w.localSet(term);
}

/** Returns the order of two tuples unless they are the same: first by arity. */
function emitTupleOrder(
  pair: Pair,
  { header, end, result, order }: { header: Local; end: Local; result: Local; order: FuncIndex },
): void {
  const { w, x, y } = pair;
  const terms = [x, y] as const;
  pushHeader(w, x);
  w.localTee(header);
  pushHeader(w, y);
  w.i32Ne();
  w.if();
  pushOrder(w, (i) => pushHeader(w, terms[i]));
  w.return();
  w.end();
  for (const term of terms) subtractTag(w, term, PRIMARY_BOXED - TUPLE_ELEMENTS);
  w.localGet(x);
  w.localGet(header);
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32ShrU();
  w.i32Const(2);
  w.i32Shl();
  w.i32Add();
  w.localSet(end);
  emitSearch(w, { at: x, end }, () => {
    returnUnlessSame(pair, order, result);
    w.localGet(y);
    w.i32Const(4);
    w.i32Add();
    w.localSet(y);
  });
}

/** Goes through the words from `at` to `end`. */
export function emitSearch(w: FunctionBuilder, { at, end }: { at: Local; end: Local }, look: () => void): void {
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
