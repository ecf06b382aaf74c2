import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocatorStatistics, walkBlocks } from '../../src/memory/allocator.ts';
import { collect } from '../../src/memory/collector.ts';
import { freeFragment } from '../../src/memory/fragment.ts';
import { HeapCorruption } from '../../src/memory/heap-verify.ts';
import { copyToArea, freeLiteralArea, type LiteralArea } from '../../src/memory/literal-area.ts';
import { ATTENTION, HTOP, REDUCTIONS, SP, X_REGISTERS } from '../../src/memory/map.ts';
import { load, loadTerm, loadUnsigned, store } from '../../src/memory/memory.ts';
import { handleCount } from '../../src/memory/off-heap.ts';
import { ATTENTION_COLLECT, freeUnusedHeaps, ProcessHeap } from '../../src/memory/process-heap.ts';
import { cons, tuple } from '../../src/term/build.ts';
import { copyOut } from '../../src/term/copy.ts';
import { type Addr, CATCH_TAG, NIL, RETURN_TAG, type Term } from '../../src/term/layout.ts';
import { head, isNil, makeSmall, smallValue, tail, tupleElement } from '../../src/term/term.ts';
import { type RandomSource, randomSource } from '../support/random.ts';
import { freshMachine, freshProcess } from './machine.ts';
import { Canon, randomTerm, reachableWords, type Tally } from './terms.ts';

/** The roots of a test process: X registers, stack words between return addresses, and terms in TypeScript. */
class Roots {
  live = 0;
  held: Term[] = [];
  readonly heap: ProcessHeap;
  constructor(heap: ProcessHeap) {
    this.heap = heap;
  }
  private stackAddresses(): Addr[] {
    const addresses: Addr[] = [];
    for (let a = loadUnsigned(SP); a < this.heap.stackTop; a += 4) {
      const word = load(a as Addr);
      if ((word & 15) !== RETURN_TAG && (word & 15) !== CATCH_TAG) addresses.push(a as Addr);
    }
    return addresses;
  }
  all(): Term[] {
    const xs = Array.from({ length: this.live }, (_, i) => loadTerm((X_REGISTERS + i * 4) as Addr));
    return [...xs, ...this.stackAddresses().map(loadTerm), ...this.held];
  }
  pick(random: RandomSource): Term {
    const all = this.all();
    return all.length === 0 ? NIL : (all[random(all.length)] as Term);
  }
  push(word: number): void {
    if (loadUnsigned(SP) - 4 < this.heap.stackLow) this.heap.growStack(4);
    store(SP, loadUnsigned(SP) - 4);
    store(loadUnsigned(SP) as Addr, word);
  }
  add(random: RandomSource, t: Term): void {
    switch (random(4)) {
      case 0:
        store((X_REGISTERS + random(this.live + 1) * 4) as Addr, t);
        store((X_REGISTERS + this.live * 4) as Addr, t);
        if (this.live < 30) this.live++;
        break;
      case 1:
        if (random(3) === 0) this.push((random(1000) << 4) | (random(2) === 0 ? RETURN_TAG : CATCH_TAG));
        this.push(t);
        break;
      case 2:
        this.held.push(t);
        break;
      default:
        if (this.held.length > 0) this.held[random(this.held.length)] = t;
    }
  }
  drop(random: RandomSource): void {
    const frames = (this.heap.stackTop - loadUnsigned(SP)) / 4;
    store(SP, this.heap.stackTop - random(frames + 1) * 4);
    this.held = this.held.filter(() => random(3) > 0);
    this.live = random(this.live + 1);
  }
  visit = (visit: (t: Term) => Term): void => {
    this.held = this.held.map(visit);
  };
  collect(major: boolean, fit = false): ReturnType<typeof collect> {
    return collect(this.heap, { live: this.live, visitRoots: this.visit, major, fit, stress: true });
  }
}

function assertMemoryEmpty(): void {
  freeUnusedHeaps();
  assert.equal(allocatorStatistics().general.bytesInUse, 0);
  let free = 0;
  walkBlocks(() => free++);
  assert.equal(free, 1);
}

