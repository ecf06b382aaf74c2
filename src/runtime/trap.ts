/**
 * BIFs whose work may be long do it bit by bit (BIF_TRAP in OTP's bif.h). When a BIF has used up what it may do in one go, it returns
 * `trap(..)`: the process gives way, and then another BIF, of the name given, is called with the arguments given. That one does
 * nothing but `continueTrap`, which calls what was given as `go`: it may trap again.
 *
 * Terms that are needed later are to be arguments: they are moved by collections; everything else may be held by `go`. A process that
 * dies meanwhile drops it.
 */
import { REDUCTIONS } from '../memory/map.ts';
import { store } from '../memory/memory.ts';
import type { Machine } from '../process/machine.ts';
import type { Continuation } from '../process/process.ts';
import { am, atom } from '../term/atoms.ts';
import { listOf } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { applyFunction } from './apply.ts';

/** Goes on later: erlang:Name is called with these arguments, when all other processes have had their turn. Gives 0. */
export function trap(vm: Machine, name: string, args: readonly Term[], go: Continuation): Term {
  vm.current.continuation = go;
  store(REDUCTIONS, 0);
  return applyFunction(vm, am.erlang, atom(name), listOf(args));
}

/** What a BIF that is trapped to does. Raises badarg if nothing is to be gone on with: somebody else has called it. */
export function continueTrap(vm: Machine, args: readonly Term[]): Term {
  const go = vm.current.continuation;
  if (go === undefined) throw badarg();
  vm.current.continuation = undefined;
  return go(vm, args);
}
