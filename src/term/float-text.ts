/**
 * Floats as text and back: the formats of float_to_list/2 and what list_to_float/1 accepts.
 * All output is ASCII.
 */

/** Bytes of the buffer that OTP prints into, with its final 0; what does not fit is badarg (do_float_to_charbuf in bif.c). */
const BUFFER_BYTES = 256;
/** Above it, `fixedText` prints as C does (MAX_FLOAT in erl_sys_common_misc.c). */
const FIXED_FAST_LIMIT = 2 ** 53;
const FIXED_FAST_DECIMALS = 18;
/** The largest precision that JavaScript's toExponential takes. */
const MAX_EXPONENTIAL_DIGITS = 100;

const view = new DataView(new ArrayBuffer(8));

/** The significant digits of the shortest decimal that reads back as `value` (above 0), and the exponent of the last digit. */
function shortestDigits(value: number): { digits: string; exponent: number } {
  const [mantissa, power] = value.toExponential().split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  return { digits, exponent: Number(power) - digits.length + 1 };
}

/** Whether the shortest format writes these digits without an exponent (to_chars in OTP's ryu/d2s.c). */
function isWrittenFixed(digits: string, exponent: number): boolean {
  const length = digits.length;
  const scientific = exponent + length - 1;
  const lowest = length === 1 ? -4 : -(length + 2);
  const highest = length === 1 || scientific >= 10 ? 2 : 1;
  if (exponent < lowest || exponent > highest) return false;
  // Integers from 2^53 on are not all doubles, and are written with an exponent.
  const mantissa = Number(digits);
  if (exponent === 0) return mantissa < 2 ** 53;
  if (exponent === 1) return mantissa <= Math.floor(2 ** 52 / 5);
  return exponent !== 2 || mantissa <= Math.floor(2 ** 51 / 25);
}

/** float_to_list(Value, [short]): the shortest text that reads back as the same float. */
export function shortText(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (value === 0) return `${sign}0.0`;
  const { digits, exponent } = shortestDigits(Math.abs(value));
  const whole = digits.length + exponent;
  if (isWrittenFixed(digits, exponent)) {
    if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}.0`;
    if (whole > 0) return `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`;
    return `${sign}0.${'0'.repeat(-whole)}${digits}`;
  }
  return `${sign}${digits[0]}.${digits.slice(1) || '0'}e${whole - 1}`;
}

/** A finite double as mantissa * 2^exponent. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

/** |value| * 10^power, exactly rounded to an integer, ties to even. */
function scaled(value: number, power: number): bigint {
  const { mantissa, exponent } = decompose(value);
  let numerator = mantissa;
  let denominator = 1n;
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  const quotient = numerator / denominator;
  const twice = (numerator - quotient * denominator) * 2n;
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/** |value| as C's `%.*e` writes it, for any number of decimals. */
function exactExponential(value: number, decimals: number): string {
  let exponent = value === 0 ? 0 : Number(value.toExponential().split('e')[1]);
  let digits = scaled(value, decimals - exponent).toString();
  // The shortest decimal may have a power of ten more than the value itself, and rounding may add one.
  while (value !== 0 && digits.length !== decimals + 1) {
    exponent += digits.length > decimals + 1 ? 1 : -1;
    digits = scaled(value, decimals - exponent).toString();
  }
  digits = digits.padEnd(decimals + 1, '0');
  return `${digits[0]}${decimals > 0 ? '.' : ''}${digits.slice(1)}e${exponent}`;
}

/** |value| as C's `%.*e` writes it, but for the exponent's form. JavaScript rounds ties up where C rounds to even. */
function exponentialText(value: number, decimals: number): string {
  if (decimals >= MAX_EXPONENTIAL_DIGITS) return exactExponential(value, decimals);
  const mayBeTie = value
    .toExponential(decimals + 1)
    .split('e')[0]
    ?.endsWith('5');
  return mayBeTie ? exactExponential(value, decimals) : value.toExponential(decimals);
}

/** float_to_list(Value, [{scientific, Decimals}]): C's `%.*e`. Undefined when OTP's buffer would not hold it. */
export function scientificText(value: number, decimals: number): string | undefined {
  // C takes a negative precision as none given, which means 6.
  const precision = decimals < 0 ? 6 : decimals;
  if (precision >= BUFFER_BYTES) return undefined;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa, power] = exponentialText(Math.abs(value), precision).split('e') as [string, string];
  const exponent = Number(power);
  const text = `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return text.length < BUFFER_BYTES ? text : undefined;
}

/** float_to_list/1: 20 decimals and an exponent. */
export function defaultText(value: number): string {
  return scientificText(value, 20) as string;
}

/** Drops zeros at the end, but for one after the point (find_first_trailing_zero; without a point it drops them all the same). */
function compacted(text: string): string {
  const end = text.replace(/0+$/, '');
  return end.endsWith('.') ? `${end}0` : end;
}

/**
 * float_to_list(Value, [{decimals, Decimals}]), with `compact` if told. Undefined when Decimals is negative or OTP's buffer would not
 * hold the text. Up to 2^53 and 18 decimals OTP rounds in doubles, halves away from zero; else exactly
 * (sys_double_to_chars_fast).
 */
export function fixedText(value: number, decimals: number, compact: boolean): string | undefined {
  if (decimals < 0 || decimals >= BUFFER_BYTES) return undefined;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (magnitude > FIXED_FAST_LIMIT || decimals > FIXED_FAST_DECIMALS) {
    const text = sign + withPoint(scaled(magnitude, decimals).toString(), decimals);
    if (text.length >= BUFFER_BYTES) return undefined;
    return compact ? compacted(text) : text;
  }
  if (decimals === 0) return sign + String(halfAway(magnitude));
  const unit = Number(`1e${decimals}`);
  let whole = Math.floor(magnitude);
  let fraction = halfAway((magnitude - whole) * unit);
  if (fraction >= unit) {
    whole++;
    fraction = 0;
  }
  const text = `${sign}${BigInt(whole)}.${BigInt(fraction).toString().padStart(decimals, '0')}`;
  return compact ? compacted(text) : text;
}

function withPoint(digits: string, decimals: number): string {
  if (decimals === 0) return digits;
  const padded = digits.padStart(decimals + 1, '0');
  return `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
}

function halfAway(magnitude: number): number {
  const whole = Math.floor(magnitude);
  return magnitude - whole >= 0.5 ? whole + 1 : whole;
}

/**
 * The float that a text is, or undefined when it is none or too large. As sys_chars_to_double: digits on both sides of a point or comma are
 * required, an exponent is not; a character 0 ends the text; what is too close to zero becomes zero.
 */
export function parseFloatText(text: string): number | undefined {
  const end = text.indexOf('\0');
  const used = end < 0 ? text : text.slice(0, end);
  if (!/^[+-]?[0-9]+[.,][0-9]+([eE][+-]?[0-9]+)?$/.test(used)) return undefined;
  const value = Number(used.replace(',', '.'));
  return Number.isFinite(value) ? value : undefined;
}
