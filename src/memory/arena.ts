/**
 * Blocks of any size out of regions of linear memory: segregated free lists with immediate coalescing ("two-level segregated
 * fit"), constant time, one header word for each block. All state lies in linear memory, so a copy of the memory is a copy of it.
 *
 *  block   +0 size (a multiple of 8, with this word) | USED | PREVIOUS_USED, +4 what the owner was given …
 *  free    +0 size, +4 next free, +8 previous free, … last word: size
 *  region  blocks without gap, then one word END (a used block of size 0)
 *
 * Headers lie at addresses ≡ 4 mod 8, so that what owners get is aligned to 8.
 */
import type { Addr } from '../term/layout.ts';
import { load, loadUnsigned, store, words } from './memory.ts';

const USED = 1;
const PREVIOUS_USED = 2;
const SIZE_MASK = ~7;
const HEADER_BYTES = 4;
const MIN_BLOCK = 16;

/** Sizes below SMALL_LIMIT have a list each (step 8); above, every power of two is divided into LISTS_PER_LEVEL lists. */
const SMALL_LIMIT = 256;
const SMALL_LIMIT_LOG2 = 8;
const LISTS_PER_LEVEL = 32;
const LISTS_LOG2 = 5;
const LEVELS = 25;

const BYTES_IN_USE = 0;
const BLOCKS_IN_USE = 4;
const REGION_BYTES = 8;
const LEVEL_BITMAP = 12;
const LIST_BITMAPS = 16;
const LISTS = LIST_BITMAPS + LEVELS * 4;
/** Bytes that the state of an arena takes; all zero is an empty arena. */
export const ARENA_STATE_BYTES = LISTS + LEVELS * LISTS_PER_LEVEL * 4;
/** How many blocks of a list are tried where only some of the list are large enough. */
const TRIES = 8;

export type ArenaStatistics = { bytesInUse: number; blocksInUse: number; regionBytes: number };

function sizeAt(h: number): number {
  return (load(h as Addr) & SIZE_MASK) >>> 0;
}

/** Number of the list that holds free blocks of `size`: level * LISTS_PER_LEVEL + list. */
function listOf(size: number): number {
  if (size < SMALL_LIMIT) return size >>> 3;
  const log2 = 31 - Math.clz32(size);
  const list = (size >>> (log2 - LISTS_LOG2)) & (LISTS_PER_LEVEL - 1);
  return (log2 - SMALL_LIMIT_LOG2 + 1) * LISTS_PER_LEVEL + list;
}

function insertFree(arena: Addr, h: number, size: number): void {
  const list = listOf(size);
  const level = list >>> LISTS_LOG2;
  const head = (arena + LISTS + list * 4) as Addr;
  const first = loadUnsigned(head);
  store(h as Addr, size | PREVIOUS_USED);
  store((h + 4) as Addr, first);
  store((h + 8) as Addr, 0);
  store((h + size - 4) as Addr, size);
  if (first !== 0) store((first + 8) as Addr, h);
  store(head, h);
  const bitmap = (arena + LIST_BITMAPS + level * 4) as Addr;
  store(bitmap, load(bitmap) | (1 << (list & (LISTS_PER_LEVEL - 1))));
  const levels = (arena + LEVEL_BITMAP) as Addr;
  store(levels, load(levels) | (1 << level));
}

function removeFree(arena: Addr, h: number, size: number): void {
  const next = loadUnsigned((h + 4) as Addr);
  const previous = loadUnsigned((h + 8) as Addr);
  if (next !== 0) store((next + 8) as Addr, previous);
  if (previous !== 0) {
    store((previous + 4) as Addr, next);
    return;
  }
  const list = listOf(size);
  store((arena + LISTS + list * 4) as Addr, next);
  if (next !== 0) return;
  const level = list >>> LISTS_LOG2;
  const bitmap = (arena + LIST_BITMAPS + level * 4) as Addr;
  const left = load(bitmap) & ~(1 << (list & (LISTS_PER_LEVEL - 1)));
  store(bitmap, left);
  if (left !== 0) return;
  const levels = (arena + LEVEL_BITMAP) as Addr;
  store(levels, load(levels) & ~(1 << level));
}

