/**
 * Matching of bitstrings: what generated code (jit/ops/bits-match.ts) does not do itself. Contexts are match contexts; a function
 * whose name begins with `get` or `skip` checks what is left, moves the position behind what it took, and says NON_VALUE or false,
 * the position unchanged, when that is not there. Rules: erl_bits.c and emu/bs_instrs.tab of OTP.
 */

import { segmentFlags } from '../isa/operands.ts';
import { SCRATCH } from '../memory/map.ts';
import { bytes, plus } from '../memory/memory.ts';
import { integerFromBytes, makeInteger, safeInteger } from '../term/bignum.ts';
import { contextBase, copyBits, copyBitsInto, subBitsOf } from '../term/bits.ts';
import { makeFloat } from '../term/build.ts';
import { ErlangError } from '../term/erlang-error.ts';
import { type Addr, CONTEXT_END, CONTEXT_ORIG, CONTEXT_POSITION, NON_VALUE, type Term } from '../term/layout.ts';
import { field, fieldTerm, isInteger, makeSmall, setField } from '../term/term.ts';
import { decodeUtf8At, decodeUtf16At, isCharacter, MAX_CHARACTER_BYTES, NO_CHARACTER } from './bits-utf.ts';

/** Where a context stands, in bits. */
function positionOf(context: Term): number {
  return field(context, CONTEXT_POSITION) >>> 0;
}

function bitsLeft(context: Term): number {
  return (field(context, CONTEXT_END) >>> 0) - positionOf(context);
}

function advance(context: Term, bits: number): void {
  setField(context, CONTEXT_POSITION, positionOf(context) + bits);
}

/** size * unit in bits, for any term as size; -1 when it is no number of bits. */
export function fieldBits(size: Term, unit: number): number {
  if (!isInteger(size)) return -1;
  const count = safeInteger(size);
  if (count === undefined || count < 0) return -1;
  const bits = count * unit;
  return bits < 2 ** 32 ? bits : -1;
}

/** The same when so many bits are left, else -1. */
function availableBits(context: Term, size: Term, unit: number): number {
  const bits = fieldBits(size, unit);
  return bits <= bitsLeft(context) ? bits : -1;
}

// ---- integers ------------------------------------------------------------------------------------------------------

/** The `size` bits from `position` on as an integer; NON_VALUE when it would be too large (never below 4,194,304 bits). */
export function readInteger(context: Term, position: number, size: number, flags: number): Term {
  const little = (flags & (segmentFlags.little | segmentFlags.native)) !== 0;
  const signed = (flags & segmentFlags.signed) !== 0;
  const at = position >>> 0;
  if (size <= 48 && (!little || size % 8 === 0)) return readShort(contextBase(context), at, size, little, signed);
  return readLong(contextBase(context), at, size, little, signed);
}

/** Up to 48 bits; little-endian ones are whole bytes. */
function readShort(base: Addr, position: number, size: number, little: boolean, signed: boolean): Term {
  if (size === 0) return makeSmall(0);
  const first = (base >>> 0) + Math.floor(position / 8);
  const shift = position & 7;
  let value = 0;
  if (little) {
    for (let i = size / 8 - 1; i >= 0; i--) value = value * 256 + byteAt(first + i, shift);
  } else {
    const whole = Math.floor(size / 8);
    for (let i = 0; i < whole; i++) value = value * 256 + byteAt(first + i, shift);
    const rest = size & 7;
    if (rest !== 0) value = value * 2 ** rest + (partialByteAt(first + whole, shift, rest) >>> (8 - rest));
  }
  return makeInteger(signed && value >= 2 ** (size - 1) ? value - 2 ** size : value);
}

/** The byte that starts `shift` bits behind an address. */
function byteAt(address: number, shift: number): number {
  const first = bytes[address] as number;
  return shift === 0 ? first : ((first << shift) | ((bytes[address + 1] as number) >>> (8 - shift))) & 0xff;
}

/** The same where only the first `count` of its bits are wanted: the others need not exist. */
function partialByteAt(address: number, shift: number, count: number): number {
  return shift + count <= 8 ? ((bytes[address] as number) << shift) & 0xff : byteAt(address, shift);
}

function readLong(base: Addr, position: number, size: number, little: boolean, signed: boolean): Term {
  const count = Math.ceil(size / 8);
  const pad = count * 8 - size;
  const content = new Uint8Array(count);
  copyBitsInto(bytes, base >>> 0, position, content, 0, little ? 0 : pad, size);
  const top = little ? count - 1 : 0;
  if (pad > 0) {
    let high = content[top] as number;
    if (little) high >>>= pad;
    if (signed && ((high >>> (7 - pad)) & 1) === 1) high |= 0xff << (8 - pad);
    content[top] = high;
  }
  try {
    return integerFromBytes(content, 0, count, little, signed);
  } catch (error) {
    if (error instanceof ErlangError) return NON_VALUE;
    throw error;
  }
}

