/**
 * The functions of C's math library that module math has. Arguments are finite; a result that is NaN or infinite is an error
 * of domain or range. Where JavaScript's own functions agree with C they are used; the others are computed with more
 * precision and rounded once. The test of module math prints how often they differ from native OTP.
 */
import { floatTables } from './float-constants.ts';
import { expPair, logPair, scale, sineAndCosine, splitExponent } from './float-elementary.ts';
import { addPairs, dividePairs, multiplyPairs, negatePair, type Pair, pairRoot, product, sum } from './float-pair.ts';

const TINY = 2 ** -27;
const MAX_EXP = 709.782712893384;
const MIN_EXP = -745.1332191019412;
const ONE: Pair = { hi: 1, lo: 0 };

export function exp(x: number): number {
  if (x > MAX_EXP) return Number.POSITIVE_INFINITY;
  if (x < MIN_EXP) return 0;
  const { hi, lo, exponent } = expPair(x, 0);
  return scale(hi, lo, exponent);
}

export function log(x: number): number {
  if (!(x > 0)) return Math.log(x);
  const { hi, lo } = logPair(x);
  return hi + lo;
}

export function log2(x: number): number {
  if (!(x > 0)) return Math.log2(x);
  const { hi, lo } = multiplyPairs(logPair(x), floatTables().inverseLn2);
  return hi + lo;
}

/** As C libraries have it from Sun's fdlibm: ln x times a constant, the exponent apart. */
export function log10(x: number): number {
  if (!(x > 0)) return Math.log10(x);
  const split = splitExponent(x);
  const below = split.exponent < 0 ? 1 : 0;
  const exponent = split.exponent + below;
  const mantissa = below === 1 ? split.mantissa / 2 : split.mantissa;
  return exponent * LOG10_2_LOW + Math.LOG10E * log(mantissa) + exponent * LOG10_2_HIGH;
}

/** log10(2): its first 32 bits, and the rest. */
const LOG10_2_HIGH = 0.30102999566361177;
const LOG10_2_LOW = 3.694239077158931e-13;

export function pow(x: number, y: number): number {
  const rough = x ** y;
  const size = Math.abs(x);
  if (!Number.isFinite(rough) || rough === 0 || size === 1 || y === 0 || y === 1) return rough;
  const logarithm = logPair(size);
  const power = product(logarithm.hi, y);
  const { hi, lo, exponent } = expPair(power.hi, power.lo + logarithm.lo * y);
  return Math.sign(rough) * scale(hi, lo, exponent);
}

export function sin(x: number): number {
  if (Math.abs(x) < TINY) return x;
  const { hi, lo } = sineAndCosine(x).sine;
  return hi + lo;
}

export function cos(x: number): number {
  const { hi, lo } = sineAndCosine(x).cosine;
  return hi + lo;
}

export function tan(x: number): number {
  if (Math.abs(x) < TINY) return x;
  const { sine, cosine } = sineAndCosine(x);
  const { hi, lo } = dividePairs(sine, cosine);
  return hi + lo;
}

/** The angle of the point (x, y), from a rough one: what is missing is the small angle between the two. */
function angle(y: Pair, x: Pair, rough: number): number {
  const { sine, cosine } = sineAndCosine(rough);
  const across = addPairs(multiplyPairs(y, cosine), negatePair(multiplyPairs(x, sine)));
  return rough + (across.hi + across.lo) / (x.hi * cosine.hi + y.hi * sine.hi);
}

/** The leg of a right triangle with hypotenuse 1. */
function leg(x: number): Pair {
  return pairRoot(multiplyPairs(sum(1, -x), sum(1, x)));
}

export function asin(x: number): number {
  const rough = Math.asin(x);
  if (Number.isNaN(rough) || Math.abs(x) < TINY) return rough;
  return angle({ hi: x, lo: 0 }, leg(x), rough);
}

export function acos(x: number): number {
  const rough = Math.acos(x);
  if (Number.isNaN(rough) || x === 1) return rough;
  return angle(leg(x), { hi: x, lo: 0 }, rough);
}

export function atan(x: number): number {
  const size = Math.abs(x);
  if (size < TINY || size > 2 ** 60) return Math.atan(x);
  return angle({ hi: x, lo: 0 }, ONE, Math.atan(x));
}

