import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocatorStatistics, isLiteral } from '../../src/memory/allocator.ts';
import { binaryOf, growWritable, makeBinRef, newMagicRef, newOffHeapBinary } from '../../src/memory/binary.ts';
import { collect } from '../../src/memory/collector.ts';
import { freeFragment } from '../../src/memory/fragment.ts';
import { copyToArea, freeLiteralArea, newLiteralArea, withAllocationIn } from '../../src/memory/literal-area.ts';
import { ATTENTION, HTOP, X_REGISTERS } from '../../src/memory/map.ts';
import { bytes, load, loadTerm, loadUnsigned, store } from '../../src/memory/memory.ts';
import { handleCount } from '../../src/memory/off-heap.ts';
import { freeUnusedHeaps, ProcessHeap } from '../../src/memory/process-heap.ts';
import { cons, listOf, tuple } from '../../src/term/build.ts';
import { copyIn, copyOut, flatSize, sizeOf } from '../../src/term/copy.ts';
import {
  type Addr,
  BINARY_CAPACITY,
  BINARY_DATA,
  BINARY_REFERENCES,
  BINARY_SIZE,
  NIL,
  type Term,
} from '../../src/term/layout.ts';
import { head, makeSmall, tail, tupleElement } from '../../src/term/term.ts';
import { randomSource } from '../support/random.ts';
import { freshProcess } from './machine.ts';
import { Canon, randomTerm, type Tally } from './terms.ts';

function references(binary: Addr): number {
  return load((binary + BINARY_REFERENCES) as Addr);
}

test('random terms go out, to another process and back in', () => {
  const sender = freshProcess();
  const receiver = ProcessHeap.create();
  const random = randomSource(11);
  const tally: Tally = { handlesMade: 0, handlesDropped: 0 };
  const canon = new Canon();
  for (let round = 0; round < 60; round++) {
    const pool: Term[] = [NIL];
    const pick = () => pool[pool.length - 1 - random(Math.min(pool.length, 12))] as Term;
    let term: Term = NIL;
    for (let i = 0; i < 40; i++) {
      const t = randomTerm(random, pick, tally);
      if (flatSize(t) > 3000) continue;
      pool.push(t);
      term = tuple(t, random(3) === 0 ? NIL : term);
    }
    const expected = canon.of(term);
    const fragment = copyOut(term);
    assert.equal(fragment.wordCount, sizeOf(term));
    assert.equal(canon.of(fragment.term), expected);
    sender.deactivate();
    receiver.activate();
    if (random(2) === 0) {
      receiver.attachFragment(fragment);
      store(X_REGISTERS, fragment.term);
    } else {
      store(X_REGISTERS, copyIn(fragment.term));
      freeFragment(fragment);
    }
    store((X_REGISTERS + 4) as Addr, copyIn(loadTerm(X_REGISTERS)));
    collect(receiver, { live: 2, stress: true, major: random(2) === 0 });
    assert.equal(canon.of(loadTerm(X_REGISTERS)), expected);
    assert.equal(canon.of(loadTerm((X_REGISTERS + 4) as Addr)), expected);
    receiver.deactivate();
    sender.activate();
    collect(sender, { live: 0, stress: true });
  }
  sender.deactivate();
  sender.destroy();
  receiver.destroy();
  assert.equal(handleCount(), 0);
  assert.equal(tally.handlesDropped, tally.handlesMade);
  freeUnusedHeaps();
  assert.equal(allocatorStatistics().general.bytesInUse, 0);
});

test('shared parts are copied each time, immediates need nothing', () => {
  freshProcess();
  const shared = listOf([makeSmall(1), makeSmall(2)]);
  assert.equal(sizeOf(tuple(shared, shared)), 3 + 8);
  assert.equal(sizeOf(makeSmall(1)), 0);
  const none = copyOut(NIL);
  assert.deepEqual([none.term, none.block], [NIL, 0]);
  const before = loadUnsigned(HTOP);
  assert.equal(copyIn(NIL), NIL);
  assert.equal(loadUnsigned(HTOP), before);
});

