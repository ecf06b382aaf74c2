/** Processes of the virtual machine itself (erl_init.c, erl_bif_info.c). */
import type { Machine } from '../../process/machine.ts';
import { spawnProcess } from '../../process/spawn.ts';
import { listElements } from '../../runtime/apply.ts';
import { am } from '../../term/atoms.ts';
import { makeInteger } from '../../term/bignum.ts';
import { listOf, tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isLocalPid } from '../../term/term.ts';
import { atomOf, natural } from '../erlang/arguments.ts';
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

/** Processes that are told at a time, and numbers that a process can have. */
const PROCESSES_AT_A_TIME = 1000;
const PROCESS_NUMBERS = 2 ** 26;

/**
 * processes_next(Index): {NextIndex, Pids} of some processes from the index on, by number, or `none` when there are none left (OTP 28 on).
 * Raises badarg.
 */
function processesNext(vm: Machine, index: Term): Term {
  const from = natural(index);
  if (from === undefined || from > PROCESS_NUMBERS) throw badarg();
  const left = vm.processes.numbers().filter((number) => number >= from);
  const told = [...left.sort().subarray(0, PROCESSES_AT_A_TIME)];
  const last = told.at(-1);
  if (last === undefined) return am.none;
  return tuple(makeInteger(last + 1), listOf(told.map((number) => vm.processes.pidOf(number))));
}

export const ertsInternalSystemProcessBifs: BifTable = {
  module: 'erts_internal',
  rows: [
    { name: 'spawn_system_process', arity: 3, fn: spawnSystemProcess },
    { name: 'is_system_process', arity: 1, fn: isSystemProcess },
    { name: 'processes_next', arity: 1, fn: processesNext, since: 28 },
  ],
};
