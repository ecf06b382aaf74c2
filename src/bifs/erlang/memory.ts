/** What erlang:memory/0,1 asks of the virtual machine: the answers that OTP's allocators give (reply_alloc_info in erl_alloc.c). */
import type { Machine } from '../../process/machine.ts';
import { MEMORY_KINDS, memoryFigures, memoryUse } from '../../process/memory-use.ts';
import { sendMessage } from '../../process/signals.ts';
import { am, atom, atomName } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isAtom, isLocalRef, makeSmall } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { elementsOf } from './arguments.ts';

/** The one scheduler, as instance of allocators. */
const INSTANCE = makeSmall(1);
/** Scheduler 1 and the thread that OTP counts but never asks. */
const AUX_WORK_THREADS = 2;

/** alloc_util_allocators: names for what linear memory is used for. */
export function allocatorNames(): Term {
  return listOf(MEMORY_KINDS.map(atom));
}

/** What is in use under this name; `false`: nothing is kept under it. */
function useOf(vm: Machine, allocator: Term): Term {
  const kind = MEMORY_KINDS.find((name) => name === atomName(allocator));
  if (kind === undefined) return am.false;
  const size = makeInteger(memoryUse(vm).blocks[kind]);
  const block = tuple(allocator, listOf([tuple(am.size, size)]));
  return listOf([tuple(atom('mbcs'), listOf([tuple(atom('blocks'), listOf([block]))]))]);
}

/** system_info({allocator | allocator_sizes, Allocator}). Raises badarg. */
export function allocatorInfo(vm: Machine, allocator: Term): Term {
  if (!isAtom(allocator)) throw badarg();
  const use = useOf(vm, allocator);
  return use === am.false ? use : listOf([tuple(atom('instance'), INSTANCE, use)]);
}

/** system_info({memory_internal, Ref, Allocators}): a message {Ref, 1, Info} comes. Raises badarg. */
export function requestMemory(vm: Machine, reference: Term, allocators: Term): Term {
  const names = [...elementsOf(allocators, badarg())];
  if (!isLocalRef(reference) || !names.every(isAtom)) throw badarg();
  const info = names.map((name) => {
    const use = useOf(vm, name);
    return use === am.false ? tuple(name, use) : tuple(name, INSTANCE, use);
  });
  sendMessage(vm, vm.current, tuple(reference, INSTANCE, listOf(info)));
  return am.true;
}

/** system_info(allocated_areas): what lies outside of linear memory. */
export function allocatedAreas(vm: Machine): Term {
  const { code, atoms } = memoryUse(vm);
  return listOf([
    tuple(atom('atom_space'), makeInteger(atoms), makeInteger(atoms)),
    tuple(atom('loaded_code'), makeInteger(code)),
    tuple(atom('external_alloc'), makeInteger(code + atoms)),
  ]);
}

/** erts_debug:get_internal_state(memory): what erlang:memory/0 says. */
export function memoryState(vm: Machine): Term {
  return listOf(memoryFigures(memoryUse(vm)).map(([name, size]) => tuple(atom(name), makeInteger(size))));
}

export const ertsInternalMemoryBifs: BifTable = {
  module: 'erts_internal',
  rows: [{ name: 'no_aux_work_threads', arity: 0, fn: () => makeSmall(AUX_WORK_THREADS) }],
};
