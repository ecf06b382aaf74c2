/** Decompression and checksums equal those of Node's libraries. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { constants, deflateSync } from 'node:zlib';
import { inflateZlib } from '../../src/loader/inflate.ts';
import { LoadError } from '../../src/loader/load-error.ts';
import { md5 } from '../../src/loader/md5.ts';
import { type RandomSource, randomSource } from '../support/random.ts';

/** Bytes of 1 to 256 values, with repetitions. */
function sample(size: number, random: RandomSource): Buffer {
  const values = 1 + random(256);
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const length = Math.min(size - at, 1 + random(400));
    const from = at > 0 && random(2) === 0 ? random(at) : -1;
    for (let i = 0; i < length; i++) bytes[at + i] = from < 0 ? random(values) : (bytes[from + i] ?? 0);
    at += length;
  }
  return bytes;
}

const strategies = [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED];

test('what zlib compressed is decompressed, whatever its level and strategy', () => {
  const random = randomSource(1);
  for (let i = 0; i < 400; i++) {
    const bytes = sample(random(i % 20 === 0 ? 200_000 : 3000), random);
    const compressed = deflateSync(bytes, { level: random(10), strategy: strategies[i % strategies.length] ?? 0 });
    assert.deepEqual(Buffer.from(inflateZlib(compressed, bytes.length, 'LitT')), bytes);
    assert.deepEqual(Buffer.from(inflateZlib(Buffer.concat([compressed, bytes]), bytes.length + 1, 'LitT')), bytes);
  }
});

test('a stream that is larger than declared, damaged or cut is refused', () => {
  const random = randomSource(2);
  let refused = 0;
  for (let i = 0; i < 2000; i++) {
    const bytes = sample(1 + random(2000), random);
    const compressed = deflateSync(bytes, { level: random(10) });
    assert.throws(() => inflateZlib(compressed, bytes.length - 1, 'LitT'), LoadError);
    assert.throws(
      () => inflateZlib(compressed.subarray(0, random(compressed.length)), bytes.length, 'LitT'),
      LoadError,
    );
    compressed[random(compressed.length)] = random(256);
    try {
      assert.deepEqual(Buffer.from(inflateZlib(compressed, bytes.length, 'LitT')), bytes);
    } catch (error) {
      assert.ok(error instanceof LoadError);
      refused += 1;
    }
  }
  assert.ok(refused > 1900);
});

test('a declared size beyond what the input can give is refused before anything is allocated', () => {
  const compressed = deflateSync(Buffer.alloc(100_000));
  assert.equal(inflateZlib(compressed, 100_000, 'LitT').length, 100_000);
  assert.throws(() => inflateZlib(compressed, 2 ** 31 - 1, 'LitT'), LoadError);
});

test('md5 equals that of OpenSSL for every length around the block size, in parts', () => {
  const random = randomSource(3);
  for (let size = 0; size < 300; size++) {
    const bytes = sample(size, random);
    const cut = random(size + 1);
    const digest = md5([bytes.subarray(0, cut), new Uint8Array(0), bytes.subarray(cut)]);
    assert.equal(Buffer.from(digest).toString('hex'), createHash('md5').update(bytes).digest('hex'));
  }
});
