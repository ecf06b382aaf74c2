/**
 * Building as compilers before OTP 25 emit it: one instruction makes the bitstring (bs_init2, bs_init_bits, bs_append,
 * bs_private_append), those behind it write a segment each. Between them the place of the next segment lies in two locals of the
 * function. Errors have no error info.
 */
import type { Operand } from '../../isa/operands.ts';
import {
  HEADER_PAIR_MASK,
  PAIR_BITS,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_SHIFT,
} from '../../term/layout.ts';
import { i32, type Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';
import { RELOC_STRING } from '../relocations.ts';
import type { RuntimeName } from '../runtime-table.ts';
import { setBase } from './bits-build.ts';
import { failIf } from './bits-errors.ts';
import { bitsHelper } from './bits-helpers.ts';
import { fieldBits } from './bits-sizes.ts';
import { MAX_BITS, pushSizeOf, pushTypeByte } from './bits-words.ts';

/** The bitstring under construction: address of its first byte, offset of the next segment in bits. */
interface Construction {
  readonly base: Local;
  readonly bit: Local;
}

const constructions = new WeakMap<BeamAssembler, Construction>();

function constructionOf(a: BeamAssembler): Construction {
  const known = constructions.get(a);
  if (known !== undefined) return known;
  const made = { base: a.w.local(i32, 'bitsBase'), bit: a.w.local(i32, 'bitsOffset') };
  constructions.set(a, made);
  return made;
}

const isAll = (size: Operand): boolean => size.kind === 'atom' && size.name === 'all';

function badarg(a: BeamAssembler, fail: Operand): void {
  failIf(a, fail, () => a.callRuntime('raiseBadarg'));
}

/** Pops a new bitstring into `dst` and goes on behind its first `old` bits. */
function begin(a: BeamAssembler, dst: Operand, old: (bits: Local) => void): void {
  const { base, bit } = constructionOf(a);
  a.withTemporary((bits) => {
    a.w.localSet(bits);
    setBase(a, bits, base);
    old(bits);
    a.w.localSet(bit);
    a.w.localGet(bits);
    a.pop(dst);
  });
}

// ---- making the bitstring ------------------------------------------------------------------------------------------

/** bs_init2 has its size in bytes (`unit` 8), bs_init_bits in bits. */
function init(a: BeamAssembler, fail: Operand, size: Operand, unit: number, dst: Operand): void {
  const { w } = a;
  if (size.kind === 'o' || (size.kind === 'u' && size.value * unit > MAX_BITS)) {
    w.i32Const(1);
    failIf(a, fail, () => a.callRuntime('raiseSystemLimit'));
    return;
  }
  if (size.kind === 'u') {
    w.i32Const(size.value * unit);
    w.call(bitsHelper(a.translator, 'create'));
  } else {
    a.withTemporary((made) => {
      a.push(size);
      w.i32Const(unit);
      a.callRuntime('bsInit');
      w.localTee(made);
      w.i32Eqz();
      failSizes(a, fail, size, size);
      w.localGet(made);
    });
  }
  begin(a, dst, () => w.i32Const(0));
}

function failSizes(a: BeamAssembler, fail: Operand, first: Operand, second: Operand): void {
  failIf(a, fail, () => {
    a.push(first);
    a.push(second);
    a.callRuntime('bsFailSizes');
  });
}

/** Pushes size * unit; goes to fail when a size in a register is none. */
function fieldSize(a: BeamAssembler, fail: Operand, size: Operand, unit: number, bits: Local): void {
  const { w } = a;
  if (size.kind === 'integer' && size.value >= 0 && Number(size.value) * unit <= MAX_BITS) {
    w.i32Const(Number(size.value) * unit);
    return w.localSet(bits);
  }
  fieldBits(a, size, unit, bits, () => failSizes(a, fail, size, size));
}

function append(
  a: BeamAssembler,
  name: 'append' | 'privateAppend',
  fail: Operand,
  size: Operand,
  unit: Operand,
  src: Operand,
  dst: Operand,
): void {
  const { w } = a;
  const bits = a.temporary();
  fieldSize(a, fail, size, 1, bits);
  a.push(src);
  w.localGet(bits);
  w.i32Const(Math.max(a.number(unit), 1));
  w.call(bitsHelper(a.translator, name));
  a.withTemporary((made) => {
    w.localTee(made);
    w.i32Eqz();
    badarg(a, fail);
    w.localGet(made);
  });
  begin(a, dst, (made) => {
    pushSizeOf(w, made);
    w.localGet(bits);
    w.i32Sub();
  });
  a.release(bits);
}

// ---- writing -------------------------------------------------------------------------------------------------------

function pushPlace(a: BeamAssembler): void {
  const { base, bit } = constructionOf(a);
  a.w.localGet(base);
  a.w.localGet(bit);
}

function step(a: BeamAssembler, pushBits: () => void): void {
  const { bit } = constructionOf(a);
  a.w.localGet(bit);
  pushBits();
  a.w.i32Add();
  a.w.localSet(bit);
}

/** bs_put_integer and bs_put_float; the runtime function gives `good` when the value was written. */
function putNumber(name: RuntimeName, isBad: (a: BeamAssembler) => void) {
  return (a: BeamAssembler, fail: Operand, size: Operand, unit: Operand, flags: Operand, src: Operand): void =>
    a.withTemporary((bits) => {
      fieldSize(a, fail, size, a.number(unit), bits);
      a.push(src);
      pushPlace(a);
      a.w.localGet(bits);
      a.pushNumber(flags);
      a.callRuntime(name);
      isBad(a);
      badarg(a, fail);
      step(a, () => a.w.localGet(bits));
    });
}

function putBinary(a: BeamAssembler, fail: Operand, size: Operand, unit: Operand, _flags: Operand, src: Operand): void {
  const { w } = a;
  const [bits, needed] = [a.temporary(), a.temporary()];
  failUnlessBitstring(a, fail, src, bits);
  if (isAll(size)) {
    pushSizeOf(w, bits);
    w.localTee(needed);
    w.i32Const(Math.max(a.number(unit), 1));
    w.i32RemU();
    badarg(a, fail);
  } else {
    fieldSize(a, fail, size, a.number(unit), needed);
    pushSizeOf(w, bits);
    w.localGet(needed);
    w.i32LtU();
    badarg(a, fail);
  }
  w.localGet(bits);
  pushPlace(a);
  w.localGet(needed);
  w.call(bitsHelper(a.translator, 'copy'));
  step(a, () => w.localGet(needed));
  a.release(bits);
  a.release(needed);
}

function failUnlessBitstring(a: BeamAssembler, fail: Operand, src: Operand, bits: Local): void {
  const { w } = a;
  a.push(src);
  w.localTee(bits);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_BOXED);
  w.i32Ne();
  badarg(a, fail);
  pushTypeByte(w, bits);
  w.i32Const(HEADER_PAIR_MASK);
  w.i32And();
  w.i32Const(PAIR_BITS);
  w.i32Ne();
  badarg(a, fail);
}

