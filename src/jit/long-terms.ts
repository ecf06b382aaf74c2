/** Integers of up to 64 bits between their two forms, an i64 and a term: bodies of functions that several modules of WebAssembly have. */
import {
  BIG_DIGITS,
  FLOAT_VALUE,
  HEADER_FLOAT,
  HEADER_NEG_BIG,
  HEADER_PAIR_MASK,
  HEADER_POS_BIG,
  HEADER_SIZE_SHIFT,
  HEADER_TYPE_MASK,
  makeHeader,
  PAIR_BIG,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_MAX,
  SMALL_MIN,
  SMALL_SHIFT,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, i64, type Local } from '../wasm/types.ts';
import { emitAllocate } from './emit-allocate.ts';

/** What `emitToLong` gives for a term that it does not know; no integer of 63 bits and sign. */
export const NO_LONG = -(2n ** 63n);
const DIGIT_BITS = 32n;
/** Floats lie at multiples of four bytes. */
export const FLOAT_ALIGNMENT = 2;

/** Pushes 1 if the lowest bits of the term are those of a small, of a pointer to a boxed object … */
export function pushIsPrimary(w: FunctionBuilder, term: Local, primary: number): void {
  w.localGet(term);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(primary);
  w.i32Eq();
}

/** Pushes the header of a boxed term. */
export function pushHeader(w: FunctionBuilder, term: Local): void {
  w.localGet(term);
  w.i32Const(PRIMARY_BOXED);
  w.i32Sub();
  w.i32Load();
}

/** Returns the value of a small. */
function returnSmallValue(w: FunctionBuilder, term: Local): void {
  pushIsPrimary(w, term, PRIMARY_SMALL);
  w.if();
  w.localGet(term);
  w.i32Const(SMALL_SHIFT);
  w.i32ShrS();
  w.i64ExtendI32S();
  w.return();
  w.end();
}

/** (term) -> i64; NO_LONG for what is no integer of 63 bits and sign. */
export function emitToLong(w: FunctionBuilder): void {
  const term = w.param(0);
  const header = w.local(i32, 'header');
  const magnitude = w.local(i64, 'magnitude');
  const unknown = w.block();
  returnSmallValue(w, term);
  pushIsPrimary(w, term, PRIMARY_BOXED);
  w.i32Eqz();
  w.brIf(unknown);
  pushHeader(w, term);
  w.localTee(header);
  w.i32Const(HEADER_PAIR_MASK);
  w.i32And();
  w.i32Const(PAIR_BIG);
  w.i32Ne();
  w.brIf(unknown);
  emitMagnitude(w, { term, header, magnitude }, () => w.br(unknown));
  w.localGet(magnitude);
  w.i64Const(0n);
  w.i64LtS();
  w.brIf(unknown);
  w.i64Const(0n);
  w.localGet(magnitude);
  w.i64Sub();
  w.localGet(magnitude);
  emitIsOfSign(w, header);
  w.select();
  w.return();
  w.end(unknown);
  w.i64Const(NO_LONG);
}

/** Pushes 1 if the header is a negative integer's. */
function emitIsOfSign(w: FunctionBuilder, header: Local): void {
  w.localGet(header);
  w.i32Const(HEADER_POS_BIG ^ HEADER_NEG_BIG);
  w.i32And();
}

/** Loads one or two digits; gives up when there are more, or leaves those above out. */
function emitMagnitude(
  w: FunctionBuilder,
  { term, header, magnitude }: { term: Local; header: Local; magnitude: Local },
  giveUp: (() => void) | undefined,
): void {
  const sizeIs = (digits: number): void => {
    w.localGet(header);
    w.i32Const(~(HEADER_POS_BIG ^ HEADER_NEG_BIG));
    w.i32And();
    w.i32Const(makeHeader(HEADER_POS_BIG, digits));
    w.i32Eq();
  };
  sizeIs(1);
  w.if();
  w.localGet(term);
  w.i64Load32U(BIG_DIGITS - PRIMARY_BOXED);
  w.localSet(magnitude);
  w.else();
  if (giveUp !== undefined) {
    sizeIs(2);
    w.i32Eqz();
    w.if();
    giveUp();
    w.end();
  }
  w.localGet(term);
  w.i64Load(BIG_DIGITS - PRIMARY_BOXED);
  w.localSet(magnitude);
  w.end();
}

/** (i64, a number with or without sign) -> term */
export function emitFromLong(w: FunctionBuilder, moreHeap: FuncIndex, signed = true): void {
  const value = w.param(0);
  const [words, address] = [w.local(i32, 'words'), w.local(i32, 'address')];
  const header = w.local(i32, 'header');
  w.localGet(value);
  w.i64Const(BigInt(SMALL_MIN));
  w.i64Sub();
  w.i64Const(BigInt(SMALL_MAX - SMALL_MIN));
  w.i64LeU();
  if (!signed) {
    w.localGet(value);
    w.i64Const(0n);
    w.i64GeS();
    w.i32And();
  }
  w.if();
  w.localGet(value);
  w.i32WrapI64();
  w.i32Const(SMALL_SHIFT);
  w.i32Shl();
  w.i32Const(PRIMARY_SMALL);
  w.i32Or();
  w.return();
  w.end();
  w.i32Const(HEADER_POS_BIG);
  w.localSet(header);
  if (signed) emitSplitSign(w, value, header);
  w.i32Const(3);
  w.i32Const(2);
  w.localGet(value);
  w.i64Const(DIGIT_BITS);
  w.i64ShrU();
  w.i64Const(0n);
  w.i64Ne();
  w.select();
  w.localSet(words);
  emitAllocate(w, words, address, moreHeap);
  emitBig(w, { value, words, address, header });
}

