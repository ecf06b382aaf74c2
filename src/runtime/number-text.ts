/**
 * Numbers as text and back, as lists and binaries of Latin-1 characters: what the conversion BIFs of erlang, erts_internal and
 * string do (bif.c, binary.c, big.c). All raise badarg for arguments of a wrong type or form.
 */
import { plus, storeByte } from '../memory/memory.ts';
import { am } from '../term/atoms.ts';
import { MAX_BIG_DIGITS, makeBigInt, makeInteger, safeInteger, toBigInt } from '../term/bignum.ts';
import { binaryBytes, bitSize, isBinary, newBinary } from '../term/bits.ts';
import { cons, makeFloat, tuple } from '../term/build.ts';
import { badarg, systemLimit } from '../term/erlang-error.ts';
import { defaultText, fixedText, parseFloatText, scientificText, shortText } from '../term/float-text.ts';
import { NIL, type Term } from '../term/layout.ts';
import {
  floatValue,
  head,
  isCons,
  isFloat,
  isInteger,
  isNil,
  isSmall,
  isTuple,
  makeSmall,
  smallValue,
  tail,
  tupleArity,
  tupleElement,
} from '../term/term.ts';

const MIN_BASE = 2;
const MAX_BASE = 36;
const MINUS = makeSmall(45);
const PLUS = makeSmall(43);
const CHUNK = 4096;
/** Texts of so few are put together one by one. */
const FEW_CHARACTERS = 32;
/** Bits that an integer may have. */
const MAX_BITS = MAX_BIG_DIGITS * 32;
/** By base: how many digits are always below 2^53. */
const SAFE_DIGITS: readonly number[] = Array.from({ length: MAX_BASE + 1 }, (_, base) =>
  base < MIN_BASE ? 0 : Math.floor(52 / Math.log2(base)),
);
const DIGIT_CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyz';
/** By base: an optional sign and digits. */
const INTEGER_FORMS: readonly RegExp[] = Array.from({ length: MAX_BASE + 1 }, (_, base) => {
  const digits = DIGIT_CHARACTERS.slice(0, Math.max(base, MIN_BASE));
  return new RegExp(`^[+-]?[${digits}${digits.toUpperCase()}]+$`);
});
/** By character: its value as a digit, more than any base for others. */
const DIGIT_VALUES: readonly number[] = Array.from({ length: 256 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), MAX_BASE);
  return Number.isNaN(digit) ? MAX_BASE : digit;
});
/** Texts of more digits are left to erlang.erl, which converts them piece by piece: a process with such work can give way. */
const MOST_DIGITS = 2 ** 13;
/** Integers up to this are read digit by digit, without making text of them. */
const MOST_COUNTED = 2 ** 50;
const BIGINT_PREFIX: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 10: '', 16: '0x' };

/** The list of a text's characters, in front of `last`. */
export function listOfText(text: string, last: Term = NIL): Term {
  let list = last;
  for (let i = text.length - 1; i >= 0; i--) list = cons(makeSmall(text.charCodeAt(i)), list);
  return list;
}

/** The binary of a text of Latin-1 characters. */
export function binaryOfText(text: string): Term {
  const { term, data } = newBinary(text.length);
  for (let i = 0; i < text.length; i++) storeByte(plus(data, i), text.charCodeAt(i));
  return term;
}

/** The text of a binary of Latin-1 characters; undefined for any other term. */
function textOfBinary(t: Term): string | undefined {
  if (!isBinary(t)) return undefined;
  const content = binaryBytes(t);
  if (content.length <= FEW_CHARACTERS) {
    let text = '';
    for (let i = 0; i < content.length; i++) text += String.fromCharCode(content[i] as number);
    return text;
  }
  if (content.length <= CHUNK) return String.fromCharCode(...content);
  const parts: string[] = [];
  for (let i = 0; i < content.length; i += CHUNK) parts.push(String.fromCharCode(...content.subarray(i, i + CHUNK)));
  return parts.join('');
}

