/**
 * Immix (Blackburn, McKinley 2008) for large process heaps, an experiment that `ENIGMA_IMMIX` switches on; docs/GC.md tells what came of it.
 * A heap's objects lie in aligned blocks, which begin with a mark bit for each of their words and a byte for each line of 128 bytes.
 * What is allocated fills ranges of lines without a mark (holes). Marks stay from collection to collection until a major one: what has a mark
 * is old. An object larger than a block lies alone, from the first line of a block on that is larger than the others.
 */
import type { Addr } from '../term/layout.ts';
import { allocateBlock, freeBlock } from './allocator.ts';
import { takeAligned } from './arena.ts';
import { BLOCK_STAYS, type TraceKernel, traceModule } from './immix-emitter.ts';
import { FIXED_END } from './map.ts';
import { bytes, currentMemory, loadUnsigned, store, words } from './memory.ts';
import type { ProcessHeap } from './process-heap.ts';

/** What `ENIGMA_IMMIX` says; mode 0: off. */
type Setting = {
  /** 1: survivors stay where they are. 2: young ones are moved to fresh blocks. */
  mode: number;
  /** Heaps of fewer words are left to the copying collector. */
  fromWords: number;
  /** The power of two that the bytes of a block are. */
  shift: number;
  /** So many hundredths of what lives may be allocated until the next collection. */
  percent: number;
  /** Holes of fewer lines are not filled. */
  minLines: number;
};

export const immixSetting: Setting = { mode: 0, fromWords: 32768, shift: 15, percent: 50, minLines: 1 };

/** Reads `Mode[,Words[,Shift[,Percent[,Lines]]]]`, the members of Setting. */
export function chooseImmix(text: string | undefined): void {
  const [mode = 0, fromWords = 32768, shift = 15, percent = 50, minLines = 1] = (text ?? '0').split(',').map(Number);
  Object.assign(immixSetting, { mode, fromWords, shift, percent, minLines });
}

const LINE_SHIFT = 7;
const LINE = 1 << LINE_SHIFT;
const PAGE_GROWTH = 16 * 2 ** 20;

type Tables = { memory: WebAssembly.Memory; table: number; state: Addr; kernel: TraceKernel };
const made: { tables?: Tables; space?: ImmixSpace | undefined } = {};

/** The tables and the loop for the current memory; `space` is what gives holes to the loop. */
export function immixTables(space?: ImmixSpace): Tables {
  made.space = space;
  const memory = currentMemory();
  if (made.tables?.memory === memory) return made.tables;
  const { shift } = immixSetting;
  const table = allocateBlock(2 ** (32 - shift)) >>> 0;
  bytes.fill(0, table, table + 2 ** (32 - shift));
  const state = allocateBlock(16);
  const module = traceModule({ shift, lineShift: LINE_SHIFT, table, state });
  const hole = (byteCount: number) => (made.space as ImmixSpace).copyHole(byteCount);
  const { exports } = new WebAssembly.Instance(module, { vm: { memory: currentMemory(), hole } });
  made.tables = { memory, table, state, kernel: exports as unknown as TraceKernel };
  return made.tables;
}

/** Gives back the tables; there must be no heap of Immix's any more. */
export function dropImmixTables(): void {
  if (made.tables?.memory === currentMemory()) {
    freeBlock(made.tables.table as Addr);
    freeBlock(made.tables.state);
  }
  delete made.tables;
}

/** The blocks of one heap. Addresses are unsigned. */
export class ImmixSpace {
  readonly blockBytes = 2 ** immixSetting.shift;
  private readonly markBytes = this.blockBytes / 32;
  private readonly lines = this.blockBytes / LINE;
  private readonly firstLine = Math.ceil((this.markBytes + this.lines) / LINE);
  /** Blocks come from the allocator so many at a time. */
  private readonly clusterBlocks = immixSetting.shift >= 15 ? 8 : 1;
  private readonly minBudget = immixSetting.shift >= 15 ? 2 ** 18 : 4096;
  blocks: number[] = [];
  private clusters: number[] = [];
  private free: number[] = [];
  /** Start and end of large objects' memory, in turns. */
  private large: number[] = [];
  /** Where the search for the next hole goes on. */
  private cursor = 0;
  private line = this.firstLine;
  /** Bytes given to the mutator since the last collection, and how many may be until the next. */
  handed = 0;
  budget = this.minBudget;
  /** Bytes of marked objects. */
  live = 0;
  liveAtMajor = 0;
  /** Start and top of the holes filled since the last collection, in turns. */
  filled: number[] = [];
  /** What is being filled is a block of its own beside Immix's, for more than fits into one of those. */
  isOutside = false;

  /** Bytes of a block that objects can have. */
  get capacity(): number {
    return this.blockBytes - this.firstLine * LINE;
  }

  /** Whether so much has matured that all marks are to be made anew. */
  get hasGrown(): boolean {
    return this.live >= 2 * Math.max(this.liveAtMajor, this.minBudget);
  }

