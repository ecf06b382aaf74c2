/** Mixing of 32-bit words, as in OTP's erl_term_hashing.c (Bob Jenkins's hash). */

/** The golden ratio; other tables of constants are its multiples. */
export const GOLDEN = 0x9e3779b9 | 0;

/** `n` times the golden ratio, modulo 2^32 (HCONST_2, HCONST_3 … in OTP). */
export function goldenTimes(n: number): number {
  return Math.imul(GOLDEN, n);
}

/** The last of the three words that mixing leaves (MIX): a new hash from the old one, `c`, and two words. */
export function mix(first: number, second: number, third: number): number {
  let a = first | 0;
  let b = second | 0;
  let c = third | 0;
  a = (a - b - c) ^ (c >>> 13);
  b = (b - c - a) ^ (a << 8);
  c = (c - a - b) ^ (b >>> 13);
  a = (a - b - c) ^ (c >>> 12);
  b = (b - c - a) ^ (a << 16);
  c = (c - a - b) ^ (b >>> 5);
  a = (a - b - c) ^ (c >>> 3);
  b = (b - c - a) ^ (a << 10);
  return (c - a - b) ^ (b >>> 15);
}

function wordAt(buffer: Uint8Array, at: number): number {
  return (
    (buffer[at] as number) |
    ((buffer[at + 1] as number) << 8) |
    ((buffer[at + 2] as number) << 16) |
    ((buffer[at + 3] as number) << 24)
  );
}

/** Up to four bytes as a little-endian word; what lies at or behind `end` counts as 0. */
function partialWord(buffer: Uint8Array, at: number, end: number): number {
  let word = 0;
  for (let i = Math.min(end, at + 4) - 1; i >= at; i--) word = (word << 8) | (buffer[i] as number);
  return word;
}

/** Bytes that are mixed at a time. */
export const BLOCK_BYTES = 12;

/** The three words between two blocks: what `mixBlocks` starts from and leaves. */
export type BlockState = [a: number, b: number, c: number];

const scratch: BlockState = [0, 0, 0];

/** Mixes whole blocks from `from` on as long as they end at or before `to`; gives where the next one begins. */
export function mixBlocks(state: BlockState, buffer: Uint8Array, from: number, to: number): number {
  let [a, b, c] = state;
  let at = from;
  for (; at + BLOCK_BYTES <= to; at += BLOCK_BYTES) {
    a = (a + wordAt(buffer, at)) | 0;
    b = (b + wordAt(buffer, at + 4)) | 0;
    c = (c + wordAt(buffer, at + 8)) | 0;
    a = (a - b - c) ^ (c >>> 13);
    b = (b - c - a) ^ (a << 8);
    c = (c - a - b) ^ (b >>> 13);
    a = (a - b - c) ^ (c >>> 12);
    b = (b - c - a) ^ (a << 16);
    c = (c - a - b) ^ (b >>> 5);
    a = (a - b - c) ^ (c >>> 3);
    b = (b - c - a) ^ (a << 10);
    c = (c - a - b) ^ (b >>> 15);
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  return at;
}

/** The hash when `mixBlocks` has come to `at`, behind the last whole block of `length` bytes. */
export function blockEnd(state: BlockState, buffer: Uint8Array, at: number, length: number): number {
  // The lowest byte of the last word is the length's.
  const a = state[0] + partialWord(buffer, at, length);
  const b = state[1] + partialWord(buffer, at + 4, length);
  return mix(a, b, state[2] + (partialWord(buffer, at + 8, length) << 8) + length);
}

/** Hash of the first `length` bytes, from the hash of what came before (block_hash). */
export function blockHash(buffer: Uint8Array, length: number, previous: number): number {
  scratch[0] = GOLDEN;
  scratch[1] = GOLDEN;
  scratch[2] = previous | 0;
  return blockEnd(scratch, buffer, mixBlocks(scratch, buffer, 0, length), length);
}
