/** The bytes of a pattern and a position in them, which is where a fault is said to be. A NUL ends a pattern. */
import { RegexFault } from './syntax.ts';
import { pointAt, widthOf } from './utf8-points.ts';

const ZERO = 0x30;
const NINE = 0x39;
const LATIN_WORD = /[0-9A-Za-z_\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]/;

export class PatternReader {
  readonly bytes: Uint8Array;
  at = 0;
  readonly unicode: boolean;

  constructor(pattern: Uint8Array, start: number, unicode: boolean) {
    const end = pattern.indexOf(0);
    this.bytes = end < 0 ? pattern : pattern.subarray(0, end);
    this.at = start;
    this.unicode = unicode;
  }

  /** The byte so far ahead as a character; '': the pattern ends there. */
  peek(ahead = 0): string {
    const byte = this.bytes[this.at + ahead];
    return byte === undefined ? '' : String.fromCharCode(byte);
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  startsWith(text: string, ahead = 0): boolean {
    for (let i = 0; i < text.length; i++) {
      if (this.bytes[this.at + ahead + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  accept(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  isDigit(ahead = 0): boolean {
    const byte = this.bytes[this.at + ahead] ?? 0;
    return byte >= ZERO && byte <= NINE;
  }

  isWord(ahead = 0): boolean {
    const character = this.peek(ahead);
    return character !== '' && LATIN_WORD.test(character);
  }

  /** Characters of a name. */
  word(): string {
    const start = this.at;
    while (this.isWord()) this.at++;
    return this.slice(start, this.at);
  }

  /** Bytes as characters of Latin-1. */
  slice(from: number, to: number): string {
    let text = '';
    for (let i = from; i < to; i++) text += String.fromCharCode(this.bytes[i] as number);
    return text;
  }

  /** A whole character, and behind it. */
  point(): number {
    const point = this.unicode ? pointAt(this.bytes, this.at) : (this.bytes[this.at] as number);
    this.at += this.unicode ? widthOf(this.bytes[this.at] as number) : 1;
    return point;
  }

  /** Decimal digits; undefined: a number that C's int does not hold. The position is behind the digits. */
  decimal(limit: number): number | undefined {
    let value = 0;
    let isTooBig = false;
    while (this.isDigit()) {
      if (value > limit) isTooBig = true;
      value = value * 10 + Number(this.peek());
      this.at++;
    }
    return isTooBig ? undefined : value;
  }

  fault(text: string, at = this.at): RegexFault {
    return new RegexFault(text, Math.min(at, this.bytes.length));
  }
}
