/**
 * Arithmetic and order on integers of which nothing bounds the size: as i64 where operands and result are integers of 64 bits with
 * sign, by the BIF otherwise. Which of both a register holds is known only at run time (Entry.mixed in raw-integers.ts).
 */
import type { Operand } from '../../isa/operands.ts';
import type { FunctionBuilder } from '../../wasm/function-builder.ts';
import { i32, i64, type Label, type Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import { type BifCall, pushBifValue } from './guard-bif.ts';

interface Operands {
  readonly w: FunctionBuilder;
  readonly x: Local;
  readonly y: Local;
  /** Where to put what the operator gives. */
  readonly result: Local;
  readonly slow: Label;
}

const LONG_BITS = 64n;

function compute({ w, x, y, result }: Operands, operate: () => void): void {
  w.localGet(x);
  w.localGet(y);
  operate();
  w.localSet(result);
}

/** Goes to slow if both of these words have another sign than a third: two's complement ran over. */
function slowOnCarry({ w, slow }: Operands, ...pairs: readonly [Local, Local][]): void {
  for (const [one, other] of pairs) {
    w.localGet(one);
    w.localGet(other);
    w.i64Xor();
  }
  w.i64And();
  w.i64Const(0n);
  w.i64LtS();
  w.brIf(slow);
}

function emitSum(o: Operands): void {
  compute(o, () => o.w.i64Add());
  slowOnCarry(o, [o.x, o.result], [o.y, o.result]);
}

function emitDifference(o: Operands): void {
  compute(o, () => o.w.i64Sub());
  slowOnCarry(o, [o.x, o.y], [o.x, o.result]);
}

/** The operands' bits without signs are counted: 62 together always fit. */
function emitProduct(o: Operands): void {
  const { w, x, y, slow } = o;
  for (const local of [x, y]) {
    w.localGet(local);
    w.localGet(local);
    w.i64Const(LONG_BITS - 1n);
    w.i64ShrS();
    w.i64Xor();
    w.i64Clz();
  }
  w.i64Add();
  w.i64Const(LONG_BITS + 2n);
  w.i64LtU();
  w.brIf(slow);
  compute(o, () => w.i64Mul());
}

/** Divisors 0 and -1 go to slow: the one fails, the other can run over. */
const division =
  (divide: (w: FunctionBuilder) => void) =>
  (o: Operands): void => {
    const { w, y, slow } = o;
    w.localGet(y);
    w.i64Const(1n);
    w.i64Add();
    w.i64Const(1n);
    w.i64LeU();
    w.brIf(slow);
    compute(o, () => divide(w));
  };

function slowOnFarShift({ w, y, slow }: Operands): void {
  w.localGet(y);
  w.i64Const(LONG_BITS - 1n);
  w.i64GtU();
  w.brIf(slow);
}

function emitLeftShift(o: Operands): void {
  const { w, x, y, result, slow } = o;
  slowOnFarShift(o);
  compute(o, () => w.i64Shl());
  w.localGet(result);
  w.localGet(y);
  w.i64ShrS();
  w.localGet(x);
  w.i64Ne();
  w.brIf(slow);
}

function emitRightShift(o: Operands): void {
  slowOnFarShift(o);
  compute(o, () => o.w.i64ShrS());
}

const bitwise =
  (combine: (w: FunctionBuilder) => void) =>
  (o: Operands): void =>
    compute(o, () => combine(o.w));

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

/** Whether operands can be taken as i64 with a sign. */
export function canCheck(a: BeamAssembler, ...operands: readonly Operand[]): boolean {
  return operands.every((operand) => a.raw.isSignable(operand));
}

/** The result is mixed; the destination an X register. */
export function emitChecked(a: BeamAssembler, operator: string, x: Operand, y: Operand, call: BifCall): void {
  const { raw, w } = a;
  const [done, slow] = [w.block(), w.block()];
  const locals = { x: a.temporary(i64), y: a.temporary(i64), result: a.temporary(i64) };
  raw.pushSigned(x, slow);
  w.localSet(locals.x);
  raw.pushSigned(y, slow);
  w.localSet(locals.y);
  (operators[operator] as (o: Operands) => void)({ w, slow, ...locals });
  w.localGet(locals.result);
  raw.popMixed(call.dst);
  w.br(done);
  w.end(slow);
  for (const operand of [x, y]) raw.boxAside(operand);
  pushBifValue(a, call);
  a.pop(call.dst);
  w.end(done);
  for (const local of Object.values(locals)) a.release(local, i64);
  raw.noteMixed(call.dst);
}

/** `is_lt` (less) or `is_ge` of two terms. */
export function emitCheckedOrder(a: BeamAssembler, fail: Operand, x: Operand, y: Operand, less: boolean): void {
  const { raw, w } = a;
  const [done, slow] = [w.block(i32), w.block()];
  raw.pushSigned(x, slow);
  raw.pushSigned(y, slow);
  if (less) w.i64GeS();
  else w.i64LtS();
  w.br(done);
  w.end(slow);
  for (const operand of [x, y]) {
    raw.boxAside(operand);
    a.push(operand);
  }
  w.call(a.translator.helpers.compare());
  w.i32Const(0);
  if (less) w.i32GeS();
  else w.i32LtS();
  w.end(done);
  a.branchIf(a.label(fail));
}
