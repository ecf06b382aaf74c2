/** Alternates between processes and the host's event loop, until the virtual machine is stopped or has nothing left to do. */
import type { Scheduler } from './scheduler.ts';

/** How long processes may run before the host's event loop gets a turn, in milliseconds. */
const TURN = 5;

/** The host's event loop. */
export interface EventLoop {
  /** Calls `action` once, after everything that is ready by then; `milliseconds` later at the earliest. Returns how to call it off. */
  after(milliseconds: number, action: () => void): () => void;
}

export class Pump {
  private readonly scheduler: Scheduler;
  private readonly loop: EventLoop;
  private readonly afterTurn: () => void;
  private callOff: (() => void) | undefined;
  private stopped = false;
  private paused = false;

  /** `afterTurn` is called after each turn of the processes; it may stop the pump. */
  constructor(scheduler: Scheduler, loop: EventLoop, afterTurn: () => void = () => undefined) {
    this.scheduler = scheduler;
    this.loop = loop;
    this.afterTurn = afterTurn;
  }

  /** Something has happened that may let a process run: it will, soon. */
  poke(): void {
    if (this.stopped || this.paused) return;
    this.callOff?.();
    this.callOff = this.loop.after(0, () => this.turn());
  }

  /** No process runs until `resume`. */
  pause(): void {
    this.paused = true;
    this.callOff?.();
    this.callOff = undefined;
  }

  resume(): void {
    this.paused = false;
    this.poke();
  }

  stop(): void {
    this.stopped = true;
    this.callOff?.();
    this.callOff = undefined;
  }

  private turn(): void {
    this.callOff = undefined;
    if (this.stopped) return;
    this.scheduler.runFor(TURN);
    this.afterTurn();
    if (this.stopped || this.callOff !== undefined) return;
    const idle = this.scheduler.idleTime();
    if (idle !== undefined) this.callOff = this.loop.after(idle, () => this.turn());
  }
}
