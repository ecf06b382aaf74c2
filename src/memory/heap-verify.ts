/** Checks of a process's heap for debugging: every word that can be reached is a sane term. */
import {
  type Addr,
  ALL_RAW,
  ATOM_TAG,
  BIN_REF_ADDRESS,
  BINARY_CAPACITY,
  BINARY_REFERENCES,
  BINARY_SIZE,
  CATCH_TAG,
  HEADER_BIN_REF,
  HEADER_HEAP_BITS,
  HEADER_MATCH_CONTEXT,
  HEADER_SIZE_SHIFT,
  HEADER_SUB_BITS,
  HEADER_TYPE_MASK,
  IMMED_MASK,
  NIL,
  PID_TAG,
  PORT_TAG,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_HEADER,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  RAW_WORDS,
  RETURN_TAG,
  STACK_TAG_MASK,
  SUB_BITS_ORIG,
  type Term,
} from '../term/layout.ts';
import { isLiteral } from './allocator.ts';
import { X_REGISTERS } from './map.ts';
import { load, loadTerm, loadUnsigned, words } from './memory.ts';
import { MAGIC_REF_HEADER, nextLink } from './off-heap.ts';
import type { ProcessHeap } from './process-heap.ts';

/** Fills freed memory: neither a term nor a header nor anything that lies on stacks. */
export const POISON = 0xdeadbe00 | 0;

/** A heap is not what it must be. */
export class HeapCorruption extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HeapCorruption';
  }
}

export type Roots = { live: number; visitRoots?: (visit: (t: Term) => Term) => void };

type Area = {
  readonly start: number;
  readonly top: number;
  readonly name: 'young' | 'chunk' | 'old';
  /** What the mark of its first word has as its number. */
  readonly mark: number;
};

/** A walk under way. `marks` has a byte for each word of the areas: whether an object that begins there has been met. */
type Walk = {
  readonly areas: readonly Area[];
  readonly marks: Uint8Array;
  readonly pending: number[];
  readonly owners: Set<number>;
  /** Where the last address was found: the next is likely to be there, too. */
  last: Area;
};

/** Where a word lies: what is said of it together with a number or an address. */
type Place = 'x' | 'stack word' | 'root' | 'head' | 'tail' | 'word';

/** Fills `byteCount` bytes at `a` with POISON. */
export function poison(a: Addr, byteCount: number): void {
  words.fill(POISON, a >>> 2, (a + byteCount) >>> 2);
}

/**
 * Walks everything that a heap's roots reach; throws HeapCorruption at the first pointer that leaves the heap (and points to no literal),
 * insane header, pointer from the old block to a younger object, or off-heap owner that is on no list. The heap's fields must be current.
 */
export function verifyHeap(heap: ProcessHeap, roots: Roots): void {
  const walk = startWalk(heap);
  verifyBounds(heap);
  verifyOwners(walk, heap.offHeap, false);
  verifyOwners(walk, heap.oldOffHeap, true);
  for (let i = 0; i < roots.live; i++) verifyWord(walk, load((X_REGISTERS + i * 4) as Addr), 'x', i, false);
  for (let a = heap.sp as number; a < heap.stackTop; a += 4) {
    const word = load(a as Addr);
    const tag = word & STACK_TAG_MASK;
    if (word !== 0 && tag !== RETURN_TAG && tag !== CATCH_TAG) verifyWord(walk, word, 'stack word', a, false);
  }
  roots.visitRoots?.((t) => {
    verifyWord(walk, t, 'root', 0, false);
    return t;
  });
  for (let t = walk.pending.pop(); t !== undefined; t = walk.pending.pop()) verifyObject(walk, t);
}

function startWalk(heap: ProcessHeap): Walk {
  let mark = 0;
  const areas = heap.areas().map(({ start, top, name }) => {
    const area = { start, top, name, mark };
    mark += (top - start) / 4;
    return area;
  });
  return { areas, marks: new Uint8Array(mark), pending: [], owners: new Set(), last: areas[0] as Area };
}

function fail(message: string): never {
  throw new HeapCorruption(message);
}

function hex(word: number): string {
  return `0x${(word >>> 0).toString(16).padStart(8, '0')}`;
}

function verifyBounds(heap: ProcessHeap): void {
  const inOrder = (what: string, ...addresses: number[]) => {
    for (let i = 1; i < addresses.length; i++) {
      if ((addresses[i - 1] as number) > (addresses[i] as number)) fail(`${what}: ${addresses.join(' > ')}`);
    }
  };
  inOrder('young block', heap.youngStart, heap.highWater, heap.youngTop, heap.youngEnd);
  inOrder('old block', heap.oldStart, heap.oldTop, heap.oldEnd);
  inOrder('stack block', heap.stackLow, heap.sp, heap.stackTop);
  inOrder('current chunk', heap.chunkStart === 0 ? heap.youngStart : heap.chunkStart, heap.top, heap.end);
}

function areaOf(walk: Walk, a: number): Area | undefined {
  const { last } = walk;
  if (a >= last.start && a < last.top) return last;
  const found = walk.areas.find((area) => a >= area.start && a < area.top);
  if (found !== undefined) walk.last = found;
  return found;
}

