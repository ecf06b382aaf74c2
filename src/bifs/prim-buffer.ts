/** prim_buffer: a queue of bytes that the file servers read ahead into (prim_buffer_nif.c). */
import type { MagicHandle } from '../memory/off-heap.ts';
import type { Machine } from '../process/machine.ts';
import { am } from '../term/atoms.ts';
import { makeInteger } from '../term/bignum.ts';
import { makeBinary } from '../term/bits.ts';
import { tuple } from '../term/build.ts';
import { badarg, ErlangError } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { int32, ioVector, newResource, resourceOf, uint64 } from './nif-arguments.ts';
import type { BifTable } from './registry.ts';

const MAX_BYTE = 255;
/** Small writes are gathered in blocks of this size (ACCUMULATOR_SIZE); larger ones stay as they are. */
const BLOCK_BYTES = 2048;

class ByteBuffer implements MagicHandle {
  size = 0;
  isLocked = false;
  private readonly blocks: Uint8Array[] = [];
  /** Bytes of the first block that have been read. */
  private skipped = 0;
  /** Small writes that are in no block yet. */
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;

  onDrop(): void {}

  write(parts: readonly Uint8Array[]): void {
    const byteCount = parts.reduce((sum, part) => sum + part.length, 0);
    this.size += byteCount;
    if (this.gatheredBytes + byteCount >= BLOCK_BYTES) {
      this.closeBlock();
      if (byteCount >= BLOCK_BYTES / 2) {
        this.blocks.push(...parts);
        return;
      }
    }
    this.gathered.push(...parts);
    this.gatheredBytes += byteCount;
  }

  private closeBlock(): void {
    if (this.gatheredBytes === 0) return;
    const block = new Uint8Array(this.gatheredBytes);
    let at = 0;
    for (const part of this.gathered) {
      block.set(part, at);
      at += part.length;
    }
    this.blocks.push(block);
    this.gathered = [];
    this.gatheredBytes = 0;
  }

  /** What is left of the first block; undefined when nothing is there. */
  peek(): Uint8Array | undefined {
    this.closeBlock();
    return this.blocks[0]?.subarray(this.skipped);
  }

  /** Takes bytes away; there are at least so many. */
  skip(byteCount: number): void {
    this.closeBlock();
    this.size -= byteCount;
    let left = byteCount + this.skipped;
    let whole = 0;
    for (; whole < this.blocks.length && left >= (this.blocks[whole] as Uint8Array).length; whole++) {
      left -= (this.blocks[whole] as Uint8Array).length;
    }
    this.blocks.splice(0, whole);
    this.skipped = left;
  }

  /** Takes bytes away and returns them; there are at least so many. */
  read(byteCount: number): Uint8Array {
    this.closeBlock();
    const content = new Uint8Array(byteCount);
    let at = 0;
    for (const [index, block] of this.blocks.entries()) {
      if (at === byteCount) break;
      const start = index === 0 ? this.skipped : 0;
      const part = block.subarray(start, start + byteCount - at);
      content.set(part, at);
      at += part.length;
    }
    this.skip(byteCount);
    return content;
  }

  /** Where a byte comes first, or -1. */
  indexOf(byte: number): number {
    this.closeBlock();
    let before = -this.skipped;
    for (const [index, block] of this.blocks.entries()) {
      const found = block.indexOf(byte, index === 0 ? this.skipped : 0);
      if (found >= 0) return before + found;
      before += block.length;
    }
    return -1;
  }
}

function bufferArgument(t: Term): ByteBuffer {
  const buffer = resourceOf(t, ByteBuffer);
  if (buffer === undefined) throw badarg();
  return buffer;
}

/** How many bytes to take; raises badarg when there are not so many. */
function countArgument(buffer: ByteBuffer, t: Term): number {
  const count = uint64(t);
  if (count === undefined || count > buffer.size) throw badarg();
  return count;
}

function write(ref: Term, list: Term): Term {
  const buffer = bufferArgument(ref);
  const vector = ioVector(list, Number.POSITIVE_INFINITY);
  if (vector === undefined) throw badarg();
  buffer.write(vector.parts);
  return am.ok;
}

function peekHead(ref: Term): Term {
  const first = bufferArgument(ref).peek();
  if (first === undefined) throw badarg();
  return makeBinary(first);
}

function copyingRead(ref: Term, count: Term): Term {
  const buffer = bufferArgument(ref);
  return makeBinary(buffer.read(countArgument(buffer, count)));
}

function skip(ref: Term, count: Term): Term {
  const buffer = bufferArgument(ref);
  buffer.skip(countArgument(buffer, count));
  return am.ok;
}

function findByteIndex(ref: Term, byte: Term): Term {
  const buffer = bufferArgument(ref);
  const needle = int32(byte);
  if (needle === undefined || needle < 0 || needle > MAX_BYTE) throw badarg();
  const index = buffer.indexOf(needle);
  return index < 0 ? am.not_found : tuple(am.ok, makeInteger(index));
}

function tryLock(ref: Term): Term {
  const buffer = bufferArgument(ref);
  if (buffer.isLocked) return am.busy;
  buffer.isLocked = true;
  return am.acquired;
}

function unlock(ref: Term): Term {
  const buffer = bufferArgument(ref);
  if (!buffer.isLocked) throw new ErlangError('error', am.lock_order_violation);
  buffer.isLocked = false;
  return am.ok;
}

type OnBuffer = (ref: Term, argument: Term) => Term;

function withoutMachine(fn: OnBuffer) {
  return (_vm: Machine, ref: Term, argument: Term): Term => fn(ref, argument);
}

export const primBufferBifs: BifTable = {
  module: 'prim_buffer',
  rows: [
    { name: 'new', arity: 0, fn: (vm: Machine) => newResource(vm, new ByteBuffer()) },
    { name: 'size', arity: 1, fn: withoutMachine((ref) => makeInteger(bufferArgument(ref).size)) },
    { name: 'peek_head', arity: 1, fn: withoutMachine(peekHead) },
    { name: 'copying_read', arity: 2, fn: withoutMachine(copyingRead) },
    { name: 'write', arity: 2, fn: withoutMachine(write) },
    { name: 'skip', arity: 2, fn: withoutMachine(skip) },
    { name: 'find_byte_index', arity: 2, fn: withoutMachine(findByteIndex) },
    { name: 'try_lock', arity: 1, fn: withoutMachine(tryLock) },
    { name: 'unlock', arity: 1, fn: withoutMachine(unlock) },
  ],
};
