/**
 * Arithmetic and comparisons on integers of up to 64 bits that need not be smalls, as i64 (raw-integers.ts). Ranges decide: of the
 * compiler's types, of constants, of results before. Everything else is left to arith.ts and tests-compare.ts.
 */
import { type OpcodeRow, opcodes } from '../../isa/opcodes.ts';
import type { Operand } from '../../isa/operands.ts';
import { typeBits } from '../../isa/types.ts';
import type { Instruction } from '../../loader/beam-module.ts';
import { SMALL_MAX, SMALL_MIN } from '../../term/layout.ts';
import type { FunctionBuilder } from '../../wasm/function-builder.ts';
import { i64, type Label } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import {
  type IntegerRange,
  isLong,
  isModular,
  isSignedLong,
  isUnsignedLong,
  MAX_SHIFT,
  resultRange,
} from '../integer-range.ts';
import { tagLong } from '../raw-integers.ts';
import { canCheck, emitChecked, emitCheckedOrder } from './checked-arith.ts';
import { type BifCall, pushBifValue } from './guard-bif.ts';

/** An operation of two operands, and the call that stands for it where an operand is something else. */
interface Operation {
  readonly operator: string;
  readonly x: Operand;
  readonly y: Operand;
  readonly call: BifCall;
}

const signedCode: Readonly<Record<string, (w: FunctionBuilder) => void>> = {
  '+': (w) => w.i64Add(),
  '-': (w) => w.i64Sub(),
  '*': (w) => w.i64Mul(),
  div: (w) => w.i64DivS(),
  rem: (w) => w.i64RemS(),
  band: (w) => w.i64And(),
  bor: (w) => w.i64Or(),
  bxor: (w) => w.i64Xor(),
  bsl: (w) => w.i64Shl(),
  bsr: (w) => w.i64ShrS(),
};

const unsignedCode: Readonly<Record<string, (w: FunctionBuilder) => void>> = {
  ...signedCode,
  div: (w) => w.i64DivU(),
  rem: (w) => w.i64RemU(),
  bsr: (w) => w.i64ShrU(),
};

const MINUS_ONE: Operand = { kind: 'integer', value: -1 };
const ZERO: Operand = { kind: 'integer', value: 0 };

const isSmallRange = ({ min, max }: IntegerRange): boolean => min >= SMALL_MIN && max <= SMALL_MAX;

/** The operation that an instruction is, if it is one of integers. */
function operationOf(a: BeamAssembler, { op, args }: Instruction): Operation | undefined {
  if (op.name !== 'gc_bif2' && op.name !== 'gc_bif1') return undefined;
  const bif = a.translator.module.imports[a.number(args[2])];
  if (bif === undefined || bif.module !== 'erlang') return undefined;
  const fail = a.label(args[0]);
  const dst = args.at(-1) as Operand;
  const [x, y] = [args[3] as Operand, args[4] as Operand];
  if (op.name === 'gc_bif2') {
    if (signedCode[bif.name] === undefined) return undefined;
    return { operator: bif.name, x, y, call: { fail, bif, args: [x, y], dst } };
  }
  const call = { fail, bif, args: [x], dst };
  if (bif.name === 'bnot') return { operator: 'bxor', x, y: MINUS_ONE, call };
  return bif.name === '-' ? { operator: '-', x: ZERO, y: x, call } : undefined;
}

const isRegisterX = (operand: Operand, index: number): boolean => operand.kind === 'x' && operand.index === index;

/** An operator or a comparison: what reads an i64 as one. */
export function usesLong(a: BeamAssembler, instruction: Instruction): boolean {
  return operationOf(a, instruction) !== undefined || comparisons[instruction.op.name] !== undefined;
}

const isInteger = (a: BeamAssembler, operand: Operand): boolean =>
  operand.kind === 'integer' || a.always(operand, typeBits.integer);

const isKnownInteger = (a: BeamAssembler, operand: Operand): boolean => a.raw.has(operand) || isInteger(a, operand);

/** What these give for floats fails later, or not at all. */
const floatOperators = new Set(['+', '-', '*']);

