/** Processes that others have suspended (erl_process.c). */
import type { Machine } from '../../process/machine.ts';
import { sendMessage } from '../../process/signals.ts';
import { resume, suspend } from '../../process/suspending.ts';
import { listElements } from '../../runtime/apply.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { am } from '../../term/atoms.ts';
import { tuple } from '../../term/build.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isLocalPid, isSmall, smallValue } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { pairOf } from './arguments.ts';

/** CONTEXT_REDS */
const REDUCTIONS_OF_A_SLICE = 4000;

/** erts_internal:suspend_process(Pid, Options): a boolean, or an atom that says what is wrong. It takes effect at once. */
function suspendProcess(vm: Machine, pid: Term, list: Term): Term {
  const { current } = vm;
  if (pid === current.pid || !isLocalPid(pid)) return am.badarg;
  const options = listElements(list);
  if (options === undefined) return am.badopt;
  let replyTag: Term | undefined;
  let isAsync = false;
  let unless = false;
  for (const option of options) {
    const pair = pairOf(option);
    if (option === am.unless_suspending) {
      unless = true;
    } else if (option === am.asynchronous || pair?.key === am.asynchronous) {
      isAsync = true;
      if (pair !== undefined) replyTag = pair.value;
    } else {
      return am.badopt;
    }
  }
  const process = vm.processes.byPid(pid);
  if (process === undefined && !isAsync) return am.badarg;
  const already = process !== undefined && (current.suspending?.get(process.number) ?? 0) > 0;
  if (process !== undefined && !(unless && already)) suspend(current, process);
  const state = process === undefined ? am.exited : am.suspended;
  if (replyTag !== undefined) sendMessage(vm, current, tuple(replyTag, state));
  return unless && already ? am.false : am.true;
}

/** Raises badarg for a process that the caller has not suspended. */
function resumeProcess(vm: Machine, pid: Term): Term {
  const process = vm.processes.byPid(pid);
  if (process === undefined || !resume(vm, vm.current, process)) throw badarg();
  return am.true;
}

/** bump_reductions(Count): at most those of a slice. Raises badarg. */
function bump(_vm: Machine, count: Term): Term {
  const wanted = isSmall(count) ? smallValue(count) : -1;
  if (wanted < 0) throw badarg();
  bumpReductions(Math.min(wanted, REDUCTIONS_OF_A_SLICE));
  return am.true;
}

export const erlangSuspendingBifs: BifTable = {
  module: 'erlang',
  rows: [
    { name: 'resume_process', arity: 1, fn: resumeProcess },
    { name: 'bump_reductions', arity: 1, fn: bump },
  ],
};

export const ertsInternalSuspendingBifs: BifTable = {
  module: 'erts_internal',
  rows: [{ name: 'suspend_process', arity: 2, fn: suspendProcess }],
};
