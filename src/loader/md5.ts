/** MD5 (RFC 1321): its block function, and the digest of a sequence of byte arrays as if they were one. */

const shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
].flatMap((round) => [...round, ...round, ...round, ...round]);

const sines = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** Which word of the block step `i` uses. */
const wordOfStep = Array.from({ length: 64 }, (_, i) => {
  if (i < 16) return i;
  if (i < 32) return (5 * i + 1) % 16;
  return (i < 48 ? 3 * i + 5 : 7 * i) % 16;
});

/** The 16 bytes of the digest. */
export function md5(parts: readonly Uint8Array[]): Uint8Array {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const block = new Uint8Array(64);
  const words = new Int32Array(16);
  let filled = 0;
  let length = 0;
  const put = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; ) {
      const take = Math.min(64 - filled, bytes.length - at);
      block.set(bytes.subarray(at, at + take), filled);
      filled += take;
      at += take;
      if (filled === 64) {
        loadWords(block, words);
        compress(state, words);
        filled = 0;
      }
    }
  };
  for (const part of parts) {
    put(part);
    length += part.length;
  }
  const padding = new Uint8Array(((119 - (length % 64)) % 64) + 1);
  padding[0] = 0x80;
  put(padding);
  put(littleEndian([(length << 3) | 0, Math.floor(length / 2 ** 29)]));
  return littleEndian(state);
}

function loadWords(block: Uint8Array, words: Int32Array): void {
  for (let i = 0; i < 16; i++) {
    const at = i * 4;
    words[i] =
      (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8) | ((block[at + 2] ?? 0) << 16) | ((block[at + 3] ?? 0) << 24);
  }
}

/** Takes a block of 16 words into a state of 4. */
export function compress(state: Int32Array, words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let i = 0; i < 64; i++) {
    let mixed: number;
    if (i < 16) mixed = (b & c) | (~b & d);
    else if (i < 32) mixed = (d & b) | (~d & c);
    else if (i < 48) mixed = b ^ c ^ d;
    else mixed = c ^ (b | ~d);
    const sum = (a + mixed + (sines[i] ?? 0) + (words[wordOfStep[i] ?? 0] ?? 0)) | 0;
    const shift = shifts[i] ?? 0;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
}

function littleEndian(words: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  for (let i = 0; i < bytes.length; i++) bytes[i] = ((words[i >> 2] ?? 0) >>> ((i & 3) * 8)) & 0xff;
  return bytes;
}
