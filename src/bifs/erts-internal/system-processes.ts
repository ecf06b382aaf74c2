/** Processes of the virtual machine itself (erl_init.c, erl_bif_info.c). */
import type { Machine } from '../../process/machine.ts';
import { spawnProcess } from '../../process/spawn.ts';
import { listElements } from '../../runtime/apply.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isLocalPid } from '../../term/term.ts';
import { atomOf } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';

/** spawn_system_process(Module, Function, Arguments): its end is the end of the virtual machine. */
function spawnSystemProcess(vm: Machine, module: Term, name: Term, args: Term): Term {
  const elements = listElements(args);
  if (elements === undefined) throw badarg();
  const call = { module, name, arity: elements.length };
  return spawnProcess(vm, vm.current, call, args, { isSystem: true }).process.pid;
}

function isSystemProcess(vm: Machine, pid: Term): Term {
  if (!isLocalPid(pid)) throw badarg();
  return atomOf(vm.processes.byPid(pid)?.isSystem === true);
}

export const ertsInternalSystemProcessBifs: BifTable = {
  module: 'erts_internal',
  rows: [
    { name: 'spawn_system_process', arity: 3, fn: spawnSystemProcess },
    { name: 'is_system_process', arity: 1, fn: isSystemProcess },
  ],
};
