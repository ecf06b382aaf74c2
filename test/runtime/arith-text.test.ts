/** Numbers as text and back against native OTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareWithNative, floatCase, integerCase, native, ours, textCase } from './arith-judge.ts';
import { EDGES, makeOperands } from './bignum-float-operands.ts';

const { random, randomBits, signed, randomInteger, randomFloat } = makeOperands(2);

function pick<Item>(items: readonly Item[]): Item {
  return items[random(items.length)] as Item;
}

/** Random bit patterns, subnormals, integers, powers of two and ten, short decimals, and neighbours of all of these. */
function textFloats(): number[] {
  const view = new DataView(new ArrayBuffer(8));
  const fromBits = (bits: bigint): number => {
    view.setBigUint64(0, bits);
    return view.getFloat64(0);
  };
  const floats: number[] = [0, -0];
  for (let i = 0; i < 8000; i++) floats.push(fromBits(randomBits(64)));
  for (let i = 0; i < 1500; i++) floats.push(fromBits(randomBits(1 + random(52))));
  for (let i = 0; i < 3000; i++) floats.push(Number(signed(randomBits(1 + random(70)))));
  for (let i = 0; i < 4000; i++) floats.push((random(10 ** (1 + random(9))) + 1) * 10 ** (random(40) - 20));
  for (let i = 0; i < 2000; i++) floats.push(random(2 ** 31) / 2 ** random(32));
  for (let power = -1074; power < 1024; power++) floats.push(2 ** power);
  for (let power = -323; power < 309; power++) {
    for (let digit = 1; digit < 10; digit += 1 + random(4)) floats.push(Number(`${digit}e${power}`));
  }
  for (const value of floats.slice(-4000)) {
    view.setFloat64(0, value);
    floats.push(fromBits(view.getBigUint64(0) + 1n), fromBits(view.getBigUint64(0) - 1n));
  }
  return floats.filter((value) => Number.isFinite(value));
}

test('floats as text', () => {
  const floats = textFloats();
  const cases = floats.flatMap((value) => [
    `erlang:float_to_list ${floatCase(value)} e[short]`,
    `erlang:float_to_${pick(['list', 'binary'])} ${floatCase(value)}`,
  ]);
  for (const value of floats) {
    const decimals = pick([0, 1, 2, 3, random(20), random(40), random(260)]);
    const format = pick(['{decimals,N}', '{decimals,N},compact', 'compact,{decimals,N}', '{scientific,N}']);
    cases.push(`erlang:float_to_binary ${floatCase(value)} e[${format.replace('N', String(decimals))}]`);
  }
  const { raised } = compareWithNative(cases);
  console.log(`${floats.length} floats, ${cases.length} texts of them, ${raised} raise`);
});

test('ties and carries when floats are rounded', () => {
  const cases: string[] = [];
  for (let i = 0; i < 6000; i++) {
    const value = (random(2 ** (1 + random(24))) * 2 + 1) / 2 ** random(14);
    const sign = pick([1, -1]);
    const form = pick(['scientific', 'decimals']);
    cases.push(`erlang:float_to_list ${floatCase(sign * value)} e[{${form},${random(12)}}]`);
  }
  for (const nines of [
    0.99,
    9.5,
    9.4999,
    99.5,
    999999.5,
    0.5,
    1.5,
    0.05,
    1e22 - 1e6,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 53 + 2,
  ]) {
    for (let n = 0; n < 25; n++) {
      cases.push(`erlang:float_to_list ${floatCase(nines)} e[{decimals,${n}},compact]`);
      cases.push(`erlang:float_to_list ${floatCase(-nines)} e[{scientific,${n}}]`);
    }
  }
  compareWithNative(cases);
  console.log(`${cases.length} ties and carries`);
});

test('options of float_to_list', () => {
  const options = [
    '[]',
    '[compact]',
    '[short]',
    '[short,{decimals,2}]',
    '[{decimals,2},short]',
    '[{scientific,2},{decimals,3}]',
    '[{decimals,-1}]',
    '[{scientific,-1}]',
    '[{scientific,-300}]',
    '[{decimals,253}]',
    '[{decimals,254}]',
    '[{decimals,300}]',
    '[{scientific,248}]',
    '[{scientific,249}]',
    '[{scientific,250}]',
    '[{scientific,251}]',
    '[{scientific,4294967299}]',
    '[{decimals,4294967299}]',
    '[{scientific,576460752303423488}]',
    '[{scientific,576460752303423487}]',
    '[{scientific,-576460752303423488}]',
    '[{decimals,a}]',
    '[{decimals,1.0}]',
    '[{other,1}]',
    '[{decimals,1,2}]',
    '[other]',
    '[compact|short]',
    'short',
    '[{decimals,0}]',
    '[{decimals,0},compact]',
    '[{decimals,1},compact]',
    '[{short,1}]',
    '[1]',
  ];
  const values = [
    'f0000000000000000',
    'f8000000000000000',
    ...[1.5, -1e20, 1e22, 1e100, 1.7976931348623157e308, 5e-324, 100.5].map(floatCase),
  ];
  const cases = [...values, 'i01', 'aatom'].flatMap((value) =>
    options.flatMap((list) => [`erlang:float_to_list ${value} e${list}`, `erlang:float_to_binary ${value} e${list}`]),
  );
  const { raised } = compareWithNative(cases);
  console.log(`${cases.length} combinations of options, ${raised} raise`);
});

