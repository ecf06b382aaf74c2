/** Check for debugging: what the processes and tables of a virtual machine own off-heap (docs/GC.md, invariant 3). */
import { OFF_HEAP } from '../memory/map.ts';
import { loadUnsigned } from '../memory/memory.ts';
import { type OwnerList, verifyOwnerLists } from '../memory/owner-verify.ts';
import type { Addr } from '../term/layout.ts';
import { formatTerm } from '../term/print.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';
import { isActive } from './signals.ts';

function processLists(process: Process): OwnerList[] {
  const { heap, mailbox, monitors, pendingExit } = process;
  const name = `process ${formatTerm(process.pid)}`;
  const lists: OwnerList[] = [
    { first: isActive(process) ? (loadUnsigned(OFF_HEAP) as Addr) : heap.offHeap, owner: `${name}, young heap` },
    { first: heap.oldOffHeap, owner: `${name}, old heap` },
  ];
  for (const message of mailbox.messages()) lists.push({ first: message.offHeap, owner: `a message to ${name}` });
  for (const { tag } of monitors?.values() ?? []) {
    if (tag !== undefined) lists.push({ first: tag.offHeap, owner: `a monitor of ${name}` });
  }
  if (pendingExit !== undefined) lists.push({ first: pendingExit.offHeap, owner: `an exit signal to ${name}` });
  return lists;
}

/** Verifies all lists that processes, tables and persistent terms have. Throws HeapCorruption. */
export function verifyOwners(vm: Machine): void {
  const lists: OwnerList[] = vm.processes.all().flatMap(processLists);
  for (const table of vm.ets.all()) {
    table.visitOffHeap((first) => {
      if (first !== 0) lists.push({ first, owner: `table ${formatTerm(table.name)}` });
    });
  }
  for (const { area } of vm.persistentTerms.all()) lists.push({ first: area.offHeap, owner: 'a persistent term' });
  verifyOwnerLists(lists);
}
