/** A translation that was kept as bytes is the translation that was kept. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { translationOf } from '../../src/code/translation.ts';
import { decodeTranslation, encodeTranslation } from '../../src/code/translation-file.ts';
import { compileModule } from '../../src/jit/compile-module.ts';
import { loadBeam } from '../../src/loader/load.ts';
import { erlc, hasRelease, nativeRoot } from '../support/oracle.ts';

const source = `-module(kept).
-on_load(init/0).
-export([f/1, g/2]).
-custom({attribute, "text"}).
init() -> ok.
f(X) when X > 16#1234567890abcdef1234567890 -> fun(Y) -> {X + Y, "literal", <<"ünï\\x{0}"/utf8>>, -16#1234567890} end;
f(X) -> [fun ?MODULE:f/1, X, ets:new(t, []), '', 'an atom', 1.5].
g(<<"abc", X/bits>>, Y) -> receive Y -> X after 10 -> catch f(Y) end.
`;
const recordSource = `-module(records).
-export([new/0]).
-record #foo{a = 16#1234567890abcdef1234567890, b, c = "text", d = {x, []}, e = -70000, f = 1.5}.
new() -> #foo{b = 1}.
`;

function stdlib(): string {
  const libraries = join(nativeRoot(), 'lib');
  return join(libraries, readdirSync(libraries).find((name) => name.startsWith('stdlib-')) as string, 'ebin');
}

function check(path: string): void {
  const beam = loadBeam(readFileSync(path));
  const isBif = (module: string, name: string) => module === 'ets' && name === 'new';
  const translation = translationOf(beam, compileModule(beam, { isBif }));
  const bytes = encodeTranslation(translation);
  const decoded = decodeTranslation(bytes);
  const plain = ({ literals, strings, attributes, compileInfo, md5, ...rest }: typeof translation) => ({
    ...rest,
    bytes: [literals, strings, attributes, compileInfo, md5].map((one) => [...one]),
  });
  assert.deepEqual(plain(decoded), plain(translation));
}

test('tables, literals, integers and names survive', () => check(erlc(source)));

test('defaults of native records survive', { skip: !hasRelease(29) }, () => check(erlc(recordSource, { release: 29 })));

test('real modules survive', () => {
  for (const module of ['lists', 'erl_scan', 'unicode_util']) {
    check(join(stdlib(), `${module}.beam`));
  }
});
