/**
 * MD5 in steps. A context is the 92 bytes that OTP's BIFs give out: state (4 words), bits so far (2 words, low one first), the block
 * that is being filled (64 bytes), how much of it is filled (1 word). Words are little-endian.
 */

export const CONTEXT_BYTES = 92;
const LENGTH_AT = 16;
const BLOCK_AT = 24;
const BLOCK_BYTES = 64;
const FILLED_AT = 88;
const DIGEST_BYTES = 16;
/** Where the length lies in the last block. */
const LENGTH_IN_BLOCK = 56;

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
].flatMap((round) => [...round, ...round, ...round, ...round]);

const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** Which word of the block step `i` uses. */
const WORD_OF_STEP = Array.from({ length: 64 }, (_, i) => {
  if (i < 16) return i;
  if (i < 32) return (5 * i + 1) % 16;
  return (i < 48 ? 3 * i + 5 : 7 * i) % 16;
});

export function newMd5Context(): Uint8Array {
  const context = new Uint8Array(CONTEXT_BYTES);
  const view = new DataView(context.buffer);
  [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476].forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  return context;
}

/** Puts `content` into a context. */
export function updateMd5(context: Uint8Array, content: Uint8Array): void {
  const view = new DataView(context.buffer, context.byteOffset, CONTEXT_BYTES);
  const bits = view.getBigUint64(LENGTH_AT, true) + BigInt(content.length) * 8n;
  view.setBigUint64(LENGTH_AT, BigInt.asUintN(64, bits), true);
  fill(context, view, content);
}

function fill(context: Uint8Array, view: DataView, content: Uint8Array): void {
  let filled = Math.min(view.getUint32(FILLED_AT, true), BLOCK_BYTES - 1);
  for (let at = 0; at < content.length; ) {
    const take = Math.min(BLOCK_BYTES - filled, content.length - at);
    context.set(content.subarray(at, at + take), BLOCK_AT + filled);
    filled += take;
    at += take;
    if (filled === BLOCK_BYTES) {
      compress(view);
      context.fill(0, BLOCK_AT, BLOCK_AT + BLOCK_BYTES);
      filled = 0;
    }
  }
  view.setUint32(FILLED_AT, filled, true);
}

/** The 16 bytes of the digest. The context is used up. */
export function finishMd5(context: Uint8Array): Uint8Array {
  const view = new DataView(context.buffer, context.byteOffset, CONTEXT_BYTES);
  const filled = Math.min(view.getUint32(FILLED_AT, true), BLOCK_BYTES - 1);
  const padding = new Uint8Array(((LENGTH_IN_BLOCK + BLOCK_BYTES - 1 - filled) % BLOCK_BYTES) + 1 + 8);
  padding[0] = 0x80;
  new DataView(padding.buffer).setBigUint64(padding.length - 8, view.getBigUint64(LENGTH_AT, true), true);
  fill(context, view, padding);
  return context.slice(0, DIGEST_BYTES);
}

const words = new Int32Array(16);

function compress(view: DataView): void {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(BLOCK_AT + 4 * i, true);
  const start = [0, 4, 8, 12].map((at) => view.getInt32(at, true));
  let [a = 0, b = 0, c = 0, d = 0] = start;
  for (let i = 0; i < 64; i++) {
    let mixed: number;
    if (i < 16) mixed = (b & c) | (~b & d);
    else if (i < 32) mixed = (d & b) | (~d & c);
    else if (i < 48) mixed = b ^ c ^ d;
    else mixed = c ^ (b | ~d);
    const sum = (a + mixed + (SINES[i] as number) + (words[WORD_OF_STEP[i] as number] as number)) | 0;
    const shift = SHIFTS[i] as number;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  [a, b, c, d].forEach((word, i) => {
    view.setInt32(4 * i, ((start[i] as number) + word) | 0, true);
  });
}
