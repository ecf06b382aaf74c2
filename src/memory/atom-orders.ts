/**
 * How the texts of atoms begin, in linear memory, where WebAssembly compares atoms by it (as OTP does by `ord0`, atom.c): a word for each atom,
 * by index, of the first four bytes in UTF-8, the highest bit turned over, so that signed words are in the order of the texts.
 */
import { atomCount, atomName } from '../term/atoms.ts';
import type { Addr } from '../term/layout.ts';
import { makeAtom } from '../term/term.ts';
import { encodeUtf8 } from '../term/utf8.ts';
import { allocateBlock, blockBytes, reallocate } from './allocator.ts';
import { ATOM_ORDER_COUNT, ATOM_ORDERS } from './map.ts';
import { load, loadUnsigned, plus, store } from './memory.ts';

/** Bytes that count, and UTF-16 units that have them in any case: a pair may begin at the fourth. */
const BYTES = 4;
const UNITS = 5;
const SIGN = 0x80000000;
const FIRST_ATOMS = 8192;

function table(): Addr {
  return loadUnsigned(ATOM_ORDERS) as Addr;
}

/** Puts into the table what it does not have yet. It has a place for all atoms there are. */
export function extendAtomOrders(): void {
  const known = load(ATOM_ORDER_COUNT);
  const count = atomCount();
  if (count === known) return;
  if (known === 0) store(ATOM_ORDERS, allocateBlock(4 * Math.max(FIRST_ATOMS, count)));
  else if (blockBytes(table()) < 4 * count) store(ATOM_ORDERS, reallocate(table(), 8 * count));
  for (let i = known; i < count; i++) store(plus(table(), 4 * i), orderOf(atomName(makeAtom(i))));
  store(ATOM_ORDER_COUNT, count);
}

function orderOf(name: string): number {
  let ascii = 0;
  for (let i = 0; i < BYTES; i++) {
    const unit = i < name.length ? name.charCodeAt(i) : 0;
    if (unit >= 128) return orderOfAny(name);
    ascii = (ascii << 8) | unit;
  }
  return ascii ^ SIGN;
}

function orderOfAny(name: string): number {
  const bytes = encodeUtf8(name.slice(0, UNITS));
  let order = 0;
  for (let i = 0; i < BYTES; i++) order = (order << 8) | (bytes[i] ?? 0);
  return order ^ SIGN;
}
