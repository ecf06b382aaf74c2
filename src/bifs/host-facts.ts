/** Single BIFs of several modules that say how text is encoded. */
import type { Machine } from '../process/machine.ts';
import { am, atom } from '../term/atoms.ts';
import { badarg } from '../term/erlang-error.ts';
import type { Term } from '../term/layout.ts';
import { isPid } from '../term/nodes.ts';
import type { BifTable } from './registry.ts';

/** What the emulator flag `+pc` says. */
export const ioBifs: BifTable = {
  module: 'io',
  rows: [{ name: 'printable_range', arity: 0, fn: (vm: Machine) => atom(vm.settings.printableRange) }],
};

/** What the emulator flag `+W` says. */
export const errorLoggerBifs: BifTable = {
  module: 'error_logger',
  rows: [{ name: 'warning_map', arity: 0, fn: (vm: Machine) => atom(vm.settings.warnings) }],
};

/** Whether the node of a group leader's process does I/O of Unicode characters: every node that we can talk to does. */
function dflagUnicodeIo(pid: Term): Term {
  if (!isPid(pid)) throw badarg();
  return am.true;
}

export const netKernelBifs: BifTable = {
  module: 'net_kernel',
  pure: true,
  rows: [{ name: 'dflag_unicode_io', arity: 1, fn: dflagUnicodeIo }],
};
