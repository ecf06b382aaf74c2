/** Characters in UTF-8 and UTF-16, as numbers and bytes (erts_bs_get_utf8 and its like in OTP's erl_bits.c). */

/** What decoding gives for bytes that are no character. */
export const NO_CHARACTER = -1;

/** Most bytes of a character. */
export const MAX_CHARACTER_BYTES = 4;

const LIMIT = 0x110000;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const FIRST_LOW_SURROGATE = 0xdc00;

/** A number that Unicode has a place for, and no surrogate. */
export function isCharacter(code: number): boolean {
  return code >= 0 && code < LIMIT && (code < FIRST_SURROGATE || code > LAST_SURROGATE);
}

/** Bytes of a character in UTF-8. */
export function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** Bytes of a character in UTF-16. */
export function utf16Length(code: number): number {
  return code < 0x10000 ? 2 : 4;
}

/** The character that starts at `index`, of which `available` bytes are there; NO_CHARACTER when it is not well-formed. */
export function decodeUtf8At(bytes: Uint8Array, index: number, available: number): number {
  if (available < 1) return NO_CHARACTER;
  const first = bytes[index] as number;
  if (first < 0x80) return first;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
  if (length === 0 || length > available) return NO_CHARACTER;
  let code = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes[index + i] as number;
    if ((next & 0xc0) !== 0x80) return NO_CHARACTER;
    code = (code << 6) | (next & 0x3f);
  }
  return utf8Length(code) === length && isCharacter(code) ? code : NO_CHARACTER;
}

/** Writes a character in UTF-8; returns how many bytes it takes. */
export function encodeUtf8At(bytes: Uint8Array, index: number, code: number): number {
  const length = utf8Length(code);
  if (length === 1) {
    bytes[index] = code;
    return 1;
  }
  let rest = code;
  for (let i = length - 1; i > 0; i--) {
    bytes[index + i] = 0x80 | (rest & 0x3f);
    rest >>>= 6;
  }
  bytes[index] = ((0xf00 >> length) & 0xff) | rest;
  return length;
}

function unitAt(bytes: Uint8Array, index: number, little: boolean): number {
  const [first, second] = [bytes[index] as number, bytes[index + 1] as number];
  return little ? (second << 8) | first : (first << 8) | second;
}

/** As `decodeUtf8At`, for UTF-16. */
export function decodeUtf16At(bytes: Uint8Array, index: number, available: number, little: boolean): number {
  if (available < 2) return NO_CHARACTER;
  const first = unitAt(bytes, index, little);
  if (first < FIRST_SURROGATE || first > LAST_SURROGATE) return first;
  if (first >= FIRST_LOW_SURROGATE || available < 4) return NO_CHARACTER;
  const second = unitAt(bytes, index + 2, little);
  if (second < FIRST_LOW_SURROGATE || second > LAST_SURROGATE) return NO_CHARACTER;
  return 0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff);
}

function writeUnit(bytes: Uint8Array, index: number, unit: number, little: boolean): void {
  bytes[little ? index + 1 : index] = unit >>> 8;
  bytes[little ? index : index + 1] = unit;
}

/** Writes a character in UTF-16; returns how many bytes it takes. */
export function encodeUtf16At(bytes: Uint8Array, index: number, code: number, little: boolean): number {
  if (code < 0x10000) {
    writeUnit(bytes, index, code, little);
    return 2;
  }
  const rest = code - 0x10000;
  writeUnit(bytes, index, FIRST_SURROGATE | (rest >>> 10), little);
  writeUnit(bytes, index + 2, FIRST_LOW_SURROGATE | (rest & 0x3ff), little);
  return 4;
}
