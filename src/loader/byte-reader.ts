/** Reads big-endian numbers and slices off the front of a chunk; every read past the end is a `badfile` error. */
import { corrupt } from './load-error.ts';

export class ByteReader {
  readonly bytes: Uint8Array;
  readonly chunk: string;
  position = 0;

  constructor(bytes: Uint8Array, chunk: string) {
    this.bytes = bytes;
    this.chunk = chunk;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** Unsigned byte. */
  u8(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) corrupt(this.chunk, 'ends too early');
    this.position += 1;
    return byte;
  }

  u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  /** Signed, as OTP reads all 32-bit fields. */
  i32(): number {
    return (this.u8() << 24) | (this.u8() << 16) | (this.u8() << 8) | this.u8();
  }

  i64(): bigint {
    return (BigInt(this.i32()) << 32n) | BigInt(this.i32() >>> 0);
  }

  /** View of the next `length` bytes. */
  slice(length: number): Uint8Array {
    if (length < 0 || length > this.remaining) corrupt(this.chunk, `needs ${length} bytes, has ${this.remaining}`);
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  /** Number of entries that follow, each of at least `entrySize` bytes: what cannot be there is refused at once. */
  count(entrySize: number, minimum = 0): number {
    return this.checkCount(this.i32(), entrySize, minimum);
  }

  checkCount(count: number, entrySize: number, minimum = 0): number {
    if (count < minimum || count * entrySize > this.remaining) corrupt(this.chunk, `cannot have ${count} entries`);
    return count;
  }
}
