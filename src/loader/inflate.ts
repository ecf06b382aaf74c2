/**
 * Decompression of zlib streams (RFC 1950 around RFC 1951) with a bound on the output. Input is untrusted: the output
 * buffer starts small and grows only as bytes are produced, so a lie about the size costs nothing.
 */
import { corrupt } from './load-error.ts';

/** DEFLATE cannot expand further than this. */
const maxRatio = 1032;

/** `counts[n]`: number of codes of n bits. `symbols`: in the order of their codes. */
interface Huffman {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

const maxBits = 15;
const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const distanceExtra = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/**
 * The decompressed bytes of a zlib stream, at most `maxSize` of them; more, a bad checksum or any damage is a
 * `badfile` error naming `chunk`. Bytes behind the stream are ignored, as zlib's `uncompress` does.
 */
export function inflateZlib(input: Uint8Array, maxSize: number, chunk: string): Uint8Array {
  if (maxSize < 0 || maxSize > input.length * maxRatio) corrupt(chunk, `cannot decompress to ${maxSize} bytes`);
  const [method = 0, flags = 0] = input;
  if (input.length < 6 || (method & 0x0f) !== 8 || ((method << 8) | flags) % 31 !== 0 || (flags & 0x20) !== 0) {
    corrupt(chunk, 'is no zlib stream');
  }
  const state = new Inflater(input, 2, maxSize, chunk);
  while (!state.block());
  const output = state.result();
  const at = state.position;
  const sum =
    ((input[at] ?? 0) << 24) | ((input[at + 1] ?? 0) << 16) | ((input[at + 2] ?? 0) << 8) | (input[at + 3] ?? 0);
  if (at + 4 > input.length || sum !== adler32(output)) corrupt(chunk, 'fails its checksum');
  return output;
}

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(at + 3000, bytes.length);
    for (; at < end; at++) {
      low += bytes[at] ?? 0;
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return (high << 16) | low;
}

class Inflater {
  readonly input: Uint8Array;
  readonly chunk: string;
  readonly maxSize: number;
  /** Next byte of the input that is not in `bits` yet. */
  position: number;
  private bitBuffer = 0;
  private bitCount = 0;
  private output: Uint8Array;
  private size = 0;

  constructor(input: Uint8Array, start: number, maxSize: number, chunk: string) {
    this.input = input;
    this.position = start;
    this.maxSize = maxSize;
    this.chunk = chunk;
    this.output = new Uint8Array(Math.min(maxSize, input.length * 4));
  }

  result(): Uint8Array {
    return this.output.subarray(0, this.size);
  }

  /** Decompresses one block; true if it was the last one. */
  block(): boolean {
    const last = this.bits(1) === 1;
    switch (this.bits(2)) {
      case 0:
        this.stored();
        break;
      case 1:
        this.compressed(fixedLengths, fixedDistances);
        break;
      case 2:
        this.dynamic();
        break;
      default:
        corrupt(this.chunk, 'has a bad block type');
    }
    return last;
  }

  private bits(count: number): number {
    while (this.bitCount < count) {
      const byte = this.input[this.position];
      if (byte === undefined) corrupt(this.chunk, 'ends too early');
      this.position += 1;
      this.bitBuffer |= byte << this.bitCount;
      this.bitCount += 8;
    }
    const value = this.bitBuffer & ((1 << count) - 1);
    this.bitBuffer >>>= count;
    this.bitCount -= count;
    return value;
  }

  /** Next symbol: canonical codes of n bits are consecutive numbers, so counting through the lengths finds it. */
  private symbol({ counts, symbols }: Huffman): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= maxBits; length++) {
      code |= this.bits(1);
      const count = counts[length] ?? 0;
      if (code - first < count) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return corrupt(this.chunk, 'has a bad Huffman code');
  }

  private reserve(count: number): void {
    const needed = this.size + count;
    if (needed > this.maxSize) corrupt(this.chunk, 'is larger than declared');
    if (needed <= this.output.length) return;
    const grown = new Uint8Array(Math.min(this.maxSize, Math.max(needed, this.output.length * 2)));
    grown.set(this.output);
    this.output = grown;
  }

