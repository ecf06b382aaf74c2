/** binary_to_list and bitstring_to_list (binary.c), in parts where they are long. */
import { allocate } from '../../memory/heap.ts';
import { plus, store } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { inParts } from '../../runtime/trap.ts';
import { binaryBytes, bitSize, byteAt, subBits } from '../../term/bits.ts';
import { cons } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { isBitstring, makeCons, makeSmall } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { natural } from './arguments.ts';
import { binarySize } from './binaries.ts';

/** Bytes of a list for a reduction (ERTS_B2L_BYTES_PER_REDUCTION). */
const LISTED_PER_REDUCTION = 256;
/** Bytes that are listed in one go. */
const LISTED_IN_A_PART = 2 ** 14;

const CONTINUED = { module: 'erts_internal', name: 'binary_to_list_continue', arity: 1 };

/** The list of `count` bytes from byte `from` on, in front of `last`. */
function byteList(t: Term, from: number, count: number, last: Term): Term {
  let list = last;
  if (bitSize(t) % 8 === 0) {
    if (count === 0) return last;
    const a = allocate(2 * count);
    const content = binaryBytes(t);
    for (let i = 0; i < count; i++) {
      const cell = plus(a, 8 * i);
      store(cell, makeSmall(content[from + i] as number));
      store(plus(cell, 4), makeCons(plus(cell, 8)));
    }
    store(plus(a, 8 * count - 4), last);
    return makeCons(a);
  }
  for (let i = from + count - 1; i >= from; i--) list = cons(makeSmall(byteAt(t, i)), list);
  return list;
}

function* byteListInParts(t: Term, from: number, count: number, last: Term): LongWork {
  let list = last;
  for (let left = count; left > 0; ) {
    const part = Math.min(left, LISTED_IN_A_PART);
    left -= part;
    list = byteList(t, from + left, part, list);
    yield part / LISTED_PER_REDUCTION;
  }
  return list;
}

/** The list for the BIF `name`: at once, or in parts; `last` makes what stands behind the bytes. */
function listed(vm: Machine, name: string, args: readonly Term[], from: number, count: number, last: () => Term): Term {
  if (count <= LISTED_IN_A_PART) {
    bumpForWork(count, LISTED_PER_REDUCTION);
    return byteList(args[0] as Term, from, count, last());
  }
  return inParts(vm, { module: 'erlang', name, trap: CONTINUED }, args, () =>
    byteListInParts(args[0] as Term, from, count, last()),
  );
}

function binaryToList(vm: Machine, t: Term): Term {
  return listed(vm, 'binary_to_list', [t], 0, binarySize(t), () => NIL);
}

/** binary_to_list(Binary, From, To), counted from 1. Raises badarg. */
function binaryPartToList(vm: Machine, t: Term, from: Term, to: Term): Term {
  const first = natural(from);
  const last = natural(to);
  const size = binarySize(t);
  if (first === undefined || last === undefined || first < 1 || last > size || last < first) throw badarg();
  return listed(vm, 'binary_to_list', [t, from, to], first - 1, last - first + 1, () => NIL);
}

function bitstringToList(vm: Machine, t: Term): Term {
  if (!isBitstring(t)) throw badarg();
  const size = bitSize(t);
  const trailing = size % 8;
  const last = (): Term => (trailing === 0 ? NIL : cons(subBits(t, size - trailing, trailing), NIL));
  return listed(vm, 'bitstring_to_list', [t], 0, (size - trailing) / 8, last);
}

export const erlangByteListBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'binary_to_list', arity: 1, fn: binaryToList },
    { name: 'binary_to_list', arity: 3, fn: binaryPartToList },
    { name: 'bitstring_to_list', arity: 1, fn: bitstringToList },
  ],
};
