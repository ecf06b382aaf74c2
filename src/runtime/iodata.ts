/** iodata: deep lists of bytes and binaries, whose last tail may be a binary, too (erl_iolist.c). */
import {
  CELLS_LEFT,
  GATHERED,
  GATHERED_BYTES,
  iodataKernels,
  MOST_PENDING,
  PENDING,
  PENDING_END,
  REST,
} from '../memory/iodata-kernels.ts';
import { bytes, load, loadTerm, plus, store } from '../memory/memory.ts';
import { bitSize } from '../term/bits.ts';
import { badarg } from '../term/erlang-error.ts';
import { NIL, type Term } from '../term/layout.ts';
import type { Parts } from '../term/parts.ts';
import { head, isBitstring, isCons, isSmall, smallValue, tail } from '../term/term.ts';
import { BitSink, ByteSink } from './bits-sink.ts';

/** Where the parts of iodata go, in order. */
export interface IodataTarget {
  byte(value: number): void;
  bits(t: Term): void;
}

const MAX_BYTE = 255;
/** Bytes whose copy is as much work as a cell. */
const BYTES_PER_CELL = 8;
const CELLS_IN_A_PART = 1024;
const CELLS_PER_REDUCTION = 32;

/** A walk through iodata: gives every byte and every bitstring to a target. */
export class IodataWalk {
  private rest: Term;
  private readonly target: IodataTarget;
  private readonly unit: 1 | 8;
  /** What comes behind the list that `rest` is part of, innermost last. */
  private readonly pending: Term[] = [];

  /** `unit`: what the size in bits of a bitstring must be a multiple of. */
  constructor(data: Term, target: IodataTarget, unit: 1 | 8 = 8) {
    this.rest = data;
    this.target = target;
    this.unit = unit;
  }

  /** Looks at up to so many cells; bytes that are put into a sink count, too. `wrong`, perhaps after some parts were given: it is no iodata. */
  go(limit: number): 'done' | 'more' | 'wrong' {
    const { target, unit, pending } = this;
    if (!(target instanceof ByteSink) || unit !== 8) return this.step(limit);
    for (let left = limit; left > 0; ) {
      if (pending.length > MOST_PENDING / 2) return this.step(left);
      const { rest } = this;
      const cells = Math.min(Math.ceil(left), CELLS_IN_A_PART);
      const written = this.gather(target, cells);
      if (load(REST) === 0) return 'done';
      left -= cells - load(CELLS_LEFT) + written / BYTES_PER_CELL;
      if (written > 0 || this.rest !== rest) continue;
      const { length } = target;
      const end = this.step(1);
      if (end !== 'more') return end;
      left -= 1 + (target.length - length) / BYTES_PER_CELL;
    }
    return 'more';
  }

  /** Has the kernel go on with the walk; gives the number of bytes that came of it. */
  private gather(sink: ByteSink, cells: number): number {
    const { pending } = this;
    for (let i = 0; i < pending.length; i++) store(plus(PENDING, 4 * i), pending[i] as Term);
    store(PENDING_END, plus(PENDING, 4 * pending.length));
    const end = iodataKernels().gather(this.rest, GATHERED, GATHERED + GATHERED_BYTES, cells);
    this.rest = loadTerm(REST);
    pending.length = (load(PENDING_END) - PENDING) / 4;
    for (let i = 0; i < pending.length; i++) pending[i] = loadTerm(plus(PENDING, 4 * i));
    sink.append(bytes.subarray(GATHERED, end));
    return end - GATHERED;
  }

  private step(limit: number): 'done' | 'more' | 'wrong' {
    const { target, unit, pending } = this;
    let { rest } = this;
    for (let left = limit; ; ) {
      while (isCons(rest)) {
        if (left-- <= 0) {
          this.rest = rest;
          return 'more';
        }
        const element = head(rest);
        if (isSmall(element)) {
          const value = smallValue(element);
          if (value < 0 || value > MAX_BYTE) return 'wrong';
          target.byte(value);
        } else if (isCons(element)) {
          pending.push(tail(rest));
          rest = element;
          continue;
        } else if (element !== NIL) {
          if (!isBitstring(element) || bitSize(element) % unit !== 0) return 'wrong';
          target.bits(element);
          if (target instanceof BitSink) left -= bitSize(element) / 8 / BYTES_PER_CELL;
        }
        rest = tail(rest);
      }
      if (rest !== NIL) {
        if (!isBitstring(rest) || bitSize(rest) % unit !== 0) return 'wrong';
        target.bits(rest);
      }
      const next = pending.pop();
      if (next === undefined) return 'done';
      rest = next;
    }
  }

  /** The whole walk, or what is left of it, in parts. Raises badarg. */
  *inParts(): Parts<void> {
    for (;;) {
      const end = this.go(CELLS_IN_A_PART);
      if (end === 'done') return;
      if (end === 'wrong') throw badarg();
      yield CELLS_IN_A_PART / CELLS_PER_REDUCTION;
    }
  }
}

/** Gives all parts of `t` to `target`. False, perhaps after some were given: `t` is no iodata. */
export function walkIodata(t: Term, target: IodataTarget, unit: 1 | 8 = 8): boolean {
  return new IodataWalk(t, target, unit).go(Number.POSITIVE_INFINITY) === 'done';
}

/** The bytes of iodata; undefined when it is none. No view of linear memory. */
export function iodataBytes(t: Term): Uint8Array | undefined {
  const sink = new ByteSink();
  return walkIodata(t, sink) ? sink.taken() : undefined;
}

/** The same in parts; raises badarg. */
export function* iodataInParts(t: Term): Parts<Uint8Array> {
  const sink = new ByteSink();
  yield* new IodataWalk(t, sink).inParts();
  return sink.taken();
}

/** The same; raises badarg. */
export function iodataArgument(t: Term): Uint8Array {
  const content = iodataBytes(t);
  if (content === undefined) throw badarg();
  return content;
}
