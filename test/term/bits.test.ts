import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binaryOf } from '../../src/memory/binary.ts';
import { load } from '../../src/memory/memory.ts';
import {
  binaryBytes,
  bitBase,
  bitOffset,
  bitSize,
  bitsOwner,
  byteAt,
  byteSize,
  copyBits,
  copyOfBytes,
  isBinary,
  isOffHeap,
  makeBinary,
  makeBitstring,
  newBinary,
  subBits,
} from '../../src/term/bits.ts';
import { BINARY_REFERENCES, HEAP_BINARY_LIMIT, type Term } from '../../src/term/layout.ts';
import { freshHeap } from '../support/heap.ts';
import { type RandomSource, randomSource } from '../support/random.ts';

/** The bits of `bytes` as text of 0 and 1: what everything is checked against. */
function bitText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
}

function randomBytes(random: RandomSource, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => random(256));
}

function textOf(t: Term): string {
  return bitText(copyOfBytes(t)).slice(0, bitSize(t));
}

test('copyBits copies between all alignments and leaves the bits around alone', () => {
  freshHeap();
  const random = randomSource(1);
  const source = newBinary(40).data;
  for (let round = 0; round < 20000; round++) {
    const from = randomBytes(random, 40);
    const before = randomBytes(random, 40);
    if (round % 1000 === 0) freshHeap();
    const a = binaryBytes(makeBinary(from)).byteOffset as typeof source;
    const target = makeBinary(before);
    const [fromBit, toBit] = [random(40), random(40)];
    const count = random(280);
    copyBits(a, fromBit, bitBase(target), toBit, count);
    const kept = bitText(before);
    const expected = kept.slice(0, toBit) + bitText(from).slice(fromBit, fromBit + count) + kept.slice(toBit + count);
    assert.equal(bitText(copyOfBytes(target)), expected, `${fromBit} ${toBit} ${count}`);
  }
});

test('bytes of the same alignment may be moved within one binary', () => {
  freshHeap();
  const content = Uint8Array.from({ length: 64 }, (_, i) => i);
  for (const [from, to] of [
    [0, 8],
    [8, 0],
  ] as const) {
    const t = makeBinary(content);
    copyBits(bitBase(t), from, bitBase(t), to, 400);
    const expected = content.slice();
    expected.copyWithin(to / 8, from / 8, from / 8 + 50);
    assert.deepEqual(copyOfBytes(t), expected);
  }
});

test('bitstrings of any size hold their bits, on the heap or off it', () => {
  freshHeap();
  const random = randomSource(2);
  for (const size of [0, 1, 7, 8, 9, 31, 32, 33, 511, 512, 513, 520, 4001]) {
    const content = randomBytes(random, Math.ceil(size / 8));
    const t = makeBitstring(content, size);
    assert.equal(bitSize(t), size);
    assert.equal(byteSize(t), content.length);
    assert.equal(isBinary(t), size % 8 === 0);
    assert.equal(isOffHeap(t), size > HEAP_BINARY_LIMIT * 8);
    assert.equal(textOf(t), bitText(content).slice(0, size));
    if (isOffHeap(t)) assert.equal(load((binaryOf(bitsOwner(t)) + BINARY_REFERENCES) as ReturnType<typeof bitBase>), 1);
  }
});

test('parts of bitstrings, and parts of parts', () => {
  freshHeap();
  const random = randomSource(3);
  for (let round = 0; round < 2000; round++) {
    const content = randomBytes(random, 1 + random(200));
    let t = makeBinary(content);
    let expected = bitText(content);
    for (let depth = 0; depth < 3 && expected.length > 0; depth++) {
      const start = random(expected.length);
      const size = random(expected.length - start + 1);
      t = subBits(t, start, size);
      expected = expected.slice(start, start + size);
      assert.equal(textOf(t), expected);
      assert.equal(bitSize(t), expected.length);
      if (bitSize(t) <= HEAP_BINARY_LIMIT * 8) assert.equal(bitOffset(t), 0);
      for (let i = 0; i < byteSize(t); i++) {
        assert.equal(byteAt(t, i), Number.parseInt(expected.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2));
      }
      assert.deepEqual(Uint8Array.from(binaryBytes(t)), copyOfBytes(t));
    }
  }
});