for (let seed = 1; seed <= 12; seed++) {
  test(`random heaps survive minor and major collections, seed ${seed}`, () => {
    const heap = freshProcess();
    const random = randomSource(seed);
    const roots = new Roots(heap);
    const tally: Tally = { handlesMade: 0, handlesDropped: 0 };
    const areas: LiteralArea[] = [];
    const literals = [1, 2, 3].map(() => {
      const t = randomTerm(random, () => tuple(makeSmall(random(9)), NIL), tally);
      const { area, copies } = copyToArea([tuple(t, t)]);
      areas.push(area);
      return copies[0] as Term;
    });
    const pick = () => (random(8) === 0 ? (literals[random(3)] as Term) : roots.pick(random));
    for (let round = 0; round < 25; round++) {
      for (let i = random(200); i > 0; i--) {
        const t = randomTerm(random, pick, tally);
        if (reachableWords([t]) < 4000) roots.add(random, t);
        if (random(50) === 0) {
          const small = tuple(
            makeSmall(i),
            randomTerm(random, () => NIL, tally),
          );
          const fragment = copyOut(small);
          heap.attachFragment(fragment);
          roots.add(random, fragment.term);
        }
      }
      if (random(3) === 0) roots.drop(random);
      const canon = new Canon();
      const done = new Map<Term, number>();
      const before = roots.all().map((t) => canon.of(t, done));
      const inHeap = reachableWords([...roots.all(), ...literals]) - reachableWords(literals);
      const result = roots.collect(random(3) === 0, random(10) === 0);
      const doneAfter = new Map<Term, number>();
      const after = roots.all().map((t) => canon.of(t, doneAfter));
      assert.deepEqual(after, before);
      if (result.kind === 'major') assert.equal(result.after, inHeap);
      assert.equal(heap.totalWords() >= result.after, true);
    }
    roots.live = 0;
    roots.held = [];
    store(SP, heap.stackTop);
    const last = roots.collect(true);
    assert.equal(last.after, 0);
    heap.deactivate();
    heap.destroy();
    for (const area of areas) freeLiteralArea(area);
    assert.equal(tally.handlesMade, tally.handlesDropped);
    assert.equal(handleCount(), 0);
    assertMemoryEmpty();
  });
}

test('a full heap takes chunks and asks for a collection, which gives the reductions back', () => {
  const heap = freshProcess();
  store(REDUCTIONS, 1234);
  let list: Term = NIL;
  for (let i = 0; i < 100_000; i++) list = cons(makeSmall(i), list);
  assert.equal(load(ATTENTION) & ATTENTION_COLLECT, ATTENTION_COLLECT);
  assert.equal(load(REDUCTIONS), 0);
  assert.equal(heap.savedReductions, 1234);
  store(X_REGISTERS, list);
  const result = collect(heap, { live: 1, stress: true });
  assert.equal(result.kind, 'minor');
  assert.equal(result.after, 200_000);
  assert.equal(load(ATTENTION), 0);
  let t = loadTerm(X_REGISTERS);
  for (let i = 99_999; i >= 0; i--, t = tail(t)) assert.equal(smallValue(head(t)), i);
  assert.ok(isNil(t));
});

test('garbage is freed, a heap shrinks, an old generation comes and goes', () => {
  const heap = freshProcess();
  let list: Term = NIL;
  for (let i = 0; i < 20_000; i++) list = cons(makeSmall(i), list);
  store(X_REGISTERS, list);
  collect(heap, { live: 1 });
  assert.equal(heap.oldStart, 0);
  collect(heap, { live: 1, stress: true });
  assert.equal((heap.oldTop - heap.oldStart) / 4, 40_000);
  assert.equal(loadUnsigned(HTOP), heap.youngStart);
  assert.equal(collect(heap, { live: 0, stress: true }).kind, 'minor');
  assert.equal(collect(heap, { live: 0, stress: true, major: true }).after, 0);
  assert.equal(heap.totalWords(), 233);
});

test('a heap that fills steadily with garbage keeps its size', () => {
  const heap = freshProcess();
  for (let i = 0; i < 100_000; i++) {
    tuple(NIL, NIL, NIL);
    if (load(ATTENTION) !== 0) collect(heap, { live: 0 });
  }
  assert.equal(heap.totalWords(), 233);
});

test('an idle process takes less than 1.5 KiB', () => {
  freshMachine();
  const before = allocatorStatistics().general.bytesInUse;
  const heap = ProcessHeap.create();
  assert.ok(allocatorStatistics().general.bytesInUse - before < 1536);
  heap.destroy();
  assertMemoryEmpty();
});

