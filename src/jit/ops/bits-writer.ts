/**
 * Writing the segments of a bitstring under construction. The writer knows where it stands: `base` is a byte address, and the next
 * segment begins `delta` bits (known now) and perhaps `bit` bits (known when it runs) behind it. Without `bit`, fields that begin and
 * end at bytes are stored by generated code.
 */
import type { Operand, Segment } from '../../isa/operands.ts';
import { typeBits } from '../../isa/types.ts';
import {
  BIG_DIGITS,
  FLOAT_VALUE,
  HEADER_FLOAT,
  HEADER_PAIR_MASK,
  PAIR_BIG,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_SHIFT,
} from '../../term/layout.ts';
import { i32, type Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import { RELOC_STRING } from '../relocations.ts';
import { failSegmentIf, WRONG_TYPE } from './bits-errors.ts';
import { bitsHelper } from './bits-helpers.ts';
import { isLittle } from './bits-reader.ts';
import { pushSwapped, pushTypeByte, swapped } from './bits-words.ts';

/** Bits that `bitsHelper(put)` takes. */
const PUT_BITS = 25;
/** Constant strings of up to so many bytes are stored by generated code. */
const INLINE_STRING_BYTES = 24;

export class BitsWriter {
  private readonly a: BeamAssembler;
  private readonly fail: Operand;
  private readonly base: Local;
  private bit: Local | undefined;
  private delta = 0;

  /** `base` becomes the writer's, as does `bit`. */
  constructor(a: BeamAssembler, fail: Operand, base: Local, bit?: Local) {
    this.a = a;
    this.fail = fail;
    this.base = base;
    this.bit = bit;
  }

  done(): void {
    this.a.release(this.base);
    if (this.bit !== undefined) this.a.release(this.bit);
  }

  // ---- places ------------------------------------------------------------------------------------------------------

  /** Whether the next segment is known to begin at a byte. */
  get isAligned(): boolean {
    return this.bit === undefined && this.delta % 8 === 0;
  }

  pushBase(): void {
    this.a.w.localGet(this.base);
  }

  /** Pushes the offset of the next segment behind the base. */
  pushBit(): void {
    const { w } = this.a;
    if (this.bit === undefined) return w.i32Const(this.delta);
    w.localGet(this.bit);
    if (this.delta === 0) return;
    w.i32Const(this.delta);
    w.i32Add();
  }

  /** A segment of a size known now was written. */
  skip(bits: number): void {
    this.delta += bits;
  }

  /** A segment of as many bits as a local says was written, whole bytes if `isBytes`. */
  skipDynamic(size: Local, isBytes: boolean): void {
    const { a } = this;
    const { w } = a;
    if (this.isAligned && isBytes) {
      w.localGet(this.base);
      w.localGet(size);
      w.i32Const(3);
      w.i32ShrU();
      w.i32Add();
      if (this.delta > 0) {
        w.i32Const(this.delta / 8);
        w.i32Add();
      }
      w.localSet(this.base);
    } else {
      this.pushBit();
      w.localGet(size);
      w.i32Add();
      this.bit ??= a.temporary();
      w.localSet(this.bit);
    }
    this.delta = 0;
  }

  // ---- integers ----------------------------------------------------------------------------------------------------

  /** Writes the integers from `segments[index]` on that are stored as one; returns the index behind. All sizes are known. */
  integers(segments: readonly Segment[], index: number, sizeOf: (index: number) => number | undefined): number {
    const first = segments[index] as Segment;
    const size = sizeOf(index) as number;
    if (size === 0) {
      this.checkInteger(first);
      return index + 1;
    }
    if (this.isAligned) {
      const end = endOfRun(segments, index, sizeOf);
      if (end > index) {
        this.storeRun(segments.slice(index, end), (i) => sizeOf(index + i) as number);
        return end;
      }
      if (size === 64) {
        this.storeLong(first);
        return index + 1;
      }
    }
    if (size <= PUT_BITS && (!isLittle(first.flags) || size <= 8)) this.putShort(first, size);
    else this.putInteger(first, () => this.a.w.i32Const(size));
    this.skip(size);
    return index + 1;
  }

  /** A value that takes no room must be an integer all the same. */
  private checkInteger(segment: Segment): void {
    this.pushLowBits(segment);
    this.a.w.drop();
  }

  private storeRun(run: readonly Segment[], sizeOf: (i: number) => number): void {
    const { a } = this;
    const { w } = a;
    const byte = this.delta / 8;
    // In a run of several, those that are little-endian have no more than a byte.
    const isLittleRun = run.length === 1 && isLittle((run[0] as Segment).flags);
    let total = 0;
    a.withTemporary((sum) => {
      run.forEach((segment, i) => {
        const size = sizeOf(i);
        if (i > 0) {
          w.localGet(sum);
          w.i32Const(size);
          w.i32Shl();
        }
        this.pushLowBits(segment);
        if (run.length > 1 && size < 32) {
          w.i32Const(2 ** size - 1);
          w.i32And();
        }
        if (i > 0) w.i32Or();
        w.localSet(sum);
        total += size;
      });
      if (total % 8 > 0) {
        w.localGet(sum);
        w.i32Const(8 - (total % 8));
        w.i32Shl();
        w.localSet(sum);
      }
      this.storeBytes(sum, byte, Math.ceil(total / 8), isLittleRun);
    });
    this.skip(total);
  }

  /** Stores the low 1 to 4 bytes of a local, which is overwritten. */
  private storeBytes(value: Local, byte: number, count: number, little: boolean): void {
    const { w } = this.a;
    if (count === 3) return this.storeThreeBytes(value, byte, little);
    if (count === 2 && !little) {
      w.localGet(value);
      w.i32Const(16);
      w.i32Shl();
      w.localSet(value);
    }
    w.localGet(this.base);
    if (count === 1 || little) w.localGet(value);
    else pushSwapped(w, value);
    if (count === 1) w.i32Store8(byte);
    else if (count === 2) w.i32Store16(byte, 0);
    else w.i32Store(byte, 0);
  }

  private storeThreeBytes(value: Local, byte: number, little: boolean): void {
    const { w } = this.a;
    for (let i = 0; i < 3; i++) {
      w.localGet(this.base);
      w.localGet(value);
      w.i32Const(8 * (little ? i : 2 - i));
      w.i32ShrU();
      w.i32Store8(byte + i);
    }
  }

  /** 64 bits of a small; other integers by the runtime. */
  private storeLong(segment: Segment): void {
    const { a } = this;
    const { w } = a;
    const byte = this.delta / 8;
    const value = segment.value as Operand;
    const storeSmall = (): void =>
      a.withTemporary((low) => {
        const little = isLittle(segment.flags);
        a.push(value);
        w.i32Const(SMALL_SHIFT);
        w.i32ShrS();
        w.localSet(low);
        this.pushBase();
        w.localGet(low);
        w.i32Const(31);
        w.i32ShrS();
        w.i32Store(little ? byte + 4 : byte, 0);
        this.pushBase();
        if (little) w.localGet(low);
        else pushSwapped(w, low);
        w.i32Store(little ? byte : byte + 4, 0);
      });
    if (a.alwaysSmall(value)) {
      storeSmall();
    } else {
      this.pushIsSmall(value);
      w.if();
      storeSmall();
      w.else();
      this.putInteger(segment, () => w.i32Const(64));
      w.end();
    }
    this.skip(64);
  }

  private pushIsSmall(value: Operand): void {
    const { a } = this;
    a.push(value);
    a.w.i32Const(PRIMARY_MASK);
    a.w.i32And();
    a.w.i32Const(PRIMARY_SMALL);
    a.w.i32Eq();
  }

  /** 1 to 25 bits at any place. */
  private putShort(segment: Segment, size: number): void {
    const { a } = this;
    this.pushLowBits(segment);
    this.pushBase();
    this.pushBit();
    a.w.i32Const(size);
    a.w.call(bitsHelper(a.translator, 'put'));
  }

  /** An integer of any size at any place. The caller skips it. */
  putInteger(segment: Segment, pushSize: () => void): void {
    const { a } = this;
    a.push(segment.value as Operand);
    this.pushBase();
    this.pushBit();
    pushSize();
    a.w.i32Const(segment.flags);
    a.callRuntime('bsPutInteger');
    a.w.i32Eqz();
    this.failIf(segment, WRONG_TYPE);
  }

  private failIf(segment: Segment, wrong: number): void {
    failSegmentIf(this.a, this.fail, segment, wrong, () => this.a.push(segment.value as Operand));
  }

  /** Pushes the low 32 bits of an integer; goes to fail when the value is none. */
  private pushLowBits(segment: Segment): void {
    const { a } = this;
    const { w } = a;
    const value = segment.value as Operand;
    if (value.kind === 'integer') return w.i32Const(Number(BigInt.asIntN(32, BigInt(value.value))));
    const pushSmall = (): void => {
      a.push(value);
      w.i32Const(SMALL_SHIFT);
      w.i32ShrS();
    };
    if (a.alwaysSmall(value)) return pushSmall();
    this.pushIsSmall(value);
    w.if(i32);
    pushSmall();
    w.else();
    if (!a.always(value, typeBits.integer)) this.failUnlessBig(segment);
    this.pushLowDigit(value);
    w.end();
  }

  private failUnlessBig(segment: Segment): void {
    const { a } = this;
    const { w } = a;
    const value = segment.value as Operand;
    a.push(value);
    w.i32Const(PRIMARY_MASK);
    w.i32And();
    w.i32Const(PRIMARY_BOXED);
    w.i32Ne();
    this.failIf(segment, WRONG_TYPE);
    a.withTemporary((object) => {
      a.push(value);
      w.localSet(object);
      pushTypeByte(w, object);
    });
    w.i32Const(HEADER_PAIR_MASK);
    w.i32And();
    w.i32Const(PAIR_BIG);
    w.i32Ne();
    this.failIf(segment, WRONG_TYPE);
  }

  /** The least significant digit of a big, in two's complement: bit 4 of the header is the sign. */
  private pushLowDigit(value: Operand): void {
    const { a } = this;
    const { w } = a;
    a.withTemporary((sign) => {
      a.push(value);
      w.localSet(sign);
      pushTypeByte(w, sign);
      w.i32Const(4);
      w.i32ShrU();
      w.i32Const(1);
      w.i32And();
      w.localSet(sign);
      a.push(value);
      w.i32Load(BIG_DIGITS - PRIMARY_BOXED);
      w.i32Const(0);
      w.localGet(sign);
      w.i32Sub();
      w.i32Xor();
      w.localGet(sign);
      w.i32Add();
    });
  }

  // ---- other types -------------------------------------------------------------------------------------------------

  /** Constant bytes. */
  string(segment: Segment): void {
    const { a } = this;
    const { w } = a;
    if (segment.value.kind !== 'u' || segment.size.kind !== 'integer')
      throw new TypeError('a string without its place');
    const [start, length] = [segment.value.value, Number(segment.size.value)];
    if (this.isAligned && length <= INLINE_STRING_BYTES) {
      this.storeString(a.translator.module.strings.subarray(start, start + length));
    } else {
      w.i32ConstReloc(RELOC_STRING, start);
      w.i32Const(length);
      this.pushBase();
      this.pushBit();
      a.callRuntime('bsPutString');
    }
    this.skip(8 * length);
  }

  private storeString(content: Uint8Array): void {
    const { w } = this.a;
    const byte = this.delta / 8;
    for (let i = 0; i < content.length; ) {
      const left = content.length - i;
      const count = left >= 4 ? 4 : left >= 2 ? 2 : 1;
      let value = 0;
      for (let j = 0; j < count; j++) value = (value << 8) | (content[i + j] as number);
      this.pushBase();
      w.i32Const(swapped(value, count));
      if (count === 4) w.i32Store(byte + i, 0);
      else if (count === 2) w.i32Store16(byte + i, 0);
      else w.i32Store8(byte + i);
      i += count;
    }
  }

  /** The first `size` bits of a bitstring that has as many. The caller skips them. */
  bits(value: Operand, size: Local): void {
    const { a } = this;
    a.push(value);
    this.pushBase();
    this.pushBit();
    a.w.localGet(size);
    a.w.call(bitsHelper(a.translator, 'copy'));
  }

  /** Leaves what `bsPutFloat` says in a local. The caller skips the segment. */
  float(segment: Segment, pushSize: () => void, result: Local): void {
    const { a } = this;
    a.push(segment.value as Operand);
    this.pushBase();
    this.pushBit();
    pushSize();
    a.w.i32Const(segment.flags);
    a.callRuntime('bsPutFloat');
    a.w.localSet(result);
  }

  /** Stores a float as 64 bits if it is one and the place is the start of a byte; `otherwise` emits what else to do. */
  float64(segment: Segment, otherwise: () => void): void {
    const { a } = this;
    const { w } = a;
    const value = segment.value as Operand;
    if (!this.isAligned) return otherwise();
    const slow = w.block();
    const done = w.block();
    a.push(value);
    w.i32Const(PRIMARY_MASK);
    w.i32And();
    w.i32Const(PRIMARY_BOXED);
    w.i32Ne();
    w.brIf(done);
    a.withTemporary((word) => {
      a.push(value);
      w.localSet(word);
      pushTypeByte(w, word);
      w.i32Const(HEADER_FLOAT);
      w.i32Ne();
      w.brIf(done);
      this.storeFloat(value, word, isLittle(segment.flags));
    });
    w.br(slow);
    w.end(done);
    otherwise();
    w.end(slow);
  }

  private storeFloat(value: Operand, word: Local, little: boolean): void {
    const { a } = this;
    const { w } = a;
    const byte = this.delta / 8;
    for (const part of [0, 4]) {
      a.push(value);
      w.i32Load(FLOAT_VALUE + part - PRIMARY_BOXED);
      w.localSet(word);
      this.pushBase();
      if (little) w.localGet(word);
      else pushSwapped(w, word);
      w.i32Store(byte + (little ? part : 4 - part), 0);
    }
  }

  /** A character of which `size` bits are taken; the caller skips them. */
  utf8(segment: Segment, size: Local): void {
    const { a } = this;
    const { w } = a;
    const value = segment.value as Operand;
    const put = (): void => {
      a.push(value);
      this.pushBase();
      this.pushBit();
      a.callRuntime('bsPutUtf8');
      w.drop();
    };
    if (!this.isAligned) return put();
    w.localGet(size);
    w.i32Const(8);
    w.i32Eq();
    w.if();
    this.pushBase();
    a.push(value);
    w.i32Const(SMALL_SHIFT);
    w.i32ShrU();
    w.i32Store8(this.delta / 8);
    w.else();
    put();
    w.end();
  }

  utf16(segment: Segment): void {
    const { a } = this;
    a.push(segment.value as Operand);
    this.pushBase();
    this.pushBit();
    a.w.i32Const(segment.flags);
    a.callRuntime('bsPutUtf16');
    a.w.i32Eqz();
    this.failIf(segment, WRONG_TYPE);
  }
}

/**
 * Where the run of integers from `index` on ends that fill whole bytes, or the last bytes of all, of one word; `index` when there is
 * none. Little-endian fields of more than a byte stand alone.
 */
function endOfRun(segments: readonly Segment[], index: number, sizeOf: (index: number) => number | undefined): number {
  let total = 0;
  for (let i = index; i < segments.length; i++) {
    const { type, flags } = segments[i] as Segment;
    const size = sizeOf(i);
    if (type !== 'integer' || size === undefined || size === 0) return index;
    const alone = isLittle(flags) && size > 8;
    if (alone && (i > index || size % 8 > 0)) return index;
    total += size;
    if (total > 32) return index;
    if (total % 8 === 0 || i === segments.length - 1) return i + 1;
  }
  return index;
}
