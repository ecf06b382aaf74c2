/**
 * Arithmetic on smalls; other operands and results that are no small go to the BIFs. A small n is the word 4n + 3.
 * Where the compiler's types bound both operands so that nothing can go wrong, nothing is checked.
 */
import type { Operand } from '../../isa/operands.ts';
import { PRIMARY_MASK, PRIMARY_SMALL, SMALL_MAX, SMALL_MIN, SMALL_SHIFT } from '../../term/layout.ts';
import { i64, type Label, type Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import { type BifCall, emitBifFunction, emitInline, type InlineBif, type InlineBifTable } from './guard-bif.ts';

interface Range {
  readonly min: number;
  readonly max: number;
}

interface Binary {
  /** Whether smalls from these ranges always give a small. */
  readonly fits: (x: Range, y: Range) => boolean;
  /** Pushes the result for two smalls; without a label, for operands that fit. */
  readonly push: (a: BeamAssembler, x: Operand, y: Operand, slow: Label | undefined) => void;
}

/** The word of SMALL_MIN: its negation is no small. */
const MIN_WORD = (SMALL_MIN << SMALL_SHIFT) | PRIMARY_SMALL;
/** Shifts of more bits than this are left to the BIFs. */
const MAX_SHIFT = 31;

const within = (...values: number[]): boolean => values.every((value) => value >= SMALL_MIN && value <= SMALL_MAX);
const excludes = ({ min, max }: Range, value: number): boolean => max < value || min > value;

const binary =
  ({ fits, push }: Binary): InlineBif =>
  (a, call) => {
    const [x, y] = call.args as [Operand, Operand];
    if (a.neverSmall(x) || a.neverSmall(y)) return emitBifFunction(a, call);
    const [rangeX, rangeY] = [a.smallRange(x), a.smallRange(y)];
    const known = rangeX !== undefined && rangeY !== undefined;
    emitInline(a, call, known && fits(rangeX, rangeY), (slow) => {
      if (slow !== undefined && !known) {
        a.pushNotBothSmall(x, y);
        a.w.brIf(slow);
      }
      push(a, x, y, slow);
    });
  };

/** Pushes 4n for a small n. */
function pushScaled(a: BeamAssembler, operand: Operand): void {
  if (operand.kind === 'integer') return a.w.i32Const(Number(operand.value) << SMALL_SHIFT);
  a.push(operand);
  a.w.i32Const(PRIMARY_SMALL);
  a.w.i32Sub();
}

/** Pushes n for a small n. */
function pushValue(a: BeamAssembler, operand: Operand): void {
  if (operand.kind === 'integer') return a.w.i32Const(Number(operand.value));
  a.push(operand);
  a.w.i32Const(SMALL_SHIFT);
  a.w.i32ShrS();
}

/** Makes the value on the stack, which fits, a small. */
function tagValue(a: BeamAssembler): void {
  a.w.i32Const(SMALL_SHIFT);
  a.w.i32Shl();
  setTag(a);
}

function setTag(a: BeamAssembler): void {
  a.w.i32Const(PRIMARY_SMALL);
  a.w.i32Or();
}

/** Goes to slow if the sum or difference `result` with `x` as its first operand ran over; `pushSigns`: negative if so. */
function checkCarry(
  a: BeamAssembler,
  slow: Label,
  x: Operand,
  y: Operand,
  grows: boolean,
  pushSigns: (result: Local) => void,
): void {
  const { w } = a;
  a.withTemporary((result) => {
    w.localTee(result);
    if (y.kind === 'integer') {
      a.push(x);
      if (grows) w.i32LtS();
      else w.i32GtS();
    } else {
      pushSigns(result);
      w.i32Const(0);
      w.i32LtS();
    }
    w.brIf(slow);
    w.localGet(result);
  });
}

function pushXor(a: BeamAssembler, operand: Operand, local: Local): void {
  a.push(operand);
  a.w.localGet(local);
  a.w.i32Xor();
}

function pushSum(a: BeamAssembler, first: Operand, second: Operand, slow: Label | undefined): void {
  const [x, y] = first.kind === 'integer' ? [second, first] : [first, second];
  a.push(x);
  pushScaled(a, y);
  a.w.i32Add();
  if (slow === undefined) return;
  checkCarry(a, slow, x, y, y.kind === 'integer' && y.value >= 0, (result) => {
    pushXor(a, x, result);
    pushXor(a, y, result);
    a.w.i32And();
  });
}

function pushDifference(a: BeamAssembler, x: Operand, y: Operand, slow: Label | undefined): void {
  a.push(x);
  pushScaled(a, y);
  a.w.i32Sub();
  if (slow === undefined) return;
  checkCarry(a, slow, x, y, y.kind === 'integer' && y.value < 0, (result) => {
    pushXor(a, x, result);
    a.push(x);
    a.push(y);
    a.w.i32Xor();
    a.w.i32And();
  });
}

/** Makes the i64 on the stack, 4 times the result, a small; goes to slow if that does not fit. */
function narrow(a: BeamAssembler, slow: Label): void {
  const { w } = a;
  const wide = a.temporary(i64);
  w.localTee(wide);
  w.localGet(wide);
  w.i64Extend32S();
  w.i64Ne();
  w.brIf(slow);
  w.localGet(wide);
  w.i32WrapI64();
  setTag(a);
  a.release(wide, i64);
}

function pushProduct(a: BeamAssembler, x: Operand, y: Operand, slow: Label | undefined): void {
  const { w } = a;
  pushScaled(a, x);
  if (slow === undefined) {
    pushValue(a, y);
    w.i32Mul();
    return setTag(a);
  }
  w.i64ExtendI32S();
  pushValue(a, y);
  w.i64ExtendI32S();
  w.i64Mul();
  narrow(a, slow);
}

/** Goes to slow if the divisor is 0. */
function checkDivisor(a: BeamAssembler, y: Operand, slow: Label | undefined): void {
  const range = a.smallRange(y);
  if (slow === undefined || (range !== undefined && excludes(range, 0))) return;
  a.push(y);
  a.w.i32Const(PRIMARY_SMALL);
  a.w.i32Eq();
  a.w.brIf(slow);
}

/** SMALL_MIN div -1 is the one quotient that is no small. */
const quotientFits = (x: Range, y: Range): boolean => excludes(y, -1) || excludes(x, SMALL_MIN);

function pushQuotient(a: BeamAssembler, x: Operand, y: Operand, slow: Label | undefined): void {
  const { w } = a;
  checkDivisor(a, y, slow);
  pushValue(a, x);
  pushValue(a, y);
  w.i32DivS();
  const divisor = a.smallRange(y);
  if (slow === undefined || (divisor !== undefined && excludes(divisor, -1))) return tagValue(a);
  a.withTemporary((quotient) => {
    w.localTee(quotient);
    w.i32Const(-SMALL_MIN);
    w.i32Eq();
    w.brIf(slow);
    w.localGet(quotient);
  });
  tagValue(a);
}

function pushRemainder(a: BeamAssembler, x: Operand, y: Operand, slow: Label | undefined): void {
  checkDivisor(a, y, slow);
  pushValue(a, x);
  pushValue(a, y);
  a.w.i32RemS();
  tagValue(a);
}

const bitwise = (combine: (a: BeamAssembler) => void): InlineBif =>
  binary({
    fits: () => true,
    push: (a, x, y) => {
      a.push(x);
      a.push(y);
      combine(a);
    },
  });

/** Goes to slow unless the number of bits is from 0 to MAX_SHIFT. */
function checkShift(a: BeamAssembler, y: Operand, slow: Label | undefined): void {
  const range = a.smallRange(y);
  if (slow === undefined || (range !== undefined && range.min >= 0 && range.max <= MAX_SHIFT)) return;
  pushValue(a, y);
  a.w.i32Const(MAX_SHIFT);
  a.w.i32GtU();
  a.w.brIf(slow);
}

function pushLeftShift(a: BeamAssembler, x: Operand, y: Operand, slow: Label | undefined): void {
  const { w } = a;
  checkShift(a, y, slow);
  pushScaled(a, x);
  if (slow === undefined) {
    pushValue(a, y);
    w.i32Shl();
    return setTag(a);
  }
  w.i64ExtendI32S();
  pushValue(a, y);
  w.i64ExtendI32S();
  w.i64Shl();
  narrow(a, slow);
}

function pushRightShift(a: BeamAssembler, x: Operand, y: Operand, slow: Label | undefined): void {
  checkShift(a, y, slow);
  a.push(x);
  pushValue(a, y);
  a.w.i32ShrS();
  setTag(a);
}

const emitPlus = binary({ fits: (x, y) => within(x.min + y.min, x.max + y.max), push: pushSum });
const emitMinus = binary({ fits: (x, y) => within(x.min - y.max, x.max - y.min), push: pushDifference });
const emitTimes = binary({
  fits: (x, y) => within(x.min * y.min, x.min * y.max, x.max * y.min, x.max * y.max),
  push: pushProduct,
});
const emitIntDiv = binary({ fits: (x, y) => excludes(y, 0) && quotientFits(x, y), push: pushQuotient });
const emitRem = binary({ fits: (_x, y) => excludes(y, 0), push: pushRemainder });
const emitBsl = binary({
  fits: (x, y) => y.min >= 0 && y.max <= MAX_SHIFT && within(x.min * 2 ** y.max, x.max * 2 ** y.max),
  push: pushLeftShift,
});
const emitBsr = binary({ fits: (_x, y) => y.min >= 0 && y.max <= MAX_SHIFT, push: pushRightShift });

/** A BIF of one operand: `push` pushes the result for a small. */
const unary =
  (fits: (x: Range) => boolean, push: (a: BeamAssembler, x: Operand, slow: Label | undefined) => void): InlineBif =>
  (a, call) => {
    const x = call.args[0] as Operand;
    if (a.neverSmall(x)) return emitBifFunction(a, call);
    const range = a.smallRange(x);
    emitInline(a, call, range !== undefined && fits(range), (slow) => {
      if (slow !== undefined && range === undefined) branchUnlessSmall(a, x, slow);
      push(a, x, slow);
    });
  };

export function branchUnlessSmall(a: BeamAssembler, x: Operand, slow: Label): void {
  const { w } = a;
  a.push(x);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_SMALL);
  w.i32Ne();
  w.brIf(slow);
}

