/** Kernels (kernels.ts) of arithmetic on integers of up to 63 bits and sign. */
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, i64, type Local } from '../wasm/types.ts';
import type { KernelBuilder } from './kernels.ts';
import { emitFromLong, emitToLong, NO_LONG } from './long-terms.ts';

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
export const longOperators: Readonly<Record<string, (o: Operands) => void>> = {
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

/**
 * Defines the operators. Operands that are no such integers go to the function of `floats` for the operator, if there is one.
 */
export function defineLongOperators(kernels: KernelBuilder, floats: ReadonlyMap<string, FuncIndex>): void {
  const toLong = kernels.define('toLong', [i32], i64, emitToLong);
  const fromLong = kernels.define('fromLong', [i64], i32, (w) => emitFromLong(w, kernels.runtime('moreHeap')));
  for (const [name, emit] of Object.entries(longOperators)) {
    const other = floats.get(name);
    kernels.export(name, [i32, i32], i32, (w) => {
      const o = { w, x: w.local(i64, 'x'), y: w.local(i64, 'y'), result: w.local(i64, 'result') };
      for (const [i, local] of [o.x, o.y].entries()) {
        w.localGet(w.param(i));
        w.call(toLong);
        w.localTee(local);
        w.i64Const(NO_LONG);
        w.i64Eq();
        if (other === undefined) undecidedIf(w);
        else {
          w.if();
          w.localGet(w.param(0));
          w.localGet(w.param(1));
          w.returnCall(other);
          w.end();
        }
      }
      emit(o);
      w.call(fromLong);
    });
  }
}
