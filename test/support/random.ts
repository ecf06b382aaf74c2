/** Repeatable random integers for tests: `source(n)` is in [0, n). */
export type RandomSource = (n: number) => number;

const MODULUS = 2147483647;
const MULTIPLIER = 48271;

/** A source (the "minimal standard" generator of Park and Miller) that gives the same numbers for the same seed. */
export function randomSource(seed: number): RandomSource {
  let state = (seed % (MODULUS - 1)) + 1;
  for (let i = 0; i < 4; i++) state = (state * MULTIPLIER) % MODULUS;
  return (n) => {
    state = (state * MULTIPLIER) % MODULUS;
    return Math.floor(((state - 1) / (MODULUS - 1)) * n);
  };
}