/** Makes the value its magnitude. */
function emitSplitSign(w: FunctionBuilder, value: Local, header: Local): void {
  w.localGet(value);
  w.i64Const(0n);
  w.i64LtS();
  w.if();
  w.i32Const(HEADER_NEG_BIG);
  w.localSet(header);
  w.i64Const(0n);
  w.localGet(value);
  w.i64Sub();
  w.localSet(value);
  w.end();
}

/** Writes the big of 2 or 3 words and pushes it as a term. */
function emitBig(
  w: FunctionBuilder,
  { value, words, address, header }: { value: Local; words: Local; address: Local; header: Local },
): void {
  w.localGet(address);
  w.localGet(words);
  w.i32Const(1);
  w.i32Sub();
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32Shl();
  w.localGet(header);
  w.i32Or();
  w.i32Store();
  w.localGet(address);
  w.localGet(value);
  w.i64Store32(BIG_DIGITS);
  w.localGet(words);
  w.i32Const(3);
  w.i32Eq();
  w.if();
  w.localGet(address);
  w.localGet(value);
  w.i64Const(DIGIT_BITS);
  w.i64ShrU();
  w.i64Store32(BIG_DIGITS + 4);
  w.end();
  w.localGet(address);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
}

/** (term) -> 1 for an integer that is no small and has at most 64 bits and sign. */
export function emitIsLong(w: FunctionBuilder): void {
  const term = w.param(0);
  pushIsPrimary(w, term, PRIMARY_BOXED);
  w.i32Eqz();
  w.if();
  w.i32Const(0);
  w.return();
  w.end();
  pushHeader(w, term);
  w.i32Const(~(HEADER_POS_BIG ^ HEADER_NEG_BIG));
  w.i32And();
  w.i32Const(makeHeader(HEADER_POS_BIG, 0));
  w.i32Sub();
  // One digit or two; lower bits differ where it is something else.
  w.i32Const(HEADER_SIZE_SHIFT);
  w.i32Rotr();
  w.i32Const(1);
  w.i32Sub();
  w.i32Const(1);
  w.i32LeU();
}

/** (term, an integer of any size) -> i64: its low 64 bits, as two's complement. */
export function emitLowLong(w: FunctionBuilder): void {
  const term = w.param(0);
  const header = w.local(i32, 'header');
  const magnitude = w.local(i64, 'magnitude');
  returnSmallValue(w, term);
  pushHeader(w, term);
  w.localSet(header);
  emitMagnitude(w, { term, header, magnitude }, undefined);
  w.i64Const(0n);
  w.localGet(magnitude);
  w.i64Sub();
  w.localGet(magnitude);
  emitIsOfSign(w, header);
  w.select();
}

/** (term) -> 1 for an integer whose magnitude has at most 63 bits. */
export function emitIsSignedLong(w: FunctionBuilder, isLong: FuncIndex, lowLong: FuncIndex): void {
  const term = w.param(0);
  pushIsPrimary(w, term, PRIMARY_SMALL);
  w.if();
  w.i32Const(1);
  w.return();
  w.end();
  w.localGet(term);
  w.call(isLong);
  w.i32Eqz();
  w.if();
  w.i32Const(0);
  w.return();
  w.end();
  // The sign is right only when the magnitude's highest bit is clear.
  w.localGet(term);
  w.call(lowLong);
  w.i64Const(0n);
  w.i64LtS();
  pushHeader(w, term);
  w.i32Const(HEADER_POS_BIG ^ HEADER_NEG_BIG);
  w.i32And();
  w.i32Const(0);
  w.i32Ne();
  w.i32Eq();
}

/** Pushes -1, 0 or 1 for two integers in the parameters. */
export function emitCompareLongs(w: FunctionBuilder, lowLong: FuncIndex): void {
  const values = [w.local(i64, 'x'), w.local(i64, 'y')] as const;
  values.forEach((value, i) => {
    w.localGet(w.param(i));
    w.call(lowLong);
    w.localSet(value);
  });
  for (const isGreater of [true, false]) {
    for (const value of values) w.localGet(value);
    if (isGreater) w.i64GtS();
    else w.i64LtS();
  }
  w.i32Sub();
}

/** (term) -> 1 for a float. */
export function emitIsFloat(w: FunctionBuilder): void {
  const term = w.param(0);
  pushIsPrimary(w, term, PRIMARY_BOXED);
  w.i32Eqz();
  w.if();
  w.i32Const(0);
  w.return();
  w.end();
  pushHeader(w, term);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_FLOAT);
  w.i32Eq();
}

/** Pushes -1, 0 or 1 for two floats in the parameters. */
export function emitCompareFloats(w: FunctionBuilder): void {
  for (const isGreater of [true, false]) {
    for (let i = 0; i < 2; i++) {
      w.localGet(w.param(i));
      w.f64Load(FLOAT_VALUE - PRIMARY_BOXED, FLOAT_ALIGNMENT);
    }
    if (isGreater) w.f64Gt();
    else w.f64Lt();
  }
  w.i32Sub();
}
