/** Random terms of every kind, and a way to compare terms, for tests of the collector and of copying. */

import { makeBinRef, newMagicRef, newOffHeapBinary } from '../../src/memory/binary.ts';
import { allocate } from '../../src/memory/heap.ts';
import { bytes, load, loadTerm, store } from '../../src/memory/memory.ts';
import { BIN_REF_HEADER, MAGIC_REF_HEADER, type MagicHandle } from '../../src/memory/off-heap.ts';
import { cons, makeFloat, tupleOf } from '../../src/term/build.ts';
import {
  type Addr,
  ALL_RAW,
  BIN_REF_ADDRESS,
  BINARY_DATA,
  BINARY_SIZE,
  HEADER_EXPORT,
  HEADER_EXTERNAL,
  HEADER_FLATMAP,
  HEADER_FUN,
  HEADER_HASH_NODE,
  HEADER_HASHMAP,
  HEADER_HEAP_BITS,
  HEADER_MATCH_CONTEXT,
  HEADER_NEG_BIG,
  HEADER_POS_BIG,
  HEADER_REF,
  HEADER_SUB_BITS,
  MAGIC_REF_HANDLE,
  makeHeader,
  NIL,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  RAW_WORDS,
  type Term,
} from '../../src/term/layout.ts';
import { addressOf, isImmediate, makeAtom, makeBoxed, makeLocalPid, makeSmall } from '../../src/term/term.ts';
import type { RandomSource } from '../support/random.ts';

/** Counts what was made and dropped off-heap. */
export type Tally = { handlesMade: number; handlesDropped: number };

function object(type: number, raw: readonly number[], terms: readonly Term[]): Term {
  const a = allocate(1 + raw.length + terms.length);
  store(a, makeHeader(type, raw.length + terms.length));
  [...raw, ...terms].forEach((word, i) => {
    store((a + 4 + i * 4) as Addr, word);
  });
  return makeBoxed(a);
}

function rawWords(random: RandomSource, count: number): number[] {
  return Array.from({ length: count }, () => random(2 ** 32));
}

function binRef(random: RandomSource): Term {
  const size = 65 + random(500);
  const a = newOffHeapBinary(size);
  bytes.fill(random(256), a + BINARY_DATA, a + BINARY_DATA + size);
  return makeBinRef(a);
}

/** One random term: an immediate, or an object whose fields come from `pick`. */
export function randomTerm(random: RandomSource, pick: () => Term, tally: Tally): Term {
  const some = (count: number) => Array.from({ length: count }, pick);
  const makers: (() => Term)[] = [
    () => makeSmall(random(1000) - 500),
    () => makeAtom(random(50)),
    () => makeLocalPid(random(50)),
    () => NIL,
    () => cons(pick(), pick()),
    () => cons(pick(), pick()),
    () => cons(pick(), pick()),
    () => tupleOf(some(random(6))),
    () => tupleOf(some(random(60))),
    () => object(random(2) === 0 ? HEADER_POS_BIG : HEADER_NEG_BIG, rawWords(random, 1 + random(40)), []),
    () => makeFloat(random(1000) / 7),
    () => object(HEADER_REF, rawWords(random, 3), []),
    () => {
      tally.handlesMade++;
      const handle: MagicHandle = { onDrop: () => tally.handlesDropped++ };
      return newMagicRef([random(2 ** 32), random(2 ** 32), random(2 ** 32)], handle);
    },
    () => object(HEADER_FUN, rawWords(random, 3), some(random(5))),
    () => object(HEADER_EXPORT, rawWords(random, 3), []),
    () => object(HEADER_HEAP_BITS, [64, ...rawWords(random, 2)], []),
    () => object(HEADER_SUB_BITS, [random(100), random(100)], [binRef(random)]),
    () => object(HEADER_MATCH_CONTEXT, [1, 9], [object(HEADER_HEAP_BITS, [64, ...rawWords(random, 2)], [])]),
    () => object(HEADER_SUB_BITS, [1, 9], [object(HEADER_HEAP_BITS, [64, ...rawWords(random, 2)], [])]),
    () => {
      const keys = some(random(5));
      return object(HEADER_FLATMAP, [], [tupleOf(keys), ...keys]);
    },
    () => object(HEADER_HASHMAP, [33, 7], [cons(pick(), pick()), object(HEADER_HASH_NODE, [3], some(2)), pick()]),
    () => object(HEADER_EXTERNAL, rawWords(random, 3 + random(3)), []),
  ];
  return (makers[random(makers.length)] as () => Term)();
}

function fieldsOf(t: Term): { text: string; children: Term[] } {
  const a = addressOf(t);
  if ((t & PRIMARY_MASK) === PRIMARY_CONS) {
    return { text: 'cons', children: [loadTerm(a), loadTerm((a + 4) as Addr)] };
  }
  const header = load(a);
  if (header === BIN_REF_HEADER) {
    const binary = load((a + BIN_REF_ADDRESS) as Addr);
    const size = load((binary + BINARY_SIZE) as Addr);
    return { text: `bin ${size} ${bytes[binary + BINARY_DATA]}`, children: [] };
  }
  const size = header >>> 8;
  const raw = RAW_WORDS[(header >>> 4) & 15] as number;
  const rawCount = header === MAGIC_REF_HEADER ? MAGIC_REF_HANDLE / 4 : raw === ALL_RAW ? size : raw;
  const word = (i: number) => loadTerm((a + 4 + i * 4) as Addr);
  const text = [header, ...Array.from({ length: rawCount }, (_, i) => word(i))].join(' ');
  const children = raw === ALL_RAW ? [] : Array.from({ length: size - raw }, (_, i) => word(raw + i));
  return { text, children };
}

/** Numbers for terms, the same for terms of the same structure (whatever their sharing): a table for many comparisons. */
export class Canon {
  private readonly numbers = new Map<string, number>();

  private intern(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.numbers.size);
    return this.numbers.size - 1;
  }

  /** The number of a term's structure; `words`, if given, is increased by the words of all its distinct objects. */
  of(term: Term, done = new Map<Term, number>()): number {
    const stack: Term[] = [term];
    while (stack.length > 0) {
      const t = stack.at(-1) as Term;
      if (done.has(t)) {
        stack.pop();
        continue;
      }
      if (isImmediate(t)) {
        done.set(t, this.intern(`immediate ${t}`));
        continue;
      }
      const { text, children } = fieldsOf(t);
      const missing = children.filter((child) => !done.has(child));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      const kind = (t & PRIMARY_MASK) === PRIMARY_BOXED ? 'boxed' : '';
      done.set(t, this.intern(`${kind} ${text}: ${children.map((child) => done.get(child)).join(' ')}`));
    }
    return done.get(term) as number;
  }
}

/** Words of the distinct objects that `terms` reach. */
export function reachableWords(terms: readonly Term[]): number {
  const seen = new Set<Term>();
  const stack = [...terms];
  let total = 0;
  for (let t = stack.pop(); t !== undefined; t = stack.pop()) {
    if (isImmediate(t) || seen.has(t)) continue;
    seen.add(t);
    total += (t & PRIMARY_MASK) === PRIMARY_CONS ? 2 : 1 + (load(addressOf(t)) >>> 8);
    stack.push(...fieldsOf(t).children);
  }
  return total;
}
