/** Binaries and iodata in module erlang (binary.c, erl_iolist.c). */
import { BitSink, ByteSink, MAX_BINARY_BYTES, offHeapBytes } from '../../runtime/bits-sink.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { type IodataTarget, walkIodata } from '../../runtime/iodata.ts';
import { makeInteger, safeInteger } from '../../term/bignum.ts';
import {
  binaryBytes,
  bitOffset,
  bitSize,
  byteAt,
  isBinary,
  makeBinary,
  makeSubBits,
  subBits,
} from '../../term/bits.ts';
import { cons, listOf, tuple } from '../../term/build.ts';
import { badarg, systemLimit } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import {
  head,
  isBitstring,
  isCons,
  isInteger,
  isTuple,
  makeSmall,
  tail,
  tupleArity,
  tupleElement,
} from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { natural } from './arguments.ts';

/** A binary's size in bytes. Raises badarg for any other term. */
export function binarySize(t: Term): number {
  if (!isBitstring(t) || !isBinary(t)) throw badarg();
  return bitSize(t) / 8;
}

// ---- iodata ----------------------------------------------------------------------------------------------------------

/** Bytes of a list for a reduction (ERTS_B2L_BYTES_PER_REDUCTION in binary.c), the other way, too; and parts of iodata that is only measured. */
const LISTED_PER_REDUCTION = 256;
const PARTS_PER_REDUCTION = 8;

/**
 * Bits and parts of iodata whose bitstrings are multiples of `unit` long. Raises badarg, and system_limit as soon as there are more bits
 * than `limit`.
 */
function measured(data: Term, unit: 1 | 8, limit = Number.POSITIVE_INFINITY): { bits: number; parts: number } {
  let size = 0;
  let parts = 0;
  const add = (more: number): void => {
    parts++;
    size += more;
    if (size > limit) throw systemLimit();
  };
  if (!walkIodata(data, { byte: () => add(8), bits: (t) => add(bitSize(t)) }, unit)) throw badarg();
  return { bits: size, parts };
}

/** list_to_binary/1, which takes no binary. Raises badarg. */
export function listToBinary(list: Term): Term {
  if (list !== NIL && !isCons(list)) throw badarg();
  if (isCons(list) && tail(list) === NIL && isBitstring(head(list)) && isBinary(head(list))) return head(list);
  const sink = new ByteSink(() => measured(list, 8, MAX_BINARY_BYTES * 8).bits / 8);
  if (!walkIodata(list, sink)) throw badarg();
  const content = sink.taken();
  bumpForWork(content.length, LISTED_PER_REDUCTION);
  return makeBinary(content);
}

function iolistToBinary(data: Term): Term {
  if (!isBitstring(data)) return listToBinary(data);
  if (!isBinary(data)) throw badarg();
  return data;
}

function listToBitstring(list: Term): Term {
  if (list !== NIL && !isCons(list)) throw badarg();
  if (isCons(list) && tail(list) === NIL && isBitstring(head(list))) return head(list);
  const sink = new BitSink(() => Math.ceil(measured(list, 1, MAX_BINARY_BYTES * 8).bits / 8) + 1);
  if (!walkIodata(list, sink, 1)) throw badarg();
  return sink.term();
}

function iolistSize(data: Term): Term {
  const { bits, parts } = measured(data, 8);
  bumpForWork(parts, PARTS_PER_REDUCTION);
  return makeInteger(bits / 8);
}

/** Binaries of up to this many bytes are put together, larger ones become elements themselves (IOL2V_COPY_THRESHOLD). */
const SHARED_FROM = 512;

/** A part of an iovec: a binary of the input, or a range of the bytes that are put together. */
type Part = Term | { readonly from: number; to: number };

/** iolist_to_iovec/1: small parts lie behind each other in one off-heap binary. Raises badarg. */
function iolistToIovec(data: Term): Term {
  if (isCons(data) && tail(data) === NIL && isBitstring(head(data)) && bitSize(head(data)) > 0) {
    binarySize(head(data));
    return data;
  }
  if (isBitstring(data)) return binarySize(data) === 0 ? NIL : cons(data, NIL);
  const sink = new ByteSink();
  const parts: Part[] = [];
  let open: { readonly from: number; to: number } | undefined;
  const extend = (from: number): void => {
    if (open === undefined) {
      open = { from, to: sink.length };
      parts.push(open);
    }
    open.to = sink.length;
  };
  const target: IodataTarget = {
    byte: (value) => {
      sink.byte(value);
      extend(sink.length - 1);
    },
    bits: (t) => {
      if (bitSize(t) === 0) return;
      const from = sink.length;
      if (bitSize(t) / 8 > SHARED_FROM && bitOffset(t) % 8 === 0) {
        open = undefined;
        parts.push(t);
        return;
      }
      sink.bits(t);
      extend(from);
    },
  };
  if (!walkIodata(data, target)) throw badarg();
  const content = sink.taken();
  if (content.length === 0) return listOf(parts as Term[]);
  const owner = offHeapBytes(content);
  return listOf(
    parts.map((part) =>
      typeof part === 'number' ? part : makeSubBits(owner, part.from * 8, (part.to - part.from) * 8),
    ),
  );
}

