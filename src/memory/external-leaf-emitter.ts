/** What memory/external-emitter.ts is made of: writing the terms that have no others inside. */
import * as tags from '../term/external-tags.ts';
import {
  ATOM_TAG,
  BIG_DIGITS,
  BIN_REF_ADDRESS,
  BINARY_DATA,
  FLOAT_VALUE,
  HEADER_BIN_REF,
  HEADER_NEG_BIG,
  HEADER_SIZE_SHIFT,
  HEADER_TYPE_MASK,
  HEAP_BITS_DATA,
  HEAP_BITS_SIZE,
  IMMED_MASK,
  IMMED_SHIFT,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  SUB_BITS_ORIG,
  SUB_BITS_SIZE,
  SUB_BITS_START,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, type Local } from '../wasm/types.ts';
import { emitCopyFew } from './bytes-kernels.ts';
import { pushHeader } from './comparison-emitter.ts';
import { ENCODED_ATOMS, SCRATCH, SCRATCH_BYTES } from './map.ts';

/** Atoms as they are encoded, each in a slot that its index gives: +0 the term, +4 how many bytes, +5 the bytes. */
export const ATOM_SLOTS = 512;
export const ATOM_SLOT_BYTES = 64;
export const ATOM_SLOT_SIZE = 4;
export const ATOM_SLOT_CONTENT = 5;

/** Longest integer here, in digits of 32 bits: SMALL_BIG_EXT has room for it. */
const MOST_DIGITS = 60;
export const MAX_BYTE = 255;
/** More than any term takes but for the bytes of strings and binaries, for which there is a test of its own. */
const ROOM = 320;
export const LIMIT = SCRATCH + SCRATCH_BYTES - ROOM;

/** Pushes whether the term has this primary tag. */
export function pushTagTest(w: FunctionBuilder, t: Local, tag: number): void {
  w.localGet(t);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(tag);
  w.i32Eq();
}

/** Adds what `push` pushes to the local. */
export function addTo(w: FunctionBuilder, local: Local, push: () => void): void {
  w.localGet(local);
  push();
  w.i32Add();
  w.localSet(local);
}

/** Writes to `to`; all of `x`, `y`, `z` are of this or that. */
export class LeafEmitter {
  protected readonly w: FunctionBuilder;
  protected readonly fillAtom: FuncIndex;
  protected readonly t: Local;
  protected readonly to: Local;
  protected readonly depth: Local;
  protected readonly largest: Local;
  protected readonly header: Local;
  /** Of this or that. */
  protected readonly x: Local;
  protected readonly y: Local;
  protected readonly z: Local;

  constructor(w: FunctionBuilder, fillAtom: FuncIndex) {
    this.w = w;
    this.fillAtom = fillAtom;
    [this.t, this.to, this.depth, this.largest] = [w.param(0), w.param(1), w.param(2), w.param(3)];
    [this.header, this.x, this.y, this.z] = [w.local(i32), w.local(i32), w.local(i32), w.local(i32)];
  }

  /** Runs the code, which returns, if what is pushed is not 0. */
  protected when(push: () => void, emit: () => void): void {
    push();
    this.w.if();
    emit();
    this.w.end();
  }

  protected whenIs(local: Local, value: number, emit: () => void): void {
    this.when(() => {
      this.w.localGet(local);
      this.w.i32Const(value);
      this.w.i32Eq();
    }, emit);
  }

  protected giveUp(): void {
    this.w.i32Const(0);
    this.w.localGet(this.to);
    this.w.i32Sub();
    this.w.return();
  }

  protected giveUpIf(): void {
    this.w.if();
    this.giveUp();
    this.w.end();
  }

  protected byteAt(offset: number, push: () => void): void {
    this.w.localGet(this.to);
    push();
    this.w.i32Store8(offset);
  }

  /** Writes 32 bits, the highest byte first. */
  protected wordAt(offset: number, push: () => void): void {
    const w = this.w;
    const swapped = (bits: number, mask: number): void => {
      push();
      w.i32Const(bits);
      w.i32Rotl();
      w.i32Const(mask);
      w.i32And();
    };
    w.localGet(this.to);
    swapped(8, 0x00ff00ff);
    swapped(24, 0xff00ff00 | 0);
    w.i32Or();
    w.i32Store(offset, 0);
  }

