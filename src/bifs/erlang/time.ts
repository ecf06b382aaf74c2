/** Monotonic time, system time and unique integers (erl_time_sup.c, erl_bif_unique.c). */
import type { Machine } from '../../process/machine.ts';
import { am } from '../../term/atoms.ts';
import { makeBigInt, makeInteger, toBigInt } from '../../term/bignum.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isInteger } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { elementsOf } from './lists-tuples.ts';

const NANOSECONDS = 1_000_000_000n;
const MILLION = 1_000_000n;

/** Parts of a second by the names of units; the last four are deprecated. */
const UNITS: ReadonlyMap<Term, bigint> = new Map([
  [am.second, 1n],
  [am.millisecond, 1000n],
  [am.microsecond, MILLION],
  [am.nanosecond, NANOSECONDS],
  [am.native, NANOSECONDS],
  [am.perf_counter, NANOSECONDS],
  [am.seconds, 1n],
  [am.milli_seconds, 1000n],
  [am.micro_seconds, MILLION],
  [am.nano_seconds, NANOSECONDS],
]);

/** A time of nanoseconds in a unit, rounded down. Raises badarg for what is no unit. */
function inUnit(nanoseconds: bigint, unit: Term): Term {
  const parts = UNITS.get(unit) ?? (isInteger(unit) ? toBigInt(unit) : 0n);
  if (parts < 1n) throw badarg();
  const product = nanoseconds * parts;
  const quotient = product / NANOSECONDS;
  return makeBigInt(product < 0n && product % NANOSECONDS !== 0n ? quotient - 1n : quotient);
}

type Reading = (vm: Machine) => bigint;

const plain = (read: Reading) => (vm: Machine) => makeBigInt(read(vm));
const converted = (read: Reading) => (vm: Machine, unit: Term) => inUnit(read(vm), unit);

const monotonic: Reading = (vm) => vm.time.monotonic();
const system: Reading = (vm) => vm.time.system();
const offset: Reading = (vm) => vm.time.offset;
const osSystem: Reading = (vm) => vm.time.osSystem();

/** `{MegaSeconds, Seconds, MicroSeconds}`. */
function timestampTerm(microseconds: bigint): Term {
  const seconds = microseconds / MILLION;
  return tuple(
    makeInteger(Number(seconds / MILLION)),
    makeInteger(Number(seconds % MILLION)),
    makeInteger(Number(microseconds % MILLION)),
  );
}

/** The least unique integer: the least small of OTP with words of 32 bits. */
export const MIN_UNIQUE_INTEGER = -(2 ** 27);
/** A unique integer tells which thread made it: the scheduler, or none. */
const THREADS = 2;
const SCHEDULER = 1;
const COUNTER_BITS = 64;

/** The unique integer of a thread and of what it has counted so far (bld_unique_integer_term). */
export function uniqueIntegerOf(thread: bigint, count: bigint): Term {
  return makeBigInt(BigInt.asUintN(COUNTER_BITS, count) * BigInt(THREADS) + thread + BigInt(MIN_UNIQUE_INTEGER));
}

/**
 * unique_integer/1. Integers with the same modifiers never repeat, and each is above the one before: they count the references that are
 * made as well. Raises badarg.
 */
function uniqueInteger(vm: Machine, modifiers: Term = NIL): Term {
  const list = elementsOf(modifiers);
  if (!list.every((modifier) => modifier === am.monotonic || modifier === am.positive)) throw badarg();
  const count = vm.references.fresh();
  const unique = count * THREADS + SCHEDULER;
  return makeInteger(list.includes(am.positive) ? unique + 1 : unique + MIN_UNIQUE_INTEGER);
}

export const erlangTimeBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'monotonic_time', arity: 0, fn: plain(monotonic) },
    { name: 'monotonic_time', arity: 1, fn: converted(monotonic) },
    { name: 'system_time', arity: 0, fn: plain(system) },
    { name: 'system_time', arity: 1, fn: converted(system) },
    { name: 'time_offset', arity: 0, fn: plain(offset) },
    { name: 'time_offset', arity: 1, fn: converted(offset) },
    { name: 'timestamp', arity: 0, fn: (vm: Machine) => timestampTerm(vm.time.system() / 1000n) },
    { name: 'now', arity: 0, fn: (vm: Machine) => timestampTerm(vm.time.uniqueMicroseconds()) },
    { name: 'unique_integer', arity: 0, fn: uniqueInteger },
    { name: 'unique_integer', arity: 1, fn: uniqueInteger },
  ],
};

export const osTimeBifs: BifTable = {
  module: 'os',
  rows: [
    { name: 'system_time', arity: 0, fn: plain(osSystem) },
    { name: 'system_time', arity: 1, fn: converted(osSystem) },
    { name: 'timestamp', arity: 0, fn: (vm: Machine) => timestampTerm(vm.time.osSystem() / 1000n) },
    { name: 'perf_counter', arity: 0, fn: plain(monotonic) },
  ],
};

const nativeUnit = () => makeInteger(Number(NANOSECONDS));

export const ertsInternalTimeBifs: BifTable = {
  module: 'erts_internal',
  pure: true,
  rows: [
    { name: 'time_unit', arity: 0, fn: nativeUnit },
    { name: 'perf_counter_unit', arity: 0, fn: nativeUnit },
  ],
};
