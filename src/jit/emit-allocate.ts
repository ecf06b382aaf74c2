/** Taking heap words whose number is known only at run time; BeamAssembler.reserve is for constants. */
import { HEND, HTOP } from '../memory/map.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, i32, type Local } from '../wasm/types.ts';

/** Puts the address of as many fresh heap words as the local `words` says into `address`. */
export function emitAllocate(w: FunctionBuilder, words: Local, address: Local, moreHeap: FuncIndex): void {
  const next = w.local(i32);
  w.i32Const(0);
  w.i32Load(HTOP);
  w.localTee(address);
  w.localGet(words);
  w.i32Const(2);
  w.i32Shl();
  w.i32Add();
  w.localTee(next);
  w.i32Const(0);
  w.i32Load(HEND);
  w.i32GtU();
  w.if();
  w.localGet(words);
  w.call(moreHeap);
  w.localSet(address);
  w.else();
  w.i32Const(0);
  w.localGet(next);
  w.i32Store(HTOP);
  w.end();
}