/** Texts that are floats, and texts that nearly are. */
const EDGE_TEXTS = [
  '',
  '1',
  '1.',
  '.5',
  '1.0',
  '+1.0',
  '-1.0',
  '--1.0',
  '1,5',
  '1.0e',
  '1.0e+',
  '1.0e5',
  '1.0E5',
  '1.0e-400',
  '-1.0e-400',
  '1.0e400',
  '1.0e308',
  '1.8e308',
  '1e5',
  '1.0 ',
  ' 1.0',
  '1.0\0',
  '1.0\0abc',
  '\0',
  '1.0e5.0',
  '1.0e05',
  '0x1.0p3',
  'inf',
  'nan',
  '1_0.0',
  '00001.50',
  '1.0\n',
  '5.0e-324',
  '2.4703282292062327e-324',
  '2.4703282292062328e-324',
  '1.7976931348623158e308',
  '1.7976931348623159e308',
  '9007199254740993.0',
  '9007199254740992.99999',
  '0.1',
  '1.00000000000000011102230246251565',
  '1.0e99999999999',
  '1.0e-99999999999',
  '0.0e99999999999',
  '1\xff.0',
  '+',
  '-',
  'e',
  '1.5e++5',
  '1.5ee5',
  '1.5e+e',
  '1.5e.',
  '1.5.5',
  '-.5',
  '1.5,5',
  `${'1'.repeat(400)}.0`,
  `0.${'0'.repeat(400)}1e300`,
  `1.${'0'.repeat(900)}1`,
  `${'9'.repeat(800)}.5e-500`,
];

function floatTexts(): string[] {
  const texts = [...EDGE_TEXTS];
  const digits = (most: number): string => Array.from({ length: 1 + random(most) }, () => random(10)).join('');
  for (let i = 0; i < 8000; i++) {
    const exponent = pick(['', `e${digits(2)}`, `e-${digits(3)}`, `E+${digits(3)}`]);
    texts.push(
      `${pick(['', '+', '-'])}${digits(pick([3, 20, 50]))}${pick(['.', '.', ','])}${digits(pick([3, 20, 50]))}${exponent}`,
    );
  }
  for (let i = 0; i < 3000; i++)
    texts.push(
      Math.abs(randomFloat())
        .toFixed(20)
        .replace(/e.*|$/, (rest) => rest.replace('+', '')),
    );
  for (let i = 0; i < 3000; i++) {
    texts.push(Array.from({ length: 1 + random(9) }, () => pick([...'0123456789..,,eE+-+-  x'])).join(''));
  }
  return texts;
}

test('floats from text', () => {
  const texts = floatTexts();
  const cases = texts.flatMap((text) => [
    `erlang:binary_to_float ${textCase('b', text)}`,
    `erlang:list_to_float ${textCase('s', text)}`,
    `string:list_to_float ${textCase('s', text)}`,
  ]);
  for (const value of textFloats()) cases.push(`erlang:binary_to_float ${textCase('b', decimalText(value))}`);
  cases.push(
    ...['e[49|50]', 'e[49,46,300]', 'e[49,46,a]', 'e[a]', 'i01', 'aatom', 'e[49,46,53|a]', 'e[49,46,53,a,46]'].flatMap(
      (value) =>
        ['erlang:binary_to_float', 'erlang:list_to_float', 'string:list_to_float'].map((name) => `${name} ${value}`),
    ),
  );
  const comparable = cases.filter((line) => !/string:.*(\|a|,a,)/.test(line));
  const { raised } = compareWithNative(comparable);
  console.log(`${comparable.length} texts to floats, ${raised} raise`);
});

/** A decimal that reads back as the value, with a point. */
function decimalText(value: number): string {
  const text = value.toExponential();
  return text.includes('.') ? text : text.replace('e', '.0e');
}

