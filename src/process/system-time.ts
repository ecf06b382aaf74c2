/** Erlang's times, made of the host's clock. All in nanoseconds, which is the native time unit (erl_time_sup.c). */
import type { Clock } from '../host/host.ts';

const NANOSECONDS_PER_MILLISECOND = 1e6;
const NANOSECONDS_PER_MICROSECOND = 1000n;
/** How far system time may be from what the operating system takes for it, before a time warp: twice OTP's `small_diff`. */
const TOLERANCE = 100_000n;

/** The flag +C. */
export type WarpMode = 'no_time_warp' | 'single_time_warp' | 'multi_time_warp';

/** Whether the time offset may still change: once, when it is finalized; never; at any time. */
export type OffsetState = 'preliminary' | 'final' | 'volatile';

export interface TimeSettings {
  readonly warpMode: WarpMode;
  /** The flag +c. False: monotonic time is made of system time, and stands still while that catches up after a leap back. */
  readonly correction: boolean;
}

const RELEASE_WITH_WARPS = 26;

/** What an OTP release does unless told. */
export function defaultTimeSettings(otpRelease: number): TimeSettings {
  return { warpMode: otpRelease >= RELEASE_WITH_WARPS ? 'multi_time_warp' : 'no_time_warp', correction: true };
}

export class SystemTime {
  private readonly clock: Clock;
  readonly settings: TimeSettings;
  /** Is told of each new offset. */
  offsetChanged: (offset: bigint) => void = () => undefined;
  /** Erlang monotonic time when the virtual machine was made. */
  readonly start: bigint;
  private currentOffset: bigint;
  private isPreliminary: boolean;
  /** The last monotonic time that was made of system time. */
  private lastUncorrected = 0n;
  /** The last value of erlang:now/0, in microseconds. */
  private lastNow = 0n;

  constructor(clock: Clock, settings: TimeSettings) {
    this.clock = clock;
    this.settings = settings;
    this.isPreliminary = settings.warpMode === 'single_time_warp';
    this.start = this.ticks();
    this.currentOffset = clock.systemNanoseconds() - this.start;
  }

  /** Between monotonic time and system time. */
  get offset(): bigint {
    return this.currentOffset;
  }

  get offsetState(): OffsetState {
    if (this.settings.warpMode === 'multi_time_warp') return 'volatile';
    return this.isPreliminary ? 'preliminary' : 'final';
  }

  /** Erlang monotonic time. */
  monotonic(): bigint {
    return this.settings.correction ? this.ticks() : this.uncorrected();
  }

  /** A moment of Erlang monotonic time, in milliseconds, on the clock that timers go by: another one without time correction. */
  onClock(moment: number): number {
    if (this.settings.correction) return moment;
    return moment + this.clock.monotonicMilliseconds() - Number(this.monotonic()) / NANOSECONDS_PER_MILLISECOND;
  }

  private ticks(): bigint {
    return BigInt(Math.floor(this.clock.monotonicMilliseconds() * NANOSECONDS_PER_MILLISECOND));
  }

  /** get_not_corrected_time: after a leap back of system time, a new offset where there may be one. */
  private uncorrected(): bigint {
    const system = this.osSystem();
    const now = system - this.currentOffset;
    if (now >= this.lastUncorrected) this.lastUncorrected = now;
    else if (this.settings.warpMode === 'multi_time_warp') this.warp(system - this.lastUncorrected);
    return this.lastUncorrected;
  }

  /** system_flag(time_offset, finalize): makes a preliminary offset the final one. Returns the state before. */
  finalize(): OffsetState {
    const before = this.offsetState;
    if (before !== 'preliminary') return before;
    this.isPreliminary = false;
    const now = this.monotonic();
    this.warp(this.osSystem() - now);
    return before;
  }

  /** check_time_offset: lets system time follow what the operating system takes for it. Only in multi_time_warp mode. */
  follow(): void {
    const ahead = this.system() - this.osSystem();
    if (ahead > TOLERANCE || ahead < -TOLERANCE) this.warp(this.currentOffset - ahead);
  }

  private warp(offset: bigint): void {
    this.currentOffset = offset;
    this.offsetChanged(offset);
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
