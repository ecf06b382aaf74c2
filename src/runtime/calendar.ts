/** Dates of the Gregorian calendar and seconds since 1970-01-01 UTC (erl_time_sup.c). */

/** Year, month, day, hour, minute, second; month and day from 1. */
export type DateTime = readonly [number, number, number, number, number, number];

const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MAX_YEAR = 2 ** 31 - 2;
/** The first years that conversions of local and of universal time take. */
export const FIRST_LOCAL_YEAR = 1902;
export const FIRST_POSIX_YEAR = 1600;

const SECONDS_PER_DAY = 86400;
/** Days from 1600-01-01 to 1970-01-01. */
const DAYS_TO_EPOCH = 135140;

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function isDateTime([year, month, day, hour, minute, second]: DateTime, firstYear: number): boolean {
  if (year < firstYear || year > MAX_YEAR || month < 1 || month > 12) return false;
  const days = (MONTH_DAYS[month] as number) + (month === 2 && isLeapYear(year) ? 1 : 0);
  if (day < 1 || day > days) return false;
  return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
}

/** Seconds since 1970 of a date that `isDateTime` has accepted. */
export function secondsOfDate([year, month, day, hour, minute, second]: DateTime): number {
  let days = day - 1;
  const years = year - 1600;
  if (years > 0) {
    const before = years - 1;
    days += Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) + before * 365 + 366;
  }
  for (let m = 1; m < month; m++) days += MONTH_DAYS[m] as number;
  if (isLeapYear(year) && month > 2) days++;
  return (days - DAYS_TO_EPOCH) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
}

/** The date of a moment, for any 64-bit number of seconds since 1970. Divisions go towards zero, as in C. */
export function dateOfSeconds(time: bigint): DateTime {
  const perDay = BigInt(SECONDS_PER_DAY);
  let days = time / perDay;
  let seconds = Number(time % perDay);
  if (seconds < 0) {
    days--;
    seconds += SECONDS_PER_DAY;
  }
  days += 719468n;
  let year = (10000n * days + 14780n) / 3652425n;
  const daysOf = (y: bigint): bigint => days - (365n * y + y / 4n - y / 100n + y / 400n);
  if (daysOf(year) < 0n) year--;
  const rest = Number(daysOf(year));
  const month = Math.trunc((100 * rest + 52) / 3060);
  return [
    Number(year) + Math.trunc((month + 2) / 12),
    ((month + 2) % 12) + 1,
    rest - Math.trunc((month * 306 + 5) / 10) + 1,
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    seconds % 60,
  ];
}
