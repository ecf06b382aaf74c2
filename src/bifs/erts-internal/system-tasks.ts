/**
 * erts_internal:request_system_task/3,4 (erl_process.c): work on a process that another one asks for. Here it is done at once, and the answer
 * is a message all the same.
 */
import type { Machine } from '../../process/machine.ts';
import type { Process } from '../../process/process.ts';
import { isActive, sendMessage } from '../../process/signals.ts';
import { runsOldCode } from '../../runtime/old-code.ts';
import { withWholeStack } from '../../runtime/whole-stack.ts';
import { am, atom } from '../../term/atoms.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import { NON_VALUE, type Term } from '../../term/layout.ts';
import { isAtom, isLocalPid, isTuple, tupleArity, tupleElement } from '../../term/term.ts';
import { atomOf } from '../erlang/arguments.ts';
import { priorityOf } from '../erlang/spawn.ts';
import type { BifTable } from '../registry.ts';

/** Elements of a task: its type, what its answer is told by, and up to two arguments (ERTS_MAX_PROC_SYS_TASK_ARGS). */
const LEAST_ARITY = 2;
const MOST_ARITY = 4;

interface Request {
  readonly process: Process | undefined;
  readonly type: Term;
  readonly id: Term;
  /** NON_VALUE: there is none. */
  readonly argument: Term;
}

/** Collects a process at once, or at its next safe point, if it is the one that runs. The result is what the asker is told. */
function collect(vm: Machine, process: Process, kind: Term): Term {
  if (kind === am.major) process.heap.needsMajor = true;
  if (isActive(process)) process.collectNext = true;
  else if (!process.hibernates) return atomOf(vm.scheduler.collectNow(process));
  return am.true;
}

/** The result of a garbage_collect task; undefined: it is told later, as the process must not be collected now. Raises badarg. */
function collectResult(vm: Machine, { process, type, id, argument }: Request): Term | undefined {
  if (argument !== am.major && argument !== am.minor) throw badarg();
  if (process === undefined || !process.isAlive) return am.false;
  if (process.held === undefined) return collect(vm, process, argument);
  process.held.add(vm.current, { type, id, gone: am.false, run: (held) => collect(vm, held, argument) });
  return undefined;
}

/**
 * {garbage_collect, Id, Kind}, {check_process_code, Id, Module} or, for OTP's suites, {system_task_test, Id}; the answer is {Type, Id, Result}.
 * Raises badarg.
 */
function requestSystemTask(vm: Machine, pid: Term, priority: Term, task: Term): Term {
  if (!isLocalPid(pid) || (priority !== am.inherit && priorityOf(priority) === undefined)) throw badarg();
  if (!isTuple(task) || tupleArity(task) < LEAST_ARITY || tupleArity(task) > MOST_ARITY) throw badarg();
  const [type, id] = [tupleElement(task, 1), tupleElement(task, 2)];
  const argument = tupleArity(task) > LEAST_ARITY ? tupleElement(task, 3) : NON_VALUE;
  const process = vm.processes.byPid(pid);
  let result: Term | undefined;
  if (type === am.garbage_collect) result = collectResult(vm, { process, type, id, argument });
  else if (type === am.check_process_code && isAtom(argument)) {
    if (process === vm.current) {
      const again = withWholeStack(vm, am.erts_internal, am.request_system_task, [pid, priority, task]);
      if (again !== undefined) return again;
    }
    result = atomOf(process !== undefined && runsOldCode(vm, process, argument));
  } else if (type === atom('system_task_test')) result = atomOf(process !== undefined);
  else throw badarg();
  if (result !== undefined) sendMessage(vm, vm.current, tuple(type, id, result));
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
