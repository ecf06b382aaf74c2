/** atomics and counters: arrays of 64-bit integers that processes share (erl_bif_atomics.c, erl_bif_counters.c). */
import type { MagicHandle } from '../memory/off-heap.ts';
import type { Machine } from '../process/machine.ts';
import { am } from '../term/atoms.ts';
import { makeBigInt, makeInteger, toBigInt } from '../term/bignum.ts';
import { badarg, systemLimit } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { isBig, isInteger, isSmall, smallValue } from '../term/term.ts';
import { newResource, resourceOf } from './nif-arguments.ts';
import type { BifTable } from './registry.ts';

const BITS = 64;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const WORD_LIMIT = 2 ** 32;
/** Arrays of this length and more would not fit into 32-bit memory (system_limit). */
const LENGTH_LIMIT = 2 ** 29;
const ELEMENT_BYTES = 8;
/** Bytes of the object around the elements. */
const FIXED_BYTES = 40;
const CACHE_LINE_BYTES = 64;

abstract class SharedArray implements MagicHandle {
  readonly isSigned: boolean;
  readonly elements: BigInt64Array;

  constructor(length: number, isSigned: boolean) {
    this.isSigned = isSigned;
    this.elements = new BigInt64Array(length);
  }

  onDrop(): void {}
}

class AtomicsArray extends SharedArray {}
class CountersArray extends SharedArray {}

/** A length or option word; raises badarg for what is no integer, system_limit for one that no word can hold. */
function wordArgument(t: Term): number {
  if (isBig(t)) throw toBigInt(t) < 0n ? badarg() : systemLimit();
  if (!isSmall(t) || smallValue(t) < 0) throw badarg();
  return smallValue(t);
}

function lengthArgument(t: Term): number {
  const length =
    isInteger(t) && toBigInt(t) > 0n && toBigInt(t) < BigInt(WORD_LIMIT) ? Number(toBigInt(t)) : wordArgument(t);
  if (length === 0) throw badarg();
  if (length >= LENGTH_LIMIT) throw systemLimit();
  return length;
}

function atomicsArgument(t: Term): AtomicsArray {
  const array = resourceOf(t, AtomicsArray);
  if (array === undefined) throw badarg();
  return array;
}

function countersArgument(t: Term): CountersArray {
  const array = resourceOf(t, CountersArray);
  if (array === undefined) throw badarg();
  return array;
}

/** Place of an element, from 0, by its number, from 1. */
function placeArgument({ elements }: SharedArray, t: Term): number {
  if (!isSmall(t)) throw badarg();
  const place = smallValue(t) - 1;
  if (place < 0 || place >= elements.length) throw badarg();
  return place;
}

function integerArgument(t: Term, min: bigint, max: bigint): bigint {
  if (!isInteger(t)) throw badarg();
  const value = toBigInt(t);
  if (value < min || value > max) throw badarg();
  return value;
}

function valueArgument({ isSigned }: SharedArray, t: Term): bigint {
  return isSigned ? integerArgument(t, MIN_INT64, MAX_INT64) : integerArgument(t, 0n, MAX_UINT64);
}

/** What is added may be of either kind: it wraps around. */
function incrementArgument(t: Term): bigint {
  return integerArgument(t, MIN_INT64, MAX_UINT64);
}

function elementTerm({ isSigned }: SharedArray, value: bigint): Term {
  return makeBigInt(isSigned ? value : BigInt.asUintN(BITS, value));
}

/** Adds to an element; returns the sum, wrapped around. */
function addTo({ elements }: SharedArray, place: number, increment: bigint): bigint {
  elements[place] = BigInt.asIntN(BITS, (elements[place] as bigint) + increment);
  return elements[place] as bigint;
}

function atomicsNew(vm: Machine, length: Term, options: Term): Term {
  const count = lengthArgument(length);
  return newResource(vm, new AtomicsArray(count, wordArgument(options) % 2 === 1));
}

function atomicsPut(_vm: Machine, ref: Term, index: Term, value: Term): Term {
  const array = atomicsArgument(ref);
  array.elements[placeArgument(array, index)] = valueArgument(array, value);
  return am.ok;
}

function atomicsGet(_vm: Machine, ref: Term, index: Term): Term {
  const array = atomicsArgument(ref);
  return elementTerm(array, array.elements[placeArgument(array, index)] as bigint);
}

