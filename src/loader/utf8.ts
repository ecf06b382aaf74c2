/** Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF (`erts_analyze_utf8` in OTP). */

/** First code point that needs this many continuation bytes. */
const smallest = [0, 0x80, 0x800, 0x10000];

const ASCII: readonly string[] = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code));

/**
 * Text of `bytes[start..end)`, or undefined if that is not UTF-8. `maxChars` bounds the number of code points (not of
 * UTF-16 units); more are an error too.
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number, maxChars: number): string | undefined {
  const plain = end - start <= maxChars ? decodeAscii(bytes, start, end) : undefined;
  if (plain !== undefined) return plain;
  let text = '';
  let chars = 0;
  let at = start;
  while (at < end) {
    const first = bytes[at] ?? 0;
    const more = continuationBytes(first);
    if (more < 0 || at + more >= end || ++chars > maxChars) return undefined;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let i = 1; i <= more; i++) {
      const byte = bytes[at + i] ?? 0;
      if ((byte & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (byte & 0x3f);
    }
    if (code < (smallest[more] ?? 0) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    text += String.fromCodePoint(code);
    at += more + 1;
  }
  return text;
}

function continuationBytes(first: number): number {
  if (first < 0x80) return 0;
  if (first < 0xc0) return -1;
  if (first < 0xe0) return 1;
  if (first < 0xf0) return 2;
  return first < 0xf8 ? 3 : -1;
}

function decodeAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0x80;
    if (byte >= 0x80) return undefined;
    text += ASCII[byte];
  }
  return text;
}

/** Text of Latin-1 bytes. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
