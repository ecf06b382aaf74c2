/**
 * Writes the WebAssembly of Immix's tracing loop (memory/immix.ts): marks objects and their lines, and moves what is to be moved. A module is
 * written for each memory, since the places of its tables are constants in it.
 */
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FuncIndex, i32, type Label, type Local } from '../wasm/types.ts';
import { emitRawWords, emitSkipLiteral, RAW_OF_ALL } from './scan-emitter.ts';

/** Where the loop finds its tables. A block of 2^shift bytes begins with a mark bit for each of its words, then a byte for each line. */
export type TraceLayout = {
  readonly shift: number;
  readonly lineShift: number;
  /** One byte for each block of the address space: 0 none of Immix's, BLOCK_STAYS, BLOCK_MOVES. */
  readonly table: number;
  /** Three words: where copies go, the end of that hole, bytes marked so far. */
  readonly state: number;
};

export const BLOCK_STAYS = 1;
export const BLOCK_MOVES = 2;

export type TraceKernel = {
  /**
   * Traces the words [from, end) and all that they reach. `stack`: room for a word for every two words of objects. With `movesYoung` not 0,
   * unmarked objects are moved wherever they are; else those outside of blocks that stay.
   */
  trace(from: number, end: number, stack: number, movesYoung: number): void;
};

/** The loop as a module that imports `vm.memory` and `vm.hole`: an address for so many bytes, when the hole is full. */
export function traceModule(layout: TraceLayout): WebAssembly.Module {
  const m = new ModuleBuilder();
  m.importMemory('vm', 'memory', { min: 1 });
  const hole = m.importFunction('vm', 'hole', m.type([i32], [i32]));
  const f = m.declareFunction(m.type([i32, i32, i32, i32], []));
  new TraceEmitter(m.body(f), layout, hole).emit();
  m.exportFunction('trace', f);
  return new WebAssembly.Module(m.finish().bytes);
}

class TraceEmitter {
  private readonly b: FunctionBuilder;
  private readonly layout: TraceLayout;
  private readonly hole: FuncIndex;
  private readonly slot: Local;
  private readonly end: Local;
  private readonly base: Local;
  private readonly movesYoung: Local;
  private readonly sp: Local;
  private readonly word: Local;
  private readonly object: Local;
  private readonly first: Local;
  private readonly size: Local;
  /** The state of the object's block. */
  private readonly block: Local;
  private readonly markAt: Local;
  private readonly bit: Local;
  private readonly offset: Local;
  private readonly from: Local;
  private readonly to: Local;
  private readonly stop: Local;

  constructor(b: FunctionBuilder, layout: TraceLayout, hole: FuncIndex) {
    this.b = b;
    this.layout = layout;
    this.hole = hole;
    this.slot = b.param(0);
    this.end = b.param(1);
    this.base = b.param(2);
    this.movesYoung = b.param(3);
    this.sp = b.local(i32);
    this.word = b.local(i32);
    this.object = b.local(i32);
    this.first = b.local(i32);
    this.size = b.local(i32);
    this.block = b.local(i32);
    this.markAt = b.local(i32);
    this.bit = b.local(i32);
    this.offset = b.local(i32);
    this.from = b.local(i32);
    this.to = b.local(i32);
    this.stop = b.local(i32);
  }

  emit(): void {
    const { b, slot, end, sp, base, word } = this;
    this.set(sp, () => b.localGet(base));
    const objects = b.loop();
    const scanned = b.block();
    const words = b.loop();
    b.localGet(slot);
    b.localGet(end);
    b.i32GeU();
    b.brIf(scanned);
    const next = b.block();
    this.emitWord(next);
    b.end(next);
    this.add(slot, 4);
    b.br(words);
    b.end(words);
    b.end(scanned);
    const done = b.block();
    b.localGet(sp);
    b.localGet(base);
    b.i32Eq();
    b.brIf(done);
    this.add(sp, -4);
    this.set(word, () => {
      b.localGet(sp);
      b.i32Load();
    });
    this.emitNextObject();
    b.br(objects);
    b.end(done);
    b.end(objects);
    b.finish();
  }

  private set(local: Local, value: () => void): void {
    value();
    this.b.localSet(local);
  }

  private add(local: Local, n: number): void {
    this.set(local, () => {
      this.b.localGet(local);
      this.b.i32Const(n);
      this.b.i32Add();
    });
  }

