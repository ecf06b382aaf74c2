/** ets: making, naming, fixing and deleting tables, and who owns them. */
import type { Table } from '../../ets/table.ts';
import type { Machine } from '../../process/machine.ts';
import type { LongWork } from '../../process/process.ts';
import { sendMessage } from '../../process/signals.ts';
import { inParts } from '../../runtime/trap.ts';
import { am } from '../../term/atoms.ts';
import { listOf, tuple } from '../../term/build.ts';
import { copyOut } from '../../term/copy.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { isAtom } from '../../term/term.ts';
import type { BifTable } from '../registry.ts';
import { existingTable, readableTable, writableTable } from './access.ts';
import { changedOptions, type HeirOption, newTableOptions } from './options.ts';

function newTable(vm: Machine, name: Term, list: Term): Term {
  if (!isAtom(name)) throw badarg();
  const { options, heir } = newTableOptions(list);
  const table = vm.ets.create(vm, name, vm.current, options);
  if (table === undefined) throw badarg(am.already_exists);
  setHeir(vm, table, heir);
  return vm.ets.identifier(vm, table);
}

/** A process that is gone cannot be an heir. */
function setHeir(vm: Machine, table: Table, heir: HeirOption): void {
  const process = heir === 'none' ? undefined : vm.processes.byPid(heir.pid);
  if (heir === 'none' || process?.isAlive !== true) table.setHeir(undefined);
  else table.setHeir({ process, data: copyOut(heir.data, true) });
}

function setOptions(vm: Machine, id: Term, options: Term): Term {
  const table = writableTable(vm, id);
  const { heir, protection } = changedOptions(options);
  if (table.owner !== vm.current.number) throw badarg();
  if (heir !== undefined) setHeir(vm, table, heir);
  if (protection !== undefined) table.protection = protection;
  return am.true;
}

function* deletion(vm: Machine, id: Term): LongWork {
  yield* vm.ets.delete(writableTable(vm, id));
  return am.true;
}

function deleteTable(vm: Machine, id: Term): Term {
  return inParts(vm, { module: 'ets', name: 'delete' }, [id], () => deletion(vm, id));
}

function rename(vm: Machine, id: Term, name: Term): Term {
  const table = writableTable(vm, id);
  if (!isAtom(name) || !vm.ets.rename(table, name)) throw badarg();
  return table.options.isNamed ? name : id;
}

function whereis(vm: Machine, name: Term): Term {
  if (!isAtom(name)) throw badarg();
  const table = existingTable(vm, name);
  return table === undefined ? am.undefined : vm.ets.reference(vm, table);
}

function giveAway(vm: Machine, id: Term, pid: Term, data: Term): Term {
  const table = writableTable(vm, id);
  const to = vm.processes.byPid(pid);
  if (to?.isAlive !== true) throw badarg();
  if (table.owner !== vm.current.number) throw badarg(am.not_owner);
  if (to === vm.current) throw badarg(am.owner);
  vm.ets.giveAway(vm, table, to, data);
  return am.true;
}

function fix(vm: Machine, id: Term, flag: Term): Term {
  const table = readableTable(vm, id);
  if (flag === am.true) vm.ets.fix(vm, vm.current, table);
  else if (flag === am.false) vm.ets.unfix(vm.current, table);
  else throw badarg();
  return am.true;
}

/** ets:all/0 waits for as many messages {Reference, Tables} as there are schedulers. */
function requestAll(vm: Machine): Term {
  const reference = vm.references.term(vm.references.fresh());
  const tables = vm.ets.all().map((table) => vm.ets.identifier(vm, table));
  sendMessage(vm, vm.current, tuple(reference, listOf(tables)));
  return reference;
}

function superUser(vm: Machine, flag: Term): Term {
  if (flag === am.true) vm.ets.superUsers.add(vm.current);
  else if (flag === am.false) vm.ets.superUsers.delete(vm.current);
  else throw badarg();
  return am.ok;
}

export const etsTableBifs: BifTable = {
  module: 'ets',
  rows: [
    { name: 'new', arity: 2, fn: newTable },
    { name: 'setopts', arity: 2, fn: setOptions },
    { name: 'delete', arity: 1, fn: deleteTable },
    { name: 'rename', arity: 2, fn: rename },
    { name: 'whereis', arity: 1, fn: whereis },
    { name: 'give_away', arity: 3, fn: giveAway },
    { name: 'safe_fixtable', arity: 2, fn: fix },
    { name: 'internal_request_all', arity: 0, fn: requestAll },
  ],
};

export const ertsInternalEtsAccessBifs: BifTable = {
  module: 'erts_internal',
  rows: [{ name: 'ets_super_user', arity: 1, fn: superUser }],
};
