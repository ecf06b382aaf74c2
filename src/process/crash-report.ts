/** What OTP says when a process ends with an error that nothing caught (terminate_proc, send_term_to_logger in OTP's utils.c). */
import { am, atomName } from '../term/atoms.ts';
import { makeBigInt } from '../term/bignum.ts';
import { listOf, tuple } from '../term/build.ts';
import { copyOut } from '../term/copy.ts';
import { NIL, type Term } from '../term/layout.ts';
import { mapFromArrays } from '../term/map-build.ts';
import { formatTerm } from '../term/print.ts';
import { makeSmall } from '../term/term.ts';
import type { Machine } from './machine.ts';
import type { Process } from './process.ts';
import { deliver } from './signals.ts';

const NO_NODE = 'nonode@nohost';

/**
 * Sends the report to the process `logger`; where there is none, writes it to the host's error output. `reason` lies on the heap of
 * the process, which is active.
 */
export function reportCrash(vm: Machine, process: Process, reason: Term): void {
  const node = vm.nodes.self.name;
  const alive = atomName(node) !== NO_NODE;
  const { systemLogger } = vm;
  if (systemLogger === am.undefined) return;
  const logger = vm.processes.byPid(systemLogger) ?? vm.registry.whereis(am.logger);
  if (logger === undefined || logger === process) {
    const where = alive ? ` on node ${formatTerm(node)}` : '';
    vm.host.writeError(
      `Error in process ${formatTerm(process.pid)}${where} with exit value:\n${formatTerm(reason)}\n\n`,
    );
    return;
  }
  const format = alive
    ? 'Error in process ~p on node ~p with exit value:~n~p~n'
    : 'Error in process ~p with exit value:~n~p~n';
  const args = alive ? [process.pid, node, reason] : [process.pid, reason];
  const metadata = mapFromArrays(
    [am.error_logger, am.gl, am.pid, am.time],
    [
      mapFromArrays([am.emulator, am.tag], [am.true, am.error]),
      process.groupLeader,
      process.pid,
      makeBigInt(vm.host.clock.systemNanoseconds() / 1000n),
    ],
  );
  const message = tuple(am.log, am.error, charactersOf(format), listOf(args), metadata);
  deliver(vm, logger, copyOut(message));
}

function charactersOf(text: string): Term {
  return text === '' ? NIL : listOf([...text].map((character) => makeSmall(character.charCodeAt(0))));
}
