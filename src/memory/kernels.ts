/**
 * The inner loops of the collector and of copying, as WebAssembly: they go through every live word, and run there in half the time
 * they take in TypeScript (docs/GC.md). One instance for each memory. Addresses are bytes; unsigned, but signed numbers in JavaScript.
 *
 * A word with low nibble 0 is a header (or 0, which counts as one without raw words); behind it, raw words are skipped.
 */
import { PRIMARY_BOXED, PRIMARY_CONS } from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FuncIndex, i32, type Label, type Local } from '../wasm/types.ts';
import { SCRATCH } from './map.ts';
import { currentMemory } from './memory.ts';
import { emitRawWords, emitSkipLasting, FOLLOW, type Mode, RAW_OF_ALL, ScanEmitter } from './scan-emitter.ts';

export type Kernels = {
  /**
   * Scans the words [scan, end), copies to `top` and up every object that they point to and that must move, puts the new pointers in
   * place, and leaves the new address in the old object. Objects in the `keepBytes` bytes from `keepStart` on stay (the old block), and so
   * do literals. With the flag FOLLOW, `end` moves on with `top`: all that is copied is scanned, too. Returns the new top.
   */
  sweep(top: number, scan: number, end: number, flags: number, keepStart: number, keepBytes: number): number;
  /**
   * The same with two places for copies: objects in the `matureBytes` bytes from `matureStart` on go to the address in KERNEL_RESULT
   * (which moves on), and are not scanned.
   */
  sweepMature(
    top: number,
    scan: number,
    end: number,
    flags: number,
    keepStart: number,
    keepBytes: number,
    matureStart: number,
    matureBytes: number,
  ): number;
  /**
   * Copies what the words [scan, end) point to, and on from there, without a trace in the originals; shared parts several times.
   * With the flag COPY_LITERALS those, too. Copies of bin refs and magic refs are linked in front of the list in KERNEL_RESULT.
   */
  copy(top: number, scan: number, end: number, flags: number): number;
  /**
   * Copies a term that is a pointer, and what it points to, to `top` and up: the first object is at `top`. Returns the new top; 0: the copy would
   * reach over `limit`, or own something off-heap (what lies between `top` and `limit` is of no use then).
   */
  place(term: number, top: number, limit: number): number;
  /**
   * What `sweep` does, but for objects in the `areaBytes` bytes from `areaStart` on alone: a literal area. Whoever calls it puts
   * the area's words back afterwards.
   */
  sweepArea(top: number, scan: number, end: number, flags: number, areaStart: number, areaBytes: number): number;
  /** A word in [scan, end) that points into an area; 0 when there is none. `top` must be 0, and `flags`. */
  findInto(top: number, scan: number, end: number, flags: number, areaStart: number, areaBytes: number): number;
  /** Words that `copy` would need for the term. -1: the words from `stack` up to `limit` were too few to remember what is left. */
  count(term: number, stack: number, limit: number, literals: number): number;
};

/** Branches on whether the word on the stack is a pointer: adding 1 to the tags 1 and 2 sets bit 1, to 0 and 3 it does not. */
function emitIsPointer(b: FunctionBuilder): void {
  b.i32Const(1);
  b.i32Add();
  b.i32Const(2);
  b.i32And();
}

/** The locals of the counting kernel. */
type Count = { b: FunctionBuilder; word: Local; sp: Local; limit: Local; from: Local; first: Local; total: Local };

/** Adds `wordCount()` to the total. */
function emitAdd({ b, total }: Count, wordCount: () => void): void {
  b.localGet(total);
  wordCount();
  b.i32Add();
  b.localSet(total);
}

/** Remembers the word that `load` puts on the stack; returns -1 from the kernel if there is no room. */
function emitPush({ b, sp, limit }: Count, load: () => void): void {
  b.localGet(sp);
  b.localGet(limit);
  b.i32Eq();
  b.if();
  b.i32Const(-1);
  b.return();
  b.end();
  b.localGet(sp);
  load();
  b.i32Store();
  b.localGet(sp);
  b.i32Const(4);
  b.i32Add();
  b.localSet(sp);
}

/** A cons cell: goes on with its head, remembering the tail, or with the tail when the head is no pointer. */
function emitCountCons(count: Count): void {
  const { b, word, from, first } = count;
  b.localGet(word);
  b.i32Const(PRIMARY_CONS);
  b.i32Sub();
  b.localTee(from);
  b.i32Load();
  b.localSet(first);
  emitAdd(count, () => b.i32Const(2));
  b.localGet(first);
  emitIsPointer(b);
  b.if();
  emitPush(count, () => {
    b.localGet(from);
    b.i32Load(4);
  });
  b.localGet(first);
  b.localSet(word);
  b.else();
  b.localGet(from);
  b.i32Load(4);
  b.localSet(word);
  b.end();
}

