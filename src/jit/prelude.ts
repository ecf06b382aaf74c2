/**
 * Generated code that belongs to no module: the trampoline, and for each arity what all functions share.
 *
 *   run() -> status                 runs the process in the VM registers until it cannot go on (see `emitRun`)
 *   pause() -> 0 or term            the innermost frame, appended at UNWIND_TOP, has run out of reductions (see `emitPause`)
 *   undefined<n>(slot, x0 …) -> 0   an export without code was called
 *   lambda<n>(x0 …, fun) -> 0       a closure without code was called: what its slot holds
 *   export<n>(x0 …, fun) -> term    what the slot of every `fun M:F/n` holds: calls the export's own slot
 *   callFun<n>(x0 …, fun) -> term   calls a fun of that arity
 *   callSlot<n>(x0 …, slot) -> term calls the function in a slot of the table
 *
 * Only the prelude imports the table: V8 11 keeps an instance that imports a table for as long as the table, so that code of
 * purged modules would never go. Calling through these costs a jump.
 */
import {
  ARITY_BITS,
  REDUCTIONS,
  RETURN_POINT_FRAME_BITS,
  RETURN_POINTS,
  RUN_MODE,
  SLICES_IN_PLACE,
  SLOT,
  SP,
  STACK_LOW,
  STATUS,
  STATUS_ARGUMENT,
  STATUS_DONE,
  STATUS_UNDEFINED,
  STATUS_UNDEFINED_LAMBDA,
  STATUS_YIELD,
  UNWIND_BASE,
  UNWIND_TOP,
  X_REGISTERS,
} from '../memory/map.ts';
import { EXPORT_TARGET, FUN_SLOT, NIL, PRIMARY_BOXED, STACK_TAG_SHIFT } from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FuncIndex, funcref, i32, type Label, type Local, type TableIndex, type ValType } from '../wasm/types.ts';

/** Functions of up to this many arguments are called by the trampoline itself, others through the import `callLarge`. */
export const TRAMPOLINE_ARITY = 16;

const words = (count: number): ValType[] => new Array<ValType>(count).fill(i32);

class PreludeBuilder {
  readonly builder = new ModuleBuilder({ names: true });
  readonly table: TableIndex;

  constructor() {
    this.builder.importMemory('env', 'memory', { min: 1 });
    this.table = this.builder.importTable('env', 'table', funcref, { min: 1 });
  }

  functionType(arity: number) {
    return this.builder.type(words(arity), [i32]);
  }

  private define(name: string, params: number, emit: (w: FunctionBuilder) => void): void {
    const func = this.builder.declareFunction(this.builder.type(words(params), [i32]), name);
    const w = this.builder.body(func);
    emit(w);
    w.finish();
    this.builder.exportFunction(name, func);
  }

  /** What functions with `arity` arguments share. */
  defineArity(arity: number): void {
    this.define(`undefined${arity}`, arity + 1, (w) => {
      storeParam(w, STATUS_ARGUMENT, 0);
      leave(w, STATUS_UNDEFINED, 1, arity);
    });
    this.define(`lambda${arity}`, arity + 1, (w) => {
      storeConst(w, STATUS_ARGUMENT, arity);
      leave(w, STATUS_UNDEFINED_LAMBDA, 0, arity + 1);
    });
    this.define(`export${arity}`, arity + 1, (w) => {
      pushParams(w, arity);
      w.localGet(w.param(arity));
      w.i32Load(EXPORT_TARGET - PRIMARY_BOXED);
      w.returnCallIndirect(this.functionType(arity), this.table);
    });
    this.define(`callFun${arity}`, arity + 1, (w) => {
      pushParams(w, arity + 1);
      w.localGet(w.param(arity));
      w.i32Load(FUN_SLOT - PRIMARY_BOXED);
      w.returnCallIndirect(this.functionType(arity + 1), this.table);
    });
    this.define(`callSlot${arity}`, arity + 1, (w) => {
      pushParams(w, arity + 1);
      w.returnCallIndirect(this.functionType(arity), this.table);
    });
  }

