/**
 * erlang:system_profile/0,2: one process or port is told when processes and ports become runnable and stop being it, and when the scheduler falls
 * asleep and wakes (profile_runnable_proc and its like in OTP's erl_trace.c). It is told nothing of itself.
 */
import { freeFragment } from '../memory/fragment.ts';
import { buildFragment } from '../process/fragment-building.ts';
import type { FunctionName, Machine } from '../process/machine.ts';
import { commandPort } from '../process/port-signals.ts';
import type { Process } from '../process/process.ts';
import { deliver } from '../process/signals.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { encodeExternal } from '../term/external-encode.ts';
import type { Term } from '../term/layout.ts';
import { isLocalPid, makeSmall } from '../term/term.ts';
import { stampOf, tracerState } from './tracer.ts';

export interface ProfileSettings {
  /** A pid or port. */
  readonly profiler: Term;
  readonly runnableProcs: boolean;
  readonly runnablePorts: boolean;
  readonly scheduler: boolean;
  /** Means nothing; it is shown. */
  readonly exclusive: boolean;
  /** TIMESTAMP, STRICT_MONOTONIC or MONOTONIC. */
  readonly stamp: number;
}

const EVENT_WORDS = 64;
/** The only scheduler. */
const SCHEDULER = 1;

export class SystemProfile {
  private readonly vm: Machine;
  private current: ProfileSettings | undefined;
  /** Processes that are runnable, as far as the profiler knows. */
  private readonly runnable = new Set<Process>();
  private sleeps = false;

  constructor(vm: Machine) {
    this.vm = vm;
  }

  get isUsed(): boolean {
    return this.current !== undefined;
  }

  /** undefined, too, when the profiler has ended. */
  get settings(): ProfileSettings | undefined {
    const { current } = this;
    if (current !== undefined && tracerState(this.vm, current.profiler, am.undefined) === 'remove') {
      this.settings = undefined;
    }
    return this.current;
  }

  set settings(settings: ProfileSettings | undefined) {
    const { vm, runnable } = this;
    this.current = settings;
    this.sleeps = false;
    runnable.clear();
    const isWatching = settings?.runnableProcs === true;
    vm.runQueue.watcher = isWatching ? (process) => this.becomesRunnable(process) : undefined;
    if (!isWatching) return;
    for (const process of vm.processes.all()) {
      if (process.state === 'runnable' || process.state === 'running') runnable.add(process);
    }
  }

  private becomesRunnable(process: Process): void {
    if (process.suspendCount > 0 || this.runnable.has(process)) return;
    this.runnable.add(process);
    this.tellProcess(process, am.active, this.vm.tracing.turns.place(process));
  }

  /** A turn begins: where the scheduler slept, it does no more. The profiler's own turns wake nobody. */
  turnBegins(process: Process): void {
    if (!this.sleeps || process.pid === this.current?.profiler) return;
    this.sleeps = false;
    this.tellScheduler(am.active, 1);
  }

  /** Its turn is over, and it lives. */
  turnEnds(process: Process): void {
    if (process.state === 'runnable' && process.suspendCount === 0) return;
    if (this.runnable.delete(process)) this.tellProcess(process, am.inactive, this.vm.tracing.turns.place(process));
  }

  /** It has ended. One that did not run first had to. */
  ended(process: Process): void {
    if (this.current?.runnableProcs !== true) return;
    if (!this.runnable.delete(process)) this.tellProcess(process, am.active, this.vm.tracing.turns.place(process));
    this.tellProcess(process, am.inactive, undefined);
  }

  /** A port does something. */
  around(port: Term, action: () => void): void {
    if (this.current?.runnablePorts !== true) return action();
    this.tell(port, am.active, () => [makeSmall(0)]);
    action();
    this.tell(port, am.inactive, () => [makeSmall(0)]);
  }

  /** No process can run. */
  schedulerSleeps(): void {
    if (this.current?.scheduler !== true || this.sleeps) return;
    this.sleeps = true;
    this.tellScheduler(am.inactive, 0);
  }

  private tellScheduler(state: Term, active: number): void {
    this.send((stamp) => tuple(am.profile, am.scheduler, makeSmall(SCHEDULER), state, makeSmall(active), stamp));
  }

  private tellProcess(process: Process, state: Term, at: FunctionName | undefined): void {
    this.tell(process.pid, state, () => [
      at === undefined ? makeSmall(0) : tuple(at.module, at.name, makeSmall(at.arity)),
    ]);
  }

  private tell(about: Term, state: Term, place: () => [Term]): void {
    if (about === this.current?.profiler) return;
    this.send((stamp) => tuple(am.profile, about, state, ...place(), stamp));
  }

  private send(build: (stamp: Term) => Term): void {
    const { vm, current } = this;
    if (current === undefined) return;
    const { profiler, stamp } = current;
    if (tracerState(vm, profiler, am.undefined) === 'remove') {
      this.settings = undefined;
      return;
    }
    const message = buildFragment(EVENT_WORDS, [], () => build(stampOf(vm, stamp, false)));
    const process = isLocalPid(profiler) ? vm.processes.byPid(profiler) : undefined;
    if (process !== undefined) return deliver(vm, process, message);
    const port = vm.ports.byTerm(profiler);
    if (port !== undefined) commandPort(vm, port, encodeExternal(message.term));
    freeFragment(message);
  }
}