  private takeBlocks(byteCount: number): number {
    for (;;) {
      const a = takeAligned(FIXED_END, byteCount, this.blockBytes);
      if (a !== 0) return a;
      freeBlock(allocateBlock(Math.max(PAGE_GROWTH, 2 * byteCount)));
    }
  }

  private clear(block: number): void {
    bytes.fill(0, block, block + this.markBytes + this.lines);
  }

  setState(block: number, state: number): void {
    bytes[immixTables(made.space).table + Math.floor(block / this.blockBytes)] = state;
  }

  isStaying(a: number): boolean {
    return bytes[immixTables(made.space).table + Math.floor(a / this.blockBytes)] === BLOCK_STAYS;
  }

  private freshBlock(): number {
    if (this.free.length === 0) {
      const a = this.takeBlocks(this.clusterBlocks * this.blockBytes);
      this.clusters.push(a);
      for (let i = 0; i < this.clusterBlocks; i++) {
        this.free.push(a + i * this.blockBytes);
        this.setState(a + i * this.blockBytes, BLOCK_STAYS);
      }
    }
    const block = this.free.pop() as number;
    this.clear(block);
    this.blocks.push(block);
    return block;
  }

  /** Room for a copy of `byteCount` bytes and those that come after it: a fresh block, or what a large object gets for itself. */
  copyHole(byteCount: number): number {
    const { state } = immixTables(this);
    const first = this.firstLine * LINE;
    if (byteCount > this.capacity) {
      const a = this.takeBlocks(first + byteCount);
      this.clear(a);
      this.setState(a, BLOCK_STAYS);
      this.large.push(a, a + first + byteCount);
      return a + first;
    }
    const block = this.freshBlock();
    store(state, block + first + byteCount);
    store((state + 4) as Addr, block + this.blockBytes);
    return block + first;
  }

  /** The next free lines with room for `byteCount` bytes: start and end. Smaller holes are passed over until the next collection. */
  nextHole(byteCount: number): readonly [start: number, end: number] {
    const { lines } = this;
    for (; this.cursor < this.blocks.length; this.cursor++) {
      const block = this.blocks[this.cursor] as number;
      const marks = block + this.markBytes;
      let i = this.line;
      while (i < lines) {
        while (i < lines && bytes[marks + i] !== 0) i++;
        const from = i;
        while (i < lines && bytes[marks + i] === 0) i++;
        if (i - from < immixSetting.minLines || (i - from) * LINE < byteCount) continue;
        this.line = i;
        return [block + from * LINE, block + i * LINE];
      }
      this.line = this.firstLine;
    }
    const block = this.freshBlock();
    this.cursor = this.blocks.length;
    return [block + this.firstLine * LINE, block + this.blockBytes];
  }

  /** Makes a hole, or a block of its own, what the heap fills; its registers are not touched. */
  enter(heap: ProcessHeap, [start, end]: readonly [start: number, end: number]): void {
    this.handed += end - start;
    heap.chunkStart = start as Addr;
    heap.top = heap.chunkStart;
    heap.end = end as Addr;
  }

  /** The heap goes on elsewhere: keeps in mind what it has filled. */
  leave(heap: ProcessHeap): void {
    if (this.isOutside) heap.addChunk(heap.chunkStart, heap.top);
    else if (heap.top !== heap.chunkStart) this.filled.push(heap.chunkStart, heap.top);
    this.isOutside = false;
    heap.chunkStart = 0 as Addr;
  }

  /** What ProcessHeap.takeChunk does: goes on in the next hole with room for `wordCount` words. */
  takeHole(heap: ProcessHeap, wordCount: number): Addr {
    heap.fromRegisters();
    this.leave(heap);
    const byteCount = wordCount * 4;
    this.isOutside = byteCount > this.capacity;
    const start = this.isOutside ? allocateBlock(byteCount) >>> 0 : 0;
    this.enter(heap, this.isOutside ? [start, start + byteCount] : this.nextHole(byteCount));
    heap.top = (heap.chunkStart + byteCount) as Addr;
    heap.toRegisters();
    if (this.handed >= this.budget) heap.requestCollection();
    return heap.chunkStart;
  }

  /** Of each block, how many of its lines have no mark. */
  freeLines(): number[] {
    const { lines, firstLine, markBytes } = this;
    return this.blocks.map((block) => {
      let count = 0;
      for (let a = block + markBytes + firstLine; a < block + markBytes + lines; a++) if (bytes[a] === 0) count++;
      return count;
    });
  }

  /** Blocks to be emptied: when free lines are a quarter of the blocks in use, those of which more than half is free. */
  sparseBlocks(): number[] {
    const usable = this.lines - this.firstLine;
    const free = this.freeLines();
    const total = free.reduce((sum, n) => sum + (n < usable ? n : 0), 0);
    if (total <= (this.blocks.length * usable) / 4) return [];
    return this.blocks.filter((_, i) => (free[i] as number) * 2 > usable && (free[i] as number) < usable);
  }

