/**
 * The memory of one process: a young block (with chunks, when it overflowed or messages came), an old block, a stack block.
 * While the process runs, what changes often lies in the VM registers (memory/map.ts); otherwise in the fields here.
 *
 *  young block   [youngStart, highWater): survived a collection; [highWater, youngTop): new; … youngEnd
 *  chunks        pairs start, top in `chunks`; the one being filled begins at `chunkStart` (0: the young block is being filled)
 *  old block     [oldStart, oldTop) … oldEnd; oldStart 0: there is none
 *  stack block   [stackLow, sp): free; [sp, stackTop): frames; words on it are never absolute stack addresses
 *
 * docs/GC.md says how these are collected.
 */
import type { Addr } from '../term/layout.ts';
import { allocateBlock, freeBlock } from './allocator.ts';
import type { Fragment } from './fragment.ts';
import { chunkSource } from './heap.ts';
import { NO_LIMIT } from './heap-limit.ts';
import { MIN_HEAP_WORDS, MIN_VIRTUAL_HEAP_WORDS, nextHeapSize, START_HEAP_WORDS } from './heap-sizes.ts';
import { ATTENTION, HEND, HTOP, OFF_HEAP, OFF_HEAP_BYTES, REDUCTIONS, SP, STACK_LOW } from './map.ts';
import { load, loadUnsigned, store, words } from './memory.ts';
import { binaryTotals, joinLists, releaseList } from './off-heap.ts';

/** Bit of the VM register ATTENTION: the running process is to be collected at its next safe point. */
export const ATTENTION_COLLECT = 1;

/** Words of a new process's stack. */
const MIN_STACK_WORDS = 30;
/** A chunk is as large as all that the process has, within these bounds (words). */
const MIN_CHUNK_WORDS = 233;
const MAX_CHUNK_WORDS = 2 ** 18;
const NONE = 0 as Addr;
/** Shared by all heaps without chunks. */
export const NO_CHUNKS: readonly Addr[] = [];

/** The heap whose registers are in the VM registers. */
export const running: { heap: ProcessHeap | undefined } = { heap: undefined };

export class ProcessHeap {
  youngStart: Addr;
  youngTop: Addr;
  youngEnd: Addr;
  highWater: Addr;
  oldStart: Addr = NONE;
  oldTop: Addr = NONE;
  oldEnd: Addr = NONE;
  chunks: readonly Addr[] = NO_CHUNKS;
  chunkStart: Addr = NONE;
  /** HTOP and HEND. */
  top: Addr;
  end: Addr;
  stackLow: Addr;
  stackTop: Addr;
  sp: Addr;
  /** Off-heap lists of the young part and of the old block, by first object. */
  offHeap: Addr = NONE;
  oldOffHeap: Addr = NONE;
  offHeapBytes = 0;
  oldOffHeapBytes = 0;
  /** Bytes that call for a collection (the young limit) or for a major one (the old limit). */
  offHeapLimit: number;
  oldOffHeapLimit: number;
  minHeapWords: number;
  /** Process flag max_heap_size. */
  limit = NO_LIMIT;
  minVirtualHeapWords = MIN_VIRTUAL_HEAP_WORDS;
  /** Minor collections between two major ones (process flag fullsweep_after). */
  fullsweepAfter = 65535;
  minorsSinceMajor = 0;
  /** The next collection is to be major, and is to take the next heap size. */
  needsMajor = false;
  growNext = false;
  /** The young block is larger than what lives asks for, because collections came often. */
  isRoomy = false;
  /** Words in chunks that came as messages. */
  attachedWords = 0;
  /** Reductions that were left when a collection was asked for; whoever collects gives them back. */
  savedReductions = 0;

