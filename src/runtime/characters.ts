/**
 * Deep lists of characters and binaries turned into UTF-8, or as much of them as is right (do_build_utf8 in OTP's erl_unicode.c). Sequences may
 * be cut between two binaries.
 */
import { bitSize, bytesFrom, makeBinary, subBits } from '../term/bits.ts';
import { cons, listOf } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import { head, isBig, isBitstring, isCons, isSmall, smallValue, tail } from '../term/term.ts';
import { ByteSink, NO_BYTES } from './bits-sink.ts';
import { isContinuation, sequenceLength, validLength } from './utf8-sequences.ts';

export type Encoding = 'latin1' | 'utf8';

export interface Converted {
  /** Well-formed UTF-8. */
  readonly content: Uint8Array;
  /** error: what follows is wrong; incomplete: it ends within a character. */
  readonly outcome: 'ok' | 'error' | 'incomplete';
  /** What was not converted. */
  readonly rest: Term;
}

const MAX_LATIN1 = 255;
/** Bytes of the longest sequence: a part has at least as many, so that each gets on. */
export const LONGEST_SEQUENCE = 4;

/** Raises badarg unless terms consist of nothing but lists, integers and binaries; looks no further than a large integer. */
export class CharacterCheck {
  private readonly pending: Term[];

  constructor(t: Term) {
    this.pending = [t];
  }

  /** Looks at `steps` cells at most. Returns how many of them it did not need; 0: there may be more to look at. */
  part(steps: number): number {
    const { pending } = this;
    let left = steps;
    for (let rest = pending.pop(); rest !== undefined; rest = pending.pop()) {
      while (isCons(rest)) {
        if (left-- === 0) {
          pending.push(rest);
          return 0;
        }
        const element = head(rest);
        if (isCons(element)) {
          pending.push(tail(rest));
          rest = element;
          continue;
        }
        if (isBig(element)) {
          pending.length = 0;
          return left;
        }
        if (!isSmall(element)) checkEnd(element);
        rest = tail(rest);
      }
      checkEnd(rest);
    }
    return left;
  }
}

function checkEnd(t: Term): void {
  if (t === NIL) return;
  if (!isBitstring(t) || bitSize(t) % 8 !== 0) throw badarg();
}

/** Converts what CharacterCheck has let pass. */
export class Conversion {
  private readonly latin1: boolean;
  private readonly sink = new ByteSink();
  /** The beginning of a sequence that the last binary ended in. */
  private leftover = NO_BYTES;
  private readonly pending: Term[];
  /** The binary that a part ended in, and the bytes of it that are done. */
  private cut: { readonly binary: Term; readonly from: number } | undefined;
  /** Cells and bytes that this part may still look at. */
  private left = 0;

  constructor(t: Term, encoding: Encoding) {
    this.pending = [t];
    this.latin1 = encoding === 'latin1';
  }

  /** Goes on for so many cells and bytes; undefined: there is more to do. */
  part(steps: number): Converted | undefined {
    const { cut, pending } = this;
    this.left = steps;
    this.cut = undefined;
    let wrong = cut === undefined ? undefined : this.binary(cut.binary, cut.from);
    while (wrong === undefined) {
      if (this.left <= 0) return undefined;
      const rest = pending.pop();
      if (rest === undefined) return this.finished();
      wrong = isCons(rest) ? this.list(rest) : this.end(rest);
    }
    return this.failed(wrong);
  }

  private finished(): Converted {
    const { leftover, sink } = this;
    if (leftover.length === 0) return { content: sink.taken(), outcome: 'ok', rest: NIL };
    const outcome = isBeginning(leftover) ? 'incomplete' : 'error';
    return { content: sink.taken(), outcome, rest: makeBinary(leftover) };
  }

  private failed(wrong: Term): Converted {
    let rest = wrong;
    for (let next = this.pending.pop(); next !== undefined; next = this.pending.pop()) rest = cons(rest, next);
    if (this.leftover.length > 0) rest = listOf([makeBinary(this.leftover), rest]);
    return { content: this.sink.taken(), outcome: 'error', rest };
  }

