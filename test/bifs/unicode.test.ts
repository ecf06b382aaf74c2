import { test } from 'node:test';
import { type RandomSource, randomSource } from '../support/random.ts';
import { binaryText, combinations, compareCalls, Pool } from './judge.ts';

/** Pieces of UTF-8, right and wrong, that are cut and put together. */
const pieces = [
  [0x61],
  [0x7f],
  [0xc3, 0xa5],
  [0xe2, 0x82, 0xac],
  [0xf0, 0x9f, 0x98, 0x80],
  [0xed, 0x9f, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xc0, 0x80],
  [0xc1],
  [0xe0, 0x80, 0x80],
  [0xe0, 0xa0],
  [0xf0, 0x80, 0x80, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf4, 0x8f],
  [0xf5, 0x80, 0x80, 0x80],
  [0xf8],
  [0xff],
  [0x80],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0xe2, 0x61],
];
const GOOD = 6;

function randomBinary(random: RandomSource, good: boolean): number[] {
  const count = random(5);
  const content = Array.from(
    { length: count },
    () => pieces[random(good || random(3) > 0 ? GOOD : pieces.length)] as number[],
  ).flat();
  return random(3) === 0 ? content.slice(random(2), content.length - random(3)) : content;
}

function randomList(random: RandomSource, depth: number): string {
  const elements = Array.from({ length: random(5) }, () => randomElement(random, depth));
  const last = random(6) === 0 && elements.length > 0 ? ` | ${binaryText(randomBinary(random, false))}` : '';
  return `[${elements.join()}${last}]`;
}

function randomElement(random: RandomSource, depth: number): string {
  switch (random(depth > 2 ? 8 : 10)) {
    case 0:
      return ['0', '228', '255', '256', '16#20ac', '16#1f600', '16#d800', '16#110000', '-1', '1 bsl 70', 'a', '1.0'][
        random(12)
      ] as string;
    case 1:
    case 2:
    case 3:
      return String(97 + random(5));
    case 4:
      return '[]';
    case 5:
    case 6:
    case 7:
      return binaryText(randomBinary(random, random(2) === 0));
    default:
      return randomList(random, depth + 1);
  }
}

test('unicode:characters_to_binary, characters_to_list, bin_is_7bit', (context) => {
  const pool = new Pool();
  const random = randomSource(8);
  const data = [
    'a',
    '1',
    '<<1:3>>',
    '[<<1:3>>]',
    '[a]',
    '[97 | a]',
    '[97 | 1 bsl 70]',
    '[]',
    '<<>>',
    '[[]]',
    '[<<"abc">>]',
    '[<<228>>]',
    '[[228, 246 | <<"x">>], [a]]',
    '[1 bsl 70, a]',
  ];
  for (const piece of pieces) data.push(binaryText(piece), `[${binaryText(piece)}]`, `[97, ${binaryText(piece)}, 98]`);
  for (let i = 0; i < 500; i++) data.push(binaryText(randomBinary(random, false)));
  for (let i = 0; i < 2500; i++) data.push(randomList(random, 0));
  const all = pool.all(data);
  const encodings = pool.all(['latin1', 'utf8', 'unicode']);
  const calls = [
    ...combinations('unicode:characters_to_binary', [all, encodings], random, 12000),
    ...combinations('unicode:characters_to_list', [all, encodings], random, 12000),
    ...combinations('unicode:bin_is_7bit', [all], random, 4000),
  ];
  context.diagnostic(compareCalls(pool.texts, calls));
});
