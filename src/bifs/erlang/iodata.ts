/** iodata in module erlang (erl_iolist.c): what becomes of deep lists, in parts when they are long. */
import { CELLS_LEFT, iodataKernels } from '../../memory/iodata-kernels.ts';
import { load } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { BitSink, ByteSink, MAX_BINARY_BYTES, offHeapBytes } from '../../runtime/bits-sink.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { type IodataTarget, IodataWalk, walkIodata } from '../../runtime/iodata.ts';
import { type BifName, inParts } from '../../runtime/trap.ts';
import { makeInteger } from '../../term/bignum.ts';
import { bitOffset, bitSize, isBinary, makeBinary, makeSubBits, newBinary } from '../../term/bits.ts';
import { cons, listOf } from '../../term/build.ts';
import { badarg, systemLimit } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { head, isBitstring, isCons, makeSmall, tail } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { binarySize } from './binaries.ts';

/** Bytes for a reduction (ERTS_L2B_BYTES_PER_REDUCTION in erl_iolist.c). */
const BYTES_PER_REDUCTION = 256;
const continued = (name: string) => ({ module: 'erts_internal', name: `${name}_continue`, arity: 1 });
/** What all BIFs that make binaries of lists trap to. */
const LIST_TRAP = { trap: continued('list_to_bitstring') };
const LIST_TO_BINARY: BifName = { module: 'erlang', name: 'list_to_binary', ...LIST_TRAP };

/** Elements that are looked at before the work is one that may give way: by TypeScript, by a kernel. */
const AT_ONCE = 256;
const CELLS_AT_ONCE = 8192;
const CELLS_PER_REDUCTION = 32;

/** The size in bytes of iodata that is not long; -1: it is long, or none, or nothing for a kernel. */
function sizeAtOnce(data: Term): number {
  const size = iodataKernels().size(data, CELLS_AT_ONCE);
  if (size >= 0) bumpForWork(CELLS_AT_ONCE - load(CELLS_LEFT), CELLS_PER_REDUCTION);
  return size;
}

/**
 * Bits of iodata whose bitstrings are multiples of `unit` long. Raises badarg, and system_limit as soon as there are more than `limit`.
 */
function measured(data: Term, unit: 1 | 8, limit: number): number {
  let size = 0;
  const add = (more: number): void => {
    size += more;
    if (size > limit) throw systemLimit();
  };
  if (!walkIodata(data, { byte: () => add(8), bits: (t) => add(bitSize(t)) }, unit)) throw badarg();
  return size;
}

/** Goes on with a walk that is not done yet; `result` makes the BIF's value when it is. Raises badarg. */
function* walked(walk: IodataWalk, result: () => Term): LongWork {
  yield* walk.inParts();
  return result();
}

/** A BIF that walks through iodata: what is short is done at once. Raises badarg. */
function walking(vm: Machine, bif: BifName, data: Term, begin: () => { walk: IodataWalk; result: () => Term }): Term {
  return inParts(vm, bif, [data], () => {
    const { walk, result } = begin();
    const end = walk.go(AT_ONCE);
    if (end === 'wrong') throw badarg();
    return end === 'done' ? result() : walked(walk, result);
  });
}

/** The binary of iodata whose size is known. */
function filled(data: Term, size: number): Term {
  const { term, data: to } = newBinary(size);
  iodataKernels().fill(data, to);
  return term;
}

/** list_to_binary/1, which takes no binary, under its names. Raises badarg. */
export function listToBinary(vm: Machine, bif: BifName, list: Term): Term {
  if (list !== NIL && !isCons(list)) throw badarg();
  if (isCons(list) && tail(list) === NIL && isBitstring(head(list)) && isBinary(head(list))) return head(list);
  if (vm.current.work === undefined) {
    const size = sizeAtOnce(list);
    if (size >= 0) {
      bumpForWork(size, BYTES_PER_REDUCTION);
      return filled(list, size);
    }
  }
  return walking(vm, bif, list, () => {
    const sink = new ByteSink(() => measured(list, 8, MAX_BINARY_BYTES * 8) / 8);
    const result = (): Term => {
      const content = sink.taken();
      bumpForWork(content.length, BYTES_PER_REDUCTION);
      return makeBinary(content);
    };
    return { walk: new IodataWalk(list, sink), result };
  });
}

