import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFlags } from '../../src/debug/flags.ts';
import { nodeHost } from '../../src/host/node/node-host.ts';
import { allocatorStatistics } from '../../src/memory/allocator.ts';
import { spawnProcess } from '../../src/process/spawn.ts';
import { atom } from '../../src/term/atoms.ts';
import { NIL } from '../../src/term/layout.ts';
import { Vm } from '../../src/vm.ts';

const COUNT = 20_000;
/** Heap and stack of a process that has not run yet, in linear memory. */
const MOST_BYTES = 512;

test('an idle process is small', (t) => {
  const vm = new Vm({ host: nodeHost(), flags: readFlags({}) });
  const call = { module: atom('nothing'), name: atom('f'), arity: 0 };
  const before = allocatorStatistics().general.bytesInUse;
  const objectsBefore = process.memoryUsage().heapUsed;
  for (let i = 0; i < COUNT; i++) spawnProcess(vm, undefined, call, NIL);
  const words = (allocatorStatistics().general.bytesInUse - before) / COUNT;
  const objects = (process.memoryUsage().heapUsed - objectsBefore) / COUNT;
  t.diagnostic(`${Math.round(words)} bytes of linear memory, about ${Math.round(objects)} of objects`);
  assert.ok(words <= MOST_BYTES, `${words} bytes`);
});
