/** The functions `put` and `copy` of bits-helpers.ts. */
import { REDUCTIONS } from '../../memory/map.ts';
import { PRIMARY_BOXED, SUB_BITS_START } from '../../term/layout.ts';
import type { FunctionBuilder } from '../../wasm/function-builder.ts';
import { i32, type Local } from '../../wasm/types.ts';
import type { ModuleTranslator } from '../module-translator.ts';
import { pushBaseOf, setOwner } from './bits-words.ts';

const WORD_BITS = 32;

/** Writes through a window of 32 bits, byte by byte where it ends: a byte behind the field may not exist. */
export function emitPut(w: FunctionBuilder): void {
  const [value, base, bit, size] = [w.param(0, 'value'), w.param(1, 'base'), w.param(2, 'bit'), w.param(3, 'size')];
  const [address, end, mask] = [w.local(i32), w.local(i32), w.local(i32)];
  w.localGet(base);
  w.localGet(bit);
  w.i32Const(3);
  w.i32ShrU();
  w.i32Add();
  w.localSet(address);
  // Bits from the window's start to the field's end.
  w.localGet(bit);
  w.i32Const(7);
  w.i32And();
  w.localGet(size);
  w.i32Add();
  w.localSet(end);
  w.i32Const(-1);
  w.i32Const(WORD_BITS);
  w.localGet(size);
  w.i32Sub();
  w.i32ShrU();
  w.i32Const(WORD_BITS);
  w.localGet(end);
  w.i32Sub();
  w.i32Shl();
  w.localSet(mask);
  w.localGet(value);
  w.i32Const(WORD_BITS);
  w.localGet(end);
  w.i32Sub();
  w.i32Shl();
  w.localGet(mask);
  w.i32And();
  w.localSet(value);
  const next = w.loop();
  w.localGet(address);
  w.localGet(address);
  w.i32Load8U();
  w.localGet(mask);
  w.i32Const(24);
  w.i32ShrU();
  w.i32Const(-1);
  w.i32Xor();
  w.i32And();
  w.localGet(value);
  w.i32Const(24);
  w.i32ShrU();
  w.i32Or();
  w.i32Store8();
  for (const local of [mask, value]) {
    w.localGet(local);
    w.i32Const(8);
    w.i32Shl();
    w.localSet(local);
  }
  w.localGet(address);
  w.i32Const(1);
  w.i32Add();
  w.localSet(address);
  w.localGet(mask);
  w.brIf(next);
  w.end(next);
}

/** Most bytes that are copied here one by one. */
const LOOP_BYTES = 32;

export function emitCopy(w: FunctionBuilder, translator: ModuleTranslator): void {
  const [src, base, bit, size] = [w.param(0, 'src'), w.param(1, 'base'), w.param(2, 'bit'), w.param(3, 'size')];
  const [owner, start, source] = [w.local(i32), w.local(i32), w.local(i32)];
  setOwner(w, src, owner);
  w.localGet(src);
  w.localGet(owner);
  w.i32Ne();
  w.if();
  w.localGet(src);
  w.i32Load(SUB_BITS_START - PRIMARY_BOXED);
  w.localSet(start);
  w.end();
  w.localGet(start);
  w.localGet(bit);
  w.i32Or();
  w.localGet(size);
  w.i32Or();
  w.i32Const(7);
  w.i32And();
  w.if();
  for (const local of [src, base, bit, size]) w.localGet(local);
  w.call(translator.runtime('bsCopy'));
  w.return();
  w.end();
  pushBaseOf(w, owner);
  w.localGet(start);
  w.i32Const(3);
  w.i32ShrU();
  w.i32Add();
  w.localSet(source);
  w.localGet(base);
  w.localGet(bit);
  w.i32Const(3);
  w.i32ShrU();
  w.i32Add();
  w.localSet(base);
  copyBytes(w, base, source, size);
}

/** 2 to this power bits are copied for one reduction (BITS_PER_REDUCTION in OTP's erl_bits.c). */
const REDUCTION_SHIFT = 13;

/** Copies size / 8 bytes. */
function copyBytes(w: FunctionBuilder, target: Local, source: Local, size: Local): void {
  w.localGet(size);
  w.i32Const(8 * LOOP_BYTES);
  w.i32GtU();
  w.if();
  w.localGet(target);
  w.localGet(source);
  w.localGet(size);
  w.i32Const(3);
  w.i32ShrU();
  w.memoryCopy();
  w.i32Const(0);
  w.i32Const(0);
  w.i32Load(REDUCTIONS);
  w.localGet(size);
  w.i32Const(REDUCTION_SHIFT);
  w.i32ShrU();
  w.i32Sub();
  w.i32Store(REDUCTIONS);
  w.return();
  w.end();
  const next = w.loop();
  w.localGet(size);
  w.if();
  w.localGet(target);
  w.localGet(source);
  w.i32Load8U();
  w.i32Store8();
  for (const [local, step] of [
    [target, 1],
    [source, 1],
    [size, -8],
  ] as const) {
    w.localGet(local);
    w.i32Const(step);
    w.i32Add();
    w.localSet(local);
  }
  w.br(next);
  w.end();
  w.end(next);
}
