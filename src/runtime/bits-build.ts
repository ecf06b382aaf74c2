/**
 * Building of bitstrings: what generated code (jit/ops/bits-build.ts) does not do itself. `put` functions write behind a base address
 * at a bit offset, into a bitstring that has the room. Rules: erl_bits.c of OTP, and instr_bs.cpp for the order of errors.
 *
 * Appending: a binary that was appended to is off-heap, writable and has room behind its end. Sub bits that start at its first bit
 * and end where it ends (BINARY_SIZE, and for the last byte BINARY_TAIL_SHIFT) are made longer in place; for other sub bits over
 * it, and for every other bitstring, the bits are copied to a new writable binary.
 */
import { segmentFlags } from '../isa/operands.ts';
import { capacityFor, growWritable, makeBinRef, newOffHeapBinary } from '../memory/binary.ts';
import { SCRATCH, SCRATCH_BYTES } from '../memory/map.ts';
import { bytes, load, plus, store } from '../memory/memory.ts';
import { toNumber, writeInteger } from '../term/bignum.ts';
import {
  baseOf,
  bitBase,
  bitOffset,
  bitSize,
  bitsOwner,
  copyBits,
  copyBitsInto,
  makeSubBits,
  newBitstring,
} from '../term/bits.ts';
import {
  type Addr,
  BIN_REF_ADDRESS,
  BINARY_FLAG_WRITABLE,
  BINARY_FLAGS,
  BINARY_TAIL_SHIFT,
  HEADER_BIN_REF,
  HEADER_SUB_BITS,
  HEAP_BINARY_LIMIT,
  NON_VALUE,
  SUB_BITS_SIZE,
  type Term,
} from '../term/layout.ts';
import {
  field,
  floatValue,
  headerType,
  isBitstring,
  isFloat,
  isInteger,
  isSmall,
  setField,
  smallValue,
} from '../term/term.ts';
import { encodeUtf8At, encodeUtf16At, isCharacter } from './bits-utf.ts';
import { bumpForWork } from './bump-reductions.ts';

/** Bits that are copied for one reduction (BITS_PER_REDUCTION in OTP's erl_bits.c). */
const BITS_PER_REDUCTION = 8192;
/** Sizes in bits lie below this. */
export const BITS_LIMIT = 2 ** 32 - 8;
const HEAP_BITS = HEAP_BINARY_LIMIT * 8;
/** Room of the first binary of a comprehension that does not say how large it will be (erts_bs_init_writable). */
const DEFAULT_CAPACITY = 1024;

/** A new bitstring of so many bits, its content undefined. */
export function createBits(size: number): Term {
  return newBitstring(size >>> 0).term;
}

// ---- appending -----------------------------------------------------------------------------------------------------

function setTail(binRef: Term, size: number): void {
  const flags = plus(field(binRef, BIN_REF_ADDRESS) as Addr, BINARY_FLAGS);
  store(flags, BINARY_FLAG_WRITABLE | ((size & 7) << BINARY_TAIL_SHIFT));
}

/** Writable sub bits of `size` bits over a new binary with room for more. */
function newWritable(size: number, byteRoom: number): Term {
  const binRef = makeBinRef(newOffHeapBinary(Math.ceil(size / 8), byteRoom));
  setTail(binRef, size);
  return makeSubBits(binRef, 0, size);
}

/** Whether sub bits over a writable binary were made longer where they are; their owner then has `size` bits. */
function growInPlace(t: Term, old: number, size: number): boolean {
  if (headerType(t) !== HEADER_SUB_BITS || bitOffset(t) !== 0) return false;
  const owner = bitsOwner(t);
  if (headerType(owner) !== HEADER_BIN_REF) return false;
  const flags = load(plus(field(owner, BIN_REF_ADDRESS) as Addr, BINARY_FLAGS));
  if (((flags >>> BINARY_TAIL_SHIFT) & 7) !== (old & 7)) return false;
  const usedBytes = Math.ceil(old / 8);
  if (!growWritable(owner, usedBytes, Math.ceil(size / 8) - usedBytes)) return false;
  setTail(owner, size);
  return true;
}

/** A bitstring that begins with the bits of `t` and has room for `extra` more; the caller writes them. */
function extended(t: Term, old: number, size: number): Term {
  // First: a new binary may ask for a collection, and nothing can be charged until that is done.
  bumpForWork(old, BITS_PER_REDUCTION);
  const made = size <= HEAP_BITS ? createBits(size) : newWritable(size, capacityFor(Math.ceil(size / 8)));
  copyBits(bitBase(t), bitOffset(t), baseOf(bitsOwner(made)), 0, old);
  return made;
}

/**
 * Segment `append`: the bitstring made longer by `extra` bits, undefined ones. NON_VALUE when it is no bitstring, when `unit` does not
 * divide its size, or when the sum is no size.
 */
export function append(t: Term, extra: number, unit: number): Term {
  return appended(t, extra >>> 0, unit, (owner, size) => makeSubBits(owner, 0, size));
}

/** Segment `private_append`: the same where nothing else has the bitstring: the term itself may become longer. */
export function privateAppend(t: Term, extra: number, unit: number): Term {
  return appended(t, extra >>> 0, unit, (_owner, size) => {
    setField(t, SUB_BITS_SIZE, size);
    return t;
  });
}