  clearMarks(): void {
    for (const block of this.blocks) this.clear(block);
    for (let i = 0; i < this.large.length; i += 2) this.clear(this.large[i] as number);
    this.live = 0;
  }

  isMarked(a: number): boolean {
    const offset = a % this.blockBytes;
    return (((bytes[a - offset + Math.floor(offset / 32)] as number) >>> (Math.floor(offset / 4) % 8)) & 1) !== 0;
  }

  /** Takes back blocks without a marked line, and large objects without a mark. */
  sweep(discard: (a: Addr, byteCount: number) => void): void {
    const kept: number[] = [];
    for (const block of this.blocks) {
      const from = (block + this.markBytes) >>> 2;
      let used = 0;
      for (let i = 0; i < this.lines / 4 && used === 0; i++) used |= words[from + i] as number;
      (used === 0 ? this.free : kept).push(block);
    }
    this.blocks = kept;
    const { large } = this;
    this.large = [];
    for (let i = 0; i < large.length; i += 2) {
      const [a, end] = [large[i] as number, large[i + 1] as number];
      if (this.isMarked(a + this.firstLine * LINE)) {
        this.large.push(a, end);
        continue;
      }
      this.setState(a, 0);
      discard(a as Addr, end - a);
    }
    this.budget = Math.max(this.minBudget, (this.live * immixSetting.percent) / 100);
    this.handed = 0;
    this.cursor = 0;
    this.line = this.firstLine;
    this.filled = [];
    if (this.free.length * this.blockBytes > 2 * this.budget + this.clusterBlocks * this.blockBytes) this.giveBack();
  }

  /** Clusters all of whose blocks are free go back, but for what will soon be filled. */
  private giveBack(): void {
    const free = new Set(this.free);
    this.clusters = this.clusters.filter((a) => {
      if (free.size * this.blockBytes < this.budget) return true;
      const blocks = Array.from({ length: this.clusterBlocks }, (_, i) => a + i * this.blockBytes);
      if (!blocks.every((block) => free.has(block))) return true;
      for (const block of blocks) {
        free.delete(block);
        this.setState(block, 0);
      }
      freeBlock(a as Addr);
      return false;
    });
    this.free = [...free];
  }

  /** Bytes of all blocks and large objects. */
  totalBytes(): number {
    let byteCount = this.clusters.length * this.clusterBlocks * this.blockBytes;
    for (let i = 0; i < this.large.length; i += 2)
      byteCount += (this.large[i + 1] as number) - (this.large[i] as number);
    return byteCount;
  }

  /** Start and top of every range of marked objects, and of the holes that have been filled. */
  areas(current: number, top: number): { start: Addr; top: Addr; name: 'chunk' }[] {
    const found: { start: Addr; top: Addr; name: 'chunk' }[] = [];
    const add = (start: number, end: number) => {
      const last = found.at(-1);
      if (last !== undefined && last.top === start) last.top = end as Addr;
      else found.push({ start: start as Addr, top: end as Addr, name: 'chunk' });
    };
    const starts = [...this.blocks];
    for (let i = 0; i < this.large.length; i += 2) starts.push(this.large[i] as number);
    for (const block of starts) {
      for (let a = block + this.firstLine * LINE; a < block + this.blockBytes; a += 4) {
        if (!this.isMarked(a)) continue;
        const word = loadUnsigned(a as Addr);
        add(a, a + ((word & 15) === 0 && word !== 0 ? 4 + (word >>> 8) * 4 : 8));
      }
    }
    for (let i = 0; i < this.filled.length; i += 2) add(this.filled[i] as number, this.filled[i + 1] as number);
    if (current !== 0) add(current, top);
    return found;
  }

  /** Fills what no object lies in with `word`. */
  fillFree(word: number): void {
    for (const block of [...this.blocks, ...this.free]) {
      let end = block + this.firstLine * LINE;
      const isFree = !this.blocks.includes(block);
      for (let a = end; a < block + this.blockBytes; a += 4) {
        if (!isFree && this.isMarked(a)) {
          const header = loadUnsigned(a as Addr);
          end = a + ((header & 15) === 0 && header !== 0 ? 4 + (header >>> 8) * 4 : 8);
        }
        if (a >= end) words[a >>> 2] = word;
      }
    }
  }

  /** Frees all. */
  destroy(): void {
    for (const a of this.clusters) {
      for (let i = 0; i < this.clusterBlocks; i++) this.setState(a + i * this.blockBytes, 0);
      freeBlock(a as Addr);
    }
    for (let i = 0; i < this.large.length; i += 2) {
      this.setState(this.large[i] as number, 0);
      freeBlock(this.large[i] as Addr);
    }
    this.clusters = [];
    this.large = [];
  }
}
