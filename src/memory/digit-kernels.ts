/**
 * Sums, products, quotients and shifts of magnitudes in linear memory, as WebAssembly, which multiplies 32 bits by 32. One instance for each
 * memory. Magnitudes are addresses of their least significant digit (32 bits) and numbers of digits.
 */
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { i32, i64, type Local, type ValType } from '../wasm/types.ts';
import { currentMemory } from './memory.ts';

export type DigitKernels = {
  /** target = a + b, `aSize + 1` digits; b has no more digits than a. */
  add(a: number, aSize: number, b: number, bSize: number, target: number): void;
  /** target = a - b, `aSize` digits and a 0; b is not greater than a. */
  subtract(a: number, aSize: number, b: number, bSize: number, target: number): void;
  /** target = a * b, `aSize + bSize` digits, which must lie apart from both. */
  multiply(a: number, aSize: number, b: number, bSize: number, target: number): void;
  /**
   * Knuth's algorithm D. `u` has one digit more than `uSize`, `v` at least two, of which the highest has its highest bit set, and is not longer.
   * Leaves the remainder in `u`; writes `uSize - vSize + 1` digits to `quotient` unless that is 0.
   */
  divide(u: number, uSize: number, v: number, vSize: number, quotient: number): void;
  /** target = a << bits, `size + 1` digits; 0 to 31 bits. */
  shiftLeft(a: number, size: number, bits: number, target: number): void;
  /** a = a >> bits, in place; 0 to 31 bits. */
  shiftRight(a: number, size: number, bits: number): void;
};

const LOW_BITS = 0xffffffffn;
const DIGIT_BITS = 32n;

/** A pointer that moves by digits. */
function advance(w: FunctionBuilder, pointer: Local, bytes: number): void {
  w.localGet(pointer);
  w.i32Const(bytes);
  w.i32Add();
  w.localSet(pointer);
}

/** The address of the digit behind `size` digits from `start`, into `end`. */
function setEnd(w: FunctionBuilder, end: Local, start: Local, size: Local): void {
  w.localGet(start);
  w.localGet(size);
  w.i32Const(2);
  w.i32Shl();
  w.i32Add();
  w.localSet(end);
}

/** Goes through `body` while the pointer is below the end. */
function whileBelow(w: FunctionBuilder, pointer: Local, end: Local, body: () => void): void {
  const done = w.block();
  const next = w.loop();
  w.localGet(pointer);
  w.localGet(end);
  w.i32GeU();
  w.brIf(done);
  body();
  w.br(next);
  w.end(next);
  w.end(done);
}

/** Stores the low half of `t` at the pointer. */
function storeLow(w: FunctionBuilder, pointer: Local, t: Local): void {
  w.localGet(pointer);
  w.localGet(t);
  w.i64Store32();
}

function setHigh(w: FunctionBuilder, target: Local, t: Local): void {
  w.localGet(t);
  w.i64Const(DIGIT_BITS);
  w.i64ShrU();
  w.localSet(target);
}

function pushDigit(w: FunctionBuilder, pointer: Local, offset = 0): void {
  w.localGet(pointer);
  w.i64Load32U(offset);
}

const emitSum =
  (subtract: boolean) =>
  (w: FunctionBuilder): void => {
    const [a, aSize, b, bSize, target] = [0, 1, 2, 3, 4].map((i) => w.param(i)) as [Local, Local, Local, Local, Local];
    const [aEnd, bEnd, carry, t] = [w.local(i32), w.local(i32), w.local(i64), w.local(i64)];
    setEnd(w, aEnd, a, aSize);
    setEnd(w, bEnd, b, bSize);
    /** One digit; a negative carry is a borrow. */
    const digit = (pushOther?: () => void): void => {
      pushDigit(w, a);
      w.localGet(carry);
      w.i64Add();
      pushOther?.();
      w.localSet(t);
      storeLow(w, target, t);
      w.localGet(t);
      w.i64Const(DIGIT_BITS);
      w.i64ShrS();
      w.localSet(carry);
      advance(w, a, 4);
      advance(w, target, 4);
    };
    whileBelow(w, b, bEnd, () => {
      digit(() => {
        pushDigit(w, b);
        if (subtract) w.i64Sub();
        else w.i64Add();
      });
      advance(w, b, 4);
    });
    whileBelow(w, a, aEnd, () => digit());
    storeLow(w, target, carry);
  };

/** Adds a multiple of the digits from `from` up to `end` to those at `to`; both pointers move. The carry is left in `carry`. */
function emitAddRow(
  w: FunctionBuilder,
  { from, end, to, factor, carry, t }: { from: Local; end: Local; to: Local; factor: Local; carry: Local; t: Local },
): void {
  w.i64Const(0n);
  w.localSet(carry);
  whileBelow(w, from, end, () => {
    pushDigit(w, from);
    w.localGet(factor);
    w.i64Mul();
    pushDigit(w, to);
    w.i64Add();
    w.localGet(carry);
    w.i64Add();
    w.localSet(t);
    storeLow(w, to, t);
    setHigh(w, carry, t);
    advance(w, from, 4);
    advance(w, to, 4);
  });
}

