/** The sizes of the segments of bs_create_bin, and the checks that belong to them. */
import type { Operand, Segment } from '../../isa/operands.ts';
import { typeBits } from '../../isa/types.ts';
import {
  HEADER_PAIR_MASK,
  PAIR_BITS,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_SHIFT,
} from '../../term/layout.ts';
import type { Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import { failSegmentIf, TOO_LARGE, WRONG_SIZE, WRONG_TYPE } from './bits-errors.ts';
import { MAX_BITS, pushSizeOf, pushTypeByte } from './bits-words.ts';

/** A bitstring of which all bits are taken. */
export const isWhole = ({ type, size }: Segment): boolean =>
  type === 'binary' && size.kind === 'atom' && size.name === 'all';

/** The size in bits where the code says it. */
export function constantBits({ type, size, unit }: Segment): number | undefined {
  if (type === 'utf32') return 32;
  if (size.kind !== 'integer' || size.value < 0) return undefined;
  const bits = Number(size.value) * (type === 'string' ? 8 : unit);
  return bits <= MAX_BITS ? bits : undefined;
}

/** Adds the sizes of segments up: a known sum, and one in a local when some are known only when the code runs. */
export class SizeSum {
  known = 0;
  dynamic: Local | undefined;
  private readonly a: BeamAssembler;
  private readonly fail: Operand;

  constructor(a: BeamAssembler, fail: Operand) {
    this.a = a;
    this.fail = fail;
  }

  /** Adds a size in a local; a sum that is too large is the fault of `segment`. */
  add(segment: Segment, size: Local, isSmall: boolean): void {
    const { w } = this.a;
    if (this.dynamic === undefined) {
      this.dynamic = this.a.temporary();
      w.localGet(size);
      w.localSet(this.dynamic);
      return;
    }
    w.localGet(this.dynamic);
    w.localGet(size);
    w.i32Add();
    w.localSet(this.dynamic);
    if (isSmall) return;
    w.localGet(this.dynamic);
    w.localGet(size);
    w.i32LtU();
    failSegmentIf(this.a, this.fail, segment, TOO_LARGE, () => this.a.push(segment.size));
  }

  /** Goes to fail when the whole is too large; then `push` pushes its size. */
  finish(last: Segment): void {
    const { a } = this;
    const { w } = a;
    if (this.dynamic === undefined) {
      if (this.known <= MAX_BITS) return;
      w.i32Const(1);
    } else {
      w.localGet(this.dynamic);
      w.i32Const(MAX_BITS - Math.min(this.known, MAX_BITS));
      w.i32GtU();
    }
    failSegmentIf(a, this.fail, last, TOO_LARGE, () => a.push(last.size));
    if (this.dynamic === undefined || this.known === 0) return;
    w.localGet(this.dynamic);
    w.i32Const(this.known);
    w.i32Add();
    w.localSet(this.dynamic);
  }

  push(): void {
    if (this.dynamic === undefined) this.a.w.i32Const(this.known);
    else this.a.w.localGet(this.dynamic);
  }

  done(): void {
    if (this.dynamic !== undefined) this.a.release(this.dynamic);
  }
}

// ---- sizes ---------------------------------------------------------------------------------------------------------

/** The size of a segment in a local; checks it and, for characters, the value. Adds it to the sum. */
export function measure(a: BeamAssembler, fail: Operand, segment: Segment, sum: SizeSum): Local {
  const size = a.temporary();
  if (segment.type === 'utf8') measureUtf8(a, fail, segment, size);
  else if (segment.type === 'utf16') measureUtf16(a, segment, size);
  else if (isWhole(segment)) measureBits(a, fail, segment, size);
  else measureField(a, fail, segment, size);
  sum.add(segment, size, segment.type === 'utf8' || segment.type === 'utf16');
  return size;
}

function failUnlessSmall(a: BeamAssembler, fail: Operand, segment: Segment, operand: Operand, wrong: number): void {
  const { w } = a;
  a.push(operand);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_SMALL);
  w.i32Ne();
  failSegmentIf(a, fail, segment, wrong, () => a.push(operand));
}

/** size * unit for a size in a register. */
function measureField(a: BeamAssembler, fail: Operand, segment: Segment, size: Local): void {
  fieldBits(a, segment.size, segment.unit, size, (wrong) =>
    failSegmentIf(a, fail, segment, wrong, () => a.push(segment.size)),
  );
}

