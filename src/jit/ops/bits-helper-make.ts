/** The functions `sub`, `create` and `big` of bits-helpers.ts, and what allocating ones share. */

import {
  BIG_DIGITS,
  HEADER_HEAP_BITS,
  HEADER_POS_BIG,
  HEADER_SIZE_SHIFT,
  HEADER_SUB_BITS,
  HEAP_BITS_DATA,
  HEAP_BITS_SIZE,
  makeHeader,
  PRIMARY_BOXED,
  SUB_BITS_ORIG,
  SUB_BITS_SIZE,
  SUB_BITS_START,
  SUB_BITS_WORDS,
} from '../../term/layout.ts';
import type { FunctionBuilder } from '../../wasm/function-builder.ts';
import { i32, type Local } from '../../wasm/types.ts';
import { emitAllocate } from '../emit-allocate.ts';
import type { ModuleTranslator } from '../module-translator.ts';
import { HEAP_BITS_LIMIT, pushBaseOf, pushSwapped } from './bits-words.ts';

const WORD_BITS = 32;
const SUB_BITS_HEADER = makeHeader(HEADER_SUB_BITS, SUB_BITS_WORDS);

/** Stores what `push` pushes at an offset behind the address (or term) in a local. */
export function storeField(w: FunctionBuilder, object: Local, offset: number, push: () => void): void {
  w.localGet(object);
  push();
  w.i32Store(offset);
}

function pushBoxed(w: FunctionBuilder, address: Local): void {
  w.localGet(address);
  w.i32Const(PRIMARY_BOXED);
  w.i32Or();
}

/** Allocates heap bits of `size` bits; their number of data words is left in `words`. */
function allocateHeapBits(
  w: FunctionBuilder,
  translator: ModuleTranslator,
  size: Local,
  words: Local,
  address: Local,
): void {
  w.localGet(size);
  w.i32Const(WORD_BITS - 1 + 2 * WORD_BITS);
  w.i32Add();
  w.i32Const(5);
  w.i32ShrU();
  w.localSet(words);
  emitAllocate(w, words, address, translator.runtime('moreHeap'));
  storeField(w, address, 0, () => {
    w.localGet(words);
    w.i32Const(1);
    w.i32Sub();
    w.i32Const(HEADER_SIZE_SHIFT);
    w.i32Shl();
    w.i32Const(HEADER_HEAP_BITS);
    w.i32Or();
  });
  storeField(w, address, HEAP_BITS_SIZE, () => w.localGet(size));
  w.localGet(words);
  w.i32Const(2);
  w.i32Sub();
  w.localSet(words);
}

/** Pushes new sub bits. */
export function emitSubBits(
  w: FunctionBuilder,
  translator: ModuleTranslator,
  fields: { owner: Local; start: Local; size: Local },
): void {
  const [words, address] = [w.local(i32), w.local(i32)];
  w.i32Const(1 + SUB_BITS_WORDS);
  w.localSet(words);
  emitAllocate(w, words, address, translator.runtime('moreHeap'));
  storeField(w, address, 0, () => w.i32Const(SUB_BITS_HEADER));
  storeField(w, address, SUB_BITS_START, () => w.localGet(fields.start));
  storeField(w, address, SUB_BITS_SIZE, () => w.localGet(fields.size));
  storeField(w, address, SUB_BITS_ORIG, () => w.localGet(fields.owner));
  pushBoxed(w, address);
}

export function emitSub(w: FunctionBuilder, translator: ModuleTranslator): void {
  const [owner, start, size] = [w.param(0, 'owner'), w.param(1, 'start'), w.param(2, 'size')];
  w.localGet(size);
  w.i32Const(HEAP_BITS_LIMIT);
  w.i32GtU();
  w.if();
  emitSubBits(w, translator, { owner, start, size });
  w.return();
  w.end();
  const [words, address, source, result] = [w.local(i32), w.local(i32), w.local(i32), w.local(i32)];
  allocateHeapBits(w, translator, size, words, address);
  pushBoxed(w, address);
  w.localSet(result);
  pushBaseOf(w, owner);
  w.localGet(start);
  w.i32Const(3);
  w.i32ShrU();
  w.i32Add();
  w.localSet(source);
  copyWords(w, { source, target: address, shift: start, words });
  w.localGet(result);
}

/** Copies words (at least as many bits as the size says) from any bit to the data of heap bits at `target`. */
function copyWords(w: FunctionBuilder, l: { source: Local; target: Local; shift: Local; words: Local }): void {
  const word = w.local(i32);
  const loopOver = (push: () => void): void => {
    const done = w.block();
    const next = w.loop();
    w.localGet(l.words);
    w.i32Eqz();
    w.brIf(done);
    w.localGet(l.target);
    push();
    w.i32Store(HEAP_BITS_DATA);
    for (const [local, step] of [
      [l.target, 4],
      [l.source, 4],
      [l.words, -1],
    ] as const) {
      w.localGet(local);
      w.i32Const(step);
      w.i32Add();
      w.localSet(local);
    }
    w.br(next);
    w.end(next);
    w.end(done);
  };
  w.localGet(l.shift);
  w.i32Const(7);
  w.i32And();
  w.localTee(l.shift);
  w.i32Eqz();
  w.if();
  loopOver(() => {
    w.localGet(l.source);
    w.i32Load(0, 0);
  });
  w.else();
  loopOver(() => {
    w.localGet(l.source);
    w.i32Load(0, 0);
    w.localSet(word);
    pushSwapped(w, word);
    w.localGet(l.shift);
    w.i32Shl();
    w.localGet(l.source);
    w.i32Load8U(4);
    w.i32Const(8);
    w.localGet(l.shift);
    w.i32Sub();
    w.i32ShrU();
    w.i32Or();
    w.localSet(word);
    pushSwapped(w, word);
  });
  w.end();
}

export function emitCreate(w: FunctionBuilder, translator: ModuleTranslator): void {
  const size = w.param(0, 'size');
  w.localGet(size);
  w.i32Const(HEAP_BITS_LIMIT);
  w.i32GtU();
  w.if();
  w.localGet(size);
  w.call(translator.runtime('bsCreate'));
  w.return();
  w.end();
  const [words, address] = [w.local(i32), w.local(i32)];
  allocateHeapBits(w, translator, size, words, address);
  pushBoxed(w, address);
}

export function emitBig(w: FunctionBuilder, translator: ModuleTranslator): void {
  const value = w.param(0, 'value');
  const [words, address] = [w.local(i32), w.local(i32)];
  w.i32Const(2);
  w.localSet(words);
  emitAllocate(w, words, address, translator.runtime('moreHeap'));
  storeField(w, address, 0, () => w.i32Const(makeHeader(HEADER_POS_BIG, 1)));
  storeField(w, address, BIG_DIGITS, () => w.localGet(value));
  pushBoxed(w, address);
}
