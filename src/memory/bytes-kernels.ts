/** Walks over bytes, as WebAssembly: eight bytes at a time, which TypeScript cannot do. One instance for each memory. */
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { i32, i64, type Local, type ValType } from '../wasm/types.ts';
import { currentMemory } from './memory.ts';

export type BytesKernels = {
  /**
   * How far behind `from` the first address up to `last` is that has the byte `first`, and the byte `second` `reach` bytes on; -1: none.
   * All bytes up to `last + reach` are to be readable.
   */
  findPair(from: number, last: number, first: number, second: number, reach: number): number;
  /** Copies `count` bytes; for so few that `memory.copy` would cost more. A target that overlaps the source lies below it. */
  copyFew(from: number, to: number, count: number): void;
};

const WORD_BYTES = 8;
const EACH_LOWEST_BIT = 0x0101_0101_0101_0101n;
const EACH_HIGHEST_BIT = BigInt.asIntN(64, 0x8080_8080_8080_8080n);

function advance(w: FunctionBuilder, pointer: Local, by: number): void {
  w.localGet(pointer);
  w.i32Const(by);
  w.i32Add();
  w.localSet(pointer);
}

/** A word of eight times the byte. */
function repeated(w: FunctionBuilder, byte: Local): Local {
  const word = w.local(i64);
  w.localGet(byte);
  w.i64ExtendI32U();
  w.i64Const(EACH_LOWEST_BIT);
  w.i64Mul();
  w.localSet(word);
  return word;
}

interface Pair {
  readonly at: Local;
  readonly reach: Local;
  readonly wanted: readonly [Local, Local];
}

/** What is 0 where both bytes are as wanted: for one place, or byte by byte for eight. */
function pushDifference(w: FunctionBuilder, type: 'i32' | 'i64', { at, reach, wanted }: Pair): void {
  const load = (): void => (type === 'i32' ? w.i32Load8U() : w.i64Load(0, 0));
  const xor = (): void => (type === 'i32' ? w.i32Xor() : w.i64Xor());
  w.localGet(at);
  load();
  w.localGet(wanted[0]);
  xor();
  w.localGet(at);
  w.localGet(reach);
  w.i32Add();
  load();
  w.localGet(wanted[1]);
  xor();
  if (type === 'i32') w.i32Or();
  else w.i64Or();
}

function emitFindPair(w: FunctionBuilder): void {
  const [from, last, first, second, reach] = [w.param(0), w.param(1), w.param(2), w.param(3), w.param(4)];
  const at = w.local(i32);
  const returnDistance = (): void => {
    w.localGet(from);
    w.i32Sub();
    w.return();
  };
  const [differences, firsts, seconds] = [w.local(i64), repeated(w, first), repeated(w, second)];
  w.localGet(from);
  w.localSet(at);
  const none = w.block();
  const again = w.loop();
  w.localGet(at);
  w.localGet(last);
  w.i32GtU();
  w.brIf(none);
  w.localGet(last);
  w.localGet(at);
  w.i32Sub();
  w.i32Const(WORD_BYTES - 1);
  w.i32LtU();
  w.if();
  pushDifference(w, 'i32', { at, reach, wanted: [first, second] });
  w.i32Eqz();
  w.if();
  w.localGet(at);
  returnDistance();
  w.end();
  advance(w, at, 1);
  w.br(again);
  w.end();
  pushDifference(w, 'i64', { at, reach, wanted: [firsts, seconds] });
  w.localTee(differences);
  emitZeroBytes(w, differences);
  w.localTee(differences);
  w.i64Eqz();
  w.if();
  advance(w, at, WORD_BYTES);
  w.br(again);
  w.end();
  w.localGet(at);
  w.localGet(differences);
  w.i64Ctz();
  w.i32WrapI64();
  w.i32Const(3);
  w.i32ShrU();
  w.i32Add();
  returnDistance();
  w.end(again);
  w.end(none);
  w.i32Const(-1);
}

/** From the word on the stack, which `word` holds, too: the highest bits of bytes that are 0; above the lowest of them also of others. */
function emitZeroBytes(w: FunctionBuilder, word: Local): void {
  w.i64Const(EACH_LOWEST_BIT);
  w.i64Sub();
  w.localGet(word);
  w.i64Const(-1);
  w.i64Xor();
  w.i64And();
  w.i64Const(EACH_HIGHEST_BIT);
  w.i64And();
}

/** Copies `count` bytes; afterwards the addresses are those behind them, and `count` is 0. */
export function emitCopyFew(w: FunctionBuilder, from: Local, to: Local, count: Local): void {
  const run = (bytes: number, copy: () => void): void => {
    const done = w.block();
    const again = w.loop();
    w.localGet(count);
    w.i32Const(bytes);
    w.i32LtU();
    w.brIf(done);
    w.localGet(to);
    w.localGet(from);
    copy();
    for (const pointer of [from, to]) advance(w, pointer, bytes);
    advance(w, count, -bytes);
    w.br(again);
    w.end(again);
    w.end(done);
  };
  run(WORD_BYTES, () => {
    w.i64Load(0, 0);
    w.i64Store(0, 0);
  });
  run(1, () => {
    w.i32Load8U();
    w.i32Store8();
  });
}

function build(): WebAssembly.Module {
  const builder = new ModuleBuilder({ names: true });
  builder.importMemory('vm', 'memory', { min: 1 });
  const define = (name: keyof BytesKernels, params: number, results: ValType[], emit: (w: FunctionBuilder) => void) => {
    const func = builder.declareFunction(builder.type(new Array<ValType>(params).fill(i32), results), name);
    const w = builder.body(func);
    emit(w);
    w.finish();
    builder.exportFunction(name, func);
  };
  define('findPair', 5, [i32], emitFindPair);
  define('copyFew', 3, [], (w) => emitCopyFew(w, w.param(0), w.param(1), w.param(2)));
  return new WebAssembly.Module(builder.finish().bytes);
}

const made: { module?: WebAssembly.Module; memory?: WebAssembly.Memory; kernels?: BytesKernels } = {};

/** The kernels for the memory in use. */
export function bytesKernels(): BytesKernels {
  const memory = currentMemory();
  if (made.kernels !== undefined && made.memory === memory) return made.kernels;
  made.module ??= build();
  made.memory = memory;
  made.kernels = new WebAssembly.Instance(made.module, { vm: { memory } }).exports as unknown as BytesKernels;
  return made.kernels;
}
