/** Module binary, the part that is no Erlang code (erl_bif_binary.c). */

import { binaryOf } from '../../memory/binary.ts';
import { copyBytes, loadUnsigned, plus, storeBytes } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { MAX_BINARY_BYTES } from '../../runtime/bits-sink.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { inParts } from '../../runtime/trap.ts';
import { am } from '../../term/atoms.ts';
import { integerFromBytes, isNegative, magnitudeByteCount, makeInteger, writeMagnitude } from '../../term/bignum.ts';
import {
  binaryBytes,
  bitOffset,
  bitSize,
  bitsOwner,
  byteAt,
  byteSize,
  copyOfBytes,
  isOffHeap,
  makeBinary,
  newBinary,
} from '../../term/bits.ts';
import { badarg, systemLimit } from '../../term/erlang-error.ts';
import { BINARY_SIZE, type Term } from '../../term/layout.ts';
import { isBitstring, isInteger, isSmall, makeSmall } from '../../term/term.ts';
import { natural } from '../erlang/arguments.ts';
import { binaryPart, binaryPartOf, binarySize } from '../erlang/binaries.ts';
import { listToBinary } from '../erlang/iodata.ts';
import { elementsOf } from '../erlang/lists-tuples.ts';
import type { BifRow, BifTable } from '../registry.ts';
import { binarySearchRows } from './find.ts';

/** The byte at an index. Raises badarg. */
function byteTerm(t: Term, index: number): Term {
  if (index < 0 || index >= binarySize(t)) throw badarg();
  return makeSmall(byteAt(t, index));
}

function at(t: Term, position: Term): Term {
  return byteTerm(t, natural(position) ?? -1);
}

// ---- common prefixes and suffixes ------------------------------------------------------------------------------------

type Direction = 'prefix' | 'suffix';

