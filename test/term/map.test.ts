import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocate } from '../../src/memory/heap.ts';
import { plus, store } from '../../src/memory/memory.ts';
import { putMapAssoc, putMapExact, tryPutMapExact } from '../../src/runtime/map-ops.ts';
import { am, atom, atomName } from '../../src/term/atoms.ts';
import { toNumber } from '../../src/term/bignum.ts';
import { tuple } from '../../src/term/build.ts';
import { compareExact, compareTerms } from '../../src/term/compare.ts';
import { identical } from '../../src/term/equality.ts';
import { ErlangError } from '../../src/term/erlang-error.ts';
import { flatmapKeyArray, flatmapKeys } from '../../src/term/flatmap.ts';
import { internalHash } from '../../src/term/hash.ts';
import { type Addr, NIL, NON_VALUE, type Term } from '../../src/term/layout.ts';
import {
  emptyMap,
  forEachPair,
  mapGet,
  mapHas,
  mapKeyList,
  mapMerge,
  mapPut,
  mapRemove,
  mapUpdate,
  mapValueList,
} from '../../src/term/map.ts';
import { mapFromArrays, mapFromDistinct, mapSize } from '../../src/term/map-build.ts';
import { mapNext } from '../../src/term/map-iterate.ts';
import { whole } from '../../src/term/parts.ts';
import { phash2 } from '../../src/term/phash2.ts';
import {
  head,
  isCons,
  isFlatmap,
  isTuple,
  makeSmall,
  smallValue,
  tail,
  tupleArity,
  tupleElement,
} from '../../src/term/term.ts';
import { useTermRulesOf } from '../../src/term/term-rules.ts';
import { freshHeap } from '../support/heap.ts';
import { CollidingKeys } from './colliding-keys.ts';
import { mapRuns } from './term-judge.ts';

function elements(list: Term): Term[] {
  const result: Term[] = [];
  for (let rest = list; isCons(rest); rest = tail(rest)) result.push(head(rest));
  return result;
}

/** Keys and values in memory, as the map instructions take them. */
function pairsInMemory(pairs: readonly Term[]): Addr {
  const a = allocate(pairs.length * 2 + 1);
  pairs.forEach((pair, i) => {
    store(plus(a, i * 8), tupleElement(pair, 1));
    store(plus(a, i * 8 + 4), tupleElement(pair, 2));
  });
  return a;
}

/** The same pairs put together at once: must be the same map whatever way the other one was made. */
function rebuilt(map: Term): Term {
  const keys: Term[] = [];
  const values: Term[] = [];
  forEachPair(map, (key, value) => {
    keys.unshift(key);
    values.unshift(value);
  });
  return whole(mapFromDistinct(keys, values));
}

interface Outcome {
  map: Term;
  /** What the operation gave besides the map, in native's words. */
  result: Term;
}

function attempt(map: Term, work: () => Term): Outcome {
  try {
    return { map: work(), result: am.none };
  } catch (error) {
    if (error instanceof ErlangError) return { map, result: error.reason };
    throw error;
  }
}

function perform(operation: Term, map: Term): Outcome {
  const [key, value] = [tupleElement(operation, 2), tupleArity(operation) > 2 ? tupleElement(operation, 3) : NIL];
  const name = atomName(tupleElement(operation, 1));
  switch (name) {
    case 'put':
      return { map: mapPut(map, key, value), result: am.none };
    case 'remove':
      return { map: mapRemove(map, key), result: am.none };
    case 'update': {
      const after = mapUpdate(map, key, value);
      return after === NON_VALUE ? { map, result: tuple(am.badkey, key) } : { map: after, result: am.none };
    }
    case 'get': {
      const found = mapGet(map, key);
      assert.equal(mapHas(map, key), found !== NON_VALUE);
      return { map, result: found === NON_VALUE ? tuple(am.badkey, key) : tuple(atom('value'), found) };
    }
    case 'assoc':
    case 'exact': {
      const pairs = elements(key);
      const change = name === 'assoc' ? putMapAssoc : putMapExact;
      const outcome = attempt(map, () => change(map, pairsInMemory(pairs), pairs.length));
      if (name === 'exact') {
        const tried = tryPutMapExact(map, pairsInMemory(pairs), pairs.length);
        assert.ok(outcome.result === am.none ? identical(tried, outcome.map) : tried === NON_VALUE);
      }
      return outcome;
    }
    case 'merge':
      return { map: mapMerge(map, key), result: am.none };
    default:
      return { map: mapMerge(key, map), result: am.none };
  }
}

