/** Tables give back all the memory that they and what went through them took. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allocatorStatistics } from '../../src/memory/allocator.ts';
import { handleCount } from '../../src/memory/off-heap.ts';
import { freeUnusedHeaps } from '../../src/memory/process-heap.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { type Call, runHere } from '../support/vm.ts';

const beam = erlc(readFileSync(join(repositoryRoot, 'test', 'ets', 'ets_random.erl'), 'utf8'));
const KINDS = ['set', 'ordered_set', 'bag', 'duplicate_bag'];

/** Blocks and handles that calls leave behind; the module that makes them stays loaded. */
function growthBy(calls: readonly Call[]): { blocks: number; handles: number } {
  freeUnusedHeaps();
  const blocks = allocatorStatistics().general.blocksInUse;
  const handles = handleCount();
  runHere([beam], calls);
  freeUnusedHeaps();
  return { blocks: allocatorStatistics().general.blocksInUse - blocks, handles: handleCount() - handles };
}

for (const name of ['operations', 'specifications', 'chunks', 'traversals']) {
  test(`nothing is left of ${name}`, () => {
    const calls = KINDS.map((kind) => ({ module: 'ets_random', function: name, arguments: `${kind}, 99, 20` }));
    runHere([beam], calls);
    assert.deepEqual(growthBy(calls), growthBy([{ module: 'ets_random', function: 'module_info' }]));
  });
}