  defineRun(): void {
    const callLarge = this.builder.importFunction('env', 'callLarge', this.builder.type([i32], [i32]));
    const growStack = this.builder.importFunction('env', 'growStack', this.builder.type([i32], []));
    const traceReturn = this.builder.importFunction('env', 'traceReturn', this.builder.type([i32, i32], [i32]));
    this.define('traceReturn', 2, (w) => {
      w.localGet(w.param(0));
      w.localGet(w.param(1));
      w.call(traceReturn);
    });
    const prolong = this.builder.importFunction('env', 'prolong', this.builder.type([], [i32]));
    this.define('pause', 0, (w) => emitPause(w, this, prolong));
    this.define('run', 0, (w) => emitRun(w, this, { callLarge, growStack }));
  }
}

function pushParams(w: FunctionBuilder, count: number): void {
  for (let i = 0; i < count; i++) w.localGet(w.param(i));
}

function storeParam(w: FunctionBuilder, address: number, param: number): void {
  w.i32Const(0);
  w.localGet(w.param(param));
  w.i32Store(address);
}

function storeConst(w: FunctionBuilder, address: number, value: number): void {
  w.i32Const(0);
  w.i32Const(value);
  w.i32Store(address);
}

/** Stores `count` X registers from parameter `first` on and the status; returns 0. */
function leave(w: FunctionBuilder, status: number, first: number, count: number): void {
  for (let i = 0; i < count; i++) storeParam(w, X_REGISTERS + 4 * i, first + i);
  storeConst(w, STATUS, status);
  w.i32Const(0);
}

/** Wasm for the modules that generated code imports as `prelude`: `run` and the first arities, or one more arity. */
export function buildPrelude(arity?: number): Uint8Array<ArrayBuffer> {
  const prelude = new PreludeBuilder();
  if (arity === undefined) {
    prelude.defineRun();
    for (let i = 0; i <= TRAMPOLINE_ARITY; i++) prelude.defineArity(i);
  } else {
    prelude.defineArity(arity);
  }
  return prelude.builder.finish().bytes;
}

/**
 * Wasm of one function, exported as `f`, for the slot of an export whose code is gone: as the stub that importing modules bring. Function
 * and slot are imports, so that what V8 makes of it serves all slots of an arity.
 */
export function buildUndefinedStub(arity: number): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  const target = builder.importFunction('prelude', 'undefined', builder.type(words(arity + 1), [i32]));
  const slot = builder.importGlobal('export', 'slot', i32, false);
  const func = builder.declareFunction(builder.type(words(arity), [i32]));
  const w = builder.body(func);
  w.globalGet(slot);
  for (let i = 0; i < arity; i++) w.localGet(w.param(i));
  w.returnCall(target);
  w.finish();
  builder.exportFunction('f', func);
  return builder.finish().bytes;
}

// ---- the trampoline ------------------------------------------------------------------------------------------------

interface RunImports {
  /** Calls the function in SLOT, which has more than TRAMPOLINE_ARITY arguments, with the X registers. */
  readonly callLarge: FuncIndex;
  /** Makes room for so many bytes below SP; the stack block may move. */
  readonly growStack: FuncIndex;
}

interface RunLocals {
  readonly value: Local;
  /** SP while frames are given values. */
  readonly sp: Local;
  /** A return point's entry in the table. */
  readonly point: Local;
  readonly left: Local;
}

/**
 * RUN_CALL: calls the function in SLOT with the X registers. RUN_RETURN: gives X0 to the frame at SP. Then goes on with the frames
 * below, for as long as functions return values. When one gives 0, moves the frames that gathered to the stack and returns STATUS.
 * Each value given to a frame here takes a reduction: a deep stack is taken down in slices too.
 */
