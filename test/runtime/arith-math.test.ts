/**
 * Module math against native OTP. Errors must be the same; results may differ in the last bits in a small share of cases, since C libraries
 * do not round exactly, nor all in the same way. The shares are printed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshHeap } from '../support/heap.ts';
import { floatCase, integerCase, native, ours } from './arith-judge.ts';
import { makeOperands } from './bignum-float-operands.ts';

const { random, randomInteger, randomFloat } = makeOperands(3);
const CASES = 5000;
const EXACT = ['sqrt', 'ceil', 'floor', 'fmod'];
const ROUNDED = [
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'],
  ...['exp', 'log', 'log2', 'log10', 'atan2', 'pow'],
];
/** Those that native libraries compute with errors near a whole unit in the last place. */
const ROUGH = ['erf', 'erfc'];
const BINARY = ['atan2', 'pow', 'fmod'];

function between(exponents: number): number {
  return (1 + random(2 ** 31) / 2 ** 31 + random(2 ** 21) / 2 ** 52) * 2 ** (random(2 * exponents) - exponents);
}

function argument(): string {
  const sign = random(2) === 0 ? 1 : -1;
  switch (random(10)) {
    case 0:
      return integerCase(randomInteger());
    case 1:
      return floatCase(randomFloat());
    case 2:
      return integerCase(BigInt(random(40) - 20));
    case 3:
    case 4:
    case 5:
      return floatCase((sign * random(2 ** 31)) / 2 ** 31 + random(2 ** 21) / 2 ** 52);
    default:
      return floatCase(sign * between(12));
  }
}

function casesOf(name: string): string[] {
  const edges = [
    'f0000000000000000',
    'f8000000000000000',
    'i01',
    'i-01',
    'i00',
    'aatom',
    's31',
    floatCase(1 + 2 ** -52),
  ];
  if (!BINARY.includes(name)) {
    return [...edges, ...Array.from({ length: CASES }, argument)].map((text) => `math:${name} ${text}`);
  }
  const pairs = edges.flatMap((a) => edges.map((b) => `${a} ${b}`));
  const positive = (text: string): string => (name === 'pow' && random(3) > 0 ? text.replace('i-', 'i') : text);
  for (let i = 0; i < CASES; i++) pairs.push(`${positive(argument())} ${argument()}`);
  return pairs.map((text) => `math:${name} ${text}`);
}

/** How far two floats are apart, in units in the last place. */
function distance(a: string, b: string): bigint {
  const difference = BigInt(`0x${a.slice(1)}`) - BigInt(`0x${b.slice(1)}`);
  return difference < 0n ? -difference : difference;
}

function compare(name: string, mostShare: number, mostDistance: bigint): string {
  const cases = casesOf(name);
  const expected = native(cases);
  let raised = 0;
  let differ = 0;
  let worst = 0n;
  cases.forEach((line, index) => {
    if (index % 1000 === 0) freshHeap();
    const theirs = expected[index] as string;
    const mine = ours(line);
    if (theirs.includes(':')) raised++;
    if (mine === theirs) return;
    assert.ok(mine.startsWith('f') && theirs.startsWith('f'), `${line}: ours ${mine}, native ${theirs}`);
    differ++;
    if (distance(mine, theirs) > worst) worst = distance(mine, theirs);
    assert.ok(worst <= mostDistance, `${line}: ours ${mine}, native ${theirs}`);
  });
  const share = differ / (cases.length - raised);
  assert.ok(share <= mostShare, `${name}: ${differ} of ${cases.length - raised} differ`);
  return `${name} ${(share * 100).toFixed(2)} % of ${cases.length - raised} (${raised} raise), at most ${worst} ulp`;
}

for (const [names, share, ulps] of [
  [EXACT, 0, 0n],
  [ROUNDED, 0.01, 4n],
  [ROUGH, 0.25, 4n],
] as const) {
  test(`math: at most ${share * 100} % of results differ, by ${ulps} ulp`, () => {
    for (const name of names) console.log(compare(name, share, ulps));
  });
}
