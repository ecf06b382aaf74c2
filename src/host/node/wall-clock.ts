/** System time that is finer than Date.now() and still follows what happens to the operating system's clock. */

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** Between two ticks that were read at the same moment, as far as matters here. */
const AT_ONCE = 100_000n;

/**
 * A clock of nanoseconds since 1970 from one that ticks evenly (nanoseconds) and one that is right but coarse
 * (milliseconds, rounded down). It goes with the former, and is set anew where the latter says otherwise: the clock was set, or
 * the machine slept.
 * @param first what it shows at first
 */
export function wallClock(ticks: () => bigint, coarse: () => number, first: bigint): () => bigint {
  let ahead = first - ticks();
  return () => {
    for (;;) {
      const before = ticks();
      const least = BigInt(coarse()) * NANOSECONDS_PER_MILLISECOND;
      const most = least + NANOSECONDS_PER_MILLISECOND - 1n;
      const now = before + ahead;
      if (now >= least && now <= most) return now;
      // Whoever was interrupted between the readings must not take that for a leap of time.
      if (ticks() - before > AT_ONCE) continue;
      const right = now < least ? least : most;
      ahead += right - now;
      return right;
    }
  };
}
