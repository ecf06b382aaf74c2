/** Making maps from many keys at once, and the change between the two kinds of map. */
import { cons } from './build.ts';
import { identical } from './equality.ts';
import { flatmapOf, flatmapSize, insertSorted } from './flatmap.ts';
import { collectLeaves, hashmapSize } from './hash-nodes.ts';
import { hashmapOfSorted, keyHash } from './hashmap.ts';
import { FLATMAP_LIMIT, NON_VALUE, type Term } from './layout.ts';
import { type Parts, whole } from './parts.ts';
import { head, isFlatmap, tail } from './term.ts';

/** The number of keys of a map. */
export function mapSize(map: Term): number {
  return isFlatmap(map) ? flatmapSize(map) : hashmapSize(map);
}

/** The map of unsorted keys and their values; of equal keys the last one counts. */
export function mapFromArrays(keys: readonly Term[], values: readonly Term[]): Term {
  return keys.length <= FLATMAP_LIMIT ? smallMap(keys, values) : whole(largeMap(keys, values));
}

/** The same in parts. */
export function* mapInParts(keys: readonly Term[], values: readonly Term[]): Parts<Term> {
  return keys.length <= FLATMAP_LIMIT ? smallMap(keys, values) : yield* largeMap(keys, values);
}

/** The same, but NON_VALUE if a key comes twice (which the external format does not allow). */
export function* mapFromDistinct(keys: readonly Term[], values: readonly Term[]): Parts<Term> {
  const map = yield* mapInParts(keys, values);
  return mapSize(map) === keys.length ? map : NON_VALUE;
}

function smallMap(keys: readonly Term[], values: readonly Term[]): Term {
  const sortedKeys: Term[] = [];
  const sortedValues: Term[] = [];
  for (let i = 0; i < keys.length; i++) insertSorted(sortedKeys, sortedValues, keys[i] as Term, values[i] as Term);
  return flatmapOf(sortedKeys, sortedValues);
}

function* largeMap(keys: readonly Term[], values: readonly Term[]): Parts<Term> {
  const hashes = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    hashes[i] = keyHash(keys[i] as Term);
    if (i % KEYS_IN_A_PART === KEYS_IN_A_PART - 1) yield REDUCTIONS_OF_A_PART;
  }
  const places = yield* sortByHash(hashes);
  const leaves: Term[] = [];
  const sortedHashes = new Uint32Array(keys.length);
  for (let from = 0; from < places.length; ) {
    const place = places[from] as number;
    const hash = hashes[place] as number;
    let to = from + 1;
    while (to < places.length && hashes[places[to] as number] === hash) to++;
    const run = to - from === 1 ? undefined : lastOfEach(places.subarray(from, to), keys);
    for (let i = 0; i < (run?.length ?? 1); i++) {
      const own = run?.[i] ?? place;
      sortedHashes[leaves.length] = hash;
      leaves.push(cons(keys[own] as Term, values[own] as Term));
    }
    if (leaves.length % KEYS_IN_A_PART === 0) yield REDUCTIONS_OF_A_PART;
    from = to;
  }
  if (leaves.length > FLATMAP_LIMIT) return yield* hashmapOfSorted(leaves, sortedHashes, leaves.length);
  return smallMap(leaves.map(head), leaves.map(tail));
}

/** Of places whose keys have one hash, in their order, the last one of each key. */
function lastOfEach(places: Uint32Array, keys: readonly Term[]): readonly number[] {
  const distinct: number[] = [];
  for (const place of places) {
    const known = distinct.findIndex((other) => identical(keys[other] as Term, keys[place] as Term));
    if (known < 0) distinct.push(place);
    else distinct[known] = place;
  }
  return distinct;
}

const RADIX_BITS = 11;
const KEYS_IN_A_PART = 1024;
const KEYS_PER_REDUCTION = 8;
const REDUCTIONS_OF_A_PART = KEYS_IN_A_PART / KEYS_PER_REDUCTION;

/** Fewer are sorted by comparing. */
const RADIX_COUNT = 1000;

/** The places of `hashes` in the order of the hashes; equal ones stay in order. A radix sort in three passes. */
function* sortByHash(hashes: Uint32Array): Parts<Uint32Array> {
  if (hashes.length < RADIX_COUNT) {
    const order = Uint32Array.from(hashes, (_, i) => i);
    return order.sort((a, b) => (hashes[a] as number) - (hashes[b] as number) || a - b);
  }
  let places = new Uint32Array(hashes.length);
  for (let i = 0; i < places.length; i++) places[i] = i;
  let target = new Uint32Array(hashes.length);
  for (let shift = 0; shift < 32; shift += RADIX_BITS) {
    const starts = new Uint32Array((1 << RADIX_BITS) + 1);
    const mask = (1 << RADIX_BITS) - 1;
    for (let i = 0; i < hashes.length; i++) {
      const digit = ((hashes[i] as number) >>> shift) & mask;
      starts[digit + 1] = (starts[digit + 1] as number) + 1;
    }
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      const digit = ((hashes[place] as number) >>> shift) & mask;
      const to = starts[digit] as number;
      starts[digit] = to + 1;
      target[to] = place;
    }
    [places, target] = [target, places];
    yield places.length / KEYS_PER_REDUCTION;
  }
  return places;
}

/** The flatmap of the same pairs as a hashmap that has come down to FLATMAP_LIMIT keys. */
export function flatmapOfHashmap(map: Term): Term {
  const leaves = collectLeaves(map, []);
  return smallMap(leaves.map(head), leaves.map(tail));
}
