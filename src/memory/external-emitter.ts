/** The code of the kernel that encodes to the external term format (memory/external-kernels.ts). */
import * as tags from '../term/external-tags.ts';
import {
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_HEAP_BITS,
  HEADER_PAIR_MASK,
  HEADER_SUB_BITS,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  NIL,
  PAIR_BIG,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_SMALL,
  SMALL_SHIFT,
  TUPLE_ELEMENTS,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import type { FuncIndex, Label, Local } from '../wasm/types.ts';
import { pushHeader } from './comparison-emitter.ts';
import { addTo, LeafEmitter, LIMIT, MAX_BYTE, pushTagTest } from './external-leaf-emitter.ts';

/** (t, to, depth, largest) -> address, of ExternalKernels.encode. */
export class EncodeEmitter extends LeafEmitter {
  readonly #self: FuncIndex;

  constructor(w: FunctionBuilder, self: FuncIndex, fillAtom: FuncIndex) {
    super(w, fillAtom);
    this.#self = self;
  }

  emit(): void {
    const w = this.w;
    w.localGet(this.to);
    w.i32Const(LIMIT);
    w.i32GtU();
    w.localGet(this.depth);
    w.i32Eqz();
    w.i32Or();
    this.giveUpIf();
    this.when(
      () => pushTagTest(w, this.t, PRIMARY_SMALL),
      () => {
        w.localGet(this.t);
        w.i32Const(SMALL_SHIFT);
        w.i32ShrS();
        w.localSet(this.x);
        this.integer(this.x);
      },
    );
    this.when(
      () => pushTagTest(w, this.t, PRIMARY_CONS),
      () => this.#list(),
    );
    this.when(
      () => pushTagTest(w, this.t, PRIMARY_BOXED),
      () => this.#boxed(),
    );
    this.whenIs(this.t, NIL, () => {
      this.byteAt(0, () => w.i32Const(tags.NIL_EXT));
      this.returnBehind(1);
    });
    this.atom();
  }

  /** Writes the term that is pushed behind the rest; returns when that is given up. */
  #inner(push: () => void): void {
    const w = this.w;
    push();
    w.localGet(this.to);
    w.localGet(this.depth);
    w.i32Const(1);
    w.i32Sub();
    w.localGet(this.largest);
    w.call(this.#self);
    w.localTee(this.to);
    w.i32Const(0);
    w.i32LeS();
    w.if();
    w.localGet(this.to);
    w.return();
    w.end();
  }

  #list(): void {
    const w = this.w;
    this.#string();
    this.byteAt(0, () => w.i32Const(tags.LIST_EXT));
    const [at, count, rest] = [this.x, this.y, this.z];
    w.localGet(this.to);
    w.localSet(at);
    this.advance(5);
    w.i32Const(0);
    w.localSet(count);
    w.localGet(this.t);
    w.localSet(rest);
    const again = w.loop();
    this.#inner(() => {
      w.localGet(rest);
      w.i32Const(PRIMARY_CONS);
      w.i32Sub();
      w.i32Load();
    });
    addTo(w, count, () => w.i32Const(1));
    this.#endLoopOverCells(rest, again);
    this.#inner(() => w.localGet(rest));
    w.localGet(this.to);
    w.localGet(at);
    w.localSet(this.to);
    this.wordAt(1, () => w.localGet(count));
    w.return();
  }

  /** Makes a cell its tail, and goes on with it if that is a cell, too. */
  #endLoopOverCells(rest: Local, again: Label): void {
    const w = this.w;
    w.localGet(rest);
    w.i32Load(4 - PRIMARY_CONS);
    w.localSet(rest);
    pushTagTest(w, rest, PRIMARY_CONS);
    w.brIf(again);
    w.end(again);
  }

  /** Writes and returns if the list is one of bytes. */
  #string(): void {
    const w = this.w;
    const [count, rest, element] = [this.x, this.y, this.z];
    w.i32Const(0);
    w.localSet(count);
    w.localGet(this.t);
    w.localSet(rest);
    const other = w.block();
    const again = w.loop();
    w.localGet(rest);
    w.i32Const(PRIMARY_CONS);
    w.i32Sub();
    w.i32Load();
    w.localTee(element);
    this.#pushNoByte(element);
    w.brIf(other);
    // Written where it will be: if the list turns out to be another one, others are written over it.
    w.localGet(this.to);
    w.localGet(count);
    w.i32Add();
    w.localGet(element);
    w.i32Const(SMALL_SHIFT);
    w.i32ShrU();
    w.i32Store8(3);
    addTo(w, count, () => w.i32Const(1));
    w.localGet(this.to);
    w.localGet(count);
    w.i32Add();
    w.i32Const(LIMIT);
    w.i32GtU();
    this.giveUpIf();
    this.#endLoopOverCells(rest, again);
    w.localGet(rest);
    w.i32Const(NIL);
    w.i32Ne();
    w.brIf(other);
    this.byteAt(0, () => w.i32Const(tags.STRING_EXT));
    this.byteAt(1, () => {
      w.localGet(count);
      w.i32Const(8);
      w.i32ShrU();
    });
    this.byteAt(2, () => w.localGet(count));
    addTo(w, this.to, () => w.localGet(count));
    this.returnBehind(3);
    w.end(other);
  }

  /** Pushes whether the term, which is on the stack, too, is anything but a small from 0 to 255. */
  #pushNoByte(element: Local): void {
    const w = this.w;
    w.i32Const((MAX_BYTE << SMALL_SHIFT) | PRIMARY_SMALL);
    w.i32GtU();
    pushTagTest(w, element, PRIMARY_SMALL);
    w.i32Eqz();
    w.i32Or();
  }

  #boxed(): void {
    const w = this.w;
    const type = this.x;
    pushHeader(w, this.t);
    w.localTee(this.header);
    w.i32Const(HEADER_TYPE_MASK);
    w.i32And();
    w.localSet(type);
    this.whenIs(type, HEADER_TUPLE, () => this.#tuple());
    this.whenIs(type, HEADER_HEAP_BITS, () => this.heapBits());
    this.whenIs(type, HEADER_SUB_BITS, () => this.subBits());
    this.whenIs(type, HEADER_FLATMAP, () => this.#flatmap());
    this.whenIs(type, HEADER_FLOAT, () => this.float());
    this.when(
      () => {
        w.localGet(type);
        w.i32Const(HEADER_PAIR_MASK);
        w.i32And();
        w.i32Const(PAIR_BIG);
        w.i32Eq();
      },
      () => this.big(),
    );
    this.giveUp();
  }

  /** Calls `emit`, which counts nothing, with each of the addresses from `at` up to `end`. */
  #each(at: Local, end: Local, emit: () => void): void {
    const w = this.w;
    const done = w.block();
    const again: Label = w.loop();
    w.localGet(at);
    w.localGet(end);
    w.i32Eq();
    w.brIf(done);
    emit();
    addTo(w, at, () => w.i32Const(4));
    w.br(again);
    w.end(again);
    w.end(done);
  }

  #tuple(): void {
    const w = this.w;
    const [at, end] = [this.x, this.y];
    this.pushSize();
    w.i32Const(MAX_BYTE);
    w.i32GtU();
    this.giveUpIf();
    this.byteAt(0, () => w.i32Const(tags.SMALL_TUPLE_EXT));
    this.byteAt(1, () => this.pushSize());
    this.advance(2);
    w.localGet(this.t);
    w.i32Const(TUPLE_ELEMENTS - PRIMARY_BOXED);
    w.i32Add();
    w.localSet(at);
    this.setEnd(at, end, () => this.pushSize());
    this.#each(at, end, () =>
      this.#inner(() => {
        w.localGet(at);
        w.i32Load();
      }),
    );
    this.returnBehind(0);
  }

  #flatmap(): void {
    const w = this.w;
    const [at, end, keys] = [this.x, this.y, this.z];
    const pushCount = (): void => {
      this.pushSize();
      w.i32Const(1);
      w.i32Sub();
    };
    this.byteAt(0, () => w.i32Const(tags.MAP_EXT));
    this.wordAt(1, pushCount);
    this.advance(5);
    this.load(this.t, FLATMAP_KEYS, keys);
    w.localGet(this.t);
    w.i32Const(FLATMAP_VALUES - PRIMARY_BOXED);
    w.i32Add();
    w.localSet(at);
    this.setEnd(at, end, pushCount);
    this.#each(at, end, () => {
      this.#inner(() => {
        w.localGet(keys);
        w.i32Load(TUPLE_ELEMENTS - PRIMARY_BOXED);
      });
      this.#inner(() => {
        w.localGet(at);
        w.i32Load();
      });
      addTo(w, keys, () => w.i32Const(4));
    });
    this.returnBehind(0);
  }
}