function isByte(t: Term): boolean {
  return isSmall(t) && smallValue(t) >= 0 && smallValue(t) <= 255;
}

/** The text of a proper list of bytes; undefined for any other term. */
function textOfList(t: Term): string | undefined {
  const parts: string[] = [];
  let codes: number[] = [];
  let rest = t;
  for (; isCons(rest); rest = tail(rest)) {
    const item = head(rest);
    if (!isByte(item)) return undefined;
    if (codes.push(smallValue(item)) === CHUNK) {
      parts.push(String.fromCharCode(...codes));
      codes = [];
    }
  }
  return isNil(rest) ? parts.join('') + String.fromCharCode(...codes) : undefined;
}

function baseArgument(t: Term): number {
  const base = isSmall(t) ? smallValue(t) : 0;
  if (base < MIN_BASE || base > MAX_BASE) throw badarg();
  return base;
}

/** An integer in a base from 2 to 36, with capital letters. */
export function integerText(t: Term, base: number): string {
  const value = safeInteger(t) ?? toBigInt(t);
  const text = value.toString(base);
  return base > 10 ? text.toUpperCase() : text;
}

function integerTextOf(integer: Term, base: Term): string {
  if (!isInteger(integer)) throw badarg();
  return integerText(integer, baseArgument(base));
}

const TEN = makeSmall(10);
const DIGITS = Array.from('0123456789', (digit) => makeSmall(digit.charCodeAt(0)));

/** The list of a number's decimal digits. */
function listOfSmall(value: number): Term {
  let list = NIL;
  for (let left = Math.abs(value); ; ) {
    const rest = Math.floor(left / 10);
    list = cons(DIGITS[left - rest * 10] as Term, list);
    if (rest === 0) return value < 0 ? cons(MINUS, list) : list;
    left = rest;
  }
}

/** integer_to_list/1 and /2. */
export function integerToList(integer: Term, base: Term = TEN): Term {
  if (base === TEN && isSmall(integer)) return listOfSmall(smallValue(integer));
  return listOfText(integerTextOf(integer, base));
}

/** integer_to_binary/1 and /2. */
export function integerToBinary(integer: Term, base: Term = TEN): Term {
  return binaryOfText(integerTextOf(integer, base));
}

/** The integer of a text that has the form of one; undefined when it is too long. */
export function integerOfText(text: string, base: number): Term | undefined {
  const digits = text.replace(/^[+-]?0*(?=.)/, '');
  const negative = text.startsWith('-');
  if (digits.length <= (SAFE_DIGITS[base] as number)) {
    const value = Number.parseInt(digits, base);
    return makeInteger(negative ? -value : value);
  }
  if ((digits.length - 1) * Math.log2(base) > MAX_BITS) return undefined;
  const magnitude = magnitudeOfDigits(digits, base);
  if (BigInt.asUintN(MAX_BITS, magnitude) !== magnitude) return undefined;
  return makeBigInt(negative ? -magnitude : magnitude);
}

function magnitudeOfDigits(digits: string, base: number): bigint {
  const prefix = BIGINT_PREFIX[base];
  if (prefix !== undefined) return BigInt(prefix + digits);
  // Pieces of equal length, least significant first, joined in pairs until one is left.
  const length = SAFE_DIGITS[base] as number;
  let pieces: bigint[] = [];
  for (let end = digits.length; end > 0; end -= length) {
    pieces.push(BigInt(Number.parseInt(digits.slice(Math.max(0, end - length), end), base)));
  }
  for (let radix = BigInt(base) ** BigInt(length); pieces.length > 1; radix *= radix) {
    const joined: bigint[] = [];
    for (let i = 0; i < pieces.length; i += 2) {
      joined.push((pieces[i] as bigint) + (i + 1 < pieces.length ? (pieces[i + 1] as bigint) * radix : 0n));
    }
    pieces = joined;
  }
  return pieces[0] as bigint;
}

