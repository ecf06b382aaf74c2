/** All processes that exist, by number; and the processes that aliases stand for. */

import type { Term } from '../term/layout.ts';
import { immediateValue, isLocalPid, makeLocalPid } from '../term/term.ts';
import { KeyTable } from './key-table.ts';
import type { Alias } from './monitors.ts';
import type { Process } from './process.ts';

/** Numbers that fit a local pid. */
const NUMBERS = 2 ** 26;
/** Processes that may exist at a time (+P, default of OTP 27). */
export const DEFAULT_PROCESS_LIMIT = 1048576;
/** Places of the table at first: a power of two, as NUMBERS is. */
const MIN_PLACES = 256;

/** No two processes have numbers that are the same modulo the number of places (as in OTP's erl_ptab.c): each has its own place. */
export class ProcessTable {
  readonly limit: number;
  readonly aliases = new KeyTable<Alias>();
  private places: (Process | undefined)[] = emptyPlaces(MIN_PLACES);
  private nextNumber = 0;
  private used = 0;

  constructor(limit: number = DEFAULT_PROCESS_LIMIT) {
    this.limit = limit;
  }

  get count(): number {
    return this.used;
  }

  get isFull(): boolean {
    return this.used >= this.limit;
  }

  /** A number that no process has, and whose place is free; numbers come round again as late as possible. */
  takeNumber(): number {
    if (2 * this.used >= this.places.length) this.double();
    const number = this.nextFree();
    this.nextNumber = (number + 1) % NUMBERS;
    return number;
  }

  /** The number that the next process gets, unless the table grows then. */
  nextFree(): number {
    let number = this.nextNumber;
    while (this.places[this.placeOf(number)] !== undefined) number = (number + 1) % NUMBERS;
    return number;
  }

  /** Goes on from here with the numbers, also from one that was used before. */
  setNextNumber(number: number): void {
    this.nextNumber = number % NUMBERS;
  }

  /** The process must have its number from `takeNumber`. */
  add(process: Process): void {
    this.places[this.placeOf(process.number)] = process;
    this.used++;
  }

  remove(process: Process): void {
    this.places[this.placeOf(process.number)] = undefined;
    this.used--;
  }

  /** The process with this number that has not exited. */
  get(number: number): Process | undefined {
    if (number < 0) return undefined;
    const process = this.places[this.placeOf(number)];
    return process?.number === number ? process : undefined;
  }

  /** The process of a pid term; undefined for other terms, other nodes' pids and processes that are gone. */
  byPid(t: Term): Process | undefined {
    return isLocalPid(t) ? this.get(immediateValue(t)) : undefined;
  }

  /** The pid of a number, whether it is in use or not. */
  pidOf(number: number): Term {
    return makeLocalPid(number);
  }

  /** Processes for which there are places. */
  get placeCount(): number {
    return this.places.length;
  }

  /** The numbers of all, in the order in which they were made. */
  numbers(): Int32Array {
    const ages = new Int32Array(this.used);
    let count = 0;
    for (const process of this.places) {
      if (process !== undefined) ages[count++] = (process.number - this.nextNumber + NUMBERS) % NUMBERS;
    }
    ages.sort();
    return ages.map((age) => (age + this.nextNumber) % NUMBERS);
  }

  /** In the order in which they were made. */
  all(): Process[] {
    return Array.from(this.numbers(), (number) => this.places[this.placeOf(number)] as Process);
  }

  private placeOf(number: number): number {
    return number % this.places.length;
  }

  private double(): void {
    const { places } = this;
    this.places = emptyPlaces(2 * places.length);
    for (const process of places) if (process !== undefined) this.places[this.placeOf(process.number)] = process;
  }
}

function emptyPlaces(count: number): (Process | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}