test('runs of map operations give what they give on native OTP', (t) => {
  freshHeap();
  const counts = { operations: 0, largest: 0, conversions: 0 };
  let map = emptyMap();
  for (const frame of mapRuns(3, 60)) {
    if (!isTuple(frame)) {
      map = emptyMap();
      continue;
    }
    const [operation, size, hash, told] = [1, 2, 3, 4].map((i) => tupleElement(frame, i)) as [Term, Term, Term, Term];
    const before = map;
    const outcome = perform(operation, map);
    map = outcome.map;
    if (isTuple(told) && tupleElement(told, 1) === am.map) assert.ok(identical(map, tupleElement(told, 2)));
    else assert.ok(identical(outcome.result, told));
    assert.equal(mapSize(map), smallValue(size));
    assert.equal(isFlatmap(map), mapSize(map) <= 32);
    assert.equal(phash2(map), toNumber(hash));
    const other = rebuilt(map);
    assert.ok(identical(map, other) && compareTerms(map, other) === 0 && internalHash(map) === internalHash(other));
    counts.operations++;
    counts.largest = Math.max(counts.largest, mapSize(map));
    if (isFlatmap(before) !== isFlatmap(map)) counts.conversions++;
  }
  t.diagnostic(
    `${counts.operations} operations, maps of up to ${counts.largest} keys, ${counts.conversions} changes of kind`,
  );
});

/** All pairs by map_next, in portions; the keys in the order in which they come. */
function keysByIterator(map: Term, limit: number): Term[] {
  const keys: Term[] = [];
  let next = mapNext(makeSmall(0), map, am.iterator, limit);
  while (next !== am.none) {
    if (isCons(next)) {
      next = mapNext(head(next), tail(next), am.iterator, limit);
      continue;
    }
    assert.equal(mapGet(map, tupleElement(next, 1)), tupleElement(next, 2));
    keys.push(tupleElement(next, 1));
    next = tupleElement(next, 3);
  }
  return keys;
}

/** The list by map_next in portions, as maps:to_list/1 asks for it. */
function listByPortions(map: Term, limit: number): Term[] {
  let list = mapNext(makeSmall(0), map, NIL, limit);
  while (isCons(list) && !isTuple(head(list))) {
    list = mapNext(head(list), head(tail(list)), tail(tail(list)), limit);
  }
  return elements(list);
}

function checkIteration(map: Term): void {
  const keys = keysByIterator(map, 1_000_000);
  assert.equal(keys.length, mapSize(map));
  const listed = elements(mapKeyList(map));
  const pairs = listByPortions(map, 1_000_000);
  assert.deepEqual(
    pairs.map((pair) => tupleElement(pair, 1)),
    listed,
  );
  assert.deepEqual(
    pairs.map((pair) => tupleElement(pair, 2)),
    elements(mapValueList(map)),
  );
  assert.deepEqual(new Set(keys), new Set(listed));
  for (const limit of [1, 2, 7, 100]) {
    assert.deepEqual(keysByIterator(map, limit), keys);
    assert.deepEqual(
      listByPortions(map, limit).map((pair) => tupleElement(pair, 1)),
      listed,
    );
  }
}

function numbers(count: number): Term[] {
  return Array.from({ length: count }, (_, i) => makeSmall(i));
}

test('iterators give every pair once, in the same order whatever the portions', () => {
  freshHeap();
  for (const count of [0, 1, 32, 33, 100, 3000]) {
    checkIteration(mapFromArrays(numbers(count), numbers(count)));
  }
  const map = mapFromArrays(numbers(100), numbers(100));
  for (const [path, into] of [
    [makeSmall(-1), am.iterator],
    [am.none, am.iterator],
    [makeSmall(0), am.none],
  ] as const) {
    assert.throws(() => mapNext(path, map, into, 10), ErlangError);
  }
});

test('a map of 100,000 keys: at once, key by key, and back to nothing', () => {
  freshHeap();
  const count = 100_000;
  const all = numbers(count);
  const atOnce = mapFromArrays(all, all);
  assert.equal(mapSize(atOnce), count);
  assert.ok(all.every((key) => mapGet(atOnce, key) === key));
  assert.equal(mapGet(atOnce, makeSmall(count)), NON_VALUE);
  let map = emptyMap();
  for (const key of all.slice(0, 20_000)) map = mapPut(map, key, key);
  const rest = mapFromArrays(all.slice(10_000), all.slice(10_000));
  assert.ok(identical(mapMerge(map, rest), atOnce));
  assert.ok(identical(mapMerge(rest, map), atOnce));
  for (const key of all.slice(0, 20_000)) map = mapRemove(map, key);
  assert.ok(identical(map, emptyMap()));
  assert.equal(whole(mapFromDistinct([...all, all[7] as Term], [...all, NIL])), NON_VALUE);
  assert.equal(mapGet(mapFromArrays([...all, all[7] as Term], [...all, NIL]), all[7] as Term), NIL);
});