function emitRun(w: FunctionBuilder, prelude: PreludeBuilder, imports: RunImports): void {
  const l: RunLocals = {
    value: w.local(i32, 'value'),
    sp: w.local(i32, 'sp'),
    point: w.local(i32, 'point'),
    left: w.local(i32, 'left'),
  };
  loadWord(w, X_REGISTERS);
  w.localSet(l.value);
  // Whoever leaves for another reason says so, and nothing goes on behind that.
  storeConst(w, STATUS, STATUS_YIELD);
  const returned = w.block();
  loadWord(w, RUN_MODE);
  w.brIf(returned);
  emitDispatch(w, prelude, imports);
  w.localTee(l.value);
  w.i32Eqz();
  w.if();
  emitLeft(w, l, imports);
  w.end();
  w.end(returned);
  // Only the trampoline moves SP: the local stays right over calls.
  loadWord(w, SP);
  w.localSet(l.sp);
  const next = w.loop();
  takeReduction(w, l);
  emitReturn(w, l, prelude);
  w.localTee(l.value);
  w.brIf(next);
  w.end(next);
  emitLeft(w, l, imports);
  w.unreachable();
}

function loadWord(w: FunctionBuilder, address: number): void {
  w.i32Const(0);
  w.i32Load(address);
}

/** Pushes the value of SLOT's function for the X registers. */
function emitDispatch(w: FunctionBuilder, prelude: PreludeBuilder, { callLarge }: RunImports): void {
  const done = w.block(i32);
  const large = w.block();
  const cases: Label[] = [];
  for (let arity = 0; arity <= TRAMPOLINE_ARITY; arity++) cases.unshift(w.block());
  loadWord(w, SLOT);
  w.i32Const(2 ** ARITY_BITS - 1);
  w.i32And();
  // cases[0] is the innermost block, opened last.
  w.brTable(cases, large);
  cases.forEach((label, arity) => {
    w.end(label);
    for (let i = 0; i < arity; i++) loadWord(w, X_REGISTERS + 4 * i);
    loadWord(w, SLOT);
    w.i32Const(ARITY_BITS);
    w.i32ShrU();
    w.callIndirect(prelude.functionType(arity), prelude.table);
    w.br(done);
  });
  w.end(large);
  loadWord(w, SLOT);
  w.call(callLarge);
  w.end(done);
}

/** Stops before the frame, its value in X0, when the reductions are used up (whatever wants the process sets them to 0). */
function takeReduction(w: FunctionBuilder, { value, left }: RunLocals): void {
  w.i32Const(0);
  loadWord(w, REDUCTIONS);
  w.i32Const(1);
  w.i32Sub();
  w.localTee(left);
  w.i32Store(REDUCTIONS);
  w.localGet(left);
  w.i32Const(0);
  w.i32LtS();
  w.if();
  w.i32Const(0);
  w.localGet(value);
  w.i32Store(X_REGISTERS);
  w.i32Const(STATUS_YIELD);
  w.return();
  w.end();
}

/** A function gave 0: the gathered frames go below SP, innermost lowest. */
function emitLeft(w: FunctionBuilder, { point: size }: RunLocals, { growStack }: RunImports): void {
  loadWord(w, UNWIND_TOP);
  loadWord(w, UNWIND_BASE);
  w.i32Sub();
  w.localTee(size);
  w.if();
  loadWord(w, SP);
  loadWord(w, STACK_LOW);
  w.i32Sub();
  w.localGet(size);
  w.i32LtU();
  w.if();
  w.localGet(size);
  w.call(growStack);
  w.end();
  w.i32Const(0);
  loadWord(w, SP);
  w.localGet(size);
  w.i32Sub();
  w.i32Store(SP);
  loadWord(w, SP);
  loadWord(w, UNWIND_BASE);
  w.localGet(size);
  w.memoryCopy();
  w.i32Const(0);
  loadWord(w, UNWIND_BASE);
  w.i32Store(UNWIND_TOP);
  w.end();
  // Whoever yielded has its registers in its frame: the value that it will be given only has to be a term.
  loadWord(w, STATUS);
  w.i32Const(STATUS_YIELD);
  w.i32Eq();
  w.if();
  storeConst(w, X_REGISTERS, NIL);
  w.end();
  loadWord(w, STATUS);
  w.return();
}

