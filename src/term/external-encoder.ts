/**
 * The encoder of the external term format, which writes what OTP 26 and later write. Nesting of any depth: what is still to be written
 * is on an explicit stack.
 */
import { DEEPEST_ENCODED, ELEMENTS, ENCODED, externalKernels, REST } from '../memory/external-kernels.ts';
import { load, loadTerm, bytes as memoryBytes, plus } from '../memory/memory.ts';
import { bitBase, bitOffset, bitSize, copyBitsInto, isOffHeap, subBits } from './bits.ts';
import { compareExact } from './compare.ts';
import type { EncodeOptions } from './external-encode.ts';
import * as tags from './external-tags.ts';
import {
  byteListLength,
  type ExternalWriter,
  lastByte,
  writeAtom,
  writeFloat,
  writeInteger,
  writeRecordHead,
} from './external-writer.ts';
import { exportNameOf, freeCount, funEntryOf } from './fun-entries.ts';
import { collectLeaves } from './hash-nodes.ts';
import {
  type Addr,
  EXTERNAL_KIND,
  EXTERNAL_PID,
  EXTERNAL_PORT,
  FLATMAP_KEYS,
  FLATMAP_VALUES,
  FUN_ARITY,
  FUN_FREE,
  HEADER_EXPORT,
  HEADER_EXTERNAL,
  HEADER_FLATMAP,
  HEADER_FLOAT,
  HEADER_FUN,
  HEADER_HASHMAP,
  HEADER_HEAP_BITS,
  HEADER_NEG_BIG,
  HEADER_POS_BIG,
  HEADER_RECORD,
  HEADER_REF,
  HEADER_SUB_BITS,
  HEADER_TUPLE,
  HEAP_BINARY_LIMIT,
  NIL,
  RECORD_VALUES,
  type Term,
  TUPLE_ELEMENTS,
} from './layout.ts';
import {
  type NodeIdentity,
  nodeNumber,
  nodeOf,
  nodes,
  pidNumber,
  pidSerial,
  portHigh,
  portLow,
  refWord,
  refWords,
  THIS_NODE,
} from './nodes.ts';
import type { Parts } from './parts.ts';
import {
  addressOf,
  field,
  fieldTerm,
  head,
  headerSize,
  headerType,
  isAtom,
  isCons,
  isLocalPid,
  isLocalPort,
  isSmall,
  makeLocalPid,
  smallValue,
  tail,
  tupleArity,
} from './term.ts';

/*
 * Entries of the stack, each with its operands below it:
 *   OP_TERM   the term
 *   OP_ARRAY  address of the next term, how many there are
 *   OP_LIST   the rest of the list, how many elements were written, where their number goes
 *   OP_FUN    where the size of the fun goes
 *   OP_PAIRS  addresses of the next key and the next value, how many there are
 */
const OP_TERM = 0;
const OP_ARRAY = 1;
const OP_LIST = 2;
const OP_FUN = 3;
const OP_PAIRS = 4;

const TERMS_IN_A_PART = 1024;
/** About as many as OTP counts (TERM_TO_BINARY_LOOP_FACTOR in external.c). */
const TERMS_PER_REDUCTION = 16;
/** What the kernels write, in terms; and what a term that is written without them allows them to try. */
const BYTES_OF_A_TERM_SHIFT = 3;
const CREDIT_OF_A_TERM = 8;
const FIRST_CREDIT = 8192;
/** Of binaries that the kernels copy. */
export const LARGEST_BINARY = 1024;

/** What is written before the numbers of a closure. */
const INIT_PROCESS = makeLocalPid(0);

/** Writes one term: see `inParts`. */
export class Encoder {
  readonly #out: ExternalWriter;
  readonly #latin1: boolean;
  readonly #floatText: boolean;
  readonly #deterministic: boolean;
  readonly #local: boolean;
  readonly #share: boolean;
  readonly #stack: number[] = [];
  /** Terms that may still be written before the work gives way. */
  #fuel = 0;
  /** What the kernels may still try in vain, in bytes: what they have begun and given up is written again here. */
  #credit: number;
  /** By each term that is written without them; 0: they do not know the options. */
  readonly #earned: number;
  readonly #largest: number;
  /** Element that a kernel did not write. */
  #refused: Term = NIL;

