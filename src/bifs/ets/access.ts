/** Finding the tables that programs name, with the rights that they need (db_get_table_aux in OTP's erl_db.c). */
import type { Table } from '../../ets/table.ts';
import { TableHandle } from '../../ets/table.ts';
import { magicHandle, newMagicRef } from '../../memory/binary.ts';
import { REDUCTIONS } from '../../memory/map.ts';
import { load } from '../../memory/memory.ts';
import type { MagicHandle } from '../../memory/off-heap.ts';
import type { Machine } from '../../process/machine.ts';
import { CallAgain } from '../../runtime/bind-bif.ts';
import { am } from '../../term/atoms.ts';
import { badarg } from '../../term/erlang-error.ts';
import type { Term } from '../../term/layout.ts';
import { refWord } from '../../term/nodes.ts';
import type { Parts } from '../../term/parts.ts';
import { isAtom, isTuple, tupleArity } from '../../term/term.ts';

/** A table by name or reference; undefined if it does not exist (any more). Raises badarg for what names no table. */
export function existingTable(vm: Machine, id: Term): Table | undefined {
  if (isAtom(id)) return vm.ets.named(id);
  const key = vm.references.keyOf(id);
  const table = key === undefined ? undefined : vm.ets.withKey(key);
  if (table === undefined && !(magicHandle(id) instanceof TableHandle)) throw badarg(am.type);
  return table;
}

function tableOf(vm: Machine, id: Term): Table {
  const table = existingTable(vm, id);
  if (table === undefined) throw badarg(am.id);
  if (table.insertion !== undefined) afterInsertion(table);
  return table;
}

/** What somebody is in the middle of inserting has to be in the table first: that is gone on with, part by part (handle_lacking_permission). */
function afterInsertion(table: Table): never {
  for (let left = load(REDUCTIONS); left > 0 && table.insertion !== undefined; ) left -= table.insertPart();
  throw new CallAgain();
}

function mayAll(vm: Machine, table: Table): boolean {
  return table.owner === vm.current.number || vm.ets.superUsers.has(vm.current);
}

/** A table that the running process may read. Raises badarg with the cause that erl_stdlib_errors wants. */
export function readableTable(vm: Machine, id: Term): Table {
  const table = tableOf(vm, id);
  if (table.protection === 'private' && !mayAll(vm, table)) throw badarg(am.access);
  return table;
}

/** A table that the running process may change. Raises badarg with the cause that erl_stdlib_errors wants. */
export function writableTable(vm: Machine, id: Term): Table {
  const table = tableOf(vm, id);
  if (table.protection !== 'public' && !mayAll(vm, table)) throw badarg(am.access);
  return table;
}

/** What a table is used for. */
export type Use = 'read' | 'write';

/**
 * For work on a table that others have had their turns in: waits until it is nobody else's turn to insert. Raises badarg unless the table is
 * still there and the process may still use it.
 */
export function* tableAgain(vm: Machine, table: Table, use: Use): Parts<void> {
  while (table.insertion !== undefined) yield table.insertPart();
  if (vm.ets.withKey(table.key) !== table) throw badarg(am.id);
  const isOpen = use === 'read' ? table.protection !== 'private' : table.protection === 'public';
  if (!isOpen && !mayAll(vm, table)) throw badarg(am.access);
}

/** Raises badarg unless a term can be an object of the table: a tuple that has a key. */
export function checkObject(table: Table, object: Term): void {
  if (!isTuple(object) || tupleArity(object) < table.options.keyPosition) throw badarg();
}

/** A new reference that keeps `handle` alive. */
export function freshMagicRef(vm: Machine, handle: MagicHandle): Term {
  const plain = vm.references.term(vm.references.fresh());
  return newMagicRef([refWord(plain, 0), refWord(plain, 1), refWord(plain, 2)], handle);
}
