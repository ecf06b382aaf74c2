/**
 * Builds terms from the external term format. What is still to be read is kept as a chain through the very words that it will fill, so
 * nesting of any depth needs no stack.
 */
import { allocate } from '../memory/heap.ts';
import { load, loadTerm, bytes as memoryBytes, plus, store } from '../memory/memory.ts';
import { am } from './atoms.ts';
import { toBigInt } from './bignum.ts';
import { makeBitstring, newBitstring } from './bits.ts';
import { makeFloat, tupleOf } from './build.ts';
import { badarg } from './erlang-error.ts';
import { decodeFloatText, decodeInteger } from './external-decode-numbers.ts';
import type { ExternalReader } from './external-reader.ts';
import * as tags from './external-tags.ts';
import { flatmapOfPairs } from './flatmap.ts';
import { exportTable, funEntry, makeExportFun, newClosure } from './fun-entries.ts';
import {
  type Addr,
  FLATMAP_LIMIT,
  FUN_FREE,
  HEADER_TUPLE,
  HEAP_BINARY_LIMIT,
  makeHeader,
  NIL,
  NON_VALUE,
  RECORD_VALUES,
  type Term,
  TUPLE_ELEMENTS,
} from './layout.ts';
import { mapFromDistinct } from './map-build.ts';
import { makeRecord } from './native-record.ts';
import { makePid, makePort, makeRef, nodes, THIS_NODE } from './nodes.ts';
import { type Parts, whole } from './parts.ts';
import { addressOf, makeBoxed, makeCons, makeSmall } from './term.ts';

const TERMS_IN_A_PART = 1024;
const TERMS_PER_REDUCTION = 16;

/** Whether terms of this tag hold no others, and their place need not be known. */
function isOneWord(tag: number): boolean {
  return (
    tag === tags.SMALL_INTEGER_EXT || tag === tags.INTEGER_EXT || tag === tags.NEW_FLOAT_EXT || tag === tags.BINARY_EXT
  );
}

interface PendingMap {
  readonly target: Addr;
  /** Keys and values in turn. */
  readonly pairs: Addr;
  readonly size: number;
}

/** The map of so many pairs, from `pairs` on; NON_VALUE: a key comes twice. */
function largeMap(pairs: Addr, size: number): Parts<Term> {
  const keys: Term[] = [];
  const values: Term[] = [];
  for (let i = 0; i < size; i++) {
    keys.push(loadTerm(plus(pairs, i * 8)));
    values.push(loadTerm(plus(pairs, i * 8 + 4)));
  }
  return mapFromDistinct(keys, values);
}

/** Builds one term from input that `scanExternal` has accepted. */
export class Decoder {
  readonly #input: ExternalReader;
  readonly #safe: boolean;
  /** The word that is filled next holds the address of the one after it, and so on; 0 ends the chain. */
  #next = 0 as Addr;
  /** In order of appearance: a map inside another one comes later. */
  readonly #maps: PendingMap[] = [];
  /** Inside a term encoded with `local`, where [] stands for this node's name. */
  #local = false;

  constructor(input: ExternalReader, safe: boolean) {
    this.#input = input;
    this.#safe = safe;
  }