/** How many bytes two arrays have in common, at their beginning or end. */
function commonLength(a: Uint8Array, b: Uint8Array, limit: number, direction: Direction): number {
  let count = 0;
  if (direction === 'prefix') while (count < limit && a[count] === b[count]) count++;
  else while (count < limit && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count;
}

/** binary:longest_common_prefix/1 and longest_common_suffix/1. Raises badarg for anything but a list of binaries, not empty. */
function longestCommon(list: Term, direction: Direction): Term {
  const binaries = elementsOf(list);
  const [first] = binaries;
  if (first === undefined) throw badarg();
  let common = binarySize(first);
  for (const other of binaries) common = Math.min(common, binarySize(other));
  const reference = binaryBytes(first);
  for (const other of binaries) common = commonLength(reference, binaryBytes(other), common, direction);
  return makeInteger(common);
}

// ---- copies ----------------------------------------------------------------------------------------------------------

/** Bytes of a word of OTP's: times that need more are no number to binary:copy/2. */
const WORD_BYTES = 8;

/** Bytes that are copied in a part; for a reduction (BITSTRING_COPY_LOOP_FACTOR). */
const COPIED_IN_A_PART = 2 ** 18;
const COPIED_PER_REDUCTION = 64;

/** A binary of `size` bytes that are those of `t`, again and again. */
function* repeated(t: Term, size: number): LongWork {
  const { term, data } = newBinary(size);
  const period = bitSize(t) / 8;
  const source = bitOffset(t) % 8 === 0 ? undefined : copyOfBytes(t);
  for (let done = 0; done < size; ) {
    // What is there is taken again from where a repetition begins.
    const from = done % period;
    const most = Math.min(COPIED_IN_A_PART, size - done, done < period ? period - done : done - from);
    if (done < period) storeBytes(plus(data, done), (source ?? binaryBytes(t)).subarray(done, done + most));
    else copyBytes(plus(data, from), plus(data, done), most);
    done += most;
    yield most / COPIED_PER_REDUCTION;
  }
  return term;
}

/** binary:copy/1,2: a binary of its own with the bytes repeated. Raises badarg, system_limit. */
function copy(vm: Machine, args: readonly Term[], t: Term, times: Term): Term {
  const bif = { module: 'binary', name: 'copy' };
  if (vm.current.work !== undefined) return inParts(vm, bif, args, () => repeated(t, 0));
  const count = natural(times);
  if (!isInteger(times) || isNegative(times)) throw badarg();
  if (!isSmall(times) && magnitudeByteCount(times) > WORD_BYTES) throw badarg();
  const size = binarySize(t);
  if (count === undefined || size * count > MAX_BINARY_BYTES) {
    if (size === 0) return makeBinary(new Uint8Array());
    throw systemLimit();
  }
  if (size * count > COPIED_IN_A_PART) return inParts(vm, bif, args, () => repeated(t, size * count));
  const content = new Uint8Array(size * count);
  bumpForWork(content.length, COPIED_PER_REDUCTION);
  if (content.length === 0) return makeBinary(content);
  content.set(binaryBytes(t));
  // The part that is filled doubles.
  for (let done = size; done < content.length; done *= 2) content.copyWithin(done, 0, done);
  return makeBinary(content);
}

/** binary:referenced_byte_size/1: bytes of the off-heap binary that `t` is a part of. Raises badarg. */
function referencedByteSize(t: Term): Term {
  if (!isBitstring(t)) throw badarg();
  if (isOffHeap(t)) return makeInteger(loadUnsigned(plus(binaryOf(bitsOwner(t)), BINARY_SIZE)));
  return makeInteger(byteSize(bitsOwner(t)));
}

// ---- integers --------------------------------------------------------------------------------------------------------

function isLittle(order: Term): boolean {
  if (order !== am.big && order !== am.little) throw badarg();
  return order === am.little;
}

/** binary:encode_unsigned/1,2. Raises badarg. */
function encodeUnsigned(t: Term, order: Term): Term {
  const little = isLittle(order);
  if (!isInteger(t) || isNegative(t)) throw badarg();
  const content = new Uint8Array(Math.max(magnitudeByteCount(t), 1));
  writeMagnitude(t, content, 0);
  return makeBinary(little ? content : content.reverse());
}

/** binary:decode_unsigned/1,2. Raises badarg. */
function decodeUnsigned(t: Term, order: Term): Term {
  const little = isLittle(order);
  const size = binarySize(t);
  return integerFromBytes(binaryBytes(t), 0, size, little, false);
}

const pureRows: readonly BifRow[] = [
  { name: 'first', arity: 1, fn: (t: Term) => byteTerm(t, 0) },
  { name: 'last', arity: 1, fn: (t: Term) => byteTerm(t, isBitstring(t) ? Math.floor(bitSize(t) / 8) - 1 : -1) },
  { name: 'at', arity: 2, fn: at },
  { name: 'part', arity: 2, fn: binaryPartOf },
  { name: 'part', arity: 3, fn: binaryPart },
  { name: 'longest_common_prefix', arity: 1, fn: (list: Term) => longestCommon(list, 'prefix') },
  { name: 'longest_common_suffix', arity: 1, fn: (list: Term) => longestCommon(list, 'suffix') },
  { name: 'referenced_byte_size', arity: 1, fn: referencedByteSize },
  { name: 'encode_unsigned', arity: 1, fn: (t: Term) => encodeUnsigned(t, am.big) },
  { name: 'encode_unsigned', arity: 2, fn: encodeUnsigned },
  { name: 'decode_unsigned', arity: 1, fn: (t: Term) => decodeUnsigned(t, am.big) },
  { name: 'decode_unsigned', arity: 2, fn: decodeUnsigned },
];

export const binaryBifs: BifTable = { module: 'binary', pure: true, rows: pureRows };
export const binarySearchBifs: BifTable = { module: 'binary', rows: binarySearchRows };

const LIST_TO_BIN = {
  module: 'binary',
  name: 'list_to_bin',
  trap: { module: 'erts_internal', name: 'list_to_bitstring_continue', arity: 1 },
};

export const binaryListBifs: BifTable = {
  module: 'binary',
  rows: [
    { name: 'list_to_bin', arity: 1, fn: (vm: Machine, list: Term) => listToBinary(vm, LIST_TO_BIN, list) },
    { name: 'copy', arity: 1, fn: (vm: Machine, t: Term) => copy(vm, [t], t, makeSmall(1)) },
    { name: 'copy', arity: 2, fn: (vm: Machine, t: Term, times: Term) => copy(vm, [t, times], t, times) },
  ],
};
