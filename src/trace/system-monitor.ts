/** erlang:system_monitor/0,1,2: one process is told of collections and turns that take long, of large heaps and long message queues. */
import { buildFragment } from '../process/fragment-building.ts';
import type { FunctionName, Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { deliver } from '../process/signals.ts';
import { am } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { listOf, tuple } from '../term/build.ts';
import type { Term } from '../term/layout.ts';
import { makeSmall } from '../term/term.ts';
import { GC_INFO_WORDS, gcInfo, gcValues } from './gc-info.ts';

/** What is to be told; limits are undefined where nobody asked. */
export interface MonitorSettings {
  readonly pid: Term;
  /** Milliseconds. */
  readonly longGc?: number;
  readonly longSchedule?: number;
  /** Words. */
  readonly largeHeap?: number;
  readonly busyPort: boolean;
  readonly busyDistPort: boolean;
  /** Messages: a queue that gets longer than `on` is told of, and when it is down to `off`. */
  readonly queue?: { readonly off: number; readonly on: number };
}

const EVENT_WORDS = 64;
/** What is told of memory. */
const HEAP_ITEMS: readonly Term[] = [
  am.old_heap_block_size,
  am.heap_block_size,
  am.mbuf_size,
  am.stack_size,
  am.old_heap_size,
  am.heap_size,
];

export class SystemMonitor {
  settings: MonitorSettings | undefined;
  private readonly vm: Machine;
  /** Processes whose queue was told of as long. */
  private readonly long = new WeakSet<Process>();

  constructor(vm: Machine) {
    this.vm = vm;
  }

  /** What is to be told; nothing when the process that was to be told has ended. */
  currentSettings(): MonitorSettings | undefined {
    if (this.settings !== undefined && this.vm.processes.byPid(this.settings.pid)?.isAlive !== true)
      this.settings = undefined;
    return this.settings;
  }

  private tell(about: Process, tag: Term, build: () => Term): void {
    const to = this.settings === undefined ? undefined : this.vm.processes.byPid(this.settings.pid);
    if (to === undefined) {
      this.settings = undefined;
      return;
    }
    if (to === about) return;
    const message = buildFragment(EVENT_WORDS + GC_INFO_WORDS, [], () => tuple(am.monitor, about.pid, tag, build()));
    deliver(this.vm, to, message);
  }

  /** After a collection that took so many milliseconds. */
  collected(process: Process, milliseconds: number): void {
    const { longGc, largeHeap } = this.settings ?? {};
    if (longGc !== undefined && milliseconds > longGc) this.tellHeap(process, am.long_gc, Math.floor(milliseconds));
    if (largeHeap === undefined) return;
    const values = new Map(gcValues(process));
    const words = [am.heap_block_size, am.old_heap_block_size, am.mbuf_size].reduce(
      (sum, name) => sum + (values.get(name) ?? 0),
      0,
    );
    if (words >= largeHeap) this.tellHeap(process, am.large_heap);
  }

  private tellHeap(process: Process, tag: Term, milliseconds?: number): void {
    const values = gcValues(process).filter(([name]) => HEAP_ITEMS.includes(name));
    this.tell(process, tag, () =>
      gcInfo(milliseconds === undefined ? values : [[am.timeout, milliseconds], ...values]),
    );
  }

  /** After a turn; `from` and `to` are where it began and ended. */
  scheduled(
    process: Process,
    milliseconds: number,
    from: FunctionName | undefined,
    to: FunctionName | undefined,
  ): void {
    const limit = this.settings?.longSchedule;
    if (limit === undefined || milliseconds <= limit) return;
    const place = (at: FunctionName | undefined): Term =>
      at === undefined ? am.undefined : tuple(at.module, at.name, makeSmall(at.arity));
    this.tell(process, am.long_schedule, () =>
      listOf([
        tuple(am.timeout, makeInteger(Math.floor(milliseconds))),
        tuple(am.in, place(from)),
        tuple(am.out, place(to)),
      ]),
    );
  }

  /** A queue has got or lost a message. */
  queueChanged(process: Process): void {
    const { queue } = this.settings ?? {};
    if (queue === undefined) return;
    const { length } = process.mailbox;
    if (!this.long.has(process) && length >= queue.on) this.tellQueue(process, true);
    else if (this.long.has(process) && length <= queue.off) this.tellQueue(process, false);
  }

  private tellQueue(process: Process, isLong: boolean): void {
    if (isLong) this.long.add(process);
    else this.long.delete(process);
    this.tell(process, am.long_message_queue, () => (isLong ? am.true : am.false));
  }
}
