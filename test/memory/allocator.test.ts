import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allocateBlock,
  allocateLiteral,
  allocatorStatistics,
  blockBytes,
  freeBlock,
  freeLiteral,
  initAllocator,
  isLiteral,
  OutOfMemory,
  reallocate,
  shrinkLiteral,
  walkBlocks,
} from '../../src/memory/allocator.ts';
import { bytes, PAGE_BYTES, useMemory } from '../../src/memory/memory.ts';
import type { Addr } from '../../src/term/layout.ts';
import { randomSource } from '../support/random.ts';

function freshMemory(maximum = 65536): void {
  useMemory(new WebAssembly.Memory({ initial: 4, maximum }));
  initAllocator();
}

function freeRegions(): number {
  let free = 0;
  walkBlocks((_a, _size, used) => {
    if (!used) free++;
  });
  return free;
}

function checkPattern(a: Addr, byteCount: number, pattern: number): void {
  for (let i = 0; i < byteCount; i += 1 + (i >>> 6)) assert.equal(bytes[a + i], pattern);
}

test('random allocation keeps contents apart and coalesces everything in the end', () => {
  freshMemory();
  const random = randomSource(7);
  const live: { a: Addr; byteCount: number; pattern: number }[] = [];
  for (let round = 0; round < 40_000; round++) {
    const choice = random(10);
    if (choice < 5 || live.length === 0) {
      const byteCount = random(50) === 0 ? random(300_000) : random(2) === 0 ? random(64) : random(3000);
      const a = allocateBlock(byteCount);
      assert.ok(a % 8 === 0 && blockBytes(a) >= byteCount);
      bytes.fill(round & 255, a, a + byteCount);
      live.push({ a, byteCount, pattern: round & 255 });
    } else {
      const at = random(live.length);
      const block = live[at] as (typeof live)[number];
      checkPattern(block.a, block.byteCount, block.pattern);
      if (choice === 9) {
        const byteCount = random(5000);
        block.a = reallocate(block.a, byteCount);
        checkPattern(block.a, Math.min(byteCount, block.byteCount), block.pattern);
        block.byteCount = byteCount;
        bytes.fill(block.pattern, block.a, block.a + byteCount);
      } else {
        freeBlock(block.a);
        live[at] = live[live.length - 1] as (typeof live)[number];
        live.pop();
      }
    }
    if (round % 5000 === 0) freeRegions();
  }
  for (const block of live) {
    checkPattern(block.a, block.byteCount, block.pattern);
    freeBlock(block.a);
  }
  assert.equal(freeRegions(), 1);
  assert.deepEqual(allocatorStatistics().general.bytesInUse, 0);
  assert.deepEqual(allocatorStatistics().general.blocksInUse, 0);
});

test('freeing twice is noticed', () => {
  freshMemory();
  const a = allocateBlock(100);
  const b = allocateBlock(100);
  freeBlock(a);
  assert.throws(() => freeBlock(a), /no block in use/);
  freeBlock(b);
});

test('literal pages are flagged while literals lie in them', () => {
  freshMemory();
  const random = randomSource(3);
  const ordinary = allocateBlock(100);
  const live: Addr[] = [];
  for (let round = 0; round < 3000; round++) {
    if (random(5) < 3 || live.length === 0) {
      const byteCount = random(30) === 0 ? random(400_000) : random(2000);
      const a = allocateLiteral(byteCount);
      if (round % 2 === 0) shrinkLiteral(a, byteCount >> 1);
      live.push(a);
    } else {
      freeLiteral(live.splice(random(live.length), 1)[0] as Addr);
    }
    for (const a of live) if (!isLiteral(a)) assert.fail(`literal ${a} is not flagged`);
    assert.equal(isLiteral(ordinary), false);
  }
  for (const a of live) freeLiteral(a);
  freeBlock(ordinary);
  assert.equal(freeRegions(), 1);
  assert.equal(allocatorStatistics().literals.regionBytes, 0);
  for (let page = 0; page < 65536; page++)
    if (isLiteral(page * PAGE_BYTES)) assert.fail(`page ${page} is still flagged`);
});

test('blocks above 2 GiB, and the end of memory', () => {
  freshMemory();
  const quarter = 2 ** 29;
  const blocks = [1, 2, 3, 4, 5, 6, 7].map(() => allocateBlock(quarter));
  const last = blocks[6] as Addr;
  assert.ok(last > 2 ** 31 + 2 ** 29);
  const small = allocateBlock(1000);
  bytes.fill(9, small, small + 1000);
  assert.throws(() => allocateBlock(quarter), OutOfMemory);
  const signed = (small | 0) as Addr;
  assert.ok(blockBytes(signed) >= 1000);
  freeBlock(signed);
  for (const a of blocks) freeBlock(a);
  assert.equal(freeRegions(), 1);
  assert.equal(allocatorStatistics().general.bytesInUse, 0);
});

test('a full memory raises OutOfMemory and goes on working', () => {
  freshMemory(32);
  assert.throws(() => allocateBlock(4_000_000), OutOfMemory);
  const a = allocateBlock(1_000_000);
  assert.throws(() => allocateBlock(1_500_000), OutOfMemory);
  freeBlock(a);
  freeBlock(allocateBlock(1_500_000));
});

test('throughput (printed)', (t) => {
  freshMemory();
  const random = randomSource(1);
  const live: Addr[] = Array.from({ length: 1000 }, () => allocateBlock(random(500)));
  const operations = 300_000;
  const start = performance.now();
  for (let i = 0; i < operations; i++) {
    const at = i % live.length;
    freeBlock(live[at] as Addr);
    live[at] = allocateBlock(16 + ((i * 7919) & 511));
  }
  const nanoseconds = ((performance.now() - start) * 1e6) / operations;
  t.diagnostic(`free + allocate: ${nanoseconds.toFixed(0)} ns`);
});