/** A boxed object: remembers all pointers behind its raw words. */
function emitCountBoxed(count: Count, done: Label): void {
  const { b, word, from, first } = count;
  const raw = b.local(i32);
  const end = b.local(i32);
  b.localGet(word);
  b.i32Const(PRIMARY_BOXED);
  b.i32Sub();
  b.localTee(from);
  b.i32Load();
  b.localSet(first);
  const size = () => {
    b.localGet(first);
    b.i32Const(8);
    b.i32ShrU();
  };
  emitAdd(count, () => {
    size();
    b.i32Const(1);
    b.i32Add();
  });
  emitRawWords(b, first);
  b.localTee(raw);
  b.i32Const(RAW_OF_ALL);
  b.i32Eq();
  b.brIf(done);
  for (const [words, local] of [
    [size, end],
    [() => b.localGet(raw), from],
  ] as const) {
    b.localGet(from);
    words();
    b.i32Const(2);
    b.i32Shl();
    b.i32Add();
    b.localSet(local);
  }
  emitPushFields(count, end, done);
}

/** Remembers the pointers among the words behind `from`, up to the one at `end`. */
function emitPushFields(count: Count, end: Local, done: Label): void {
  const { b, from, first } = count;
  const next = b.loop();
  b.localGet(from);
  b.localGet(end);
  b.i32Eq();
  b.brIf(done);
  b.localGet(from);
  b.i32Const(4);
  b.i32Add();
  b.localTee(from);
  b.i32Load();
  b.localTee(first);
  emitIsPointer(b);
  b.i32Eqz();
  b.brIf(next);
  emitPush(count, () => b.localGet(first));
  b.br(next);
  b.end(next);
}

function emitCount(b: FunctionBuilder): void {
  const [word, base, limit, literals] = [b.param(0), b.param(1), b.param(2), b.param(3)];
  const count: Count = {
    b,
    word,
    limit,
    sp: b.local(i32),
    from: b.local(i32),
    first: b.local(i32),
    total: b.local(i32),
  };
  b.localGet(base);
  b.localSet(count.sp);
  const again = b.loop();
  const done = b.block();
  b.localGet(word);
  emitIsPointer(b);
  b.i32Eqz();
  b.brIf(done);
  b.localGet(literals);
  b.i32Eqz();
  b.if();
  emitSkipLasting(b, word, done);
  b.end();
  b.localGet(word);
  b.i32Const(1);
  b.i32And();
  b.if();
  emitCountCons(count);
  b.br(again);
  b.end();
  emitCountBoxed(count, done);
  b.end(done);
  b.localGet(count.sp);
  b.localGet(base);
  b.i32Ne();
  b.if();
  b.localGet(count.sp);
  b.i32Const(4);
  b.i32Sub();
  b.localTee(count.sp);
  b.i32Load();
  b.localSet(word);
  b.br(again);
  b.end();
  b.end(again);
  b.localGet(count.total);
  b.finish();
}

/** `bounded` twice: for the term itself, and for what its copy points to. */
function emitPlace(b: FunctionBuilder, bounded: FuncIndex): void {
  const [term, start, limit] = [b.param(0), b.param(1), b.param(2)];
  const top = b.local(i32);
  b.i32Const(0);
  b.localGet(term);
  b.i32Store(SCRATCH);
  b.localGet(start);
  b.i32Const(SCRATCH);
  b.i32Const(SCRATCH + 4);
  b.i32Const(0);
  b.localGet(limit);
  b.call(bounded);
  b.localTee(top);
  b.if();
  b.localGet(top);
  b.localGet(start);
  b.localGet(top);
  b.i32Const(FOLLOW);
  b.localGet(limit);
  b.call(bounded);
  b.localSet(top);
  b.end();
  b.localGet(top);
  b.finish();
}

function kernelModule(): WebAssembly.Module {
  const m = new ModuleBuilder();
  m.importMemory('vm', 'memory', { min: 1 });
  const declare = (paramCount: number, emit: (b: FunctionBuilder) => void) => {
    const f = m.declareFunction(m.type(new Array(paramCount).fill(i32), [i32]));
    emit(m.body(f));
    return f;
  };
  const define = (name: keyof Kernels, paramCount: number, emit: (b: FunctionBuilder) => void) =>
    m.exportFunction(name, declare(paramCount, emit));
  const scan = (mode: Mode) => (b: FunctionBuilder) => new ScanEmitter(b, mode).emit();
  define('sweep', 6, scan('sweep'));
  define('sweepMature', 8, scan('mature'));
  define('copy', 4, scan('copy'));
  define('sweepArea', 6, scan('area'));
  define('findInto', 6, scan('find'));
  define('count', 4, emitCount);
  const bounded = declare(5, scan('bounded'));
  define('place', 3, (b) => emitPlace(b, bounded));
  return new WebAssembly.Module(m.finish().bytes);
}

/** The module, made when it is first needed, and the instance for the memory that was used last. */
const made: { module?: WebAssembly.Module; memory?: WebAssembly.Memory; kernels?: Kernels } = {};

/** The kernels for the current memory. */
export function kernels(): Kernels {
  const memory = currentMemory();
  if (made.kernels !== undefined && made.memory === memory) return made.kernels;
  made.module ??= kernelModule();
  const instance = new WebAssembly.Instance(made.module, { vm: { memory } });
  made.memory = memory;
  made.kernels = instance.exports as unknown as Kernels;
  return made.kernels;
}
