/** The loader's result equals what native OTP's beam_disasm and beam_lib say of the same files. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { opcodes } from '../../src/isa/opcodes.ts';
import { atomToString, instructionToString } from '../../src/isa/print.ts';
import type { BeamFunction, BeamModule } from '../../src/loader/beam-module.ts';
import { loadBeam } from '../../src/loader/load.ts';
import { erlc, evalNative, type Release } from '../support/oracle.ts';
import { beamFiles, everyNth, releases } from './corpus.ts';
import { native } from './native.ts';

function assertSameLines(actual: string, expected: string, path: string): void {
  if (actual === expected) return;
  const lines = actual.split('\n');
  const wanted = expected.split('\n');
  const at = wanted.findIndex((line, i) => line !== lines[i]);
  assert.fail(`${path}, line ${at + 1}:\n  ours:   ${lines[at]}\n  native: ${wanted[at]}`);
}

/** Instructions as lines, with a title behind each func_info; lines without a position are left out. */
function functionText(module: BeamModule, { name, arity, ...rest }: BeamFunction, withPositions: boolean): string[] {
  const printed = atomToString(name);
  const line = (index: number): string =>
    index === 0 ? '' : `{line,${withPositions ? position(module, index) : index}}`;
  const body = rest.instructions.map(({ op, args }) => {
    const [location] = args;
    if (op.name === 'line' && location?.kind === 'u') return line(location.value);
    const text = instructionToString(op, args, module);
    // beam_disasm of OTP 29 leaves out the number of live registers.
    return op.name === 'put_record' ? text.replace(/,\d+,\{list/u, ',{list') : text;
  });
  return [
    `{label,${rest.infoLabel}}`,
    line(rest.infoLine),
    `{func_info,{atom,${atomToString(module.name)}},{atom,${printed}},${arity}}`,
    `function ${printed}/${arity} entry ${rest.entryLabel}`,
    `{label,${rest.entryLabel}}`,
    ...body,
  ].filter((text) => text !== '');
}

function position({ lines }: BeamModule, index: number): string {
  const { file, line } = lines.items[index] ?? { file: 0, line: 0 };
  return `${lines.files[file]}:${line}`;
}

function disasm(module: BeamModule, withPositions: boolean): string {
  return `${module.functions.flatMap((f) => functionText(module, f, withPositions)).join('\n')}\n`;
}

/** Typed registers with the first of the types that OTP decodes to the same; without a type if that says nothing. */
function withTypeClasses(text: string, classes: readonly string[]): string {
  return text.replace(/\{tr,(\{[xy],\d+\}),(\d+)\}/gu, (_, register: string, type: string) => {
    const first = classes[Number(type)];
    return first === '0' ? register : `{tr,${register},${first}}`;
  });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hashOf = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

function tables(module: BeamModule): string {
  const exports = module.exports.map(({ name, arity }) => `export ${atomToString(name)}/${arity}`);
  const imports = module.imports.map(
    (entry) => `import ${atomToString(entry.module)}:${atomToString(entry.name)}/${entry.arity}`,
  );
  return `${[
    `module ${atomToString(module.name)}`,
    `md5 ${hex(module.md5)}`,
    ...exports.sort(),
    ...imports.sort(),
    ...module.lambdas.map(
      ({ name, ...l }) => `lambda ${atomToString(name)}/${l.arity} ${l.label} ${l.index} ${l.numFree} ${l.oldUniq}`,
    ),
    ...module.literals.map((literal) => `literal ${hashOf(literal)}`),
    `attributes ${hashOf(module.attributes)}`,
    `compile info ${hashOf(module.compileInfo)}`,
  ].join('\n')}\n`;
}

const sortLines = (text: string): string => `${text.trimEnd().split('\n').sort().join('\n')}\n`;

/** The types in OTP's layout: 12 type bits until OTP 28, 13 since OTP 29, then what follows, then the numbers. */
function typeTable(module: BeamModule, typeBitCount: number): string {
  const first = 1 << typeBitCount;
  const entries = module.types.map(({ union, min, max, unit }) => {
    const present =
      (min === undefined ? 0 : first) | (max === undefined ? 0 : first * 2) | (unit === undefined ? 0 : first * 4);
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE((union & (first - 1)) | present);
    return Buffer.concat([bytes, int64(min), int64(max), Buffer.from(unit === undefined ? [] : [unit - 1])]);
  });
  return Buffer.concat(entries).toString('hex');
}

function int64(value: bigint | undefined): Buffer {
  const bytes = Buffer.alloc(value === undefined ? 0 : 8);
  if (value !== undefined) bytes.writeBigInt64BE(value);
  return bytes;
}

function assertSameInstructions(release: Release, files: readonly string[]): number {
  const expected = native(release, 'disasm', files);
  let lines = 0;
  for (const [i, path] of files.entries()) {
    const [classes = '', ...code] = (expected[i] ?? '').split('\n');
    const ours = disasm(loadBeam(readFileSync(path)), release >= 29);
    assertSameLines(withTypeClasses(ours, classes.split(',')), code.join('\n'), path);
    lines += code.length - 1;
  }
  return lines;
}

const bitsSource = `-module(bits).
-export([build/4, match/1, utf/1, append/2, mailbox/2, float/2, big/0]).
build(A, B, C, N) -> <<A:8, B:N/little-signed, C/binary, 1.5:32/float-native, "abc", A/utf8, B/utf16-little, B/utf32>>.
match(<<A:4, B:12/little-signed, N, C:N/binary, D:64/float-native, "abc", E/utf8, _/utf16, F/utf32, R/bits>>) ->
    {A, B, C, D, E, F, R};
match(<<_:3, A:7/bits, _/bits>>) -> A.
utf(B) -> << <<C/utf16>> || <<C/utf8>> <= B >>.
append(B, X) -> try <<B/binary, X:16>> catch error:E:S -> {E, S} end.
mailbox(P, M) -> R = make_ref(), P ! {R, M}, receive {R, X} -> X after 10 -> F = fun(Y) -> {M, Y} end, F(R) end.
float(X, Y) when is_float(X) -> (X + Y) * 2.0 - X / Y.
big() -> {123456789012345678901234567890, -9223372036854775808, 9007199254740993, -70000, 2048, [{a, 'b c', "d"}], #{}}.
`;

const recordSource = `-module(records).
-export([make/1, update/2, get/1, is/1, match/1, external/1]).
-export_record([foo]).
-record #foo{a = 1, b, c = "text", d = {x, []}, e = -70000, f = 1.5}.
-record #empty{}.
make(X) -> {#foo{b = X}, #empty{}}.
update(R, X) -> R#foo{a = X}.
get(R) -> R#foo.b.
is(R) when is_record(R) -> true;
is(_) -> false.
match(#foo{a = A, b = B}) -> {A, B};
match(#_{a = A}) -> A.
external(R) -> R#other:foo.a.
`;

/** Options with which a release's compiler emits what it does not otherwise. */
const variants: readonly (readonly [Release, string, readonly string[]])[] = [
  [25, bitsSource, ['+r22']],
  [25, bitsSource, ['+r23']],
  [25, bitsSource, ['+r24']],
  [27, bitsSource, ['+r24', '+no_type_opt']],
  [27, bitsSource, ['+r25']],
  [27, bitsSource, ['+line_coverage']],
  [29, bitsSource, ['+line_coverage']],
  [29, bitsSource, ['+beam_debug_info']],
  [29, recordSource, []],
];

test('instructions that the compilers emit only with options are those of beam_disasm', (t) => {
  let lines = 0;
  const ready = variants.filter(([release]) => releases.includes(release));
  for (const [release, source, flags] of ready) {
    lines += assertSameInstructions(release, [erlc(source, { release, flags })]);
  }
  t.diagnostic(`${ready.length} of ${variants.length} variants, ${lines} lines are equal`);
});

test('definitions of native records are read', { skip: !releases.includes(29) }, () => {
  const { records, literals } = loadBeam(readFileSync(erlc(recordSource, { release: 29 })));
  const [foo, empty] = records;
  assert.deepEqual(empty, { name: 'empty', exported: false, fields: [] });
  assert.deepEqual([foo?.name, foo?.exported], ['foo', true]);
  assert.deepEqual(
    foo?.fields.map(({ name, default: value }) => [name, value?.kind === 'integer' ? value.value : value?.kind]),
    [
      ['a', 1],
      ['b', undefined],
      ['c', 'literal'],
      ['d', 'literal'],
      ['e', -70000],
      ['f', 'literal'],
    ],
  );
  assert.ok(foo.fields.every((field) => field.default?.kind !== 'literal' || field.default.index < literals.length));
});

test('atoms are printed as OTP 27 does', () => {
  const names = [
    'a',
    'aB_1@',
    'A',
    '',
    '1',
    '_',
    'é',
    'Ünï',
    'ÿ',
    '÷',
    'ж',
    '日本',
    "it's",
    'back\\slash',
    'a b',
    'maybe',
    'end',
  ];
  names.push(
    'else',
    'div',
    'when',
    'xor',
    '\n\t\r\b\f\v\u001b\u007f',
    '\u0000\u0001',
    '\u0080\u009f',
    '\u00a0',
    '\u{1f600}',
    'a-b',
    '"',
  );
  const literal = (name: string): string => `<<${Buffer.from(name).join(',')}>>`;
  const [result] = evalNative([
    `unicode:characters_to_binary(lists:join(0, [io_lib:format("~tw", [binary_to_atom(N)]) || N <- [${names.map(literal)}]]))`,
  ]);
  assert.ok(result?.kind === 'value');
  const expected = result.value.bytes.subarray(6).toString().split('\0');
  assert.deepEqual(names.map(atomToString), expected);
});

for (const release of releases) {
  test(`types are those of beam_types in OTP ${release}`, (t) => {
    const files = everyNth(beamFiles(release), 4).filter((path) => loadBeam(readFileSync(path)).chunks.has('Type'));
    const expected = native(release, 'types', files, 'hex');
    let types = 0;
    for (const [i, path] of files.entries()) {
      const module = loadBeam(readFileSync(path));
      types += module.types.length;
      assert.equal(typeTable(module, release >= 29 ? 13 : 12), expected[i], path);
    }
    t.diagnostic(`OTP ${release}: ${files.length} files, ${types} types are equal`);
  });

  test(`instructions are those of beam_disasm in OTP ${release}`, (t) => {
    const files = everyNth(beamFiles(release), 20);
    const lines = assertSameInstructions(release, files);
    t.diagnostic(`OTP ${release}: ${files.length} files, ${lines} lines are equal`);
  });

  test(`names, md5 and literals are those of beam_lib in OTP ${release}`, (t) => {
    const files = everyNth(beamFiles(release), 4);
    const expected = native(release, 'tables', files);
    for (const [i, path] of files.entries()) {
      assertSameLines(sortLines(tables(loadBeam(readFileSync(path)))), sortLines(expected[i] ?? ''), path);
    }
    t.diagnostic(`OTP ${release}: ${files.length} files are equal`);
  });

  test(`opcodes are those of beam_opcodes in OTP ${release}`, () => {
    const [expected = ''] = native(release, 'opcodes', ['']);
    const count = expected.trimEnd().split('\n').length;
    const ours = opcodes.slice(0, count).map(({ number, name, arity }) => `${number} ${name}/${arity}\n`);
    assert.equal(ours.join(''), expected);
    for (const { number, since, name } of opcodes) assert.equal(number <= count, since <= release, name);
  });
}
