/**
 * processes/0 in parts (erts_ptab_list in OTP's erl_ptab.c): the processes that there are when it begins, however many end or begin
 * meanwhile. The process is seen in erlang:ptab_list_continue/2 while others have their turns.
 */
import { REDUCTIONS } from '../../memory/map.ts';
import { load } from '../../memory/memory.ts';
import type { Machine } from '../../process/machine.ts';
import { inParts } from '../../runtime/trap.ts';
import { am, atom } from '../../term/atoms.ts';
import { cons, tuple } from '../../term/build.ts';
import { ErlangError } from '../../term/erlang-error.ts';
import { NIL, type Term } from '../../term/layout.ts';
import type { Parts } from '../../term/parts.ts';
import { makeSmall } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';

const PLACES_PER_REDUCTION = 25;
const CHUNK_PLACES = 1000;
/** With less it does not begin in this turn. */
const LEAST_REDUCTIONS = CHUNK_PLACES / PLACES_PER_REDUCTION;
const CONSES_PER_REDUCTION = 75;
const CONSES_OF_A_PART = 40 * CONSES_PER_REDUCTION;

function* listed(vm: Machine): Parts<Term> {
  if (load(REDUCTIONS) < LEAST_REDUCTIONS) yield LEAST_REDUCTIONS;
  const numbers = vm.processes.numbers();
  yield Math.ceil(vm.processes.placeCount / PLACES_PER_REDUCTION);
  let list = NIL;
  for (let end = numbers.length; end > 0; end -= CONSES_OF_A_PART) {
    const start = Math.max(0, end - CONSES_OF_A_PART);
    for (let i = end - 1; i >= start; i--) list = cons(vm.processes.pidOf(numbers[i] as number), list);
    if (start > 0) yield CONSES_OF_A_PART / CONSES_PER_REDUCTION;
  }
  return list;
}

function processes(vm: Machine): Term {
  return inParts(vm, { module: 'erlang', name: 'ptab_list_continue' }, [NIL, NIL], () => listed(vm));
}

/** erlang:ptab_list_continue/2: only what processes/0 goes on in. Raises undef. */
function continueList(vm: Machine): Term {
  if (vm.current.work === undefined) throw new ErlangError('error', am.undef);
  return processes(vm);
}

/** erts_debug:get_internal_state(processes_bif_info). Ended processes cost nothing: those that there are are taken down at once. */
export function processListState({ processes: { placeCount } }: Machine): Term {
  const chunks = Math.ceil(placeCount / CHUNK_PLACES);
  const numbers = [LEAST_REDUCTIONS, chunks, CHUNK_PLACES, PLACES_PER_REDUCTION, 0, 0, 0, CONSES_PER_REDUCTION, 0];
  return tuple(atom('ptab_list_bif_info'), ...numbers.map(makeSmall));
}

export const erlangProcessListBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'processes', arity: 0, fn: processes },
    { name: 'ptab_list_continue', arity: 2, fn: continueList },
  ],
};