const isWide = (operand: Operand): boolean =>
  operand.kind === 'integer' && (operand.value > SMALL_MAX || operand.value < SMALL_MIN);

// ---- wrapping ------------------------------------------------------------------------------------------------------

/** A conjunction with a constant: all that it reads are the low 64 bits. */
function isMask({ operator, y }: Operation): boolean {
  return operator === 'band' && y.kind === 'integer' && y.value >= 0 && BigInt(y.value) <= 2n ** 64n - 1n;
}

const isShiftCount = (range: IntegerRange | undefined): boolean =>
  range !== undefined && range.min >= 0n && range.max <= MAX_SHIFT;

/** Operators that see the low 64 bits of operands only, and whose other operand cannot make them fail. */
function readsLowBits(a: BeamAssembler, operation: Operation, register: number): boolean {
  const { operator, x, y, call } = operation;
  if (!isModular(operator) || call.fail > 0 || call.dst.kind !== 'x') return false;
  if (operator === 'bsl')
    return isRegisterX(x, register) && y.kind === 'integer' && y.value >= 0 && y.value <= MAX_SHIFT;
  return [x, y].every((operand) => isRegisterX(operand, register) || isInteger(a, operand));
}

/** Whether nothing reads more of the register, from behind an instruction on, than its low 64 bits. */
function wraps(a: BeamAssembler, from: number, register: number): boolean {
  const { instructions } = a.plan.func;
  for (let index = from + 1; index < instructions.length; index++) {
    const instruction = instructions[index] as Instruction;
    if (instruction.op.name === 'line') continue;
    const operation = operationOf(a, instruction);
    if (operation === undefined) return !a.raw.isLiveAfter(index - 1, register);
    const { x, y, call } = operation;
    const dst = call.dst.kind === 'x' ? call.dst.index : -1;
    if (isRegisterX(x, register) || isRegisterX(y, register)) {
      if (!readsLowBits(a, operation, register)) return false;
      if (!isMask(operation) && !wraps(a, index, dst)) return false;
    } else if (call.fail > 0) {
      return !a.raw.isLiveAfter(index - 1, register);
    }
    if (dst === register) return true;
  }
  return false;
}

// ---- operators -----------------------------------------------------------------------------------------------------

interface Plan {
  /** Undefined: only the low bits of the result are right. */
  readonly result: IntegerRange | undefined;
  readonly signed: boolean;
  /** Nothing bounds the result: checked-arith.ts. */
  readonly checked?: boolean;
}

const CHECKED: Plan = { result: undefined, signed: true, checked: true };

/** How the operation can be done on i64; undefined: it cannot, or it is not worth it. */
function planOf(a: BeamAssembler, operation: Operation): Plan | undefined {
  const { raw } = a;
  const { operator, x, y, call } = operation;
  const isRaw = raw.isUnboxed(x) || raw.isUnboxed(y);
  if (!isRaw && !mayBeWide(a, operation)) return undefined;
  const [rangeX, rangeY] = [raw.rangeOf(x), raw.rangeOf(y)];
  const result = resultRange(operator, rangeX, rangeY);
  if (result !== undefined && isLong(result)) {
    const signed = commonSign(operator, rangeX, rangeY);
    if (signed === undefined) return checkedPlan(a, operation);
    if (!isRaw && isSmallRange(result) && a.alwaysSmall(x) && a.alwaysSmall(y)) return undefined;
    const paysOff = isRaw || isSmallRange(result) || isWide(y) || isUsedAsLong(a, call.dst);
    return paysOff ? { result, signed } : undefined;
  }
  if (call.fail > 0 || call.dst.kind !== 'x' || !a.plan.hasWideMask) return undefined;
  const isCut = isModular(operator) && (operator !== 'bsl' || isShiftCount(rangeY));
  const mayBeFloat = floatOperators.has(operator) && !(isKnownInteger(a, x) && isKnownInteger(a, y));
  if (isCut && !mayBeFloat && wraps(a, a.at, call.dst.index)) return { result: undefined, signed: true };
  return checkedPlan(a, operation);
}

