/** UTF-8 as the matcher reads it: characters at byte positions. */
import type { Newline } from './syntax.ts';

const CONTINUATION = 0x40;

/** Where bytes are no UTF-8; undefined: they are. */
export function utf8Fault(content: Uint8Array): number | undefined {
  const end = utf8End(content, 0, content.length);
  return end < content.length ? end : undefined;
}

/** Looks at characters from a position on up to `limit`: where it stands then, which is before `limit` if there is no character. */
export function utf8End(content: Uint8Array, from: number, limit: number): number {
  let at = from;
  while (at < limit) {
    if ((content[at] as number) < 0x80) {
      at++;
      continue;
    }
    const length = lengthAt(content, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** Bytes of the character at a position; 0: it is none (too long, too large, a surrogate, cut off). */
function lengthAt(content: Uint8Array, at: number): number {
  const first = content[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > content.length) return 0;
  for (let i = 1; i < length; i++) if (!isContinuation(content[at + i] as number)) return 0;
  const point = pointAt(content, at);
  const smallest = { 2: 0x80, 3: 0x800, 4: 0x10000 }[length] as number;
  return point < smallest || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? 0 : length;
}

export function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** Bytes of a character of well-formed UTF-8, by its first. */
export function widthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** The character at a position of well-formed UTF-8. */
export function pointAt(content: Uint8Array, at: number): number {
  const first = content[at] as number;
  if (first < 0x80) return first;
  const low = (offset: number): number => (content[at + offset] as number) % CONTINUATION;
  if (first < 0xe0) return (first - 0xc0) * 0x40 + low(1);
  if (first < 0xf0) return (first - 0xe0) * 0x1000 + low(1) * 0x40 + low(2);
  return (first - 0xf0) * 0x40000 + low(1) * 0x1000 + low(2) * 0x40 + low(3);
}

/** A character as UTF-8. */
export function encodePoint(point: number): number[] {
  if (point < 0x80) return [point];
  const tail = (shift: number): number => 0x80 + (Math.floor(point / shift) % CONTINUATION);
  if (point < 0x800) return [0xc0 + Math.floor(point / 0x40), tail(1)];
  if (point < 0x10000) return [0xe0 + Math.floor(point / 0x1000), tail(0x40), tail(1)];
  return [0xf0 + Math.floor(point / 0x40000), tail(0x1000), tail(0x40), tail(1)];
}

const CR = 0x0d;
const LF = 0x0a;

/** Bytes of the line end at a position (IS_NEWLINE in pcre_internal.h); 0: there is none. */
export function isNewlineIn(content: Uint8Array, at: number, kind: Newline, unicode: boolean): number {
  const byte = content[at];
  if (byte === undefined) return 0;
  if (kind === 'lf') return byte === LF ? 1 : 0;
  if (kind === 'cr') return byte === CR ? 1 : 0;
  const isPair = byte === CR && content[at + 1] === LF;
  if (kind === 'crlf') return isPair ? 2 : 0;
  if (isPair) return 2;
  if (byte === CR || byte === LF) return 1;
  return kind === 'any' ? unicodeNewline(content, at, unicode) : 0;
}

function unicodeNewline(content: Uint8Array, at: number, unicode: boolean): number {
  const point = unicode ? pointAt(content, at) : (content[at] as number);
  if (point === 0x0b || point === 0x0c) return 1;
  if (point === 0x85) return unicode ? 2 : 1;
  return point === 0x2028 || point === 0x2029 ? 3 : 0;
}

/** Bytes of the line end that ends at a position (WAS_NEWLINE); 0: there is none. */
export function newlineBefore(content: Uint8Array, at: number, kind: Newline, unicode: boolean): number {
  for (let length = 1; length <= 3 && length <= at; length++) {
    if (unicode && isContinuation(content[at - length] as number)) continue;
    if (length === 1 && at >= 2 && kind !== 'lf' && isNewlineIn(content, at - 2, kind, unicode) === 2) return 2;
    if (isNewlineIn(content, at - length, kind, unicode) === length) return length;
    if (kind !== 'crlf') return 0;
  }
  return 0;
}