function emitMultiply(w: FunctionBuilder): void {
  const [a, aSize, b, bSize, target] = [0, 1, 2, 3, 4].map((i) => w.param(i)) as [Local, Local, Local, Local, Local];
  const [from, end, to, bEnd] = [w.local(i32), w.local(i32), w.local(i32), w.local(i32)];
  const [factor, carry, t] = [w.local(i64), w.local(i64), w.local(i64)];
  w.localGet(target);
  w.i32Const(0);
  w.localGet(aSize);
  w.localGet(bSize);
  w.i32Add();
  w.i32Const(2);
  w.i32Shl();
  w.memoryFill();
  setEnd(w, end, a, aSize);
  setEnd(w, bEnd, b, bSize);
  whileBelow(w, b, bEnd, () => {
    pushDigit(w, b);
    w.localSet(factor);
    w.localGet(a);
    w.localSet(from);
    w.localGet(target);
    w.localSet(to);
    emitAddRow(w, { from, end, to, factor, carry, t });
    storeLow(w, to, carry);
    advance(w, b, 4);
    advance(w, target, 4);
  });
}

/** Locals of a division. `top`: address of the digit of u above those that v is taken from. */
interface Division {
  readonly w: FunctionBuilder;
  readonly v: Local;
  readonly vEnd: Local;
  readonly vBytes: Local;
  readonly top: Local;
  readonly estimate: Local;
  readonly rest: Local;
  readonly highest: Local;
  readonly from: Local;
  readonly to: Local;
  readonly carry: Local;
  readonly borrow: Local;
  readonly t: Local;
}

/** A digit of the quotient, at most one too large. */
function emitEstimate({ w, vEnd, top, estimate, rest, highest, t }: Division): void {
  // t: the two highest digits of what is left of u.
  pushDigit(w, top);
  w.i64Const(DIGIT_BITS);
  w.i64Shl();
  w.localGet(top);
  w.i32Const(4);
  w.i32Sub();
  w.i64Load32U();
  w.i64Or();
  w.localTee(t);
  w.localGet(highest);
  w.i64DivU();
  w.localTee(estimate);
  w.i64Const(LOW_BITS);
  w.i64GtU();
  w.if();
  w.i64Const(LOW_BITS);
  w.localSet(estimate);
  w.end();
  w.localGet(t);
  w.localGet(estimate);
  w.localGet(highest);
  w.i64Mul();
  w.i64Sub();
  w.localSet(rest);
  const done = w.block();
  const next = w.loop();
  w.localGet(rest);
  w.i64Const(LOW_BITS);
  w.i64GtU();
  w.brIf(done);
  w.localGet(estimate);
  w.localGet(vEnd);
  w.i32Const(8);
  w.i32Sub();
  w.i64Load32U();
  w.i64Mul();
  w.localGet(rest);
  w.i64Const(DIGIT_BITS);
  w.i64Shl();
  w.localGet(top);
  w.i32Const(8);
  w.i32Sub();
  w.i64Load32U();
  w.i64Or();
  w.i64LeU();
  w.brIf(done);
  decrement(w, estimate);
  w.localGet(rest);
  w.localGet(highest);
  w.i64Add();
  w.localSet(rest);
  w.br(next);
  w.end(next);
  w.end(done);
}

function decrement(w: FunctionBuilder, value: Local): void {
  w.localGet(value);
  w.i64Const(1n);
  w.i64Sub();
  w.localSet(value);
}

/** Puts the lowest digits of v and of its place in u into the pointers. */
function setRow({ w, v, vBytes, top, from, to }: Division): void {
  w.localGet(v);
  w.localSet(from);
  w.localGet(top);
  w.localGet(vBytes);
  w.i32Sub();
  w.localSet(to);
}

/** Takes the estimate times v from u; `t` is below 0 afterwards if that was too much. */
function emitSubtractRow(d: Division): void {
  const { w, vEnd, top, estimate, from, to, carry, borrow, t } = d;
  setRow(d);
  for (const local of [carry, borrow]) {
    w.i64Const(0n);
    w.localSet(local);
  }
  whileBelow(w, from, vEnd, () => {
    pushDigit(w, from);
    w.localGet(estimate);
    w.i64Mul();
    w.localGet(carry);
    w.i64Add();
    w.localTee(t);
    w.i64Const(DIGIT_BITS);
    w.i64ShrU();
    w.localSet(carry);
    pushDigit(w, to);
    w.localGet(t);
    w.i64Const(LOW_BITS);
    w.i64And();
    w.i64Sub();
    w.localGet(borrow);
    w.i64Sub();
    w.localSet(t);
    storeLow(w, to, t);
    w.localGet(t);
    w.i64Const(63n);
    w.i64ShrU();
    w.localSet(borrow);
    advance(w, from, 4);
    advance(w, to, 4);
  });
  pushDigit(w, top);
  w.localGet(carry);
  w.i64Sub();
  w.localGet(borrow);
  w.i64Sub();
  w.localSet(t);
  storeLow(w, top, t);
}