  *inParts(): Parts<Term> {
    const root = this.#begin();
    try {
      while (!this.#goOn()) yield TERMS_IN_A_PART / TERMS_PER_REDUCTION;
      yield* this.#finishMaps();
    } finally {
      this.#fillRest();
    }
    return loadTerm(root);
  }

  /** The term that starts at index `at`, at once. */
  termAt(at: number): Term {
    this.#input.at = at;
    this.#local = false;
    this.#maps.length = 0;
    const tag = this.#input.byte();
    if (isOneWord(tag)) return this.#term(tag, 0 as Addr);
    this.#input.at = at;
    const root = this.#begin();
    try {
      while (!this.#goOn());
      if (this.#maps.length > 0) whole(this.#finishMaps());
    } finally {
      this.#fillRest();
    }
    return loadTerm(root);
  }

  /** A word to be filled with the term, and one that makes a list of it. */
  #begin(): Addr {
    const root = allocate(2);
    store(root, NON_VALUE);
    store(plus(root, 4), NIL);
    this.#next = root;
    return root;
  }

  /** Reads the terms of a part; whether there are no more. */
  #goOn(): boolean {
    for (let fuel = TERMS_IN_A_PART; fuel > 0; fuel--) {
      if (this.#next === 0) return true;
      const target = this.#next;
      this.#next = load(target) as Addr;
      const term = this.#term(this.#input.byte(), target);
      if (term !== NON_VALUE) store(target, term);
    }
    return false;
  }

  /** The words of what was begun must be terms even when decoding was given up: debug modes look at every word. */
  #fillRest(): void {
    while (this.#next !== 0) {
      const target = this.#next;
      this.#next = load(target) as Addr;
      store(target, NIL);
    }
  }

  /** The term of this tag; NON_VALUE when `target` has been seen to. */
  #term(tag: number, target: Addr): Term {
    const input = this.#input;
    switch (tag) {
      case tags.SMALL_INTEGER_EXT:
        return makeSmall(input.byte());
      case tags.INTEGER_EXT:
      case tags.SMALL_BIG_EXT:
      case tags.LARGE_BIG_EXT:
        return decodeInteger(input, tag);
      case tags.NEW_FLOAT_EXT:
        return this.#float();
      case tags.FLOAT_EXT:
        return decodeFloatText(input);
      case tags.SMALL_ATOM_UTF8_EXT:
      case tags.ATOM_UTF8_EXT:
      case tags.SMALL_ATOM_EXT:
      case tags.ATOM_EXT:
        return input.atomOf(tag);
      case tags.NIL_EXT:
        return NIL;
      case tags.STRING_EXT:
        return this.#string(input.uint16());
      case tags.LIST_EXT:
        return this.#list(input.uint32(), target);
      case tags.SMALL_TUPLE_EXT:
        return this.#tuple(input.byte());
      case tags.LARGE_TUPLE_EXT:
        return this.#tuple(input.uint32());
      case tags.MAP_EXT:
        return this.#map(input.uint32(), target);
      case tags.BINARY_EXT:
      case tags.BIT_BINARY_EXT:
        return this.#bits(tag);
      case tags.LOCAL_EXT:
        // The hash has been checked; the term itself takes this one's place.
        this.#local = true;
        input.at += 4;
        return this.#again(target);
      default:
        return this.#rare(tag);
    }
  }

  /** Has `target` filled by the term that comes next. */
  #again(target: Addr): Term {
    store(target, this.#next);
    this.#next = target;
    return NON_VALUE;
  }

