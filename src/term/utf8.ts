/** UTF-8 as Erlang has it: no surrogates, nothing above U+10FFFF, no longer form than needed. */

/** Smallest code point that needs a sequence of this many bytes. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

/** The text of bytes `from` up to (not including) `to`; undefined when they are not well-formed UTF-8. */
export function decodeUtf8(bytes: Uint8Array, from: number, to: number): string | undefined {
  let text = '';
  let i = from;
  while (i < to) {
    const first = bytes[i] as number;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      i++;
      continue;
    }
    const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length === 0 || i + length > to) return undefined;
    let code = first & (0x7f >> length);
    for (let j = 1; j < length; j++) {
      const next = bytes[i + j] as number;
      if ((next & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (next & 0x3f);
    }
    if (code < (LEAST[length] as number) || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
    text += String.fromCodePoint(code);
    i += length;
  }
  return text;
}

/** Where the first `count` characters of UTF-8 end, going by the bytes that begin one; the length when there are no more. */
export function endOfCharacters(bytes: Uint8Array, count: number): number {
  let begun = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (((bytes[i] as number) & 0xc0) !== 0x80 && ++begun > count) return i;
  }
  return bytes.length;
}

/** How many code points a text has, at most `limit` + 1 being counted. */
export function codePointCount(text: string, limit: number): number {
  if (text.length <= limit) return text.length;
  let count = 0;
  for (const _ of text) if (++count > limit) break;
  return count;
}

/** The bytes of a text. */
export function encodeUtf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(out);
}
