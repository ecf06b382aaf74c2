import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadFlag, flagsHelp, readFlags } from '../../src/debug/flags.ts';
import { dumpHeap } from '../../src/debug/heap-dump.ts';
import { HEAP_SIZES, nextHeapSize } from '../../src/memory/heap-sizes.ts';
import { SP, X_REGISTERS } from '../../src/memory/map.ts';
import { loadUnsigned, store } from '../../src/memory/memory.ts';
import { am } from '../../src/term/atoms.ts';
import { cons, tuple } from '../../src/term/build.ts';
import { type Addr, NIL, RETURN_TAG } from '../../src/term/layout.ts';
import { makeSmall } from '../../src/term/term.ts';
import { freshProcess } from './machine.ts';

test('switches are read from the environment', () => {
  const none = readFlags({});
  assert.equal(none.gcStress, false);
  assert.equal(none.reductions, undefined);
  const some = readFlags({
    ENIGMA_GC_STRESS: '1',
    ENIGMA_REDUCTIONS: '17',
    ENIGMA_TRACE_GC: '0',
  });
  assert.deepEqual([some.gcStress, some.reductions, some.traceGc], [true, 17, false]);
  assert.throws(() => readFlags({ ENIGMA_REDUCTIONS: '0' }), BadFlag);
  assert.match(flagsHelp(), /ENIGMA_GC_STRESS=1 +collect at every safe point/);
});

test('heap sizes', () => {
  // The beginning of erlang:system_info(heap_sizes) in OTP 27.
  const expected = [
    12, 38, 51, 90, 142, 233, 376, 610, 987, 1598, 2586, 4185, 6772, 10958, 17731, 28690, 46422, 75113, 121536, 196650,
    318187, 514838, 833026, 999631, 1199557, 1439468, 1727361, 2072833, 2487399, 2984878,
  ];
  assert.deepEqual(HEAP_SIZES.slice(0, expected.length), expected);
  assert.deepEqual([nextHeapSize(0), nextHeapSize(233), nextHeapSize(234), nextHeapSize(233, 1)], [12, 233, 376, 376]);
});

test('a heap as text', () => {
  const heap = freshProcess();
  const t = tuple(am.ok, cons(makeSmall(-5), NIL));
  store(X_REGISTERS, t);
  store(SP, loadUnsigned(SP) - 8);
  store(loadUnsigned(SP) as Addr, (77 << 4) | RETURN_TAG);
  store((loadUnsigned(SP) + 4) as Addr, t);
  heap.fromRegisters();
  const text = dumpHeap(heap, 1);
  assert.match(text, /x0 {2}boxed [0-9a-f]{8}\n/);
  assert.match(text, /return 77\n/);
  assert.match(text, /\[-5 \| \[\]\]\n .*tuple\(2\) 'ok', cons [0-9a-f]{8}\n/);
});
