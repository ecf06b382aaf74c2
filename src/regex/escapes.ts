/** What a backslash begins (check_escape in pcre_compile.c). Faults are where PCRE's pointer stands when it finds them. */
import type { PatternReader } from './pattern-reader.ts';

/** A character; a back reference; or a letter that means something, or itself. */
export type Escape =
  | { readonly kind: 'char'; readonly point: number }
  | { readonly kind: 'reference'; readonly group: number }
  | { readonly kind: 'letter'; readonly letter: string };

const LAST_POINT = 0x10ffff;
const LAST_BYTE = 0xff;
/** INT_MAX / 10 - 1: digits may follow up to this number. */
export const INT_LIMIT = 214748363;
const CONTROLS: Readonly<Record<string, number>> = { a: 0x07, e: 0x1b, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 };
const SPECIAL = 'ABCDEGHKNPQRSVWXZbdhkpsvwz';

const char = (point: number): Escape => ({ kind: 'char', point });

/** Reads an escape; the reader is at the backslash, and then behind the escape. */
export function readEscape(reader: PatternReader, groupsSoFar: number, inClass: boolean): Escape {
  reader.at++;
  if (reader.atEnd) throw reader.fault('\\ at end of pattern');
  const letter = reader.peek();
  if (letter >= '\u0080') return char(reader.point());
  if (SPECIAL.includes(letter)) return special(reader, letter);
  const control = CONTROLS[letter];
  if (control !== undefined) {
    reader.at++;
    return char(control);
  }
  if (letter >= '1' && letter <= '9') return digits(reader, groupsSoFar, inClass);
  if (letter === '0') return octal(reader);
  if (letter === 'g' && !inClass) return groupReference(reader, groupsSoFar);
  if ('lLuU'.includes(letter)) throw reader.fault('PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u');
  if (letter === 'x') return hexadecimal(reader);
  if (letter === 'o') return braced(reader, 'o', 8, /^[0-7]$/);
  if (letter === 'c') return controlCharacter(reader);
  reader.at++;
  return char(letter.charCodeAt(0));
}

function special(reader: PatternReader, letter: string): Escape {
  if (letter === 'N' && reader.peek(1) === '{' && !isCountedRepeat(reader, 2)) {
    throw reader.fault('PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u');
  }
  reader.at++;
  return { kind: 'letter', letter };
}

/** Whether digits and a closing brace follow, or two numbers of which the second may be left out. */
export function isCountedRepeat(reader: PatternReader, ahead: number): boolean {
  let i = ahead;
  const digitsFollow = (): boolean => {
    const start = i;
    while (reader.isDigit(i)) i++;
    return i > start;
  };
  if (!digitsFollow()) return false;
  if (reader.peek(i) === '}') return true;
  if (reader.peek(i++) !== ',') return false;
  if (reader.peek(i) === '}') return true;
  return digitsFollow() && reader.peek(i) === '}';
}

/** \1 to \9 and more digits: a group, or octal, or the digit itself. */
function digits(reader: PatternReader, groupsSoFar: number, inClass: boolean): Escape {
  const start = reader.at;
  if (!inClass) {
    const group = reader.decimal(INT_LIMIT);
    if (group === undefined) throw reader.fault('number is too big', reader.at - 1);
    if (group < 8 || group <= groupsSoFar) return { kind: 'reference', group };
    reader.at = start;
  }
  if (reader.peek() < '8') return octal(reader);
  return char(reader.point());
}

function octal(reader: PatternReader): Escape {
  let point = 0;
  for (let i = 0; i < 3 && /^[0-7]$/.test(reader.peek()); i++) {
    point = point * 8 + Number(reader.peek());
    reader.at++;
  }
  if (point > LAST_BYTE && !reader.unicode) {
    throw reader.fault('octal value is greater than \\377 in 8-bit non-UTF-8 mode', reader.at - 1);
  }
  return char(point);
}

function groupReference(reader: PatternReader, groupsSoFar: number): Escape {
  const isBraced = reader.peek(1) === '{';
  if (reader.peek(1) === '<' || reader.peek(1) === "'") return special(reader, 'g');
  if (isBraced) {
    let ahead = 2;
    while (reader.peek(ahead) === '-' || reader.isDigit(ahead)) ahead++;
    if (reader.peek(ahead) !== '' && reader.peek(ahead) !== '}') return special(reader, 'k');
  }
  reader.at += isBraced ? 2 : 1;
  const isRelative = reader.accept('-');
  const group = reader.decimal(INT_LIMIT);
  if (group === undefined) throw reader.fault('number is too big', reader.at - 1);
  if (isBraced && !reader.accept('}')) {
    const text = '\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number';
    throw reader.fault(text);
  }
  if (group === 0) throw reader.fault('a numbered reference must not be zero', reader.at - 1);
  if (!isRelative) return { kind: 'reference', group };
  if (group > groupsSoFar) throw reader.fault('reference to non-existent subpattern', reader.at - 1);
  return { kind: 'reference', group: groupsSoFar - group + 1 };
}

function hexadecimal(reader: PatternReader): Escape {
  const digit = /^[0-9a-fA-F]$/;
  if (reader.peek(1) === '{') return braced(reader, 'x', 16, digit);
  reader.at++;
  let text = '';
  while (text.length < 2 && digit.test(reader.peek())) {
    text += reader.peek();
    reader.at++;
  }
  return char(text === '' ? 0 : Number.parseInt(text, 16));
}

function braced(reader: PatternReader, letter: 'x' | 'o', radix: number, digit: RegExp): Escape {
  if (reader.peek(1) !== '{') throw reader.fault('missing opening brace after \\o');
  const isEmpty = reader.peek(2) === '}';
  if (isEmpty) throw reader.fault('digits missing in \\x{} or \\o{}', reader.at + (letter === 'x' ? 2 : 0));
  reader.at += 2;
  const start = reader.at;
  while (digit.test(reader.peek())) reader.at++;
  const point = start === reader.at ? 0 : Number.parseInt(reader.slice(start, reader.at), radix);
  if (point > (reader.unicode ? LAST_POINT : LAST_BYTE)) {
    throw reader.fault('character value in \\x{} or \\o{} is too large');
  }
  if (reader.peek() !== '}') {
    const kind = letter === 'x' ? 'non-hex' : 'non-octal';
    throw reader.fault(`${kind} character in \\${letter}{} (closing brace missing?)`);
  }
  if (reader.unicode && point >= 0xd800 && point <= 0xdfff) {
    throw reader.fault('disallowed Unicode code point (>= 0xd800 && <= 0xdfff)');
  }
  reader.at++;
  return char(point);
}

function controlCharacter(reader: PatternReader): Escape {
  reader.at++;
  if (reader.atEnd) throw reader.fault('\\c at end of pattern');
  const byte = reader.bytes[reader.at] as number;
  if (byte > 0x7f) throw reader.fault('\\c must be followed by an ASCII character');
  reader.at++;
  const upper = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
  return char(upper >= 0x40 ? upper - 0x40 : upper + 0x40);
}
