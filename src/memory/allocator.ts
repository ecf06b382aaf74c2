/**
 * Gives out linear memory above the fixed part: heaps, stacks, message fragments, off-heap binaries, literal pages.
 * The state of it all lies in linear memory, behind the VM registers:
 *
 *  FIXED_END          state of the general arena (memory/arena.ts)
 *  LITERAL_STATE      state of the arena that literal areas come from
 *  PAGE_TABLE         one byte for each 64 KiB page of the address space: not 0 where literals lie
 *  ALLOCATOR_END      the first byte that can be given out
 */
import type { Addr } from '../term/layout.ts';
import {
  ARENA_STATE_BYTES,
  type ArenaStatistics,
  addRegion,
  arenaStatistics,
  dropRegionIfFree,
  freeBytesBefore,
  giveBlock,
  resizeBlock,
  takeAligned,
  takeBlock,
  usableBytes,
  walkRegion,
} from './arena.ts';
import { FIXED_END } from './map.ts';
import { bytes, growMemory, load, loadUnsigned, memoryBytes, PAGE_BYTES, store } from './memory.ts';

const MAX_PAGES = 65536;
const GENERAL = FIXED_END;
const LITERAL_STATE = (FIXED_END + ARENA_STATE_BYTES) as Addr;
/** End of the general arena's last region, in pages; growth that begins there continues it. */
const REGION_END_PAGES = (LITERAL_STATE + ARENA_STATE_BYTES) as Addr;
/** Start of the general arena's first region. */
const REGION_START = (REGION_END_PAGES + 4) as Addr;
/** 0: no literals in this page; else PAGE_LITERAL for the first page of a literal region, PAGE_LITERAL_FOLLOWS for the others. */
export const PAGE_TABLE = (REGION_END_PAGES + 16) as Addr;
const ALLOCATOR_END = PAGE_TABLE + MAX_PAGES;

const PAGE_LITERAL = 1;
const PAGE_LITERAL_FOLLOWS = 2;

/** Memory grows by at least this, and by at least 1/4 of its size: growing costs a millisecond, unused pages nothing. */
const MIN_GROWTH = 64 * PAGE_BYTES;
/** More than what headers and rounding can cost. */
const SLACK = 64;

/** The host has no more memory (or the 4 GiB are used up). Not an Erlang exception: nothing that runs can go on. */
export class OutOfMemory extends Error {
  constructor(byteCount: number) {
    super(`cannot allocate ${byteCount} bytes of memory`);
    this.name = 'OutOfMemory';
  }
}

/**
 * Prepares the current memory, which must be fresh (all zero above the VM registers).
 * Nothing below `firstFree` is ever given out.
 */
export function initAllocator(firstFree: number = ALLOCATOR_END): void {
  const from = Math.max(firstFree, ALLOCATOR_END);
  if (memoryBytes() < ALLOCATOR_END) {
    const missing = ALLOCATOR_END - memoryBytes();
    if (growMemory(missing) < 0) throw new OutOfMemory(missing);
  }
  store(REGION_START, from);
  store(REGION_END_PAGES, 0);
  if (memoryBytes() - from >= PAGE_BYTES / 2) {
    addRegion(GENERAL, from, memoryBytes(), false);
    store(REGION_END_PAGES, memoryBytes() / PAGE_BYTES);
  }
}

/** Gets more memory from the host: amply, else just what is missing for `byteCount` more bytes. Throws OutOfMemory. */
function grow(byteCount: number): void {
  const end = load(REGION_END_PAGES) * PAGE_BYTES;
  let from = growMemory(Math.max(byteCount + SLACK, MIN_GROWTH, Math.floor(memoryBytes() / 4)));
  if (from < 0) from = growMemory(byteCount + SLACK - (end === memoryBytes() ? freeBytesBefore(end) : 0));
  if (from < 0) throw new OutOfMemory(byteCount);
  if (end === 0) store(REGION_START, from);
  addRegion(GENERAL, from, memoryBytes(), from === end);
  store(REGION_END_PAGES, memoryBytes() / PAGE_BYTES);
}

