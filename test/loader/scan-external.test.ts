/** What the scanner lets pass, native `binary_to_term` decodes, and what it refuses, native refuses; but for a few cases. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBeam } from '../../src/loader/load.ts';
import { scanExternal } from '../../src/loader/scan-external.ts';
import { evalNative } from '../support/oracle.ts';
import { type RandomSource, randomSource } from '../support/random.ts';
import { beamFiles, everyNth } from './corpus.ts';
import { inFolder, native } from './native.ts';

const rounds = 40_000;

/** Terms of every kind that the format has. */
const zoo = [
  '{self(), make_ref(), hd(erlang:ports()), fun lists:map/2, erlang:make_fun(a, b, 3)}',
  '[1, -1, 255, 256, -70000, 1 bsl 40, -(1 bsl 64), 1 bsl 3000, 1.5, -0.0, 1.0e300, a, [], "text", <<>>, <<1:3>>]',
  'begin X = {1, "a", self()}, Y = make_ref(), fun(Z) -> {X, Y, Z} end end',
  '#{a => 1, "b" => [2.5, {}], {c} => #{}}',
  'list_to_tuple(lists:seq(1, 300))',
  '[binary_to_atom(<<"\u65e5\u672c"/utf8>>), list_to_atom(lists:duplicate(255, 1078)), [a | b]]',
  '{<<0:10000>>, maps:from_list([{N, N} || N <- lists:seq(1, 50)])}',
];

/** The same terms in the older forms of the format. */
const encodings = [
  'term_to_binary(T)',
  'term_to_binary(T, [{minor_version, 0}])',
  'term_to_binary(T, [{minor_version, 1}])',
];

function zooBytes(): Buffer[] {
  const expressions = zoo.flatMap((term) => encodings.map((encoding) => `T = begin ${term} end, ${encoding}`));
  return evalNative(expressions).map((result) => {
    assert.ok(result.kind === 'value');
    return Buffer.from(result.value.bytes.subarray(6));
  });
}

const tags = [
  97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 77, 110, 111, 112, 113, 114, 115, 116, 118, 119,
];
tags.push(120, 90, 89, 88, 70);

function damage(bytes: Buffer, random: RandomSource): Buffer {
  const copy = Buffer.from(bytes);
  for (let i = 1 + random(3); i > 0; i--) {
    const at = 1 + random(Math.max(1, Math.min(copy.length - 1, 400)));
    copy[at] = random(2) === 0 ? random(256) : (tags[random(tags.length)] ?? 0);
  }
  return random(8) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}

/** Only decoding finds equal keys in a map, and numbers that the local node (nonode@nohost) gives to no pid or port. */
const mapStart = Buffer.from([116, 0, 0]);

/** Tags that the scanner refuses though native decodes them: compressed, local, cached atom, atom by OTP's own index. */
const refusedTags = [80, 121, 82, 73, 75];

test(`${rounds} damaged external terms`, (t) => {
  const literals = everyNth(beamFiles(27), 25).flatMap((path) => loadBeam(readFileSync(path)).literals.slice(0, 40));
  const originals = [...zooBytes(), ...zooBytes(), ...literals.map((literal) => Buffer.from(literal))];
  for (const original of originals) assert.equal(scanExternal(original), original.length);
  const random = randomSource(7);
  const damaged = Array.from({ length: rounds }, (_, i) => {
    const source = i % 2 === 0 ? originals[random(zoo.length * encodings.length)] : originals[random(originals.length)];
    return damage(source ?? Buffer.alloc(0), random);
  });
  const expected = inFolder((folder) => {
    const path = join(folder, 'terms');
    const size = (length: number): Buffer => Buffer.from([length >>> 24, length >>> 16, length >>> 8, length]);
    writeFileSync(path, Buffer.concat(damaged.flatMap((bytes) => [size(bytes.length), bytes])));
    return Buffer.from(native(27, 'decodable', [path], 'latin1')[0] ?? '', 'latin1');
  });
  let good = 0;
  for (const [i, bytes] of damaged.entries()) {
    const decodes = expected[i] === 1;
    const passes = scanExternal(bytes) >= 0;
    if (passes) good += 1;
    if (passes && !decodes) {
      const isExcused = bytes.includes('ohost') || bytes.includes(mapStart);
      assert.ok(isExcused, `passes, but does not decode: ${bytes.toString('hex')}`);
    }
    if (decodes && !passes) {
      const isRefused = refusedTags.some((tag) => bytes.includes(tag));
      assert.ok(isRefused, `decodes, but is refused: ${bytes.toString('hex')}`);
    }
  }
  t.diagnostic(`${rounds} damaged terms out of ${originals.length}: ${good} pass`);
});