  /** A list and those that begin in it, as far as this part goes; what was not converted where something is wrong. */
  private list(list: Term): Term | undefined {
    let rest = list;
    while (isCons(rest)) {
      if (this.left-- <= 0) {
        this.pending.push(rest);
        return undefined;
      }
      const element = head(rest);
      if (isCons(element)) {
        this.pending.push(tail(rest));
        rest = element;
        continue;
      }
      if (isBitstring(element)) {
        const wrong = this.binary(element, 0);
        if (wrong !== undefined) return cons(wrong, tail(rest));
      } else if (element !== NIL && !(isSmall(element) && this.character(smallValue(element)))) {
        return rest;
      }
      rest = tail(rest);
    }
    return this.end(rest);
  }

  private end(t: Term): Term | undefined {
    if (t === NIL) return undefined;
    if (!isBitstring(t)) return t;
    if (this.left > 0) return this.binary(t, 0);
    this.pending.push(t);
    return undefined;
  }

  private character(code: number): boolean {
    if (this.leftover.length > 0 || code < 0 || (this.latin1 && code > MAX_LATIN1)) return false;
    return putCharacter(this.sink, code);
  }

  /** A binary from byte `first` on, as far as this part goes. */
  private binary(t: Term, first: number): Term | undefined {
    const size = bitSize(t) / 8;
    const last = Math.min(size, first + Math.max(this.left, LONGEST_SEQUENCE));
    this.left -= last - first;
    if (last < size) this.cut = { binary: t, from: last };
    const content = bytesFrom(t, first, last - first);
    if (!this.latin1) return this.utf8Bytes(t, first, content);
    for (const byte of content) putCharacter(this.sink, byte);
    return undefined;
  }

  private utf8Bytes(t: Term, first: number, content: Uint8Array): Term | undefined {
    const from = this.finishLeftover(content);
    if (from < 0) return t;
    const length = validLength(content, from);
    if (length > 0) this.sink.append(content.subarray(from, from + length));
    const at = from + length;
    if (at === content.length) return undefined;
    if (sequenceLength(content[at] as number) > content.length - at) {
      if (this.cut === undefined) this.leftover = content.slice(at);
      else this.cut = { binary: t, from: first + at };
      return undefined;
    }
    const size = bitSize(t);
    return subBits(t, (first + at) * 8, size - (first + at) * 8);
  }

  /** Completes the sequence that the last binary began; gives the number of bytes taken, all of them if it is still not complete, -1: wrong. */
  private finishLeftover(content: Uint8Array): number {
    const { leftover } = this;
    if (leftover.length === 0) return 0;
    const missing = sequenceLength(leftover[0] as number) - leftover.length;
    const take = Math.min(missing, content.length);
    const joined = new Uint8Array(leftover.length + take);
    joined.set(leftover);
    joined.set(content.subarray(0, take), leftover.length);
    if (content.length < missing) {
      this.leftover = joined;
      return content.length;
    }
    if (validLength(joined, 0) !== joined.length) return -1;
    this.sink.append(joined);
    this.leftover = NO_BYTES;
    return take;
  }
}

/** Whether bytes that end within a sequence may be the beginning of one (check_leftovers). */
export function isBeginning(content: Uint8Array): boolean {
  const length = sequenceLength(content[0] as number);
  if (length < 2) return false;
  for (let at = 1; at < Math.min(length - 1, content.length); at++) {
    if (!isContinuation(content[at])) return false;
  }
  return true;
}

const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const MAX_CODE_POINT = 0x10ffff;

/** Writes a character in UTF-8; false when it is none. */
function putCharacter(sink: ByteSink, code: number): boolean {
  if (code < 0x80) {
    sink.byte(code);
    return true;
  }
  if (code > MAX_CODE_POINT || (code >= FIRST_SURROGATE && code <= LAST_SURROGATE)) return false;
  const low = 0x80 + (code % 64);
  const rest = Math.floor(code / 64);
  if (code < 0x800) {
    sink.byte(0xc0 + rest);
  } else if (code < 0x10000) {
    sink.byte(0xe0 + Math.floor(rest / 64));
    sink.byte(0x80 + (rest % 64));
  } else {
    sink.byte(0xf0 + Math.floor(rest / 4096));
    sink.byte(0x80 + (Math.floor(rest / 64) % 64));
    sink.byte(0x80 + (rest % 64));
  }
  sink.byte(low);
  return true;
}