/** `byteCount` bytes at an address that is a multiple of 8, with any content. Throws OutOfMemory. */
export function allocateBlock(byteCount: number): Addr {
  let a = takeBlock(GENERAL, byteCount);
  while (a === 0) {
    grow(byteCount);
    a = takeBlock(GENERAL, byteCount);
  }
  return a as Addr;
}

/** Gives back what allocateBlock or reallocate returned. */
export function freeBlock(a: Addr): void {
  giveBlock(GENERAL, a);
}

/** How many bytes of a block can be used: at least what was asked for. */
export function blockBytes(a: Addr): number {
  return usableBytes(a);
}

/** Makes a block larger or smaller, keeping its content; it moves only when there is no room behind it. */
export function reallocate(a: Addr, byteCount: number): Addr {
  if (resizeBlock(GENERAL, a, byteCount)) return a;
  const moved = allocateBlock(byteCount);
  bytes.copyWithin(moved, a >>> 0, (a >>> 0) + Math.min(blockBytes(a), byteCount));
  freeBlock(a);
  return moved;
}

/** Makes a block larger without moving it; false when that is impossible. */
export function extendBlock(a: Addr, byteCount: number): boolean {
  return resizeBlock(GENERAL, a, byteCount);
}

/** Whether an address lies in a page of literals: such objects belong to a module, never to a process. */
export function isLiteral(a: number): boolean {
  return bytes[PAGE_TABLE + (a >>> 16)] !== 0;
}

function setPages(from: number, pageCount: number, first: number, others: number): void {
  const page = from / PAGE_BYTES;
  bytes.fill(others, PAGE_TABLE + page, PAGE_TABLE + page + pageCount);
  bytes[PAGE_TABLE + page] = first;
}

/** `byteCount` bytes in pages of literals. Throws OutOfMemory. */
export function allocateLiteral(byteCount: number): Addr {
  const a = takeBlock(LITERAL_STATE, byteCount);
  if (a !== 0) return a as Addr;
  const pageCount = Math.ceil((byteCount + SLACK) / PAGE_BYTES);
  const size = pageCount * PAGE_BYTES;
  let pages = takeAligned(GENERAL, size, PAGE_BYTES);
  while (pages === 0) {
    grow(size + 2 * PAGE_BYTES);
    pages = takeAligned(GENERAL, size, PAGE_BYTES);
  }
  setPages(pages, pageCount, PAGE_LITERAL, PAGE_LITERAL_FOLLOWS);
  addRegion(LITERAL_STATE, pages, pages + size, false);
  return takeBlock(LITERAL_STATE, byteCount) as Addr;
}

/** Gives back what allocateLiteral returned; pages without any literal left become ordinary memory again. */
export function freeLiteral(a: Addr): void {
  const h = giveBlock(LITERAL_STATE, a);
  let first = Math.floor(h / PAGE_BYTES);
  while (bytes[PAGE_TABLE + first] === PAGE_LITERAL_FOLLOWS) first--;
  let end = first + 1;
  while (bytes[PAGE_TABLE + end] === PAGE_LITERAL_FOLLOWS) end++;
  const from = first * PAGE_BYTES;
  if (!dropRegionIfFree(LITERAL_STATE, h, from, end * PAGE_BYTES)) return;
  setPages(from, end - first, 0, 0);
  giveBlock(GENERAL, from);
}

/** Gives back the end of a literal block: only its first `byteCount` bytes stay. */
export function shrinkLiteral(a: Addr, byteCount: number): void {
  resizeBlock(LITERAL_STATE, a, byteCount);
}

export type AllocatorStatistics = { general: ArenaStatistics; literals: ArenaStatistics; memoryBytes: number };

/** Figures for erlang:memory and the like; the general arena's include the pages of the literal arena. */
export function allocatorStatistics(): AllocatorStatistics {
  return { general: arenaStatistics(GENERAL), literals: arenaStatistics(LITERAL_STATE), memoryBytes: memoryBytes() };
}

/** Calls `visit` for every block of the general arena's first region, in order; throws where the structure is broken. */
export function walkBlocks(visit: (a: Addr, byteCount: number, used: boolean) => void): void {
  const from = loadUnsigned(REGION_START);
  if (load(REGION_END_PAGES) !== 0) walkRegion(from, visit);
}
