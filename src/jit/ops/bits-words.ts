/** Words of wasm for code that reads and writes bits: byte order, windows, and where a bitstring's data lies. */
import {
  BIN_REF_ADDRESS,
  BINARY_DATA,
  HEADER_HEAP_BITS,
  HEADER_SUB_BITS,
  HEAP_BITS_DATA,
  HEAP_BITS_SIZE,
  PRIMARY_BOXED,
  SUB_BITS_ORIG,
  SUB_BITS_SIZE,
} from '../../term/layout.ts';
import type { FunctionBuilder } from '../../wasm/function-builder.ts';
import type { Local } from '../../wasm/types.ts';

/** Bits of a bitstring that lies on the heap at most. */
export const HEAP_BITS_LIMIT = 512;
/** Bit sizes and positions are unsigned 32-bit numbers; sizes from here on are a system limit. */
export const MAX_BITS = 2 ** 32 - 8;

const EVEN_BYTES = 0x00ff00ff;
const ODD_BYTES = 0xff00ff00;

/** Pushes the bytes of a local in the other order. */
export function pushSwapped(w: FunctionBuilder, value: Local): void {
  w.localGet(value);
  w.i32Const(8);
  w.i32Rotr();
  w.i32Const(ODD_BYTES);
  w.i32And();
  w.localGet(value);
  w.i32Const(8);
  w.i32Rotl();
  w.i32Const(EVEN_BYTES);
  w.i32And();
  w.i32Or();
}

/** A constant's low `byteCount` bytes in the other order. */
export function swapped(value: number, byteCount: number): number {
  let result = 0;
  for (let i = 0; i < byteCount; i++) result = (result << 8) | ((value >>> (8 * i)) & 0xff);
  return result;
}

/**
 * Pushes the 32 bits that start `shift` (0 to 7) bits behind an address, first bit on top, of which only the first `needed` mean
 * anything. Reads up to four bytes behind those needed: behind every block of memory there are as many (memory/arena.ts).
 */
export function pushWindow(w: FunctionBuilder, at: WindowPlace, needed: number): void {
  const { address, offset, shift, scratch } = at;
  if (needed <= 9) {
    w.localGet(address);
    w.i32Load8U(offset);
    w.i32Const(24);
    w.i32Shl();
    if (needed > 1) {
      w.localGet(address);
      w.i32Load8U(offset + 1);
      w.i32Const(16);
      w.i32Shl();
      w.i32Or();
    }
    w.localGet(shift);
    w.i32Shl();
    return;
  }
  w.localGet(address);
  w.i32Load(offset, 0);
  w.localSet(scratch);
  pushSwapped(w, scratch);
  w.localGet(shift);
  w.i32Shl();
  if (needed <= 25) return;
  w.localGet(address);
  w.i32Load8U(offset + 4);
  w.i32Const(8);
  w.localGet(shift);
  w.i32Sub();
  w.i32ShrU();
  w.i32Or();
}

export interface WindowPlace {
  readonly address: Local;
  /** Bytes behind the address. */
  readonly offset: number;
  readonly shift: Local;
  /** Overwritten. */
  readonly scratch: Local;
}

/** Pushes the address of the first byte of an owner's data: heap bits or a bin ref. */
export function pushBaseOf(w: FunctionBuilder, owner: Local): void {
  w.localGet(owner);
  w.i32Const(HEAP_BITS_DATA - PRIMARY_BOXED);
  w.i32Add();
  w.localGet(owner);
  w.i32Load(BIN_REF_ADDRESS - PRIMARY_BOXED);
  w.i32Const(BINARY_DATA);
  w.i32Add();
  pushTypeByte(w, owner);
  w.i32Const(HEADER_HEAP_BITS);
  w.i32Eq();
  w.select();
}

/** Pushes the type in the header of a boxed object. */
export function pushTypeByte(w: FunctionBuilder, object: Local): void {
  w.localGet(object);
  w.i32Const(PRIMARY_BOXED);
  w.i32Sub();
  w.i32Load8U();
}

/** Pushes the size in bits of a bitstring: at +4 in heap bits, at +8 in sub bits. */
export function pushSizeOf(w: FunctionBuilder, bits: Local): void {
  w.localGet(bits);
  w.i32Load(HEAP_BITS_SIZE - PRIMARY_BOXED);
  w.localGet(bits);
  w.i32Load(SUB_BITS_SIZE - PRIMARY_BOXED);
  pushTypeByte(w, bits);
  w.i32Const(HEADER_HEAP_BITS);
  w.i32Eq();
  w.select();
}

/** Puts the owner of a bitstring (itself or what its sub bits lie over) into `owner`, another local. */
export function setOwner(w: FunctionBuilder, bits: Local, owner: Local): void {
  w.localGet(bits);
  w.localSet(owner);
  pushTypeByte(w, bits);
  w.i32Const(HEADER_SUB_BITS);
  w.i32Eq();
  w.if();
  w.localGet(bits);
  w.i32Load(SUB_BITS_ORIG - PRIMARY_BOXED);
  w.localSet(owner);
  w.end();
}
