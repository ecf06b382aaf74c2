/** Well-formed UTF-8 in bytes: no surrogates, nothing above U+10FFFF, no longer form than needed. */
import { allocate, trimTo } from '../memory/heap.ts';
import { plus, store } from '../memory/memory.ts';
import type { Term } from '../term/layout.ts';
import { makeCons, makeSmall } from '../term/term.ts';

const CELL_BYTES = 8;

/** How many bytes a sequence has that begins with this byte; 0: none begins so. Overlong ones count by what they claim. */
export function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc0 || first >= 0xf8) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

export function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

/** The length of the well-formed sequence at `at`; 0 when there is none. */
function sequenceAt(content: Uint8Array, at: number): number {
  const first = content[at] as number;
  const length = sequenceLength(first);
  if (length === 1) return 1;
  if (length === 0 || first === 0xc0 || first === 0xc1 || at + length > content.length) return 0;
  for (let i = 1; i < length; i++) if (!isContinuation(content[at + i])) return 0;
  const second = content[at + 1] as number;
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second >= 0xa0)) return 0;
  if ((first === 0xf0 && second < 0x90) || first > 0xf4 || (first === 0xf4 && second >= 0x90)) return 0;
  return length;
}

/** How many bytes from `from` on are well-formed, up to the first sequence that is not. */
export function validLength(content: Uint8Array, from: number): number {
  let at = from;
  while (at < content.length) {
    if ((content[at] as number) < 0x80) {
      at++;
      continue;
    }
    const length = sequenceAt(content, at);
    if (length === 0) break;
    at += length;
  }
  return at - from;
}

/** Where the character begins that byte `at` of well-formed UTF-8 is part of. */
export function characterStart(content: Uint8Array, at: number): number {
  let start = at;
  while (start > 0 && isContinuation(content[start])) start--;
  return start;
}

const TWO_MARKS = 0xc0 * 64 + 0x80;
const THREE_MARKS = (0xe0 * 64 + 0x80) * 64 + 0x80;
const FOUR_MARKS = ((0xf0 * 64 + 0x80) * 64 + 0x80) * 64 + 0x80;

function next(content: Uint8Array, at: number): number {
  return content[at] as number;
}

/** The list of the characters from byte `from` to `to` of well-formed UTF-8, which is no view of linear memory, in front of `last`. */
export function characterList(content: Uint8Array, from: number, to: number, last: Term): Term {
  if (from === to) return last;
  const a = allocate(2 * (to - from));
  let cell = a;
  for (let at = from; at < to; cell = plus(cell, CELL_BYTES)) {
    let code = content[at++] as number;
    // The first byte's mark, and those of the bytes that follow, are taken off at once.
    if (code >= 0xf0) {
      code = ((code * 64 + next(content, at)) * 64 + next(content, at + 1)) * 64 + next(content, at + 2) - FOUR_MARKS;
      at += 3;
    } else if (code >= 0xe0) {
      code = (code * 64 + next(content, at)) * 64 + next(content, at + 1) - THREE_MARKS;
      at += 2;
    } else if (code >= 0x80) {
      code = code * 64 + next(content, at) - TWO_MARKS;
      at++;
    }
    store(cell, makeSmall(code));
    store(plus(cell, 4), makeCons(plus(cell, CELL_BYTES)));
  }
  store(plus(cell, -4), last);
  trimTo(cell);
  return makeCons(a);
}
