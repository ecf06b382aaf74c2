/** Repeatable random numbers for the tests of arithmetic: integers and floats around all limits. */

/** Numbers of bits where representations change. */
export const EDGES = [
  1, 2, 3, 8, 16, 28, 29, 30, 31, 32, 33, 52, 53, 54, 58, 59, 60, 61, 62, 63, 64, 65, 95, 96, 97, 127, 128, 129,
];
const SPECIAL_FLOATS = [
  0,
  1,
  0.5,
  1.5,
  2.5,
  0.49999999999999994,
  1e-320,
  5e-324,
  2.2250738585072014e-308,
  1.7976931348623157e308,
  1e300,
  1e308,
  2 ** 29,
  2 ** 30,
  2 ** 31,
  2 ** 53,
  2 ** 53 - 0.5,
  2 ** 52 + 0.5,
  2 ** 59,
  2 ** 63,
  2 ** 64,
  2 ** 1023,
  1e15 + 0.5,
  1e22,
  1e23,
];

/** A repeatable sequence of numbers below `bound` (mulberry32). */
export function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
}

/** Generators of operands that share one sequence. */
export function makeOperands(seed: number) {
  const random = generator(seed);
  function randomBits(bits: number): bigint {
    let value = 0n;
    for (let i = 0; i < bits; i += 30) value = (value << 30n) | BigInt(random(2 ** 30));
    return BigInt.asUintN(bits, value);
  }

  function signed(value: bigint): bigint {
    return random(2) === 0 ? value : -value;
  }

  function randomInteger(): bigint {
    switch (random(5)) {
      case 0:
        return signed(BigInt(random(12)));
      case 1:
        return signed((1n << BigInt(EDGES[random(EDGES.length)] as number)) + BigInt(random(5) - 2));
      case 2:
        return signed(randomBits(1 + random(130)));
      case 3:
        return signed(randomBits(1 + random(64)));
      default:
        return signed(
          random(4) === 0
            ? randomBits(1 + random(4000))
            : randomBits(1 + random(1100)) & (randomBits(1) ? -1n : -(1n << 64n)),
        );
    }
  }

  function randomFloat(): number {
    const sign = random(2) === 0 ? 1 : -1;
    switch (random(4)) {
      case 0:
        return sign * (SPECIAL_FLOATS[random(SPECIAL_FLOATS.length)] as number);
      case 1:
        return sign * (random(2 ** 31) / 2 ** random(40));
      case 2:
        return sign * (1 + random(2 ** 31) / 2 ** 31) * 2 ** (random(140) - 10);
      default: {
        const bits = new DataView(new ArrayBuffer(8));
        bits.setBigUint64(0, randomBits(64));
        const value = bits.getFloat64(0);
        return Number.isFinite(value) ? value : 1;
      }
    }
  }
  return { random, randomBits, signed, randomInteger, randomFloat };
}
