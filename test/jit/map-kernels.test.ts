import assert from 'node:assert/strict';
import { test } from 'node:test';
import { X_REGISTERS } from '../../src/memory/map.ts';
import { plus, store } from '../../src/memory/memory.ts';
import { termKernels } from '../../src/memory/term-kernels.ts';
import { putMapAssoc, tryPutMapExact } from '../../src/runtime/map-ops.ts';
import { atom } from '../../src/term/atoms.ts';
import { makeBigInt } from '../../src/term/bignum.ts';
import { makeBinary } from '../../src/term/bits.ts';
import { listOf, makeFloat, tuple } from '../../src/term/build.ts';
import { identical } from '../../src/term/equality.ts';
import { flatmapKey, flatmapSize } from '../../src/term/flatmap.ts';
import { FLATMAP_LIMIT, NIL, type Term } from '../../src/term/layout.ts';
import { mapGet, mapPut, mapRemove, mapUpdate } from '../../src/term/map.ts';
import { mapFromArrays } from '../../src/term/map-build.ts';
import { formatTerm } from '../../src/term/print.ts';
import { isFlatmap, makeSmall } from '../../src/term/term.ts';
import { termRules } from '../../src/term/term-rules.ts';
import { randomSource } from '../support/random.ts';
import { mapKernels } from './map-kernels-of-memory.ts';

const PAIRS = X_REGISTERS;

function someKeys(): Term[] {
  const numbers = [-7, -1, 0, 1, 2, 3, 50, 2 ** 29 - 1, -(2 ** 29)].map((value) => makeSmall(value));
  const atoms = ['zz', 'b', 'a', 'c', 'true', 'k1', 'k2', 'k3', 'k4', 'Ä'].map((name) => atom(name));
  const [a, b, one, two] = [atom('a'), atom('b'), makeSmall(1), makeSmall(2)];
  const tuples = [
    [],
    [NIL],
    [a, one],
    [b, one],
    [a, two],
    [a, tuple(b)],
    [b, tuple(b)],
    [a, makeFloat(1)],
    [a, b, one],
  ];
  const lists = [listOf([one]), listOf([a, two]), listOf([one], one)];
  return [
    ...numbers,
    ...atoms,
    NIL,
    makeFloat(1),
    makeBigInt(2n ** 70n),
    makeBigInt(-(2n ** 70n)),
    ...tuples.map((elements) => tuple(...elements)),
    ...lists,
    makeBinary(new TextEncoder().encode('text')),
  ];
}

function assertSame(map: Term, expected: Term, label: string): void {
  assert.ok(identical(map, expected), `${label}: ${formatTerm(map)}, not ${formatTerm(expected)}`);
  for (let i = 0; i < flatmapSize(expected); i++) {
    assert.ok(identical(flatmapKey(map, i), flatmapKey(expected, i)), `${label}: order of keys`);
  }
}

for (const byIndex of [true, false]) {
  test(`small maps: what TypeScript makes, or nothing; atoms in order of their ${byIndex ? 'indexes' : 'texts'}`, (t) => {
    const kernels = mapKernels(byIndex);
    t.after(() => {
      termRules.atomKeysByIndex = true;
    });
    const random = randomSource(11);
    const pick = (terms: readonly Term[]): Term => terms[random(terms.length)] as Term;
    let decided = 0;
    for (let round = 0; round < 300; round++) {
      const all = someKeys();
      const of = [all, all.slice(0, 19), all.slice(0, 9), all.slice(23, 32), all.slice(19)];
      const keys = of[round % of.length] as Term[];
      const used = [...new Set(Array.from({ length: random(14) }, () => pick(keys)))];
      const map = mapFromArrays(
        used,
        used.map((_, i) => makeSmall(i)),
      );
      const before = formatTerm(map);
      const [key, value] = [
        random(2) === 0 ? pick(keys) : (someKeys()[all.indexOf(pick(keys))] as Term),
        makeSmall(random(6)),
      ];
      const expected = {
        'maps:put/3': [mapPut(map, key, value), kernels['maps:put/3']?.(key, value, map)],
        'maps:update/3': [mapUpdate(map, key, value), kernels['maps:update/3']?.(key, value, map)],
        'maps:remove/2': [mapRemove(map, key), kernels['maps:remove/2']?.(key, map)],
      };
      for (const [name, [wanted, made]] of Object.entries(expected)) {
        if (made === 0) continue;
        decided++;
        assertSame(made as Term, wanted as Term, `${name} ${formatTerm(key)} ${before}`);
        assert.equal(made === map, wanted === map);
      }
      assert.equal(kernels['maps:get/2']?.(key, map), mapGet(map, key));
      const place = Array.from({ length: flatmapSize(map) }, (_, i) => identical(flatmapKey(map, i), key)).indexOf(
        true,
      );
      assert.equal(termKernels().flatmapPosition(map, key), place);
      const count = 1 + random(4);
      const pairs = [
        ...new Set(Array.from({ length: count }, () => pick(random(3) > 0 && used.length > 0 ? used : keys))),
      ];
      for (const [i, pairKey] of pairs.entries()) {
        store(plus(PAIRS, 8 * i), pairKey);
        store(plus(PAIRS, 8 * i + 4), makeSmall(random(6)));
      }
      const assoc = kernels.putMapAssoc?.(map, pairs.length);
      const exact = kernels.putMapExact?.(map, pairs.length);
      if (assoc !== 0) assertSame(assoc as Term, putMapAssoc(map, PAIRS, pairs.length), `assoc ${before}`);
      const replaced = tryPutMapExact(map, PAIRS, pairs.length);
      assert.equal(exact === 0, replaced === 0);
      if (exact !== 0) assertSame(exact as Term, replaced, `exact ${before}`);
      assert.equal(formatTerm(map), before, 'the map stays as it is');
    }
    t.diagnostic(`${decided} maps`);
    assert.ok(decided > 300);
  });
}

test('maps that are full, or none', () => {
  const kernels = mapKernels(true);
  const keys = Array.from({ length: FLATMAP_LIMIT }, (_, i) => makeSmall(i));
  const full = mapFromArrays(keys, keys);
  assert.ok(isFlatmap(full));
  assert.equal(kernels['maps:put/3']?.(makeSmall(99), NIL, full), 0);
  for (const map of [NIL, makeSmall(1), tuple(), makeFloat(1)]) {
    assert.equal(kernels['maps:put/3']?.(makeSmall(1), NIL, map), 0);
    assert.equal(kernels['maps:update/3']?.(makeSmall(1), NIL, map), 0);
    assert.equal(kernels['maps:get/2']?.(makeSmall(1), map), 0);
    assert.equal(kernels['maps:remove/2']?.(makeSmall(1), map), 0);
  }
});