function placeText(place: Place, at: number): string {
  switch (place) {
    case 'x':
      return `x${at}`;
    case 'root':
      return 'a root';
    case 'stack word':
      return `stack word ${at}`;
    default:
      return `${place} of ${hex(at)}`;
  }
}

function verifyOwners(walk: Walk, first: Addr, old: boolean): void {
  for (let a = first >>> 0; a !== 0; a = loadUnsigned(nextLink(a as Addr))) {
    const area = areaOf(walk, a);
    if (area === undefined || (area.name === 'old') !== old) fail(`off-heap list: ${hex(a)} is in a wrong block`);
    const header = load(a as Addr);
    if (header !== MAGIC_REF_HEADER && (header & HEADER_TYPE_MASK) !== HEADER_BIN_REF) {
      fail(`off-heap list: header ${hex(header)} at ${hex(a)}`);
    }
    if (walk.owners.has(a)) fail(`off-heap list: ${hex(a)} comes twice`);
    walk.owners.add(a);
  }
}

function verifyWord(walk: Walk, word: number, place: Place, at: number, fromOld: boolean): void {
  const primary = word & PRIMARY_MASK;
  if (primary === PRIMARY_SMALL) return;
  if (primary === PRIMARY_HEADER) {
    const tag = word & IMMED_MASK;
    if (word !== NIL && tag !== ATOM_TAG && tag !== PID_TAG && tag !== PORT_TAG) {
      fail(`${placeText(place, at)}: ${word === POISON ? 'freed memory' : `${hex(word)} is no term`}`);
    }
    return;
  }
  if (isLiteral(word)) return;
  const a = (word & ~PRIMARY_MASK) >>> 0;
  const area = areaOf(walk, a);
  if (area === undefined) fail(`${placeText(place, at)}: ${hex(word)} points out of the heap`);
  if (fromOld && area.name !== 'old') {
    fail(`${placeText(place, at)}: ${hex(word)} points from the old block to a ${area.name} one`);
  }
  const mark = area.mark + ((a - area.start) >>> 2);
  const seen = walk.marks[mark];
  if (seen === primary) return;
  if (seen !== 0) fail(`${placeText(place, at)}: ${hex(word)} has another tag than a pointer met before`);
  walk.marks[mark] = primary;
  walk.pending.push(word);
}

function verifyObject(walk: Walk, t: number): void {
  const a = (t & ~PRIMARY_MASK) >>> 0;
  const area = areaOf(walk, a) as Area;
  const fromOld = area.name === 'old';
  if ((t & PRIMARY_MASK) === PRIMARY_CONS) {
    if (a + 8 > area.top) fail(`cons cell at ${hex(a)} reaches over the end of its block`);
    verifyWord(walk, load(a as Addr), 'head', a, fromOld);
    verifyWord(walk, load((a + 4) as Addr), 'tail', a, fromOld);
    return;
  }
  const header = load(a as Addr);
  const type = header & HEADER_TYPE_MASK;
  const size = header >>> HEADER_SIZE_SHIFT;
  if (header === 0 || (type & 15) !== 0) fail(`header ${hex(header)} at ${hex(a)}`);
  if (a + 4 + size * 4 > area.top)
    fail(`object at ${hex(a)} (header ${hex(header)}) reaches over the end of its block`);
  const raw = RAW_WORDS[type >>> 4] as number;
  if (raw !== ALL_RAW && raw > size) fail(`header ${hex(header)} at ${hex(a)}: too small`);
  const end = a + 4 + size * 4;
  for (let at = raw === ALL_RAW ? end : a + 4 + raw * 4; at < end; at += 4) {
    verifyWord(walk, load(at as Addr), 'word', at, fromOld);
  }
  if (type === HEADER_BIN_REF) verifyBinRef(walk, a);
  if (header === MAGIC_REF_HEADER && !walk.owners.has(a)) fail(`magic ref at ${hex(a)} is on no off-heap list`);
  if (type === HEADER_SUB_BITS || type === HEADER_MATCH_CONTEXT) verifyOrigin(a);
}

function verifyBinRef(walk: Walk, a: number): void {
  if (!walk.owners.has(a)) fail(`bin ref at ${hex(a)} is on no off-heap list`);
  const binary = load((a + BIN_REF_ADDRESS) as Addr);
  const references = load((binary + BINARY_REFERENCES) as Addr);
  const size = loadUnsigned((binary + BINARY_SIZE) as Addr);
  const capacity = loadUnsigned((binary + BINARY_CAPACITY) as Addr);
  if (references <= 0 || size > capacity) {
    fail(`bin ref at ${hex(a)}: binary ${hex(binary)} has ${references} references, ${size} of ${capacity} bytes`);
  }
}

function verifyOrigin(a: number): void {
  const origin = loadTerm((a + SUB_BITS_ORIG) as Addr);
  const isBoxed = (origin & PRIMARY_MASK) === PRIMARY_BOXED;
  const type = isBoxed ? load((origin - PRIMARY_BOXED) as Addr) & HEADER_TYPE_MASK : 0;
  if (type !== HEADER_BIN_REF && type !== HEADER_HEAP_BITS) fail(`bits at ${hex(a)} lie over ${hex(origin)}`);
}
