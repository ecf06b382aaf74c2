/**
 * bs_create_bin: the sizes of all segments first, then room for the whole, then the segments one after the other; errors in that
 * order too (emit_i_bs_create_bin in OTP's instr_bs.cpp).
 */
import type { Operand, Segment } from '../../isa/operands.ts';
import {
  HEADER_HEAP_BITS,
  HEADER_PAIR_MASK,
  HEAP_BITS_DATA,
  HEAP_BITS_SIZE,
  makeHeader,
  PAIR_BITS,
  PRIMARY_BOXED,
  PRIMARY_MASK,
} from '../../term/layout.ts';
import type { Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';
import {
  failIf,
  failSegmentIf,
  INVALID_SIZE,
  NO_FLOAT,
  segmentCode,
  WRONG_LENGTH,
  WRONG_TYPE,
  WRONG_UNIT,
} from './bits-errors.ts';
import { bitsHelper } from './bits-helpers.ts';
import { tagSmall } from './bits-reader.ts';
import { checkCharacter, constantBits, isWhole, measure, SizeSum } from './bits-sizes.ts';
import { HEAP_BITS_LIMIT, pushBaseOf, pushSizeOf, pushTypeByte, setOwner } from './bits-words.ts';
import { BitsWriter } from './bits-writer.ts';
import { storeReserved } from './lists-tuples.ts';

/** A segment and its size: a number when the code says it, else in a local. */
interface Part {
  readonly segment: Segment;
  readonly bits: number | undefined;
  readonly size: Local | undefined;
}

const isAppend = ({ type }: Segment): boolean => type === 'append' || type === 'private_append';

// ---- the whole -----------------------------------------------------------------------------------------------------

/** Makes the bitstring, its term in `result`; returns a writer that stands where the first segment (behind an append) goes. */
function createWhole(a: BeamAssembler, fail: Operand, first: Segment, sum: SizeSum, result: Local): BitsWriter {
  if (isAppend(first)) return appendTo(a, fail, first, sum, result);
  const base = a.temporary();
  if (sum.dynamic === undefined && sum.known <= HEAP_BITS_LIMIT) {
    createOnHeap(a, sum.known, result, base);
  } else {
    sum.push();
    a.w.call(bitsHelper(a.translator, 'create'));
    a.w.localSet(result);
    setBase(a, result, base);
  }
  return new BitsWriter(a, fail, base);
}

/** Heap bits of a known size. */
function createOnHeap(a: BeamAssembler, bits: number, result: Local, base: Local): void {
  const { w } = a;
  const dataWords = Math.ceil(bits / 32);
  a.reserve(2 + dataWords);
  storeReserved(a, 0, () => w.i32Const(makeHeader(HEADER_HEAP_BITS, 1 + dataWords)));
  storeReserved(a, HEAP_BITS_SIZE, () => w.i32Const(bits));
  w.localGet(a.heap);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
  w.localSet(result);
  w.localGet(a.heap);
  w.i32Const(HEAP_BITS_DATA);
  w.i32Add();
  w.localSet(base);
  a.advance(2 + dataWords);
}

/** The address of a new bitstring's first byte. */
export function setBase(a: BeamAssembler, bits: Local, base: Local): void {
  a.withTemporary((owner) => {
    setOwner(a.w, bits, owner);
    pushBaseOf(a.w, owner);
    a.w.localSet(base);
  });
}

function appendTo(a: BeamAssembler, fail: Operand, segment: Segment, sum: SizeSum, result: Local): BitsWriter {
  const { w } = a;
  const value = segment.value as Operand;
  const unit = Math.max(segment.unit, 1);
  a.push(value);
  sum.push();
  w.i32Const(unit);
  w.call(bitsHelper(a.translator, segment.type === 'append' ? 'append' : 'privateAppend'));
  w.localTee(result);
  w.i32Eqz();
  failIf(a, fail, () => {
    w.i32Const(segmentCode(segment));
    a.push(value);
    w.i32Const(unit);
    a.callRuntime('bsFailAppend');
  });
  const [base, old] = [a.temporary(), a.temporary()];
  setBase(a, result, base);
  pushSizeOf(w, result);
  sum.push();
  w.i32Sub();
  w.localSet(old);
  const writer = new BitsWriter(a, fail, base);
  writer.skipDynamic(old, unit % 8 === 0);
  a.release(old);
  return writer;
}

// ---- segments ------------------------------------------------------------------------------------------------------

function pushSize(a: BeamAssembler, { bits, size }: Part): void {
  if (bits !== undefined) a.w.i32Const(bits);
  else if (size !== undefined) a.w.localGet(size);
}

/** Steps over a segment that was written. */
function skipPart(writer: BitsWriter, { segment, bits, size }: Part): void {
  const isCharacter = segment.type === 'utf8' || segment.type === 'utf16';
  if (bits !== undefined) writer.skip(bits);
  else if (size !== undefined) writer.skipDynamic(size, isCharacter || segment.unit % 8 === 0);
}

/** Writes the segments from `index` on that go together; returns the index behind. */
function writeParts(
  a: BeamAssembler,
  fail: Operand,
  writer: BitsWriter,
  parts: readonly Part[],
  index: number,
): number {
  const part = parts[index] as Part;
  const { segment, bits } = part;
  if ((segment.type === 'integer' || segment.type === 'utf32') && bits !== undefined) {
    const segments = parts.map((other) => other.segment);
    return writer.integers(segments, index, (i) => parts[i]?.bits);
  }
  if (segment.type === 'string') {
    writer.string(segment);
    return index + 1;
  }
  if (segment.type === 'integer') writer.putInteger(segment, () => pushSize(a, part));
  else if (segment.type === 'binary') writeBits(a, fail, writer, part);
  else if (segment.type === 'float') writeFloat(a, fail, writer, part);
  else if (segment.type === 'utf8') writer.utf8(segment, part.size as Local);
  else if (segment.type === 'utf16') writer.utf16(segment);
  skipPart(writer, part);
  return index + 1;
}

function writeBits(a: BeamAssembler, fail: Operand, writer: BitsWriter, part: Part): void {
  const { w } = a;
  const { segment } = part;
  const value = segment.value as Operand;
  const blame = (wrong: number): void => failSegmentIf(a, fail, segment, wrong, () => a.push(value));
  if (isWhole(segment)) {
    if (segment.unit > 1) {
      w.localGet(part.size as Local);
      w.i32Const(segment.unit);
      w.i32RemU();
      blame(WRONG_UNIT);
    }
    return writer.bits(value, part.size as Local);
  }
  a.withTemporary((bits) => {
    a.push(value);
    w.localTee(bits);
    w.i32Const(PRIMARY_MASK);
    w.i32And();
    w.i32Const(PRIMARY_BOXED);
    w.i32Ne();
    blame(WRONG_LENGTH);
    pushTypeByte(w, bits);
    w.i32Const(HEADER_PAIR_MASK);
    w.i32And();
    w.i32Const(PAIR_BITS);
    w.i32Ne();
    blame(WRONG_LENGTH);
    pushSizeOf(w, bits);
    pushSize(a, part);
    w.i32LtU();
    blame(WRONG_LENGTH);
    pushSize(a, part);
    w.localSet(bits);
    writer.bits(value, bits);
  });
}

function writeFloat(a: BeamAssembler, fail: Operand, writer: BitsWriter, part: Part): void {
  const { w } = a;
  const { segment } = part;
  const put = (): void => {
    const result = a.temporary();
    writer.float(segment, () => pushSize(a, part), result);
    const value = segment.value as Operand;
    const blame: [number, number, () => void][] = [
      [1, WRONG_TYPE, () => a.push(value)],
      [2, NO_FLOAT, () => a.push(value)],
      [3, INVALID_SIZE, () => pushSizeTerm(a, part)],
    ];
    w.localGet(result);
    w.if();
    for (const [code, wrong, push] of blame) {
      w.localGet(result);
      w.i32Const(code);
      w.i32Eq();
      failSegmentIf(a, fail, segment, wrong, push);
    }
    w.end();
    a.release(result);
  };
  if (part.bits === 64) writer.float64(segment, put);
  else put();
}

/** Pushes a size in bits, which is a small wherever one is asked for, as a term. */
function pushSizeTerm(a: BeamAssembler, part: Part): void {
  pushSize(a, part);
  tagSmall(a);
}

function emitCreateBin(
  a: BeamAssembler,
  fail: Operand,
  _heap: Operand,
  _live: Operand,
  _unit: Operand,
  dst: Operand,
  list: Operand,
): void {
  if (list.kind !== 'segments') throw new TypeError('bs_create_bin without segments');
  const sum = new SizeSum(a, fail);
  const parts: Part[] = [];
  for (const segment of list.items) {
    const bits = isAppend(segment) ? 0 : constantBits(segment);
    if (bits !== undefined) sum.known += bits;
    if (segment.type === 'utf32') checkCharacter(a, fail, segment);
    parts.push({ segment, bits, size: bits === undefined ? measure(a, fail, segment, sum) : undefined });
  }
  sum.finish(list.items.at(-1) as Segment);
  const result = a.temporary();
  const first = list.items[0] as Segment;
  const writer = createWhole(a, fail, first, sum, result);
  for (let i = isAppend(first) ? 1 : 0; i < parts.length; ) i = writeParts(a, fail, writer, parts, i);
  a.w.localGet(result);
  a.pop(dst);
  a.release(result);
  writer.done();
  sum.done();
  for (const { size } of parts) if (size !== undefined) a.release(size);
}

export const bitsBuildEmitters: EmitterTable = { bs_create_bin: emitCreateBin };