/** Where an operand has an i64 already, or could not be a small. */
function checkedPlan(a: BeamAssembler, { x, y, call }: Operation): Plan | undefined {
  if (call.fail > 0 || call.dst.kind !== 'x' || !a.plan.hasWideMask || !canCheck(a, x, y)) return undefined;
  const isRaw = a.raw.isUnboxed(x) || a.raw.isUnboxed(y);
  return isRaw || ((isWide(x) || isWide(y)) && isUsedAsLong(a, call.dst)) ? CHECKED : undefined;
}

/** Cheap: whether operands or the result can be integers that are no smalls, and something is known of them. */
function mayBeWide(a: BeamAssembler, { operator, x, y }: Operation): boolean {
  if ([x, y].some((operand) => a.raw.has(operand) || a.raw.isUnboxed(operand) || isWide(operand))) return true;
  const smalls = a.alwaysSmall(x) && a.alwaysSmall(y);
  if (smalls) return operator === '*' || operator === 'bsl';
  return a.plan.hasWideMask || (isBounded(a, x) && isBounded(a, y));
}

/** The compiler knows of bounds. */
function isBounded(a: BeamAssembler, operand: Operand): boolean {
  if (operand.kind !== 'x' && operand.kind !== 'y') return operand.kind === 'integer';
  if (operand.type === 0) return false;
  const { union, min, max } = a.translator.type(operand.type);
  return union === typeBits.integer && min !== undefined && max !== undefined;
}

/** Whether i64 with a sign hold the operands; undefined: they do not fit together. */
function commonSign(operator: string, x: IntegerRange | undefined, y: IntegerRange | undefined): boolean | undefined {
  if (isModular(operator)) return true;
  if (x === undefined || y === undefined) return undefined;
  if (operator === 'bsr' && isShiftCount(y)) return isSignedLong(x) ? true : isUnsignedLong(x) ? false : undefined;
  if (operator === 'bsr') return undefined;
  if (isSignedLong(x) && isSignedLong(y)) return true;
  return isUnsignedLong(x) && isUnsignedLong(y) ? false : undefined;
}

export function isUsedAsLong(a: BeamAssembler, dst: Operand): boolean {
  return dst.kind === 'x' && a.raw.isUsedAsLong(a.at, dst.index, (instruction) => usesLong(a, instruction));
}

function emitOperation(a: BeamAssembler, operation: Operation, { result, signed }: Plan): void {
  const { raw, w } = a;
  const { operator, x, y, call } = operation;
  const fits = (operand: Operand): boolean => {
    const range = raw.rangeOf(operand);
    return raw.has(operand) || (range !== undefined && isLong(range));
  };
  const divisor = operator === 'div' || operator === 'rem' ? raw.rangeOf(y) : undefined;
  const mayDivideByZero = divisor !== undefined && divisor.min <= 0n && divisor.max >= 0n;
  const certain = fits(x) && fits(y) && !mayDivideByZero;
  // What is always there gets its i64 before any code that is not always run.
  if (!certain) for (const operand of [x, y]) keepLong(a, operand, fits(operand));
  const done = certain ? undefined : w.block();
  const slow = certain ? undefined : w.block();
  raw.push(x, slow, certain);
  raw.push(y, slow, certain);
  if (mayDivideByZero && slow !== undefined) checkDivisor(a, y, slow);
  ((signed ? signedCode : unsignedCode)[operator] as (w: FunctionBuilder) => void)(w);
  const isSmall = result !== undefined && isSmallRange(result);
  if (done === undefined || slow === undefined) return popResult(a, call.dst, result, isSmall);
  const value = a.temporary(i64);
  if (isSmall) {
    tagLong(a);
    a.pop(call.dst);
  } else {
    w.localSet(value);
  }
  w.br(done);
  w.end(slow);
  for (const operand of [x, y]) raw.boxAside(operand);
  pushBifValue(a, call);
  if (isSmall) {
    a.pop(call.dst);
  } else {
    raw.unboxPushed();
    w.localSet(value);
  }
  w.end(done);
  if (isSmall) {
    raw.forget(call.dst);
  } else {
    w.localGet(value);
    raw.pop(call.dst, result);
  }
  a.release(value, i64);
}