export function atan2(y: number, x: number): number {
  const rough = Math.atan2(y, x);
  const ratio = Math.abs(y / x);
  if (ratio < 2 ** -60 || ratio > 2 ** 60 || !(ratio > 0)) return rough;
  const largest = Math.max(Math.abs(x), Math.abs(y));
  const { exponent } = splitExponent(largest);
  // In two steps: the scale may itself be out of a double's range.
  const half = 2 ** -Math.trunc(exponent / 2);
  const other = 2 ** (Math.trunc(exponent / 2) - exponent);
  return angle({ hi: y * half * other, lo: 0 }, { hi: x * half * other, lo: 0 }, rough);
}

export function cosh(x: number): number {
  const size = Math.abs(x);
  if (size < Math.LN2 / 2) return Math.cosh(x);
  if (size < 22) {
    const power = exp(size);
    return power / 2 + 0.5 / power;
  }
  return size <= MAX_EXP ? exp(size) / 2 : hugePower(size);
}

export function sinh(x: number): number {
  const size = Math.abs(x);
  if (size < 22) return Math.sinh(x);
  return Math.sign(x) * (size <= MAX_EXP ? exp(size) / 2 : hugePower(size));
}

/** e^x / 2 where e^x is too large; an infinity where it is too. */
function hugePower(x: number): number {
  const root = exp(x / 2);
  return (root / 2) * root;
}

export function asinh(x: number): number {
  const size = Math.abs(x);
  if (size <= 2) return Math.asinh(x);
  const value = size > 2 ** 28 ? log(size) + Math.LN2 : log(2 * size + 1 / (Math.sqrt(x * x + 1) + size));
  return Math.sign(x) * value;
}

export function acosh(x: number): number {
  if (!(x > 2)) return Math.acosh(x);
  return x > 2 ** 28 ? log(x) + Math.LN2 : log(2 * x - 1 / (x + Math.sqrt(x * x - 1)));
}

/** erf(x) for x from 0 to about 2, by a series of positive terms. */
function errorSeries(x: number): Pair {
  const twiceSquare = product(2 * x, x);
  let term: Pair = { hi: x, lo: 0 };
  let total = term;
  for (let n = 3; term.hi > total.hi * 2 ** -110; n += 2) {
    term = dividePairs(multiplyPairs(term, twiceSquare), { hi: n, lo: 0 });
    total = addPairs(total, term);
  }
  return multiplyPairs(multiplyPairs(total, floatTables().twoOverRootPi), gaussian(x));
}

/** e^(-x * x) where it is not subnormal. */
function gaussian(x: number): Pair {
  const square = product(x, x);
  const { hi, lo, exponent } = expPair(-square.hi, -square.lo);
  return { hi: hi * 2 ** exponent, lo: lo * 2 ** exponent };
}

/** erfc(x) without its factor e^(-x * x), for x from about 1 on, by a continued fraction. */
function complementFraction(x: number): Pair {
  const argument: Pair = { hi: x, lo: 0 };
  let below = argument;
  for (let n = Math.ceil(30 + 250 / (x * x)); n > 0; n--)
    below = addPairs(argument, dividePairs({ hi: n / 2, lo: 0 }, below));
  const { twoOverRootPi } = floatTables();
  return dividePairs({ hi: twoOverRootPi.hi / 2, lo: twoOverRootPi.lo / 2 }, below);
}

const FRACTION_FROM = 1.5;

export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -1000) return x + x * (floatTables().twoOverRootPi.hi - 1);
  if (size > 6) return Math.sign(x);
  const { hi, lo } =
    size < FRACTION_FROM ? errorSeries(size) : lessThanOne(multiplyPairs(complementFraction(size), gaussian(size)));
  return Math.sign(x) * (hi + lo);
}

function lessThanOne(a: Pair): Pair {
  return addPairs(ONE, negatePair(a));
}

export function erfc(x: number): number {
  if (x < -6) return 2;
  if (x > 28) return 0;
  const size = Math.abs(x);
  if (size < FRACTION_FROM) {
    const { hi, lo } = size < 2 ** -60 ? { hi: 0, lo: 0 } : errorSeries(size);
    const { hi: high, lo: low } = addPairs(ONE, x < 0 ? { hi, lo } : { hi: -hi, lo: -lo });
    return high + low;
  }
  const square = product(size, size);
  const power = expPair(-square.hi, -square.lo);
  const value = multiplyPairs(complementFraction(size), power);
  if (x > 0) return scale(value.hi, value.lo, power.exponent);
  const { hi, lo } = addPairs(
    { hi: 2, lo: 0 },
    { hi: -value.hi * 2 ** power.exponent, lo: -value.lo * 2 ** power.exponent },
  );
  return hi + lo;
}

export function fmod(x: number, y: number): number {
  return x % y;
}
