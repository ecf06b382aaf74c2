/**
 * Calls of BIFs that are traced. Who is told of may ask who called: so the BIF is called once more when all of the stack is in memory, as
 * erts_call_traced_bif did in OTP. One that asks to be called again (BIF_TRAP to itself) is not told of twice.
 */
import { SLOT, SP, STATUS, STATUS_CALL } from '../memory/map.ts';
import { load, loadUnsigned } from '../memory/memory.ts';
import { slotOfWord } from '../memory/slot-word.ts';
import type { Machine } from '../process/machine.ts';
import { callNext } from '../runtime/apply.ts';
import { am } from '../term/atoms.ts';
import { type Addr, NON_VALUE, type Term } from '../term/layout.ts';
import type { FunctionBreaks } from './breakpoints.ts';
import type { TraceFrame } from './frames.ts';

export type PlainBif = (...args: Term[]) => Term;

/** What to call instead of a BIF with breakpoints. `slot` is its export's. */
export function callTracedBif(
  vm: Machine,
  breaks: FunctionBreaks,
  slot: number,
  bif: PlainBif,
  args: readonly Term[],
): Term {
  const { current, tracing } = vm;
  const { calls } = tracing;
  const pending = current.traceState?.bifCall;
  if (pending?.number === slot && pending.step === 'again') {
    current.tracing().bifCall = undefined;
    return again(vm, slot, bif, args);
  }
  const isStopped = pending?.number === slot && pending.step === 'stopped';
  const kinds = [true, false].filter((isLocal) => calls.concerns(breaks, isLocal));
  if (kinds.length === 0) {
    calls.count(breaks);
    return bif(...args);
  }
  if (!isStopped) {
    current.tracing().bifCall = { number: slot, step: 'stopped' };
    return callNext(slot, args);
  }
  current.tracing().bifCall = undefined;
  const caller = loadUnsigned(SP) as Addr;
  const frames = kinds.flatMap((isLocal) => calls.called({ process: current, breaks, isLocal, args, caller }));
  return finish(vm, again(vm, slot, bif, args), frames);
}

/** Calls it; notes when it asks to be called again. */
function again(vm: Machine, slot: number, bif: PlainBif, args: readonly Term[]): Term {
  const value = bif(...args);
  if (value !== NON_VALUE || vm.current.raised !== undefined || load(STATUS) !== STATUS_CALL) return value;
  if (slotOfWord(load(SLOT)) === slot) vm.current.tracing().bifCall = { number: slot, step: 'again' };
  return value;
}

/** Tells of what came of it; where that is not known yet, or an exception has to find its handler first, the frames do so later. */
function finish(vm: Machine, value: Term, frames: readonly TraceFrame[]): Term {
  const { current, tracing } = vm;
  const { calls } = tracing;
  if (value === NON_VALUE) {
    calls.frames.insert(current.heap, 0, frames);
    return value;
  }
  for (const frame of frames.toReversed()) {
    if (frame.kind === 'return_to') calls.returnsTo(current, frame, loadUnsigned(SP) as Addr);
    else if (frame.kind === 'account') calls.leaves(current, frame);
    else calls.tellEnd(current, frame, am.return_from, [value], ([copy]) => copy as Term);
  }
  return value;
}