/** A free block now has another size, or begins elsewhere: most often it can stay in its list. */
function moveFree(arena: Addr, from: number, fromSize: number, to: number, size: number): void {
  const list = listOf(size);
  if (list !== listOf(fromSize)) {
    removeFree(arena, from, fromSize);
    insertFree(arena, to, size);
    return;
  }
  if (from !== to) {
    const next = loadUnsigned((from + 4) as Addr);
    const previous = loadUnsigned((from + 8) as Addr);
    store((to + 4) as Addr, next);
    store((to + 8) as Addr, previous);
    if (next !== 0) store((next + 8) as Addr, to);
    store((previous === 0 ? arena + LISTS + list * 4 : previous + 4) as Addr, to);
  }
  store(to as Addr, size | PREVIOUS_USED);
  store((to + size - 4) as Addr, size);
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** A free block of at least `size` bytes, or 0. */
function findFree(arena: Addr, size: number): number {
  const exact = listOf(size);
  const from = size < SMALL_LIMIT ? exact : exact + 1;
  let level = from >>> LISTS_LOG2;
  let inLevel = level < LEVELS ? load((arena + LIST_BITMAPS + level * 4) as Addr) & (-1 << (from & 31)) : 0;
  if (inLevel === 0) {
    const above = level >= 31 ? 0 : load((arena + LEVEL_BITMAP) as Addr) & (-1 << (level + 1));
    if (above !== 0) {
      level = lowestBit(above);
      inLevel = load((arena + LIST_BITMAPS + level * 4) as Addr);
    }
  }
  if (inLevel !== 0) {
    return loadUnsigned((arena + LISTS + (level * LISTS_PER_LEVEL + lowestBit(inLevel)) * 4) as Addr);
  }
  let candidate = loadUnsigned((arena + LISTS + exact * 4) as Addr);
  for (let i = 0; i < TRIES && candidate !== 0; i++) {
    if (sizeAt(candidate) >= size) return candidate;
    candidate = loadUnsigned((candidate + 4) as Addr);
  }
  return 0;
}

/** Marks the first `size` bytes of `h` (whose `available` bytes are in no list) as used; what is left becomes a free block. */
function use(arena: Addr, h: number, size: number, available: number, previousUsed: number): void {
  const rest = available - size;
  if (rest >= MIN_BLOCK) {
    store(h as Addr, size | USED | previousUsed);
    insertFree(arena, h + size, rest);
    clearPreviousUsed(h + available);
  } else {
    store(h as Addr, available | USED | previousUsed);
    const after = (h + available) as Addr;
    store(after, load(after) | PREVIOUS_USED);
  }
}

function clearPreviousUsed(h: number): void {
  store(h as Addr, load(h as Addr) & ~PREVIOUS_USED);
}

function count(arena: Addr, byteCount: number, blockCount: number): void {
  const w = words;
  const i = arena >>> 2;
  w[i + (BYTES_IN_USE >>> 2)] = (w[i + (BYTES_IN_USE >>> 2)] as number) + byteCount;
  w[i + (BLOCKS_IN_USE >>> 2)] = (w[i + (BLOCKS_IN_USE >>> 2)] as number) + blockCount;
}

function blockBytesFor(byteCount: number): number {
  return Math.max(MIN_BLOCK, Math.ceil((byteCount + HEADER_BYTES) / 8) * 8);
}

/** Address of at least `byteCount` bytes, or 0 when no free block is large enough (then: `addRegion`). */
export function takeBlock(arena: Addr, byteCount: number): number {
  const size = blockBytesFor(byteCount);
  const h = findFree(arena, size);
  if (h === 0) return 0;
  const available = sizeAt(h);
  if (available - size >= MIN_BLOCK) {
    moveFree(arena, h, available, h + size, available - size);
    store(h as Addr, size | USED | PREVIOUS_USED);
    count(arena, size, 1);
  } else {
    removeFree(arena, h, available);
    use(arena, h, size, available, PREVIOUS_USED);
    count(arena, available, 1);
  }
  return h + HEADER_BYTES;
}

/** The same, at an address that is a multiple of `alignment` (a power of two of at least 32). */
export function takeAligned(arena: Addr, byteCount: number, alignment: number): number {
  const size = blockBytesFor(byteCount);
  const h = findFree(arena, size + alignment + MIN_BLOCK);
  if (h === 0) return 0;
  const available = sizeAt(h);
  removeFree(arena, h, available);
  const aligned = Math.ceil((h + HEADER_BYTES) / alignment) * alignment - HEADER_BYTES;
  const front = aligned - h;
  if (front === 0) {
    use(arena, h, size, available, PREVIOUS_USED);
  } else {
    const start = front < MIN_BLOCK ? aligned + alignment : aligned;
    insertFree(arena, h, start - h);
    use(arena, start, size, available - (start - h), 0);
    count(arena, sizeAt(start), 1);
    return start + HEADER_BYTES;
  }
  count(arena, sizeAt(h), 1);
  return h + HEADER_BYTES;
}

/** Bytes that the owner of a block may use. */
export function usableBytes(a: number): number {
  return sizeAt((a >>> 0) - HEADER_BYTES) - HEADER_BYTES;
}

/** Gives a block back; returns the header address of the free block it has become part of. */
export function giveBlock(arena: Addr, a: number): number {
  const h = (a >>> 0) - HEADER_BYTES;
  const word = load(h as Addr);
  let size = sizeAt(h);
  if ((word & USED) === 0 || size === 0) throw new Error(`no block in use at ${a >>> 0}`);
  count(arena, -size, -1);
  const after = h + size;
  const afterSize = (load(after as Addr) & USED) === 0 ? sizeAt(after) : 0;
  size += afterSize;
  if ((word & PREVIOUS_USED) === 0) {
    const previousSize = loadUnsigned((h - 4) as Addr);
    if (afterSize === 0) clearPreviousUsed(after);
    else removeFree(arena, after, afterSize);
    moveFree(arena, h - previousSize, previousSize, h - previousSize, previousSize + size);
    return h - previousSize;
  }
  if (afterSize === 0) {
    clearPreviousUsed(after);
    insertFree(arena, h, size);
  } else {
    moveFree(arena, after, afterSize, h, size);
  }
  return h;
}

/** Makes a block larger or smaller where it is; false when there is no room behind it. */
export function resizeBlock(arena: Addr, a: number, byteCount: number): boolean {
  const h = (a >>> 0) - HEADER_BYTES;
  const wanted = blockBytesFor(byteCount);
  const old = sizeAt(h);
  const after = h + old;
  const free = (load(after as Addr) & USED) === 0 ? sizeAt(after) : 0;
  if (old + free < wanted) return false;
  if (free !== 0) removeFree(arena, after, free);
  use(arena, h, wanted, old + free, load(h as Addr) & PREVIOUS_USED);
  count(arena, sizeAt(h) - old, 0);
  return true;
}

/** Adds the memory in [from, to) to the arena; with `continues`, as part of the region that ends at `from`. */
export function addRegion(arena: Addr, from: number, to: number, continues: boolean): void {
  const h = continues ? from - HEADER_BYTES : Math.ceil((from - 4) / 8) * 8 + 4;
  const end = Math.floor((to - 8) / 8) * 8 + 4;
  let start = h;
  let size = end - h;
  const previousFree = continues && (load(h as Addr) & PREVIOUS_USED) === 0;
  if (previousFree) {
    const previousSize = loadUnsigned((h - 4) as Addr);
    start -= previousSize;
    size += previousSize;
    removeFree(arena, start, previousSize);
  }
  if (size < MIN_BLOCK) throw new RangeError(`a region of ${to - from} bytes is too small`);
  insertFree(arena, start, size);
  store(end as Addr, USED);
  const total = (arena + REGION_BYTES) as Addr;
  store(total, load(total) + (to - from));
}

/** Bytes of the free block that ends the region which ends at `to` (a multiple of 8); 0 when its last block is in use. */
export function freeBytesBefore(to: number): number {
  return (load((to - 4) as Addr) & PREVIOUS_USED) === 0 ? loadUnsigned((to - 8) as Addr) : 0;
}

/** If the free block at `h` is all of the region [from, to), takes it out of the arena and says so. */
export function dropRegionIfFree(arena: Addr, h: number, from: number, to: number): boolean {
  const start = Math.ceil((from - 4) / 8) * 8 + 4;
  const size = Math.floor((to - 8) / 8) * 8 + 4 - start;
  if (h !== start || sizeAt(h) !== size) return false;
  removeFree(arena, h, size);
  const total = (arena + REGION_BYTES) as Addr;
  store(total, load(total) - (to - from));
  return true;
}

export function arenaStatistics(arena: Addr): ArenaStatistics {
  return {
    bytesInUse: loadUnsigned((arena + BYTES_IN_USE) as Addr),
    blocksInUse: loadUnsigned((arena + BLOCKS_IN_USE) as Addr),
    regionBytes: loadUnsigned((arena + REGION_BYTES) as Addr),
  };
}

/**
 * Calls `visit` for every block of the region that begins at `from`, in order of address (for checks and dumps).
 * Throws when headers, footers and flags contradict each other.
 */
export function walkRegion(from: number, visit: (a: Addr, byteCount: number, used: boolean) => void): void {
  let h = Math.ceil((from - 4) / 8) * 8 + 4;
  let previousUsed = true;
  for (;;) {
    const word = load(h as Addr);
    const size = sizeAt(h);
    const used = (word & USED) !== 0;
    if (((word & PREVIOUS_USED) !== 0) !== previousUsed) {
      throw new Error(`block ${h}: wrong note about the block before it`);
    }
    if (size === 0) return;
    if (!used && (!previousUsed || loadUnsigned((h + size - 4) as Addr) !== size)) {
      throw new Error(`block ${h}: not coalesced, or a wrong footer`);
    }
    visit((h + HEADER_BYTES) as Addr, size - HEADER_BYTES, used);
    previousUsed = used;
    h += size;
  }
}
