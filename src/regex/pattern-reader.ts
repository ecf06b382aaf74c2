/** The characters of a pattern, with the place that is read, and the numbers and escapes that several parts of the syntax share. */
import { RegexFault } from './syntax.ts';

export const NONE = -1;
const MAX_POINT = 0x10ffff;
const MAX_BYTE = 0xff;

export class PatternReader {
  readonly unicode: boolean;
  at = 0;
  private readonly points: readonly number[];
  /** Offset in bytes of each character, and of the end. */
  private readonly offsets: readonly number[];

  constructor(points: readonly number[], offsets: readonly number[], unicode: boolean) {
    this.points = points;
    this.offsets = offsets;
    this.unicode = unicode;
  }

  get atEnd(): boolean {
    return this.at >= this.points.length;
  }

  /** The character `ahead` of the current one, as text; '' behind the end. */
  peek(ahead = 0): string {
    const point = this.points[this.at + ahead];
    return point === undefined ? '' : String.fromCodePoint(point);
  }

  point(): number {
    return this.points[this.at++] ?? NONE;
  }

  next(): string {
    const text = this.peek();
    this.at++;
    return text;
  }

  /** Goes on if this text comes next. */
  accept(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.peek(i) !== text[i]) return false;
    this.at += text.length;
    return true;
  }

  /** The characters while they match. */
  take(expression: RegExp): string {
    let text = '';
    while (!this.atEnd && expression.test(this.peek())) text += this.next();
    return text;
  }

  indexOf(text: string): number {
    const saved = this.at;
    while (!this.atEnd && !this.accept(text)) this.at++;
    const found = this.at - text.length;
    const isFound = this.at <= this.points.length && this.at > saved && this.matchesAt(found, text);
    this.at = saved;
    return isFound ? found : NONE;
  }

  private matchesAt(at: number, text: string): boolean {
    return [...text].every((character, i) => this.points[at + i] === character.codePointAt(0));
  }

  slice(from: number, to: number): string {
    return String.fromCodePoint(...this.points.slice(from, to));
  }

  fault(text: string, at = this.at): RegexFault {
    return new RegexFault(text, this.offsets[Math.min(at, this.points.length)] as number);
  }

  /** A digit sequence as a number; undefined: there is none. */
  number(): number | undefined {
    const digits = this.take(/^\d$/);
    return digits === '' ? undefined : Number(digits);
  }

  /** Character of \x, \o, \c, \e and so on behind a backslash and its letter; undefined: the letter means something else. */
  characterEscape(letter: string): number | undefined {
    const simple: Readonly<Record<string, number>> = { a: 0x07, e: 0x1b, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 };
    if (simple[letter] !== undefined) return simple[letter];
    if (letter === 'x') return this.hexadecimal();
    if (letter === 'o') return this.braced('o', 8, /^[0-7]$/);
    if (letter === 'c') return this.control();
    return undefined;
  }

  private hexadecimal(): number {
    if (this.peek() === '{') return this.braced('x', 16, /^[0-9a-fA-F]$/);
    let digits = '';
    while (digits.length < 2 && /^[0-9a-fA-F]$/.test(this.peek())) digits += this.next();
    return digits === '' ? 0 : Number.parseInt(digits, 16);
  }

  private braced(letter: 'x' | 'o', radix: number, digit: RegExp): number {
    if (!this.accept('{')) throw this.fault('missing opening brace after \\o');
    const digits = this.take(digit);
    if (digits === '') throw this.fault('digits missing in \\x{} or \\o{}', this.at + 1);
    const value = Number.parseInt(digits, radix);
    if (value > (this.unicode ? MAX_POINT : MAX_BYTE)) {
      throw this.fault('character value in \\x{} or \\o{} is too large');
    }
    if (!this.accept('}')) {
      const kind = letter === 'x' ? 'non-hex' : 'non-octal';
      throw this.fault(`${kind} character in \\${letter}{} (closing brace missing?)`);
    }
    return value;
  }

  private control(): number {
    if (this.atEnd) throw this.fault('\\c at end of pattern');
    const point = this.point();
    if (point > 0x7f) throw this.fault('\\c must be followed by an ASCII character');
    const upper = point >= 0x61 && point <= 0x7a ? point - 0x20 : point;
    return upper >= 0x40 ? upper - 0x40 : upper + 0x40;
  }

  /** Up to three octal digits. */
  octal(): number {
    let digits = '';
    while (digits.length < 3 && /^[0-7]$/.test(this.peek())) digits += this.next();
    const value = Number.parseInt(digits === '' ? '0' : digits, 8);
    if (value > MAX_BYTE && !this.unicode)
      throw this.fault('octal value is greater than \\377 in 8-bit non-UTF-8 mode');
    return value;
  }
}
