/** Everything that is to happen at a time: receive timeouts, erlang:send_after and the like. A binary heap by time, then age. */
import type { Clock } from '../host/host.ts';
import { KeyTable } from '../process/key-table.ts';
import { NOWHERE, type ReferencedTimer, type Timer } from '../process/timer.ts';

/** `place` of a timer that waits for the clock to be read. */
const PENDING = -2;

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

export class Timers {
  private readonly clock: Clock;
  /** The timers of erlang:send_after and start_timer, by the key of their reference. */
  readonly byReference = new KeyTable<ReferencedTimer>();
  private readonly heap: Timer[] = [];
  private readonly pending: Timer[] = [];
  private nextOrder = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Reads the clock. */
  now(): number {
    const now = this.clock.monotonicMilliseconds();
    if (this.pending.length > 0) this.begin(now);
    return now;
  }

  /** `timer` fires once when the clock has reached `at`, never before. */
  add(at: number, timer: Timer): void {
    timer.at = at;
    timer.order = this.nextOrder++;
    timer.place = this.heap.length;
    this.heap.push(timer);
    this.up(timer);
  }

  /**
   * The same for a time that begins when the clock is read next, which is before long: most receives that wait for a while get their message
   * earlier, and then the clock need not be read for them.
   */
  addLater(milliseconds: number, timer: Timer): void {
    timer.at = milliseconds;
    timer.place = PENDING;
    this.pending.push(timer);
  }

  private begin(now: number): void {
    for (const timer of this.pending) if (timer.place === PENDING) this.add(now + timer.at, timer);
    this.pending.length = 0;
  }

  /** False when it has fired or been cancelled already. */
  cancel(timer: Timer): boolean {
    if (timer.place === NOWHERE) return false;
    if (timer.place === PENDING) timer.place = NOWHERE;
    else this.remove(timer);
    return true;
  }

  /** Fires all that are due at `now`, in order; returns how many. */
  fireDue(now: number): number {
    let count = 0;
    for (;;) {
      const first = this.heap[0];
      if (first === undefined || first.at > now) return count;
      this.remove(first);
      first.fire();
      count++;
    }
  }

  /** The time of the next one whose time has begun; undefined when there is none. */
  next(): number | undefined {
    return this.heap[0]?.at;
  }

  get count(): number {
    return this.heap.length;
  }

  private remove(timer: Timer): void {
    const last = this.heap.pop() as Timer;
    if (last !== timer) {
      this.put(last, timer.place);
      this.up(last);
      this.down(last);
    }
    timer.place = NOWHERE;
  }

  private put(timer: Timer, place: number): void {
    this.heap[place] = timer;
    timer.place = place;
  }

  private up(timer: Timer): void {
    while (timer.place > 0) {
      const parent = this.heap[Math.floor((timer.place - 1) / 2)] as Timer;
      if (!isBefore(timer, parent)) return;
      const place = parent.place;
      this.put(parent, timer.place);
      this.put(timer, place);
    }
  }

  private down(timer: Timer): void {
    for (;;) {
      const left = this.heap[timer.place * 2 + 1];
      if (left === undefined) return;
      const right = this.heap[timer.place * 2 + 2];
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(child, timer)) return;
      const place = child.place;
      this.put(child, timer.place);
      this.put(timer, place);
    }
  }
}