  protected returnBehind(bytes: number): void {
    this.w.localGet(this.to);
    this.w.i32Const(bytes);
    this.w.i32Add();
    this.w.return();
  }

  protected advance(bytes: number): void {
    addTo(this.w, this.to, () => this.w.i32Const(bytes));
  }

  /** Pushes the number of words that follow the header. */
  protected pushSize(): void {
    this.w.localGet(this.header);
    this.w.i32Const(HEADER_SIZE_SHIFT);
    this.w.i32ShrU();
  }

  protected load(term: Local, offset: number, into: Local): void {
    this.w.localGet(term);
    this.w.i32Load(offset - PRIMARY_BOXED);
    this.w.localSet(into);
  }

  /** Sets `end` to `words` words behind `at`, of which `push` pushes the number. */
  protected setEnd(at: Local, end: Local, push: () => void): void {
    const w = this.w;
    w.localGet(at);
    push();
    w.i32Const(2);
    w.i32Shl();
    w.i32Add();
    w.localSet(end);
  }

  /** An integer of 32 bits; returns. */
  protected integer(value: Local): void {
    const w = this.w;
    w.localGet(value);
    w.i32Const(MAX_BYTE);
    w.i32LeU();
    w.if();
    this.byteAt(0, () => w.i32Const(tags.SMALL_INTEGER_EXT));
    this.byteAt(1, () => w.localGet(value));
    this.returnBehind(2);
    w.end();
    this.byteAt(0, () => w.i32Const(tags.INTEGER_EXT));
    this.wordAt(1, () => w.localGet(value));
    this.returnBehind(5);
  }

  protected atom(): void {
    const w = this.w;
    const slot = this.x;
    w.localGet(this.t);
    w.i32Const(IMMED_MASK);
    w.i32And();
    w.i32Const(ATOM_TAG);
    w.i32Ne();
    this.giveUpIf();
    w.localGet(this.t);
    w.i32Const(IMMED_SHIFT);
    w.i32ShrU();
    w.i32Const(ATOM_SLOTS - 1);
    w.i32And();
    w.i32Const(ATOM_SLOT_BYTES);
    w.i32Mul();
    w.i32Const(0);
    w.i32Load(ENCODED_ATOMS);
    w.i32Add();
    w.localTee(slot);
    w.i32Load();
    w.localGet(this.t);
    w.i32Ne();
    w.if();
    w.localGet(this.t);
    w.localGet(slot);
    w.call(this.fillAtom);
    w.i32Eqz();
    this.giveUpIf();
    w.end();
    w.localGet(slot);
    w.i32Load8U(ATOM_SLOT_SIZE);
    w.localSet(this.y);
    addTo(w, slot, () => w.i32Const(ATOM_SLOT_CONTENT));
    emitCopyFew(w, slot, this.to, this.y);
    this.returnBehind(0);
  }

  protected float(): void {
    const w = this.w;
    this.byteAt(0, () => w.i32Const(tags.NEW_FLOAT_EXT));
    for (const [offset, from] of [
      [1, FLOAT_VALUE + 4],
      [5, FLOAT_VALUE],
    ] as const) {
      this.wordAt(offset, () => {
        w.localGet(this.t);
        w.i32Load(from - PRIMARY_BOXED);
      });
    }
    this.returnBehind(9);
  }