function putString(a: BeamAssembler, length: Operand, string: Operand): void {
  a.w.i32ConstReloc(RELOC_STRING, a.number(string));
  a.pushNumber(length);
  pushPlace(a);
  a.callRuntime('bsPutString');
  step(a, () => a.w.i32Const(8 * a.number(length)));
}

/** Writes a character; the runtime function gives the number of bits. */
function putCharacter(a: BeamAssembler, fail: Operand, src: Operand, call: () => void): void {
  a.withTemporary((bits) => {
    a.push(src);
    pushPlace(a);
    call();
    a.w.localTee(bits);
    a.w.i32Eqz();
    badarg(a, fail);
    step(a, () => a.w.localGet(bits));
  });
}

function putUtf16(a: BeamAssembler, fail: Operand, flags: Operand, src: Operand): void {
  putCharacter(a, fail, src, () => {
    a.pushNumber(flags);
    a.callRuntime('bsPutUtf16');
  });
}

function putUtf32(a: BeamAssembler, fail: Operand, flags: Operand, src: Operand): void {
  putCharacter(a, fail, src, () => {
    a.pushNumber(flags);
    a.callRuntime('bsPutUtf32');
  });
}

// ---- sizes ---------------------------------------------------------------------------------------------------------

function add(a: BeamAssembler, fail: Operand, first: Operand, second: Operand, unit: Operand, dst: Operand): void {
  const { w } = a;
  a.push(first);
  a.push(second);
  a.pushNumber(unit);
  a.callRuntime('bsAdd');
  a.withTemporary((sum) => {
    w.localTee(sum);
    w.i32Eqz();
    failSizes(a, fail, first, second);
    w.localGet(sum);
    a.pop(dst);
  });
}

/**
 * Bytes of a character, as the words of smalls compare: what is no character gets a size too, and fails when it is written.
 * A small n is the word 4n + 3.
 */
function characterSize(a: BeamAssembler, src: Operand, dst: Operand, least: number, steps: readonly number[]): void {
  const { w } = a;
  w.i32Const((least << SMALL_SHIFT) | PRIMARY_SMALL);
  for (const first of steps) {
    a.push(src);
    w.i32Const(first << SMALL_SHIFT);
    w.i32GeU();
    w.i32Const(SMALL_SHIFT);
    w.i32Shl();
    w.i32Add();
  }
  a.pop(dst);
}

function initWritable(a: BeamAssembler): void {
  a.w.localGet(a.xLocal(0));
  a.callRuntime('bsInitWritable');
  a.w.localSet(a.xLocal(0));
}

export const bitsStepEmitters: EmitterTable = {
  bs_init2: (a, fail, size, _heap, _live, _flags, dst) => init(a, fail, size, 8, dst),
  bs_init_bits: (a, fail, size, _heap, _live, _flags, dst) => init(a, fail, size, 1, dst),
  bs_append: (a, fail, size, _heap, _live, unit, src, _flags, dst) => append(a, 'append', fail, size, unit, src, dst),
  bs_private_append: (a, fail, size, unit, src, _flags, dst) => append(a, 'privateAppend', fail, size, unit, src, dst),
  bs_put_integer: putNumber('bsPutInteger', (a) => a.w.i32Eqz()),
  bs_put_float: putNumber('bsPutFloat', () => undefined),
  bs_put_binary: putBinary,
  bs_put_string: putString,
  bs_put_utf8: (a, fail, _flags, src) => putCharacter(a, fail, src, () => a.callRuntime('bsPutUtf8')),
  bs_put_utf16: putUtf16,
  bs_put_utf32: putUtf32,
  bs_add: add,
  bs_utf8_size: (a, _fail, src, dst) => characterSize(a, src, dst, 1, [0x80, 0x800, 0x10000]),
  bs_utf16_size: (a, _fail, src, dst) => characterSize(a, src, dst, 2, [0x10000, 0x10000]),
  bs_init_writable: initWritable,
};