/** The integer of a text, or an exception: badarg when it is undefined or none, system_limit when it is too long. */
function requireInteger(text: string | undefined, base: Term): Term {
  const radix = baseArgument(base);
  if (text === undefined || !(INTEGER_FORMS[radix] as RegExp).test(text)) throw badarg();
  const integer = integerOfText(text, radix);
  if (integer === undefined) throw systemLimit();
  return integer;
}

/** binary_to_integer/1 and /2 of releases where they are BIFs. */
export function binaryToInteger(text: Term, base: Term = TEN): Term {
  return requireInteger(textOfBinary(text), base);
}

/** list_to_integer/1 and /2 of releases where they are BIFs. */
export function listToInteger(text: Term, base: Term = TEN): Term {
  return requireInteger(textOfList(text), base);
}

/**
 * erts_internal:binary_to_integer/2: the integer, `badarg`, or `big` for what the caller in erlang.erl is to convert piece by piece. OTP says
 * `big` from the first digit that may not fit a small; here it only says so when there are very many.
 */
export function binaryToIntegerOrBig(binary: Term, base: Term): Term {
  const radix = isSmall(base) ? smallValue(base) : 0;
  const counted = isBinary(binary) ? countedInteger(binaryBytes(binary), radix) : undefined;
  if (counted !== undefined) return makeInteger(counted);
  if (radix < MIN_BASE || radix > MAX_BASE || !isBinary(binary)) return am.badarg;
  if (bitSize(binary) / 8 > MOST_DIGITS) return am.big;
  const text = textOfBinary(binary) as string;
  if (!(INTEGER_FORMS[radix] as RegExp).test(text)) return am.badarg;
  return integerOfText(text, radix) ?? am.big;
}

/** The integer that bytes spell, if it is not large; undefined also where they spell none. */
function countedInteger(text: Uint8Array, base: number): number | undefined {
  const signed = text[0] === 45 || text[0] === 43 ? 1 : 0;
  if (base < MIN_BASE || base > MAX_BASE || text.length === signed) return undefined;
  let value = 0;
  for (let i = signed; i < text.length; i++) {
    const digit = DIGIT_VALUES[text[i] as number] as number;
    value = value * base + digit;
    if (digit >= base || value > MOST_COUNTED) return undefined;
  }
  return text[0] === 45 ? -value : value;
}

/** The value of a digit character (its low eight bits count, as in OTP) below `base`; -1 for any other term. */
function digitValue(t: Term, base: number): number {
  if (!isSmall(t)) return -1;
  const digit = DIGIT_VALUES[((smallValue(t) % 256) + 256) % 256] as number;
  return digit < base ? digit : -1;
}

/** The digits at the beginning of a list, without zeros in front, and what follows them. */
export function digitsOfList(list: Term, base: number): { digits: string; rest: Term } {
  const codes: number[] = [];
  const parts: string[] = [];
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const digit = digitValue(head(rest), base);
    if (digit < 0) break;
    if (digit === 0 && codes.length === 0 && parts.length === 0) continue;
    codes.push(DIGIT_CHARACTERS.charCodeAt(digit));
    if (codes.length === CHUNK) parts.push(String.fromCharCode(...codes.splice(0)));
  }
  return { digits: parts.join('') + String.fromCharCode(...codes), rest };
}

/**
 * erts_internal:list_to_integer/2: `{Integer, Rest}`, `no_integer`, `not_a_list`, `badarg`, or `big` for what the caller in erlang.erl
 * is to convert itself: digits that may not fit a small of 64-bit OTP and are not alone in the list, and integers that are too long.
 */