/** Puts size * unit into a local. `failsIf` pops an i32 and, when it is not 0, says what is wrong with the size. */
export function fieldBits(
  a: BeamAssembler,
  size: Operand,
  unit: number,
  bits: Local,
  failsIf: (wrong: number) => void,
): void {
  const { w } = a;
  const range = a.smallRange(size);
  const isNatural = range !== undefined && range.min >= 0;
  if (range === undefined) {
    a.push(size);
    w.i32Const(PRIMARY_MASK);
    w.i32And();
    w.i32Const(PRIMARY_SMALL);
    w.i32Eq();
    w.if();
  }
  smallFieldBits(a, size, unit, bits, isNatural, failsIf);
  if (range !== undefined) return;
  w.else();
  a.push(size);
  w.i32Const(unit);
  a.callRuntime('bsFieldBits');
  w.localTee(bits);
  w.i32Const(-1);
  w.i32Eq();
  failsIf(WRONG_SIZE);
  w.end();
}

function smallFieldBits(
  a: BeamAssembler,
  size: Operand,
  unit: number,
  bits: Local,
  isNatural: boolean,
  failsIf: (wrong: number) => void,
): void {
  const { w } = a;
  a.push(size);
  w.i32Const(SMALL_SHIFT);
  w.i32ShrS();
  w.localSet(bits);
  if (!isNatural) {
    w.localGet(bits);
    w.i32Const(0);
    w.i32LtS();
    failsIf(WRONG_SIZE);
  }
  if (unit === 1) return;
  w.localGet(bits);
  w.i32Const(Math.floor(MAX_BITS / Math.max(unit, 1)));
  w.i32GtU();
  failsIf(TOO_LARGE);
  w.localGet(bits);
  w.i32Const(unit);
  w.i32Mul();
  w.localSet(bits);
}

/** The size of a whole bitstring. */
function measureBits(a: BeamAssembler, fail: Operand, segment: Segment, size: Local): void {
  const { w } = a;
  const value = segment.value as Operand;
  a.withTemporary((bits) => {
    a.push(value);
    w.localSet(bits);
    if (!a.always(value, typeBits.bitstring)) {
      const blame = (): void => failSegmentIf(a, fail, segment, WRONG_TYPE, () => a.push(value));
      w.localGet(bits);
      w.i32Const(PRIMARY_MASK);
      w.i32And();
      w.i32Const(PRIMARY_BOXED);
      w.i32Ne();
      blame();
      pushTypeByte(w, bits);
      w.i32Const(HEADER_PAIR_MASK);
      w.i32And();
      w.i32Const(PAIR_BITS);
      w.i32Ne();
      blame();
    }
    pushSizeOf(w, bits);
    w.localSet(size);
  });
}

/** A small n is the word 4n + 3. */
const smallWord = (n: number): number => (n << SMALL_SHIFT) | PRIMARY_SMALL;

/** Pushes something else than 0 unless a small is a character: no surrogate (D800 to DFFF), below 110000. */
function pushIsNoCharacter(a: BeamAssembler, value: Operand): void {
  const { w } = a;
  a.push(value);
  w.i32Const(11 + SMALL_SHIFT);
  w.i32ShrU();
  w.i32Const(0xd800 >> 11);
  w.i32Eq();
  a.push(value);
  w.i32Const(smallWord(0x110000) - PRIMARY_SMALL);
  w.i32GeU();
  w.i32Or();
}

/** Adds 8 to the number on the stack when a word is a small from `n` on. */
function addByteFrom(a: BeamAssembler, value: Operand, n: number): void {
  const { w } = a;
  a.push(value);
  w.i32Const(smallWord(n) - PRIMARY_SMALL);
  w.i32GeU();
  w.i32Const(3);
  w.i32Shl();
  w.i32Add();
}

function measureUtf8(a: BeamAssembler, fail: Operand, segment: Segment, size: Local): void {
  checkCharacter(a, fail, segment);
  const value = segment.value as Operand;
  a.w.i32Const(8);
  for (const first of [0x80, 0x800, 0x10000]) addByteFrom(a, value, first);
  a.w.localSet(size);
}

/** Goes to fail unless the value is a character. */
export function checkCharacter(a: BeamAssembler, fail: Operand, segment: Segment): void {
  const value = segment.value as Operand;
  if (!a.alwaysSmall(value)) failUnlessSmall(a, fail, segment, value, WRONG_TYPE);
  pushIsNoCharacter(a, value);
  failSegmentIf(a, fail, segment, WRONG_TYPE, () => a.push(value));
}

/** What is no character is found when it is written. */
function measureUtf16(a: BeamAssembler, { value }: Segment, size: Local): void {
  a.w.i32Const(16);
  addByteFrom(a, value as Operand, 0x10000);
  addByteFrom(a, value as Operand, 0x10000);
  a.w.localSet(size);
}
