/**
 * Code of term-kernels.ts for the hash of a term: term/hash.ts says what it is, and hashes what is not known here. Known are immediates,
 * lists, tuples, references and binaries on heaps.
 */
import { MIX_FACTORS, OTP_SMALL, OTP_SMALL_MIDDLE } from '../term/hash.ts';
import {
  HEADER_HEAP_BITS,
  HEADER_REF,
  HEADER_SIZE_SHIFT,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  HEAP_BITS_DATA,
  HEAP_BITS_SIZE,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  REF_NUMBERS,
  TUPLE_ELEMENTS,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, i64, type Local } from '../wasm/types.ts';
import { emitSearch, pushHeader, pushIsCons, pushIsPointer } from './comparison-emitter.ts';

interface Folding {
  readonly w: FunctionBuilder;
  readonly term: Local;
  readonly hash: Local;
  readonly depth: Local;
  /** Words of the term. */
  readonly at: Local;
  readonly end: Local;
  /** The function itself. */
  readonly fold: FuncIndex;
}

/** One step of MurmurHash3 with the word that `push` pushes. */
function mix({ w, hash }: Folding, push: () => void): void {
  push();
  w.i32Const(0xcc9e2d51 | 0);
  w.i32Mul();
  w.i32Const(15);
  w.i32Rotl();
  w.i32Const(0x1b873593);
  w.i32Mul();
  w.localGet(hash);
  w.i32Xor();
  w.i32Const(13);
  w.i32Rotl();
  w.i32Const(5);
  w.i32Mul();
  w.i32Const(0xe6546b64 | 0);
  w.i32Add();
  w.localSet(hash);
}

/** The end of MurmurHash3. */
function emitFinish(w: FunctionBuilder, hash: Local): void {
  const spread = (shift: number): void => {
    w.localGet(hash);
    w.localGet(hash);
    w.i32Const(shift);
    w.i32ShrU();
    w.i32Xor();
  };
  for (const [shift, factor] of [
    [16, 0x85ebca6b],
    [13, 0xc2b2ae35],
  ] as const) {
    spread(shift);
    w.i32Const(factor | 0);
    w.i32Mul();
    w.localSet(hash);
  }
  spread(16);
}

function mixWordAt(f: Folding): void {
  mix(f, () => {
    f.w.localGet(f.at);
    f.w.i32Load();
  });
}

/** Mixes in the word at `at`: itself if it is an immediate, else the term. */
function foldWordAt(f: Folding): void {
  const { w, hash, depth, at } = f;
  pushIsPointer(w, () => {
    w.localGet(at);
    w.i32Load();
  });
  w.if();
  w.localGet(at);
  w.i32Load();
  w.localGet(hash);
  w.localGet(depth);
  w.i32Const(1);
  w.i32Sub();
  w.call(f.fold);
  w.localSet(hash);
  w.else();
  mixWordAt(f);
  w.end();
}

/** Sets `at` to a byte offset in the boxed term, `end` so many bytes behind it. */
function setRange({ w, term, at, end }: Folding, offset: number, pushBytes: () => void): void {
  w.localGet(term);
  w.i32Const(offset - PRIMARY_BOXED);
  w.i32Add();
  w.localTee(at);
  pushBytes();
  w.i32Add();
  w.localSet(end);
}

/** Runs `body` and returns the hash if the term has this type. */
function ifType({ w, hash }: Folding, header: Local, type: number, body: () => void): void {
  w.localGet(header);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(type);
  w.i32Eq();
  w.if();
  body();
  w.localGet(hash);
  w.return();
  w.end();
}

/** A binary of so many bits, which are whole bytes. */
function emitBytes(f: Folding, bits: Local): void {
  const { w, at, end } = f;
  const last = w.local(i32, 'last');
  mix(f, () => w.i32Const(HEADER_HEAP_BITS));
  mix(f, () => w.localGet(bits));
  setRange(f, HEAP_BITS_DATA, () => {
    w.localGet(bits);
    w.i32Const(5);
    w.i32ShrU();
    w.i32Const(2);
    w.i32Shl();
  });
  emitSearch(w, f, () => mixWordAt(f));
  w.localGet(bits);
  w.i32Const(31);
  w.i32And();
  w.if();
  // Up to three bytes are left; the first of them is the highest.
  w.localGet(at);
  w.localGet(bits);
  w.i32Const(31);
  w.i32And();
  w.i32Const(3);
  w.i32ShrU();
  w.i32Add();
  w.localSet(end);
  const next = w.loop();
  w.localGet(last);
  w.i32Const(8);
  w.i32Shl();
  w.localGet(at);
  w.i32Load8U();
  w.i32Or();
  w.localSet(last);
  w.localGet(at);
  w.i32Const(1);
  w.i32Add();
  w.localTee(at);
  w.localGet(end);
  w.i32Ne();
  w.brIf(next);
  w.end(next);
  mix(f, () => w.localGet(last));
  w.end();
}

