/**
 * Frames that tracing puts on stacks, below the frame of a function that is entered: what is to be told when it returns (beam_return_trace
 * and its like in OTP). They go on at return points of the virtual machine's own (`pc` of prelude's traceReturn).
 */
import { SP, STACK_LOW } from '../memory/map.ts';
import { copyWords, load, loadUnsigned, plus, store } from '../memory/memory.ts';
import type { ProcessHeap } from '../memory/process-heap.ts';
import { am } from '../term/atoms.ts';
import { type Addr, NIL, type Term } from '../term/layout.ts';
import { END_OF_STACK, pointOfWord, returnAddress } from '../term/stack-words.ts';
import { isSmall, makeSmall, smallValue } from '../term/term.ts';

export type TraceFrame =
  | { readonly kind: 'return' | 'exception'; readonly number: number; readonly tracer: Term; readonly session: Term }
  | { readonly kind: 'return_to'; readonly session: Term }
  | {
      readonly kind: 'account';
      /** Function that was charged before, undefined: none. */
      readonly previous: number | undefined;
      /** 1: time, 2: memory. */
      readonly what: number;
      readonly session: Term;
    };

/** Words of the frames, by pc. */
export const TRACE_FRAMES: readonly { readonly pc: number; readonly frameWords: number }[] = [
  { pc: 1, frameWords: 4 },
  { pc: 2, frameWords: 4 },
  { pc: 3, frameWords: 2 },
  { pc: 4, frameWords: 4 },
];
const KINDS = ['return', 'exception', 'return_to', 'account'] as const;

/** The words above the return address. All are terms that no collection moves. */
function wordsOf(frame: TraceFrame): Term[] {
  switch (frame.kind) {
    case 'return_to':
      return [frame.session];
    case 'account':
      return [frame.previous === undefined ? NIL : makeSmall(frame.previous), makeSmall(frame.what), frame.session];
    default:
      return [makeSmall(frame.number), frame.tracer, frame.session];
  }
}

/** Reads the frame whose words above the return address begin at `at`. */
function read(pc: number, at: Addr): TraceFrame {
  const kind = KINDS[pc - 1] as TraceFrame['kind'];
  const word = (index: number): Term => load(plus(at, 4 * index)) as Term;
  if (kind === 'return_to') return { kind, session: word(0) };
  if (kind === 'account') {
    const previous = isSmall(word(0)) ? smallValue(word(0)) : undefined;
    return { kind, previous, what: smallValue(word(1)), session: word(2) };
  }
  return { kind, number: smallValue(word(0)), tracer: word(1), session: word(2) };
}

export class TraceFrames {
  /** Number of the return point of pc 1; the others follow. */
  private readonly firstPoint: number;

  constructor(firstPoint: number) {
    this.firstPoint = firstPoint;
  }

  private pcOf(word: number): number {
    const pc = pointOfWord(word) - this.firstPoint + 1;
    return pc >= 1 && pc <= TRACE_FRAMES.length ? pc : 0;
  }

  /** Whether a return address is of tracing. */
  isTraceFrame(word: number): boolean {
    return this.pcOf(word) !== 0;
  }

  /** The frame of tracing at an address of a stack; undefined: another's. */
  at(frame: Addr): TraceFrame | undefined {
    const word = load(frame);
    const pc = word === END_OF_STACK ? 0 : this.pcOf(word);
    return pc === 0 ? undefined : read(pc, plus(frame, 4));
  }

  /** The frame that the trampoline has just taken, with this pc: it ends at SP. */
  taken(pc: number): TraceFrame {
    const { frameWords } = TRACE_FRAMES[pc - 1] as (typeof TRACE_FRAMES)[number];
    return read(pc, plus(loadUnsigned(SP) as Addr, -4 * (frameWords - 1)));
  }

  wordCount({ kind }: TraceFrame): number {
    return (TRACE_FRAMES[KINDS.indexOf(kind)] as (typeof TRACE_FRAMES)[number]).frameWords;
  }

  /** The frames of tracing from an address on, innermost first, and where the first other one is. */
  from(start: Addr): { readonly frames: readonly TraceFrame[]; readonly next: Addr } {
    const frames: TraceFrame[] = [];
    let next = start;
    for (let frame = this.at(next); frame !== undefined; frame = this.at(next)) {
      frames.push(frame);
      next = plus(next, 4 * this.wordCount(frame));
    }
    return { frames, next };
  }

  /** Puts frames, the outermost first, below the `topWords` words at SP of the running process's stack. */
  insert(heap: ProcessHeap, topWords: number, frames: readonly TraceFrame[]): void {
    const count = frames.reduce((sum, frame) => sum + this.wordCount(frame), 0);
    if (count === 0) return;
    if (loadUnsigned(SP) - loadUnsigned(STACK_LOW) < count * 4) heap.growStack(count * 4);
    const sp = loadUnsigned(SP) as Addr;
    const moved = plus(sp, -4 * count);
    copyWords(sp, moved, topWords);
    store(SP, moved);
    let at = plus(sp, 4 * topWords);
    for (const frame of frames) {
      const words = wordsOf(frame);
      at = plus(at, -4 * (words.length + 1));
      store(at, returnAddress(this.firstPoint + KINDS.indexOf(frame.kind)));
      words.forEach((word, i) => {
        store(plus(at, 4 * (i + 1)), word);
      });
    }
  }
}

/** Whether a tracer of a frame stands for the process's own. */
export function isOwnTracer(tracer: Term): boolean {
  return tracer === am.true;
}
