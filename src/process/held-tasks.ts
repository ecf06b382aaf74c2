/**
 * Collections that a process has switched off (erts_debug:set_internal_state/2, F_DISABLE_GC in OTP's erl_process.c), and the tasks that
 * other processes have asked of it meanwhile and that need one (save_gc_task): they wait until it switches collections on again.
 */
import { type Fragment, freeFragment } from '../memory/fragment.ts';
import { tuple } from '../term/build.ts';
import { copyOut } from '../term/copy.ts';
import type { Term } from '../term/layout.ts';
import { buildFragment } from './fragment-building.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';
import { deliver } from './signals.ts';

const ANSWER_WORDS = 4;

/** What is to be done to a process. */
export interface HeldTask {
  /** garbage_collect or copy_literals: first in the answer. */
  readonly type: Term;
  /** Any term, second in the answer. */
  readonly id: Term;
  /** The result, third in the answer, when the process ends before. */
  readonly gone: Term;
  /** Does it; returns the result. */
  run(process: Process): Term;
}

interface Waiting {
  readonly task: HeldTask;
  readonly id: Fragment;
  /** Number of the process that gets the answer. */
  readonly requester: number;
}

export class HeldTasks {
  private readonly waiting: Waiting[] = [];

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  add(requester: Process, task: HeldTask): void {
    this.waiting.push({ task, id: copyOut(task.id, true), requester: requester.number });
  }

  /** The process may be collected again: does all that waits for that. Its stack must be whole. */
  runAll(vm: Machine, process: Process): void {
    for (const each of this.waiting.splice(0)) answer(vm, each, each.task.run(process));
  }

  /** The process has ended. */
  dropAll(vm: Machine): void {
    for (const each of this.waiting.splice(0)) answer(vm, each, each.task.gone);
  }
}

function answer(vm: Machine, { task, id, requester }: Waiting, result: Term): void {
  const to = vm.processes.get(requester);
  if (to?.isAlive === true) {
    deliver(
      vm,
      to,
      buildFragment(ANSWER_WORDS, [id.term], ([copy]) => tuple(task.type, copy as Term, result)),
    );
  }
  freeFragment(id);
}
