/** The growing output of the encoder, and the terms that have no others inside. */
import { bytes as memoryBytes } from '../memory/memory.ts';
import { atomBytes, atomName } from './atoms.ts';
import { isNegative, magnitudeByteCount, toNumber, writeMagnitude } from './bignum.ts';
import { bitBase, bitOffset, copyBitsInto } from './bits.ts';
import * as tags from './external-tags.ts';
import { defaultText } from './float-text.ts';
import { NIL, type Term } from './layout.ts';
import {
  fieldCount,
  fieldName,
  isExportedRecord,
  recordDefinition,
  recordModule,
  recordName,
} from './native-record.ts';
import { floatValue, head, isCons, isSmall, smallValue, tail } from './term.ts';

const FIRST_CAPACITY = 256;
const FEW_BYTES = 64;

const floatBytes = new Uint8Array(8);
const floatView = new DataView(floatBytes.buffer);

interface Segment {
  /** How much of the output lies before it. */
  readonly at: number;
  readonly binary: Term;
}

/** Bytes in their order, with whole binaries set in between where the caller wants them shared. */
export class ExternalWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #at = 0;
  readonly #segments: Segment[] = [];
  /** Bytes of all segments so far. */
  #outside = 0;
  /** For sizes that are filled in later: the value of `#outside` where they stand. */
  readonly #outsideAt = new Map<number, number>();

  /** How many bytes have been written (segments not counted). */
  get position(): number {
    return this.#at;
  }

  /** The buffer: valid up to `position`, until more is written. */
  written(): Uint8Array {
    return this.#bytes;
  }

  /** What has been written, where it is: nothing more may be. */
  content(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** What has been written. */
  taken(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  /** Makes room for `count` bytes, which the caller fills; gives their index in `written()`. */
  reserve(count: number): number {
    const at = this.#at;
    const end = at + count;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    this.#at = end;
    return at;
  }

  byte(value: number): void {
    const at = this.reserve(1);
    this.#bytes[at] = value;
  }

  uint16(value: number): void {
    const at = this.reserve(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.putUint32(at, value);
  }

  putUint32(at: number, value: number): void {
    const bytes = this.#bytes;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
  }

  copy(content: Uint8Array): void {
    const at = this.reserve(content.length);
    this.#bytes.set(content, at);
  }

  /** `size` bytes of an array from an index on; a loop where they are few, since calls of `set` cost more than that. */
  copyFrom(source: Uint8Array, from: number, size: number): void {
    const at = this.reserve(size);
    const bytes = this.#bytes;
    if (size > FEW_BYTES) bytes.set(source.subarray(from, from + size), at);
    else for (let i = 0; i < size; i++) bytes[at + i] = source[from + i] as number;
  }

  /** A 32-bit integer in its shortest form. */
  integer(value: number): void {
    if (value >= 0 && value < 256) {
      const at = this.reserve(2);
      this.#bytes[at] = tags.SMALL_INTEGER_EXT;
      this.#bytes[at + 1] = value;
    } else {
      this.sized(tags.INTEGER_EXT, value);
    }
  }

  /** A tag and a number of 32 bits. */
  sized(tag: number, value: number): void {
    const at = this.reserve(5);
    this.#bytes[at] = tag;
    this.putUint32(at + 1, value);
  }

  /** Puts a whole binary of `size` bytes here without copying it. */
  segment(binary: Term, size: number): void {
    this.#segments.push({ at: this.#at, binary });
    this.#outside += size;
  }

  /** `distanceFrom(position)` will be asked for. */
  markForDistance(): void {
    this.#outsideAt.set(this.#at, this.#outside);
  }

  /** Bytes between a marked position and here, segments counted. */
  distanceFrom(position: number): number {
    return this.#at - position + this.#outside - (this.#outsideAt.get(position) ?? 0);
  }

  /** The output in order: own bytes, and the binaries that were set in between. */
  segments(): (Uint8Array | Term)[] {
    const parts: (Uint8Array | Term)[] = [];
    let from = 0;
    for (const { at, binary } of this.#segments) {
      if (at > from) parts.push(this.#bytes.slice(from, at));
      parts.push(binary);
      from = at;
    }
    if (this.#at > from) parts.push(this.#bytes.slice(from, this.#at));
    return parts;
  }
}

/** Writes a small or a big. */
export function writeInteger(out: ExternalWriter, t: Term): void {
  if (isSmall(t)) {
    out.integer(smallValue(t));
    return;
  }
  const size = magnitudeByteCount(t);
  const value = size <= 4 ? toNumber(t) : Number.NaN;
  if (value >= -(2 ** 31) && value < 2 ** 31) {
    out.integer(value);
    return;
  }
  if (size < 256) {
    out.byte(tags.SMALL_BIG_EXT);
    out.byte(size);
  } else {
    out.byte(tags.LARGE_BIG_EXT);
    out.uint32(size);
  }
  out.byte(isNegative(t) ? 1 : 0);
  const at = out.reserve(size);
  writeMagnitude(t, out.written(), at);
}

/** Writes a float: eight bytes, or (minor_version 0) text of 31 bytes. */
export function writeFloat(out: ExternalWriter, t: Term, asText: boolean): void {
  const value = floatValue(t);
  if (!asText) {
    const at = out.reserve(9);
    const bytes = out.written();
    bytes[at] = tags.NEW_FLOAT_EXT;
    floatView.setFloat64(0, value);
    for (let i = 0; i < 8; i++) bytes[at + 1 + i] = floatBytes[i] as number;
    return;
  }
  out.byte(tags.FLOAT_EXT);
  const at = out.reserve(tags.FLOAT_TEXT_BYTES);
  const bytes = out.written();
  const text = defaultText(value);
  for (let i = 0; i < tags.FLOAT_TEXT_BYTES; i++) bytes[at + i] = i < text.length ? text.charCodeAt(i) : 0;
}

/** Writes an atom in UTF-8, or (minor_version 0 and 1) in Latin-1 when its characters allow it. */
export function writeAtom(out: ExternalWriter, t: Term, latin1: boolean): void {
  if (latin1 && writeLatin1(out, atomName(t))) return;
  const text = atomBytes(t);
  const size = text.length;
  if (size > 255) {
    out.byte(tags.ATOM_UTF8_EXT);
    out.uint16(size);
    out.copy(text);
    return;
  }
  const at = out.reserve(2 + size);
  const bytes = out.written();
  bytes[at] = tags.SMALL_ATOM_UTF8_EXT;
  bytes[at + 1] = size;
  for (let i = 0; i < size; i++) bytes[at + 2 + i] = text[i] as number;
}

/** Writes a text unless a character is none of Latin-1. */
function writeLatin1(out: ExternalWriter, name: string): boolean {
  let most = 0;
  for (let i = 0; i < name.length; i++) most |= name.charCodeAt(i);
  if (most > 255) return false;
  out.byte(tags.ATOM_EXT);
  out.uint16(name.length);
  const at = out.reserve(name.length);
  const bytes = out.written();
  for (let i = 0; i < name.length; i++) bytes[at + i] = name.charCodeAt(i);
  return true;
}

/** The length of a proper list of bytes that STRING_EXT can hold; -1 for any other list. */
export function byteListLength(list: Term): number {
  let length = 0;
  let rest = list;
  while (isCons(rest)) {
    const element = head(rest);
    if (!isSmall(element) || smallValue(element) >>> 0 > 255 || ++length > tags.MAX_STRING_LENGTH) return -1;
    rest = tail(rest);
  }
  return rest === NIL ? length : -1;
}

/** Writes a native record but for its values; tells how many there are. */
export function writeRecordHead(out: ExternalWriter, t: Term, latin1: boolean): number {
  const definition = recordDefinition(t);
  const count = fieldCount(definition);
  out.byte(tags.RECORD_EXT);
  out.uint32(count);
  out.byte(isExportedRecord(t) ? 1 : 0);
  writeAtom(out, recordModule(t), latin1);
  writeAtom(out, recordName(t), latin1);
  for (let i = 0; i < count; i++) writeAtom(out, fieldName(definition, i), latin1);
  return count;
}

/** The last byte of a bitstring of `size` bits, of which the last `trailing` are in it. */
export function lastByte(t: Term, size: number, trailing: number): number {
  const last = new Uint8Array(1);
  copyBitsInto(memoryBytes, bitBase(t) >>> 0, bitOffset(t) + size - trailing, last, 0, 0, trailing);
  return last[0] as number;
}