/** Pushes -n as a small: 6 - (4n + 3) is 4(-n) + 3. */
function pushNegated(a: BeamAssembler, x: Operand, slow: Label | undefined): void {
  const { w } = a;
  if (slow !== undefined) {
    a.push(x);
    w.i32Const(MIN_WORD);
    w.i32Eq();
    w.brIf(slow);
  }
  w.i32Const(2 * PRIMARY_SMALL);
  a.push(x);
  w.i32Sub();
}

function pushAbsolute(a: BeamAssembler, x: Operand, slow: Label | undefined): void {
  const { w } = a;
  pushNegated(a, x, slow);
  a.push(x);
  a.push(x);
  w.i32Const(0);
  w.i32LtS();
  w.select();
}

function pushComplement(a: BeamAssembler, x: Operand): void {
  a.push(x);
  a.w.i32Const(~PRIMARY_MASK);
  a.w.i32Xor();
}

/** Pushes the greater (or lesser) of two smalls, the first if they are equal. */
const extreme = (takesFirst: (a: BeamAssembler) => void): InlineBif =>
  binary({
    fits: () => true,
    push: (a, x, y) => {
      a.push(x);
      a.push(y);
      a.push(x);
      a.push(y);
      takesFirst(a);
      a.w.select();
    },
  });

