/**
 * The two generations of each module (OTP's beam_bif_load.c): prepared code, current code, old code, and code whose on_load function has
 * not yet said whether it stays. Old code goes on running until it is purged.
 */
import { freeBlock } from '../memory/allocator.ts';
import type { LiteralReleases } from '../process/literal-releases.ts';
import { type FunEntry, funEntryAt } from '../term/fun-entries.ts';
import type { Addr, Term } from '../term/layout.ts';
import type { CodeTable } from './code-table.ts';
import type { LinkedModule } from './linker.ts';
import type { LoadedModule } from './loaded-module.ts';

/** Code that was checked and translated, and can be linked once. */
export interface PreparedModule {
  readonly name: Term;
  readonly hasOnLoad: boolean;
  link(): LinkedModule;
}

/** What came of loading several modules at once. */
export interface Finished {
  readonly result: 'ok' | 'duplicated' | 'not_purged' | 'on_load';
  /** The modules it is about. */
  readonly modules: readonly Term[];
}

export class ModuleLoader {
  private readonly code: CodeTable;
  private readonly releases: LiteralReleases;
  /** Modules that were loaded at some time, by `finish`. */
  private readonly known = new Set<Term>();
  private readonly onLoad = new Map<Term, LinkedModule>();
  /** Old code set aside while the code of a failed on_load function is purged in its place. */
  private savedOld: LoadedModule | undefined;
  private purging: Term | undefined;
  /** Funs of the code that is being purged, with what they have again if that is given up. */
  private readonly hidden: { entry: FunEntry; code: FunEntry['code']; adapter: unknown }[] = [];
  /** Numbers of processes that have called such a fun, and are suspended until the purge is done or given up. */
  readonly callersOfHidden: number[] = [];
  /** Told before current code becomes old or new code waits for its on_load function, and when code has become current. */
  readonly listener = { retires: (_module: Term): void => undefined, loaded: (_module: Term): void => undefined };

  constructor(code: CodeTable, releases: LiteralReleases) {
    this.code = code;
    this.releases = releases;
  }

  /** Makes the prepared modules current, all or none. Code with an on_load function waits for `finishAfterOnLoad`. */
  finish(prepared: readonly PreparedModule[]): Finished {
    const duplicated = prepared.filter(({ name }, i) => prepared.findIndex((other) => other.name === name) < i);
    if (duplicated.length > 0) return { result: 'duplicated', modules: duplicated.map(({ name }) => name) };
    const { modules, oldModules } = this.code;
    const notPurged = prepared.filter(({ name }) => modules.has(name) && oldModules.has(name));
    if (notPurged.length > 0) return { result: 'not_purged', modules: notPurged.map(({ name }) => name) };
    const waiting: Term[] = [];
    for (const one of prepared) {
      const linked = one.link();
      this.known.add(one.name);
      if (one.hasOnLoad) {
        // The current code stays, but is traced no more (erts_finish_loading).
        if (modules.has(one.name)) this.listener.retires(one.name);
        this.onLoad.set(one.name, linked);
        waiting.push(one.name);
      } else {
        this.makeCurrent(linked);
      }
    }
    return { result: waiting.length > 0 ? 'on_load' : 'ok', modules: waiting };
  }

  private makeCurrent(linked: LinkedModule): void {
    const current = this.code.modules.get(linked.module.name);
    if (current !== undefined) {
      this.listener.retires(current.name);
      this.code.retire(current);
    }
    linked.publish();
    this.listener.loaded(linked.module.name);
  }

  /** Table slot of the on_load function that is to be called; undefined: none is waiting. */
  onLoadSlot(name: Term): number | undefined {
    return this.onLoad.get(name)?.onLoadSlot;
  }

  /** The on_load function has returned: its module becomes current, or stays set aside until it is purged. False: none was waiting. */
  finishAfterOnLoad(name: Term, keep: boolean): boolean {
    const linked = this.onLoad.get(name);
    if (linked === undefined) return false;
    if (!keep) return true;
    this.onLoad.delete(name);
    this.makeCurrent(linked);
    return true;
  }

  hasOld(name: Term): boolean {
    return this.code.oldModules.has(name);
  }

  isWaiting(name: Term): boolean {
    return this.onLoad.has(name);
  }

  /**
   * Current code, if any, becomes old: `false` when there is old code already, undefined when no such module has ever been there
   * (delete_module_1: an entry of the module table stays).
   */
  delete(name: Term): boolean | undefined {
    const current = this.code.modules.get(name);
    if (this.code.oldModules.has(name)) return false;
    if (current === undefined) return this.known.has(name) ? true : undefined;
    this.listener.retires(name);
    this.code.retire(current);
    return true;
  }

  // ---- purging -----------------------------------------------------------------------------------------------------

  /** Begins to purge the old code, or that of an on_load function that failed. False: there is none. */
  preparePurge(name: Term, ofOnLoad: boolean): boolean {
    if (ofOnLoad) {
      const failed = this.onLoad.get(name)?.module;
      if (failed === undefined) return false;
      this.onLoad.delete(name);
      this.savedOld = this.code.oldModules.get(name);
      this.code.oldModules.set(name, failed);
    }
    const old = this.code.oldModules.get(name);
    if (old === undefined) return false;
    this.purging = name;
    this.hideFuns(old);
    return true;
  }

  get purgedModule(): Term | undefined {
    return this.purging;
  }

  abortPurge(): void {
    this.purging = undefined;
    for (const { entry, code, adapter } of this.hidden.splice(0)) {
      entry.code = code;
      this.code.restoreLambdaSlot(entry.slot, adapter);
    }
  }

  /** Frees the old code. No process may run it. Its literals go when nobody holds any (process/literal-releases.ts). */
  completePurge(): void {
    const name = this.purging;
    const old = name === undefined ? undefined : this.code.oldModules.get(name);
    if (name === undefined || old === undefined) return;
    this.purging = undefined;
    this.code.oldModules.delete(name);
    if (this.savedOld !== undefined) this.code.oldModules.set(name, this.savedOld);
    this.savedOld = undefined;
    this.hidden.length = 0;
    this.code.forget(old);
    old.retranslate = undefined;
    this.releases.add(old.literals);
    if (old.strings !== 0) freeBlock(old.strings as Addr);
  }

  /** Closures of functions that only the old code had have no code any more. */
  private hideFuns(old: LoadedModule): void {
    const current = this.code.modules.get(old.name);
    for (const number of old.funEntries) {
      if (current?.funEntries.includes(number)) continue;
      const entry = funEntryAt(number);
      const { code } = entry;
      const adapter = this.code.clearLambdaSlot(entry.slot, entry.arity);
      entry.code = undefined;
      this.hidden.push({ entry, code, adapter });
    }
  }

  /** Whether a fun has no code since that is being purged: it is not yet known whether it comes back. */
  isHidden(entry: FunEntry): boolean {
    return this.hidden.some((one) => one.entry === entry);
  }
}