  constructor(minHeapWords: number, fullsweepAfter: number) {
    this.minHeapWords = nextHeapSize(minHeapWords);
    this.fullsweepAfter = fullsweepAfter;
    const startWords = this.minHeapWords === MIN_HEAP_WORDS ? START_HEAP_WORDS : this.minHeapWords;
    this.youngStart = allocateBlock(startWords * 4);
    this.youngTop = this.youngStart;
    this.highWater = this.youngStart;
    this.youngEnd = (this.youngStart + startWords * 4) as Addr;
    this.top = this.youngStart;
    this.end = this.youngEnd;
    this.stackLow = allocateBlock(MIN_STACK_WORDS * 4);
    this.stackTop = (this.stackLow + MIN_STACK_WORDS * 4) as Addr;
    this.sp = this.stackTop;
    this.offHeapLimit = MIN_VIRTUAL_HEAP_WORDS * 4;
    this.oldOffHeapLimit = this.offHeapLimit;
  }

  /** A heap with an empty stack. `minHeapWords` is rounded up to a heap size. */
  static create(minHeapWords: number = MIN_HEAP_WORDS, fullsweepAfter = 65535): ProcessHeap {
    if (minHeapWords === MIN_HEAP_WORDS && fullsweepAfter === 65535) {
      const kept = unused.pop();
      if (kept !== undefined) return kept;
    }
    return new ProcessHeap(minHeapWords, fullsweepAfter);
  }

  /** Whether nothing that lasts has happened to it: emptied, it is like a new one. */
  private get isPristine(): boolean {
    return (
      this.minorsSinceMajor === 0 &&
      this.oldStart === 0 &&
      this.stackTop - this.stackLow === MIN_STACK_WORDS * 4 &&
      this.youngEnd - this.youngStart === START_HEAP_WORDS * 4 &&
      this.minHeapWords === MIN_HEAP_WORDS &&
      this.fullsweepAfter === 65535 &&
      this.minVirtualHeapWords === MIN_VIRTUAL_HEAP_WORDS &&
      !this.needsMajor &&
      !this.growNext &&
      !this.isRoomy
    );
  }

  /** Makes it what it was when it was made. What it owned is freed already. */
  private empty(): void {
    this.youngTop = this.youngStart;
    this.highWater = this.youngStart;
    this.chunks = NO_CHUNKS;
    this.chunkStart = NONE;
    this.top = this.youngStart;
    this.end = this.youngEnd;
    this.sp = this.stackTop;
    this.offHeap = NONE;
    this.offHeapBytes = 0;
    this.offHeapLimit = MIN_VIRTUAL_HEAP_WORDS * 4;
    this.attachedWords = 0;
    this.savedReductions = 0;
    this.limit = NO_LIMIT;
  }

  /** Makes this the heap that allocation and generated code use. No heap may be active. */
  activate(): void {
    if (running.heap !== undefined) throw new Error('another heap is active');
    running.heap = this;
    this.toRegisters();
  }

  /** Takes the heap's state out of the VM registers. */
  deactivate(): void {
    this.fromRegisters();
    running.heap = undefined;
  }

  /** Copies the fields into the VM registers. */
  toRegisters(): void {
    store(HTOP, this.top);
    store(HEND, this.end);
    store(SP, this.sp);
    store(STACK_LOW, this.stackLow);
    store(OFF_HEAP, this.offHeap);
    store(OFF_HEAP_BYTES, this.offHeapBytes);
  }

  /** Copies the VM registers into the fields. */
  fromRegisters(): void {
    this.top = loadUnsigned(HTOP) as Addr;
    if (this.chunkStart === 0) this.youngTop = this.top;
    this.end = loadUnsigned(HEND) as Addr;
    this.sp = loadUnsigned(SP) as Addr;
    this.offHeap = loadUnsigned(OFF_HEAP) as Addr;
    this.offHeapBytes = loadUnsigned(OFF_HEAP_BYTES);
  }

  /** Asks for a collection of this heap, which must be active, at the next safe point. */
  requestCollection(): void {
    store(ATTENTION, load(ATTENTION) | ATTENTION_COLLECT);
    this.savedReductions += Math.max(0, load(REDUCTIONS));
    store(REDUCTIONS, 0);
  }

