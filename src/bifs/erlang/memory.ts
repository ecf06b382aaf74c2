/** What erlang:memory/0,1 asks of the virtual machine: the answers that OTP's allocators give (reply_alloc_info in erl_alloc.c). */
import type { Machine } from '../../process/machine.ts';
import { MEMORY_KINDS, type MemoryUse, memoryFigures, memoryUse } from '../../process/memory-use.ts';
import { sendMessage } from '../../process/signals.ts';
import { applyFunction } from '../../runtime/apply.ts';
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

/** The other names that OTP knows (erl_alloc.types); as allocators that are switched off there, they have nothing. */
const OTHER_ALLOCATORS: ReadonlySet<string> = new Set(
  'sys temp sl ll fix driver test mseg'
    .split(' ')
    .map((name) => `${name}_alloc`)
    .concat('erts_mmap', 'alloc_util'),
);

function carriers(kind: string, blocks: readonly Term[]): Term {
  return tuple(atom(kind), listOf([tuple(atom('blocks'), listOf(blocks))]));
}

/** What is in use under this name; `false`: nothing is kept under it. There are no carriers of single blocks. Raises badarg. */
function useOf(allocator: Term, use: MemoryUse): Term {
  const kind = MEMORY_KINDS.find((name) => name === atomName(allocator));
  if (kind === undefined) {
    if (OTHER_ALLOCATORS.has(atomName(allocator))) return am.false;
    throw badarg();
  }
  const block = tuple(allocator, listOf([tuple(am.size, makeInteger(use.blocks[kind]))]));
  return listOf([carriers('mbcs', [block]), carriers('sbcs', [])]);
}

/** system_info({allocator | allocator_sizes, Allocators}): the functions of erlang.erl that gather what all schedulers say. */
export function allocatorInfo(vm: Machine, item: Term, allocators: Term): Term {
  const gatherer = item === am.allocator_sizes ? 'alloc_sizes' : 'alloc_info';
  return applyFunction(vm, am.erlang, atom(gatherer), listOf([allocators]));
}

/** system_info({memory_internal | allocator | allocator_sizes, Ref, Allocators}): a message {Ref, 1, Info} comes. Raises badarg. */
export function requestMemory(vm: Machine, reference: Term, allocators: Term): Term {
  const names = [...elementsOf(allocators, badarg())];
  if (!isLocalRef(reference) || names.length === 0 || new Set(names).size < names.length || !names.every(isAtom)) {
    throw badarg();
  }
  const memory = memoryUse(vm);
  const info = names.map((name) => {
    const use = useOf(name, memory);
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
