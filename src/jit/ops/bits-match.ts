/** Matching of bitstrings; see docs/binary-matching.md. Fields of fixed sizes are those of bs_match (bits-match-commands.ts). */
import type { MatchCommand, Operand } from '../../isa/operands.ts';
import { typeBits } from '../../isa/types.ts';
import {
  BIG_DIGITS,
  CONTEXT_END,
  CONTEXT_ORIG,
  CONTEXT_POSITION,
  HEADER_HEAP_BITS,
  HEADER_MATCH_CONTEXT,
  HEADER_PAIR_MASK,
  HEAP_BITS_SIZE,
  makeHeader,
  PAIR_BITS,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_SHIFT,
  SUB_BITS_ORIG,
  SUB_BITS_SIZE,
  SUB_BITS_START,
} from '../../term/layout.ts';
import { i32, type Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { Emitter, EmitterTable } from '../emitter.ts';
import { RELOC_STRING } from '../relocations.ts';
import type { RuntimeName } from '../runtime-table.ts';
import { failIf } from './bits-errors.ts';
import { bitsHelper } from './bits-helpers.ts';
import { emitBsMatch, emitCommands, emitConstant } from './bits-match-commands.ts';
import { ContextReader, pushSizeTerm, tagSmall } from './bits-reader.ts';
import { pushTypeByte } from './bits-words.ts';
import { storeReserved } from './lists-tuples.ts';

const CONTEXT_WORDS = 3;

// ---- contexts ------------------------------------------------------------------------------------------------------

/** Puts a context that reads a bitstring into `dst`; a context is taken as it is. */
function emitStartMatch3(a: BeamAssembler, fail: Operand, src: Operand, _live: Operand, dst: Operand): void {
  const { w } = a;
  const [bits, type] = [a.temporary(), a.temporary()];
  const isKnown = a.always(src, typeBits.bitstring);
  const fails = (): void => failIf(a, fail, () => a.callRuntime('raiseBadarg'));
  a.push(src);
  w.localSet(bits);
  if (!isKnown) {
    w.localGet(bits);
    w.i32Const(PRIMARY_MASK);
    w.i32And();
    w.i32Const(PRIMARY_BOXED);
    w.i32Ne();
    fails();
  }
  pushTypeByte(w, bits);
  w.localTee(type);
  w.i32Const(HEADER_MATCH_CONTEXT);
  w.i32Ne();
  w.if();
  if (!isKnown) {
    w.localGet(type);
    w.i32Const(HEADER_PAIR_MASK);
    w.i32And();
    w.i32Const(PAIR_BITS);
    w.i32Ne();
    fails();
  }
  newContext(a, bits, type);
  w.end();
  w.localGet(bits);
  a.pop(dst);
  a.release(bits);
  a.release(type);
}

/** Replaces a bitstring in a local by a new context for it. */
function newContext(a: BeamAssembler, bits: Local, type: Local): void {
  const { w } = a;
  a.reserve(1 + CONTEXT_WORDS);
  storeReserved(a, 0, () => w.i32Const(makeHeader(HEADER_MATCH_CONTEXT, CONTEXT_WORDS)));
  const pushField = (offset: number): void => {
    w.localGet(bits);
    w.i32Load(offset - PRIMARY_BOXED);
  };
  w.localGet(type);
  w.i32Const(HEADER_HEAP_BITS);
  w.i32Eq();
  w.if();
  storeReserved(a, CONTEXT_POSITION, () => w.i32Const(0));
  storeReserved(a, CONTEXT_END, () => pushField(HEAP_BITS_SIZE));
  storeReserved(a, CONTEXT_ORIG, () => w.localGet(bits));
  w.else();
  storeReserved(a, CONTEXT_POSITION, () => pushField(SUB_BITS_START));
  storeReserved(a, CONTEXT_END, () => {
    pushField(SUB_BITS_START);
    pushField(SUB_BITS_SIZE);
    w.i32Add();
  });
  storeReserved(a, CONTEXT_ORIG, () => pushField(SUB_BITS_ORIG));
  w.end();
  w.localGet(a.heap);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
  w.localSet(bits);
  a.advance(1 + CONTEXT_WORDS);
}

/** `no_fail`: src is a bitstring or a context. `resume`: it is a context. */
function emitStartMatch4(a: BeamAssembler, fail: Operand, live: Operand, src: Operand, dst: Operand): void {
  if (fail.kind === 'atom' && fail.name === 'resume') {
    a.push(src);
    return a.pop(dst);
  }
  emitStartMatch3(a, fail.kind === 'f' ? fail : { kind: 'f', label: 0 }, src, live, dst);
}

function emitGetPosition(a: BeamAssembler, context: Operand, dst: Operand): void {
  a.push(context);
  a.w.i32Load(CONTEXT_POSITION - PRIMARY_BOXED);
  pushSizeTerm(a);
  a.pop(dst);
}

function emitSetPosition(a: BeamAssembler, context: Operand, position: Operand): void {
  const { w } = a;
  a.push(context);
  a.push(position);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_SMALL);
  w.i32Eq();
  w.if(i32);
  a.push(position);
  w.i32Const(SMALL_SHIFT);
  w.i32ShrU();
  w.else();
  a.push(position);
  w.i32Load(BIG_DIGITS - PRIMARY_BOXED);
  w.end();
  w.i32Store(CONTEXT_POSITION - PRIMARY_BOXED);
}