/** Pushes what the frame at SP makes of the value; SP is then behind the frame. Point 0 is the end of the stack. */
function emitReturn(w: FunctionBuilder, { value, sp, point }: RunLocals, prelude: PreludeBuilder): void {
  w.localGet(sp);
  w.i32Load();
  w.i32Const(STACK_TAG_SHIFT);
  w.i32ShrU();
  w.localTee(point);
  w.i32Eqz();
  w.if();
  w.i32Const(0);
  w.localGet(value);
  w.i32Store(X_REGISTERS);
  w.i32Const(STATUS_DONE);
  w.return();
  w.end();
  findPoint(w, point);
  w.i32Const(0);
  w.localGet(point);
  w.i32Load(4);
  w.i32Const(2 ** RETURN_POINT_FRAME_BITS - 1);
  w.i32And();
  w.i32Const(2);
  w.i32Shl();
  w.localGet(sp);
  w.i32Add();
  w.localTee(sp);
  w.i32Store(SP);
  callPoint(w, point, prelude, () => w.localGet(value));
}

/** From the number of a return point to the address of its row. */
function findPoint(w: FunctionBuilder, point: Local): void {
  loadWord(w, RETURN_POINTS);
  w.localGet(point);
  w.i32Const(3);
  w.i32Shl();
  w.i32Add();
  w.localSet(point);
}

/** Calls the resume entry of the return point whose row is at `point`. */
function callPoint(w: FunctionBuilder, point: Local, prelude: PreludeBuilder, pushValue: () => void): void {
  w.localGet(point);
  w.i32Load(4);
  w.i32Const(RETURN_POINT_FRAME_BITS);
  w.i32ShrU();
  pushValue();
  w.localGet(point);
  w.i32Load();
  w.callIndirect(prelude.builder.type(words(2), [i32]), prelude.table);
}

/**
 * Goes on with the frame of a budget check where it is, all others on the native stack, if `prolong` gives the process another slice: nothing is
 * unwound and entered again. The calls of `pause` that have not returned bound the native stack: between two of them lie the frames of a slice.
 * SP stays: registers are loaded from below it, where nothing is alive.
 */
function emitPause(w: FunctionBuilder, prelude: PreludeBuilder, prolong: FuncIndex): void {
  const [left, size, point] = [w.local(i32, 'left'), w.local(i32, 'size'), w.local(i32, 'point')];
  const leaves = w.block();
  loadWord(w, SLICES_IN_PLACE);
  w.localTee(left);
  w.i32Eqz();
  w.brIf(leaves);
  loadWord(w, SP);
  loadWord(w, STACK_LOW);
  w.i32Sub();
  loadWord(w, UNWIND_TOP);
  loadWord(w, UNWIND_BASE);
  w.i32Sub();
  w.localTee(size);
  w.i32LtU();
  w.brIf(leaves);
  w.call(prolong);
  w.i32Eqz();
  w.brIf(leaves);
  loadWord(w, SP);
  w.localGet(size);
  w.i32Sub();
  loadWord(w, UNWIND_BASE);
  w.localGet(size);
  w.memoryCopy();
  loadWord(w, UNWIND_BASE);
  w.i32Load();
  w.i32Const(STACK_TAG_SHIFT);
  w.i32ShrU();
  w.localSet(point);
  findPoint(w, point);
  w.i32Const(0);
  loadWord(w, UNWIND_BASE);
  w.i32Store(UNWIND_TOP);
  w.i32Const(0);
  w.localGet(left);
  w.i32Const(1);
  w.i32Sub();
  w.i32Store(SLICES_IN_PLACE);
  callPoint(w, point, prelude, () => w.i32Const(NIL));
  w.i32Const(0);
  w.localGet(left);
  w.i32Store(SLICES_IN_PLACE);
  w.return();
  w.end(leaves);
  w.i32Const(0);
}