// ---- lists of bytes --------------------------------------------------------------------------------------------------

/** The list of `count` bytes from byte `from` on, in front of `last`. */
function byteList(t: Term, from: number, count: number, last: Term): Term {
  let list = last;
  bumpForWork(count, LISTED_PER_REDUCTION);
  if (bitSize(t) % 8 === 0) {
    const content = binaryBytes(t).slice(from, from + count);
    for (let i = count - 1; i >= 0; i--) list = cons(makeSmall(content[i] as number), list);
    return list;
  }
  for (let i = from + count - 1; i >= from; i--) list = cons(makeSmall(byteAt(t, i)), list);
  return list;
}

function binaryToList(t: Term): Term {
  return byteList(t, 0, binarySize(t), NIL);
}

/** binary_to_list(Binary, From, To), counted from 1. Raises badarg. */
function binaryPartToList(t: Term, from: Term, to: Term): Term {
  const first = natural(from);
  const last = natural(to);
  const size = binarySize(t);
  if (first === undefined || last === undefined || first < 1 || last > size || last < first) throw badarg();
  return byteList(t, first - 1, last - first + 1, NIL);
}

function bitstringToList(t: Term): Term {
  if (!isBitstring(t)) throw badarg();
  const size = bitSize(t);
  const trailing = size % 8;
  const last = trailing === 0 ? NIL : cons(subBits(t, size - trailing, trailing), NIL);
  return byteList(t, 0, (size - trailing) / 8, last);
}

// ---- parts -----------------------------------------------------------------------------------------------------------

/** split_binary/2: splits a bitstring behind so many bytes. Raises badarg. */
function splitBinary(t: Term, position: Term): Term {
  const at = natural(position);
  if (!isBitstring(t) || at === undefined || at > bitSize(t) / 8) throw badarg();
  return tuple(subBits(t, 0, at * 8), subBits(t, at * 8, bitSize(t) - at * 8));
}

/** Position and length of a part of `size` bytes, the length perhaps negative: what lies before the position. Raises badarg. */
export function partRange(position: Term, length: Term, size: number): { from: number; length: number } {
  const at = natural(position);
  const count = isInteger(length) ? safeInteger(length) : undefined;
  if (at === undefined || count === undefined) throw badarg();
  const from = Math.min(at, at + count);
  const to = Math.max(at, at + count);
  if (from < 0 || to > size) throw badarg();
  return { from, length: to - from };
}

/** binary_part/3 and binary:part/3. Raises badarg. */
export function binaryPart(t: Term, position: Term, length: Term): Term {
  const part = partRange(position, length, binarySize(t));
  return subBits(t, part.from * 8, part.length * 8);
}

/** The same with `{Position, Length}`. Raises badarg. */
export function binaryPartOf(t: Term, range: Term): Term {
  if (!isTuple(range) || tupleArity(range) !== 2) throw badarg();
  return binaryPart(t, tupleElement(range, 1), tupleElement(range, 2));
}

export const erlangBinaryBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: 'list_to_binary', arity: 1, fn: listToBinary },
    { name: 'iolist_to_binary', arity: 1, fn: iolistToBinary },
    { name: 'list_to_bitstring', arity: 1, fn: listToBitstring },
    { name: 'iolist_size', arity: 1, fn: iolistSize },
    { name: 'iolist_to_iovec', arity: 1, fn: iolistToIovec },
    { name: 'binary_to_list', arity: 1, fn: binaryToList },
    { name: 'binary_to_list', arity: 3, fn: binaryPartToList },
    { name: 'bitstring_to_list', arity: 1, fn: bitstringToList },
    { name: 'split_binary', arity: 2, fn: splitBinary },
    { name: 'binary_part', arity: 2, fn: binaryPartOf, guard: true },
    { name: 'binary_part', arity: 3, fn: binaryPart, guard: true },
  ],
};
