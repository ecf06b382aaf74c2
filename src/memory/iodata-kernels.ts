/**
 * Walks through iodata, as WebAssembly: how many bytes there are, and putting them behind each other. One instance for each memory. What is no
 * iodata, too long, too deep or not aligned to bytes they do not decide: whoever calls them does it in parts, and raises.
 */
import {
  BIN_REF_ADDRESS,
  BINARY_DATA,
  HEADER_BIN_REF,
  HEADER_HEAP_BITS,
  HEADER_SUB_BITS,
  HEADER_TYPE_MASK,
  HEAP_BITS_DATA,
  HEAP_BITS_SIZE,
  NIL,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_SHIFT,
  SUB_BITS_ORIG,
  SUB_BITS_SIZE,
  SUB_BITS_START,
  type Term,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { i32, type Label, type Local, type ValType } from '../wasm/types.ts';
import { pushHeader } from './comparison-emitter.ts';
import { SCRATCH, SCRATCH_BYTES } from './map.ts';
import { currentMemory, plus } from './memory.ts';

export type IodataKernels = {
  /** Bytes of the iodata, at most MOST_BYTES, if it has no more than `cells` cells (CELLS_LEFT then tells how many fewer); -1: not decided. */
  size(data: Term, cells: number): number;
  /** Puts the bytes of iodata whose size is known to `to` and up; gives the address behind them. */
  fill(data: Term, to: number): number;
  /**
   * Goes on with a walk: puts bytes to `to` and up. PENDING_END tells where the terms end, from PENDING on, that come behind `data`. Stops before
   * what would reach over `end`, after `cells` cells, and before what it does not decide: then REST is what comes next, 0 that all is done.
   * Gives the address behind the bytes.
   */
  gather(data: Term, to: number, end: number, cells: number): number;
};

/** The state of a walk, in SCRATCH. */
export const CELLS_LEFT = SCRATCH;
export const PENDING_END = plus(SCRATCH, 4);
export const REST = plus(SCRATCH, 8);
export const PENDING = plus(SCRATCH, 12);
const PENDING_LIMIT = plus(SCRATCH, SCRATCH_BYTES / 2);
/** How many terms there can be. */
export const MOST_PENDING = (PENDING_LIMIT - PENDING) / 4;
/** What is free for the bytes of `gather`. */
export const GATHERED = PENDING_LIMIT;
export const GATHERED_BYTES = SCRATCH_BYTES / 2;

const MOST_BYTES = 2 ** 26;
const MAX_BYTE = 255;
/** From so many bytes on a copy is an instruction of its own. */
const MANY_BYTES = 32;

const UNDECIDED = -1;

interface Walk {
  readonly w: FunctionBuilder;
  readonly kernel: keyof IodataKernels;
  readonly term: Local;
  /** What `term` was before the cell that is being looked at. */
  readonly current: Local;
  /** The address of the next byte; for `size` the number of bytes. */
  readonly total: Local;
  readonly pending: Local;
  readonly cells: Local;
  readonly end: Local;
}

function giveUpIf(walk: Walk): void {
  const { w, kernel, total, current } = walk;
  w.if();
  if (kernel === 'gather') {
    storeState(walk, () => w.localGet(current));
    w.localGet(total);
  } else {
    w.i32Const(UNDECIDED);
  }
  w.return();
  w.end();
}

function storeState({ w, cells, pending }: Walk, pushRest: () => void): void {
  const store = (to: number, push: () => void): void => {
    w.i32Const(0);
    push();
    w.i32Store(to);
  };
  store(CELLS_LEFT, () => w.localGet(cells));
  store(PENDING_END, () => w.localGet(pending));
  store(REST, pushRest);
}

function pushTagTest({ w }: Walk, local: Local, tag: number): void {
  w.localGet(local);
  w.i32Const(PRIMARY_MASK);
  w.i32And();
  w.i32Const(tag);
  w.i32Eq();
}

/** Has `local` become the word behind the pointer in `from`. */
function fetch({ w }: Walk, local: Local, from: Local, offset: number): void {
  w.localGet(from);
  w.i32Load(offset);
  w.localSet(local);
}

function addTo({ w }: Walk, local: Local, push: () => void): void {
  w.localGet(local);
  push();
  w.i32Add();
  w.localSet(local);
}

/** Branches to `again` after a small; falls through for other elements. */
function emitByte(walk: Walk, element: Local, again: Label): void {
  const { w, kernel, total, end } = walk;
  pushTagTest(walk, element, PRIMARY_SMALL);
  w.if();
  w.localGet(element);
  w.i32Const((MAX_BYTE << SMALL_SHIFT) | PRIMARY_SMALL);
  w.i32GtU();
  giveUpIf(walk);
  if (kernel === 'gather') {
    w.localGet(total);
    w.localGet(end);
    w.i32Eq();
    giveUpIf(walk);
  }
  if (kernel !== 'size') {
    w.localGet(total);
    w.localGet(element);
    w.i32Const(SMALL_SHIFT);
    w.i32ShrU();
    w.i32Store8();
  }
  addTo(walk, total, () => w.i32Const(1));
  w.br(again);
  w.end();
}

/** Of the bits that an element or a last tail is. */
interface Bits {
  readonly size: Local;
  /** Where they begin in what `owner` holds. */
  readonly from: Local;
  readonly owner: Local;
  readonly type: Local;
}

function setType({ w }: Walk, type: Local, t: Local): void {
  pushHeader(w, t);
  w.i32Const(HEADER_TYPE_MASK);
  w.i32And();
  w.localSet(type);
}

/** Counts or copies the bytes of what must be a binary. */
function emitBits(walk: Walk, t: Local): void {
  const { w, kernel, total, end } = walk;
  const bits: Bits = { size: w.local(i32), from: w.local(i32), owner: w.local(i32), type: w.local(i32) };
  const { size, from, owner, type } = bits;
  pushTagTest(walk, t, PRIMARY_BOXED);
  w.i32Eqz();
  giveUpIf(walk);
  setType(walk, type, t);
  w.localGet(type);
  w.i32Const(HEADER_HEAP_BITS);
  w.i32Eq();
  w.if();
  fetch(walk, size, t, HEAP_BITS_SIZE - PRIMARY_BOXED);
  w.i32Const(0);
  w.localSet(from);
  w.localGet(t);
  w.localSet(owner);
  w.else();
  w.localGet(type);
  w.i32Const(HEADER_SUB_BITS);
  w.i32Ne();
  giveUpIf(walk);
  fetch(walk, size, t, SUB_BITS_SIZE - PRIMARY_BOXED);
  fetch(walk, from, t, SUB_BITS_START - PRIMARY_BOXED);
  fetch(walk, owner, t, SUB_BITS_ORIG - PRIMARY_BOXED);
  w.end();
  w.localGet(size);
  w.localGet(from);
  w.i32Or();
  w.i32Const(7);
  w.i32And();
  giveUpIf(walk);
  toBytes(walk, size);
  if (kernel === 'size') return emitCount(walk, size);
  if (kernel === 'gather') {
    w.localGet(size);
    w.localGet(end);
    w.localGet(total);
    w.i32Sub();
    w.i32GtU();
    giveUpIf(walk);
  }
  emitBytesOf(walk, bits);
}

function emitCount(walk: Walk, size: Local): void {
  const { w, total } = walk;
  const giveUpAbove = (local: Local): void => {
    w.localGet(local);
    w.i32Const(MOST_BYTES);
    w.i32GtU();
    giveUpIf(walk);
  };
  giveUpAbove(size);
  addTo(walk, total, () => w.localGet(size));
  giveUpAbove(total);
}

function emitBytesOf(walk: Walk, { size, from, owner, type }: Bits): void {
  const { w } = walk;
  toBytes(walk, from);
  setType(walk, type, owner);
  w.localGet(type);
  w.i32Const(HEADER_BIN_REF);
  w.i32Eq();
  w.if();
  fetch(walk, owner, owner, BIN_REF_ADDRESS - PRIMARY_BOXED);
  addTo(walk, owner, () => w.i32Const(BINARY_DATA));
  w.else();
  addTo(walk, owner, () => w.i32Const(HEAP_BITS_DATA - PRIMARY_BOXED));
  w.end();
  addTo(walk, from, () => w.localGet(owner));
  emitCopy(walk, from, size);
}

/** From bits to bytes. */
function toBytes({ w }: Walk, local: Local): void {
  w.localGet(local);
  w.i32Const(3);
  w.i32ShrU();
  w.localSet(local);
}

/** Copies `size` bytes from an address to `total`, which moves on; a loop where they are few. */
function emitCopy(walk: Walk, from: Local, size: Local): void {
  const { w, total } = walk;
  const end = w.local(i32);
  w.localGet(size);
  w.i32Const(MANY_BYTES);
  w.i32GtU();
  w.if();
  w.localGet(total);
  w.localGet(from);
  w.localGet(size);
  w.memoryCopy();
  addTo(walk, total, () => w.localGet(size));
  w.else();
  w.localGet(total);
  w.localGet(size);
  w.i32Add();
  w.localSet(end);
  const done = w.block();
  const next = w.loop();
  w.localGet(total);
  w.localGet(end);
  w.i32Eq();
  w.brIf(done);
  w.localGet(total);
  w.localGet(from);
  w.i32Load8U();
  w.i32Store8();
  for (const pointer of [total, from]) addTo(walk, pointer, () => w.i32Const(1));
  w.br(next);
  w.end(next);
  w.end(done);
  w.end();
}

/** Remembers what follows an inner list, unless it is []. */
function emitPush(walk: Walk, rest: Local): void {
  const { w, pending } = walk;
  w.localGet(rest);
  w.i32Const(NIL);
  w.i32Ne();
  w.if();
  w.localGet(pending);
  w.i32Const(PENDING_LIMIT);
  w.i32Eq();
  giveUpIf(walk);
  w.localGet(pending);
  w.localGet(rest);
  w.i32Store();
  addTo(walk, pending, () => w.i32Const(4));
  w.end();
}

/** A cell: its head is counted or copied, or gone into; branches to `again` with what comes next in `term`. */
function emitCell(walk: Walk, again: Label): void {
  const { w, kernel, term, cells } = walk;
  const [element, rest] = [w.local(i32), w.local(i32)];
  if (kernel !== 'fill') {
    addTo(walk, cells, () => w.i32Const(-1));
    w.localGet(cells);
    w.i32Const(0);
    w.i32LtS();
    giveUpIf(walk);
  }
  w.localGet(term);
  w.i32Const(PRIMARY_CONS);
  w.i32Sub();
  w.i32Load();
  w.localSet(element);
  fetch(walk, rest, term, 4 - PRIMARY_CONS);
  w.localGet(rest);
  w.localSet(term);
  emitByte(walk, element, again);
  pushTagTest(walk, element, PRIMARY_CONS);
  w.if();
  emitPush(walk, rest);
  w.localGet(element);
  w.localSet(term);
  w.br(again);
  w.end();
  w.localGet(element);
  w.i32Const(NIL);
  w.i32Eq();
  w.brIf(again);
  emitBits(walk, element);
  w.br(again);
}

function emitWalk(w: FunctionBuilder, kernel: keyof IodataKernels): void {
  const total = kernel === 'size' ? w.local(i32) : w.param(1);
  const cells = w.param(kernel === 'gather' ? 3 : 1);
  const end = kernel === 'gather' ? w.param(2) : cells;
  const walk: Walk = { w, kernel, term: w.param(0), current: w.local(i32), total, pending: w.local(i32), cells, end };
  const { term, current, pending } = walk;
  if (kernel === 'gather') {
    w.i32Const(0);
    w.i32Load(PENDING_END);
  } else {
    w.i32Const(PENDING);
  }
  w.localSet(pending);
  const again = w.loop();
  w.localGet(term);
  w.localSet(current);
  pushTagTest(walk, term, PRIMARY_CONS);
  w.if();
  emitCell(walk, again);
  w.end();
  w.localGet(term);
  w.i32Const(NIL);
  w.i32Ne();
  w.if();
  emitBits(walk, term);
  w.end();
  w.localGet(pending);
  w.i32Const(PENDING);
  w.i32Ne();
  w.if();
  addTo(walk, pending, () => w.i32Const(-4));
  fetch(walk, term, pending, 0);
  w.br(again);
  w.end();
  w.end(again);
  if (kernel !== 'fill') storeState(walk, () => w.i32Const(0));
  w.localGet(total);
}

function build(): WebAssembly.Module {
  const builder = new ModuleBuilder({ names: true });
  builder.importMemory('vm', 'memory', { min: 1 });
  for (const name of ['size', 'fill', 'gather'] as const) {
    const type = builder.type(new Array<ValType>(name === 'gather' ? 4 : 2).fill(i32), [i32]);
    const func = builder.declareFunction(type, name);
    const w = builder.body(func);
    emitWalk(w, name);
    w.finish();
    builder.exportFunction(name, func);
  }
  return new WebAssembly.Module(builder.finish().bytes);
}

const made: { module?: WebAssembly.Module; memory?: WebAssembly.Memory; kernels?: IodataKernels } = {};

/** The kernels for the memory in use. */
export function iodataKernels(): IodataKernels {
  const memory = currentMemory();
  if (made.kernels !== undefined && made.memory === memory) return made.kernels;
  made.module ??= build();
  made.memory = memory;
  made.kernels = new WebAssembly.Instance(made.module, { vm: { memory } }).exports as unknown as IodataKernels;
  return made.kernels;
}