  private isCons(): void {
    this.b.localGet(this.word);
    this.b.i32Const(1);
    this.b.i32And();
  }

  private state(index: number): void {
    this.b.i32Const(0);
    this.b.i32Load(this.layout.state + index * 4);
  }

  /** The word at `slot`: leaves for `next` if there is nothing to do for it. */
  private emitWord(next: Label): void {
    const { b, slot, word, object, first, block, movesYoung } = this;
    this.set(word, () => {
      b.localGet(slot);
      b.i32Load();
    });
    b.localGet(word);
    b.i32Const(1);
    b.i32Add();
    b.i32Const(2);
    b.i32And();
    b.i32Eqz();
    b.brIf(next);
    emitSkipLiteral(b, word, next);
    this.set(object, () => {
      b.localGet(word);
      b.i32Const(-4);
      b.i32And();
    });
    this.set(first, () => {
      b.localGet(object);
      b.i32Load();
    });
    this.emitBlockState();
    b.localGet(block);
    b.if();
    this.emitMarkPlace();
    b.localGet(this.markAt);
    b.i32Load8U();
    b.localGet(this.bit);
    b.i32And();
    b.brIf(next);
    b.end();
    this.emitForwarded(next);
    const stays = b.block();
    b.localGet(block);
    b.i32Const(BLOCK_STAYS);
    b.i32Eq();
    b.localGet(movesYoung);
    b.i32Eqz();
    b.i32And();
    b.brIf(stays);
    this.emitMove();
    b.end(stays);
    this.emitMark();
    this.emitPush();
  }

  private emitBlockState(): void {
    const { b } = this;
    b.localGet(this.word);
    b.i32Const(this.layout.shift);
    b.i32ShrU();
    b.i32Load8U(this.layout.table);
    b.localSet(this.block);
  }

  private blockStart(): void {
    this.b.localGet(this.object);
    this.b.i32Const(-(1 << this.layout.shift));
    this.b.i32And();
  }

  /** Where the object's mark bit is. */
  private emitMarkPlace(): void {
    const { b, offset } = this;
    this.set(offset, () => {
      b.localGet(this.object);
      b.i32Const((1 << this.layout.shift) - 1);
      b.i32And();
    });
    this.set(this.markAt, () => {
      this.blockStart();
      b.localGet(offset);
      b.i32Const(5);
      b.i32ShrU();
      b.i32Add();
    });
    this.set(this.bit, () => {
      b.i32Const(1);
      b.localGet(offset);
      b.i32Const(2);
      b.i32ShrU();
      b.i32Const(7);
      b.i32And();
      b.i32Shl();
    });
  }

  /** If the object has been moved, its new address goes to `slot`; else `size` becomes its bytes. */
  private emitForwarded(next: Label): void {
    const { b, slot, object, first, size } = this;
    this.isCons();
    b.if();
    b.localGet(first);
    b.i32Eqz();
    b.if();
    b.localGet(slot);
    b.localGet(object);
    b.i32Load(4);
    b.i32Store();
    b.br(next);
    b.end();
    this.set(size, () => b.i32Const(8));
    b.else();
    b.localGet(first);
    b.i32Const(3);
    b.i32And();
    b.if();
    b.localGet(slot);
    b.localGet(first);
    b.i32Store();
    b.br(next);
    b.end();
    this.set(size, () => this.objectBytes());
    b.end();
  }

  private objectBytes(): void {
    const { b } = this;
    b.localGet(this.first);
    b.i32Const(8);
    b.i32ShrU();
    b.i32Const(1);
    b.i32Add();
    b.i32Const(2);
    b.i32Shl();
  }

  /** Moves the object into the hole, or a new one; `object`, `word` and `block` are then those of the copy. */
  private emitMove(): void {
    const { b, to, size, stop, word, object, slot } = this;
    this.set(to, () => this.state(0));
    this.set(stop, () => {
      b.localGet(to);
      b.localGet(size);
      b.i32Add();
    });
    b.localGet(stop);
    this.state(1);
    b.i32GtU();
    b.if();
    b.localGet(size);
    b.call(this.hole);
    b.localSet(to);
    this.set(stop, () => {
      b.localGet(to);
      b.localGet(size);
      b.i32Add();
    });
    b.else();
    b.i32Const(0);
    b.localGet(stop);
    b.i32Store(this.layout.state);
    b.end();
    this.emitCopy();
    this.isCons();
    b.if();
    b.localGet(object);
    b.i32Const(0);
    b.i32Store();
    this.moved();
    b.localGet(object);
    b.localGet(word);
    b.i32Store(4);
    b.else();
    this.moved();
    b.localGet(object);
    b.localGet(word);
    b.i32Store();
    b.end();
    b.localGet(slot);
    b.localGet(word);
    b.i32Store();
    this.set(object, () => b.localGet(to));
    this.emitBlockState();
    this.emitMarkPlace();
  }