/** Gives back one v that was taken too much. */
function emitAddBack(d: Division): void {
  const { w, vEnd, top, estimate, from, to, carry, borrow, t } = d;
  w.localGet(t);
  w.i64Const(0n);
  w.i64LtS();
  w.if();
  decrement(w, estimate);
  setRow(d);
  w.i64Const(1n);
  w.localSet(borrow);
  emitAddRow(w, { from, end: vEnd, to, factor: borrow, carry, t });
  w.localGet(top);
  pushDigit(w, top);
  w.localGet(carry);
  w.i64Add();
  w.i64Store32();
  w.end();
}

function emitDivide(w: FunctionBuilder): void {
  const [u, uSize, v, vSize, quotient] = [0, 1, 2, 3, 4].map((i) => w.param(i)) as [Local, Local, Local, Local, Local];
  const words = (): Local => w.local(i32);
  const wide = (): Local => w.local(i64);
  const d: Division = {
    ...{ w, v, vEnd: words(), vBytes: words(), top: words(), from: words(), to: words() },
    ...{ estimate: wide(), rest: wide(), highest: wide(), carry: wide(), borrow: wide(), t: wide() },
  };
  setEnd(w, d.vEnd, v, vSize);
  setEnd(w, d.top, u, uSize);
  w.localGet(d.vEnd);
  w.localGet(v);
  w.i32Sub();
  w.localSet(d.vBytes);
  w.localGet(d.vEnd);
  w.i32Const(4);
  w.i32Sub();
  w.i64Load32U();
  w.localSet(d.highest);
  // From the top down to the digit whose place in u is v's lowest.
  const next = w.loop();
  emitEstimate(d);
  emitSubtractRow(d);
  emitAddBack(d);
  w.localGet(quotient);
  w.if();
  w.localGet(d.top);
  w.localGet(d.vBytes);
  w.i32Sub();
  w.localGet(u);
  w.i32Sub();
  w.localGet(quotient);
  w.i32Add();
  w.localGet(d.estimate);
  w.i64Store32();
  w.end();
  advance(w, d.top, -4);
  w.localGet(d.top);
  w.localGet(d.vBytes);
  w.i32Sub();
  w.localGet(u);
  w.i32GeU();
  w.brIf(next);
  w.end(next);
}

function emitShiftLeft(w: FunctionBuilder): void {
  const [a, size, bits, target] = [0, 1, 2, 3].map((i) => w.param(i)) as [Local, Local, Local, Local];
  const [end, carry, t] = [w.local(i32), w.local(i64), w.local(i64)];
  setEnd(w, end, a, size);
  whileBelow(w, a, end, () => {
    pushDigit(w, a);
    w.localGet(bits);
    w.i64ExtendI32U();
    w.i64Shl();
    w.localGet(carry);
    w.i64Or();
    w.localSet(t);
    storeLow(w, target, t);
    setHigh(w, carry, t);
    advance(w, a, 4);
    advance(w, target, 4);
  });
  storeLow(w, target, carry);
}

function emitShiftRight(w: FunctionBuilder): void {
  const [a, size, bits] = [0, 1, 2].map((i) => w.param(i)) as [Local, Local, Local];
  const [at, t] = [w.local(i32), w.local(i64)];
  setEnd(w, at, a, size);
  whileBelow(w, a, at, () => {
    advance(w, at, -4);
    // t: the digit above in the upper half.
    w.localGet(t);
    w.i64Const(DIGIT_BITS);
    w.i64Shl();
    pushDigit(w, at);
    w.i64Or();
    w.localSet(t);
    w.localGet(at);
    w.localGet(t);
    w.localGet(bits);
    w.i64ExtendI32U();
    w.i64ShrU();
    w.i64Store32();
  });
}

const EMITTERS: Readonly<Record<keyof DigitKernels, readonly [params: number, emit: (w: FunctionBuilder) => void]>> = {
  add: [5, emitSum(false)],
  subtract: [5, emitSum(true)],
  multiply: [5, emitMultiply],
  divide: [5, emitDivide],
  shiftLeft: [4, emitShiftLeft],
  shiftRight: [3, emitShiftRight],
};

function build(): WebAssembly.Module {
  const builder = new ModuleBuilder({ names: true });
  builder.importMemory('vm', 'memory', { min: 1 });
  for (const [name, [params, emit]] of Object.entries(EMITTERS)) {
    const func = builder.declareFunction(builder.type(new Array<ValType>(params).fill(i32), []), name);
    const w = builder.body(func);
    emit(w);
    w.finish();
    builder.exportFunction(name, func);
  }
  return new WebAssembly.Module(builder.finish().bytes);
}

const made: { module?: WebAssembly.Module; memory?: WebAssembly.Memory; kernels?: DigitKernels } = {};

/** The kernels for the memory in use. */
export function digitKernels(): DigitKernels {
  const memory = currentMemory();
  if (made.kernels !== undefined && made.memory === memory) return made.kernels;
  made.module ??= build();
  made.memory = memory;
  made.kernels = new WebAssembly.Instance(made.module, { vm: { memory } }).exports as unknown as DigitKernels;
  return made.kernels;
}