  /** What chunkSource.next does: a new chunk becomes the one being filled; returns its first `wordCount` words. */
  takeChunk(wordCount: number): Addr {
    this.fromRegisters();
    const size = Math.min(MAX_CHUNK_WORDS, Math.max(MIN_CHUNK_WORDS, this.usedWords()));
    const chunkWords = Math.max(wordCount, size);
    const a = allocateBlock(chunkWords * 4);
    if (this.chunkStart !== 0) this.addChunk(this.chunkStart, this.top);
    this.chunkStart = a;
    this.top = (a + wordCount * 4) as Addr;
    this.end = (a + chunkWords * 4) as Addr;
    store(HTOP, this.top);
    store(HEND, this.end);
    this.requestCollection();
    return a;
  }

  /** Where the next object goes, whether the heap is active or not. */
  get nextFree(): Addr {
    return running.heap === this ? (loadUnsigned(HTOP) as Addr) : this.top;
  }

  /** How far objects from `nextFree` on may reach. */
  get freeEnd(): Addr {
    return running.heap === this ? (loadUnsigned(HEND) as Addr) : this.end;
  }

  /** Objects have been written from `nextFree` up to this address. */
  extendTo(top: Addr): void {
    if (running.heap === this) store(HTOP, top);
    else if (this.chunkStart === 0) this.youngTop = top;
    this.top = top;
  }

  private addChunk(start: Addr, top: Addr): void {
    if (this.chunks === NO_CHUNKS) this.chunks = [start, top];
    else (this.chunks as Addr[]).push(start, top);
  }

  /** Moves the stack to a larger block, so that at least `neededBytes` are free. Registers follow if the heap is active. */
  growStack(neededBytes: number): void {
    if (running.heap === this) this.sp = loadUnsigned(SP) as Addr;
    const used = this.stackTop - this.sp;
    // Twice the size: what is copied in all then stays below twice what is there in the end.
    this.moveStack(nextHeapSize(Math.ceil(Math.max(used + neededBytes, 2 * (this.stackTop - this.stackLow)) / 4)));
  }

  /** Moves the stack to a smaller block if less than a quarter of a large one is in use. */
  shrinkStack(): void {
    const size = (this.stackTop - this.stackLow) / 4;
    const used = (this.stackTop - this.sp) / 4;
    if (size <= 1024 || used * 4 > size) return;
    this.moveStack(Math.max(MIN_STACK_WORDS, nextHeapSize(used * 2)));
  }

  private moveStack(wordCount: number): void {
    const low = allocateBlock(wordCount * 4);
    const top = (low + wordCount * 4) as Addr;
    const sp = (top - (this.stackTop - this.sp)) as Addr;
    words.copyWithin(sp >>> 2, this.sp >>> 2, this.stackTop >>> 2);
    freeBlock(this.stackLow);
    this.stackLow = low;
    this.stackTop = top;
    this.sp = sp;
    if (running.heap !== this) return;
    store(SP, sp);
    store(STACK_LOW, low);
  }

  /**
   * Makes a fragment's memory part of this heap, without copying: its term may then be used like any of this heap's.
   * The fragment is used up. Enough attached words call for a collection, if the heap is active.
   */
  attachFragment(fragment: Fragment): void {
    if (fragment.block === 0) return;
    this.addChunk(fragment.block, (fragment.block + fragment.wordCount * 4) as Addr);
    this.attachedWords += fragment.wordCount;
    const active = running.heap === this;
    if (fragment.offHeap !== 0) {
      const list = active ? (loadUnsigned(OFF_HEAP) as Addr) : this.offHeap;
      const joined = joinLists(fragment.offHeap, list);
      const byteCount = (active ? loadUnsigned(OFF_HEAP_BYTES) : this.offHeapBytes) + fragment.offHeapBytes;
      this.offHeap = joined;
      this.offHeapBytes = byteCount;
      if (active) {
        store(OFF_HEAP, joined);
        store(OFF_HEAP_BYTES, byteCount);
      }
    }
    if (active && this.wantsCollection()) this.requestCollection();
  }

