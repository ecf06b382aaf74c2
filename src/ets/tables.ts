/** All tables of a virtual machine, by reference, name and owner; what a process's end means for them (the general part of OTP's erl_db.c). */
import { newMagicRef } from '../memory/binary.ts';
import { buildFragment } from '../process/fragment-building.ts';
import type { Machine } from '../process/machine.ts';
import type { Process } from '../process/process.ts';
import type { RefKey } from '../process/references.ts';
import { deliver } from '../process/signals.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import type { Term } from '../term/layout.ts';
import { refWord } from '../term/nodes.ts';
import { type Parts, whole } from '../term/parts.ts';
import { Table, type TableOptions } from './table.ts';

const TRANSFER_WORDS = 16;

export class EtsTables {
  private readonly byKey = new Map<RefKey, Table>();
  private readonly byName = new Map<Term, Table>();
  /** The table that was asked for last. */
  private recent: Table | undefined;
  /** By process number. */
  private readonly owned = new Map<number, Set<Table>>();
  private readonly fixedBy = new Map<Process, Set<Table>>();
  /** Processes that may use every table (erts_internal:ets_super_user/1). */
  readonly superUsers = new Set<Process>();

  named(name: Term): Table | undefined {
    return this.byName.get(name);
  }

  withKey(key: RefKey): Table | undefined {
    if (this.recent?.key === key) return this.recent;
    this.recent = this.byKey.get(key);
    return this.recent;
  }

  /** All tables, the oldest first. */
  all(): Table[] {
    return [...this.byKey.values()];
  }

  /** A new table; undefined if it is to be named and the name is taken. */
  create(vm: Machine, name: Term, owner: Process, options: TableOptions): Table | undefined {
    if (options.isNamed && this.byName.has(name)) return undefined;
    const table = new Table(vm.references.fresh(), name, owner.number, options);
    this.byKey.set(table.key, table);
    if (options.isNamed) this.byName.set(name, table);
    this.addOwned(table);
    return table;
  }

  /** Gives a table another name; false if it is a named table and the name is taken. */
  rename(table: Table, name: Term): boolean {
    if (table.options.isNamed) {
      if (this.byName.has(name)) return false;
      this.byName.delete(table.name);
      this.byName.set(name, table);
    }
    table.name = name;
    return true;
  }

  /** Takes away a table: nobody finds it any more. Returns what is left to do: giving back its memory. */
  delete(table: Table): Parts<void> {
    this.byKey.delete(table.key);
    this.recent = undefined;
    if (table.options.isNamed) this.byName.delete(table.name);
    this.removeOwned(table);
    for (const process of table.fixations.keys()) this.forgetFixation(process, table);
    return table.freeing();
  }

  /** The reference of a table, on the running process's heap. */
  reference(vm: Machine, table: Table): Term {
    const plain = vm.references.term(table.key);
    return newMagicRef([refWord(plain, 0), refWord(plain, 1), refWord(plain, 2)], table.handle);
  }

  /** What programs call the table: its name or its reference. */
  identifier(vm: Machine, table: Table): Term {
    return table.options.isNamed ? table.name : this.reference(vm, table);
  }

  // ---- owners --------------------------------------------------------------------------------------------------------

  private addOwned(table: Table): void {
    const tables = this.owned.get(table.owner);
    if (tables === undefined) this.owned.set(table.owner, new Set([table]));
    else tables.add(table);
  }

  private removeOwned(table: Table): void {
    const tables = this.owned.get(table.owner);
    tables?.delete(table);
    if (tables?.size === 0) this.owned.delete(table.owner);
  }

  /** Makes `to`, which is alive, the owner, and tells it with an ETS-TRANSFER message. */
  giveAway(vm: Machine, table: Table, to: Process, data: Term): void {
    const from = table.owner;
    this.removeOwned(table);
    table.owner = to.number;
    this.addOwned(table);
    const message = buildFragment(TRANSFER_WORDS, [data], ([copy]) =>
      tuple(am['ETS-TRANSFER'], this.identifier(vm, table), vm.processes.pidOf(from), copy as Term),
    );
    deliver(vm, to, message);
  }

  /** A process is gone: its tables go to their heirs or with it, and what it has fixed is not fixed any more. */
  processExited(vm: Machine, process: Process): void {
    this.superUsers.delete(process);
    const owned = this.owned.get(process.number);
    if (owned !== undefined) for (const table of owned) this.inherit(vm, table);
    const fixed = this.fixedBy.get(process);
    if (fixed !== undefined) for (const table of fixed) this.release(process, table, Number.POSITIVE_INFINITY);
  }

  private inherit(vm: Machine, table: Table): void {
    const { heir } = table;
    if (heir?.process.isAlive === true && heir.process.number !== table.owner) {
      this.giveAway(vm, table, heir.process, heir.data.term);
    } else {
      whole(this.delete(table));
    }
  }

  // ---- fixing --------------------------------------------------------------------------------------------------------

  fix(vm: Machine, process: Process, table: Table): void {
    const count = table.fixations.get(process) ?? 0;
    if (table.fixations.size === 0) {
      table.fixedAt = { monotonic: vm.time.monotonic(), system: vm.time.system() };
      table.rows.setFixed(true);
    }
    table.fixations.set(process, count + 1);
    if (count > 0) return;
    const tables = this.fixedBy.get(process);
    if (tables === undefined) this.fixedBy.set(process, new Set([table]));
    else tables.add(table);
  }

  /** Takes back one fixation of a process, if it has any. */
  unfix(process: Process, table: Table): void {
    this.release(process, table, 1);
  }

  /** Whether a table is fixed by anybody besides the process, or by it more often than so many times. */
  isFixedBeyond(process: Process, times: number, { fixations }: Table): boolean {
    const own = fixations.get(process) ?? 0;
    return own > times || fixations.size > (own > 0 ? 1 : 0);
  }

  private release(process: Process, table: Table, times: number): void {
    const count = table.fixations.get(process);
    if (count === undefined) return;
    if (count > times) {
      table.fixations.set(process, count - times);
      return;
    }
    table.fixations.delete(process);
    this.forgetFixation(process, table);
    if (table.fixations.size === 0) table.rows.setFixed(false);
  }

  private forgetFixation(process: Process, table: Table): void {
    const tables = this.fixedBy.get(process);
    tables?.delete(table);
    if (tables?.size === 0) this.fixedBy.delete(process);
  }
}
