/** Everything that is to happen at a time: receive timeouts, erlang:send_after and the like. A binary heap by time, then age. */
import type { Clock } from '../host/host.ts';
import type { Term } from '../term/layout.ts';

export interface Timer {
  /** Milliseconds of the clock's monotonic time. */
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
  /** Place in the heap; -1: it is in it no more. */
  place: number;
}

/** A timer that programs can cancel. */
export interface ReferencedTimer {
  readonly timer: Timer;
  /** The pid or name that it is for, and what it will send. */
  readonly to: Term;
  readonly message: Term;
  /** It will not fire: gives back what it holds. */
  readonly cancel: () => void;
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

export class Timers {
  private readonly clock: Clock;
  /** The timers of erlang:send_after and start_timer, by the key of their reference. */
  readonly byReference = new Map<number, ReferencedTimer>();
  private readonly heap: Timer[] = [];
  private nextOrder = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  now(): number {
    return this.clock.monotonicMilliseconds();
  }

  /** Calls `fire` once when the clock has reached `at`, never before. */
  add(at: number, fire: () => void): Timer {
    const timer = { at, order: this.nextOrder++, fire, place: this.heap.length };
    this.heap.push(timer);
    this.up(timer);
    return timer;
  }

  /** False when it has fired or been cancelled already. */
  cancel(timer: Timer): boolean {
    if (timer.place < 0) return false;
    this.remove(timer);
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

  /** The time of the next one; undefined when there is none. */
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
    timer.place = -1;
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
