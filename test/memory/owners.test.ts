import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocatorStatistics } from '../../src/memory/allocator.ts';
import { binaryOf, makeBinRef, newMagicRef, newOffHeapBinary } from '../../src/memory/binary.ts';
import { freeFragment } from '../../src/memory/fragment.ts';
import { HeapCorruption } from '../../src/memory/heap-verify.ts';
import { HTOP, OFF_HEAP } from '../../src/memory/map.ts';
import { load, loadUnsigned } from '../../src/memory/memory.ts';
import { handleCount, release, retain } from '../../src/memory/off-heap.ts';
import { verifyOwnerLists } from '../../src/memory/owner-verify.ts';
import { freeUnusedHeaps } from '../../src/memory/process-heap.ts';
import { buildFragment } from '../../src/process/fragment-building.ts';
import { listOf, tuple } from '../../src/term/build.ts';
import { copyOut } from '../../src/term/copy.ts';
import type { Addr } from '../../src/term/layout.ts';
import { makeSmall, tupleElement } from '../../src/term/term.ts';
import { freshProcess } from './machine.ts';

function own() {
  return { first: loadUnsigned(OFF_HEAP) as Addr, owner: 'the heap' };
}

test('what is on two lists, and what is released too early, is found', () => {
  const heap = freshProcess();
  const ref = makeBinRef(newOffHeapBinary(100));
  const { offHeap } = copyOut(tuple(ref, newMagicRef([1, 2, 3], { onDrop: () => undefined })));
  const message = { first: offHeap, owner: 'a message' };
  verifyOwnerLists([own(), message]);
  assert.throws(() => verifyOwnerLists([own(), message, message]), HeapCorruption);
  release(binaryOf(ref));
  assert.throws(() => verifyOwnerLists([own(), message]), /1 references and 2 owners/);
  retain(binaryOf(ref));
  verifyOwnerLists([own(), message]);
  heap.deactivate();
});

test('a message that takes more than was estimated is whole', () => {
  const heap = freshProcess();
  const ref = makeBinRef(newOffHeapBinary(100));
  const before = [HTOP, OFF_HEAP].map((register) => load(register));
  const handles = handleCount();
  let drops = 0;
  const fragment = buildFragment(3, [ref], ([copy]) =>
    tuple(
      copy ?? makeSmall(0),
      listOf(Array.from({ length: 1000 }, (_, i) => makeSmall(i))),
      newMagicRef([1, 2, 3], { onDrop: () => drops++ }),
    ),
  );
  assert.deepEqual(
    [HTOP, OFF_HEAP].map((register) => load(register)),
    before,
  );
  verifyOwnerLists([own(), { first: fragment.offHeap, owner: 'the message' }]);
  assert.equal(binaryOf(tupleElement(fragment.term, 1)), binaryOf(ref));
  assert.equal(handleCount(), handles + 1);
  freeFragment(fragment);
  assert.equal(drops, 1);
  heap.deactivate();
  heap.destroy();
  freeUnusedHeaps();
  assert.equal(allocatorStatistics().general.bytesInUse, 0);
});

test('a message that cannot be built leaves nothing', () => {
  const heap = freshProcess();
  const ref = makeBinRef(newOffHeapBinary(100));
  const before = { ...allocatorStatistics().general, registers: [HTOP, OFF_HEAP].map((register) => load(register)) };
  const fail = () => {
    throw new Error('no');
  };
  assert.throws(() => buildFragment(3, [ref], fail), /no/);
  assert.deepEqual({ ...allocatorStatistics().general, registers: [HTOP, OFF_HEAP].map((r) => load(r)) }, before);
  heap.deactivate();
});
