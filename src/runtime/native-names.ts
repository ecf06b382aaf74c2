/**
 * Names and texts as the operating system has them (file names, environment variables), to and from terms: erl_unicode.c's
 * erts_native_filename_put and erts_convert_native_to_filename.
 */
import { atomName } from '../term/atoms.ts';
import { listOf } from '../term/build.ts';
import { NIL, type Term } from '../term/layout.ts';
import { head, isAtom, isCons, isSmall, makeSmall, smallValue, tail } from '../term/term.ts';
import { decodeUtf8, encodeUtf8 } from '../term/utf8.ts';

export type NameEncoding = 'utf8' | 'latin1';

const MAX_LATIN1 = 0xff;
const MAX_CODE_POINT = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

function isCharacter(code: number, encoding: NameEncoding): boolean {
  if (encoding === 'latin1') return code > 0 && code <= MAX_LATIN1;
  return code > 0 && code <= MAX_CODE_POINT && (code < FIRST_SURROGATE || code > LAST_SURROGATE);
}

/** The characters of a deep list; undefined where something else is in it, a character that cannot be encoded, or 0. */
function charactersOf(list: Term, encoding: NameEncoding): number[] | undefined {
  const codes: number[] = [];
  const pending: Term[] = [list];
  for (let rest = pending.pop(); rest !== undefined; rest = pending.pop()) {
    while (isCons(rest)) {
      const element = head(rest);
      if (isSmall(element)) {
        if (!isCharacter(smallValue(element), encoding)) return undefined;
        codes.push(smallValue(element));
      } else if (isCons(element)) {
        pending.push(tail(rest));
        rest = element;
        continue;
      } else if (element !== NIL) {
        return undefined;
      }
      rest = tail(rest);
    }
    if (rest !== NIL) return undefined;
  }
  return codes;
}

/** The bytes of a deep list of characters or of an atom; undefined for any other term and for what cannot be encoded. */
export function nativeBytes(t: Term, encoding: NameEncoding): Uint8Array | undefined {
  const codes = isAtom(t)
    ? Array.from(atomName(t), (character) => character.codePointAt(0) as number)
    : charactersOf(t, encoding);
  if (codes === undefined || !codes.every((code) => isCharacter(code, encoding))) return undefined;
  if (encoding === 'latin1') return Uint8Array.from(codes);
  let text = '';
  for (const code of codes) text += String.fromCodePoint(code);
  return encodeUtf8(text);
}

function listOfBytes(bytes: Uint8Array): Term {
  return listOf(Array.from(bytes, makeSmall));
}

/** Code points from here on are two units of a text. */
const FIRST_OF_TWO_UNITS = 0x10000;

/** The characters of a text, as a list. */
export function characterList(text: string): Term {
  const characters: Term[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) as number;
    characters.push(makeSmall(code));
    if (code >= FIRST_OF_TWO_UNITS) i++;
  }
  return listOf(characters);
}

/** The list of characters that bytes stand for; undefined when they are not well-formed. */
export function wellFormedName(bytes: Uint8Array, encoding: NameEncoding): Term | undefined {
  if (encoding === 'latin1') return listOfBytes(bytes);
  const text = decodeUtf8(bytes, 0, bytes.length);
  return text === undefined ? undefined : characterList(text);
}

/** The same; what is not well-formed comes as its bytes. */
export function nativeName(bytes: Uint8Array, encoding: NameEncoding): Term {
  return wellFormedName(bytes, encoding) ?? listOfBytes(bytes);
}
