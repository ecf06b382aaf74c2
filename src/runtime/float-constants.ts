/** Constants and tables of the float functions to twice a double's precision, computed in fixed point when first needed. */
import type { Pair } from './float-pair.ts';

/** Bits behind the point: enough to reduce the largest double by pi and to have some 200 left. */
const PI_BITS = 1300;
const BITS = 200;
const ONE = 1n << BigInt(BITS);

/** Steps of the table of powers of two. */
export const EXP_STEPS = 128;
/** Steps per unit in the tables of sines and cosines. */
export const SINE_STEPS = 32;
/** Steps per unit in the table of logarithms, whose arguments go from below sqrt(1/2) to above sqrt(2). */
export const LOG_STEPS = 128;
const LOG_FIRST = 90;
const LOG_LAST = 182;

export interface FloatTables {
  /** ln 2 as three parts, of which the first two have 32 bits. */
  readonly ln2: readonly [number, number, number];
  readonly inverseLn2: Pair;
  /** pi / 2 as four parts, of which the first three have 33 bits. */
  readonly halfPi: readonly [number, number, number, number];
  readonly twoOverRootPi: Pair;
  /** 2^(i / EXP_STEPS). */
  readonly powers: readonly Pair[];
  /** ln(i / LOG_STEPS), by i. */
  readonly logs: readonly Pair[];
  /** sin(i / SINE_STEPS) and cos(i / SINE_STEPS). */
  readonly sines: readonly Pair[];
  readonly cosines: readonly Pair[];
}

/** A number in fixed point, with BITS bits behind the point, as a pair. */
function pairOfFixed(value: bigint): Pair {
  const top = Number(value);
  return { hi: top * 2 ** -BITS, lo: Number(value - BigInt(top)) * 2 ** -BITS };
}

/** The parts of a number in fixed point that have at most so many bits each, and the rest as the last. */
function partsOf(value: bigint, bitsEach: number, count: number): number[] {
  const parts: number[] = [];
  let rest = value;
  let unit = BigInt(BITS + 1);
  for (let i = 1; i < count; i++) {
    unit -= BigInt(bitsEach);
    const part = (rest >> unit) << unit;
    parts.push(Number(part) * 2 ** -BITS);
    rest -= part;
  }
  return [...parts, Number(rest) * 2 ** -BITS];
}

/** atan(1 / n), or with `sign` 1 atanh(1 / n). */
function inverseTangent(n: bigint, sign: 1n | -1n, one: bigint): bigint {
  let power = one / n;
  let total = power;
  for (let k = 3n; power !== 0n; k += 2n) {
    power = (sign * power) / (n * n);
    total += power / k;
  }
  return total;
}

/** pi to PI_BITS bits, after Machin. */
function computePi(): bigint {
  const guard = 32n;
  const one = 1n << (BigInt(PI_BITS) + guard);
  return (16n * inverseTangent(5n, -1n, one) - 4n * inverseTangent(239n, -1n, one)) >> guard;
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> BigInt(BITS);
}

/** e^x for x of at most about 1. */
function exponential(x: bigint): bigint {
  let term = ONE;
  let total = ONE;
  for (let k = 1n; term !== 0n; k++) {
    term = times(term, x) / k;
    total += term;
  }
  return total;
}

function logTable(): Pair[] {
  const logs: bigint[] = [];
  logs[LOG_STEPS] = 0n;
  const step = (n: number): bigint => 2n * inverseTangent(BigInt(2 * n + 1), 1n, ONE);
  for (let n = LOG_STEPS; n < LOG_LAST; n++) logs[n + 1] = (logs[n] as bigint) + step(n);
  for (let n = LOG_STEPS - 1; n >= LOG_FIRST; n--) logs[n] = (logs[n + 1] as bigint) - step(n);
  return Array.from({ length: LOG_LAST + 1 }, (_, n) => pairOfFixed(logs[n] ?? 0n));
}

function sineTables(): { sines: Pair[]; cosines: Pair[] } {
  const x = ONE / BigInt(SINE_STEPS);
  let term = ONE;
  let [stepSine, stepCosine] = [0n, 0n];
  for (let k = 0n; term !== 0n; k++) {
    const signed = k % 4n < 2n ? term : -term;
    if (k % 2n === 0n) stepCosine += signed;
    else stepSine += signed;
    term = times(term, x) / (k + 1n);
  }
  const sines: Pair[] = [];
  const cosines: Pair[] = [];
  let [sine, cosine] = [0n, ONE];
  for (let i = 0; i <= SINE_STEPS; i++) {
    sines.push(pairOfFixed(sine));
    cosines.push(pairOfFixed(cosine));
    [sine, cosine] = [
      times(sine, stepCosine) + times(cosine, stepSine),
      times(cosine, stepCosine) - times(sine, stepSine),
    ];
  }
  return { sines, cosines };
}

function integerRoot(value: bigint): bigint {
  let root = 1n << BigInt((value.toString(2).length / 2 + 1) | 0);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function computeTables(pi: bigint): FloatTables {
  const ln2 = 2n * inverseTangent(3n, 1n, ONE);
  const shortPi = pi >> BigInt(PI_BITS - BITS);
  const powers: Pair[] = [];
  const step = exponential(ln2 / BigInt(EXP_STEPS));
  for (let i = 0, power = ONE; i < EXP_STEPS; i++, power = times(power, step)) powers.push(pairOfFixed(power));
  return {
    ln2: partsOf(ln2, 32, 3) as [number, number, number],
    inverseLn2: pairOfFixed((ONE * ONE) / ln2),
    halfPi: partsOf(shortPi >> 1n, 33, 4) as [number, number, number, number],
    twoOverRootPi: pairOfFixed((2n * ONE * ONE) / integerRoot(shortPi * ONE)),
    powers,
    logs: logTable(),
    ...sineTables(),
  };
}

const computed: { pi?: bigint; tables?: FloatTables } = {};

function pi(): bigint {
  computed.pi ??= computePi();
  return computed.pi;
}

export function floatTables(): FloatTables {
  computed.tables ??= computeTables(pi());
  return computed.tables;
}

/** mantissa * 2^exponent (exponent at least -PI_BITS) less the nearest multiple of pi / 2, and the last two bits of that multiple. */
export function reduceByHalfPi(mantissa: bigint, exponent: number): { quadrant: number; rest: Pair } {
  const halfPi = pi();
  // In units of 2^-(PI_BITS + 1), so that pi / 2 is the integer that pi is in units of 2^-PI_BITS.
  const value = mantissa << BigInt(PI_BITS + 1 + exponent);
  let multiple = value / halfPi;
  let rest = value - multiple * halfPi;
  if (2n * rest > halfPi) {
    multiple++;
    rest -= halfPi;
  }
  return { quadrant: Number(multiple & 3n), rest: pairOfFixed(rest >> BigInt(PI_BITS + 1 - BITS)) };
}
