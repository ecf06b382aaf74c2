/** While a BIF runs, its callers' frames are not in memory; some BIFs want to see them. */
import type { Machine } from '../process/machine.ts';
import type { Term } from '../term/layout.ts';
import { callNext } from './apply.ts';

/**
 * Asks for the BIF Module:Name to be called once more with its caller's stack whole, and gives what it must return until then (0); the
 * second time gives undefined.
 */
export function withWholeStack(vm: Machine, module: Term, name: Term, args: readonly Term[]): Term | undefined {
  const { current } = vm;
  if (current.stackIsWhole) {
    current.stackIsWhole = false;
    return undefined;
  }
  const slot = vm.code.exportSlot(module, name, args.length);
  if (slot === undefined) throw new Error('a BIF has no slot');
  current.stackIsWhole = true;
  return callNext(slot, args);
}
