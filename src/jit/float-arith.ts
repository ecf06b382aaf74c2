/** Kernels (kernels.ts) of arithmetic with a float among the operands. */
import { FLOAT_VALUE, FLOAT_WORDS, HEADER_FLOAT, HEADER_TYPE_MASK, makeHeader, PRIMARY_BOXED } from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, f64, i32, i64 } from '../wasm/types.ts';
import { emitAllocate } from './emit-allocate.ts';
import type { KernelBuilder } from './kernels.ts';
import { emitToLong, FLOAT_ALIGNMENT, NO_LONG, pushHeader, pushIsPrimary } from './long-terms.ts';

/** By the name of the BIF of the module erlang. */
export const floatOperators: Readonly<Record<string, (w: FunctionBuilder) => void>> = {
  '+': (w) => w.f64Add(),
  '-': (w) => w.f64Sub(),
  '*': (w) => w.f64Mul(),
  '/': (w) => w.f64Div(),
};

/** (term) -> f64; NaN for what is neither a float nor an integer of 63 bits and sign. */
function emitToDouble(w: FunctionBuilder, toLong: FuncIndex): void {
  const term = w.param(0);
  const long = w.local(i64, 'long');
  const noFloat = w.block();
  pushIsPrimary(w, term, PRIMARY_BOXED);
  w.i32Eqz();
  w.brIf(noFloat);
  pushHeader(w, term);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_FLOAT);
  w.i32Ne();
  w.brIf(noFloat);
  w.localGet(term);
  w.f64Load(FLOAT_VALUE - PRIMARY_BOXED, FLOAT_ALIGNMENT);
  w.return();
  w.end(noFloat);
  w.localGet(term);
  w.call(toLong);
  w.localTee(long);
  w.i64Const(NO_LONG);
  w.i64Eq();
  w.if();
  w.f64Const(Number.NaN);
  w.return();
  w.end();
  w.localGet(long);
  w.f64ConvertI64S();
}

/** (f64) -> term. */
function emitFromDouble(w: FunctionBuilder, moreHeap: FuncIndex): void {
  const [words, address] = [w.local(i32, 'words'), w.local(i32, 'address')];
  w.i32Const(1 + FLOAT_WORDS);
  w.localSet(words);
  emitAllocate(w, words, address, moreHeap);
  w.localGet(address);
  w.i32Const(makeHeader(HEADER_FLOAT, FLOAT_WORDS));
  w.i32Store();
  w.localGet(address);
  w.localGet(w.param(0));
  w.f64Store(FLOAT_VALUE, FLOAT_ALIGNMENT);
  w.localGet(address);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
}

/**
 * Defines (x, y) -> term, or 0: not decided here (an operand that is no number or a longer integer, a result that no double can
 * hold), by operator. `/` is exported: the others are the rest of the operators on integers.
 */
export function defineFloatOperators(kernels: KernelBuilder): Map<string, FuncIndex> {
  const toLong = kernels.define('floatToLong', [i32], i64, emitToLong);
  const toDouble = kernels.define('toDouble', [i32], f64, (w) => emitToDouble(w, toLong));
  const fromDouble = kernels.define('fromDouble', [f64], i32, (w) => emitFromDouble(w, kernels.runtime('moreHeap')));
  const defined = new Map<string, FuncIndex>();
  for (const [name, operate] of Object.entries(floatOperators)) {
    const emit = (w: FunctionBuilder): void => {
      const result = w.local(f64, 'result');
      for (let i = 0; i < 2; i++) {
        w.localGet(w.param(i));
        w.call(toDouble);
      }
      operate(w);
      w.localTee(result);
      w.localGet(result);
      w.f64Sub();
      w.f64Const(0);
      w.f64Eq();
      w.if(i32);
      w.localGet(result);
      w.call(fromDouble);
      w.else();
      w.i32Const(0);
      w.end();
    };
    if (name === '/') defined.set(name, kernels.export(name, [i32, i32], i32, emit));
    else defined.set(name, kernels.define(`float ${name}`, [i32, i32], i32, emit));
  }
  return defined;
}
