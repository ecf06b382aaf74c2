/** Well-formed UTF-8 in bytes: no surrogates, nothing above U+10FFFF, no longer form than needed. */
import { cons } from '../term/build.ts';
import { NIL, type Term } from '../term/layout.ts';
import { makeSmall } from '../term/term.ts';

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

/** The list of the characters of well-formed UTF-8, the first `length` bytes of what is no view of linear memory. */
export function characterList(content: Uint8Array, length: number = content.length): Term {
  let list: Term = NIL;
  let code = 0;
  let weight = 1;
  for (let at = length - 1; at >= 0; at--) {
    const byte = content[at] as number;
    if (isContinuation(byte)) {
      code += (byte - 0x80) * weight;
      weight *= 64;
      continue;
    }
    const byteCount = sequenceLength(byte);
    if (byteCount > 1) code += (byte % 2 ** (7 - byteCount)) * weight;
    list = cons(makeSmall(byteCount === 1 ? byte : code), list);
    code = 0;
    weight = 1;
  }
  return list;
}