  /** Whether messages and off-heap binaries alone are reason enough to collect (ERTS_IS_GC_DESIRED in OTP's erl_gc.h). */
  wantsCollection(): boolean {
    return this.attachedWords * 4 > this.youngEnd - this.youngStart || this.offHeapBytes > this.offHeapLimit;
  }

  /** Words of young objects, in the block and in chunks. The fields must be current (`fromRegisters`). */
  usedWords(): number {
    let byteCount = this.youngTop - this.youngStart;
    if (this.chunkStart !== 0) byteCount += this.top - this.chunkStart;
    for (let i = 0; i < this.chunks.length; i += 2) {
      byteCount += (this.chunks[i + 1] as number) - (this.chunks[i] as number);
    }
    return byteCount / 4;
  }

  /** Words of all blocks but the stack, in use or not (process_info total_heap_size without the stack). */
  totalWords(): number {
    let byteCount = this.youngEnd - this.youngStart + this.oldEnd - this.oldStart;
    if (this.chunkStart !== 0) byteCount += this.end - this.chunkStart;
    for (let i = 0; i < this.chunks.length; i += 2) {
      byteCount += (this.chunks[i + 1] as number) - (this.chunks[i] as number);
    }
    return byteCount / 4;
  }

  /** Start and top of every block that holds objects: young, chunks, old. The fields must be current. */
  areas(): { start: Addr; top: Addr; name: 'young' | 'chunk' | 'old' }[] {
    const areas: { start: Addr; top: Addr; name: 'young' | 'chunk' | 'old' }[] = [
      { start: this.youngStart, top: this.youngTop, name: 'young' },
    ];
    for (let i = 0; i < this.chunks.length; i += 2) {
      areas.push({ start: this.chunks[i] as Addr, top: this.chunks[i + 1] as Addr, name: 'chunk' });
    }
    if (this.chunkStart !== 0) areas.push({ start: this.chunkStart, top: this.top, name: 'chunk' });
    if (this.oldStart !== 0) areas.push({ start: this.oldStart, top: this.oldTop, name: 'old' });
    return areas;
  }

  /** Frees everything, and what it owns off-heap. The heap must not be active. */
  destroy(): void {
    if (running.heap === this) throw new Error('an active heap cannot be destroyed');
    releaseList(this.offHeap);
    releaseList(this.oldOffHeap);
    this.offHeap = NONE;
    this.oldOffHeap = NONE;
    for (let i = 0; i < this.chunks.length; i += 2) freeBlock(this.chunks[i] as Addr);
    if (this.chunkStart !== 0) freeBlock(this.chunkStart);
    if (unused.length < MAX_UNUSED && this.isPristine) {
      this.empty();
      unused.push(this);
      return;
    }
    this.freeBlocks();
  }

  /** Gives back the blocks that every heap has. */
  freeBlocks(): void {
    freeBlock(this.youngStart);
    if (this.oldStart !== 0) freeBlock(this.oldStart);
    freeBlock(this.stackLow);
  }
}

/** Heaps of short-lived processes that ended, for the next ones. */
const MAX_UNUSED = 256;
const unused: ProcessHeap[] = [];

/** Gives back what is kept for processes to come. */
export function freeUnusedHeaps(): void {
  for (const heap of unused) heap.freeBlocks();
  unused.length = 0;
}

/** Makes running processes' heaps the source of chunks. To be called by whoever runs code, once for each memory. */
export function installChunkSource(): void {
  unused.length = 0;
  binaryTotals.bytes = 0;
  chunkSource.next = (wordCount) => {
    if (running.heap === undefined) throw new Error('no process is running');
    return running.heap.takeChunk(wordCount);
  };
}
