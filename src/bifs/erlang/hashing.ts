/** Hashes and checksums in module erlang (bif.c, erl_bif_chksum.c). */

import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { adler32, combineAdler32, combineCrc32, crc32 } from '../../runtime/checksum-crc.ts';
import { iodataArgument } from '../../runtime/iodata.ts';
import { CONTEXT_BYTES, finishMd5, newMd5Context, updateMd5 } from '../../runtime/md5-context.ts';
import { makeInteger } from '../../term/bignum.ts';
import { copyOfBytes, makeBinary } from '../../term/bits.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { phash } from '../../term/phash.ts';
import { phash2 } from '../../term/phash2.ts';
import { isBitstring } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { natural } from './arguments.ts';
import { binarySize } from './binaries.ts';

const MAX_RANGE = 2 ** 32;
/** erlang:phash2/1 gives 27 bits. */
const DEFAULT_RANGE = 2 ** 27;

/** Bytes for a reduction (BYTES_PER_REDUCTION in erl_bif_chksum.c). */
const BYTES_PER_REDUCTION = 10;

/** The bytes of iodata, of which each costs. Raises badarg. */
function charged(data: Term): Uint8Array {
  const content = iodataArgument(data);
  bumpForWork(content.length, BYTES_PER_REDUCTION);
  return content;
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

const started = (checksum: Checksum, first: number) => (data: Term) => makeInteger(checksum(first, charged(data)));
const continued = (checksum: Checksum) => (sum: Term, data: Term) => {
  const before = sumOf(sum);
  const content = charged(data);
  // Even a sum that is none stays as it is when nothing is added.
  return makeInteger(content.length === 0 && !isBitstring(data) ? before : checksum(before, content));
};
const combined = (combine: Combination) => (first: Term, second: Term, length: Term) =>
  makeInteger(combine(sumOf(first), sumOf(second), BigInt(sumOf(length))));

function contextOf(t: Term): Uint8Array {
  if (binarySize(t) !== CONTEXT_BYTES) throw badarg();
  return copyOfBytes(t);
}

function md5(data: Term): Term {
  const context = newMd5Context();
  updateMd5(context, charged(data));
  return makeBinary(finishMd5(context));
}

function md5Update(binary: Term, data: Term): Term {
  const context = contextOf(binary);
  updateMd5(context, charged(data));
  return makeBinary(context);
}

export const erlangHashBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: 'phash', arity: 2, fn: (t: Term, range: Term) => makeInteger((phash(t) % rangeOf(range)) + 1) },
    { name: 'phash2', arity: 1, fn: (t: Term) => makeInteger(phash2(t) % DEFAULT_RANGE) },
    { name: 'phash2', arity: 2, fn: (t: Term, range: Term) => makeInteger(phash2(t) % rangeOf(range)) },
    { name: 'crc32', arity: 1, fn: started(crc32, 0) },
    { name: 'crc32', arity: 2, fn: continued(crc32) },
    { name: 'crc32_combine', arity: 3, fn: combined(combineCrc32) },
    { name: 'adler32', arity: 1, fn: started(adler32, 1) },
    { name: 'adler32', arity: 2, fn: continued(adler32) },
    { name: 'adler32_combine', arity: 3, fn: combined(combineAdler32) },
    { name: 'md5', arity: 1, fn: md5 },
    { name: 'md5_init', arity: 0, fn: () => makeBinary(newMd5Context()) },
    { name: 'md5_update', arity: 2, fn: md5Update },
    { name: 'md5_final', arity: 1, fn: (binary: Term) => makeBinary(finishMd5(contextOf(binary))) },
  ],
};
