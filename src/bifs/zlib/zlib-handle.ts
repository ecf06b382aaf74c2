/** What a zlib reference stands for: a stream, its input queue, and what zlib.erl keeps in it (zlib_data_t in zlib_nif.c). */
import type { DeflateStream, InflateStream } from '../../host/compression.ts';
import { type Fragment, freeFragment } from '../../memory/fragment.ts';
import type { MagicHandle } from '../../memory/off-heap.ts';
import { copyOut } from '../../term/copy.ts';
import type { Term } from '../../term/layout.ts';

/** What becomes of input behind the end of a compressed stream (zlib_eos_behavior_t). */
export const AT_END_ERROR = 0;
export const AT_END_RESET = 1;
export const AT_END_CUT = 2;

/** `sums`: the handle's `crc` is kept up, as a program may ask for it. */
export type ZlibState =
  | { readonly kind: 'none' | 'closed' }
  | { readonly kind: 'deflate'; readonly stream: DeflateStream; readonly isRaw: boolean; readonly sums: boolean }
  | { readonly kind: 'inflate'; readonly stream: InflateStream; readonly atEnd: number; readonly sums: boolean };

export class ZlibHandle implements MagicHandle {
  /** The only process that may use it: its pid. */
  controller: Term;
  state: ZlibState = { kind: 'none' };
  /** A compressed stream has come to its end. */
  endSeen = false;
  queue: Uint8Array[] = [];
  /** CRC-32 of what a raw stream has compressed, or of what came out of one; 0 for other streams. */
  crc = 0;
  /** Bytes that inflateChunk gives at a time; zlib.erl keeps them here. */
  chunkSize = 4000;
  stash: Fragment | undefined;

  constructor(controller: Term) {
    this.controller = controller;
  }

  get queuedBytes(): number {
    return this.queue.reduce((sum, part) => sum + part.length, 0);
  }

  /** Takes `byteCount` bytes, at most all, from the front of the queue. */
  dequeue(byteCount: number): void {
    let left = byteCount;
    let whole = 0;
    for (; whole < this.queue.length && left >= (this.queue[whole] as Uint8Array).length; whole++) {
      left -= (this.queue[whole] as Uint8Array).length;
    }
    this.queue.splice(0, whole);
    if (left > 0) this.queue[0] = (this.queue[0] as Uint8Array).subarray(left);
  }

  setStash(term: Term): void {
    this.stash = copyOut(term, true);
  }

  clearStash(): void {
    if (this.stash !== undefined) freeFragment(this.stash);
    this.stash = undefined;
  }

  /** Throws input and stash away. */
  resetInput(): void {
    this.queue = [];
    this.clearStash();
  }

  close(): void {
    this.clearStash();
    this.state = { kind: 'closed' };
  }

  onDrop(): void {
    this.close();
  }
}
