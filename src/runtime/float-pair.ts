/**
 * Numbers of twice a double's precision: the unevaluated sum of two doubles, of which the second is at most half a unit in the last
 * place of the first. Error-free sums and products after Dekker and Knuth.
 */

export interface Pair {
  readonly hi: number;
  readonly lo: number;
}

const SPLITTER = 2 ** 27 + 1;

/** a + b exactly. */
export function sum(a: number, b: number): Pair {
  const hi = a + b;
  const part = hi - a;
  return { hi, lo: a - (hi - part) + (b - part) };
}

/** a * b exactly, unless it over- or underflows; both below 2^995. */
export function product(a: number, b: number): Pair {
  const hi = a * b;
  const scaledA = SPLITTER * a;
  const highA = scaledA - (scaledA - a);
  const lowA = a - highA;
  const scaledB = SPLITTER * b;
  const highB = scaledB - (scaledB - b);
  const lowB = b - highB;
  return { hi, lo: highA * highB - hi + highA * lowB + lowA * highB + lowA * lowB };
}

export function addPairs(a: Pair, b: Pair): Pair {
  const high = sum(a.hi, b.hi);
  return sum(high.hi, high.lo + a.lo + b.lo);
}

export function multiplyPairs(a: Pair, b: Pair): Pair {
  const high = product(a.hi, b.hi);
  return sum(high.hi, high.lo + a.hi * b.lo + a.lo * b.hi);
}

export function dividePairs(a: Pair, b: Pair): Pair {
  const first = a.hi / b.hi;
  const back = product(first, b.hi);
  return sum(first, (a.hi - back.hi - back.lo + a.lo - first * b.lo) / b.hi);
}

/** The square root of a pair that is not negative. */
export function pairRoot(a: Pair): Pair {
  if (a.hi === 0) return a;
  const root = Math.sqrt(a.hi);
  const square = product(root, root);
  return sum(root, (a.hi - square.hi - square.lo + a.lo) / (2 * root));
}

export function negatePair(a: Pair): Pair {
  return { hi: -a.hi, lo: -a.lo };
}