  protected big(): void {
    const w = this.w;
    const [sign, size, at] = [this.x, this.y, this.z];
    this.whenIs(sign, HEADER_NEG_BIG, () => {
      w.i32Const(1);
      w.localSet(at);
    });
    // Sign as a byte; `at` was 0: nothing has used it in this call.
    w.localGet(at);
    w.localSet(sign);
    this.pushSize();
    w.i32Const(MOST_DIGITS);
    w.i32GtU();
    this.giveUpIf();
    w.localGet(this.t);
    w.i32Const(BIG_DIGITS - PRIMARY_BOXED);
    w.i32Add();
    w.localSet(at);
    this.oneDigit(sign, at, size);
    this.byteAt(0, () => w.i32Const(tags.SMALL_BIG_EXT));
    this.byteAt(2, () => w.localGet(sign));
    // Bytes of the digits, but for the zero bytes at the top of the last one.
    this.setEnd(at, size, () => this.pushSize());
    w.localGet(size);
    w.i32Const(4);
    w.i32Sub();
    w.i32Load();
    w.i32Clz();
    w.i32Const(3);
    w.i32ShrU();
    w.localSet(sign);
    w.localGet(size);
    w.localGet(at);
    w.i32Sub();
    w.localGet(sign);
    w.i32Sub();
    w.localSet(size);
    this.byteAt(1, () => w.localGet(size));
    this.advance(3);
    emitCopyFew(w, at, this.to, size);
    this.returnBehind(0);
  }

  /** Returns when the integer fits 32 bits. */
  protected oneDigit(sign: Local, at: Local, value: Local): void {
    const w = this.w;
    this.pushSize();
    w.i32Const(1);
    w.i32Eq();
    w.if();
    w.localGet(at);
    w.i32Load();
    w.localTee(value);
    w.localGet(sign);
    w.i32Const(0x7fffffff);
    w.i32Add();
    w.i32LeU();
    w.if();
    w.localGet(sign);
    w.if();
    w.i32Const(0);
    w.localGet(value);
    w.i32Sub();
    w.localSet(value);
    w.end();
    this.integer(value);
    w.end();
    w.end();
  }

  protected heapBits(): void {
    const w = this.w;
    const [size, from] = [this.x, this.y];
    this.load(this.t, HEAP_BITS_SIZE, size);
    w.localGet(this.t);
    w.i32Const(HEAP_BITS_DATA - PRIMARY_BOXED);
    w.i32Add();
    w.localSet(from);
    w.localGet(size);
    w.i32Const(7);
    w.i32And();
    this.giveUpIf();
    this.bytes(size, from);
  }

  protected subBits(): void {
    const w = this.w;
    const [size, from, owner] = [this.x, this.y, this.z];
    this.load(this.t, SUB_BITS_SIZE, size);
    this.load(this.t, SUB_BITS_START, from);
    this.load(this.t, SUB_BITS_ORIG, owner);
    w.localGet(size);
    w.localGet(from);
    w.i32Or();
    w.i32Const(7);
    w.i32And();
    this.giveUpIf();
    w.localGet(from);
    w.i32Const(3);
    w.i32ShrU();
    w.localSet(from);
    pushHeader(w, owner);
    w.i32Const(HEADER_TYPE_MASK);
    w.i32And();
    w.i32Const(HEADER_BIN_REF);
    w.i32Eq();
    w.if(i32);
    w.localGet(owner);
    w.i32Load(BIN_REF_ADDRESS - PRIMARY_BOXED);
    w.i32Const(BINARY_DATA);
    w.i32Add();
    w.else();
    w.localGet(owner);
    w.i32Const(HEAP_BITS_DATA - PRIMARY_BOXED);
    w.i32Add();
    w.end();
    w.localGet(from);
    w.i32Add();
    w.localSet(from);
    this.bytes(size, from);
  }

  /** A binary of `size` bits; returns. */
  protected bytes(size: Local, from: Local): void {
    const w = this.w;
    w.localGet(size);
    w.i32Const(3);
    w.i32ShrU();
    w.localTee(size);
    w.localGet(this.largest);
    w.i32GtU();
    w.localGet(this.to);
    w.localGet(size);
    w.i32Add();
    w.i32Const(LIMIT);
    w.i32GtU();
    w.i32Or();
    this.giveUpIf();
    this.byteAt(0, () => w.i32Const(tags.BINARY_EXT));
    this.wordAt(1, () => w.localGet(size));
    this.advance(5);
    emitCopyFew(w, from, this.to, size);
    this.returnBehind(0);
  }
}
