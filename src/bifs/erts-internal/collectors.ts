/** What processes of the virtual machine ask for that clean up after code and traces. */
import type { Machine } from '../../process/machine.ts';
import type { Process } from '../../process/process.ts';
import { sendMessage } from '../../process/signals.ts';
import { bumpReductions } from '../../runtime/bump-reductions.ts';
import { withWholeStack } from '../../runtime/whole-stack.ts';
import { am } from '../../term/atoms.ts';
import { tuple } from '../../term/build.ts';
import { badarg, ErlangError } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isLocalPid } from '../../term/term.ts';
import { atomOf } from '../erlang/arguments.ts';
import type { BifTable } from '../registry.ts';

/** Words that a process is looked through for one reduction (ERTS_CLA_SCAN_WORDS_PER_RED). */
const SCAN_WORDS_PER_REDUCTION = 512;

/** Only erts_literal_area_collector may ask. */
function checkCollector({ current, literalReleases }: Machine): void {
  if (current !== literalReleases.collector) throw new ErlangError('error', am.notsup);
}

/** False when no literals are to be released. Raises notsup. */
function releaseAreaSwitch(vm: Machine): Term {
  checkCollector(vm);
  return atomOf(vm.literalReleases.next());
}

/** Has a process copy what it holds of the area at once. One that hibernates has a heap without free words afterwards, too. */
function giveUpArea(vm: Machine, process: Process): Term {
  if (process !== vm.current) vm.scheduler.endWork(process);
  const totalBefore = process.heap.totalWords();
  bumpReductions(vm.literalReleases.giveUp(process) / SCAN_WORDS_PER_REDUCTION);
  if (process.hibernates && process.heap.totalWords() !== totalBefore) {
    process.heap.needsMajor = true;
    vm.scheduler.collectNow(process);
  }
  return am.ok;
}

/**
 * Has a process copy what it holds of the area; the answer {copy_literals, {Area, How, Pid}, ok} is a message. Never need_gc: no
 * process runs meanwhile, so all is done at once. Raises notsup, badarg.
 */
function sendCopyRequest(vm: Machine, pid: Term, area: Term, how: Term): Term {
  checkCollector(vm);
  if (!isLocalPid(pid) || ![am.init, am.check_gc, am.need_gc].includes(how)) throw badarg();
  const process = vm.processes.byPid(pid);
  if (process === vm.current) {
    const again = withWholeStack(vm, am.erts_literal_area_collector, am.send_copy_request, [pid, area, how]);
    if (again !== undefined) return again;
  }
  const id = tuple(area, how, pid);
  if (process?.held !== undefined) {
    process.held.add(vm.current, { type: am.copy_literals, id, gone: am.ok, run: (held) => giveUpArea(vm, held) });
    return am.ok;
  }
  if (process !== undefined) giveUpArea(vm, process);
  sendMessage(vm, vm.current, tuple(am.copy_literals, id, am.ok));
  return am.ok;
}

export const literalAreaBifs: BifTable = {
  module: 'erts_literal_area_collector',
  rows: [
    { name: 'release_area_switch', arity: 0, fn: releaseAreaSwitch },
    { name: 'send_copy_request', arity: 3, fn: sendCopyRequest },
  ],
};

/** There are no trace sessions to be cleaned up. */
export const traceCleanerBifs: BifTable = {
  module: 'erts_trace_cleaner',
  rows: [{ name: 'check', arity: 0, fn: () => am.false }],
};
