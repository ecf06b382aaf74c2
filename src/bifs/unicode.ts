/** Module unicode, the part that is no Erlang code (erl_unicode.c). */
import { GATHERED, GATHERED_BYTES, iodataKernels, PENDING, PENDING_END, REST } from '../memory/iodata-kernels.ts';
import { REDUCTIONS } from '../memory/map.ts';
import { bytes, load, store } from '../memory/memory.ts';
import type { Machine } from '../process/machine.ts';
import type { LongWork } from '../process/process.ts';
import { callErrorHandler, callNext } from '../runtime/apply.ts';
import { bumpForWork } from '../runtime/bump-reductions.ts';
import {
  CharacterCheck,
  Conversion,
  type Converted,
  type Encoding,
  isBeginning,
  LONGEST_SEQUENCE,
} from '../runtime/characters.ts';
import { inParts } from '../runtime/trap.ts';
import { characterList, characterStart, sequenceLength, validLength } from '../runtime/utf8-sequences.ts';
import { am } from '../term/atoms.ts';
import { binaryBytes, bitSize, copyOfBytes, isBinary, makeBinary, newBinary, subBits } from '../term/bits.ts';
import { tuple } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import type { Parts } from '../term/parts.ts';
import { head, isBitstring, isCons, tail } from '../term/term.ts';
import { boolean } from './erlang/type-tests.ts';
import type { BifTable } from './registry.ts';

/** The encodings that are not left to Erlang code. */
function encodingOf(t: Term): Encoding | undefined {
  if (t === am.latin1) return 'latin1';
  return t === am.utf8 || t === am.unicode ? 'utf8' : undefined;
}

/** Goes on in a function of module unicode, with the same arguments. */
function handOver(vm: Machine, name: Term, args: readonly Term[]): Term {
  const slot = vm.code.exportSlot(am.unicode, name, args.length);
  return slot === undefined ? callErrorHandler(vm, am.unicode, name, args) : callNext(slot, args);
}

/** Characters, cells or bytes for a reduction (LOOP_FACTOR), and where they are only looked at (LOOP_FACTOR_SIMPLE). */
const STEPS_PER_REDUCTION = 10;
const LOOKED_AT_PER_REDUCTION = 50;

function reductionsLeft(): number {
  return Math.max(1, load(REDUCTIONS));
}

/** What becomes of well-formed UTF-8; parts of it where it is long. */
type Build = (content: Uint8Array) => Term | LongWork;

/** What a call gives: converted at once where the rest of this turn is enough, or in parts. */
function begin(data: Term, encoding: Encoding, build: Build): Term | LongWork {
  const steps = reductionsLeft() * STEPS_PER_REDUCTION;
  const check = new CharacterCheck(data);
  const conversion = new Conversion(data, encoding);
  const all = check.part(steps) > 0 ? conversion.part(steps) : undefined;
  if (all === undefined) return inTurns(check, conversion, build);
  bumpForWork(all.content.length, STEPS_PER_REDUCTION);
  const built = build(all.content);
  return typeof built === 'number' ? outcomeOf(all, built) : withOutcome(all, built);
}

function outcomeOf({ outcome, rest }: Converted, built: Term): Term {
  return outcome === 'ok' ? built : tuple(am[outcome], built, rest);
}

function* withOutcome(all: Converted, built: LongWork): LongWork {
  return outcomeOf(all, yield* built);
}

function* inTurns(check: CharacterCheck, conversion: Conversion, build: Build): LongWork {
  for (let all: Converted | undefined; ; ) {
    const reductions = reductionsLeft();
    const steps = reductions * STEPS_PER_REDUCTION;
    if (check.part(steps) > 0) all = conversion.part(steps);
    if (all !== undefined) {
      const built = build(all.content);
      return outcomeOf(all, typeof built === 'number' ? built : yield* built);
    }
    yield reductions;
  }
}

/** How many bytes of what is no view of linear memory are well-formed UTF-8, and, as Latin-1, are the same in UTF-8. */
function* rightInParts(content: Uint8Array, encoding: Encoding): Parts<number> {
  for (let at = 0; ; ) {
    const reductions = reductionsLeft();
    const part = content.subarray(at, at + Math.max(LONGEST_SEQUENCE, reductions * LOOKED_AT_PER_REDUCTION));
    const length = rightLength(part, encoding);
    if (length === 0) return at;
    at += length;
    yield reductions;
  }
}

function rightLength(content: Uint8Array, encoding: Encoding): number {
  if (encoding === 'utf8') return validLength(content, 0);
  const other = content.findIndex((byte) => byte >= 0x80);
  return other < 0 ? content.length : other;
}

/** A binary as UTF-8: itself, if it is that already. */
function binaryToUtf8(binary: Term, encoding: Encoding): Term | LongWork {
  const size = bitSize(binary) / 8;
  if (!Number.isInteger(size)) throw badarg();
  if (size > reductionsLeft() * LOOKED_AT_PER_REDUCTION) return binaryInParts(binary, encoding);
  bumpForWork(size, LOOKED_AT_PER_REDUCTION);
  if (rightLength(binaryBytes(binary), encoding) === size) return binary;
  return begin(binary, encoding, makeBinary);
}

