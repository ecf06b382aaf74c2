/**
 * The messages of one process, in the order of their arrival, and the place up to which a receive has looked.
 * A message lies in a fragment until the process takes it.
 */
import { type Fragment, freeFragment } from '../memory/fragment.ts';
import type { Term } from '../term/layout.ts';
import type { RefKey } from './references.ts';

/** Receive markers that a process may have at a time (ERTS_RECV_MARKER_BLOCK_SIZE in OTP's erl_message.h); the oldest gives way. */
const MAX_MARKERS = 8;

interface Marker {
  readonly id: number;
  /** Sequence of the first message that can be meant. */
  readonly from: number;
  key: RefKey | undefined;
}

/** Markers' numbers are smalls. */
const MARKER_BITS = 28;
const NO_MARKERS: readonly Marker[] = [];

export class Mailbox {
  length = 0;
  /** How many messages lie on the process's heap. */
  onHeap = 0;
  /** The next message to look at; undefined: all have been looked at. */
  unread: Fragment | undefined;
  private first: Fragment | undefined;
  private last: Fragment | undefined;
  private nextSequence = 0;
  private markers: Marker[] | undefined;
  private lastMarker = 0;

  append(fragment: Fragment): void {
    fragment.sequence = this.nextSequence++;
    fragment.previous = this.last;
    if (this.last === undefined) this.first = fragment;
    else this.last.next = fragment;
    this.last = fragment;
    this.unread ??= fragment;
    if (fragment.isOnHeap) this.onHeap++;
    this.length++;
  }

  /** Leaves so many unread messages where they are, and looks at the next one. */
  skip(count: number): void {
    let { unread } = this;
    for (let i = 0; i < count; i++) unread = unread?.next;
    this.unread = unread;
  }

  /** The next receive begins with the first message. */
  rewind(): void {
    this.unread = this.first;
  }

  /** Takes the unread message out; the next receive begins with the first. The caller owns the fragment then. */
  take(): Fragment {
    const message = this.unread;
    if (message === undefined) throw new Error('no message is being looked at');
    this.remove(message);
    this.rewind();
    return message;
  }

  /** Takes any message out. `unread` moves on if it was that one. */
  remove(message: Fragment): void {
    const { previous, next } = message;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    if (this.unread === message) this.unread = next;
    message.previous = undefined;
    message.next = undefined;
    if (message.isOnHeap) this.onHeap--;
    this.length--;
  }

  /** Shows the collector the messages that lie on the heap. */
  visitRoots(visit: (t: Term) => Term): void {
    let left = this.onHeap;
    for (let message = this.first; left > 0 && message !== undefined; message = message.next) {
      if (!message.isOnHeap) continue;
      message.term = visit(message.term);
      left--;
    }
  }

  *messages(): Generator<Fragment> {
    for (let message = this.first; message !== undefined; ) {
      const { next } = message;
      yield message;
      message = next;
    }
  }

  /** Frees all messages. */
  clear(): void {
    for (let message = this.first; message !== undefined; message = message.next) freeFragment(message);
    this.first = undefined;
    this.last = undefined;
    this.unread = undefined;
    this.markers = undefined;
    this.length = 0;
    this.onHeap = 0;
  }

  // ---- receive markers: a receive that waits for a reference made just now need not look at older messages -------------

  /** Has markers be numbered from a number on, which only tests want. */
  countMarkersFrom(start: bigint): void {
    this.lastMarker = Number(BigInt.asUintN(MARKER_BITS, start));
  }

  /** Remembers this moment; gives the marker's number. */
  reserveMarker(): number {
    this.markers ??= [];
    if (this.markers.length === MAX_MARKERS) this.markers.shift();
    this.lastMarker = (this.lastMarker % 2 ** MARKER_BITS) + 1;
    this.markers.push({ id: this.lastMarker, from: this.nextSequence, key: undefined });
    return this.lastMarker;
  }

  /** Says which reference the marker was reserved for. */
  bindMarker(id: number, key: RefKey): void {
    for (const marker of this.markers ?? NO_MARKERS) if (marker.id === id) marker.key = key;
  }

  clearMarker(key: RefKey): void {
    const { markers } = this;
    for (let i = 0; markers !== undefined && i < markers.length; i++) {
      if (markers[i]?.key === key) this.forgetMarker(i);
    }
  }

  dropMarker(id: number): void {
    const { markers } = this;
    for (let i = 0; markers !== undefined && i < markers.length; i++) {
      if (markers[i]?.id === id) this.forgetMarker(i);
    }
  }

  private forgetMarker(index: number): void {
    if (index + 1 === this.markers?.length) this.markers.pop();
    else this.markers?.splice(index, 1);
  }

  /** The receive that follows can only mean messages that came after the marker of `key`; without one, it means all. */
  useMarker(key: RefKey): void {
    let marker: Marker | undefined;
    for (const candidate of this.markers ?? NO_MARKERS) if (candidate.key === key) marker ??= candidate;
    if (marker === undefined) return;
    let message: Fragment | undefined;
    let candidate = this.last;
    while (candidate !== undefined && candidate.sequence >= marker.from) {
      message = candidate;
      candidate = candidate.previous;
    }
    this.unread = message;
  }
}
