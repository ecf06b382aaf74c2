/** `++` (append in OTP's erl_bif_lists.c). */
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { bumpForWork } from '../../runtime/bump-reductions.ts';
import { inParts } from '../../runtime/trap.ts';
import { listBefore } from '../../term/build.ts';
import type { Term } from '../../term/layout.ts';
import { isNil } from '../../term/term.ts';
import type { BifRow, BifTable } from '../registry.ts';
import { elementsInParts, lengthAtOnce, listInParts } from './list-parts.ts';

/** Cells that are made for a reduction (CELLS_PER_RED: 40, or 60 where the heap has room). */
const CELLS_PER_REDUCTION = 40;

function* appending(first: Term, second: Term): LongWork {
  const elements = yield* elementsInParts(first, 2 * CELLS_PER_REDUCTION);
  return yield* listInParts(elements, 2 * CELLS_PER_REDUCTION, second);
}

/** The second operand may be anything; the first must be a proper list. Raises badarg. */
function appendRow(name: string): BifRow {
  const bif = { module: 'erlang', name };
  const append = (vm: Machine, first: Term, second: Term): Term => {
    if (isNil(first)) return second;
    const length = vm.current.work === undefined ? lengthAtOnce(first, CELLS_PER_REDUCTION) : undefined;
    if (length === undefined) return inParts(vm, bif, [first, second], () => appending(first, second));
    bumpForWork(length, CELLS_PER_REDUCTION);
    return listBefore(first, length, second);
  };
  return { name, arity: 2, fn: append };
}

export const erlangAppendBifs: BifTable = { module: 'erlang', rows: [appendRow('++'), appendRow('append')] };
