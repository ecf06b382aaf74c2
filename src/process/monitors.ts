/** Monitors of local processes, ports and the time offset, by identifier or by registered name. */
import type { Fragment } from '../memory/fragment.ts';
import type { Term } from '../term/layout.ts';
import type { Process } from './process.ts';
import type { RefKey } from './references.ts';

/**
 * When an alias ceases to be one: only by unalias/1; with its monitor; with its monitor or the first message that it
 * brings; with the first message that it brings (alias/1's option `reply`).
 */
export type AliasMode = 'explicit_unalias' | 'demonitor' | 'reply_demonitor' | 'reply';

export class Alias {
  readonly key: RefKey;
  readonly process: Process;
  readonly mode: AliasMode;
  /** In the table of all aliases. */
  nextInTable: Alias | undefined = undefined;

  constructor(key: RefKey, process: Process, mode: AliasMode) {
    this.key = key;
    this.process = process;
    this.mode = mode;
  }

  /** Whether it ends with its monitor. */
  get endsWithMonitor(): boolean {
    return this.mode === 'demonitor' || this.mode === 'reply_demonitor';
  }
}

/** What can be monitored besides processes: a port, the time offset. */
export interface MonitoredObject {
  readonly term: Term;
  /** The first argument of monitor/2. */
  readonly monitorType: Term;
  /** Made when it gets the first. */
  monitoredBy: MonitorRing | undefined;
}

/** What few monitors have. */
type MonitorDetails = Pick<Monitor, 'object' | 'name' | 'tag'>;

const PLAIN: MonitorDetails = { object: undefined, name: undefined, tag: undefined };

export class Monitor {
  readonly key: RefKey;
  /** Number of the process that watches, and of the one that is watched (-1 where that is no process, or nothing). */
  readonly watcher: number;
  readonly target: number;
  /** What is watched, if it is no process. */
  readonly object: MonitoredObject | undefined;
  /** The registered name that was asked for; undefined: a pid was. */
  readonly name: Term | undefined;
  /** First element of the message, which the monitor owns: what monitor/3's option `tag` gave; undefined: `DOWN`. */
  readonly tag: Fragment | undefined;
  /** Neighbours in the ring of all monitors of the target. */
  before: Monitor = this;
  behind: Monitor = this;

  constructor(key: RefKey, watcher: number, target: number, { object, name, tag }: MonitorDetails = PLAIN) {
    this.key = key;
    this.watcher = watcher;
    this.target = target;
    this.object = object;
    this.name = name;
    this.tag = tag;
  }
}

/** The monitors of one target, oldest first: a ring, so that a monitor is taken out without a search. */
export class MonitorRing {
  first: Monitor | undefined = undefined;
  size = 0;

  append(monitor: Monitor): void {
    const { first } = this;
    this.size++;
    if (first === undefined) {
      this.first = monitor;
      return;
    }
    monitor.before = first.before;
    monitor.behind = first;
    first.before.behind = monitor;
    first.before = monitor;
  }

  /** The monitor must be in it. */
  remove(monitor: Monitor): void {
    const { before, behind } = monitor;
    this.size--;
    if (behind === monitor) {
      this.first = undefined;
      return;
    }
    before.behind = behind;
    behind.before = before;
    if (this.first === monitor) this.first = behind;
    monitor.before = monitor;
    monitor.behind = monitor;
  }

  /** Takes the oldest monitor out. */
  shift(): Monitor | undefined {
    const { first } = this;
    if (first !== undefined) this.remove(first);
    return first;
  }

  *[Symbol.iterator](): Generator<Monitor> {
    const { first } = this;
    if (first === undefined) return;
    let monitor = first;
    do {
      const { behind } = monitor;
      yield monitor;
      monitor = behind;
    } while (monitor !== first);
  }
}
