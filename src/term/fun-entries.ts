/**
 * What a closure's and an export fun's words stand for. Both tables live as long as the JavaScript realm, like atoms; the code server
 * fills them and says where calls go. Everything that decodes, encodes, prints or compares funs goes through here.
 */
import { allocate } from '../memory/heap.ts';
import { plus, store } from '../memory/memory.ts';
import {
  type Addr,
  EXPORT_TARGET,
  FUN_ARITY,
  FUN_ENTRY,
  FUN_FIXED_WORDS,
  FUN_FREE,
  FUN_SLOT,
  HEADER_EXPORT,
  HEADER_FUN,
  makeHeader,
  type Term,
} from './layout.ts';
import { field, headerSize, immediateValue, makeBoxed } from './term.ts';

/**
 * A function that closures are made of (ErlFunEntry in OTP's erl_fun.h), known by module, index, arity, uniq and oldUniq (which OTP's
 * table has in its hash).
 */
export interface FunEntry {
  /** Index in the table: the word in every closure. */
  readonly number: number;
  readonly module: Term;
  readonly index: number;
  /** Arity of a call, without the free variables. */
  readonly arity: number;
  /** MD5 of the module's code, 16 bytes. */
  readonly uniq: Uint8Array;
  readonly oldIndex: number;
  readonly oldUniq: number;
  /** Table slot of the adapter that calls it: for each entry the same one always; what it holds changes as code comes and goes. */
  slot: number;
  /** The lambda's own function and its number of free variables, while the module is loaded. */
  code: { readonly functionName: Term; readonly free: number } | undefined;
}

/** What identifies a function that closures are made of, and its old numbers. */
export interface FunKey {
  readonly module: Term;
  readonly index: number;
  readonly arity: number;
  readonly uniq: Uint8Array;
  readonly oldIndex: number;
  readonly oldUniq: number;
}

const entries: FunEntry[] = [];
const numbers = new Map<string, number>();

/** Gives an entry its slot when it is made; set by the code server before the first closure exists. */
export const funSlots: { allocate: (key: FunKey) => number } = { allocate: () => 0 };

/**
 * The entry of this identity, made when there is none (erts_put_fun_entry2). An entry of loaded code keeps its oldIndex; one without
 * code, which OTP forgets together with the last closure, gives way to one with another oldIndex.
 */
export function funEntry(key: FunKey): FunEntry {
  const text = `${immediateValue(key.module)} ${key.index} ${key.arity} ${key.oldUniq} ${textOf(key.uniq)}`;
  const number = numbers.get(text);
  const known = number === undefined ? undefined : entries[number];
  if (known !== undefined && (known.code !== undefined || known.oldIndex === key.oldIndex)) return known;
  const entry: FunEntry = { ...key, number: entries.length, slot: funSlots.allocate(key), code: undefined };
  entries.push(entry);
  numbers.set(text, entry.number);
  return entry;
}

/** The bytes last asked for, and their text: a module's lambdas all have the same. */
const lastUniq: { bytes: Uint8Array; text: string } = { bytes: new Uint8Array(0), text: '' };

function textOf(uniq: Uint8Array): string {
  if (uniq !== lastUniq.bytes) {
    lastUniq.bytes = uniq;
    lastUniq.text = uniq.join(' ');
  }
  return lastUniq.text;
}

/** How many entries there are. */
export function funEntryCount(): number {
  return entries.length;
}

/** The entry with this number. */
export function funEntryAt(number: number): FunEntry {
  return entries[number] as FunEntry;
}

/** The entry of a closure. */
export function funEntryOf(closure: Term): FunEntry {
  return entries[field(closure, FUN_ENTRY)] as FunEntry;
}

/** How many free variables a closure holds. */
export function freeCount(closure: Term): number {
  return headerSize(closure) - FUN_FIXED_WORDS;
}

/** A closure; the caller fills its `free` variables (address of the first: result + FUN_FREE) before anything else allocates. */
export function newClosure(entry: FunEntry, free: number): Addr {
  const a = allocate(1 + FUN_FIXED_WORDS + free);
  store(a, makeHeader(HEADER_FUN, FUN_FIXED_WORDS + free));
  store(plus(a, FUN_SLOT), entry.slot);
  store(plus(a, FUN_ARITY), entry.arity);
  store(plus(a, FUN_ENTRY), entry.number);
  return a;
}

export function makeClosure(entry: FunEntry, free: readonly Term[]): Term {
  const a = newClosure(entry, free.length);
  for (let i = 0; i < free.length; i++) store(plus(a, FUN_FREE + i * 4), free[i] as Term);
  return makeBoxed(a);
}

export interface ExportName {
  readonly module: Term;
  readonly functionName: Term;
  readonly arity: number;
}

/** What terms need of the table of exported functions; the code server's is put into `exportTable`. */
export interface ExportTable {
  /** The function that a table slot belongs to. */
  nameAt(targetSlot: number): ExportName;
  /** The slots of `fun M:F/A`, made when there are none. */
  slotsOf(name: ExportName): { readonly adapter: number; readonly target: number };
  /**
   * Whether loaded code exports M:F/A or refers to it, or it is a BIF (erts_active_export_entry): what option `safe` lets pass.
   */
  isActive(name: ExportName): boolean;
}

/** A table without code: every function gets the next number. Stands in until the code server puts its own into `exportTable`. */
export class NamesOnly implements ExportTable {
  readonly #names: ExportName[] = [];
  readonly #numbers = new Map<string, number>();

  nameAt(targetSlot: number): ExportName {
    return this.#names[targetSlot] as ExportName;
  }
  slotsOf(name: ExportName): { adapter: number; target: number } {
    const key = `${name.module} ${name.functionName} ${name.arity}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return { adapter: 0, target: known };
    const target = this.#names.length;
    this.#names.push(name);
    this.#numbers.set(key, target);
    return { adapter: 0, target };
  }
  isActive(_name: ExportName): boolean {
    return false;
  }
}

export const exportTable: { current: ExportTable } = { current: new NamesOnly() };

/** `fun Module:Function/Arity`. */
export function makeExportFun(name: ExportName): Term {
  const slots = exportTable.current.slotsOf(name);
  const a = allocate(4);
  store(a, makeHeader(HEADER_EXPORT, 3));
  store(plus(a, FUN_SLOT), slots.adapter);
  store(plus(a, FUN_ARITY), name.arity);
  store(plus(a, EXPORT_TARGET), slots.target);
  return makeBoxed(a);
}

/** Module, function and arity of an export fun. */
export function exportNameOf(exportFun: Term): ExportName {
  return exportTable.current.nameAt(field(exportFun, EXPORT_TARGET));
}
