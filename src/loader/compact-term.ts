/**
 * The compact term encoding of code, line items, long atom lengths and record definitions: a tag of three bits and a
 * number of any size. Rule: `beamreader_read_tagged` in beam_file.c.
 */
import type { ByteReader } from './byte-reader.ts';
import { corrupt } from './load-error.ts';

export const compactTag = { u: 0, i: 1, a: 2, x: 3, y: 4, f: 5, h: 6, z: 7 } as const;

/** What the `z` tag's number means. */
export const extendedTag = { float: 0, list: 1, floatRegister: 2, allocList: 3, literal: 4, typedRegister: 5 } as const;

/**
 * Reads tagged numbers off a `ByteReader`. `next` returns the tag; the number is then in `value`, or in `big` when it
 * is not a safe integer (`value` is NaN then, so it fails every range check). Only tag `i` is signed.
 */
export class CompactReader {
  readonly reader: ByteReader;
  value = 0;
  big = 0n;

  constructor(reader: ByteReader) {
    this.reader = reader;
  }

  next(): number {
    const first = this.reader.u8();
    const tag = first & 7;
    if ((first & 0x08) === 0) this.value = first >> 4;
    else if ((first & 0x10) === 0) this.value = ((first >> 5) << 8) | this.reader.u8();
    else this.readBytes(tag, first >> 5);
    return tag;
  }

  /** The number of the next term, which must have tag `u` and be at most `max`. */
  unsigned(max: number): number {
    const tag = this.next();
    if (tag !== compactTag.u || !(this.value <= max)) corrupt(this.reader.chunk, 'has a bad number');
    return this.value;
  }

  private readBytes(tag: number, sizeCode: number): void {
    // A size that itself takes more than a few bytes cannot be right, so reading it needs no recursion.
    const size = sizeCode < 7 ? sizeCode + 2 : this.shortUnsigned() + 9;
    const bytes = this.reader.slice(size);
    const negative = tag === compactTag.i && (bytes[0] ?? 0) >= 0x80;
    if (size <= 6) {
      let value = 0;
      for (const byte of bytes) value = value * 0x100 + byte;
      this.value = negative ? value - 0x100 ** size : value;
      return;
    }
    if (size > 8 && bytes[0] === 0 && bytes[1] === 0) corrupt(this.reader.chunk, 'has a number with leading zeros');
    const unsigned = bigFromBytes(bytes);
    const big = negative ? unsigned - (1n << BigInt(size * 8)) : unsigned;
    const value = Number(big);
    this.value = Number.isSafeInteger(value) ? value : Number.NaN;
    this.big = big;
  }

  private shortUnsigned(): number {
    const first = this.reader.u8();
    if ((first & 7) !== compactTag.u || first >> 3 === 31) corrupt(this.reader.chunk, 'has a bad number size');
    this.reader.position -= 1;
    return this.unsigned(Number.MAX_SAFE_INTEGER);
  }
}

function bigFromBytes(bytes: Uint8Array): bigint {
  let hex = '0x';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}
