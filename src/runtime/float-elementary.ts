/**
 * Exponential, logarithm, sine and cosine as pairs with some 65 to 75 correct bits: a table entry near the argument and a short
 * polynomial for what is left. The functions of math.ts round these once, so they are the nearest double in nearly all cases,
 * as those of a good C library are.
 */
import { EXP_STEPS, floatTables, LOG_STEPS, reduceByHalfPi, SINE_STEPS } from './float-constants.ts';
import { type Pair, product, sum } from './float-pair.ts';

const view = new DataView(new ArrayBuffer(8));
const MIN_NORMAL = 2 ** -1022;
const MIN_EXPONENT = -1074;
/** From here on, an angle is reduced in fixed point. */
const LARGE_ANGLE = 2 ** 20;

/** A positive double as mantissa * 2^exponent with a mantissa from 1 to below 2. */
export function splitExponent(x: number): { mantissa: number; exponent: number } {
  const subnormal = x < MIN_NORMAL;
  view.setFloat64(0, subnormal ? x * 2 ** 54 : x);
  const high = view.getUint32(0);
  view.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  return { mantissa: view.getFloat64(0), exponent: (high >>> 20) - 1023 - (subnormal ? 54 : 0) };
}

/** (hi + lo) * 2^exponent, rounded once even if the result is subnormal. */
export function scale(hi: number, lo: number, exponent: number): number {
  if (exponent >= -1020)
    return exponent > 1000 ? (hi + lo) * 2 ** (exponent - 1000) * 2 ** 1000 : (hi + lo) * 2 ** exponent;
  // A sum with this has the last place that the result is to have.
  const rounder = 1.5 * 2 ** (52 + MIN_EXPONENT - exponent);
  const rounded = sum(rounder, hi);
  return (rounded.hi + (rounded.lo + lo) - rounder) * 2 ** (exponent + 100) * 2 ** -100;
}

/** e^(hi + lo) for a result that is neither zero nor too large: a pair and a power of two to multiply it by. */
export function expPair(hi: number, lo: number): { hi: number; lo: number; exponent: number } {
  const { ln2, powers } = floatTables();
  const steps = Math.round((hi * EXP_STEPS) / Math.LN2);
  const n = steps / EXP_STEPS;
  const first = sum(hi - n * ln2[0], -n * ln2[1]);
  const { hi: r, lo: rest } = sum(first.hi, first.lo + (lo - n * ln2[2]));
  const higher = rest + r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r / 5040)))));
  const index = steps & (EXP_STEPS - 1);
  const table = powers[index] as Pair;
  const linear = product(table.hi, r);
  const total = sum(table.hi, linear.hi);
  return {
    hi: total.hi,
    lo: total.lo + (linear.lo + table.hi * higher + table.lo + table.lo * r),
    exponent: (steps - index) / EXP_STEPS,
  };
}

/** ln x for x above 0. */
export function logPair(x: number): Pair {
  const { ln2, logs } = floatTables();
  let { mantissa, exponent } = splitExponent(x);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  const index = Math.round(mantissa * LOG_STEPS);
  const center = index / LOG_STEPS;
  const distance = mantissa - center;
  const r = distance / center;
  const back = product(r, center);
  const rest = (distance - back.hi - back.lo) / center;
  const square = product(r, r);
  const cube = product(square.hi, r);
  const third = cube.hi / 3;
  const thirdBack = product(third, 3);
  const thirdRest = (cube.hi - thirdBack.hi - thirdBack.lo + (cube.lo + square.lo * r)) / 3;
  const table = logs[index] as Pair;
  const a = sum(exponent * ln2[0], table.hi);
  const b = sum(a.hi, r);
  const c = sum(b.hi, -square.hi / 2);
  const d = sum(c.hi, third);
  const e = sum(d.hi, exponent * ln2[1]);
  const small = exponent * ln2[2] + table.lo + (rest * (1 - r) - square.lo / 2 + thirdRest + logTail(r, square.hi));
  return sum(e.hi, a.lo + b.lo + c.lo + d.lo + e.lo + small);
}

/** The terms of ln(1 + r) from the fourth on. */
function logTail(r: number, square: number): number {
  const far = 1 / 8 - r * (1 / 9 - r * (1 / 10 - r * (1 / 11 - r / 12)));
  return -square * square * (1 / 4 - r * (1 / 5 - r * (1 / 6 - r * (1 / 7 - r * far))));
}

/** An angle less the nearest multiple of pi / 2, and that multiple modulo 4. */
function reduceAngle(x: number): { quadrant: number; rest: Pair } {
  const size = Math.abs(x);
  if (size <= Math.PI / 4) return { quadrant: 0, rest: { hi: x, lo: 0 } };
  if (size >= LARGE_ANGLE) {
    const { mantissa, exponent } = splitExponent(size);
    const { quadrant, rest } = reduceByHalfPi(BigInt(mantissa * 2 ** 52), exponent - 52);
    return x > 0 ? { quadrant, rest } : { quadrant: -quadrant & 3, rest: { hi: -rest.hi, lo: -rest.lo } };
  }
  const { halfPi } = floatTables();
  const n = Math.round(x / (Math.PI / 2));
  const a = sum(x - n * halfPi[0], -n * halfPi[1]);
  const b = sum(a.hi, -n * halfPi[2]);
  return { quadrant: n & 3, rest: sum(b.hi, a.lo + b.lo - n * halfPi[3]) };
}

/** Sine and cosine. */
export function sineAndCosine(x: number): { sine: Pair; cosine: Pair } {
  const { quadrant, rest } = reduceAngle(x);
  const { sines, cosines } = floatTables();
  const steps = Math.round(Math.abs(rest.hi) * SINE_STEPS);
  const sign = rest.hi < 0 ? -1 : 1;
  const tableSine = sines[steps] as Pair;
  const tableCosine = cosines[steps] as Pair;
  const t = sign * rest.hi - steps / SINE_STEPS;
  const tail = sign * rest.lo;
  const square = t * t;
  const sineRest = tail + t * square * (-1 / 6 + square * (1 / 120 - square * (1 / 5040 - square / 362880)));
  const cosineRest = square * (-1 / 2 + square * (1 / 24 - square * (1 / 720 - square / 40320))) - t * tail;
  const sine = turned(tableSine, tableCosine, t, sineRest, cosineRest, sign);
  const cosine = turned(tableCosine, { hi: -tableSine.hi, lo: -tableSine.lo }, t, sineRest, cosineRest, 1);
  switch (quadrant) {
    case 0:
      return { sine, cosine };
    case 1:
      return { sine: cosine, cosine: { hi: -sine.hi, lo: -sine.lo } };
    case 2:
      return { sine: { hi: -sine.hi, lo: -sine.lo }, cosine: { hi: -cosine.hi, lo: -cosine.lo } };
    default:
      return { sine: { hi: -cosine.hi, lo: -cosine.lo }, cosine: sine };
  }
}

/** sign * (a * cos t + b * sin t), where sin t = t + sineRest and cos t = 1 + cosineRest. */
function turned(a: Pair, b: Pair, t: number, sineRest: number, cosineRest: number, sign: number): Pair {
  const linear = product(b.hi, t);
  const total = sum(a.hi, linear.hi);
  const low = total.lo + (linear.lo + a.lo + b.lo * t + b.hi * sineRest + a.hi * cosineRest);
  const result = sum(total.hi, low);
  return sign < 0 ? { hi: -result.hi, lo: -result.lo } : result;
}
