/** Functions of a translated module that its code shares, made when first asked for: the rare ways, and what need not be fast. */
import { REDUCTIONS, UNWIND_TOP } from '../memory/map.ts';
import { STACK_TAG_SHIFT, UNDECIDED_ORDER } from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, type FuncType, i32, i64, type Local, type ValType } from '../wasm/types.ts';
import {
  emitCompareFloats,
  emitCompareLongs,
  emitFromLong,
  emitIsFloat,
  emitIsLong,
  emitIsSignedLong,
  emitLowLong,
  emitToLong,
} from './long-terms.ts';
import type { ModuleTranslator } from './module-translator.ts';
import { RELOC_RETURN } from './relocations.ts';

export class ModuleHelpers {
  private readonly translator: ModuleTranslator;
  private readonly made = new Map<string, FuncIndex>();
  // By size: nearly every function asks for these.
  private readonly unwinds: FuncIndex[] = [];
  private readonly pauses: FuncIndex[] = [];

  constructor(translator: ModuleTranslator) {
    this.translator = translator;
  }

  /** A function of this name, with as many i32 parameters and an i32 as result, or of a type. */
  private helper(name: string, params: number | FuncType, emit: (w: FunctionBuilder) => void): FuncIndex {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const { builder } = this.translator;
    const type =
      typeof params === 'number'
        ? builder.type(new Array<ValType>(params).fill(i32), [i32])
        : builder.type(params.params, params.results);
    const func = builder.declareFunction(type, this.translator.noted(name));
    this.made.set(name, func);
    const w = builder.body(func);
    emit(w);
    w.finish();
    return func;
  }

  /**
   * (return point of the module, register 1 … `size`) -> 0: appends a frame of `size` registers at UNWIND_TOP. A frame that ends at
   * `end` has its return address at end-4(size+1) and register k at end-4k.
   */
  unwind(size: number): FuncIndex {
    this.unwinds[size] ??= this.helper(`unwind${size}`, size + 1, (w) => {
      const start = w.local(i32, 'start');
      emitFrame(w, start, size);
      emitRegisters(w, start, size);
      w.i32Const(0);
    });
    return this.unwinds[size];
  }

  /** The same for a budget check that has found no reductions left: a term where the process may go on at once. */
  pause(size: number): FuncIndex {
    this.pauses[size] ??= this.helper(`pause${size}`, size + 1, (w) => {
      const start = w.local(i32, 'start');
      emitFrame(w, start, size);
      emitRegisters(w, start, size);
      w.returnCall(this.translator.imported('prelude', 'pause', ':i'));
    });
    return this.pauses[size];
  }

  /** (return point of the module) -> what the runtime function caughtByTry gives for its return address. */
  caughtByTry(): FuncIndex {
    return this.helper('caughtByTry', 1, (w) => {
      pushReturnAddress(w);
      w.returnCall(this.translator.runtime('caughtByTry'));
    });
  }

  /** (return point of the module) -> address of the frame's lowest word: `unwind` without its registers, for frames that are too large for it. */
  unwindLarge(size: number): FuncIndex {
    return this.helper(`unwindLarge${size}`, 1, (w) => {
      const start = w.local(i32, 'start');
      emitFrame(w, start, size);
      w.localGet(start);
    });
  }

  /**
   * (x, y) -> term, or 0: raised or failed. What the BIF of this name in the module erlang gives; integers that are not very long
   * and floats are dealt with without leaving WebAssembly (kernels.ts).
   */
  arith(kind: 'bif' | 'guard', name: string): FuncIndex {
    return this.helper(`${kind} ${name}`, 2, (w) =>
      this.emitKernelFirst(w, name, () => this.translator.bifNamed(kind, 'erlang', name, 2)),
    );
  }

  /** Of two parameters: what the kernel gives, or where that is 0 the other function. */
  private emitKernelFirst(w: FunctionBuilder, kernel: string, otherwise: () => FuncIndex): void {
    const result = w.local(i32, 'result');
    w.localGet(w.param(0));
    w.localGet(w.param(1));
    w.call(this.translator.imported('kernel', kernel, 'ii:i'));
    w.localTee(result);
    w.if();
    w.localGet(result);
    w.return();
    w.end();
    w.localGet(w.param(0));
    w.localGet(w.param(1));
    w.returnCall(otherwise());
  }

