/** Every arithmetic operator and guard BIF against native OTP, over operands around all limits. */
import { test } from 'node:test';
import { compareWithNative, floatCase, integerCase } from './arith-judge.ts';
import { EDGES, makeOperands } from './bignum-float-operands.ts';

const operands = makeOperands(1);
const { random, signed, randomInteger, randomFloat } = operands;
const BINARY = ['+', '-', '*', '/', 'div', 'rem', 'band', 'bor', 'bxor'];
const ORDER = ['max', 'min'];
const UNARY = ['+', '-', 'bnot', 'abs', 'float', 'trunc', 'round', 'floor', 'ceil'];

function randomOperand(): string {
  const kind = random(20);
  if (kind === 0) return ['aatom', 's3132', 'b31', 'e{1}'][random(4)] as string;
  return kind < 14 ? integerCase(randomInteger()) : floatCase(randomFloat());
}

test('operators on pairs of operands', () => {
  const cases = BINARY.flatMap((name) =>
    Array.from({ length: 4000 }, () => `erlang:${name} ${randomOperand()} ${randomOperand()}`),
  );
  const { raised } = compareWithNative(cases);
  console.log(`${cases.length} pairs for ${BINARY.length} operators, ${raised} raise`);
});

test('order of pairs of numbers', () => {
  const cases = ORDER.flatMap((name) =>
    Array.from({ length: 3000 }, () => {
      const integer = randomInteger();
      const near = random(3) === 0 ? floatCase(Math.max(-1e308, Math.min(1e308, Number(integer)))) : randomOperand();
      return `erlang:${name} ${integerCase(integer)} ${near}`;
    }),
  );
  compareWithNative(cases.filter((line) => !/ [sbe]/.test(line)));
  console.log(`${cases.length} pairs for max and min`);
});

test('operators and BIFs on one operand', () => {
  const cases = UNARY.flatMap((name) => Array.from({ length: 3000 }, () => `erlang:${name} ${randomOperand()}`));
  const { raised } = compareWithNative(cases);
  console.log(`${cases.length} operands for ${UNARY.length} operators and BIFs, ${raised} raise`);
});

test('shifts', () => {
  const counts = (): string => {
    const kind = random(10);
    if (kind === 0) return integerCase(signed(2n ** BigInt(22 + random(60))) + BigInt(random(3) - 1));
    if (kind === 1) return randomOperand();
    return integerCase(signed(BigInt(kind < 4 ? (EDGES[random(EDGES.length)] as number) : random(5000))));
  };
  const left = (): string => (random(20) === 0 ? 'i00' : randomOperand());
  const cases = Array.from(
    { length: 12000 },
    (_, index) => `erlang:${index % 2 ? 'bsl' : 'bsr'} ${left()} ${counts()}`,
  );
  // Results near the limit are long: only as many of those.
  const short = cases.filter((line, index) => index < 40 || !/ i-?[0-9a-f]{6} *$/.test(line));
  const { raised } = compareWithNative(short);
  console.log(`${short.length} shifts, ${raised} raise`);
});

test('the longest integers', () => {
  const limit = 4194240n;
  const one = 2n ** (limit - 1n);
  const most = 2n ** limit - 1n;
  const half = integerCase(2n ** (limit / 2n));
  const cases = [
    ...[limit - 1n, limit, limit + 1n, limit + 63n, 4194303n, 4194304n, 2n ** 32n].flatMap((count) => [
      `erlang:bsl i01 ${integerCase(count)}`,
      `erlang:bsl i-01 ${integerCase(count)}`,
      `erlang:bsl i00 ${integerCase(count)}`,
    ]),
    `erlang:+ ${integerCase(one)} ${integerCase(one)}`,
    `erlang:+ ${integerCase(most)} i01`,
    `erlang:+ ${integerCase(most)} i-01`,
    `erlang:- ${integerCase(-most)} i01`,
    `erlang:bnot ${integerCase(most)}`,
    `erlang:bnot ${integerCase(-most)}`,
    `erlang:* ${integerCase(one)} i02`,
    `erlang:* ${integerCase(one)} i-01`,
    `erlang:* ${half} ${half}`,
    `erlang:* ${half} ${integerCase(2n ** (limit / 2n) - 1n)}`,
    `erlang:div ${integerCase(most)} ${half}`,
    `erlang:rem ${integerCase(most)} ${half}`,
    `erlang:bsr ${integerCase(-most)} ${integerCase(limit)}`,
    `erlang:bxor ${integerCase(-most)} i00`,
  ];
  const { raised } = compareWithNative(cases);
  console.log(`${cases.length} operations on the longest integers, ${raised} raise`);
});
