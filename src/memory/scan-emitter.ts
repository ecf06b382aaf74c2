/** Writes the WebAssembly of the collector's and the copier's scanning loop; what it does: memory/kernels.ts. */
import {
  ALL_RAW,
  BIN_REF_NEXT,
  HEADER_TUPLE,
  MAGIC_REF_NEXT,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  RAW_WORDS,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { i32, type Label, type Local } from '../wasm/types.ts';
import { PAGE_TABLE } from './allocator.ts';
import { RELEASED_BYTES, RELEASED_START, SCRATCH } from './map.ts';
import { BIN_REF_HEADER, MAGIC_REF_HEADER } from './off-heap.ts';

/** Word where `sweepMature` finds and leaves the end of the old block's objects, and `copy` the list of off-heap owners. */
export const KERNEL_RESULT = SCRATCH + 4;

/** Flag of all scanning kernels: what is copied is scanned, too (then `end` must be `top`). */
export const FOLLOW = 1;
/** Flag of `copy`: literals are copied like other objects. */
export const COPY_LITERALS = 2;

/** Which of the scanning kernels is written. */
export type Mode = 'sweep' | 'mature' | 'copy' | 'bounded' | 'area' | 'find';

/** Objects of more words than this are copied by the engine's own block copy. */
const LONG = 24;
const RAW_BITS = 4;
/** Stands for ALL_RAW in what emitRawWords computes. */
export const RAW_OF_ALL = 15;

function rawTable(): bigint {
  return RAW_WORDS.reduce(
    (t, raw, type) => t | (BigInt(raw === ALL_RAW ? RAW_OF_ALL : raw) << BigInt(type * RAW_BITS)),
    0n,
  );
}

/** Puts the number of raw words of the header in `word` on the stack, RAW_OF_ALL for all. */
export function emitRawWords(b: FunctionBuilder, word: Local): void {
  b.i64Const(rawTable());
  b.localGet(word);
  b.i32Const(0xf0);
  b.i32And();
  b.i32Const(2);
  b.i32ShrU();
  b.i64ExtendI32U();
  b.i64ShrU();
  b.i32WrapI64();
  b.i32Const(RAW_OF_ALL);
  b.i32And();
}

/** Leaves for `kept` if the pointer in `word` points to a literal. */
export function emitSkipLiteral(b: FunctionBuilder, word: Local, kept: Label): void {
  emitIsLiteral(b, word);
  b.brIf(kept);
}

function emitIsLiteral(b: FunctionBuilder, word: Local): void {
  b.localGet(word);
  b.i32Const(16);
  b.i32ShrU();
  b.i32Load8U(PAGE_TABLE);
}

/** The same, but not for a literal of the area that is being released. */
export function emitSkipLasting(b: FunctionBuilder, word: Local, kept: Label): void {
  emitIsLiteral(b, word);
  b.if();
  b.localGet(word);
  b.i32Const(0);
  b.i32Load(RELEASED_START);
  b.i32Sub();
  b.i32Const(0);
  b.i32Load(RELEASED_BYTES);
  b.i32GeU();
  b.brIf(kept);
  b.end();
}

/** The code of one scanning function: parameters and locals, and the parts that its loop is made of. */
export class ScanEmitter {
  private readonly b: FunctionBuilder;
  private readonly mode: Mode;
  private readonly top: Local;
  private readonly scan: Local;
  private readonly end: Local;
  private readonly flags: Local;
  private readonly word: Local;
  private readonly from: Local;
  private readonly first: Local;
  private readonly target: Local;
  private readonly moved: Local;
  private readonly oldTop: Local;
  private readonly isMature: Local;
  private readonly bytes: Local;

  constructor(b: FunctionBuilder, mode: Mode) {
    this.b = b;
    this.mode = mode;
    this.top = b.param(0);
    this.scan = b.param(1);
    this.end = b.param(2);
    this.flags = b.param(3);
    this.word = b.local(i32);
    this.from = b.local(i32);
    this.first = b.local(i32);
    this.moved = b.local(i32);
    this.bytes = b.local(i32);
    this.oldTop = b.local(i32);
    this.isMature = b.local(i32);
    this.target = mode === 'mature' ? b.local(i32) : this.top;
  }

  emit(): void {
    const { b, scan, end, top } = this;
    const keepsResult = this.mode === 'mature' || this.mode === 'copy';
    if (keepsResult) this.storeLocal(this.oldTop, () => this.loadResult());
    const again = b.loop();
    const batch = b.block();
    const next = b.loop();
    b.localGet(scan);
    b.localGet(end);
    b.i32GeU();
    b.brIf(batch);
    this.emitWord();
    this.advance(scan, () => b.i32Const(4));
    b.br(next);
    b.end(next);
    b.end(batch);
    this.testFlag(FOLLOW);
    b.if();
    b.localGet(end);
    b.localGet(top);
    b.i32Ne();
    b.if();
    this.storeLocal(end, () => b.localGet(top));
    b.br(again);
    b.end();
    b.end();
    b.end(again);
    if (keepsResult) {
      b.i32Const(0);
      b.localGet(this.oldTop);
      b.i32Store(KERNEL_RESULT);
    }
    b.localGet(top);
    b.finish();
  }

  private loadResult(): void {
    this.b.i32Const(0);
    this.b.i32Load(KERNEL_RESULT);
  }

  private storeLocal(local: Local, value: () => void): void {
    value();
    this.b.localSet(local);
  }

  private advance(local: Local, byteCount: () => void): void {
    this.b.localGet(local);
    byteCount();
    this.b.i32Add();
    this.b.localSet(local);
  }

  /** Branches on the word at `scan`; its blocks end with `scan` on the word, or on the last raw word behind it. */
  private emitWord(): void {
    const { b, word } = this;
    const done = b.block();
    const header = b.block();
    const cons = b.block();
    const boxed = b.block();
    this.storeLocal(word, () => {
      b.localGet(this.scan);
      b.i32Load();
    });
    this.testWord(1);
    b.if();
    this.testWord(2);
    b.brIf(done);
    b.br(cons);
    b.end();
    this.testWord(2);
    b.brIf(boxed);
    this.testWord(15);
    b.brIf(done);
    this.testWord(255);
    b.i32Const(HEADER_TUPLE);
    b.i32Ne();
    b.brIf(header);
    b.br(done);
    b.end(boxed);
    if (this.mode === 'find') this.emitFound();
    else this.emitBoxed(done);
    b.br(done);
    b.end(cons);
    if (this.mode === 'find') this.emitFound();
    else this.emitCons(done);
    b.br(done);
    b.end(header);
    this.emitHeader();
    b.end(done);
  }

  /** Ends the search if the word points into the area that is looked for. */
  private emitFound(): void {
    const { b } = this;
    this.isWithin(b.param(4), b.param(5));
    b.if();
    b.localGet(this.word);
    b.return();
    b.end();
  }

  private testFlag(mask: number): void {
    this.b.localGet(this.flags);
    this.b.i32Const(mask);
    this.b.i32And();
  }

  private testWord(mask: number): void {
    this.b.localGet(this.word);
    this.b.i32Const(mask);
    this.b.i32And();
  }

  /** Loads the first word of the object that the word points to. */
  private loadFirst(tag: number): void {
    const { b } = this;
    b.localGet(this.word);
    b.i32Const(tag);
    b.i32Sub();
    b.localTee(this.from);
    b.i32Load();
    b.localTee(this.first);
  }

  /** Leaves for `kept` if the object stays; chooses where it goes. */
  private emitDestination(kept: Label): void {
    const { b, word } = this;
    if (this.mode === 'copy') {
      this.testFlag(COPY_LITERALS);
      b.i32Eqz();
      b.if();
      emitSkipLasting(b, word, kept);
      b.end();
      return;
    }
    if (this.mode === 'bounded') return emitSkipLasting(b, word, kept);
    this.isWithin(b.param(4), b.param(5));
    if (this.mode === 'area') b.i32Eqz();
    b.brIf(kept);
    if (this.mode === 'area') return;
    emitSkipLiteral(b, word, kept);
    if (this.mode !== 'mature') return;
    b.localGet(this.oldTop);
    b.localGet(this.top);
    this.isWithin(b.param(6), b.param(7));
    b.localTee(this.isMature);
    b.select();
    b.localSet(this.target);
  }

  private isWithin(start: Local, byteCount: Local): void {
    const { b } = this;
    b.localGet(this.word);
    b.localGet(start);
    b.i32Sub();
    b.localGet(byteCount);
    b.i32LtU();
  }

  /** Mode bounded: gives 0 if there is no room for so many bytes. */
  private emitRoomCheck(byteCount: () => void): void {
    const { b } = this;
    if (this.mode !== 'bounded') return;
    b.localGet(this.target);
    byteCount();
    b.i32Add();
    b.localGet(b.param(4));
    b.i32GtU();
    b.if();
    b.i32Const(0);
    b.return();
    b.end();
  }

  /** Whether originals stay as they are: without the address of their copy. */
  private get leavesOriginals(): boolean {
    return this.mode === 'copy' || this.mode === 'bounded';
  }

  /** `target` is behind the copy: keeps it where it belongs. */
  private emitArrival(): void {
    const { b } = this;
    if (this.mode !== 'mature') return;
    b.localGet(this.isMature);
    b.if();
    this.storeLocal(this.oldTop, () => b.localGet(this.target));
    b.else();
    this.storeLocal(this.top, () => b.localGet(this.target));
    b.end();
  }

  /** Puts the new pointer where the old one was. */
  private emitMoved(tag: number): void {
    const { b } = this;
    b.localGet(this.scan);
    b.localGet(this.target);
    b.i32Const(tag);
    b.i32Or();
    b.localTee(this.moved);
    b.i32Store();
  }

  private emitCons(done: Label): void {
    const { b, from, target } = this;
    this.loadFirst(PRIMARY_CONS);
    if (this.leavesOriginals) {
      b.drop();
    } else {
      b.i32Eqz();
      b.if();
      b.localGet(this.scan);
      b.localGet(from);
      b.i32Load(4);
      b.i32Store();
      b.br(done);
      b.end();
    }
    this.emitDestination(done);
    this.emitRoomCheck(() => b.i32Const(8));
    b.localGet(target);
    b.localGet(this.first);
    b.i32Store();
    b.localGet(target);
    b.localGet(from);
    b.i32Load(4);
    b.i32Store(4);
    this.emitMoved(PRIMARY_CONS);
    if (!this.leavesOriginals) {
      b.localGet(from);
      b.i32Const(0);
      b.i32Store();
      b.localGet(from);
      b.localGet(this.moved);
      b.i32Store(4);
    }
    this.advance(target, () => b.i32Const(8));
    this.emitArrival();
  }

  private emitBoxed(done: Label): void {
    const { b, from, first, target, bytes } = this;
    this.loadFirst(PRIMARY_BOXED);
    if (this.leavesOriginals) {
      b.drop();
    } else {
      b.i32Const(3);
      b.i32And();
      b.if();
      b.localGet(this.scan);
      b.localGet(first);
      b.i32Store();
      b.br(done);
      b.end();
    }
    this.emitDestination(done);
    this.emitRoomCheck(() => {
      b.localGet(first);
      b.i32Const(8);
      b.i32ShrU();
      b.i32Const(1);
      b.i32Add();
      b.i32Const(2);
      b.i32Shl();
    });
    this.emitMoved(PRIMARY_BOXED);
    b.localGet(target);
    b.localGet(first);
    b.i32Store();
    if (!this.leavesOriginals) {
      b.localGet(from);
      b.localGet(this.moved);
      b.i32Store();
    }
    this.advance(from, () => b.i32Const(4));
    this.advance(target, () => b.i32Const(4));
    this.storeLocal(bytes, () => {
      b.localGet(first);
      b.i32Const(8);
      b.i32ShrU();
      b.i32Const(2);
      b.i32Shl();
    });
    this.emitCopyBytes();
    this.emitArrival();
  }

  /** Copies `bytes` bytes from `from` to `target`, which moves behind them. */
  private emitCopyBytes(): void {
    const { b, from, target, bytes } = this;
    b.localGet(bytes);
    b.i32Const(LONG * 4);
    b.i32GtU();
    b.if();
    b.localGet(target);
    b.localGet(from);
    b.localGet(bytes);
    b.memoryCopy();
    this.advance(target, () => b.localGet(bytes));
    b.else();
    const copied = b.block();
    b.localGet(bytes);
    b.i32Eqz();
    b.brIf(copied);
    this.advance(bytes, () => b.localGet(target));
    const more = b.loop();
    b.localGet(target);
    b.localGet(from);
    b.i32Load();
    b.i32Store();
    this.advance(from, () => b.i32Const(4));
    b.localGet(target);
    b.i32Const(4);
    b.i32Add();
    b.localTee(target);
    b.localGet(bytes);
    b.i32Ne();
    b.brIf(more);
    b.end(more);
    b.end(copied);
    b.end();
  }

  /** Moves `scan` to the last raw word behind a header; mode copy links owners of something off-heap, mode bounded gives 0 for one. */
  private emitHeader(): void {
    const { b, word, scan, bytes } = this;
    if (this.mode === 'bounded') {
      this.emitRefuse(BIN_REF_HEADER);
      this.emitRefuse(MAGIC_REF_HEADER);
    }
    if (this.mode === 'copy') {
      this.emitLink(BIN_REF_HEADER, BIN_REF_NEXT);
      this.emitLink(MAGIC_REF_HEADER, MAGIC_REF_NEXT);
    }
    this.advance(scan, () => {
      b.localGet(word);
      b.i32Const(8);
      b.i32ShrU();
      emitRawWords(b, word);
      b.localTee(bytes);
      b.localGet(bytes);
      b.i32Const(RAW_OF_ALL);
      b.i32Eq();
      b.select();
      b.i32Const(2);
      b.i32Shl();
    });
  }

  private emitRefuse(header: number): void {
    const { b } = this;
    b.localGet(this.word);
    b.i32Const(header);
    b.i32Eq();
    b.if();
    b.i32Const(0);
    b.return();
    b.end();
  }

  private emitLink(header: number, next: number): void {
    const { b } = this;
    b.localGet(this.word);
    b.i32Const(header);
    b.i32Eq();
    b.if();
    b.localGet(this.scan);
    b.localGet(this.oldTop);
    b.i32Store(next);
    this.storeLocal(this.oldTop, () => b.localGet(this.scan));
    b.end();
  }
}
