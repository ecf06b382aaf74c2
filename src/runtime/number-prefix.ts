/**
 * Numbers at the beginning of a list of characters: the conversion BIFs of module string. What is no number gives `{error, Reason}`.
 */
import { am } from '../term/atoms.ts';
import { makeFloat, tuple } from '../term/build.ts';
import { systemLimit } from '../term/erlang-error.ts';
import { parseFloatText } from '../term/float-text.ts';
import { NIL, type Term } from '../term/layout.ts';
import { head, isCons, isSmall, smallValue, tail } from '../term/term.ts';
import { digitsOfList, integerOfText } from './number-text.ts';

type Part = 'start' | 'integer' | 'fraction' | 'exponentSign' | 'exponentFirst' | 'exponent';
type Kind = 'sign' | 'point' | 'e' | 'digit';

/** Which part of a float a character of some kind leads to; one without an entry is not part of the float. */
const NEXT_PART: Readonly<Record<Part, Partial<Record<Kind, Part>>>> = {
  start: { sign: 'integer', digit: 'integer' },
  integer: { point: 'fraction', digit: 'integer' },
  fraction: { e: 'exponentSign', digit: 'fraction' },
  exponentSign: { sign: 'exponentFirst', digit: 'exponent' },
  exponentFirst: { digit: 'exponent' },
  exponent: { digit: 'exponent' },
};

function kindOf(character: string): Kind | undefined {
  if (/^[0-9]$/.test(character)) return 'digit';
  if (character === '+' || character === '-') return 'sign';
  if (character === '.' || character === ',') return 'point';
  return character === 'e' || character === 'E' ? 'e' : undefined;
}

function characterOf(t: Term): string {
  return isSmall(t) && smallValue(t) >= 0 && smallValue(t) < 128 ? String.fromCharCode(smallValue(t)) : '';
}

/** string:list_to_float/1: `{Float, Rest}`. An `e` that no exponent follows belongs to Rest (string_list_to_float_1 in bif.c). */
export function listToFloatPrefix(list: Term): Term {
  if (list === NIL) return tuple(am.error, am.no_float);
  if (!isCons(list)) return tuple(am.error, am.not_a_list);
  let part: Part = 'start';
  let text = '';
  let rest = list;
  let beforeExponent = { text, rest };
  for (; isCons(rest); rest = tail(rest)) {
    const character = characterOf(head(rest));
    const kind = kindOf(character);
    const next: Part | undefined = kind && NEXT_PART[part][kind];
    if (next === undefined) break;
    if (next === 'exponentSign') beforeExponent = { text, rest };
    text += character;
    part = next;
  }
  if (part === 'exponentSign' || part === 'exponentFirst') ({ text, rest } = beforeExponent);
  const value = parseFloatText(text);
  return value === undefined ? tuple(am.error, am.no_float) : tuple(makeFloat(value), rest);
}

/** string:list_to_integer/1 of releases where it is a BIF: `{Integer, Rest}`. */
export function listToIntegerPrefix(list: Term): Term {
  if (list === NIL) return tuple(am.error, am.no_integer);
  if (!isCons(list)) return tuple(am.error, am.not_a_list);
  const sign = characterOf(head(list));
  const first = sign === '-' || sign === '+' ? tail(list) : list;
  const { digits, rest } = digitsOfList(first, 10);
  if (rest === first) return tuple(am.error, am.no_integer);
  const integer = integerOfText((sign === '-' ? '-' : '') + (digits || '0'), 10);
  if (integer === undefined) throw systemLimit();
  return tuple(integer, rest);
}
