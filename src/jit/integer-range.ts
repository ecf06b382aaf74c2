/** Ranges of integers, as far as 64 bits hold them: what follows from operands for results, and how values lie in an i64. */

export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
}

export type IntegerOperator = '+' | '-' | '*' | 'div' | 'rem' | 'band' | 'bor' | 'bxor' | 'bsl' | 'bsr';

/** The BIFs of two operands whose results can be told from the low 64 bits of operands, whatever lies above. */
const modularOperators = new Set<string>(['+', '-', '*', 'band', 'bor', 'bxor', 'bsl']);

const LONG_BITS = 64n;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;
const ULONG_MAX = 2n ** 64n - 1n;
export const MAX_SHIFT = 63n;

export const isSignedLong = ({ min, max }: IntegerRange): boolean => min >= LONG_MIN && max <= LONG_MAX;
export const isUnsignedLong = ({ min, max }: IntegerRange): boolean => min >= 0n && max <= ULONG_MAX;
/** All values fit into an i64: as signed numbers, or else as unsigned ones. */
export const isLong = (range: IntegerRange): boolean => isSignedLong(range) || isUnsignedLong(range);
export const isModular = (operator: string): boolean => modularOperators.has(operator);

export const constantRange = (value: number | bigint): IntegerRange => ({ min: BigInt(value), max: BigInt(value) });

/** What `signed` or unsigned integers of `bits` bits can be. */
export function rangeOfBits(bits: number, signed: boolean): IntegerRange {
  if (!signed) return { min: 0n, max: (1n << BigInt(bits)) - 1n };
  const half = 1n << BigInt(bits - 1);
  return { min: -half, max: half - 1n };
}

export function intersection(one: IntegerRange, other: IntegerRange): IntegerRange {
  const min = one.min > other.min ? one.min : other.min;
  const max = one.max < other.max ? one.max : other.max;
  // Nothing: such code is never reached.
  return min > max ? one : { min, max };
}

const least = (...values: bigint[]): bigint => values.reduce((one, other) => (other < one ? other : one));
const greatest = (...values: bigint[]): bigint => values.reduce((one, other) => (other > one ? other : one));
const magnitude = ({ min, max }: IntegerRange): bigint => greatest(-min, max);

/** A range that is closed under bitwise operators and holds these. */
function bitwiseRange(x: IntegerRange, y: IntegerRange): IntegerRange {
  const top = greatest(magnitude(x), magnitude(y));
  const limit = 1n << BigInt(top.toString(2).length);
  return { min: x.min < 0n || y.min < 0n ? -limit : 0n, max: limit - 1n };
}

function conjunctionRange(x: IntegerRange, y: IntegerRange): IntegerRange {
  if (x.min >= 0n && y.min >= 0n) return { min: 0n, max: least(x.max, y.max) };
  if (x.min >= 0n) return { min: 0n, max: x.max };
  if (y.min >= 0n) return { min: 0n, max: y.max };
  return bitwiseRange(x, y);
}

function shiftedLeft(x: IntegerRange, y: IntegerRange): IntegerRange | undefined {
  if (y.min < 0n || y.max > MAX_SHIFT) return undefined;
  return { min: x.min << (x.min < 0n ? y.max : y.min), max: x.max << (x.max < 0n ? y.min : y.max) };
}

function shiftedRight(x: IntegerRange, y: IntegerRange): IntegerRange | undefined {
  if (y.min < 0n || y.max > MAX_SHIFT) return undefined;
  return { min: x.min >> (x.min < 0n ? y.min : y.max), max: x.max >> (x.max < 0n ? y.max : y.min) };
}

function remainder(x: IntegerRange, y: IntegerRange): IntegerRange {
  const most = least(greatest(magnitude(y) - 1n, 0n), magnitude(x));
  return { min: x.min < 0n ? -most : 0n, max: x.max > 0n ? most : 0n };
}

function quotient(x: IntegerRange, y: IntegerRange): IntegerRange {
  if (x.min >= 0n && y.min > 0n) return { min: x.min / y.max, max: x.max / y.min };
  const most = magnitude(x);
  return { min: -most, max: most };
}

/** What the operator gives for operands from these ranges, where it gives anything; undefined: nothing is known. */
export function resultRange(operator: string, x?: IntegerRange, y?: IntegerRange): IntegerRange | undefined {
  if (x === undefined || y === undefined) {
    const known = x ?? y;
    return operator === 'band' && known !== undefined && known.min >= 0n ? { min: 0n, max: known.max } : undefined;
  }
  switch (operator) {
    case '+':
      return { min: x.min + y.min, max: x.max + y.max };
    case '-':
      return { min: x.min - y.max, max: x.max - y.min };
    case '*': {
      const products = [x.min * y.min, x.min * y.max, x.max * y.min, x.max * y.max];
      return { min: least(...products), max: greatest(...products) };
    }
    case 'div':
      return quotient(x, y);
    case 'rem':
      return remainder(x, y);
    case 'band':
      return conjunctionRange(x, y);
    case 'bor':
    case 'bxor':
      return bitwiseRange(x, y);
    case 'bsl':
      return shiftedLeft(x, y);
    case 'bsr':
      return shiftedRight(x, y);
    default:
      return undefined;
  }
}

/** The constant as the i64 that has its low bits. */
export const longOf = (value: number | bigint): bigint => BigInt.asIntN(Number(LONG_BITS), BigInt(value));