test('literals stay where they are, unless they are asked for', () => {
  const heap = freshProcess();
  const area = newLiteralArea();
  const literal = withAllocationIn(area, 4, () => {
    const binary = newOffHeapBinary(100);
    return listOf([tuple(NIL), makeBinRef(binary)]);
  });
  assert.equal(loadUnsigned(HTOP), heap.youngStart);
  assert.ok(isLiteral(literal) && isLiteral(head(literal)) && isLiteral(tail(literal)));
  assert.equal(area.wordCount, 2 + 2 + 2 + 3);
  const t = tuple(literal, makeSmall(1));
  assert.deepEqual([sizeOf(t), flatSize(t)], [3, 12]);
  const shared = copyOut(t);
  assert.equal(tupleElement(shared.term, 1), literal);
  const full = copyOut(t, true);
  assert.equal(isLiteral(tupleElement(full.term, 1)), false);
  const binary = binaryOf(head(tail(literal)));
  assert.equal(references(binary), 2);
  freeFragment(full);
  freeFragment(shared);
  assert.equal(references(binary), 1);
  store(X_REGISTERS, t);
  collect(heap, { live: 1, major: true, stress: true });
  assert.equal(tupleElement(loadTerm(X_REGISTERS), 1), literal);
  const { area: other, copies } = copyToArea([loadTerm(X_REGISTERS)]);
  const element = tupleElement(copies[0] as Term, 1);
  assert.ok(isLiteral(element) && element !== literal);
  assert.deepEqual([other.blocks.length, other.wordCount], [1, 12]);
  freeLiteralArea(other);
  freeLiteralArea(area);
  heap.deactivate();
  heap.destroy();
  freeUnusedHeaps();
  assert.equal(allocatorStatistics().general.bytesInUse, 0);
});

test('large literals, and an exception while they are made', () => {
  const heap = freshProcess();
  const area = newLiteralArea();
  const numbers = Array.from({ length: 50_000 }, (_, i) => makeSmall(i));
  const list = withAllocationIn(area, 1000, () => listOf(numbers));
  assert.equal(flatSize(list), 100_000);
  assert.equal(sizeOf(list), 0);
  assert.equal(area.wordCount, 100_000);
  assert.throws(
    () =>
      withAllocationIn(area, 2, () => {
        cons(NIL, NIL);
        throw new RangeError('broken');
      }),
    /broken/,
  );
  assert.equal(loadUnsigned(HTOP), heap.youngStart);
  assert.equal(load(ATTENTION), 0);
  freeLiteralArea(area);
});

test('a binary is freed when the last bin ref is collected', () => {
  const heap = freshProcess();
  const binary = newOffHeapBinary(1000);
  store(X_REGISTERS, makeBinRef(binary));
  const fragment = copyOut(loadTerm(X_REGISTERS));
  assert.equal(references(binary), 2);
  assert.equal(fragment.offHeapBytes, load((binary + BINARY_CAPACITY) as Addr));
  const before = allocatorStatistics().general.blocksInUse;
  collect(heap, { live: 0, stress: true });
  assert.equal(references(binary), 1);
  freeFragment(fragment);
  assert.equal(allocatorStatistics().general.blocksInUse, before - 2);
});

test('many large binaries call for a collection although they take little heap', () => {
  const heap = freshProcess();
  for (let i = 0; i < 2000; i++) {
    makeBinRef(newOffHeapBinary(10_000));
    if (load(ATTENTION) !== 0) collect(heap, { live: 0 });
    assert.ok(allocatorStatistics().general.bytesInUse < 1_000_000);
  }
});

test('a handle is dropped once, when its last magic ref is collected', () => {
  const heap = freshProcess();
  let drops = 0;
  store(X_REGISTERS, newMagicRef([1, 2, 3], { onDrop: () => drops++ }));
  const fragment = copyOut(tuple(loadTerm(X_REGISTERS), loadTerm(X_REGISTERS)));
  collect(heap, { live: 1, stress: true });
  collect(heap, { live: 1, stress: true });
  assert.equal(heap.oldOffHeap !== 0, true);
  collect(heap, { live: 0, stress: true, major: true });
  assert.equal(drops, 0);
  freeFragment(fragment);
  assert.equal(drops, 1);
});

test('appending in place: only behind the last byte, moving only an unshared binary', () => {
  freshProcess();
  const ref = makeBinRef(newOffHeapBinary(100, 200));
  const first = binaryOf(ref);
  bytes.fill(7, first + BINARY_DATA, first + BINARY_DATA + 100);
  assert.equal(growWritable(ref, 100, 50), true);
  assert.equal(load((first + BINARY_SIZE) as Addr), 150);
  assert.equal(growWritable(ref, 100, 50), false);
  const neighbour = newOffHeapBinary(100);
  assert.equal(growWritable(ref, 150, 100_000), true);
  const moved = binaryOf(ref);
  assert.notEqual(moved, first);
  assert.equal(bytes[moved + BINARY_DATA + 99], 7);
  const capacity = load((moved + BINARY_CAPACITY) as Addr);
  newOffHeapBinary(1_000_000);
  const fragment = copyOut(ref);
  assert.equal(growWritable(ref, 100_150, capacity), false);
  assert.equal(load((moved + BINARY_SIZE) as Addr), 100_150);
  freeFragment(fragment);
  assert.equal(growWritable(makeBinRef(neighbour), 100, 1), false);
});