function withReader(a: BeamAssembler, context: Operand, emit: (reader: ContextReader) => void): void {
  const reader = new ContextReader(a, context);
  emit(reader);
  reader.done();
}

function emitGetTail(a: BeamAssembler, context: Operand, dst: Operand): void {
  withReader(a, context, (reader) => {
    reader.pushTail(0);
    a.pop(dst);
  });
}

// ---- tests ---------------------------------------------------------------------------------------------------------

function emitTestTail(a: BeamAssembler, fail: Operand, context: Operand, bits: Operand): void {
  const count = bits.kind === 'o' ? Number.POSITIVE_INFINITY : a.number(bits);
  withReader(a, context, (reader) => reader.ensure(fail, count, true));
}

function emitTestUnit(a: BeamAssembler, fail: Operand, context: Operand, unit: Operand): void {
  withReader(a, context, (reader) => reader.ensureUnit(fail, 0, a.number(unit)));
}

/** Constants of up to so many bits are compared in generated code. */
const INLINE_STRING_BITS = 96;

function emitMatchString(a: BeamAssembler, fail: Operand, context: Operand, bits: Operand, string: Operand): void {
  const { w } = a;
  const size = a.number(bits);
  const offset = a.number(string);
  if (size > INLINE_STRING_BITS) {
    a.push(context);
    w.i32Const(size);
    w.i32ConstReloc(RELOC_STRING, offset);
    a.callRuntime('bsMatchString');
    w.i32Eqz();
    return a.branchIf(a.label(fail));
  }
  let value = 0n;
  for (let i = 0; i * 8 < size; i++) {
    value = (value << 8n) | BigInt(a.translator.module.strings[offset + i] as number);
  }
  withReader(a, context, (reader) => {
    reader.ensure(fail, size);
    emitConstant(a, fail, reader, 0, size, value >> BigInt((8 - (size % 8)) % 8));
    reader.moveTo(size);
  });
}

// ---- fields --------------------------------------------------------------------------------------------------------

/** size * unit when the code names the size; undefined when only the run shows it. */
function fixedSize(a: BeamAssembler, size: Operand, unit: Operand): number | undefined {
  if (size.kind !== 'integer') return undefined;
  return size.value < 0 ? Number.POSITIVE_INFINITY : Number(size.value) * a.number(unit);
}

const isAll = (size: Operand): boolean => size.kind === 'atom' && size.name === 'all';

/** A field of `bits` bits, as bs_match has it. */
function emitFixed(a: BeamAssembler, fail: Operand, context: Operand, bits: number, command: MatchCommand): void {
  emitCommands(a, fail, context, [{ op: 'ensure_at_least', bits, unit: 1 }, command]);
}

/** Pops the value that a runtime function gave into `dst`; goes to fail when it is 0. */
function popUnlessFailed(a: BeamAssembler, fail: Operand, dst: Operand): void {
  const { w } = a;
  a.withTemporary((value) => {
    w.localTee(value);
    w.i32Eqz();
    a.branchIf(a.label(fail));
    w.localGet(value);
    a.pop(dst);
  });
}

/** A register as the destination of a command. */
function register(dst: Operand) {
  if (dst.kind === 'x' || dst.kind === 'y') return dst;
  throw new TypeError(`operand of kind ${dst.kind} is no register`);
}

function emitGetInteger(
  a: BeamAssembler,
  fail: Operand,
  context: Operand,
  live: Operand,
  size: Operand,
  unit: Operand,
  flags: Operand,
  dst: Operand,
): void {
  const bits = fixedSize(a, size, unit);
  if (bits !== undefined) {
    const field = { live: a.number(live), flags: a.number(flags), size: bits, unit: 1, dst: register(dst) };
    return emitFixed(a, fail, context, bits, { op: 'integer', ...field });
  }
  a.push(context);
  a.push(size);
  a.pushNumber(unit);
  a.pushNumber(flags);
  a.callRuntime('bsGetInteger');
  popUnlessFailed(a, fail, dst);
}

