/** Stack frames and heap reservations. Frames cost nothing: Y registers are locals until the function is left with 0. */
import type { Operand } from '../../isa/operands.ts';
import { FLOAT_WORDS, NIL } from '../../term/layout.ts';
import { NO_FRAME } from '../analysis.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';

function emitAllocate(a: BeamAssembler, slots: Operand): void {
  a.slots = a.number(slots);
}

function emitAllocateHeap(a: BeamAssembler, slots: Operand, heap: Operand): void {
  emitAllocate(a, slots);
  emitTestHeap(a, heap);
}

/** Before OTP 24 slots were not proven to be written before the first call, so they are cleared. */
function emitAllocateZero(a: BeamAssembler, slots: Operand): void {
  emitAllocate(a, slots);
  for (let i = 0; i < a.slots; i++) clearSlot(a, { kind: 'y', index: i, type: 0 });
}

function emitAllocateHeapZero(a: BeamAssembler, slots: Operand, heap: Operand): void {
  emitAllocateZero(a, slots);
  emitTestHeap(a, heap);
}

/** Words as the compiler counts them, a float's room in our words; funs make room for themselves (make_fun3). */
function emitTestHeap(a: BeamAssembler, heap: Operand): void {
  if (heap.kind !== 'alloc') throw new TypeError('test_heap without a heap need');
  const words = heap.words + heap.floats * (1 + FLOAT_WORDS);
  if (words > 0) a.reserve(words);
}

function emitDeallocate(a: BeamAssembler): void {
  a.slots = NO_FRAME;
}

function emitTrim(a: BeamAssembler, _count: Operand, remaining: Operand): void {
  a.slots = a.number(remaining);
}

function clearSlot(a: BeamAssembler, slot: Operand): void {
  a.w.i32Const(NIL);
  a.pop(slot);
}

function emitInitYregs(a: BeamAssembler, slots: Operand): void {
  if (slots.kind !== 'list') throw new TypeError('init_yregs without a list');
  for (const slot of slots.items) clearSlot(a, slot);
}

export const frameEmitters: EmitterTable = {
  allocate: emitAllocate,
  allocate_heap: emitAllocateHeap,
  allocate_zero: emitAllocateZero,
  allocate_heap_zero: emitAllocateHeapZero,
  test_heap: emitTestHeap,
  deallocate: emitDeallocate,
  trim: emitTrim,
  init: clearSlot,
  init_yregs: emitInitYregs,
};
