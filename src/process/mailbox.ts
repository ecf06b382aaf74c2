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

  /** Remembers this moment; gives the marker's number. */
  reserveMarker(): number {
    this.markers ??= [];
    if (this.markers.length === MAX_MARKERS) this.markers.shift();
    const id = ((this.markers.at(-1)?.id ?? 0) % 2 ** 28) + 1;
    this.markers.push({ id, from: this.nextSequence, key: undefined });
    return id;
  }

  /** Says which reference the marker was reserved for. */
  bindMarker(id: number, key: RefKey): void {
    const marker = this.markers?.find((candidate) => candidate.id === id);
    if (marker !== undefined) marker.key = key;
  }

  clearMarker(key: RefKey): void {
    if (this.markers === undefined) return;
    this.markers = this.markers.filter((marker) => marker.key !== key);
    if (this.markers.length === 0) this.markers = undefined;
  }

  dropMarker(id: number): void {
    this.markers = this.markers?.filter((marker) => marker.id !== id);
  }

  /** The receive that follows can only mean messages that came after the marker of `key`; without one, it means all. */
  useMarker(key: RefKey): void {
    const marker = this.markers?.find((candidate) => candidate.key === key);
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
