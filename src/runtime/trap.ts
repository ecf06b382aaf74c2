/**
 * BIFs whose work may be long do it in parts (BIF_TRAP in OTP's bif.h). One that has used up its turn is called once more, with the same
 * arguments, when the other processes have had theirs, and goes on with what it was in the middle of (`Process.work`). So it is the
 * function that the process is seen in, and what it raises in the end is its own.
 *
 * Work may hold terms: collections of the process wait until it is done (as OTP's do: F_DISABLE_GC). It must free in a `finally` what is
 * neither a term nor an object: the process may be killed in between.
 */
import { REDUCTIONS } from '../memory/map.ts';
import { load, store } from '../memory/memory.ts';
import type { FunctionName, Machine } from '../process/machine.ts';
import type { LongWork, Process } from '../process/process.ts';
import { atom, atomName } from '../term/atoms.ts';
import type { Term } from '../term/layout.ts';
import { callNext } from './apply.ts';
import { bumpReductions } from './bump-reductions.ts';

/** A BIF by the names that programs call it. */
export interface BifName {
  readonly module: string;
  readonly name: string;
  /** What its process is seen in while it is in the middle of its work: what OTP traps to. As a rule the BIF itself. */
  readonly trap?: { readonly module: string; readonly name: string; readonly arity: number };
}

/** Where processes are seen whose work is not over. */
const places = new WeakMap<LongWork, FunctionName>();

/** The function that a process is seen in because of what its BIF has still to do; undefined: where it is. */
export function placeOfWork({ work }: Process): FunctionName | undefined {
  return work === undefined ? undefined : places.get(work);
}

/** What a BIF returns that has more to do: goes on with its work, or begins one. A term that `begin` gives is the value. */
export function inParts(vm: Machine, bif: BifName, args: readonly Term[], begin: () => LongWork | Term): Term {
  const { current } = vm;
  const work = current.work ?? begin();
  if (typeof work === 'number') return work;
  current.work = undefined;
  for (let left = Math.max(1, load(REDUCTIONS)); left > 0; ) {
    const { done, value } = work.next();
    if (done === true) return value;
    bumpReductions(value);
    left -= value;
  }
  current.work = work;
  const { trap } = bif;
  if (trap !== undefined && !places.has(work)) {
    places.set(work, { module: atom(trap.module), name: atom(trap.name), arity: trap.arity });
  }
  return callLater(vm, atom(bif.module), atom(bif.name), args);
}

/**
 * What a BIF returns that is to be called when the other processes have had their turns: itself, with what is left to be done in the
 * arguments. Unlike what `inParts` keeps, they may be collected.
 */
export function callLater(vm: Machine, module: Term, name: Term, args: readonly Term[]): Term {
  // Even what was saved for after a collection is used up.
  vm.current.heap.savedReductions = 0;
  store(REDUCTIONS, 0);
  const slot = vm.code.exportSlot(module, name, args.length);
  if (slot === undefined) throw new Error(`${atomName(module)}:${atomName(name)} has no slot`);
  return callNext(slot, args);
}
