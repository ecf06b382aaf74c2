/**
 * Arithmetic on integers of up to 63 bits and sign, as WebAssembly: a module of its own, one instance for each virtual machine.
 * Generated code asks it when operands or a result are no smalls, before it calls the BIF (ModuleHelpers.arith).
 *
 *   <operator>(x, y) -> term, or 0: not decided here (another type, a longer integer, an exception)
 */

import {
  BIG_DIGITS,
  HEADER_NEG_BIG,
  HEADER_PAIR_MASK,
  HEADER_POS_BIG,
  HEADER_SIZE_SHIFT,
  makeHeader,
  PAIR_BIG,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_MAX,
  SMALL_MIN,
  SMALL_SHIFT,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FuncIndex, i32, i64, type Local } from '../wasm/types.ts';
import { emitAllocate } from './emit-allocate.ts';

/** What `toLong` gives for a term that it does not know; no integer of 63 bits and sign. */
const NO_LONG = -(2n ** 63n);
const DIGIT_BITS = 32n;
const MAX_SHIFT = 62;

interface Operands {
  readonly w: FunctionBuilder;
  readonly x: Local;
  readonly y: Local;
  readonly result: Local;
}

/** Gives the operation up. */
function undecidedIf(w: FunctionBuilder): void {
  w.if();
  w.i32Const(0);
  w.return();
  w.end();
}

function pushBoth({ w, x, y }: Operands): void {
  w.localGet(x);
  w.localGet(y);
}

/** Two's complement: the sum or difference ran over if both of these have other signs than the result. */
function giveUpOnCarry({ w, result }: Operands, first: () => void, second: () => void): void {
  w.localTee(result);
  first();
  w.i64Xor();
  second();
  w.i64And();
  w.i64Const(0n);
  w.i64LtS();
  undecidedIf(w);
  w.localGet(result);
}

function emitSum(o: Operands): void {
  const { w, x, y, result } = o;
  pushBoth(o);
  w.i64Add();
  giveUpOnCarry(
    o,
    () => w.localGet(x),
    () => {
      w.localGet(y);
      w.localGet(result);
      w.i64Xor();
    },
  );
}

function emitDifference(o: Operands): void {
  const { w, x } = o;
  pushBoth(o);
  w.i64Sub();
  giveUpOnCarry(
    o,
    () => w.localGet(x),
    () => {
      pushBoth(o);
      w.i64Xor();
    },
  );
}

function emitProduct(o: Operands): void {
  const { w, x, y, result } = o;
  pushBoth(o);
  w.i64Mul();
  w.localSet(result);
  const fits = w.block();
  w.localGet(x);
  w.i64Eqz();
  w.brIf(fits);
  // x is not -1 where the product is -2^63: y would be 2^63.
  w.localGet(result);
  w.localGet(x);
  w.i64DivS();
  w.localGet(y);
  w.i64Ne();
  undecidedIf(w);
  w.end(fits);
  w.localGet(result);
}

const division =
  (divide: (w: FunctionBuilder) => void) =>
  (o: Operands): void => {
    o.w.localGet(o.y);
    o.w.i64Eqz();
    undecidedIf(o.w);
    pushBoth(o);
    divide(o.w);
  };

/** Shifts by 0 to MAX_SHIFT bits. */
function giveUpOnFarShift({ w, y }: Operands): void {
  w.localGet(y);
  w.i64Const(BigInt(MAX_SHIFT));
  w.i64GtU();
  undecidedIf(w);
}

function emitLeftShift(o: Operands): void {
  const { w, x, y, result } = o;
  giveUpOnFarShift(o);
  pushBoth(o);
  w.i64Shl();
  w.localTee(result);
  w.localGet(y);
  w.i64ShrS();
  w.localGet(x);
  w.i64Ne();
  undecidedIf(w);
  w.localGet(result);
}

function emitRightShift(o: Operands): void {
  giveUpOnFarShift(o);
  pushBoth(o);
  o.w.i64ShrS();
}

const bitwise =
  (combine: (w: FunctionBuilder) => void) =>
  (o: Operands): void => {
    pushBoth(o);
    combine(o.w);
  };

/** By the name of the BIF of the module erlang; each pushes the result, an i64. */
const operators: Readonly<Record<string, (o: Operands) => void>> = {
  '+': emitSum,
  '-': emitDifference,
  '*': emitProduct,
  div: division((w) => w.i64DivS()),
  rem: division((w) => w.i64RemS()),
  band: bitwise((w) => w.i64And()),
  bor: bitwise((w) => w.i64Or()),
  bxor: bitwise((w) => w.i64Xor()),
  bsl: emitLeftShift,
  bsr: emitRightShift,
};

/** Whether the module has the operator. */
export function isLongOperator(module: string, name: string, arity: number): boolean {
  return module === 'erlang' && arity === 2 && Object.hasOwn(operators, name);
}

/** (term) -> i64 */
function emitToLong(w: FunctionBuilder): void {
  const term = w.param(0);
  const header = w.local(i32, 'header');
  const magnitude = w.local(i64, 'magnitude');
  const unknown = w.block();
  w.localGet(term);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_SMALL);
  w.i32Eq();
  w.if();
  w.localGet(term);
  w.i32Const(SMALL_SHIFT);
  w.i32ShrS();
  w.i64ExtendI32S();
  w.return();
  w.end();
  w.localGet(term);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_BOXED);
  w.i32Ne();
  w.brIf(unknown);
  w.localGet(term);
  w.i32Const(PRIMARY_BOXED);
  w.i32Sub();
  w.i32Load();
  w.localTee(header);
  w.i32Const(HEADER_PAIR_MASK);
  w.i32And();
  w.i32Const(PAIR_BIG);
  w.i32Ne();
  w.brIf(unknown);
  emitMagnitude(w, { term, header, magnitude }, () => w.br(unknown));
  w.localGet(magnitude);
  w.i64Const(0n);
  w.i64LtS();
  w.brIf(unknown);
  w.i64Const(0n);
  w.localGet(magnitude);
  w.i64Sub();
  w.localGet(magnitude);
  emitIsOfSign(w, header);
  w.select();
  w.return();
  w.end(unknown);
  w.i64Const(NO_LONG);
}