function emitGetBinary(
  a: BeamAssembler,
  fail: Operand,
  context: Operand,
  live: Operand,
  size: Operand,
  unit: Operand,
  _flags: Operand,
  dst: Operand,
): void {
  if (isAll(size)) return emitGetRest(a, fail, context, unit, dst);
  const bits = fixedSize(a, size, unit);
  if (bits !== undefined) {
    const field = { live: a.number(live), flags: 0, size: bits, unit: 1, dst: register(dst) };
    return emitFixed(a, fail, context, bits, { op: 'binary', ...field });
  }
  a.push(context);
  a.push(size);
  a.pushNumber(unit);
  a.callRuntime('bsGetBinary');
  popUnlessFailed(a, fail, dst);
}

function emitGetRest(a: BeamAssembler, fail: Operand, context: Operand, unit: Operand, dst: Operand): void {
  withReader(a, context, (reader) => {
    reader.ensureUnit(fail, 0, a.number(unit));
    reader.pushTail(0);
    reader.moveToEnd();
    a.pop(dst);
  });
}

function emitGetFloat(
  a: BeamAssembler,
  fail: Operand,
  context: Operand,
  _live: Operand,
  size: Operand,
  unit: Operand,
  flags: Operand,
  dst: Operand,
): void {
  a.push(context);
  a.push(size);
  a.pushNumber(unit);
  a.pushNumber(flags);
  a.callRuntime('bsGetFloat');
  popUnlessFailed(a, fail, dst);
}

function emitSkipBits(a: BeamAssembler, fail: Operand, context: Operand, size: Operand, unit: Operand): void {
  if (isAll(size)) {
    return withReader(a, context, (reader) => {
      reader.ensureUnit(fail, 0, a.number(unit));
      reader.moveToEnd();
    });
  }
  const bits = fixedSize(a, size, unit);
  if (bits !== undefined) return emitFixed(a, fail, context, bits, { op: 'skip', bits });
  a.push(context);
  a.push(size);
  a.pushNumber(unit);
  a.callRuntime('bsSkip');
  a.w.i32Eqz();
  a.branchIf(a.label(fail));
}

// ---- characters ----------------------------------------------------------------------------------------------------

/** Pushes a character or 0. ASCII at the start of a byte is taken here. */
function pushUtf8(a: BeamAssembler, context: Operand): void {
  const { w } = a;
  const done = w.block(i32);
  const slow = w.block();
  const value = a.temporary();
  withReader(a, context, (reader) => {
    reader.pushLeft();
    w.i32Const(8);
    w.i32LtU();
    w.brIf(slow);
    reader.pushAligned();
    w.i32Eqz();
    w.brIf(slow);
    reader.pushByte(0);
    w.localTee(value);
    w.i32Const(FIRST_NOT_ASCII);
    w.i32GeU();
    w.brIf(slow);
    reader.moveTo(8);
    w.localGet(value);
    tagSmall(a);
    w.br(done);
  });
  a.release(value);
  w.end(slow);
  a.push(context);
  w.call(bitsHelper(a.translator, 'utf8'));
  w.end(done);
}

const FIRST_NOT_ASCII = 0x80;

const pushCharacter =
  (name: RuntimeName) =>
  (a: BeamAssembler, context: Operand, flags: Operand): void => {
    a.push(context);
    a.pushNumber(flags);
    a.callRuntime(name);
  };

type PushCharacter = (a: BeamAssembler, context: Operand, flags: Operand) => void;

const getCharacter =
  (push: PushCharacter): Emitter =>
  (a, fail, context, _live, flags, dst) => {
    push(a, context as Operand, flags as Operand);
    popUnlessFailed(a, fail as Operand, dst as Operand);
  };

const skipCharacter =
  (push: PushCharacter): Emitter =>
  (a, fail, context, _live, flags) => {
    push(a, context as Operand, flags as Operand);
    a.w.i32Eqz();
    a.branchIf(a.label(fail));
  };

const pushUtf16 = pushCharacter('bsGetUtf16');
const pushUtf32 = pushCharacter('bsGetUtf32');

export const bitsMatchEmitters: EmitterTable = {
  bs_start_match3: emitStartMatch3,
  bs_start_match4: emitStartMatch4,
  bs_get_position: emitGetPosition,
  bs_set_position: emitSetPosition,
  bs_get_tail: emitGetTail,
  bs_test_tail2: emitTestTail,
  bs_test_unit: emitTestUnit,
  bs_match_string: emitMatchString,
  bs_match: emitBsMatch,
  bs_get_integer2: emitGetInteger,
  bs_get_float2: emitGetFloat,
  bs_get_binary2: emitGetBinary,
  bs_skip_bits2: emitSkipBits,
  bs_get_utf8: getCharacter(pushUtf8),
  bs_get_utf16: getCharacter(pushUtf16),
  bs_get_utf32: getCharacter(pushUtf32),
  bs_skip_utf8: skipCharacter(pushUtf8),
  bs_skip_utf16: skipCharacter(pushUtf16),
  bs_skip_utf32: skipCharacter(pushUtf32),
};
