/** Erlang's times, made of the host's clock. All in nanoseconds, which is the native time unit. */
import type { Clock } from '../host/host.ts';

const NANOSECONDS_PER_MILLISECOND = 1e6;
const NANOSECONDS_PER_MICROSECOND = 1000n;

export class SystemTime {
  private readonly clock: Clock;
  /** Between monotonic time and system time; the same as long as the virtual machine lives (time warp mode no_time_warp). */
  readonly offset: bigint;
  /** Erlang monotonic time when the virtual machine was made. */
  readonly start: bigint;
  /** The last value of erlang:now/0, in microseconds. */
  private lastNow = 0n;

  constructor(clock: Clock) {
    this.clock = clock;
    this.start = this.monotonic();
    this.offset = clock.systemNanoseconds() - this.start;
  }

  /** Erlang monotonic time. */
  monotonic(): bigint {
    return BigInt(Math.floor(this.clock.monotonicMilliseconds() * NANOSECONDS_PER_MILLISECOND));
  }

  /** Erlang system time. */
  system(): bigint {
    return this.monotonic() + this.offset;
  }

  /** What the operating system takes for the time. */
  osSystem(): bigint {
    return this.clock.systemNanoseconds();
  }

  /** Microseconds of system time, no value twice and none below an earlier one. */
  uniqueMicroseconds(): bigint {
    const now = this.system() / NANOSECONDS_PER_MICROSECOND;
    this.lastNow = now > this.lastNow ? now : this.lastNow + 1n;
    return this.lastNow;
  }

  /** Seconds that local time is ahead of universal time at a moment, in seconds since 1970. */
  localOffset(seconds: number): number {
    return this.clock.localOffsetSeconds?.(seconds) ?? 0;
  }
}
