import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOWHERE, type Timer } from '../../src/process/timer.ts';
import { Timers } from '../../src/scheduler/timers.ts';
import { randomSource } from '../support/random.ts';

class Action implements Timer {
  at = 0;
  order = 0;
  place = NOWHERE;
  readonly action: () => void;

  constructor(action: () => void) {
    this.action = action;
  }

  fire(): void {
    this.action();
  }
}

function virtualTimers(): { timers: Timers; advance: (milliseconds: number) => number } {
  const time = { now: 0 };
  const timers = new Timers({ monotonicMilliseconds: () => time.now, systemNanoseconds: () => 0n });
  const advance = (milliseconds: number): number => {
    time.now += milliseconds;
    return timers.fireDue(timers.now());
  };
  return { timers, advance };
}

test('timers fire in the order of their times, then of their age', () => {
  const { timers, advance } = virtualTimers();
  const fired: string[] = [];
  for (const [at, name] of [
    [5, 'a'],
    [3, 'b'],
    [5, 'c'],
    [1, 'd'],
  ] as const)
    timers.add(at, new Action(() => fired.push(name)));
  assert.equal(advance(0.5), 0);
  assert.equal(timers.next(), 1);
  assert.equal(advance(4.4), 2);
  assert.equal(advance(0.1), 2);
  assert.deepEqual(fired, ['d', 'b', 'a', 'c']);
  assert.equal(timers.next(), undefined);
});

test('cancelled timers do not fire; 2,000 random ones in order', () => {
  const { timers, advance } = virtualTimers();
  const random = randomSource(4711);
  const fired: number[] = [];
  const made: Timer[] = [];
  for (let i = 0; i < 2000; i++) {
    const at = random(500);
    const timer = new Action(() => fired.push(at));
    timers.add(at, timer);
    made.push(timer);
  }
  const cancelled = made.filter((_, i) => i % 3 === 0);
  for (const timer of cancelled) assert.equal(timers.cancel(timer), true);
  for (const timer of cancelled) assert.equal(timers.cancel(timer), false);
  assert.equal(timers.count, made.length - cancelled.length);
  advance(500);
  assert.equal(fired.length, made.length - cancelled.length);
  assert.deepEqual(
    fired,
    fired.toSorted((a, b) => a - b),
  );
});

test('a timer that fires may add one that is due', () => {
  const { timers, advance } = virtualTimers();
  const fired: number[] = [];
  const second = new Action(() => fired.push(2));
  const first = new Action(() => {
    fired.push(1);
    timers.add(1, second);
  });
  timers.add(1, first);
  advance(1);
  assert.deepEqual(fired, [1, 2]);
});

test('the time of a later timer begins with the next reading of the clock', () => {
  const { timers, advance } = virtualTimers();
  const fired: string[] = [];
  const kept = new Action(() => fired.push('kept'));
  const cancelled = new Action(() => fired.push('cancelled'));
  timers.addLater(5, kept);
  timers.addLater(5, cancelled);
  assert.equal(timers.next(), undefined);
  assert.equal(timers.cancel(cancelled), true);
  assert.equal(timers.cancel(cancelled), false);
  assert.equal(advance(3), 0);
  assert.equal(timers.next(), 8);
  assert.equal(advance(4.5), 0);
  assert.equal(advance(0.5), 1);
  assert.equal(timers.cancel(kept), false);
  assert.deepEqual(fired, ['kept']);
});
