/** Erlang's times, of clocks that leap. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wallClock } from '../../src/host/node/wall-clock.ts';
import { SystemTime, type TimeSettings } from '../../src/process/system-time.ts';

const MILLISECOND = 1_000_000n;
const HOUR = 3_600_000n * MILLISECOND;

function leaping(settings: TimeSettings) {
  const clock = { elapsed: 0n, system: 1_800_000_000_000n * MILLISECOND };
  const time = new SystemTime(
    { monotonicMilliseconds: () => Number(clock.elapsed / MILLISECOND), systemNanoseconds: () => clock.system },
    settings,
  );
  const offsets: bigint[] = [];
  time.offsetChanged = (offset) => offsets.push(offset);
  const pass = (duration: bigint, leap = 0n): void => {
    clock.elapsed += duration;
    clock.system += duration + leap;
  };
  return { time, clock, offsets, pass };
}

test('without time warp, system time goes on as it began', () => {
  const { time, clock, offsets, pass } = leaping({ warpMode: 'no_time_warp', correction: true });
  pass(HOUR, HOUR);
  assert.equal(time.finalize(), 'final');
  assert.equal(time.system(), clock.system - HOUR);
  assert.deepEqual(offsets, []);
});

test('with a single warp, system time leaps when it is finalized, and then no more', () => {
  const { time, clock, offsets, pass } = leaping({ warpMode: 'single_time_warp', correction: true });
  const first = time.offset;
  pass(HOUR, HOUR);
  assert.equal(time.offsetState, 'preliminary');
  assert.equal(time.finalize(), 'preliminary');
  assert.equal(time.offset, first + HOUR);
  assert.equal(time.system(), clock.system);
  pass(HOUR, HOUR);
  assert.equal(time.finalize(), 'final');
  assert.equal(time.system(), clock.system - HOUR);
  assert.deepEqual(offsets, [first + HOUR]);
});

test('with warps at any time, system time follows what is more than a little off', () => {
  const { time, clock, offsets, pass } = leaping({ warpMode: 'multi_time_warp', correction: true });
  const first = time.offset;
  pass(HOUR, 50_000n);
  time.follow();
  assert.deepEqual(offsets, []);
  pass(HOUR, -HOUR);
  time.follow();
  assert.equal(time.system(), clock.system);
  assert.deepEqual(offsets, [first - HOUR + 50_000n]);
  assert.equal(time.finalize(), 'volatile');
});

test('without correction, monotonic time stands still while system time catches up', () => {
  const { time, clock, offsets, pass } = leaping({ warpMode: 'no_time_warp', correction: false });
  pass(HOUR);
  const before = time.monotonic();
  pass(MILLISECOND, -HOUR);
  assert.equal(time.monotonic(), before);
  pass(HOUR);
  assert.equal(time.monotonic(), before + MILLISECOND);
  assert.equal(time.system(), clock.system);
  assert.deepEqual(offsets, []);
});

test('without correction and with warps, the offset takes a leap back', () => {
  const { time, clock, offsets, pass } = leaping({ warpMode: 'multi_time_warp', correction: false });
  const first = time.offset;
  pass(HOUR);
  const before = time.monotonic();
  pass(MILLISECOND, -HOUR);
  assert.equal(time.monotonic(), before);
  assert.equal(time.system(), clock.system);
  pass(HOUR);
  assert.equal(time.monotonic(), before + HOUR);
  assert.deepEqual(offsets, [first - HOUR + MILLISECOND]);
});

test('the wall clock is finer than the one that it follows, and takes over its leaps', () => {
  const world = { ticks: 0n, coarse: 1_000 };
  const now = wallClock(
    () => world.ticks,
    () => world.coarse,
    1_000n * MILLISECOND,
  );
  world.ticks = 123_456n;
  assert.equal(now(), 1_000n * MILLISECOND + 123_456n);
  world.ticks = 2_000_000n;
  world.coarse = 1_002;
  assert.equal(now(), 1_002n * MILLISECOND);
  world.coarse = 5_000;
  assert.equal(now(), 5_000n * MILLISECOND);
  world.ticks += 10n;
  assert.equal(now(), 5_000n * MILLISECOND + 10n);
  world.coarse = 3_000;
  assert.equal(now(), 3_001n * MILLISECOND - 1n);
});
