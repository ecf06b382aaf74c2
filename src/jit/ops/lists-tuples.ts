/** Lists and tuples: taking apart what the compiler has proven, building in reserved heap words. */
import type { Operand } from '../../isa/operands.ts';
import { HEADER_TUPLE, makeHeader, PRIMARY_BOXED, PRIMARY_CONS, TUPLE_ELEMENTS } from '../../term/layout.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';

/** Pushes the word `offset` bytes into the object a tagged pointer points to. Tags are taken off by the load's offset where that is not negative. */
export function loadField(a: BeamAssembler, pointer: Operand, tag: number, offset: number): void {
  a.push(pointer);
  loadFieldOfPushed(a, tag, offset);
}

export function loadFieldOfPushed(a: BeamAssembler, tag: number, offset: number): void {
  const { w } = a;
  if (offset >= tag) return w.i32Load(offset - tag);
  w.i32Const(tag);
  w.i32Sub();
  w.i32Load(offset);
}

function emitGetList(a: BeamAssembler, src: Operand, head: Operand, tail: Operand): void {
  a.withTemporary((cell) => {
    a.push(src);
    a.w.localSet(cell);
    a.w.localGet(cell);
    loadFieldOfPushed(a, PRIMARY_CONS, 0);
    a.pop(head);
    a.w.localGet(cell);
    loadFieldOfPushed(a, PRIMARY_CONS, 4);
    a.pop(tail);
  });
}

function emitGetHd(a: BeamAssembler, src: Operand, dst: Operand): void {
  loadField(a, src, PRIMARY_CONS, 0);
  a.pop(dst);
}

function emitGetTl(a: BeamAssembler, src: Operand, dst: Operand): void {
  loadField(a, src, PRIMARY_CONS, 4);
  a.pop(dst);
}

function emitGetTupleElement(a: BeamAssembler, src: Operand, index: Operand, dst: Operand): void {
  loadField(a, src, PRIMARY_BOXED, TUPLE_ELEMENTS + 4 * a.number(index));
  a.pop(dst);
}

/** Only on a tuple that nobody else has seen yet. */
function emitSetTupleElement(a: BeamAssembler, src: Operand, tuple: Operand, index: Operand): void {
  a.push(tuple);
  a.push(src);
  a.w.i32Store(TUPLE_ELEMENTS + 4 * a.number(index) - PRIMARY_BOXED);
}

/** Stores a term at `offset` bytes from the reserved heap words. */
export function storeReserved(a: BeamAssembler, offset: number, pushValue: () => void): void {
  a.w.localGet(a.heap);
  pushValue();
  a.w.i32Store(offset);
}

/** The object at the reserved words becomes a term in `dst`; the words are used up. */
export function finishObject(a: BeamAssembler, tag: number, words: number, dst: Operand): void {
  const { w } = a;
  w.localGet(a.heap);
  w.i32Const(tag);
  w.i32Or();
  a.pop(dst);
  a.advance(words);
}

function emitPutList(a: BeamAssembler, head: Operand, tail: Operand, dst: Operand): void {
  a.reserve(2);
  storeReserved(a, 0, () => a.push(head));
  storeReserved(a, 4, () => a.push(tail));
  finishObject(a, PRIMARY_CONS, 2, dst);
}

function emitPutTuple2(a: BeamAssembler, dst: Operand, elements: Operand): void {
  if (elements.kind !== 'list') throw new TypeError('put_tuple2 without a list');
  const { items } = elements;
  a.reserve(1 + items.length);
  storeReserved(a, 0, () => a.w.i32Const(makeHeader(HEADER_TUPLE, items.length)));
  items.forEach((item, i) => {
    storeReserved(a, TUPLE_ELEMENTS + 4 * i, () => a.push(item));
  });
  finishObject(a, PRIMARY_BOXED, 1 + items.length, dst);
}

function emitUpdateRecord(
  a: BeamAssembler,
  _hint: Operand,
  size: Operand,
  src: Operand,
  dst: Operand,
  updates: Operand,
): void {
  if (updates.kind !== 'list') throw new TypeError('update_record without a list');
  const count = a.number(size);
  const changed = new Map<number, Operand>();
  for (let i = 0; i < updates.items.length; i += 2) {
    changed.set(a.number(updates.items[i]), updates.items[i + 1] as Operand);
  }
  a.reserve(1 + count);
  storeReserved(a, 0, () => a.w.i32Const(makeHeader(HEADER_TUPLE, count)));
  for (let position = 1; position <= count; position++) {
    const value = changed.get(position);
    const offset = TUPLE_ELEMENTS + 4 * (position - 1);
    storeReserved(a, offset, () => {
      if (value !== undefined) a.push(value);
      else loadField(a, src, PRIMARY_BOXED, offset);
    });
  }
  finishObject(a, PRIMARY_BOXED, 1 + count, dst);
}

export const listTupleEmitters: EmitterTable = {
  get_list: emitGetList,
  get_hd: emitGetHd,
  get_tl: emitGetTl,
  get_tuple_element: emitGetTupleElement,
  set_tuple_element: emitSetTupleElement,
  put_list: emitPutList,
  put_tuple2: emitPutTuple2,
  update_record: emitUpdateRecord,
};
