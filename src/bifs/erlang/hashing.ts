/** Hashes and checksums in module erlang (bif.c, erl_bif_chksum.c). */

import { bytes } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { adler32, combineAdler32, combineCrc32, crc32 } from '../../runtime/checksum-crc.ts';
import { iodataInParts } from '../../runtime/iodata.ts';
import { CONTEXT_BYTES, finishMd5, newMd5Context, updateMd5 } from '../../runtime/md5-context.ts';
import { inParts } from '../../runtime/trap.ts';
import { makeInteger } from '../../term/bignum.ts';
import { alignedAddress, bitSize, copyOfBytes, makeBinary } from '../../term/bits.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import type { Parts } from '../../term/parts.ts';
import { phash } from '../../term/phash.ts';
import { phash2AtOnce, phash2InParts } from '../../term/phash2.ts';
import { isBitstring } from '../../term/term.ts';
import type { BifRow, BifTable } from '../registry.ts';
import { natural } from './arguments.ts';
import { binarySize } from './binaries.ts';

const MAX_RANGE = 2 ** 32;
/** erlang:phash2/1 gives 27 bits. */
const DEFAULT_RANGE = 2 ** 27;

/** Bytes for a reduction (BYTES_PER_REDUCTION in erl_bif_chksum.c). */
const BYTES_PER_REDUCTION = 10;

const EMPTY = new Uint8Array(0);
const BYTES_IN_A_PART = 2 ** 16;
/** Sums take a third of a millisecond for so many. */
const SUMMED_AT_ONCE = 2 ** 19;

/**
 * Gives the bytes of iodata to `add`, piece by piece: a binary of up to `atOnce` bytes as a view of linear memory. Others are copied first,
 * since they may move between the pieces. Raises badarg.
 */
function* eachPart(data: Term, atOnce: number, add: (content: Uint8Array) => void): Parts<void> {
  const start = isBitstring(data) && bitSize(data) % 8 === 0 ? alignedAddress(data) : -1;
  if (start >= 0 && bitSize(data) <= 8 * atOnce) {
    const size = bitSize(data) / 8;
    add(bytes.subarray(start, start + size));
    bumpForWork(size, BYTES_PER_REDUCTION);
    return;
  }
  const content = start >= 0 ? copyOfBytes(data) : yield* iodataInParts(data);
  for (let from = 0; from < content.length; from += BYTES_IN_A_PART) {
    const part = content.subarray(from, from + BYTES_IN_A_PART);
    add(part);
    if (from + BYTES_IN_A_PART < content.length) yield BYTES_IN_A_PART / BYTES_PER_REDUCTION;
    else bumpForWork(part.length, BYTES_PER_REDUCTION);
  }
}

function rangeOf(t: Term): number {
  const range = natural(t);
  if (range === undefined || range < 1 || range > MAX_RANGE) throw badarg();
  return range;
}

function sumOf(t: Term): number {
  const sum = natural(t);
  if (sum === undefined || sum >= MAX_RANGE) throw badarg();
  return sum;
}

type Checksum = (sum: number, content: Uint8Array) => number;
type Combination = (first: number, second: number, length: bigint) => number;

function* summed(checksum: Checksum, first: number, data: Term): LongWork {
  let sum = first;
  yield* eachPart(data, SUMMED_AT_ONCE, (content) => {
    sum = checksum(sum, content);
  });
  return makeInteger(sum);
}

/** The sum of data that follows what gave another one. Raises badarg. */
function* continued(checksum: Checksum, before: Term, data: Term): LongWork {
  const sum = sumOf(before);
  // Even a sum that is none stays as it is when nothing is added.
  return yield* summed(checksum, isBitstring(data) && binarySize(data) === 0 ? checksum(sum, EMPTY) : sum, data);
}

function checksumRows(name: string, checksum: Checksum, first: number): BifRow[] {
  const bif = { module: 'erlang', name };
  return [
    { name, arity: 1, fn: (vm: Machine, data: Term) => inParts(vm, bif, [data], () => summed(checksum, first, data)) },
    {
      name,
      arity: 2,
      fn: (vm: Machine, sum: Term, data: Term) => inParts(vm, bif, [sum, data], () => continued(checksum, sum, data)),
    },
  ];
}

const combined = (combine: Combination) => (first: Term, second: Term, length: Term) =>
  makeInteger(combine(sumOf(first), sumOf(second), BigInt(sumOf(length))));

function contextOf(t: Term): Uint8Array {
  if (binarySize(t) !== CONTEXT_BYTES) throw badarg();
  return copyOfBytes(t);
}

function* md5Of(context: Uint8Array, data: Term, finish: (context: Uint8Array) => Uint8Array): LongWork {
  yield* eachPart(data, BYTES_IN_A_PART, (content) => updateMd5(context, content));
  return makeBinary(finish(context));
}

function md5(vm: Machine, data: Term): Term {
  return inParts(vm, { module: 'erlang', name: 'md5' }, [data], () => md5Of(newMd5Context(), data, finishMd5));
}

function md5Update(vm: Machine, binary: Term, data: Term): Term {
  const args = [binary, data];
  return inParts(vm, { module: 'erlang', name: 'md5_update' }, args, () =>
    md5Of(contextOf(binary), data, (context) => context),
  );
}

/** Steps of a hash that are done before the work is one that may give way. */
const STEPS_AT_ONCE = 4096;

function* hashed(t: Term, range: number): LongWork {
  return makeInteger((yield* phash2InParts(t)) % range);
}

function phash2(vm: Machine, t: Term, range: number, args?: readonly Term[]): Term {
  const hash = vm.current.work === undefined ? phash2AtOnce(t, STEPS_AT_ONCE) : undefined;
  if (hash !== undefined) return makeInteger(hash % range);
  return inParts(vm, { module: 'erlang', name: 'phash2' }, args ?? [t], () => hashed(t, range));
}

export const erlangChecksumBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'phash2', arity: 1, fn: (vm: Machine, t: Term) => phash2(vm, t, DEFAULT_RANGE) },
    { name: 'phash2', arity: 2, fn: (vm: Machine, t: Term, range: Term) => phash2(vm, t, rangeOf(range), [t, range]) },
    ...checksumRows('crc32', crc32, 0),
    ...checksumRows('adler32', adler32, 1),
    { name: 'md5', arity: 1, fn: md5 },
    { name: 'md5_update', arity: 2, fn: md5Update },
  ],
};

export const erlangHashBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: 'phash', arity: 2, fn: (t: Term, range: Term) => makeInteger((phash(t) % rangeOf(range)) + 1) },
    { name: 'crc32_combine', arity: 3, fn: combined(combineCrc32) },
    { name: 'adler32_combine', arity: 3, fn: combined(combineAdler32) },
    { name: 'md5_init', arity: 0, fn: () => makeBinary(newMd5Context()) },
    { name: 'md5_final', arity: 1, fn: (binary: Term) => makeBinary(finishMd5(contextOf(binary))) },
  ],
};