test('integers as text in all bases', () => {
  const cases: string[] = [];
  const add = (value: bigint): void => {
    const base = 2 + random(35);
    const kind = pick(['list', 'binary']);
    cases.push(`erlang:integer_to_${kind} ${integerCase(value)} ${integerCase(base)}`);
    cases.push(`erlang:integer_to_${kind} ${integerCase(value)}`);
  };
  for (let i = 0; i < 6000; i++) add(randomInteger());
  for (const bits of EDGES) for (const near of [-1n, 0n, 1n]) add(signed(2n ** BigInt(bits) + near));
  for (let i = 0; i < 40; i++) add(signed(randomBits(20_000 + random(20_000))));
  for (const base of ['i00', 'i01', 'i25', 'i-02', 'aatom', `i${'0F'.repeat(9)}`, 'f4024000000000000']) {
    cases.push(`erlang:integer_to_list i0A ${base}`, `erlang:integer_to_binary aatom ${base}`);
  }
  for (const value of ['aatom', 'f4024000000000000', 's3132']) cases.push(`erlang:integer_to_list ${value}`);
  const { raised } = compareWithNative(cases);
  console.log(`${cases.length} integers as text, ${raised} raise`);
});

function integerTexts(): { text: string; base: number }[] {
  const texts = [
    '',
    '+',
    '-',
    '0',
    '-0',
    '+0',
    '00',
    '007',
    '--1',
    '+-1',
    '1 ',
    ' 1',
    '1.0',
    '1\0',
    '1_000',
    'g',
    'Z',
    'z',
    '\xff',
  ].flatMap((text) => [2, 8, 10, 11, 16, 36].map((base) => ({ text, base })));
  for (let i = 0; i < 9000; i++) {
    const base = 2 + random(35);
    let text = randomInteger().toString(base);
    if (random(2) === 0) text = text.toUpperCase();
    if (random(4) === 0) text = text.replace(/^-?/, (sign) => (sign || '+') + '0'.repeat(random(40)));
    if (random(8) === 0) {
      const at = random(text.length + 1);
      text = text.slice(0, at) + pick([...'0aAzZ:/@[`{ .']) + text.slice(at + random(2));
    }
    texts.push({ text, base });
  }
  for (let i = 0; i < 40; i++) {
    const base = 2 + random(35);
    texts.push({ text: signed(randomBits(20_000 + random(20_000))).toString(base), base });
  }
  return texts;
}

test('integers from text in all bases', () => {
  const texts = integerTexts();
  const cases = texts.flatMap(({ text, base }) => [
    `erlang:binary_to_integer ${textCase('b', text)} ${integerCase(base)}`,
    `erlang:list_to_integer ${textCase('s', text)} ${integerCase(base)}`,
  ]);
  cases.push('erlang:binary_to_integer b31 i01', 'erlang:binary_to_integer b31 i25', 'erlang:binary_to_integer s31');
  cases.push('erlang:list_to_integer b31', 'erlang:list_to_integer e[49|50]', 'erlang:list_to_integer e[a]');
  const { raised } = compareWithNative(cases);
  console.log(`${cases.length} texts to integers, ${raised} raise`);
});

test('the helpers of erlang.erl give what it makes of native ones', () => {
  const texts = integerTexts();
  let big = 0;
  const cases = texts.flatMap(({ text, base }) =>
    (['list', 'binary'] as const).map((kind) => ({
      helper: `erts_internal:${kind}_to_integer ${textCase(kind === 'list' ? 's' : 'b', text)} ${integerCase(base)}`,
    })),
  );
  const expected = native(cases.map(({ helper }) => helper));
  const wrong = cases.filter(({ helper }, index) => {
    const mine = ours(helper);
    if (expected[index] === 'abig') big++;
    // Where OTP leaves digits to the caller, a whole integer or `badarg` may come at once.
    return mine !== expected[index] && !(expected[index] === 'abig' && /^(i|\{i[^,]*,s\}|abadarg)/.test(mine));
  });
  assert.deepEqual(wrong.slice(0, 5), []);
  console.log(`${cases.length} calls of the helpers, ${big} of them big`);
});

test('text too long for an integer', () => {
  const cases = [
    `erlang:binary_to_integer ${textCase('b', '1'.repeat(4194241))} i02`,
    `erlang:binary_to_integer ${textCase('b', '1'.repeat(4194305))} i02`,
    `erlang:binary_to_integer ${textCase('b', '1'.repeat(1048561))} i10`,
    `erlang:binary_to_integer ${textCase('b', `-${'f'.repeat(1048560)}`)} i10`,
  ];
  compareWithNative(cases);
});