/** Returns the hash for the boxed terms that are known here. */
function emitBoxed(f: Folding): void {
  const { w, term } = f;
  const [header, bits] = [w.local(i32, 'header'), w.local(i32, 'bits')];
  pushHeader(w, term);
  w.localSet(header);
  ifType(f, header, HEADER_TUPLE, () => {
    mix(f, () => w.localGet(header));
    setRange(f, TUPLE_ELEMENTS, () => {
      w.localGet(header);
      w.i32Const(HEADER_SIZE_SHIFT);
      w.i32ShrU();
      w.i32Const(2);
      w.i32Shl();
    });
    emitSearch(w, f, () => foldWordAt(f));
  });
  ifType(f, header, HEADER_REF, () => {
    setRange(f, REF_NUMBERS, () => w.i32Const(8));
    emitSearch(w, f, () => mixWordAt(f));
  });
  const other = w.block();
  w.localGet(header);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_HEAP_BITS);
  w.i32Ne();
  w.brIf(other);
  w.localGet(term);
  w.i32Load(HEAP_BITS_SIZE - PRIMARY_BOXED);
  w.localTee(bits);
  w.i32Const(7);
  w.i32And();
  w.brIf(other);
  emitBytes(f, bits);
  w.localGet(f.hash);
  w.return();
  w.end(other);
}

/** Mixes in a list's elements up to one that is no immediate, that too; what is left is then the term. */
function emitList(f: Folding): void {
  const { w, term, at } = f;
  mix(f, () => w.i32Const(PRIMARY_CONS));
  const done = w.block();
  const next = w.loop();
  w.localGet(term);
  w.i32Const(PRIMARY_CONS);
  w.i32Sub();
  w.localTee(at);
  w.i32Load(4);
  w.localSet(term);
  pushIsPointer(w, () => {
    w.localGet(at);
    w.i32Load();
  });
  w.if();
  foldWordAt(f);
  w.br(done);
  w.end();
  mixWordAt(f);
  pushIsCons(w, term);
  w.brIf(next);
  w.end(next);
  w.end(done);
}

/** (term, hash, depth) -> hash that is not finished (foldTerm in term/hash.ts). What lies deeper, or is not known, is left to `slow` (term, hash). */
export function emitFold(w: FunctionBuilder, fold: FuncIndex, slow: FuncIndex): void {
  const [term, hash, depth] = [w.param(0), w.param(1), w.param(2)];
  const f: Folding = { w, term, hash, depth, at: w.local(i32, 'at'), end: w.local(i32, 'end'), fold };
  const again = w.loop();
  pushIsPointer(w, () => w.localGet(term));
  w.i32Eqz();
  w.if();
  mix(f, () => w.localGet(term));
  w.localGet(hash);
  w.return();
  w.end();
  w.localGet(depth);
  w.if();
  pushIsCons(w, term);
  w.if();
  emitList(f);
  w.br(again);
  w.end();
  emitBoxed(f);
  w.end();
  w.end(again);
  w.localGet(term);
  w.localGet(hash);
  w.call(slow);
}

/** Pushes the hash of an immediate (otpHashOfImmediate in term/hash.ts). */
function emitImmediate(w: FunctionBuilder, term: Local): void {
  const hash = w.local(i64, 'mixed');
  w.localGet(term);
  w.i32Const(OTP_SMALL_MIDDLE);
  w.i32Add();
  w.i32Const(30);
  w.i32ShrU();
  w.localGet(term);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_SMALL);
  w.i32Xor();
  w.i32Const(2);
  w.i32Shl();
  w.i32Or();
  w.i64ExtendI32U();
  w.i64Const(32);
  w.i64Shl();
  w.localGet(term);
  w.i32Const(OTP_SMALL.shift);
  w.i32Shl();
  w.i32Const(OTP_SMALL.tag);
  w.i32Or();
  w.i64ExtendI32U();
  w.i64Or();
  w.localSet(hash);
  const spread = (): void => {
    w.localGet(hash);
    w.localGet(hash);
    w.i64Const(33);
    w.i64ShrU();
    w.i64Xor();
  };
  for (const [high, low] of MIX_FACTORS) {
    spread();
    w.i64Const((BigInt(high) << 32n) | BigInt(low >>> 0));
    w.i64Mul();
    w.localSet(hash);
  }
  spread();
  w.i32WrapI64();
}

/** (term) -> the bits of its hash that `mask` has (internalHash in term/hash.ts). */
export function emitHash(w: FunctionBuilder, fold: FuncIndex, { mask, depth }: { mask: number; depth: number }): void {
  const [term, hash] = [w.param(0), w.local(i32, 'hash')];
  pushIsPointer(w, () => w.localGet(term));
  w.i32Eqz();
  w.if();
  emitImmediate(w, term);
  w.i32Const(mask);
  w.i32And();
  w.return();
  w.end();
  w.localGet(term);
  w.i32Const(0);
  w.i32Const(depth);
  w.call(fold);
  w.localSet(hash);
  emitFinish(w, hash);
  w.i32Const(mask);
  w.i32And();
}