/** bs_get_integer2 with a size that only the run shows. */
export function getInteger(context: Term, size: Term, unit: number, flags: number): Term {
  const bits = availableBits(context, size, unit);
  if (bits < 0) return NON_VALUE;
  const value = readInteger(context, positionOf(context), bits, flags);
  if (value !== NON_VALUE) advance(context, bits);
  return value;
}

// ---- floats --------------------------------------------------------------------------------------------------------

/** bs_get_float2: 16, 32 or 64 bits, finite; 0 bits are 0.0. */
export function getFloat(context: Term, size: Term, unit: number, flags: number): Term {
  const bits = availableBits(context, size, unit);
  if (bits === 0) return makeFloat(0);
  if (bits !== 16 && bits !== 32 && bits !== 64) return NON_VALUE;
  copyBits(contextBase(context), positionOf(context), SCRATCH, 0, bits);
  const view = new DataView(bytes.buffer, SCRATCH, 8);
  const little = (flags & (segmentFlags.little | segmentFlags.native)) !== 0;
  const value =
    bits === 64
      ? view.getFloat64(0, little)
      : bits === 32
        ? view.getFloat32(0, little)
        : halfValue(view.getUint16(0, little));
  if (!Number.isFinite(value)) return NON_VALUE;
  advance(context, bits);
  return makeFloat(value);
}

/** The value of an IEEE half-precision float: 5 bits of exponent, 10 of fraction. */
function halfValue(half: number): number {
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  const sign = half >= 0x8000 ? -1 : 1;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (0x400 + fraction) * 2 ** (exponent - 25);
}

// ---- bitstrings ----------------------------------------------------------------------------------------------------

/** bs_get_binary2 with a size that only the run shows. */
export function getBinary(context: Term, size: Term, unit: number): Term {
  const bits = availableBits(context, size, unit);
  if (bits < 0) return NON_VALUE;
  const value = subBitsOf(fieldTerm(context, CONTEXT_ORIG), positionOf(context), bits);
  advance(context, bits);
  return value;
}

/** bs_skip_bits2 with a size that only the run shows. */
export function skipBits(context: Term, size: Term, unit: number): boolean {
  const bits = availableBits(context, size, unit);
  if (bits < 0) return false;
  advance(context, bits);
  return true;
}

/** bs_match_string: the next `count` bits are those at an address. */
export function skipString(context: Term, count: number, address: Addr): boolean {
  if (count > bitsLeft(context)) return false;
  const first = (contextBase(context) >>> 0) + Math.floor(positionOf(context) / 8);
  const shift = positionOf(context) & 7;
  const expected = address >>> 0;
  const whole = Math.floor(count / 8);
  for (let i = 0; i < whole; i++) if (byteAt(first + i, shift) !== bytes[expected + i]) return false;
  const rest = count & 7;
  if (rest > 0) {
    const difference = partialByteAt(first + whole, shift, rest) ^ (bytes[expected + whole] as number);
    if (difference >>> (8 - rest) !== 0) return false;
  }
  advance(context, count);
  return true;
}

// ---- characters ----------------------------------------------------------------------------------------------------

/** Index in `bytes` of the bytes at the position: up to four are copied to the scratch area when they are not aligned. */
function characterIndex(context: Term, available: number): number {
  const position = positionOf(context);
  const base = contextBase(context);
  if (position % 8 === 0) return (base >>> 0) + position / 8;
  copyBits(base, position, plus(SCRATCH, 0), 0, 8 * available);
  return SCRATCH;
}

function charactersLeft(context: Term): number {
  return Math.min(Math.floor(bitsLeft(context) / 8), MAX_CHARACTER_BYTES);
}

/** A character of so many bytes was taken, or none. */
function taken(context: Term, code: number, byteCount: number): Term {
  if (code === NO_CHARACTER) return NON_VALUE;
  advance(context, 8 * byteCount);
  return makeSmall(code);
}

/** bs_get_utf8. */
export function getUtf8(context: Term): Term {
  const available = charactersLeft(context);
  const code = decodeUtf8At(bytes, characterIndex(context, available), available);
  return taken(context, code, code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
}

/** bs_get_utf16. */
export function getUtf16(context: Term, flags: number): Term {
  const available = charactersLeft(context);
  const little = (flags & (segmentFlags.little | segmentFlags.native)) !== 0;
  const code = decodeUtf16At(bytes, characterIndex(context, available), available, little);
  return taken(context, code, code < 0x10000 ? 2 : 4);
}

/** bs_get_utf32. */
export function getUtf32(context: Term, flags: number): Term {
  if (bitsLeft(context) < 32) return NON_VALUE;
  const value = safeInteger(readInteger(context, positionOf(context), 32, flags & ~segmentFlags.signed));
  return taken(context, value !== undefined && isCharacter(value) ? value : NO_CHARACTER, 4);
}
