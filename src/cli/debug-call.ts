/** Calls a function of loaded code in a process of its own and waits for what comes of it; no OTP is booted. */

import { type Fragment, freeFragment } from '../memory/fragment.ts';
import { ProcessHeap } from '../memory/process-heap.ts';
import type { Process } from '../process/process.ts';
import { spawnProcess } from '../process/spawn.ts';
import { atom } from '../term/atoms.ts';
import { listOf } from '../term/build.ts';
import { copyOut } from '../term/copy.ts';
import type { Term } from '../term/layout.ts';
import type { Vm } from '../vm.ts';

export type Outcome = { readonly kind: 'value' | 'exit'; readonly fragment: Fragment };

/**
 * Runs Module:Function with the arguments that `makeArgs` builds, until it ends or nothing can run any more (undefined). `inspect` sees
 * the process when its function has returned.
 */
export function callFunction(
  vm: Vm,
  call: { readonly module: string; readonly name: string },
  makeArgs: () => Term[],
  inspect: (process: Process) => void = () => undefined,
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
      inspect(process);
      outcome = { kind: 'value', fragment: copyOut(value) };
    },
    exited: (reason) => {
      outcome ??= { kind: 'exit', fragment: copyOut(reason) };
    },
  };
  while (outcome === undefined) {
    if (vm.scheduler.runSlice()) continue;
    const idle = vm.scheduler.idleTime();
    if (idle === undefined) return undefined;
    sleep(idle);
  }
  return outcome;
}

/** Nothing but a timer can wake a process here, so the thread may be blocked. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

export function dropOutcome(outcome: Outcome): void {
  freeFragment(outcome.fragment);
}