export function listToIntegerOrBig(list: Term, base: Term): Term {
  if (isNil(list)) return am.no_integer;
  if (!isCons(list)) return am.not_a_list;
  const radix = isSmall(base) ? smallValue(base) : 0;
  if (radix < MIN_BASE || radix > MAX_BASE) return am.badarg;
  const sign = head(list);
  const first = sign === MINUS || sign === PLUS ? tail(list) : list;
  const counted = countedPrefix(first, radix, sign === MINUS);
  if (counted !== undefined) return counted;
  const { digits, rest } = digitsOfList(first, radix);
  if (digits.length > Math.floor(59 / Math.log2(radix)) && !(isNil(rest) && isByteList(list))) return am.big;
  if (digits.length > MOST_DIGITS) return am.big;
  const integer = integerOfText((sign === MINUS ? '-' : '') + (digits || '0'), radix);
  return integer === undefined ? am.big : tuple(integer, rest);
}

/** `{Integer, Rest}` or `no_integer` for the digits at the beginning of a list; undefined: there are many. */
function countedPrefix(list: Term, base: number, negative: boolean): Term | undefined {
  let value = 0;
  let rest = list;
  for (; isCons(rest); rest = tail(rest)) {
    const digit = digitValue(head(rest), base);
    if (digit < 0) break;
    value = value * base + digit;
    if (value > MOST_COUNTED) return undefined;
  }
  return rest === list ? am.no_integer : tuple(makeInteger(negative ? -value : value), rest);
}

/** Whether the items of a list, up to its end, are bytes. */
function isByteList(list: Term): boolean {
  let rest = list;
  while (isCons(rest) && isByte(head(rest))) rest = tail(rest);
  return isNil(rest);
}

/** What float_to_list's options ask for. */
interface FloatFormat {
  kind: 'default' | 'short' | 'fixed' | 'scientific';
  decimals: number;
  compact: boolean;
}

/** A number of decimals, which OTP takes from a 60-bit small and cuts to a C int; undefined for any other term. */
function decimalsArgument(t: Term): number | undefined {
  if (isSmall(t)) return smallValue(t);
  if (!isInteger(t)) return undefined;
  const value = toBigInt(t);
  return BigInt.asIntN(60, value) === value ? Number(BigInt.asIntN(32, value)) : undefined;
}

function floatFormat(options: Term): FloatFormat {
  const format: FloatFormat = { kind: 'default', decimals: 20, compact: false };
  let rest = options;
  for (; isCons(rest); rest = tail(rest)) {
    const option = head(rest);
    if (option === am.compact) format.compact = true;
    else if (option === am.short) format.kind = 'short';
    else applyDecimalsOption(option, format);
  }
  if (!isNil(rest)) throw badarg();
  return format;
}

function applyDecimalsOption(option: Term, format: FloatFormat): void {
  const decimals = isTuple(option) && tupleArity(option) === 2 ? decimalsArgument(tupleElement(option, 2)) : undefined;
  if (decimals === undefined) throw badarg();
  const tag = tupleElement(option, 1);
  if (tag !== am.decimals && tag !== am.scientific) throw badarg();
  format.kind = tag === am.decimals ? 'fixed' : 'scientific';
  format.decimals = decimals;
}

function floatText(float: Term, options: Term): string {
  if (!isFloat(float)) throw badarg();
  const { kind, decimals, compact } = floatFormat(options);
  const value = floatValue(float);
  if (kind === 'default') return defaultText(value);
  if (kind === 'short') return shortText(value);
  const text = kind === 'fixed' ? fixedText(value, decimals, compact) : scientificText(value, decimals);
  if (text === undefined) throw badarg();
  return text;
}

/** float_to_list/1 and /2. */
export function floatToList(float: Term, options: Term = NIL): Term {
  return listOfText(floatText(float, options));
}

/** float_to_binary/1 and /2. */
export function floatToBinary(float: Term, options: Term = NIL): Term {
  return binaryOfText(floatText(float, options));
}

function requireFloat(text: string | undefined): Term {
  const value = text === undefined ? undefined : parseFloatText(text);
  if (value === undefined) throw badarg();
  return makeFloat(value);
}

/** list_to_float/1. */
export function listToFloat(list: Term): Term {
  return requireFloat(textOfList(list));
}

/** binary_to_float/1. */
export function binaryToFloat(binary: Term): Term {
  return requireFloat(textOfBinary(binary));
}
