/** Bytes and bits that are put together piece by piece before they become a binary. */

import { makeBinRef, newOffHeapBinary } from '../memory/binary.ts';
import { bytes, plus } from '../memory/memory.ts';
import { bitBase, bitOffset, bitSize, copyBitsInto, makeBitstring } from '../term/bits.ts';
import { systemLimit } from '../term/erlang-error.ts';
import { BINARY_DATA, type Term } from '../term/layout.ts';

/** V8 keeps the content of arrays up to this size in its own heap: most sinks need no more, and such an array costs little. */
const FIRST_CAPACITY = 64;

export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Bytes that a binary may have: its size in bits is a word. */
export const MAX_BINARY_BYTES = 2 ** 29 - 1;

/** From this size on a sink asks how much will come: what is too large is refused before it takes the memory. */
const MEASURED_CAPACITY = 2 ** 22;

/** Bytes to make room for when `needed` are. `measure` gives the bytes that there will be. Raises system_limit. */
function capacityFor(needed: number, before: number, measure: (() => number) | undefined): number {
  const isMeasured = needed > MEASURED_CAPACITY && measure !== undefined;
  const wanted = isMeasured ? measure() : needed;
  if (wanted > MAX_BINARY_BYTES) throw systemLimit();
  return isMeasured ? Math.max(wanted, needed) : Math.max(needed, before * 2, FIRST_CAPACITY);
}

/** Raises system_limit when it gets more than a binary may hold. */
export class ByteSink {
  private content = NO_BYTES;
  private used = 0;
  private readonly measure: (() => number) | undefined;

  /** `measure`, where it is cheap to say beforehand, gives all the bytes that will be put in. */
  constructor(measure?: () => number) {
    this.measure = measure;
  }

  /** Bytes so far. */
  get length(): number {
    return this.used;
  }

  byte(value: number): void {
    if (this.used === this.content.length) this.reserve(1);
    this.content[this.used++] = value;
  }

  /** The whole bytes of a bitstring. */
  bits(t: Term): void {
    const size = bitSize(t) - (bitSize(t) % 8);
    this.reserve(size / 8);
    copyBitsInto(bytes, bitBase(t) >>> 0, bitOffset(t), this.content, this.used, 0, size);
    this.used += size / 8;
  }

  /** Bytes that are no view of this sink. */
  append(content: Uint8Array): void {
    if (content.length === 0) return;
    this.reserve(content.length);
    this.content.set(content, this.used);
    this.used += content.length;
  }

  /** The bytes so far: a view, valid until more is put in. Few bytes are copied, as a view would cost more. */
  taken(): Uint8Array {
    if (this.used === 0) return NO_BYTES;
    if (this.used <= FIRST_CAPACITY) return this.content.slice(0, this.used);
    return this.content.subarray(0, this.used);
  }

  clear(): void {
    this.used = 0;
  }

  private reserve(more: number): void {
    const needed = this.used + more;
    if (needed <= this.content.length) return;
    const larger = new Uint8Array(capacityFor(needed, this.content.length, this.measure));
    larger.set(this.content.subarray(0, this.used));
    this.content = larger;
  }
}

/** The same for pieces that need not be whole bytes. */
export class BitSink {
  private content = new Uint8Array(FIRST_CAPACITY);
  private used = 0;
  private readonly one = new Uint8Array(1);
  private readonly measure: (() => number) | undefined;

  /** As that of ByteSink. */
  constructor(measure?: () => number) {
    this.measure = measure;
  }

  byte(value: number): void {
    this.reserve(8);
    if (this.used % 8 === 0) {
      this.content[this.used / 8] = value;
    } else {
      this.one[0] = value;
      copyBitsInto(this.one, 0, 0, this.content, 0, this.used, 8);
    }
    this.used += 8;
  }

  bits(t: Term): void {
    const size = bitSize(t);
    this.reserve(size);
    copyBitsInto(bytes, bitBase(t) >>> 0, bitOffset(t), this.content, 0, this.used, size);
    this.used += size;
  }

  /** What was put in, as a term. */
  term(): Term {
    return makeBitstring(this.content, this.used);
  }

  private reserve(more: number): void {
    const needed = Math.ceil((this.used + more) / 8) + 1;
    if (needed <= this.content.length) return;
    const larger = new Uint8Array(capacityFor(needed, this.content.length, this.measure));
    larger.set(this.content.subarray(0, Math.ceil(this.used / 8)));
    this.content = larger;
  }
}

/** A bin ref over a new off-heap binary with these bytes, which are no view of linear memory. */
export function offHeapBytes(content: Uint8Array): Term {
  const binary = newOffHeapBinary(content.length);
  bytes.set(content, plus(binary, BINARY_DATA) >>> 0);
  return makeBinRef(binary);
}
