/** Code of term-kernels.ts that compares binaries on heaps, of whole bytes; other bitstrings are left to TypeScript. */
import {
  HEADER_HEAP_BITS,
  HEADER_TYPE_MASK,
  HEAP_BITS_DATA,
  HEAP_BITS_SIZE,
  PRIMARY_BOXED,
  UNDECIDED_ORDER,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { i32, type Label, type Local } from '../wasm/types.ts';

/** Two terms that have been found to be boxed; both are lost. */
interface Boxed {
  readonly w: FunctionBuilder;
  readonly x: Local;
  readonly y: Local;
}

const SIZE = HEAP_BITS_SIZE - PRIMARY_BOXED;

function pushIsHeapBits(w: FunctionBuilder, term: Local): void {
  w.localGet(term);
  w.i32Const(PRIMARY_BOXED);
  w.i32Sub();
  w.i32Load();
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.i32Const(HEADER_HEAP_BITS);
  w.i32Eq();
}

function advance(w: FunctionBuilder, pointer: Local, bytes: number): void {
  w.localGet(pointer);
  w.i32Const(bytes);
  w.i32Add();
  w.localSet(pointer);
}

/** While `x` is below `end`: `look`, then both go on by so many bytes. */
function eachBelow({ w, x, y }: Boxed, end: Local, bytes: number, look: () => void): void {
  const done = w.block();
  const next = w.loop();
  w.localGet(x);
  w.localGet(end);
  w.i32GeU();
  w.brIf(done);
  look();
  for (const pointer of [x, y]) advance(w, pointer, bytes);
  w.br(next);
  w.end(next);
  w.end(done);
}

/** Has both be the addresses of their first bytes, and `end` the address so many bytes behind that of `x`. */
function toData({ w, x, y }: Boxed, end: Local, pushBytes: () => void): void {
  for (const pointer of [x, y]) advance(w, pointer, HEAP_BITS_DATA - PRIMARY_BOXED);
  w.localGet(x);
  pushBytes();
  w.i32Add();
  w.localSet(end);
}

/** If the first term is heap bits: returns whether the second is the same, or branches to `unknown`. */
export function emitSameBytes(boxed: Boxed, unknown: Label): void {
  const { w, x, y } = boxed;
  const [size, end] = [w.local(i32, 'size'), w.local(i32, 'end')];
  pushIsHeapBits(w, x);
  w.if();
  pushIsHeapBits(w, y);
  w.i32Eqz();
  w.brIf(unknown);
  w.localGet(x);
  w.i32Load(SIZE);
  w.localTee(size);
  w.i32Const(7);
  w.i32And();
  w.brIf(unknown);
  w.localGet(size);
  w.localGet(y);
  w.i32Load(SIZE);
  w.i32Ne();
  returnZeroIf(w);
  toData(boxed, end, () => {
    w.localGet(size);
    w.i32Const(5);
    w.i32ShrU();
    w.i32Const(2);
    w.i32Shl();
  });
  const pushDifference = (): void => {
    w.localGet(x);
    w.i32Load();
    w.localGet(y);
    w.i32Load();
    w.i32Xor();
  };
  eachBelow(boxed, end, 4, () => {
    pushDifference();
    returnZeroIf(w);
  });
  w.localGet(size);
  w.i32Const(31);
  w.i32And();
  w.i32Eqz();
  w.if();
  w.i32Const(1);
  w.return();
  w.end();
  // Of the last word the first bytes count, which are its low ones: shifts go modulo 32.
  pushDifference();
  w.i32Const(0);
  w.localGet(size);
  w.i32Sub();
  w.i32Shl();
  w.i32Eqz();
  w.return();
  w.end();
}

function returnZeroIf(w: FunctionBuilder): void {
  w.if();
  w.i32Const(0);
  w.return();
  w.end();
}

/** If both are heap bits, returns their order: byte by byte, a prefix first. */
export function emitOrderOfBytes(boxed: Boxed, pushOrder: (push: (index: 0 | 1) => void) => void): void {
  const { w, x, y } = boxed;
  const terms = [x, y] as const;
  const sizes = [w.local(i32, 'sizeX'), w.local(i32, 'sizeY')] as const;
  const end = w.local(i32, 'endX');
  for (const term of terms) pushIsHeapBits(w, term);
  w.i32And();
  w.if();
  terms.forEach((term, i) => {
    w.localGet(term);
    w.i32Load(SIZE);
    w.localTee(sizes[i] as Local);
  });
  w.i32Or();
  w.i32Const(7);
  w.i32And();
  w.if();
  w.i32Const(UNDECIDED_ORDER);
  w.return();
  w.end();
  toData(boxed, end, () => {
    w.localGet(sizes[0]);
    w.localGet(sizes[1]);
    w.localGet(sizes[0]);
    w.localGet(sizes[1]);
    w.i32LtU();
    w.select();
    w.i32Const(3);
    w.i32ShrU();
  });
  const pushByte = (i: 0 | 1): void => {
    w.localGet(terms[i]);
    w.i32Load8U();
  };
  eachBelow(boxed, end, 1, () => {
    pushByte(0);
    pushByte(1);
    w.i32Ne();
    w.if();
    pushOrder(pushByte);
    w.return();
    w.end();
  });
  pushOrder((i) => w.localGet(sizes[i]));
  w.return();
  w.end();
}
