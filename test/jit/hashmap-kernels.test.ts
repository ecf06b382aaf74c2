import assert from 'node:assert/strict';
import { test } from 'node:test';
import { X_REGISTERS } from '../../src/memory/map.ts';
import { plus, store } from '../../src/memory/memory.ts';
import { termKernels } from '../../src/memory/term-kernels.ts';
import { makeBigInt } from '../../src/term/bignum.ts';
import { bitsOwner, makeBinary, makeBitstring, makeSubBits } from '../../src/term/bits.ts';
import { listOf, makeFloat, tuple } from '../../src/term/build.ts';
import { identical } from '../../src/term/equality.ts';
import { internalHash } from '../../src/term/hash.ts';
import { HASH_MASK, hashmapSize } from '../../src/term/hash-nodes.ts';
import { hashmapGet, hashmapPut, keyHash } from '../../src/term/hashmap.ts';
import { FLATMAP_LIMIT, NIL, NON_VALUE, type Term } from '../../src/term/layout.ts';
import { mapFromArrays } from '../../src/term/map-build.ts';
import { makeSmall } from '../../src/term/term.ts';
import { randomSource } from '../support/random.ts';
import { CollidingKeys } from '../term/colliding-keys.ts';
import { type JudgedTerm, judgedTerms, specialTerms } from '../term/term-judge.ts';
import { type Kernel, mapKernels } from './map-kernels-of-memory.ts';

/** A term nested so often. */
function nested(depth: number, wrap: (term: Term) => Term): Term {
  let term = makeSmall(depth);
  for (let i = 0; i < depth; i++) term = wrap(term);
  return term;
}

/** Terms of every type, binaries of every length to 70 bytes and at odd places, and terms deeper than WebAssembly looks. */
function allKinds(): Term[] {
  const ofNative = [...judgedTerms(3, 400).terms, ...specialTerms().terms].map(({ term }: JudgedTerm) => term);
  const bytes = Uint8Array.from({ length: 70 }, (_, i) => (i * 97 + 3) & 0xff);
  const owner = bitsOwner(makeBitstring(bytes, bytes.length * 8));
  const binaries = Array.from(bytes, (_, i) => makeBinary(bytes.subarray(0, i)));
  const parts = [0, 3, 8].flatMap((offset) => [0, 7, 8, 64, 65].map((size) => makeSubBits(owner, offset, size)));
  const deep = [29, 30, 31, 100, 2000].flatMap((depth) => [
    nested(depth, (term) => tuple(term, makeSmall(depth))),
    nested(depth, (term) => listOf([term, NIL])),
    nested(depth, (term) => listOf([makeSmall(1)], term)),
  ]);
  const numbers = [makeFloat(0), makeFloat(-0), makeFloat(1.5), makeBigInt(2n ** 64n), makeBigInt(-(2n ** 100n))];
  return [...ofNative, ...binaries, ...parts, ...deep, ...numbers, tuple()];
}

test('hashes of keys are those that TypeScript finds', () => {
  mapKernels(true);
  const terms = allKinds();
  for (const [i, term] of terms.entries()) {
    assert.equal(termKernels().keyHash(term), internalHash(term) & HASH_MASK, `term ${i}`);
  }
});

/** The same map twice: as the kernels make it, and as TypeScript does. */
interface Twins {
  readonly made: Term;
  readonly expected: Term;
}

function firstTwins(): Twins {
  const keys = Array.from({ length: FLATMAP_LIMIT + 1 }, (_, i) => makeSmall(-i));
  return { made: mapFromArrays(keys, keys), expected: mapFromArrays(keys, keys) };
}

function put(
  kernels: Record<string, Kernel>,
  { made, expected }: Twins,
  key: Term,
  value: Term,
): Twins & { decided: boolean } {
  const wanted = hashmapPut(expected, key, value);
  const isNew = hashmapSize(wanted) > hashmapSize(expected);
  const result = kernels['maps:put/3']?.(key, value, made) as Term;
  const updated = kernels['maps:update/3']?.(key, value, made) as Term;
  store(X_REGISTERS, key);
  store(plus(X_REGISTERS, 4), value);
  const [assoc, exact] = [kernels.putMapAssoc?.(made, 1) as Term, kernels.putMapExact?.(made, 1) as Term];
  if (result === NON_VALUE) {
    assert.deepEqual([updated, assoc, exact], [NON_VALUE, NON_VALUE, NON_VALUE]);
    return { made: hashmapPut(made, key, value), expected: wanted, decided: false };
  }
  assert.equal(result === made, wanted === expected, 'the map itself where nothing changes');
  assert.ok(identical(result, wanted) && identical(assoc, wanted));
  for (const map of [updated, exact]) assert.ok(isNew ? map === NON_VALUE : identical(map, wanted));
  return { made: result, expected: wanted, decided: true };
}

test('large maps: what TypeScript makes; keys of equal hashes are left to it', (t) => {
  const kernels = mapKernels(true);
  const random = randomSource(17);
  const colliding = new CollidingKeys();
  const alike = [
    colliding.group(29, 5),
    colliding.group(28, 7),
    colliding.group(25, 20),
    colliding.group(8, 50),
  ].flat();
  const keys = [...allKinds(), ...alike];
  const hashes = new Map<number, number>();
  for (const key of keys) hashes.set(keyHash(key), (hashes.get(keyHash(key)) ?? 0) + 1);
  let twins = firstTwins();
  const versions: Twins[] = [];
  let left = 0;
  for (let round = 0; round < 2 * keys.length; round++) {
    const key = keys[random(keys.length)] as Term;
    const next = put(kernels, twins, key, makeSmall(random(3)));
    if (!next.decided) {
      left++;
      assert.ok((hashes.get(keyHash(key)) ?? 0) > 1, 'only keys of equal hashes are left');
    }
    if (round % 1000 === 0) versions.push(twins);
    twins = next;
  }
  for (const { made, expected } of [...versions, twins]) {
    assert.ok(identical(made, expected), 'maps stay as they are');
    for (const key of keys) assert.equal(termKernels().mapGet(made, key), hashmapGet(expected, key));
  }
  t.diagnostic(`${hashmapSize(twins.made)} keys, ${left} times left to TypeScript`);
  assert.ok(left > 0);
});
