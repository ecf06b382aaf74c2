/** How much of the time the scheduler was running processes (system_flag scheduler_wall_time); off at first. Milliseconds. */
export class SchedulerWallTime {
  /** When it was turned on; undefined: it is off. */
  since: number | undefined;
  active = 0;

  /** Turns it on or off; returns whether it was on. */
  set(on: boolean, now: number): boolean {
    const was = this.since !== undefined;
    if (on === was) return was;
    this.since = on ? now : undefined;
    this.active = 0;
    return was;
  }

  /** Processes have run from `start` to `end`. */
  add(start: number, end: number): void {
    if (this.since !== undefined) this.active += end - Math.max(start, this.since);
  }
}
