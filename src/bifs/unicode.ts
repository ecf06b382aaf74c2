/** Module unicode, the part that is no Erlang code (erl_unicode.c). */
import type { Machine } from '../process/machine.ts';
import { callErrorHandler, callNext } from '../runtime/apply.ts';
import {
  type Converted,
  checkCharacters,
  convertCharacters,
  type Encoding,
  isBeginning,
} from '../runtime/characters.ts';
import { characterList, sequenceLength, validLength } from '../runtime/utf8-sequences.ts';
import { am } from '../term/atoms.ts';
import { binaryBytes, bitSize, copyOfBytes, isBinary, makeBinary, subBits } from '../term/bits.ts';
import { tuple } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
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

function result({ content, outcome, rest }: Converted, build: (content: Uint8Array) => Term): Term {
  return outcome === 'ok' ? build(content) : tuple(am[outcome], build(content), rest);
}

/** characters_to_binary/2: UTF-8, or `{error | incomplete, Converted, Rest}`. Raises badarg. */
function charactersToBinary(vm: Machine, data: Term, encoding: Term): Term {
  const from = encodingOf(encoding);
  if (from === undefined) return handOver(vm, am.characters_to_binary_int, [data, encoding]);
  const subject = isCons(data) && tail(data) === NIL && isBitstring(head(data)) ? head(data) : data;
  checkCharacters(subject);
  if (isBitstring(subject)) {
    const content = binaryBytes(subject);
    const isUtf8 =
      from === 'latin1' ? content.every((byte) => byte < 0x80) : validLength(content, 0) === content.length;
    if (isUtf8) return subject;
  }
  return result(convertCharacters(subject, from), makeBinary);
}

/** characters_to_list/2: code points, or `{error | incomplete, Converted, Rest}`. Raises badarg. */
function charactersToList(vm: Machine, data: Term, encoding: Term): Term {
  const from = encodingOf(encoding);
  if (from === undefined) return handOver(vm, am.characters_to_list_int, [data, encoding]);
  if (isBitstring(data) && from === 'utf8') return utf8ToList(data);
  checkCharacters(data);
  return result(convertCharacters(data, from), (content) => characterList(content));
}

function utf8ToList(binary: Term): Term {
  if (!isBinary(binary)) throw badarg();
  const content = copyOfBytes(binary);
  const length = validLength(content, 0);
  const list = characterList(content, length);
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
