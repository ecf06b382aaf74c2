/** Calls a function of loaded code in a process of its own and waits for what comes of it; no OTP is booted. */

import { type Fragment, freeFragment } from '../memory/fragment.ts';
import { ProcessHeap } from '../memory/process-heap.ts';
import { spawnProcess } from '../process/spawn.ts';
import { atom } from '../term/atoms.ts';
import { listOf } from '../term/build.ts';
import { copyOut } from '../term/copy.ts';
import type { Term } from '../term/layout.ts';
import type { Vm } from '../vm.ts';

export type Outcome = { readonly kind: 'value' | 'exit'; readonly fragment: Fragment };

/** Runs Module:Function with the arguments that `makeArgs` builds, until it ends or nothing can run any more (undefined). */
export function callFunction(
  vm: Vm,
  call: { readonly module: string; readonly name: string },
  makeArgs: () => Term[],
): Outcome | undefined {
  const heap = ProcessHeap.create();
  heap.activate();
  const args = makeArgs();
  const { process } = spawnProcess(
    vm,
    undefined,
    { module: atom(call.module), name: atom(call.name), arity: args.length },
    listOf(args),
  );
  heap.deactivate();
  heap.destroy();
  let outcome: Outcome | undefined;
  process.watcher = {
    done: (value) => {
      outcome = { kind: 'value', fragment: copyOut(value) };
    },
    exited: (reason) => {
      outcome ??= { kind: 'exit', fragment: copyOut(reason) };
    },
  };
  while (outcome === undefined && vm.scheduler.runSlice());
  return outcome;
}

export function dropOutcome(outcome: Outcome): void {
  freeFragment(outcome.fragment);
}