function atomicsAdd(_vm: Machine, ref: Term, index: Term, increment: Term): Term {
  const array = atomicsArgument(ref);
  addTo(array, placeArgument(array, index), incrementArgument(increment));
  return am.ok;
}

function atomicsAddGet(_vm: Machine, ref: Term, index: Term, increment: Term): Term {
  const array = atomicsArgument(ref);
  return elementTerm(array, addTo(array, placeArgument(array, index), incrementArgument(increment)));
}

function atomicsExchange(_vm: Machine, ref: Term, index: Term, value: Term): Term {
  const array = atomicsArgument(ref);
  const place = placeArgument(array, index);
  const before = array.elements[place] as bigint;
  array.elements[place] = valueArgument(array, value);
  return elementTerm(array, before);
}

/** ok, or the value that was there instead of the expected one. */
function atomicsCompareExchange(_vm: Machine, ref: Term, index: Term, expected: Term, desired: Term): Term {
  const array = atomicsArgument(ref);
  const place = placeArgument(array, index);
  const [wanted, next] = [valueArgument(array, expected), valueArgument(array, desired)];
  const before = array.elements[place] as bigint;
  if (before !== BigInt.asIntN(BITS, wanted)) return elementTerm(array, before);
  array.elements[place] = next;
  return am.ok;
}

function atomicsInfo(_vm: Machine, ref: Term): Term {
  const { isSigned, elements } = atomicsArgument(ref);
  const max = makeBigInt(isSigned ? MAX_INT64 : MAX_UINT64);
  const min = makeBigInt(isSigned ? MIN_INT64 : 0n);
  const memory = makeInteger(FIXED_BYTES + elements.length * ELEMENT_BYTES);
  return mapFromArrays([am.max, am.min, am.size, am.memory], [max, min, makeInteger(elements.length), memory]);
}

function countersNew(vm: Machine, length: Term): Term {
  return newResource(vm, new CountersArray(lengthArgument(length), true));
}

function countersGet(_vm: Machine, ref: Term, index: Term): Term {
  const array = countersArgument(ref);
  return elementTerm(array, array.elements[placeArgument(array, index)] as bigint);
}

function countersAdd(_vm: Machine, ref: Term, index: Term, increment: Term): Term {
  const array = countersArgument(ref);
  addTo(array, placeArgument(array, index), incrementArgument(increment));
  return am.ok;
}

function countersPut(_vm: Machine, ref: Term, index: Term, value: Term): Term {
  const array = countersArgument(ref);
  array.elements[placeArgument(array, index)] = valueArgument(array, value);
  return am.ok;
}

/** Memory as OTP counts it with one scheduler: for each cache line of counters one for its sums and one for the base values. */
function countersInfo(_vm: Machine, ref: Term): Term {
  const { length } = countersArgument(ref).elements;
  const lines = 2 * Math.ceil((length * ELEMENT_BYTES) / CACHE_LINE_BYTES);
  const memory = makeInteger(FIXED_BYTES - ELEMENT_BYTES + lines * CACHE_LINE_BYTES);
  return mapFromArrays([am.memory, am.size], [memory, makeInteger(length)]);
}

export const atomicsBifs: BifTable = {
  module: 'atomics',
  rows: [
    { name: 'put', arity: 3, fn: atomicsPut },
    { name: 'get', arity: 2, fn: atomicsGet },
    { name: 'add', arity: 3, fn: atomicsAdd },
    { name: 'add_get', arity: 3, fn: atomicsAddGet },
    { name: 'exchange', arity: 3, fn: atomicsExchange },
    { name: 'compare_exchange', arity: 4, fn: atomicsCompareExchange },
    { name: 'info', arity: 1, fn: atomicsInfo },
  ],
};

export const ertsInternalAtomicsBifs: BifTable = {
  module: 'erts_internal',
  rows: [
    { name: 'atomics_new', arity: 2, fn: atomicsNew },
    { name: 'counters_new', arity: 1, fn: countersNew },
    { name: 'counters_get', arity: 2, fn: countersGet },
    { name: 'counters_add', arity: 3, fn: countersAdd },
    { name: 'counters_put', arity: 3, fn: countersPut },
    { name: 'counters_info', arity: 1, fn: countersInfo },
  ],
};
