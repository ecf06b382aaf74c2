/** Bytes a function reference to a defined function takes: room for 2^21 functions, patched when the imports are known. */
export const FUNC_REFERENCE_BYTES = 3;
/** Bytes of the number in a relocatable i32.const: room for any i32. */
export const RELOCATABLE_BYTES = 5;

const floatView = new DataView(new ArrayBuffer(8));
const floatBytes = new Uint8Array(floatView.buffer);
const textEncoder = new TextEncoder();

/** A growing byte array with the number encodings of the WebAssembly binary format. */
export class ByteBuffer {
  /** The store; valid up to `length`. Replaced when it grows: do not keep it. */
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `extra` more bytes. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Forgets the content, keeps the room. */
  clear(): void {
    this.length = 0;
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A byte, then unsigned LEB128: most of what code is made of. */
  byteAndUnsigned(first: number, value: number): void {
    const at = this.length;
    if (value < 0 || value > 0x7f || at + 2 > this.bytes.length) {
      this.byte(first);
      this.unsigned32(value);
      return;
    }
    this.bytes[at] = first;
    this.bytes[at + 1] = value;
    this.length = at + 2;
  }

  /** A byte, then signed LEB128 of an i32. */
  byteAndSigned(first: number, value: number): void {
    const at = this.length;
    if (value < -64 || value > 63 || at + 2 > this.bytes.length) {
      this.byte(first);
      this.signed32(value);
      return;
    }
    this.bytes[at] = first;
    this.bytes[at + 1] = value & 0x7f;
    this.length = at + 2;
  }

  /** Unsigned LEB128 of 0 … 2^32-1, shortest form. */
  unsigned32(value: number): void {
    let rest = value;
    while (rest >>> 0 > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Signed LEB128 of an i32, shortest form; a number from 2^31 to 2^32-1 is taken for the i32 with the same bits. */
  signed32(value: number): void {
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** Unsigned LEB128 of 0 … 2^64-1, shortest form. A number must be a safe integer. */
  unsigned64(value: bigint | number): void {
    let rest = BigInt(value);
    while (rest > 0x7fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  /** Signed LEB128 of an i64, shortest form. A number must be a safe integer; a bigint wraps to 64 bits. */
  signed64(value: bigint | number): void {
    if (typeof value === 'bigint') this.signedBig(BigInt.asIntN(64, value));
    else if (value === (value | 0)) this.signed32(value);
    else if (Number.isSafeInteger(value)) this.signedBig(BigInt(value));
    else throw new RangeError(`not a safe integer: ${value}`);
  }

  private signedBig(value: bigint): void {
    let rest = value;
    while (rest < -64n || rest > 63n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }

  /** Unsigned LEB128 stretched to `FUNC_REFERENCE_BYTES`, to be patched in place. */
  paddedUnsigned32(value: number): void {
    this.reserve(FUNC_REFERENCE_BYTES);
    writePaddedUnsigned32(this.bytes, this.length, value);
    this.length += FUNC_REFERENCE_BYTES;
  }

  /** Signed LEB128 stretched to `RELOCATABLE_BYTES`, to be patched in place. */
  paddedSigned32(value: number): void {
    this.reserve(RELOCATABLE_BYTES);
    writePaddedSigned32(this.bytes, this.length, value);
    this.length += RELOCATABLE_BYTES;
  }

  /** Four bytes, IEEE 754, little endian. */
  float32(value: number): void {
    floatView.setFloat32(0, value, true);
    this.append(floatBytes, 0, 4);
  }

  /** Eight bytes, IEEE 754, little endian. */
  float64(value: number): void {
    floatView.setFloat64(0, value, true);
    this.append(floatBytes, 0, 8);
  }

  /** A length in bytes, then the text in UTF-8. */
  name(text: string): void {
    const bytes = textEncoder.encode(text);
    this.unsigned32(bytes.length);
    this.append(bytes);
  }

  /** Copies bytes `start` up to `end` of `source`. */
  append(source: Uint8Array, start = 0, end = source.length): void {
    const count = end - start;
    this.reserve(count);
    this.bytes.set(count === source.length ? source : source.subarray(start, end), this.length);
    this.length += count;
  }

  /** Copies the content of another buffer. */
  appendBuffer(source: ByteBuffer): void {
    this.append(source.bytes, 0, source.length);
  }

  /** A copy of the content in an array of its own. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }
}

/** Writes unsigned LEB128 in exactly `FUNC_REFERENCE_BYTES` bytes; throws on 2^21 and more. */
export function writePaddedUnsigned32(bytes: Uint8Array, offset: number, value: number): void {
  if (value < 0 || value >= 1 << (7 * FUNC_REFERENCE_BYTES)) throw new RangeError(`function index too large: ${value}`);
  bytes[offset] = (value & 0x7f) | 0x80;
  bytes[offset + 1] = ((value >> 7) & 0x7f) | 0x80;
  bytes[offset + 2] = value >> 14;
}

/** Writes signed LEB128 of an i32 in exactly `RELOCATABLE_BYTES` bytes; the last carries the sign in its spare bits. */
export function writePaddedSigned32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = (value & 0x7f) | 0x80;
  bytes[offset + 1] = ((value >> 7) & 0x7f) | 0x80;
  bytes[offset + 2] = ((value >> 14) & 0x7f) | 0x80;
  bytes[offset + 3] = ((value >> 21) & 0x7f) | 0x80;
  bytes[offset + 4] = (value >> 28) & 0x7f;
}

/** Numbers per relocation in the array: offset in the module, kind, id. */
const RELOCATION_FIELDS = 3;

/**
 * Writes the value of each relocatable constant into a finished module, in place. `relocations` holds triples (byte
 * offset of the number, kind, id) as `ModuleBuilder.finish` gives them; `resolve` gives the i32. Can be repeated on the
 * same bytes with other values.
 */
export function applyRelocations(
  bytes: Uint8Array,
  relocations: Int32Array,
  resolve: (kind: number, id: number) => number,
): void {
  for (let at = 0; at + RELOCATION_FIELDS <= relocations.length; at += RELOCATION_FIELDS) {
    const value = resolve(relocations[at + 1] as number, relocations[at + 2] as number);
    writePaddedSigned32(bytes, relocations[at] as number, value);
  }
}