  private stored(): void {
    this.bitBuffer = 0;
    this.bitCount = 0;
    const at = this.position;
    const [low = 0, high = 0, lowCheck = 0, highCheck = 0] = this.input.subarray(at, at + 4);
    const length = low | (high << 8);
    const end = at + 4 + length;
    if (length !== ((lowCheck | (highCheck << 8)) ^ 0xffff) || end > this.input.length) {
      corrupt(this.chunk, 'has a bad stored block');
    }
    this.reserve(length);
    this.output.set(this.input.subarray(at + 4, end), this.size);
    this.size += length;
    this.position = end;
  }

  private dynamic(): void {
    const lengthCount = this.bits(5) + 257;
    const distanceCount = this.bits(5) + 1;
    const codeCount = this.bits(4) + 4;
    const codeLengths = new Uint8Array(19);
    for (const symbol of codeLengthOrder.slice(0, codeCount)) codeLengths[symbol] = this.bits(3);
    const code = buildHuffman(codeLengths) ?? corrupt(this.chunk, 'has a bad code table');
    const lengths = this.codeLengths(code, lengthCount + distanceCount);
    const literals = buildHuffman(lengths.subarray(0, lengthCount));
    const distances = buildHuffman(lengths.subarray(lengthCount));
    if (lengthCount > 286 || distanceCount > 30 || lengths[256] === 0 || !literals || !distances) {
      corrupt(this.chunk, 'has a bad code table');
    }
    this.compressed(literals, distances);
  }

  private codeLengths(code: Huffman, count: number): Uint8Array {
    const lengths = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      const symbol = this.symbol(code);
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      const value = symbol === 16 ? lengths[at - 1] : 0;
      const repeat = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      if (value === undefined || at + repeat > count) corrupt(this.chunk, 'has a bad code table');
      lengths.fill(value, at, at + repeat);
      at += repeat;
    }
    return lengths;
  }

  private compressed(literals: Huffman, distances: Huffman): void {
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol < 256) {
        this.reserve(1);
        this.output[this.size++] = symbol;
      } else if (symbol === 256) {
        return;
      } else {
        this.copy(symbol - 257, distances);
      }
    }
  }

  private copy(lengthCode: number, distances: Huffman): void {
    const base = lengthBase[lengthCode] ?? corrupt(this.chunk, 'has a bad length');
    const length = base + this.bits(lengthExtra[lengthCode] ?? 0);
    const distanceCode = this.symbol(distances);
    const near = distanceBase[distanceCode] ?? corrupt(this.chunk, 'has a bad distance');
    const distance = near + this.bits(distanceExtra[distanceCode] ?? 0);
    if (distance > this.size) corrupt(this.chunk, 'has a distance before its start');
    this.reserve(length);
    const { output } = this;
    for (let i = 0; i < length; i++, this.size++) output[this.size] = output[this.size - distance] ?? 0;
  }
}

/** Canonical Huffman code of these bit lengths; undefined if more codes are used than there are. */
function buildHuffman(lengths: Uint8Array): Huffman | undefined {
  const counts = new Uint16Array(maxBits + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const offsets = new Uint16Array(maxBits + 2);
  let left = 1;
  for (let length = 1; length <= maxBits; length++) {
    const count = counts[length] ?? 0;
    left = left * 2 - count;
    if (left < 0) return undefined;
    offsets[length + 1] = (offsets[length] ?? 0) + count;
  }
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const at = offsets[length] ?? 0;
    symbols[at] = symbol;
    offsets[length] = at + 1;
  }
  return { counts, symbols };
}

const fixedHuffman = (lengths: Uint8Array): Huffman =>
  buildHuffman(lengths) ?? { counts: new Uint16Array(0), symbols: new Uint16Array(0) };

const fixedLengths = fixedHuffman(
  Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
);
const fixedDistances = fixedHuffman(new Uint8Array(30).fill(5));
