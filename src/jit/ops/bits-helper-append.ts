/** The functions `append` and `privateAppend` of bits-helpers.ts. */
import {
  BIN_REF_ADDRESS,
  BINARY_CAPACITY,
  BINARY_FLAG_WRITABLE,
  BINARY_FLAGS,
  BINARY_SIZE,
  BINARY_TAIL_SHIFT,
  HEADER_BIN_REF,
  HEADER_SUB_BITS,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  SUB_BITS_ORIG,
  SUB_BITS_SIZE,
  SUB_BITS_START,
} from '../../term/layout.ts';
import type { FunctionBuilder } from '../../wasm/function-builder.ts';
import { i32, type Label, type Local } from '../../wasm/types.ts';
import type { ModuleTranslator } from '../module-translator.ts';
import { emitSubBits, storeField } from './bits-helper-make.ts';
import { pushTypeByte } from './bits-words.ts';

/** The common case: sub bits over the whole of a writable binary that has room. */
export function emitAppend(w: FunctionBuilder, translator: ModuleTranslator, isPrivate: boolean): void {
  const [src, extra, unit] = [w.param(0, 'src'), w.param(1, 'extra'), w.param(2, 'unit')];
  const l = { src, extra, unit, owner: w.local(i32), binary: w.local(i32), old: w.local(i32), size: w.local(i32) };
  const slow = w.block();
  checkAppend(w, l, slow);
  growInPlace(w, l);
  if (isPrivate) {
    storeField(w, src, SUB_BITS_SIZE - PRIMARY_BOXED, () => w.localGet(l.size));
    w.localGet(src);
  } else {
    const start = w.local(i32);
    emitSubBits(w, translator, { owner: l.owner, start, size: l.size });
  }
  w.return();
  w.end(slow);
  for (const local of [src, extra, unit]) w.localGet(local);
  w.call(translator.runtime(isPrivate ? 'bsPrivateAppend' : 'bsAppend'));
}

interface AppendLocals {
  readonly src: Local;
  readonly extra: Local;
  readonly unit: Local;
  readonly owner: Local;
  readonly binary: Local;
  /** Size in bits before and after. */
  readonly old: Local;
  readonly size: Local;
}

/** Goes to slow unless `src` can grow where it lies; sets the other locals. */
function checkAppend(w: FunctionBuilder, l: AppendLocals, slow: Label): void {
  const unless = (): void => {
    w.i32Eqz();
    w.brIf(slow);
  };
  w.localGet(l.src);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(PRIMARY_BOXED);
  w.i32Eq();
  unless();
  pushTypeByte(w, l.src);
  w.i32Const(HEADER_SUB_BITS);
  w.i32Eq();
  unless();
  w.localGet(l.src);
  w.i32Load(SUB_BITS_START - PRIMARY_BOXED);
  w.brIf(slow);
  w.localGet(l.src);
  w.i32Load(SUB_BITS_ORIG - PRIMARY_BOXED);
  w.localSet(l.owner);
  pushTypeByte(w, l.owner);
  w.i32Const(HEADER_BIN_REF);
  w.i32Eq();
  unless();
  w.localGet(l.src);
  w.i32Load(SUB_BITS_SIZE - PRIMARY_BOXED);
  w.localSet(l.old);
  checkUnit(w, l, slow);
  // A sum that wraps is less than what was added.
  w.localGet(l.old);
  w.localGet(l.extra);
  w.i32Add();
  w.localTee(l.size);
  w.localGet(l.extra);
  w.i32LtU();
  w.brIf(slow);
  w.localGet(l.owner);
  w.i32Load(BIN_REF_ADDRESS - PRIMARY_BOXED);
  w.localSet(l.binary);
  w.localGet(l.binary);
  w.i32Load(BINARY_FLAGS);
  pushFlags(w, l.old);
  w.i32Eq();
  unless();
  pushBytes(w, l.old);
  w.localGet(l.binary);
  w.i32Load(BINARY_SIZE);
  w.i32Eq();
  unless();
  pushBytes(w, l.size);
  w.localGet(l.binary);
  w.i32Load(BINARY_CAPACITY);
  w.i32GtU();
  w.brIf(slow);
}

/** Units other than 1 and 8 are left to the runtime. */
function checkUnit(w: FunctionBuilder, l: AppendLocals, slow: Label): void {
  w.localGet(l.unit);
  w.i32Const(1);
  w.i32Ne();
  w.if();
  w.localGet(l.unit);
  w.i32Const(8);
  w.i32Ne();
  w.localGet(l.old);
  w.i32Const(7);
  w.i32And();
  w.i32Or();
  w.brIf(slow);
  w.end();
}

/** Pushes the flags of a writable binary of which so many bits are used. */
function pushFlags(w: FunctionBuilder, size: Local): void {
  w.localGet(size);
  w.i32Const(7);
  w.i32And();
  w.i32Const(BINARY_TAIL_SHIFT);
  w.i32Shl();
  w.i32Const(BINARY_FLAG_WRITABLE);
  w.i32Or();
}

function pushBytes(w: FunctionBuilder, size: Local): void {
  w.localGet(size);
  w.i32Const(3);
  w.i32ShrU();
  w.localGet(size);
  w.i32Const(7);
  w.i32And();
  w.i32Const(0);
  w.i32Ne();
  w.i32Add();
}

function growInPlace(w: FunctionBuilder, l: AppendLocals): void {
  storeField(w, l.binary, BINARY_SIZE, () => pushBytes(w, l.size));
  storeField(w, l.binary, BINARY_FLAGS, () => pushFlags(w, l.size));
}
