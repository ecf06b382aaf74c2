/** A match context while one instruction reads from it: position, address and shift in locals, made when first needed. */

import type { Operand } from '../../isa/operands.ts';
import { segmentFlags } from '../../isa/operands.ts';
import {
  CONTEXT_END,
  CONTEXT_ORIG,
  CONTEXT_POSITION,
  HEADER_POS_BIG,
  makeHeader,
  PRIMARY_BOXED,
  PRIMARY_SMALL,
  SMALL_BITS,
  SMALL_SHIFT,
} from '../../term/layout.ts';
import { i32, type Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import { bitsHelper } from './bits-helpers.ts';
import { MAX_BITS, pushBaseOf, pushSwapped, pushWindow } from './bits-words.ts';

/** An integer field at a fixed distance from where the instruction begins to read. */
export interface IntegerField {
  /** Bits behind the position. */
  readonly offset: number;
  readonly size: number;
  readonly flags: number;
}

export function isLittle(flags: number): boolean {
  return (flags & (segmentFlags.little | segmentFlags.native)) !== 0;
}

export function isSigned(flags: number): boolean {
  return (flags & segmentFlags.signed) !== 0;
}

/** Sizes of unsigned integers that are always smalls, and of signed ones. */
const UNSIGNED_SMALL_BITS = SMALL_BITS - 1;

export class ContextReader {
  /** The position when the instruction began. */
  readonly position: Local;
  private readonly a: BeamAssembler;
  private readonly context: Local;
  private left: Local | undefined;
  private owner: Local | undefined;
  private address: Local | undefined;
  private shift: Local | undefined;
  private scratch: Local | undefined;

  constructor(a: BeamAssembler, context: Operand) {
    this.a = a;
    this.context = a.temporary();
    this.position = a.temporary();
    a.push(context);
    a.w.localTee(this.context);
    a.w.i32Load(CONTEXT_POSITION - PRIMARY_BOXED);
    a.w.localSet(this.position);
  }

  /** Gives the locals back. */
  done(): void {
    for (const local of [this.context, this.position, this.left, this.owner, this.address, this.shift, this.scratch]) {
      if (local !== undefined) this.a.release(local);
    }
  }

  // ---- what is left ------------------------------------------------------------------------------------------------

  pushEnd(): void {
    this.a.w.localGet(this.context);
    this.a.w.i32Load(CONTEXT_END - PRIMARY_BOXED);
  }

  /** Pushes the number of bits left where the instruction began. To be called where its code always comes by. */
  pushLeft(): void {
    const { a } = this;
    if (this.left !== undefined) return a.w.localGet(this.left);
    this.left = a.temporary();
    this.pushEnd();
    a.w.localGet(this.position);
    a.w.i32Sub();
    a.w.localTee(this.left);
  }

  /** Goes to fail unless `bits` bits are left (exactly so many: `exactly`). */
  ensure(fail: Operand, bits: number, exactly = false): void {
    const { w } = this.a;
    if (bits > MAX_BITS) {
      w.i32Const(1);
      return this.failIf(fail);
    }
    if (bits === 0 && !exactly) return;
    this.pushLeft();
    w.i32Const(bits);
    if (exactly) w.i32Ne();
    else w.i32LtU();
    this.failIf(fail);
  }

  /** Goes to fail unless `unit` divides what is left behind `bits` bits. */
  ensureUnit(fail: Operand, bits: number, unit: number): void {
    if (unit <= 1) return;
    const { w } = this.a;
    this.pushLeft();
    if (bits % unit !== 0) {
      w.i32Const(bits);
      w.i32Sub();
    }
    if ((unit & (unit - 1)) === 0) {
      w.i32Const(unit - 1);
      w.i32And();
    } else {
      w.i32Const(unit);
      w.i32RemU();
    }
    this.failIf(fail);
  }

  /** Pops an i32; goes to fail when it is not 0. An instruction without a label cannot fail, as its compiler knew. */
  failIf(fail: Operand): void {
    const label = this.a.label(fail);
    if (label > 0) return this.a.branchIf(label);
    this.a.w.if();
    this.a.w.unreachable();
    this.a.w.end();
  }

  // ---- places ------------------------------------------------------------------------------------------------------

  pushPosition(offset: number): void {
    const { w } = this.a;
    w.localGet(this.position);
    if (offset === 0) return;
    w.i32Const(offset);
    w.i32Add();
  }

  /** The position is now `offset` bits further on. */
  moveTo(offset: number): void {
    if (offset === 0) return;
    this.a.w.localGet(this.context);
    this.pushPosition(offset);
    this.a.w.i32Store(CONTEXT_POSITION - PRIMARY_BOXED);
  }

  moveToEnd(): void {
    this.a.w.localGet(this.context);
    this.pushEnd();
    this.a.w.i32Store(CONTEXT_POSITION - PRIMARY_BOXED);
  }

  private ownerLocal(): Local {
    if (this.owner !== undefined) return this.owner;
    this.owner = this.a.temporary();
    this.a.w.localGet(this.context);
    this.a.w.i32Load(CONTEXT_ORIG - PRIMARY_BOXED);
    this.a.w.localSet(this.owner);
    return this.owner;
  }

  /**
   * Makes the locals that reading needs. They are set where this is called first, so it is called before any code that is not
   * always run.
   */
  prepare(): void {
    if (this.address !== undefined) return;
    const { a } = this;
    const { w } = a;
    const owner = this.ownerLocal();
    this.address = a.temporary();
    this.shift = a.temporary();
    this.scratch = a.temporary();
    pushBaseOf(w, owner);
    w.localGet(this.position);
    w.i32Const(3);
    w.i32ShrU();
    w.i32Add();
    w.localSet(this.address);
    w.localGet(this.position);
    w.i32Const(7);
    w.i32And();
    w.localSet(this.shift);
  }

  /** The address of the byte at a place that lies whole bytes behind the position, the shift there, and a spare local. */
  private windowAt(offset: number) {
    this.prepare();
    const [address, shift, scratch] = [this.address, this.shift, this.scratch] as [Local, Local, Local];
    return { address, offset: offset >>> 3, shift, scratch };
  }

  /** Pushes 1 if the position is at the start of a byte. */
  pushAligned(): void {
    this.prepare();
    this.a.w.localGet(this.shift as Local);
    this.a.w.i32Eqz();
  }

  // ---- reading -----------------------------------------------------------------------------------------------------

  /**
   * Puts the 1 to 32 bits that start `offset` bits behind the position into a local, the first bit on top; what comes behind
   * them there is undefined.
   */
  readWindow(offset: number, size: number, window: Local): void {
    const { w } = this.a;
    const lead = offset & 7;
    if (lead === 0 || lead + size <= 25) {
      pushWindow(w, this.windowAt(offset), lead + size);
      if (lead > 0) {
        w.i32Const(lead);
        w.i32Shl();
      }
    } else {
      this.pushShiftedWindow(offset, size);
    }
    w.localSet(window);
  }

  /** A window whose own start decides on the shift. */
  private pushShiftedWindow(offset: number, size: number): void {
    const { a } = this;
    const { w } = a;
    const place = this.windowAt(offset);
    const [address, shift] = [a.temporary(), a.temporary()];
    w.localGet(place.shift);
    w.i32Const(offset & 7);
    w.i32Add();
    w.localTee(shift);
    w.i32Const(3);
    w.i32ShrU();
    w.localGet(place.address);
    w.i32Add();
    w.localSet(address);
    w.localGet(shift);
    w.i32Const(7);
    w.i32And();
    w.localSet(shift);
    pushWindow(w, { ...place, address, shift }, size);
    a.release(address);
    a.release(shift);
  }

  /** Pushes a field of 1 to 32 bits out of the window in a local, which begins `lead` bits before it. */
  pushFromWindow(window: Local, lead: number, size: number, signed: boolean): void {
    const { w } = this.a;
    w.localGet(window);
    if (lead > 0) {
      w.i32Const(lead);
      w.i32Shl();
    }
    if (size === 32) return;
    w.i32Const(32 - size);
    if (signed) w.i32ShrS();
    else w.i32ShrU();
  }

  /** Whether `pushRaw` can read a field. */
  static canPushRaw({ size, flags }: IntegerField): boolean {
    return size > 0 && size <= 32 && (!isLittle(flags) || size <= 8 || size % 8 === 0);
  }

  /** Pushes a field that `canPushRaw` as an i32, extended by its sign or by zeros. */
  pushRaw(field: IntegerField): void {
    const { w } = this.a;
    const { offset, size } = field;
    if (offset % 8 !== 0 || size % 8 !== 0 || size === 24) return this.pushUnaligned(field);
    this.pushAligned();
    w.if(i32);
    this.pushWhole(field);
    w.else();
    this.pushUnaligned(field);
    w.end();
  }

  /** Pushes the byte that lies so many bytes behind a position at the start of a byte. */
  pushByte(byte: number): void {
    this.prepare();
    this.a.w.localGet(this.address as Local);
    this.a.w.i32Load8U(byte);
  }

  /** A field of 8, 16 or 32 bits at the start of a byte. */
  private pushWhole({ offset, size, flags }: IntegerField): void {
    const { w } = this.a;
    const { address, offset: byte, scratch } = this.windowAt(offset);
    const swap = !isLittle(flags) && size > 8;
    w.localGet(address);
    if (size === 8 && isSigned(flags)) w.i32Load8S(byte);
    else if (size === 8) w.i32Load8U(byte);
    else if (size === 16 && isSigned(flags) && !swap) w.i32Load16S(byte, 0);
    else if (size === 16) w.i32Load16U(byte, 0);
    else w.i32Load(byte, 0);
    if (!swap) return;
    w.localSet(scratch);
    pushSwapped(w, scratch);
    if (size === 32) return;
    w.i32Const(16);
    if (isSigned(flags)) w.i32ShrS();
    else w.i32ShrU();
  }

  /** Pushes something else than 0 unless a field of whole bytes is the constant; `bytes` is that in the order of memory. */
  pushDifference({ offset, size }: IntegerField, constant: number, bytes: number): void {
    const { a } = this;
    const { w } = a;
    this.pushAligned();
    w.if(i32);
    const { address, offset: byte } = this.windowAt(offset);
    w.localGet(address);
    if (size === 8) w.i32Load8U(byte);
    else if (size === 16) w.i32Load16U(byte, 0);
    else w.i32Load(byte, 0);
    w.i32Const(bytes);
    w.i32Xor();
    w.else();
    this.pushUnaligned({ offset, size, flags: 0 });
    w.i32Const(constant);
    w.i32Xor();
    w.end();
  }

  private pushUnaligned({ offset, size, flags }: IntegerField): void {
    const { a } = this;
    const { w } = a;
    a.withTemporary((window) => {
      this.readWindow(offset, size, window);
      if (!isLittle(flags) || size <= 8) return this.pushFromWindow(window, 0, size, isSigned(flags));
      // The first byte, now on top, counts least: swapped it is at the bottom.
      pushSwapped(w, window);
      if (size === 32) return;
      w.i32Const(32 - size);
      w.i32Shl();
      w.i32Const(32 - size);
      if (isSigned(flags)) w.i32ShrS();
      else w.i32ShrU();
    });
  }

  /** Whether `pushLong` can read a field, and it need not be a small. */
  static isLongField({ size, flags }: IntegerField): boolean {
    const isWide = size > UNSIGNED_SMALL_BITS + (isSigned(flags) ? 1 : 0);
    return isWide && size <= 64 && (!isLittle(flags) || size % 8 === 0);
  }

  /** Pushes a field as an i64, extended by its sign or by zeros. */
  pushLong({ offset, size, flags }: IntegerField): void {
    const { w } = this.a;
    if (size <= 32) {
      this.pushRaw({ offset, size, flags });
      if (isSigned(flags)) w.i64ExtendI32S();
      else w.i64ExtendI32U();
      return;
    }
    const rest = size - 32;
    const unsigned = flags & ~segmentFlags.signed;
    const [high, low] = isLittle(flags) ? [offset + 32, offset] : [offset, offset + rest];
    this.prepare();
    this.pushRaw({ offset: high, size: rest, flags });
    if (isSigned(flags)) w.i64ExtendI32S();
    else w.i64ExtendI32U();
    w.i64Const(32);
    w.i64Shl();
    this.pushRaw({ offset: low, size: 32, flags: unsigned });
    w.i64ExtendI32U();
    w.i64Or();
  }

  /** Pushes a field as a term; `fail` is where a number too large for an integer goes. */
  pushInteger(fail: Operand, field: IntegerField): void {
    const { a } = this;
    const { size, flags } = field;
    if (size === 0) return a.pushInteger(0);
    const alwaysSmall = size <= UNSIGNED_SMALL_BITS + (isSigned(flags) ? 1 : 0);
    if (!ContextReader.canPushRaw(field) || (isSigned(flags) && !alwaysSmall)) return this.pushAnyInteger(fail, field);
    this.pushRaw(field);
    if (alwaysSmall) tagSmall(a);
    else pushUnsignedTerm(a);
  }

  private pushAnyInteger(fail: Operand, { offset, size, flags }: IntegerField): void {
    const { a } = this;
    const { w } = a;
    w.localGet(this.context);
    this.pushPosition(offset);
    w.i32Const(size);
    w.i32Const(flags);
    a.callRuntime('bsReadInteger');
    if (size < LARGE_INTEGER_BITS) return;
    a.withTemporary((value) => {
      w.localTee(value);
      w.i32Eqz();
      this.failIf(fail);
      w.localGet(value);
    });
  }

  /** Pushes the `size` bits that start `offset` bits behind the position as a bitstring. */
  pushBits(offset: number, size: number): void {
    const { a } = this;
    a.w.localGet(this.ownerLocal());
    this.pushPosition(offset);
    a.w.i32Const(size);
    a.w.call(bitsHelper(a.translator, 'sub'));
  }

  /** Pushes what is left behind `offset` bits as a bitstring. */
  pushTail(offset: number): void {
    const { a } = this;
    a.w.localGet(this.ownerLocal());
    this.pushPosition(offset);
    this.pushEnd();
    this.pushPosition(offset);
    a.w.i32Sub();
    a.w.call(bitsHelper(a.translator, 'sub'));
  }
}

/** From this size on, an integer may be too large. */
const LARGE_INTEGER_BITS = 2 ** 22;

/** Makes the i32 on the stack, which fits, a small. */
export function tagSmall(a: BeamAssembler): void {
  a.w.i32Const(SMALL_SHIFT);
  a.w.i32Shl();
  a.w.i32Const(PRIMARY_SMALL);
  a.w.i32Or();
}

/** Makes the unsigned i32 on the stack, which is nearly always small enough for a small, an integer. */
export function pushSizeTerm(a: BeamAssembler): void {
  const { w } = a;
  a.withTemporary((value) => {
    w.localTee(value);
    w.i32Const(UNSIGNED_SMALL_BITS);
    w.i32ShrU();
    w.if(i32);
    w.localGet(value);
    w.call(bitsHelper(a.translator, 'big'));
    w.else();
    w.localGet(value);
    tagSmall(a);
    w.end();
  });
}

/** Makes the unsigned i32 on the stack an integer. */
export function pushUnsignedTerm(a: BeamAssembler): void {
  const { w } = a;
  a.withTemporary((value) => {
    w.localTee(value);
    w.i32Const(UNSIGNED_SMALL_BITS);
    w.i32ShrU();
    w.if(i32);
    a.reserve(2);
    w.localGet(a.heap);
    w.i32Const(makeHeader(HEADER_POS_BIG, 1));
    w.i32Store();
    w.localGet(a.heap);
    w.localGet(value);
    w.i32Store(4);
    w.localGet(a.heap);
    w.i32Const(PRIMARY_BOXED);
    w.i32Or();
    a.advance(2);
    w.else();
    w.localGet(value);
    tagSmall(a);
    w.end();
  });
}