/** Pushes 1 if the header is a negative integer's. */
function emitIsOfSign(w: FunctionBuilder, header: Local): void {
  w.localGet(header);
  w.i32Const(HEADER_POS_BIG ^ HEADER_NEG_BIG);
  w.i32And();
}

/** Loads one or two digits. */
function emitMagnitude(
  w: FunctionBuilder,
  { term, header, magnitude }: { term: Local; header: Local; magnitude: Local },
  giveUp: () => void,
): void {
  const sizeIs = (digits: number): void => {
    w.localGet(header);
    w.i32Const(~(HEADER_POS_BIG ^ HEADER_NEG_BIG));
    w.i32And();
    w.i32Const(makeHeader(HEADER_POS_BIG, digits));
    w.i32Eq();
  };
  sizeIs(1);
  w.if();
  w.localGet(term);
  w.i64Load32U(BIG_DIGITS - PRIMARY_BOXED);
  w.localSet(magnitude);
  w.else();
  sizeIs(2);
  w.i32Eqz();
  w.if();
  giveUp();
  w.end();
  w.localGet(term);
  w.i64Load(BIG_DIGITS - PRIMARY_BOXED);
  w.localSet(magnitude);
  w.end();
}

/** (i64) -> term */
function emitFromLong(w: FunctionBuilder, moreHeap: FuncIndex): void {
  const value = w.param(0);
  const [words, address] = [w.local(i32, 'words'), w.local(i32, 'address')];
  const header = w.local(i32, 'header');
  w.localGet(value);
  w.i64Const(BigInt(SMALL_MIN));
  w.i64Sub();
  w.i64Const(BigInt(SMALL_MAX - SMALL_MIN));
  w.i64LeU();
  w.if();
  w.localGet(value);
  w.i32WrapI64();
  w.i32Const(SMALL_SHIFT);
  w.i32Shl();
  w.i32Const(PRIMARY_SMALL);
  w.i32Or();
  w.return();
  w.end();
  w.i32Const(HEADER_POS_BIG);
  w.localSet(header);
  w.localGet(value);
  w.i64Const(0n);
  w.i64LtS();
  w.if();
  w.i32Const(HEADER_NEG_BIG);
  w.localSet(header);
  w.i64Const(0n);
  w.localGet(value);
  w.i64Sub();
  w.localSet(value);
  w.end();
  w.i32Const(3);
  w.i32Const(2);
  w.localGet(value);
  w.i64Const(DIGIT_BITS);
  w.i64ShrU();
  w.i64Const(0n);
  w.i64Ne();
  w.select();
  w.localSet(words);
  emitAllocate(w, words, address, moreHeap);
  emitBig(w, { value, words, address, header });
}

/** Writes the big of 2 or 3 words and pushes it as a term. */
function emitBig(
  w: FunctionBuilder,
  { value, words, address, header }: { value: Local; words: Local; address: Local; header: Local },
): void {
  w.localGet(address);
  w.localGet(words);
  w.i32Const(1);
  w.i32Sub();
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32Shl();
  w.localGet(header);
  w.i32Or();
  w.i32Store();
  w.localGet(address);
  w.localGet(value);
  w.i64Store32(BIG_DIGITS);
  w.localGet(words);
  w.i32Const(3);
  w.i32Eq();
  w.if();
  w.localGet(address);
  w.localGet(value);
  w.i64Const(DIGIT_BITS);
  w.i64ShrU();
  w.i64Store32(BIG_DIGITS + 4);
  w.end();
  w.localGet(address);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
}

/** The module. It imports the memory (`env`) and the runtime function moreHeap (`rt`). */
export function buildLongArith(): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder({ names: true });
  builder.importMemory('env', 'memory', { min: 1 });
  const moreHeap = builder.importFunction('rt', 'moreHeap', builder.type([i32], [i32]));
  const toLong = builder.declareFunction(builder.type([i32], [i64]), 'toLong');
  const fromLong = builder.declareFunction(builder.type([i64], [i32]), 'fromLong');
  const define = (func: FuncIndex, emit: (w: FunctionBuilder) => void): void => {
    const w = builder.body(func);
    emit(w);
    w.finish();
  };
  define(toLong, emitToLong);
  define(fromLong, (w) => emitFromLong(w, moreHeap));
  for (const [name, emit] of Object.entries(operators)) {
    const func = builder.declareFunction(builder.type([i32, i32], [i32]), name);
    define(func, (w) => {
      const o = { w, x: w.local(i64, 'x'), y: w.local(i64, 'y'), result: w.local(i64, 'result') };
      for (const [i, local] of [o.x, o.y].entries()) {
        w.localGet(w.param(i));
        w.call(toLong);
        w.localTee(local);
        w.i64Const(NO_LONG);
        w.i64Eq();
        undecidedIf(w);
      }
      emit(o);
      w.call(fromLong);
    });
    builder.exportFunction(name, func);
  }
  return builder.finish().bytes;
}