  #rare(tag: number): Term {
    switch (tag) {
      case tags.PID_EXT:
      case tags.NEW_PID_EXT:
        return this.#pid(tag);
      case tags.PORT_EXT:
      case tags.NEW_PORT_EXT:
      case tags.V4_PORT_EXT:
        return this.#port(tag);
      case tags.REFERENCE_EXT:
      case tags.NEW_REFERENCE_EXT:
      case tags.NEWER_REFERENCE_EXT:
        return this.#ref(tag);
      case tags.EXPORT_EXT:
        return this.#export();
      case tags.NEW_FUN_EXT:
        return this.#fun();
      case tags.RECORD_EXT:
        return this.#record();
      default:
        throw badarg();
    }
  }

  #float(): Term {
    const value = this.#input.double();
    if (!Number.isFinite(value)) throw badarg();
    return makeFloat(value);
  }

  #string(length: number): Term {
    if (length === 0) return NIL;
    const input = this.#input;
    const a = allocate(length * 2);
    for (let i = 0; i < length; i++) {
      const cell = plus(a, i * 8);
      store(cell, makeSmall(input.byte()));
      store(plus(cell, 4), makeCons(plus(cell, 8)));
    }
    store(plus(a, length * 8 - 4), NIL);
    return makeCons(a);
  }

  #list(length: number, target: Addr): Term {
    if (length === 0) {
      // Only a tail: it takes the place of the list itself.
      return this.#again(target);
    }
    const a = allocate(length * 2);
    const last = plus(a, (length - 1) * 8);
    store(plus(last, 4), this.#next);
    store(last, plus(last, 4));
    for (let i = 0; i < length - 1; i++) {
      const cell = plus(a, i * 8);
      store(cell, cell + 8);
      store(plus(cell, 4), makeCons(plus(cell, 8)));
    }
    this.#next = a;
    return makeCons(a);
  }

  /** Puts `count` words from `a` on before everything else that is to be read. */
  #chain(a: Addr, count: number): void {
    if (count === 0) return;
    for (let i = 0; i < count - 1; i++) store(plus(a, i * 4), a + i * 4 + 4);
    store(plus(a, (count - 1) * 4), this.#next);
    this.#next = a;
  }

  #tuple(arity: number): Term {
    const a = allocate(1 + arity);
    store(a, makeHeader(HEADER_TUPLE, arity));
    this.#chain(plus(a, TUPLE_ELEMENTS), arity);
    return makeBoxed(a);
  }

  /** Keys and values are gathered in a tuple, which is garbage once the map is made. */
  #map(size: number, target: Addr): Term {
    const a = allocate(1 + size * 2);
    store(a, makeHeader(HEADER_TUPLE, size * 2));
    this.#maps.push({ target, pairs: plus(a, TUPLE_ELEMENTS), size });
    this.#chain(plus(a, TUPLE_ELEMENTS), size * 2);
    return NIL;
  }

  /** Makes the maps; inner ones first. */
  *#finishMaps(): Parts<void> {
    let count = 0;
    for (let pending = this.#maps.pop(); pending !== undefined; pending = this.#maps.pop()) {
      const { target, pairs, size } = pending;
      count += size;
      if (count > TERMS_IN_A_PART) {
        yield count / TERMS_PER_REDUCTION;
        count = 0;
      }
      const map = size <= FLATMAP_LIMIT ? flatmapOfPairs(pairs, size) : yield* largeMap(pairs, size);
      if (map === NON_VALUE) throw badarg();
      store(target, map);
    }
  }

  #bits(tag: number): Term {
    const input = this.#input;
    const size = input.uint32();
    let bitCount = size * 8;
    if (tag === tags.BIT_BINARY_EXT) {
      const used = input.byte();
      if (used < 1 || used > 8 || size === 0) throw badarg();
      bitCount -= 8 - used;
    }
    const from = input.at;
    input.at += size;
    if (bitCount > HEAP_BINARY_LIMIT * 8) return makeBitstring(input.bytes.subarray(from, from + size), bitCount);
    const { term, data } = newBitstring(bitCount);
    const to = data >>> 0;
    for (let i = 0; i < size; i++) memoryBytes[to + i] = input.bytes[from + i] as number;
    return term;
  }

  /** A node name; undefined: this node's, as `local` writes it. */
  #nodeName(): Term | undefined {
    const tag = this.#input.byte();
    if (tag === tags.NIL_EXT && this.#local) return undefined;
    return this.#input.atomOf(tag);
  }

  #nodeNumber(name: Term | undefined, creation: number): number {
    return name === undefined ? THIS_NODE : nodes.current.numberOf(name, creation);
  }

  #tinyCreation(): number {
    const creation = this.#input.byte();
    if (creation > tags.MAX_TINY_CREATION) throw badarg();
    return creation;
  }

  #pid(tag: number): Term {
    const input = this.#input;
    const name = this.#nodeName();
    const number = input.uint32();
    const serial = input.uint32();
    const node = this.#nodeNumber(name, tag === tags.PID_EXT ? this.#tinyCreation() : input.uint32());
    if (node === THIS_NODE && number >= tags.MAX_PID_NUMBER) throw badarg();
    return makePid(node, number, serial);
  }

  #port(tag: number): Term {
    const input = this.#input;
    const name = this.#nodeName();
    const high = tag === tags.V4_PORT_EXT ? input.uint32() : 0;
    const low = input.uint32();
    const node = this.#nodeNumber(name, tag === tags.PORT_EXT ? this.#tinyCreation() : input.uint32());
    if (node === THIS_NODE && high >= tags.MAX_PORT_HIGH) throw badarg();
    return makePort(node, high, low);
  }

  #ref(tag: number): Term {
    const input = this.#input;
    const count = tag === tags.REFERENCE_EXT ? 1 : input.uint16();
    const name = this.#nodeName();
    const numbers: number[] = [];
    let creation = 0;
    if (tag === tags.REFERENCE_EXT) {
      numbers.push(input.uint32());
      creation = this.#tinyCreation();
    } else {
      creation = tag === tags.NEW_REFERENCE_EXT ? this.#tinyCreation() : input.uint32();
      for (let i = 0; i < count; i++) numbers.push(input.uint32());
    }
    const node = this.#nodeNumber(name, creation);
    const limited = tag !== tags.NEWER_REFERENCE_EXT || node === THIS_NODE;
    if (limited && (numbers[0] as number) >= tags.MAX_REFERENCE) throw badarg();
    return makeRef(node, node === THIS_NODE ? numbers.slice(0, 3) : numbers);
  }

  /** An integer of up to 60 bits (a small of 64-bit OTP), cut to its low 32. */
  #number(): number {
    const tag = this.#input.byte();
    if (tag === tags.SMALL_INTEGER_EXT) return this.#input.byte();
    if (tag === tags.INTEGER_EXT) return this.#input.int32();
    if (tag !== tags.SMALL_BIG_EXT && tag !== tags.LARGE_BIG_EXT) throw badarg();
    const value = toBigInt(decodeInteger(this.#input, tag));
    if (value !== BigInt.asIntN(60, value)) throw badarg();
    return Number(BigInt.asIntN(32, value));
  }

  #atom(): Term {
    return this.#input.atomOf(this.#input.byte());
  }

  #export(): Term {
    const module = this.#atom();
    const functionName = this.#atom();
    const arity = this.#number();
    // OTP takes larger ones too, which no function can have.
    if (arity < 0 || arity > tags.MAX_ARGUMENTS) throw badarg();
    const name = { module, functionName, arity };
    if (this.#safe && !exportTable.current.isActive(name)) throw badarg();
    return makeExportFun(name);
  }

  #record(): Term {
    const count = this.#input.uint32();
    const exported = this.#input.byte();
    if (exported > 1) throw badarg();
    const names = Array.from({ length: 2 + count }, () => this.#atom());
    const [module, name, ...fields] = names as [Term, Term, ...Term[]];
    if (new Set(fields).size !== count) throw badarg();
    const definition = tupleOf([module, name, exported === 1 ? am.true : am.false, ...fields]);
    const record = makeRecord(definition, fields);
    this.#chain(plus(addressOf(record), RECORD_VALUES), count);
    return record;
  }

  #fun(): Term {
    const input = this.#input;
    input.at += 4; // The size of it all, which OTP 23 and later do not trust either.
    const arity = input.byte();
    const uniq = input.bytes.slice(input.at, input.at + 16);
    input.at += 16;
    const index = input.uint32();
    const free = input.uint32();
    const module = this.#atom();
    const oldIndex = this.#number();
    const oldUniq = this.#number();
    const creator = input.byte();
    if (creator !== tags.PID_EXT && creator !== tags.NEW_PID_EXT) throw badarg();
    this.#pid(creator);
    const a = newClosure(funEntry({ module, index, arity, uniq, oldIndex, oldUniq }), free);
    this.#chain(plus(a, FUN_FREE), free);
    return makeBoxed(a);
  }
}
