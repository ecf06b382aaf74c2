/** The function `utf8` of bits-helpers.ts: characters of two to four bytes. */
import {
  CONTEXT_END,
  CONTEXT_ORIG,
  CONTEXT_POSITION,
  PRIMARY_BOXED,
  PRIMARY_SMALL,
  SMALL_SHIFT,
} from '../../term/layout.ts';
import type { FunctionBuilder } from '../../wasm/function-builder.ts';
import { i32, type Label, type Local } from '../../wasm/types.ts';
import type { ModuleTranslator } from '../module-translator.ts';
import { pushBaseOf } from './bits-words.ts';

interface Utf8 {
  readonly w: FunctionBuilder;
  readonly context: Local;
  readonly position: Local;
  /** Bytes left. */
  readonly available: Local;
  readonly address: Local;
  readonly code: Local;
  /** Where whatever is not plain goes. */
  readonly slow: Label;
}

/** Goes to slow unless there are `length` bytes. */
function ensureBytes({ w, available, slow }: Utf8, length: number): void {
  w.localGet(available);
  w.i32Const(length);
  w.i32LtU();
  w.brIf(slow);
}

/** Shifts the low six bits of the byte at an offset, 10xxxxxx, into the code; goes to slow if it is another. */
function takeByte({ w, address, code, slow }: Utf8, offset: number): void {
  w.localGet(address);
  w.i32Load8U(offset);
  w.i32Const(0xc0);
  w.i32And();
  w.i32Const(0x80);
  w.i32Ne();
  w.brIf(slow);
  w.localGet(code);
  w.i32Const(6);
  w.i32Shl();
  w.localGet(address);
  w.i32Load8U(offset);
  w.i32Const(0x3f);
  w.i32And();
  w.i32Or();
  w.localSet(code);
}

/** Goes to slow unless the code is in a range. */
function ensureCode({ w, code, slow }: Utf8, first: number, last: number): void {
  w.localGet(code);
  w.i32Const(first);
  w.i32Sub();
  w.i32Const(last - first);
  w.i32GtU();
  w.brIf(slow);
}

/** The first byte, in `code`, is `lead` under `mask`: takes the others, steps over them, and returns the character. */
function character(utf8: Utf8, length: number, mask: number, lead: number, check: () => void): void {
  const { w, context, position, code } = utf8;
  w.localGet(code);
  w.i32Const(mask);
  w.i32And();
  w.i32Const(lead);
  w.i32Eq();
  w.if();
  ensureBytes(utf8, length);
  w.localGet(code);
  w.i32Const(~mask);
  w.i32And();
  w.localSet(code);
  for (let offset = 1; offset < length; offset++) takeByte(utf8, offset);
  check();
  w.localGet(context);
  w.localGet(position);
  w.i32Const(8 * length);
  w.i32Add();
  w.i32Store(CONTEXT_POSITION - PRIMARY_BOXED);
  w.localGet(code);
  w.i32Const(SMALL_SHIFT);
  w.i32Shl();
  w.i32Const(PRIMARY_SMALL);
  w.i32Or();
  w.return();
  w.end();
}

/** Puts position, bytes left, address and first byte into the locals; goes to slow unless a byte begins here. */
function begin({ w, context, position, available, address, code, slow }: Utf8): void {
  w.localGet(context);
  w.i32Load(CONTEXT_POSITION - PRIMARY_BOXED);
  w.localTee(position);
  w.i32Const(7);
  w.i32And();
  w.brIf(slow);
  w.localGet(context);
  w.i32Load(CONTEXT_END - PRIMARY_BOXED);
  w.localGet(position);
  w.i32Sub();
  w.i32Const(3);
  w.i32ShrU();
  w.localTee(available);
  w.i32Eqz();
  w.brIf(slow);
  w.localGet(context);
  w.i32Load(CONTEXT_ORIG - PRIMARY_BOXED);
  w.localSet(address);
  pushBaseOf(w, address);
  w.localGet(position);
  w.i32Const(3);
  w.i32ShrU();
  w.i32Add();
  w.localTee(address);
  w.i32Load8U();
  w.localSet(code);
}

/** (context) -> character, or 0: there is none. What is no character of two to four bytes is left to the runtime. */
export function emitUtf8(w: FunctionBuilder, translator: ModuleTranslator): void {
  const local = (): Local => w.local(i32);
  const [position, available, address, code] = [local(), local(), local(), local()] as const;
  const slow = w.block();
  const utf8: Utf8 = { w, context: w.param(0), position, available, address, code, slow };
  begin(utf8);
  character(utf8, 2, 0xe0, 0xc0, () => ensureCode(utf8, 0x80, 0x7ff));
  character(utf8, 3, 0xf0, 0xe0, () => {
    ensureCode(utf8, 0x800, 0xffff);
    // Surrogates are no characters.
    w.localGet(code);
    w.i32Const(11);
    w.i32ShrU();
    w.i32Const(0x1b);
    w.i32Eq();
    w.brIf(slow);
  });
  character(utf8, 4, 0xf8, 0xf0, () => ensureCode(utf8, 0x10000, 0x10ffff));
  w.end(slow);
  w.localGet(w.param(0));
  w.returnCall(translator.runtime('bsGetUtf8'));
}
