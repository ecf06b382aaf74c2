/** Dates in module erlang: local and universal time (bif.c, erl_time_sup.c). */
import type { Machine } from '../../process/machine.ts';
import {
  type DateTime,
  dateOfSeconds,
  FIRST_LOCAL_YEAR,
  FIRST_POSIX_YEAR,
  isDateTime,
  secondsOfDate,
} from '../../runtime/calendar.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger, toBigInt } from '../../term/bignum.ts';
import { tuple, tupleOf } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isInteger, isSmall, isTuple, smallValue, tupleArity, tupleElement } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { pairOf } from './arguments.ts';

const NANOSECONDS = 1_000_000_000n;

function nowSeconds(vm: Machine): number {
  return Number(vm.time.osSystem() / NANOSECONDS);
}

function localDate(vm: Machine, seconds: number): DateTime {
  return dateOfSeconds(BigInt(seconds + vm.time.localOffset(seconds)));
}

function triple(date: DateTime, from: 0 | 3): Term {
  return tupleOf(date.slice(from, from + 3).map(makeInteger));
}

function dateTerm(date: DateTime): Term {
  return tuple(triple(date, 0), triple(date, 3));
}

function smallTriple(t: Term): number[] {
  if (!isTuple(t) || tupleArity(t) !== 3) throw badarg();
  return [1, 2, 3].map((position) => {
    const element = tupleElement(t, position);
    if (!isSmall(element)) throw badarg();
    return smallValue(element);
  });
}

/** `{{Year, Month, Day}, {Hour, Minute, Second}}`. Raises badarg. */
function dateArgument(t: Term, firstYear: number): DateTime {
  const pair = pairOf(t);
  if (pair === undefined) throw badarg();
  const date = [...smallTriple(pair.key), ...smallTriple(pair.value)] as unknown as DateTime;
  if (!isDateTime(date, firstYear)) throw badarg();
  return date;
}

function universalToLocal(vm: Machine, t: Term): Term {
  return dateTerm(localDate(vm, secondsOfDate(dateArgument(t, FIRST_LOCAL_YEAR))));
}

/** A quarter of a year: at most two from now the other kind of time, summer or standard, is in force. */
const QUARTER = 91 * 86400;
const HOUR = 3600;

/** localtime_to_universaltime(Local, IsDst): where local time is ambiguous, the second argument decides. Raises badarg. */
function localToUniversal(vm: Machine, t: Term, isDst: Term): Term {
  if (isDst !== am.true && isDst !== am.false && isDst !== am.undefined) throw badarg();
  const local = secondsOfDate(dateArgument(t, FIRST_LOCAL_YEAR));
  const { time } = vm;
  const offsets = [-2, -1, 0, 1, 2].map((quarters) => time.localOffset(local + quarters * QUARTER));
  const standard = Math.min(...offsets);
  // Where there is no summer time, C libraries take an hour for it.
  const summer = isDst === am.true && standard === Math.max(...offsets) ? standard + HOUR : Math.max(...offsets);
  let offset: number;
  if (isDst === am.true) offset = summer;
  else if (isDst === am.false) offset = standard;
  else offset = time.localOffset(local - summer) === summer ? summer : standard;
  return dateTerm(dateOfSeconds(BigInt(local - offset)));
}

function posixToUniversal(_vm: Machine, t: Term): Term {
  const seconds = isInteger(t) ? toBigInt(t) : undefined;
  if (seconds === undefined || BigInt.asIntN(64, seconds) !== seconds) throw badarg();
  return dateTerm(dateOfSeconds(seconds));
}

export const erlangDateBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'date', arity: 0, fn: (vm: Machine) => triple(localDate(vm, nowSeconds(vm)), 0) },
    { name: 'time', arity: 0, fn: (vm: Machine) => triple(localDate(vm, nowSeconds(vm)), 3) },
    { name: 'localtime', arity: 0, fn: (vm: Machine) => dateTerm(localDate(vm, nowSeconds(vm))) },
    { name: 'universaltime', arity: 0, fn: (vm: Machine) => dateTerm(dateOfSeconds(BigInt(nowSeconds(vm)))) },
    { name: 'localtime_to_universaltime', arity: 2, fn: localToUniversal },
    { name: 'universaltime_to_localtime', arity: 1, fn: universalToLocal },
    {
      name: 'universaltime_to_posixtime',
      arity: 1,
      fn: (_vm: Machine, t: Term) => makeInteger(secondsOfDate(dateArgument(t, FIRST_POSIX_YEAR))),
    },
    { name: 'posixtime_to_universaltime', arity: 1, fn: posixToUniversal },
  ],
};