const always = (): boolean => true;
const negatable = (x: Range): boolean => excludes(x, SMALL_MIN);
/** Whole numbers stay as they are. */
const emitIdentity = unary(always, (a, x) => a.push(x));

/** OTP's loader makes `+A` the sum `A + 0` (gen_plus in ops.tab): -0.0 becomes 0.0, and errors are those of +/2. */
function emitUnaryPlus(a: BeamAssembler, call: BifCall): void {
  const zero: Operand = { kind: 'integer', value: 0 };
  emitPlus(a, { ...call, bif: { module: 'erlang', name: '+', arity: 2 }, args: [...call.args, zero] });
}

export const arithBifs: InlineBifTable = {
  'erlang:+/1': emitUnaryPlus,
  'erlang:-/1': unary(negatable, pushNegated),
  'erlang:+/2': emitPlus,
  'erlang:-/2': emitMinus,
  'erlang:*/2': emitTimes,
  'erlang:div/2': emitIntDiv,
  'erlang:rem/2': emitRem,
  'erlang:band/2': bitwise((a) => a.w.i32And()),
  'erlang:bor/2': bitwise((a) => a.w.i32Or()),
  'erlang:bxor/2': bitwise((a) => {
    a.w.i32Xor();
    setTag(a);
  }),
  'erlang:bnot/1': unary(always, pushComplement),
  'erlang:bsl/2': emitBsl,
  'erlang:bsr/2': emitBsr,
  'erlang:abs/1': unary(negatable, pushAbsolute),
  'erlang:max/2': extreme((a) => a.w.i32GeS()),
  'erlang:min/2': extreme((a) => a.w.i32LeS()),
  'erlang:trunc/1': emitIdentity,
  'erlang:round/1': emitIdentity,
  'erlang:floor/1': emitIdentity,
  'erlang:ceil/1': emitIdentity,
};