  /** `word` becomes the pointer to the copy. */
  private moved(): void {
    const { b } = this;
    this.set(this.word, () => {
      b.localGet(this.word);
      b.i32Const(3);
      b.i32And();
      b.localGet(this.to);
      b.i32Or();
    });
  }

  /** Copies from `object` to [to, stop): small objects word by word. */
  private emitCopy(): void {
    const { b, object, to, size, stop, from } = this;
    b.localGet(size);
    b.i32Const(96);
    b.i32GtU();
    b.if();
    b.localGet(to);
    b.localGet(object);
    b.localGet(size);
    b.memoryCopy();
    b.else();
    this.set(from, () => b.localGet(object));
    const more = b.loop();
    b.localGet(to);
    b.localGet(from);
    b.i32Load();
    b.i32Store();
    this.add(from, 4);
    this.add(to, 4);
    b.localGet(to);
    b.localGet(stop);
    b.i32Ne();
    b.brIf(more);
    b.end(more);
    this.set(to, () => {
      b.localGet(stop);
      b.localGet(size);
      b.i32Sub();
    });
    b.end();
  }

  /** Marks the object and its lines, up to the end of its block: a large object goes on behind it. */
  private emitMark(): void {
    const { b, markAt, bit, offset, size, from, to } = this;
    const { shift, lineShift } = this.layout;
    const lineTable = 1 << (shift - 5);
    const line = () => {
      b.i32Const(lineShift);
      b.i32ShrU();
      this.blockStart();
      b.i32Add();
    };
    b.localGet(markAt);
    b.localGet(markAt);
    b.i32Load8U();
    b.localGet(bit);
    b.i32Or();
    b.i32Store8();
    this.set(from, () => {
      b.localGet(offset);
      line();
    });
    this.set(to, () => {
      b.localGet(offset);
      b.localGet(size);
      b.i32Add();
      b.i32Const(1);
      b.i32Sub();
      b.localTee(to);
      b.i32Const((1 << shift) - 1);
      b.localGet(to);
      b.i32Const(1 << shift);
      b.i32LtU();
      b.select();
      line();
    });
    const lines = b.loop();
    b.localGet(from);
    b.i32Const(1);
    b.i32Store8(lineTable);
    this.add(from, 1);
    b.localGet(from);
    b.localGet(to);
    b.i32LeU();
    b.brIf(lines);
    b.end(lines);
    b.i32Const(0);
    this.state(2);
    b.localGet(size);
    b.i32Add();
    b.i32Store(this.layout.state + 8);
  }

  /** Remembers the object, unless it has no words behind its header. */
  private emitPush(): void {
    const { b, sp, size } = this;
    b.localGet(size);
    b.i32Const(4);
    b.i32GtU();
    b.if();
    b.localGet(sp);
    b.localGet(this.word);
    b.i32Store();
    this.add(sp, 4);
    b.end();
  }

  /** Makes [slot, end) the words to scan of the object that `word` points to. */
  private emitNextObject(): void {
    const { b, slot, end, word, first, size } = this;
    this.set(slot, () => {
      b.localGet(word);
      b.i32Const(-4);
      b.i32And();
    });
    this.isCons();
    b.if();
    this.set(end, () => {
      b.localGet(slot);
      b.i32Const(2 * 4);
      b.i32Add();
    });
    b.else();
    this.set(first, () => {
      b.localGet(slot);
      b.i32Load();
    });
    this.set(end, () => {
      b.localGet(slot);
      this.objectBytes();
      b.i32Add();
    });
    emitRawWords(b, first);
    b.localSet(size);
    this.set(slot, () => {
      b.localGet(end);
      b.localGet(slot);
      b.localGet(size);
      b.i32Const(1);
      b.i32Add();
      b.i32Const(2);
      b.i32Shl();
      b.i32Add();
      b.localGet(size);
      b.i32Const(RAW_OF_ALL);
      b.i32Eq();
      b.select();
    });
    b.end();
  }
}
