/** iodata: deep lists of bytes and binaries, whose last tail may be a binary, too (erl_iolist.c). */
import { bitSize } from '../term/bits.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import { head, isBitstring, isCons, isSmall, smallValue, tail } from '../term/term.ts';
import { ByteSink } from './bits-sink.ts';

/** Where the parts of iodata go, in order. */
export interface IodataTarget {
  byte(value: number): void;
  bits(t: Term): void;
}

const MAX_BYTE = 255;

/**
 * Gives every byte and every bitstring of `t` to `target`. False, perhaps after some were given: `t` is no iodata. `unit` is 8 or 1:
 * what the size in bits of a bitstring must be a multiple of.
 */
export function walkIodata(t: Term, target: IodataTarget, unit: 1 | 8 = 8): boolean {
  const pending: Term[] = [];
  let rest = t;
  for (;;) {
    while (isCons(rest)) {
      const element = head(rest);
      if (isSmall(element)) {
        const value = smallValue(element);
        if (value < 0 || value > MAX_BYTE) return false;
        target.byte(value);
      } else if (isCons(element)) {
        pending.push(tail(rest));
        rest = element;
        continue;
      } else if (element !== NIL) {
        if (!isBitstring(element) || bitSize(element) % unit !== 0) return false;
        target.bits(element);
      }
      rest = tail(rest);
    }
    if (rest !== NIL) {
      if (!isBitstring(rest) || bitSize(rest) % unit !== 0) return false;
      target.bits(rest);
    }
    const next = pending.pop();
    if (next === undefined) return true;
    rest = next;
  }
}

/** The bytes of iodata; undefined when it is none. No view of linear memory. */
export function iodataBytes(t: Term): Uint8Array | undefined {
  const sink = new ByteSink();
  return walkIodata(t, sink) ? sink.taken() : undefined;
}

/** The same; raises badarg. */
export function iodataArgument(t: Term): Uint8Array {
  const content = iodataBytes(t);
  if (content === undefined) throw badarg();
  return content;
}
