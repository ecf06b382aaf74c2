/**
 * erts_internal:request_system_task/3,4 (erl_process.c): work on a process that another one asks for. Here it is done at once, and the answer
 * is a message all the same.
 */
import type { Machine } from '../../process/machine.ts';
import type { Process } from '../../process/process.ts';
import { isActive, sendMessage } from '../../process/signals.ts';
import { runsOldCode } from '../../runtime/old-code.ts';
import { withWholeStack } from '../../runtime/whole-stack.ts';
import { am } from '../../term/atoms.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isAtom, isLocalPid, isTuple, tupleArity, tupleElement } from '../../term/term.ts';
import { atomOf } from '../erlang/arguments.ts';
import { priorityOf } from '../erlang/spawn.ts';
import type { BifTable } from '../registry.ts';

const TASK_ARITY = 3;

/** Collects a process at once, or at its next safe point, if it is the one that runs. */
function collect(vm: Machine, process: Process | undefined, kind: Term): Term {
  if (kind !== am.major && kind !== am.minor) throw badarg();
  if (process === undefined || !process.isAlive) return am.false;
  if (kind === am.major) process.heap.needsMajor = true;
  if (isActive(process)) process.collectNext = true;
  else if (!process.hibernates) return atomOf(vm.scheduler.collectNow(process));
  return am.true;
}

/** {garbage_collect, Id, Kind} or {check_process_code, Id, Module}; the answer is {Type, Id, Result}. Raises badarg. */
function requestSystemTask(vm: Machine, pid: Term, priority: Term, task: Term): Term {
  if (!isLocalPid(pid) || (priority !== am.inherit && priorityOf(priority) === undefined)) throw badarg();
  if (!isTuple(task) || tupleArity(task) !== TASK_ARITY) throw badarg();
  const [type, id, argument] = [tupleElement(task, 1), tupleElement(task, 2), tupleElement(task, 3)];
  const process = vm.processes.byPid(pid);
  if (type === am.garbage_collect) {
    sendMessage(vm, vm.current, tuple(type, id, collect(vm, process, argument)));
    return am.ok;
  }
  if (type !== am.check_process_code) throw badarg();
  if (process === vm.current) {
    const again = withWholeStack(vm, am.erts_internal, am.request_system_task, [pid, priority, task]);
    if (again !== undefined) return again;
  }
  const runs = process !== undefined && runsOldCode(vm, process, argument);
  sendMessage(vm, vm.current, tuple(type, id, atomOf(runs)));
  return am.ok;
}

/** check_process_code/1 of the process itself. Raises badarg. */
function checkOwnCode(vm: Machine, module: Term): Term {
  if (!isAtom(module)) throw badarg();
  const again = withWholeStack(vm, am.erts_internal, am.check_process_code, [module]);
  return again ?? atomOf(runsOldCode(vm, vm.current, module));
}

export const ertsInternalSystemTaskBifs: BifTable = {
  module: 'erts_internal',
  rows: [
    { name: 'request_system_task', arity: 3, fn: requestSystemTask },
    { name: 'check_process_code', arity: 1, fn: checkOwnCode },
  ],
};
