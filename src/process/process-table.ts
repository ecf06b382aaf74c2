/** All processes that exist, by number; and the processes that aliases stand for. */

import type { Term } from '../term/layout.ts';
import { immediateValue, isLocalPid, makeLocalPid } from '../term/term.ts';
import type { Process } from './process.ts';
import type { RefKey } from './references.ts';

/** Numbers that fit a local pid. */
const NUMBERS = 2 ** 26;
/** Processes that may exist at a time (+P, default of OTP 27). */
export const DEFAULT_PROCESS_LIMIT = 1048576;

export class ProcessTable {
  readonly limit: number;
  readonly aliases = new Map<RefKey, Process>();
  private readonly byNumber = new Map<number, Process>();
  private nextNumber = 0;

  constructor(limit: number = DEFAULT_PROCESS_LIMIT) {
    this.limit = limit;
  }

  get count(): number {
    return this.byNumber.size;
  }

  get isFull(): boolean {
    return this.byNumber.size >= this.limit;
  }

  /** A number that no process has; numbers come round again as late as possible. */
  takeNumber(): number {
    while (this.byNumber.has(this.nextNumber)) this.nextNumber = (this.nextNumber + 1) % NUMBERS;
    const number = this.nextNumber;
    this.nextNumber = (number + 1) % NUMBERS;
    return number;
  }

  add(process: Process): void {
    this.byNumber.set(process.number, process);
  }

  remove(process: Process): void {
    this.byNumber.delete(process.number);
  }

  /** The process with this number that has not exited. */
  get(number: number): Process | undefined {
    return this.byNumber.get(number);
  }

  /** The process of a pid term; undefined for other terms, other nodes' pids and processes that are gone. */
  byPid(t: Term): Process | undefined {
    return isLocalPid(t) ? this.byNumber.get(immediateValue(t)) : undefined;
  }

  /** The pid of a number, whether it is in use or not. */
  pidOf(number: number): Term {
    return makeLocalPid(number);
  }

  all(): Process[] {
    return [...this.byNumber.values()];
  }
}