test('the stack grows and shrinks with its content', () => {
  const heap = freshProcess();
  const roots = new Roots(heap);
  for (let i = 0; i < 200_000; i++) roots.push(i % 3 === 0 ? (i << 4) | RETURN_TAG : makeSmall(i));
  const words = roots.all();
  assert.equal(words.length, 133_333);
  for (let i = 0; i < 199_000; i++) store(SP, loadUnsigned(SP) + 4);
  const before = roots.all();
  roots.collect(true);
  assert.ok((heap.stackTop - heap.stackLow) / 4 < 5000);
  assert.deepEqual(roots.all(), before);
});

test('the verifier finds what is wrong', () => {
  const heap = freshProcess();
  const t = tuple(makeSmall(1), makeSmall(2));
  store(X_REGISTERS, t);
  const at = (t - 2 + 4) as Addr;
  for (const [word, message] of [
    [0, /is no term/],
    [0xdeadbe00, /freed memory/],
    [4 * 3_000_000 + 1, /points out of the heap/],
    [(5 << 4) | RETURN_TAG, /is no term/],
  ] as const) {
    store(at, word);
    assert.throws(
      () => collect(heap, { live: 1, stress: true }),
      (e) => e instanceof HeapCorruption && message.test(e.message),
    );
  }
  store(at, makeSmall(1));
  collect(heap, { live: 1, stress: true });
  collect(heap, { live: 1, stress: true });
  const old = loadTerm(X_REGISTERS);
  store((old - 2 + 4) as Addr, tuple(NIL));
  assert.throws(() => collect(heap, { live: 1, stress: true }), /from the old block to a young one/);
});

test('deep terms of every shape need no native stack', () => {
  const heap = freshProcess();
  let deep: Term = NIL;
  for (let i = 0; i < 1_000_000; i++) deep = i % 2 === 0 ? cons(deep, NIL) : tuple(deep);
  store(X_REGISTERS, deep);
  assert.equal(collect(heap, { live: 1 }).after, 2_000_000);
  const fragment = copyOut(loadTerm(X_REGISTERS));
  assert.equal(fragment.wordCount, 2_000_000);
  let depth = 0;
  for (let t = fragment.term; t !== NIL; depth++) t = (t & 3) === 1 ? head(t) : tupleElement(t, 1);
  assert.equal(depth, 1_000_000);
  freeFragment(fragment);
});

test('collection above 2 GiB', () => {
  freshMachine(2 ** 31 + 2 ** 30);
  const heap = ProcessHeap.create();
  heap.activate();
  const roots = new Roots(heap);
  const random = randomSource(5);
  const tally: Tally = { handlesMade: 0, handlesDropped: 0 };
  for (let round = 0; round < 8; round++) {
    for (let i = 0; i < 150; i++) {
      const t = randomTerm(random, () => roots.pick(random), tally);
      if (reachableWords([t]) < 4000) roots.add(random, t);
    }
    const canon = new Canon();
    const before = roots.all().map((t) => canon.of(t));
    roots.collect(round % 3 === 2);
    assert.deepEqual(
      roots.all().map((t) => canon.of(t)),
      before,
    );
  }
});

test('benchmarks (printed)', (t) => {
  const heap = freshProcess();
  let list: Term = NIL;
  const start = performance.now();
  for (let i = 0; i < 1_000_000; i++) list = cons(tuple(makeSmall(i), makeSmall(i)), list);
  t.diagnostic(`building 1M {N,N}: ${(performance.now() - start).toFixed(1)} ms`);
  store(X_REGISTERS, list);
  const times = [];
  for (let i = 0; i < 12; i++) {
    const from = performance.now();
    collect(heap, { live: 1, major: true });
    times.push(performance.now() - from);
  }
  t.diagnostic(`major collection of 1M {N,N}: ${times.map((ms) => ms.toFixed(1)).join(' ')} ms`);
  const copies = [];
  for (let i = 0; i < 8; i++) {
    const from = performance.now();
    const fragment = copyOut(loadTerm(X_REGISTERS));
    copies.push(performance.now() - from);
    freeFragment(fragment);
  }
  t.diagnostic(`copyOut of 1M {N,N} (5M words): ${copies.map((ms) => ms.toFixed(1)).join(' ')} ms`);
  let flat: Term = NIL;
  for (let i = 0; i < 1_000_000; i++) flat = cons(makeSmall(i), flat);
  const flats = [];
  for (let i = 0; i < 8; i++) {
    const from = performance.now();
    const fragment = copyOut(flat);
    flats.push(performance.now() - from);
    freeFragment(fragment);
  }
  t.diagnostic(`copyOut of 1M integers (2M words): ${flats.map((ms) => ms.toFixed(1)).join(' ')} ms`);
});