function* binaryInParts(binary: Term, encoding: Encoding): LongWork {
  const content = copyOfBytes(binary);
  if ((yield* rightInParts(content, encoding)) === content.length) return binary;
  const work = begin(binary, encoding, makeBinary);
  return typeof work === 'number' ? work : yield* work;
}

/** The binary of a short list of nothing but ASCII, which is the same in both encodings; undefined: it is something else. */
function asciiBinary(list: Term): Term | undefined {
  store(PENDING_END, PENDING);
  const end = iodataKernels().gather(list, GATHERED, GATHERED + GATHERED_BYTES, GATHERED_BYTES);
  if (load(REST) !== 0) return undefined;
  for (let at: number = GATHERED; at < end; at++) if ((bytes[at] as number) >= 0x80) return undefined;
  bumpForWork(end - GATHERED, STEPS_PER_REDUCTION);
  const { term, data } = newBinary(end - GATHERED);
  iodataKernels().fill(list, data);
  return term;
}

/** characters_to_binary/2: UTF-8, or `{error | incomplete, Converted, Rest}`. Raises badarg. */
function charactersToBinary(vm: Machine, data: Term, encoding: Term): Term {
  const args = [data, encoding];
  const from = encodingOf(encoding);
  if (from === undefined) return handOver(vm, am.characters_to_binary_int, args);
  return inParts(vm, { module: 'unicode', name: 'characters_to_binary' }, args, () => {
    const subject = isCons(data) && tail(data) === NIL && isBitstring(head(data)) ? head(data) : data;
    if (isBitstring(subject)) return binaryToUtf8(subject, from);
    return asciiBinary(subject) ?? begin(subject, from, makeBinary);
  });
}

/** The list of the characters of well-formed UTF-8. */
function listed(content: Uint8Array, length: number): Term | LongWork {
  if (length > reductionsLeft() * STEPS_PER_REDUCTION) return listedInParts(content, length);
  return characterList(content, 0, length, NIL);
}

/** The same from its end on. */
function* listedInParts(content: Uint8Array, length: number): LongWork {
  let list: Term = NIL;
  for (let to = length; to > 0; ) {
    const reductions = reductionsLeft();
    const from = characterStart(content, Math.max(0, to - reductions * STEPS_PER_REDUCTION));
    list = characterList(content, from, to, list);
    to = from;
    if (to > 0) yield reductions;
  }
  return list;
}

/** characters_to_list/2: code points, or `{error | incomplete, Converted, Rest}`. Raises badarg. */
function charactersToList(vm: Machine, data: Term, encoding: Term): Term {
  const args = [data, encoding];
  const from = encodingOf(encoding);
  if (from === undefined) return handOver(vm, am.characters_to_list_int, args);
  return inParts(vm, { module: 'unicode', name: 'characters_to_list' }, args, () => {
    if (isBitstring(data) && from === 'utf8') return utf8ToList(data);
    return begin(data, from, (content) => listed(content, content.length));
  });
}

function utf8ToList(binary: Term): Term | LongWork {
  if (!isBinary(binary)) throw badarg();
  const content = copyOfBytes(binary);
  if (content.length > reductionsLeft() * STEPS_PER_REDUCTION) return utf8ListInParts(binary, content);
  bumpForWork(content.length, STEPS_PER_REDUCTION);
  const length = validLength(content, 0);
  return withRest(binary, content, length, characterList(content, 0, length, NIL));
}

function* utf8ListInParts(binary: Term, content: Uint8Array): LongWork {
  const length = yield* rightInParts(content, 'utf8');
  return withRest(binary, content, length, yield* listedInParts(content, length));
}

/** A list of the first `length` bytes, or, if these are not all, what a call gives then. */
function withRest(binary: Term, content: Uint8Array, length: number, list: Term): Term {
  if (length === content.length) return list;
  const rest = content.subarray(length);
  const incomplete = sequenceLength(rest[0] as number) > rest.length && isBeginning(rest);
  return tuple(incomplete ? am.incomplete : am.error, list, subBits(binary, length * 8, rest.length * 8));
}

/** The release whose bin_is_7bit/1 compares bytes with bits, so that only the empty binary is of 7-bit characters. */
const RELEASE_OF_BITS = 27;

/** bin_is_7bit/1: false for what is no binary, too. */
function binIs7bit(vm: Machine, t: Term): Term {
  if (!isBitstring(t) || bitSize(t) % 8 !== 0) return am.false;
  if (vm.otpRelease === RELEASE_OF_BITS) return boolean(bitSize(t) === 0);
  return boolean(binaryBytes(t).every((byte) => byte < 0x80));
}

export const unicodeBifs: BifTable = {
  module: 'unicode',
  rows: [
    { name: 'characters_to_binary', arity: 2, fn: charactersToBinary },
    { name: 'characters_to_list', arity: 2, fn: charactersToList },
    { name: 'bin_is_7bit', arity: 1, fn: binIs7bit },
  ],
};