function appended(t: Term, extra: number, unit: number, longer: (owner: Term, size: number) => Term): Term {
  if (!isBitstring(t)) return NON_VALUE;
  const old = bitSize(t);
  const size = old + extra;
  if (old % unit !== 0 || size > BITS_LIMIT) return NON_VALUE;
  return growInPlace(t, old, size) ? longer(bitsOwner(t), size) : extended(t, old, size);
}

/** bs_init_writable: an empty bitstring with room for so many bytes. */
export function initWritable(size: Term): Term {
  const wanted = isSmall(size) && smallValue(size) >= 0 ? smallValue(size) : DEFAULT_CAPACITY;
  return newWritable(0, wanted);
}

// ---- integers ------------------------------------------------------------------------------------------------------

/** Where bytes are made before they are copied to any alignment: the scratch area, or an array when there are too many. */
function scratchFor(count: number): { array: Uint8Array; index: number } {
  return count <= SCRATCH_BYTES ? { array: bytes, index: SCRATCH } : { array: new Uint8Array(count), index: 0 };
}

/** The low `size` bits of an integer; false when `t` is none. */
export function putInteger(t: Term, base: Addr, bit: number, size: number, flags: number): boolean {
  if (!isInteger(t)) return false;
  const bits = size >>> 0;
  const at = bit >>> 0;
  const little = (flags & (segmentFlags.little | segmentFlags.native)) !== 0;
  const count = Math.ceil(bits / 8);
  const pad = count * 8 - bits;
  if (at % 8 === 0 && pad === 0) {
    writeInteger(t, bytes, (base >>> 0) + at / 8, count, little);
    return true;
  }
  const { array, index } = scratchFor(count);
  writeInteger(t, array, index, count, little);
  if (little && pad > 0) {
    const top = index + count - 1;
    array[top] = (array[top] as number) << pad;
  }
  copyBitsInto(array, index, little ? 0 : pad, bytes, base >>> 0, at, bits);
  return true;
}

// ---- floats --------------------------------------------------------------------------------------------------------

/** What `putFloat` says: 0 or what is wrong. */
export const FLOAT_TYPE = 1;
export const FLOAT_TOO_LARGE = 2;
export const FLOAT_SIZE = 3;

/** A number as a float of 16, 32 or 64 bits. Returns 0, or one of the FLOAT_ constants. */
export function putFloat(t: Term, base: Addr, bit: number, size: number, flags: number): number {
  if (size !== 16 && size !== 32 && size !== 64) return FLOAT_SIZE;
  if (!isFloat(t) && !isInteger(t)) return FLOAT_TYPE;
  const value = isFloat(t) ? floatValue(t) : toNumber(t);
  if (!Number.isFinite(value)) return FLOAT_TOO_LARGE;
  const view = new DataView(bytes.buffer, SCRATCH, 8);
  const little = (flags & (segmentFlags.little | segmentFlags.native)) !== 0;
  if (size === 64) view.setFloat64(0, value, little);
  else if (size === 32) view.setFloat32(0, value, little);
  else view.setUint16(0, halfBits(value), little);
  copyBits(SCRATCH, 0, base, bit >>> 0, size);
  return 0;
}

/** The half-precision float nearest to a number, ties to even; infinity when it is too large. */
function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
  // Math.log2 may be off by one next to a power of two.
  const scale = magnitude < 2 ** exponent && exponent > -14 ? exponent - 1 : exponent;
  const units = roundToEven(magnitude / 2 ** (scale - 10));
  // The hidden bit, and what rounding carries out of the fraction, count the exponent up.
  return sign | (units < 0x400 ? units : units + ((scale + 14) << 10));
}

function roundToEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}

// ---- bitstrings ----------------------------------------------------------------------------------------------------

/** Writes the first `size` bits of a bitstring, which has as many. */
export function putBits(t: Term, base: Addr, bit: number, size: number): void {
  copyBits(bitBase(t), bitOffset(t), base, bit >>> 0, size >>> 0);
  bumpForWork(size >>> 0, BITS_PER_REDUCTION);
}

/** Writes bytes of a constant. */
export function putString(address: Addr, byteCount: number, base: Addr, bit: number): void {
  copyBits(address, 0, base, bit >>> 0, byteCount * 8);
}

// ---- characters ----------------------------------------------------------------------------------------------------

/** Writes what `encode` made of a character at SCRATCH; returns the number of bits, 0 when the term is no character. */
function putCharacter(t: Term, base: Addr, bit: number, encode: (code: number) => number): number {
  if (!isSmall(t) || !isCharacter(smallValue(t))) return 0;
  const size = 8 * encode(smallValue(t));
  copyBits(SCRATCH, 0, base, bit >>> 0, size);
  return size;
}

/** Segment of type utf8. Returns the number of bits, 0: no character. */
export function putUtf8(t: Term, base: Addr, bit: number): number {
  return putCharacter(t, base, bit, (code) => encodeUtf8At(bytes, SCRATCH, code));
}

/** Segment of type utf16. */
export function putUtf16(t: Term, base: Addr, bit: number, flags: number): number {
  const little = (flags & (segmentFlags.little | segmentFlags.native)) !== 0;
  return putCharacter(t, base, bit, (code) => encodeUtf16At(bytes, SCRATCH, code, little));
}

/** bs_put_utf32 of OTP 24 and older; bs_create_bin checks the character and writes an integer. */
export function putUtf32(t: Term, base: Addr, bit: number, flags: number): number {
  if (!isSmall(t) || !isCharacter(smallValue(t))) return 0;
  putInteger(t, base, bit, 32, flags);
  return 32;
}