  constructor(out: ExternalWriter, options: EncodeOptions, share: boolean) {
    this.#out = out;
    this.#latin1 = (options.minorVersion ?? 2) < 2;
    this.#floatText = options.minorVersion === 0;
    this.#deterministic = options.deterministic === true;
    this.#local = options.local === true;
    this.#share = share;
    this.#earned = this.#latin1 || this.#floatText || this.#deterministic ? 0 : CREDIT_OF_A_TERM;
    this.#credit = this.#earned === 0 ? 0 : FIRST_CREDIT;
    this.#largest = share ? HEAP_BINARY_LIMIT : LARGEST_BINARY;
  }

  *inParts(t: Term): Parts<void> {
    if (!this.#local) {
      yield* this.#all(t);
      return;
    }
    this.#out.byte(tags.LOCAL_EXT);
    const hashAt = this.#out.position;
    this.#out.uint32(0);
    yield* this.#all(t);
    const hash = tags.localHash(this.#out.written(), hashAt + 4, this.#out.position, nodes.current.localSalt);
    this.#out.putUint32(hashAt, hash);
  }

  #pop(): number {
    return this.#stack.pop() as number;
  }

  *#all(t: Term): Parts<void> {
    this.#fuel = TERMS_IN_A_PART;
    this.#begin(t);
    while (!this.#goOn()) {
      yield TERMS_IN_A_PART / TERMS_PER_REDUCTION;
      this.#fuel = TERMS_IN_A_PART;
    }
  }

  /** Writes what is on the stack; false when the fuel has run out. */
  #goOn(): boolean {
    while (this.#stack.length > 0) {
      if (this.#fuel-- <= 0) return false;
      switch (this.#pop()) {
        case OP_TERM:
          this.#begin(this.#pop() as Term);
          break;
        case OP_ARRAY:
          this.#array(this.#pop(), this.#pop() as Addr);
          break;
        case OP_LIST:
          this.#restOfList(this.#pop() as Term, this.#pop(), this.#pop());
          break;
        case OP_PAIRS:
          this.#pairs(this.#pop(), this.#pop() as Addr, this.#pop() as Addr);
          break;
        default: {
          const sizeAt = this.#pop();
          this.#out.putUint32(sizeAt, this.#out.distanceFrom(sizeAt));
        }
      }
    }
    return true;
  }

  #array(count: number, from: Addr): void {
    let a = from;
    for (let left = count; left > 0; left--) {
      const t = loadTerm(a);
      a = plus(a, 4);
      if (!this.#whole(t)) {
        if (left > 1) this.#stack.push(a, left - 1, OP_ARRAY);
        this.#stack.push(t, OP_TERM);
        return;
      }
      if (this.#fuel-- <= 0 && left > 1) {
        this.#stack.push(a, left - 1, OP_ARRAY);
        return;
      }
    }
  }

  /** Whether writing `t` may push something: never done while something else is being written, so that calls do not nest. */
  #isNested(t: Term): boolean {
    return !isSmall(t) && (t & 3) !== 0;
  }

  /** Writes a term unless it may push something. */
  #whole(t: Term): boolean {
    if (this.#isNested(t)) return this.#atOnce(t);
    this.#term(t);
    return true;
  }

  /** Writes a nested term if a kernel can. */
  #atOnce(t: Term): boolean {
    if (this.#credit <= 0 || t === this.#refused) return false;
    return this.#take(externalKernels().encode(t, ENCODED, DEEPEST_ENCODED, this.#largest));
  }

  /** Writes elements of a list, as many as a kernel can; tells how many. */
  #elements(list: Term): number {
    if (this.#credit <= 0) return 0;
    return this.#take(externalKernels().encodeElements(list, DEEPEST_ENCODED, this.#largest)) ? load(ELEMENTS) : 0;
  }

  /** Takes over what a kernel has written, or pays for what it has tried in vain. */
  #take(end: number): boolean {
    if (end <= 0) {
      this.#credit -= 0 - end - ENCODED + CREDIT_OF_A_TERM;
      return false;
    }
    const size = end - ENCODED;
    this.#out.copyFrom(memoryBytes, ENCODED, size);
    this.#fuel -= (size >>> BYTES_OF_A_TERM_SHIFT) + 1;
    return true;
  }

  /** Writes a term or what of it comes first. */
  #begin(t: Term): void {
    if (!this.#isNested(t) || !this.#atOnce(t)) this.#term(t);
  }

  #term(t: Term): void {
    this.#credit += this.#earned;
    if (isSmall(t)) {
      writeInteger(this.#out, t);
    } else if (isCons(t)) {
      this.#list(t);
    } else if ((t & 3) === 0) {
      this.#immediate(t);
    } else {
      this.#boxed(t);
    }
  }

  #immediate(t: Term): void {
    if (t === NIL) this.#out.byte(tags.NIL_EXT);
    else if (isAtom(t)) writeAtom(this.#out, t, this.#latin1);
    else if (isLocalPid(t)) this.#pid(t);
    else if (isLocalPort(t)) this.#port(t);
    else throw new Error(`not a term: ${(t >>> 0).toString(16)}`);
  }

  #boxed(t: Term): void {
    switch (headerType(t)) {
      case HEADER_TUPLE:
        this.#tuple(t);
        break;
      case HEADER_POS_BIG:
      case HEADER_NEG_BIG:
        writeInteger(this.#out, t);
        break;
      case HEADER_FLOAT:
        writeFloat(this.#out, t, this.#floatText);
        break;
      case HEADER_HEAP_BITS:
      case HEADER_SUB_BITS:
        this.#bits(t);
        break;
      case HEADER_RECORD:
        this.#record(t);
        break;
      case HEADER_FLATMAP:
        this.#flatmap(t);
        break;
      case HEADER_HASHMAP:
        this.#hashmap(t);
        break;
      case HEADER_FUN:
        this.#closure(t);
        break;
      case HEADER_EXPORT:
        this.#export(t);
        break;
      case HEADER_REF:
        this.#ref(t);
        break;
      case HEADER_EXTERNAL:
        this.#external(t);
        break;
      default:
        throw new Error(`not a term: header ${headerType(t).toString(16)}`);
    }
  }

  #tuple(t: Term): void {
    const arity = tupleArity(t);
    if (arity <= 255) {
      this.#out.byte(tags.SMALL_TUPLE_EXT);
      this.#out.byte(arity);
    } else {
      this.#out.sized(tags.LARGE_TUPLE_EXT, arity);
    }
    this.#array(arity, plus(addressOf(t), TUPLE_ELEMENTS));
  }

  #record(t: Term): void {
    this.#array(writeRecordHead(this.#out, t, this.#latin1), plus(addressOf(t), RECORD_VALUES));
  }

  #list(list: Term): void {
    const length = byteListLength(list);
    if (length < 0) {
      this.#out.byte(tags.LIST_EXT);
      const countAt = this.#out.position;
      this.#out.uint32(0);
      this.#restOfList(list, 0, countAt);
      return;
    }
    this.#out.byte(tags.STRING_EXT);
    this.#out.uint16(length);
    for (let rest = list; isCons(rest); rest = tail(rest)) this.#out.byte(smallValue(head(rest)));
  }

  #restOfList(list: Term, written: number, countAt: number): void {
    let count = written;
    let rest = list;
    while (isCons(rest)) {
      const many = this.#elements(rest);
      if (many > 0) {
        count += many;
        rest = loadTerm(REST);
        if (this.#fuel > 0) continue;
        this.#stack.push(countAt, count, rest, OP_LIST);
        return;
      }
      const element = head(rest);
      this.#refused = element;
      rest = tail(rest);
      count++;
      if (this.#isNested(element)) {
        this.#stack.push(countAt, count, rest, OP_LIST, element, OP_TERM);
        return;
      }
      this.#term(element);
      if (this.#fuel-- <= 0) {
        this.#stack.push(countAt, count, rest, OP_LIST);
        return;
      }
    }
    this.#out.putUint32(countAt, count);
    if (!this.#whole(rest)) this.#stack.push(rest, OP_TERM);
  }

  #flatmap(map: Term): void {
    const keys = plus(addressOf(fieldTerm(map, FLATMAP_KEYS)), TUPLE_ELEMENTS);
    const values = plus(addressOf(map), FLATMAP_VALUES);
    const size = headerSize(map) - 1;
    this.#out.sized(tags.MAP_EXT, size);
    if (this.#deterministic) {
      const pairs: [Term, Term][] = [];
      for (let i = 0; i < size; i++) pairs.push([loadTerm(plus(keys, i * 4)), loadTerm(plus(values, i * 4))]);
      this.#sorted(pairs);
      return;
    }
    this.#pairs(size, values, keys);
  }

  /** Keys and their values; what is nested goes to the stack, and the pairs behind it. */
  #pairs(count: number, firstValue: Addr, firstKey: Addr): void {
    for (let i = 0; i < count; i++) {
      const [key, value] = [loadTerm(plus(firstKey, i * 4)), loadTerm(plus(firstValue, i * 4))];
      const hasKey = this.#whole(key);
      const hasBoth = hasKey && this.#whole(value);
      if (hasBoth && this.#fuel-- > 0) continue;
      const left = count - i - 1;
      if (left > 0) this.#stack.push(plus(firstKey, i * 4 + 4), plus(firstValue, i * 4 + 4), left, OP_PAIRS);
      if (!hasBoth) this.#stack.push(value, OP_TERM);
      if (!hasKey) this.#stack.push(key, OP_TERM);
      return;
    }
  }

  #hashmap(map: Term): void {
    const leaves = collectLeaves(map, []);
    this.#out.sized(tags.MAP_EXT, leaves.length);
    if (this.#deterministic) this.#sorted(leaves.map((leaf) => [head(leaf), tail(leaf)]));
    else for (const leaf of leaves) this.#stack.push(tail(leaf), OP_TERM, head(leaf), OP_TERM);
  }

  #sorted(pairs: [Term, Term][]): void {
    pairs.sort((a, b) => compareExact(b[0], a[0]));
    for (const [key, value] of pairs) this.#stack.push(value, OP_TERM, key, OP_TERM);
  }

  #bits(t: Term): void {
    const size = bitSize(t);
    const count = Math.ceil(size / 8);
    const trailing = size % 8;
    this.#out.sized(trailing === 0 ? tags.BINARY_EXT : tags.BIT_BINARY_EXT, count);
    if (trailing !== 0) this.#out.byte(trailing);
    if (this.#share && size > HEAP_BINARY_LIMIT * 8 && bitOffset(t) % 8 === 0 && isOffHeap(t)) {
      this.#out.segment(trailing === 0 ? t : subBits(t, 0, size - trailing), count - (trailing === 0 ? 0 : 1));
      if (trailing !== 0) this.#out.byte(lastByte(t, size, trailing));
      return;
    }
    const at = this.#out.reserve(count);
    if (trailing !== 0) this.#out.written()[at + count - 1] = 0;
    copyBitsInto(memoryBytes, bitBase(t) >>> 0, bitOffset(t), this.#out.written(), at, 0, size);
  }

  #closure(t: Term): void {
    const entry = funEntryOf(t);
    const out = this.#out;
    const free = freeCount(t);
    out.byte(tags.NEW_FUN_EXT);
    this.#stack.push(out.position, OP_FUN);
    out.markForDistance();
    out.uint32(0);
    out.byte(field(t, FUN_ARITY));
    out.copy(entry.uniq);
    out.uint32(entry.index);
    out.uint32(free);
    writeAtom(this.#out, entry.module, this.#latin1);
    out.integer(entry.oldIndex);
    out.integer(entry.oldUniq);
    this.#pid(INIT_PROCESS);
    if (free > 0) this.#stack.push(plus(addressOf(t), FUN_FREE), free, OP_ARRAY);
  }

  #export(t: Term): void {
    const name = exportNameOf(t);
    this.#out.byte(tags.EXPORT_EXT);
    writeAtom(this.#out, name.module, this.#latin1);
    writeAtom(this.#out, name.functionName, this.#latin1);
    this.#out.integer(name.arity);
  }

  #external(t: Term): void {
    const kind = field(t, EXTERNAL_KIND);
    if (kind === EXTERNAL_PID) this.#pid(t);
    else if (kind === EXTERNAL_PORT) this.#port(t);
    else this.#ref(t);
  }

  /** Writes the name of the node that made `t`; gives its creation. */
  #writeNode(t: Term): number {
    if (this.#local && nodeNumber(t) === THIS_NODE) {
      this.#out.byte(tags.NIL_EXT);
      return 0;
    }
    const node: NodeIdentity = nodeOf(t);
    writeAtom(this.#out, node.name, this.#latin1);
    return node.creation;
  }

  #pid(t: Term): void {
    this.#out.byte(tags.NEW_PID_EXT);
    const creation = this.#writeNode(t);
    this.#out.uint32(pidNumber(t));
    this.#out.uint32(pidSerial(t));
    this.#out.uint32(creation);
  }

  #port(t: Term): void {
    this.#out.byte(tags.V4_PORT_EXT);
    const creation = this.#writeNode(t);
    this.#out.uint32(portHigh(t));
    this.#out.uint32(portLow(t));
    this.#out.uint32(creation);
  }

  #ref(t: Term): void {
    const count = refWords(t);
    this.#out.byte(tags.NEWER_REFERENCE_EXT);
    this.#out.uint16(count);
    this.#out.uint32(this.#writeNode(t));
    for (let i = 0; i < count; i++) this.#out.uint32(refWord(t, i));
  }
}