function keepLong(a: BeamAssembler, operand: Operand, fits: boolean): void {
  if (!fits || operand.kind !== 'x' || a.raw.has(operand)) return;
  a.raw.push(operand, undefined, true);
  a.w.drop();
}

function checkDivisor(a: BeamAssembler, y: Operand, slow: Label): void {
  const { w } = a;
  a.raw.push(y, undefined, false);
  w.i64Eqz();
  w.brIf(slow);
}

function popResult(a: BeamAssembler, dst: Operand, result: IntegerRange | undefined, isSmall: boolean): void {
  if (!isSmall) return a.raw.pop(dst, result);
  tagLong(a);
  a.pop(dst);
  a.raw.forget(dst);
}

// ---- comparisons ---------------------------------------------------------------------------------------------------

/** What goes to fail: less than, for signed and unsigned operands. */
const comparisons: Readonly<Record<string, readonly [(w: FunctionBuilder) => void, (w: FunctionBuilder) => void]>> = {
  is_lt: [(w) => w.i64GeS(), (w) => w.i64GeU()],
  is_ge: [(w) => w.i64LtS(), (w) => w.i64LtU()],
  is_eq: [(w) => w.i64Ne(), (w) => w.i64Ne()],
  is_eq_exact: [(w) => w.i64Ne(), (w) => w.i64Ne()],
  is_ne: [(w) => w.i64Eq(), (w) => w.i64Eq()],
  is_ne_exact: [(w) => w.i64Eq(), (w) => w.i64Eq()],
};

function emitComparison(a: BeamAssembler, { op, args }: Instruction): boolean {
  const codes = comparisons[op.name];
  if (codes === undefined) return false;
  const { raw } = a;
  const [fail, x, y] = args as [Operand, Operand, Operand];
  const isRaw = [x, y].some((operand) => raw.has(operand) || raw.isUnboxed(operand));
  if (!isRaw && !(isBounded(a, x) && isBounded(a, y))) return false;
  if (a.alwaysSmall(x) && a.alwaysSmall(y)) return false;
  const [rangeX, rangeY] = [raw.rangeOf(x), raw.rangeOf(y)];
  if (rangeX === undefined || rangeY === undefined) {
    if ((op.name !== 'is_lt' && op.name !== 'is_ge') || !a.plan.hasWideMask || !canCheck(a, x, y)) return false;
    emitCheckedOrder(a, fail, x, y, op.name === 'is_lt');
    return true;
  }
  const signed = isSignedLong(rangeX) && isSignedLong(rangeY);
  if (!signed && !(isUnsignedLong(rangeX) && isUnsignedLong(rangeY))) return false;
  raw.push(x, undefined, true);
  raw.push(y, undefined, true);
  (signed ? codes[0] : codes[1])(a.w);
  a.branchIf(a.label(fail));
  return true;
}

const onLongs: readonly boolean[] = [undefined, ...opcodes].map((row) => {
  const { name = '' } = row ?? {};
  return name === 'gc_bif1' || name === 'gc_bif2' || name === 'move' || comparisons[name] !== undefined;
});

/** Whether `emitOnLongs` is to be asked about an instruction. */
export function mayBeOnLongs({ number }: OpcodeRow): boolean {
  return onLongs[number] === true;
}

/** Emits an instruction on i64; false: it is to be emitted on terms. */
export function emitOnLongs(a: BeamAssembler, instruction: Instruction): boolean {
  const { name } = instruction.op;
  if (name === 'gc_bif2' || name === 'gc_bif1') {
    const operation = operationOf(a, instruction);
    const plan = operation === undefined ? undefined : planOf(a, operation);
    if (operation === undefined || plan === undefined) return false;
    if (plan.checked === true) emitChecked(a, operation.operator, operation.x, operation.y, operation.call);
    else emitOperation(a, operation, plan);
    return true;
  }
  if (name === 'move') return a.raw.copy(instruction.args[0] as Operand, instruction.args[1] as Operand);
  return emitComparison(a, instruction);
}
