/**
 * MD5 in steps. A context is the 92 bytes that OTP's BIFs give out: state (4 words), bits so far (2 words, low one first), the block
 * that is being filled (64 bytes), how much of it is filled (1 word). Words are little-endian.
 */
import { compress } from '../loader/md5.ts';

export const CONTEXT_BYTES = 92;
const LENGTH_AT = 16;
const BLOCK_AT = 24;
const BLOCK_BYTES = 64;
const FILLED_AT = 88;
const DIGEST_BYTES = 16;
/** Where the length lies in the last block. */
const LENGTH_IN_BLOCK = 56;

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
      takeBlock(view);
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

function takeBlock(view: DataView): void {
  const words = Int32Array.from({ length: BLOCK_BYTES / 4 }, (_, i) => view.getInt32(BLOCK_AT + 4 * i, true));
  const state = Int32Array.from({ length: DIGEST_BYTES / 4 }, (_, i) => view.getInt32(4 * i, true));
  compress(state, words);
  state.forEach((word, i) => {
    view.setInt32(4 * i, word, true);
  });
}
