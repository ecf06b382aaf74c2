/** Processes that can run, by priority, as OTP chooses them (erl_process.c): max and high first, low once in eight turns of normal. */
import type { Priority, Process } from '../process/process.ts';

/** RESCHEDULE_LOW in OTP's erl_process.c. */
const TURNS_OF_NORMAL = 8;

const LOW = 0;
const NORMAL = 1;
const HIGH = 2;
const MAX = 3;

/** First in, first out: a ring. Places that are not in use hold undefined. */
class Queue {
  private items: (Process | undefined)[] = Array.from({ length: 16 }, () => undefined);
  private front = 0;
  length = 0;

  push(process: Process): void {
    if (this.length === this.items.length) this.double();
    let place = this.front + this.length;
    if (place >= this.items.length) place -= this.items.length;
    this.items[place] = process;
    this.length++;
  }

  shift(): Process | undefined {
    if (this.length === 0) return undefined;
    const process = this.items[this.front];
    this.items[this.front] = undefined;
    this.front = this.front + 1 === this.items.length ? 0 : this.front + 1;
    this.length--;
    return process;
  }

  private double(): void {
    const { items, front } = this;
    const free = Array.from({ length: items.length }, () => undefined);
    this.items = [...items.slice(front), ...items.slice(0, front), ...free];
    this.front = 0;
  }
}

export class RunQueue {
  private readonly queues = [new Queue(), new Queue(), new Queue(), new Queue()] as const;
  private turns = 0;
  /** Is told of processes that are put in, before they are. */
  watcher: ((process: Process) => void) | undefined;

  /** Puts a process that is to run behind the others of its priority. It must not be in the queue already. */
  add(process: Process): void {
    this.watcher?.(process);
    process.state = 'runnable';
    this.queues[process.priority].push(process);
  }

  /** Takes the process that is to run next. Processes that exited while they waited here are passed over. */
  take(): Process | undefined {
    for (;;) {
      const priority = this.choose();
      if (priority === undefined) return undefined;
      const process = this.queues[priority].shift();
      if (process === undefined || process.state !== 'runnable') continue;
      if (process.suspendCount === 0) return process;
      process.parked = true;
    }
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  get length(): number {
    return this.queues.reduce((sum, queue) => sum + queue.length, 0);
  }

  private choose(): Priority | undefined {
    if (this.queues[MAX].length > 0) return MAX;
    if (this.queues[HIGH].length > 0) return HIGH;
    if (this.queues[NORMAL].length > 0 && this.queues[LOW].length > 0) {
      this.turns = (this.turns + 1) % TURNS_OF_NORMAL;
      return this.turns === 0 ? LOW : NORMAL;
    }
    if (this.queues[NORMAL].length > 0) return NORMAL;
    return this.queues[LOW].length > 0 ? LOW : undefined;
  }
}