  /** (map, count) -> what the runtime function of this name gives; small maps are dealt with without leaving WebAssembly. */
  putMap(name: 'putMapAssoc' | 'putMapExact' | 'putMapLiterals' | 'tryPutMapExact'): FuncIndex {
    return this.helper(name, 2, (w) =>
      this.emitKernelFirst(w, name === 'putMapAssoc' ? name : 'putMapExact', () => this.translator.runtime(name)),
    );
  }

  /** (x, y) -> less than 0, 0, or more: the order of terms that are not both smalls. Integers that are not very long, floats, and tuples and lists of smalls are compared here. */
  compare(): FuncIndex {
    return this.helper('compare', 2, (w) => {
      const { translator } = this;
      for (const isKind of [this.isInteger(), this.isFloat()]) {
        w.localGet(w.param(0));
        w.call(isKind);
        w.localGet(w.param(1));
        w.call(isKind);
        w.i32And();
        w.if();
        if (isKind === this.isInteger()) emitCompareLongs(w, this.lowLong());
        else emitCompareFloats(w);
        w.return();
        w.end();
      }
      const order = w.local(i32, 'order');
      w.localGet(w.param(0));
      w.localGet(w.param(1));
      w.call(translator.imported('kernel', 'order', 'ii:i'));
      w.localTee(order);
      w.i32Const(UNDECIDED_ORDER);
      w.i32Ne();
      w.if();
      w.localGet(order);
      w.return();
      w.end();
      w.localGet(w.param(0));
      w.localGet(w.param(1));
      w.returnCall(translator.runtime('compare'));
    });
  }

  /** (term) -> 1 for an integer of at most 63 bits and sign. */
  private isInteger(): FuncIndex {
    return this.helper('isInteger', 1, (w) => emitIsSignedLong(w, this.isLong(), this.lowLong()));
  }

  private isFloat(): FuncIndex {
    return this.helper('isFloat', 1, emitIsFloat);
  }

  /** (i64, a number with or without sign) -> term. */
  boxLong(signed: boolean): FuncIndex {
    const type = { params: [i64], results: [i32] };
    return this.helper(signed ? 'boxLong' : 'boxUnsignedLong', type, (w) =>
      emitFromLong(w, this.translator.runtime('moreHeap'), signed),
    );
  }

  /** (term) -> 1 for an integer that is no small and has at most 64 bits and sign. */
  isLong(): FuncIndex {
    return this.helper('isLong', 1, emitIsLong);
  }

  /** (term) -> i64; NO_LONG for what is no integer of 63 bits and sign. */
  toLong(): FuncIndex {
    return this.helper('toLong', { params: [i32], results: [i64] }, emitToLong);
  }

  /** (term, an integer) -> i64: its low 64 bits. */
  lowLong(): FuncIndex {
    return this.helper('lowLong', { params: [i32], results: [i64] }, emitLowLong);
  }

  /** (reductions) -> 1 if they have run out: what FunctionFrame.budget does in line. */
  spend(): FuncIndex {
    return this.helper('spend', 1, (w) => {
      w.i32Const(0);
      w.i32Const(0);
      w.i32Load(REDUCTIONS);
      w.localGet(w.param(0));
      w.i32Sub();
      w.localTee(w.param(0));
      w.i32Store(REDUCTIONS);
      w.localGet(w.param(0));
      w.i32Const(0);
      w.i32LtS();
    });
  }
}

/** Writes parameters 1 … `size` into the frame at `start`. */
function emitRegisters(w: FunctionBuilder, start: Local, size: number): void {
  for (let k = 1; k <= size; k++) {
    w.localGet(start);
    w.localGet(w.param(k));
    w.i32Store(4 * (size + 1 - k));
  }
}

/** That of the return point in parameter 0. */
function pushReturnAddress(w: FunctionBuilder): void {
  w.localGet(w.param(0));
  w.i32Const(STACK_TAG_SHIFT);
  w.i32Shl();
  w.i32ConstReloc(RELOC_RETURN, 0);
  w.i32Add();
}

/** Puts the old UNWIND_TOP into `start`, moves it up by a frame of `size` registers, and writes the return address of the point in parameter 0. */
function emitFrame(w: FunctionBuilder, start: Local, size: number): void {
  w.i32Const(0);
  w.i32Load(UNWIND_TOP);
  w.localTee(start);
  pushReturnAddress(w);
  w.i32Store();
  w.i32Const(0);
  w.localGet(start);
  w.i32Const(4 * (size + 1));
  w.i32Add();
  w.i32Store(UNWIND_TOP);
}
