/** Whether a process is in old code (check_process_code in OTP's beam_bif_load.c). */

import { SP } from '../memory/map.ts';
import { loadUnsigned } from '../memory/memory.ts';
import type { Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import { isActive } from '../process/signals.ts';
import type { Addr, Term } from '../term/layout.ts';
import { pointOfWord } from '../term/stack-words.ts';
import { walkStack } from './stack-trace.ts';

/**
 * Whether a function of the module's old code is on the stack of the process. The stack of the running process must be whole. Funs of old
 * code do not count: they lose their code when it is purged.
 */
export function runsOldCode(vm: Machine, process: Process, module: Term): boolean {
  let found = false;
  walkStack(vm, isActive(process) ? (loadUnsigned(SP) as Addr) : process.heap.sp, (_, word) => {
    found = vm.code.isOldPoint(pointOfWord(word), module);
    return !found;
  });
  return found;
}
