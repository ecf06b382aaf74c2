/** Suspending and resuming: a suspended process gets no turns, whatever it waits for. */
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';

export function suspend(by: Process, process: Process): void {
  by.suspending ??= new Map();
  by.suspending.set(process.number, (by.suspending.get(process.number) ?? 0) + 1);
  process.suspendCount++;
}

/** Takes back one `suspend`; false when there was none. */
export function resume(vm: Machine, by: Process, process: Process): boolean {
  const count = by.suspending?.get(process.number) ?? 0;
  if (count === 0) return false;
  if (count === 1) by.suspending?.delete(process.number);
  else by.suspending?.set(process.number, count - 1);
  release(vm, process, 1);
  return true;
}

/** Takes back all that a process has suspended, because it has ended. */
export function resumeAll(vm: Machine, by: Process): void {
  if (by.suspending === undefined) return;
  for (const [number, count] of by.suspending) {
    const process = vm.processes.get(number);
    if (process !== undefined) release(vm, process, count);
  }
  by.suspending = undefined;
}

/** Takes back so many of what keeps a process from its turns. */
export function release(vm: Machine, process: Process, count: number): void {
  process.suspendCount -= count;
  if (process.suspendCount > 0 || !process.parked) return;
  process.parked = false;
  vm.runQueue.add(process);
}