test('keys whose hashes collide, wholly or in part', (t) => {
  freshHeap();
  const colliding = new CollidingKeys();
  const sizes = [
    [29, 5],
    [29, 4],
    [28, 7],
    [25, 20],
    [8, 50],
  ] as const;
  const groups = sizes.map(([bits, wanted]) => colliding.group(bits, wanted));
  const keys = groups.flat();
  const distinct = [...new Set(keys)];
  const whole = mapFromArrays(keys, keys);
  assert.equal(mapSize(whole), distinct.length);
  assert.equal((internalHash(groups[0]?.[0] as Term) ^ internalHash(groups[0]?.[1] as Term)) >>> 3, 0);
  checkIteration(whole);
  let forward = emptyMap();
  let backward = emptyMap();
  for (const key of keys) forward = mapPut(forward, key, key);
  for (const key of [...keys].reverse()) backward = mapPut(backward, key, key);
  assert.ok(identical(forward, whole) && identical(backward, whole));
  const half = mapFromArrays(distinct.slice(0, 60), distinct.slice(0, 60));
  const others = mapFromArrays(distinct.slice(40), distinct.slice(40));
  assert.ok(identical(mapMerge(half, others), whole) && identical(mapMerge(others, half), whole));
  for (const [place, key] of distinct.entries()) {
    forward = mapRemove(forward, key);
    assert.equal(mapGet(forward, key), NON_VALUE);
    const rest = distinct.slice(place + 1);
    assert.ok(identical(forward, mapFromArrays(rest, rest)));
  }
  t.diagnostic(`${distinct.length} keys, up to ${Math.max(...groups.slice(0, 2).map((g) => g.length))} in a bucket`);
});

test('words are shared where nothing changes', () => {
  freshHeap();
  const [a, b, c] = [atom('a'), atom('b'), atom('c')];
  const small = mapFromArrays([b, a], numbers(2));
  const large = mapFromArrays(numbers(50), numbers(50));
  for (const [map, key] of [
    [small, b],
    [large, makeSmall(9)],
  ] as const) {
    const value = mapGet(map, key);
    assert.equal(mapPut(map, key, value), map);
    assert.equal(mapUpdate(map, key, value), map);
    assert.equal(mapRemove(map, c), map);
    assert.equal(mapUpdate(map, c, value), NON_VALUE);
    assert.equal(putMapExact(map, pairsInMemory([tuple(key, value)]), 1), map);
  }
  assert.equal(flatmapKeys(mapPut(small, b, NIL)), flatmapKeys(small));
  assert.equal(flatmapKeys(putMapAssoc(small, pairsInMemory([tuple(b, NIL), tuple(a, NIL)]), 2)), flatmapKeys(small));
  assert.equal(mapMerge(small, emptyMap()), small);
  const other = mapUpdate(small, a, NIL);
  assert.equal(mapMerge(small, other), other);
  assert.ok(identical(putMapAssoc(emptyMap(), pairsInMemory([tuple(a, c), tuple(a, b)]), 2), mapFromArrays([a], [b])));
  for (const work of [() => putMapAssoc(a, 0 as Addr, 0), () => putMapExact(NIL, 0 as Addr, 0)]) {
    assert.throws(work, (error) => error instanceof ErlangError && tupleElement(error.reason, 1) === am.badmap);
  }
});

test('the order of keys in small maps follows the release', () => {
  freshHeap();
  const later = [atom('zzz_first_made'), atom('aaa_made_later')] as const;
  const keys = [...later, makeSmall(1), tuple(), NIL];
  const values = keys.map(() => NIL);
  assert.deepEqual(flatmapKeyArray(mapFromArrays(keys, values)), [makeSmall(1), ...later, keys[3], NIL]);
  try {
    useTermRulesOf(25);
    const sorted = [...keys].sort(compareExact);
    assert.deepEqual(flatmapKeyArray(mapFromArrays(keys, values)), sorted);
    assert.ok(compareTerms(mapFromArrays(keys, values), mapFromArrays([...keys].reverse(), values)) === 0);
  } finally {
    useTermRulesOf(27);
  }
});
