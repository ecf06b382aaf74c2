/** Atoms and their texts (bif.c, erl_unicode.c). */
import { am, atom, atomName, existingAtom, MAX_ATOM_CHARACTERS } from '../../term/atoms.ts';
import { binaryBytes, isBinary, makeBinary } from '../../term/bits.ts';
import { cons } from '../../term/build.ts';
import { badarg, systemLimit } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import { head, isAtom, isBitstring, isCons, isSmall, makeSmall, smallValue, tail } from '../../term/term.ts';
import { codePointCount, decodeUtf8, encodeUtf8, endOfCharacters } from '../../term/utf8.ts';
import type { BifTable } from '../registry.ts';

const MAX_LATIN1 = 255;
const MAX_CODE_POINT = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const FIRST_LOW_SURROGATE = 0xdc00;
const LAST_SURROGATE = 0xdfff;

/** What becomes of a text that is too long for an atom: nothing may be made (system_limit), or none can exist (badarg). */
type TooLong = typeof systemLimit | typeof badarg;

export function isCodePoint(value: number): boolean {
  return value >= 0 && value <= MAX_CODE_POINT && (value < FIRST_SURROGATE || value > LAST_SURROGATE);
}

/** The text of a list of characters. Of a list that is too long only the beginning is looked at. Raises badarg. */
function textOfCharacters(list: Term, tooLong: TooLong): string {
  if (list !== NIL && !isCons(list)) throw badarg();
  let text = '';
  let count = 0;
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    if (++count > MAX_ATOM_CHARACTERS) throw tooLong();
    const character = head(rest);
    if (!isSmall(character) || !isCodePoint(smallValue(character))) throw badarg();
    text += String.fromCodePoint(smallValue(character));
  }
  if (rest !== NIL) throw badarg();
  return text;
}

/** The text of a binary in an encoding. Raises badarg. */
function textOfBinary(binary: Term, encoding: Term, tooLong: TooLong): string {
  if (!isBitstring(binary) || !isBinary(binary)) throw badarg();
  const content = binaryBytes(binary);
  let text: string | undefined;
  if (encoding === am.latin1) {
    if (content.length > MAX_ATOM_CHARACTERS) throw tooLong();
    text = String.fromCharCode(...content);
  } else if (encoding === am.utf8 || encoding === am.unicode) {
    // More than an atom may have is too long, whatever follows (erts_analyze_utf8_x in OTP's erl_unicode.c).
    const end = endOfCharacters(content, MAX_ATOM_CHARACTERS + 1);
    text = decodeUtf8(content, 0, end);
  }
  if (text === undefined) throw badarg();
  if (codePointCount(text, MAX_ATOM_CHARACTERS) > MAX_ATOM_CHARACTERS) throw tooLong();
  return text;
}

function existing(text: string): Term {
  const known = existingAtom(text);
  if (known === undefined) throw badarg();
  return known;
}

function atomToList(t: Term): Term {
  if (!isAtom(t)) throw badarg();
  const name = atomName(t);
  let list = NIL;
  for (let i = name.length - 1; i >= 0; i--) {
    // The second half of a character of two: atoms have no halves alone.
    if (name.charCodeAt(i) >= FIRST_LOW_SURROGATE && name.charCodeAt(i) <= LAST_SURROGATE) i--;
    list = cons(makeSmall(name.codePointAt(i) as number), list);
  }
  return list;
}

function atomToBinary(t: Term, encoding: Term): Term {
  if (!isAtom(t)) throw badarg();
  const name = atomName(t);
  if (encoding === am.utf8 || encoding === am.unicode) return makeBinary(encodeUtf8(name));
  if (encoding !== am.latin1) throw badarg();
  const content = Uint8Array.from(name, (character) => {
    const code = character.codePointAt(0) as number;
    if (code > MAX_LATIN1) throw badarg();
    return code;
  });
  return makeBinary(content);
}

export const erlangAtomBifs: BifTable = {
  module: 'erlang',
  pure: true,
  rows: [
    { name: 'atom_to_list', arity: 1, fn: atomToList },
    { name: 'atom_to_binary', arity: 2, fn: atomToBinary },
    { name: 'list_to_atom', arity: 1, fn: (list: Term) => atom(textOfCharacters(list, systemLimit)) },
    { name: 'list_to_existing_atom', arity: 1, fn: (list: Term) => existing(textOfCharacters(list, badarg)) },
    {
      name: 'binary_to_atom',
      arity: 2,
      fn: (binary: Term, encoding: Term) => atom(textOfBinary(binary, encoding, systemLimit)),
    },
    {
      name: 'binary_to_existing_atom',
      arity: 2,
      fn: (binary: Term, encoding: Term) => existing(textOfBinary(binary, encoding, badarg)),
    },
  ],
};