function iolistToBinary(vm: Machine, data: Term): Term {
  if (!isBitstring(data)) return listToBinary(vm, { module: 'erlang', name: 'iolist_to_binary', ...LIST_TRAP }, data);
  if (!isBinary(data)) throw badarg();
  return data;
}

function listToBitstring(vm: Machine, list: Term): Term {
  if (list !== NIL && !isCons(list)) throw badarg();
  if (isCons(list) && tail(list) === NIL && isBitstring(head(list))) return head(list);
  return walking(vm, { module: 'erlang', name: 'list_to_bitstring', ...LIST_TRAP }, list, () => {
    const sink = new BitSink(() => Math.ceil(measured(list, 1, MAX_BINARY_BYTES * 8) / 8) + 1);
    return { walk: new IodataWalk(list, sink, 1), result: () => sink.term() };
  });
}

function iolistSize(vm: Machine, data: Term): Term {
  if (vm.current.work === undefined) {
    const size = sizeAtOnce(data);
    if (size >= 0) return makeSmall(size);
  }
  return walking(vm, { module: 'erlang', name: 'iolist_size', trap: continued('iolist_size') }, data, () => {
    let bits = 0;
    const target: IodataTarget = {
      byte: () => {
        bits += 8;
      },
      bits: (t) => {
        bits += bitSize(t);
      },
    };
    return { walk: new IodataWalk(data, target), result: () => makeInteger(bits / 8) };
  });
}

/** Binaries of up to this many bytes are put together, larger ones become elements themselves (IOL2V_COPY_THRESHOLD). */
const SHARED_FROM = 512;

/** A part of an iovec: a binary of the input, or a range of the bytes that are put together. */
type Part = Term | { readonly from: number; to: number };

/** iolist_to_iovec/1: small parts lie behind each other in one off-heap binary. Raises badarg. */
function iolistToIovec(vm: Machine, data: Term): Term {
  if (isCons(data) && tail(data) === NIL && isBitstring(head(data)) && bitSize(head(data)) > 0) {
    binarySize(head(data));
    return data;
  }
  if (isBitstring(data)) return binarySize(data) === 0 ? NIL : cons(data, NIL);
  return walking(vm, { module: 'erlang', name: 'iolist_to_iovec', trap: continued('iolist_to_iovec') }, data, () => {
    const sink = new ByteSink();
    const parts: Part[] = [];
    return { walk: new IodataWalk(data, gathering(sink, parts)), result: () => iovecOf(sink.taken(), parts) };
  });
}

/** Puts small parts into `sink`; notes them and the large ones in order. */
function gathering(sink: ByteSink, parts: Part[]): IodataTarget {
  let open: { readonly from: number; to: number } | undefined;
  const extend = (from: number): void => {
    if (open === undefined) {
      open = { from, to: sink.length };
      parts.push(open);
    }
    open.to = sink.length;
  };
  return {
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
}

function iovecOf(content: Uint8Array, parts: readonly Part[]): Term {
  if (content.length === 0) return listOf(parts as Term[]);
  const owner = offHeapBytes(content);
  return listOf(
    parts.map((part) =>
      typeof part === 'number' ? part : makeSubBits(owner, part.from * 8, (part.to - part.from) * 8),
    ),
  );
}

export const erlangIodataBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'list_to_binary', arity: 1, fn: (vm: Machine, list: Term) => listToBinary(vm, LIST_TO_BINARY, list) },
    { name: 'iolist_to_binary', arity: 1, fn: iolistToBinary },
    { name: 'list_to_bitstring', arity: 1, fn: listToBitstring },
    { name: 'iolist_size', arity: 1, fn: iolistSize },
    { name: 'iolist_to_iovec', arity: 1, fn: iolistToIovec },
  ],
};
