/** UTF-8 as the matcher reads it: characters at byte positions. */

const CONTINUATION = 0x40;

/** Characters and their offsets (one more: the end), or where the bytes are no UTF-8. */
export function decodePoints(
  content: Uint8Array,
): { readonly points: number[]; readonly offsets: number[] } | { readonly fault: number } {
  const points: number[] = [];
  const offsets: number[] = [];
  let at = 0;
  while (at < content.length) {
    const length = lengthAt(content, at);
    if (length === 0) return { fault: at };
    points.push(pointAt(content, at));
    offsets.push(at);
    at += length;
  }
  offsets.push(at);
  return { points, offsets };
}

export function isUtf8(content: Uint8Array): boolean {
  let at = 0;
  while (at < content.length) {
    const length = lengthAt(content, at);
    if (length === 0) return false;
    at += length;
  }
  return true;
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
