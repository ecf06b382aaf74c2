import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteBuffer, writePaddedSigned32, writePaddedUnsigned32 } from '../../src/wasm/encoder.ts';
import { ByteReader } from '../../src/wasm/module-reader.ts';

function encoded(write: (buffer: ByteBuffer) => void): number[] {
  const buffer = new ByteBuffer(1);
  write(buffer);
  return [...buffer.toBytes()];
}

const POWERS = Array.from({ length: 63 }, (_, i) => 1n << BigInt(i));
const EDGES = [0n, ...POWERS.flatMap((power) => [power - 1n, power, power + 1n, -power - 1n, -power, -power + 1n])];

test('LEB128 examples of the DWARF standard', () => {
  assert.deepEqual(
    encoded((b) => b.unsigned32(624485)),
    [0xe5, 0x8e, 0x26],
  );
  assert.deepEqual(
    encoded((b) => b.signed32(-123456)),
    [0xc0, 0xbb, 0x78],
  );
  assert.deepEqual(
    [2, -2, 127, -127, 128, -128, 129, -129].map((n) => encoded((b) => b.signed32(n))),
    [[2], [0x7e], [0xff, 0], [0x81, 0x7f], [0x80, 1], [0x80, 0x7f], [0x81, 1], [0xff, 0x7e]],
  );
});

test('32-bit numbers survive encoding at every length, shortest and padded', () => {
  for (const edge of EDGES) {
    const signed = Number(BigInt.asIntN(32, edge));
    const unsigned = signed >>> 0;
    const short = encoded((b) => b.signed32(signed));
    assert.equal(new ByteReader(Uint8Array.from(short)).signed32(), signed);
    assert.deepEqual(
      encoded((b) => b.signed32(unsigned)),
      short,
    );
    assert.equal(new ByteReader(Uint8Array.from(encoded((b) => b.unsigned32(unsigned)))).unsigned32(), unsigned);
    const padded = encoded((b) => b.paddedSigned32(signed));
    assert.equal(padded.length, 5);
    assert.equal(new ByteReader(Uint8Array.from(padded)).signed32(), signed);
    const small = unsigned >>> 11;
    const paddedSmall = encoded((b) => b.paddedUnsigned32(small));
    assert.equal(paddedSmall.length, 3);
    assert.equal(new ByteReader(Uint8Array.from(paddedSmall)).unsigned32(), small);
  }
});

test('64-bit numbers encode the same from numbers and bigints', () => {
  for (const edge of EDGES) {
    const big = encoded((b) => b.signed64(edge));
    assert.equal(new ByteReader(Uint8Array.from(big)).signed64(), BigInt.asIntN(64, edge));
    if (!Number.isSafeInteger(Number(edge))) continue;
    assert.deepEqual(
      encoded((b) => b.signed64(Number(edge))),
      big,
    );
  }
  assert.deepEqual(
    encoded((b) => b.signed64((1n << 64n) - 1n)),
    [0x7f],
  );
  assert.deepEqual(
    encoded((b) => b.unsigned64((1n << 64n) - 1n)),
    [255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
  );
  assert.throws(() => encoded((b) => b.signed64(2 ** 53)), RangeError);
  assert.throws(() => encoded((b) => b.signed64(0.5)), RangeError);
});

test('padded numbers are patched in place and nothing around them', () => {
  const bytes = new Uint8Array(7).fill(0xaa);
  writePaddedSigned32(bytes, 1, -1);
  assert.deepEqual([...bytes], [0xaa, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xaa]);
  writePaddedUnsigned32(bytes, 1, 2 ** 21 - 1);
  assert.deepEqual([...bytes.subarray(0, 5)], [0xaa, 0xff, 0xff, 0x7f, 0xff]);
  assert.throws(() => writePaddedUnsigned32(bytes, 1, 2 ** 21), RangeError);
});

test('floats, text and growth', () => {
  assert.deepEqual(
    encoded((b) => b.float64(-0)),
    [0, 0, 0, 0, 0, 0, 0, 0x80],
  );
  assert.deepEqual(
    encoded((b) => b.float32(1)),
    [0, 0, 0x80, 0x3f],
  );
  assert.deepEqual(
    encoded((b) => b.name('aé')),
    [3, 0x61, 0xc3, 0xa9],
  );
  const long = encoded((b) => {
    for (let i = 0; i < 1000; i++) b.byte(i & 0xff);
    b.append(new Uint8Array(5000).fill(7), 10, 4010);
  });
  assert.equal(long.length, 5000);
  assert.equal(long[999], 999 & 0xff);
  assert.equal(long[4999], 7);
});

test('malformed numbers are refused', () => {
  assert.throws(() => new ByteReader(Uint8Array.of(0x80)).unsigned32(), /unexpected end/);
  assert.throws(() => new ByteReader(new Uint8Array(12).fill(0x80)).unsigned32(), /too long/);
  assert.throws(() => new ByteReader(new Uint8Array(12).fill(0x80)).signed64(), /too long/);
});
