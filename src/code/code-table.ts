/**
 * Slots, exports and return points: everything that calls, stack traces and funs find code by.
 * A slot is an element of the one WebAssembly table that the prelude calls through. Each export has a slot of its own, which never changes,
 * as have lambdas, and each module has one for going on at its return points. A module's own functions only have numbers, behind all slots.
 * No module imports that table. What a module calls of others is in a table of its own, which is written when the module is linked, and
 * when code comes to an export or goes (`Caller`).
 */

import { allocateBlock, freeBlock } from '../memory/allocator.ts';
import { RETURN_POINT_BYTES, RETURN_POINT_FRAME_BITS, RETURN_POINTS } from '../memory/map.ts';
import { copyWords, load, plus, store } from '../memory/memory.ts';
import type { FunctionName, CodeTable as MachineCode, ReturnPointInfo } from '../process/machine.ts';
import type { ExportName, ExportTable } from '../term/fun-entries.ts';
import type { Addr, Term } from '../term/layout.ts';
import { CallThunks } from './call-thunks.ts';
import type { LoadedModule } from './loaded-module.ts';
import { NumberRanges } from './number-ranges.ts';
import { ROW } from './translation.ts';

export interface Export extends ExportName {
  /** Its slot in the table. */
  readonly slot: number;
  /** What the slot holds: nothing yet (calls go to the error handler), a BIF once somebody wants to call it, or a function of a loaded module. */
  state: 'undefined' | 'bif' | 'loaded';
  readonly callers: Caller[];
}

/** An element of a module's table of calls. */
interface Caller {
  readonly table: WebAssembly.Table;
  readonly element: number;
}

/** What of the prelude a table needs: the functions that slots of a given arity start with. */
export interface SlotFillers {
  exportAdapter(arity: number): CallableFunction;
  undefinedLambda(arity: number): CallableFunction;
  bif(name: ExportName): CallableFunction;
  /** What an export's slot holds whose code is gone. */
  undefinedExport(slot: number, arity: number): CallableFunction;
}

/** What knows return points. */
export interface PointOwner {
  returnPoint(point: number): ReturnPointInfo;
  pointKind(point: number): ReturnPointInfo['kind'];
}

const GROWTH = 4096;
/** First number of a function that has no slot; slot numbers and these have 24 bits (slot-word.ts). */
const FIRST_NUMBER = 2 ** 22;
const FRAME_WORDS_RANGE = 2 ** RETURN_POINT_FRAME_BITS;

/** Number of the return point that ends every stack. */
export const END_POINT = 0;

export class CodeTable implements ExportTable, MachineCode {
  readonly table: WebAssembly.Table;
  readonly modules = new Map<Term, LoadedModule>();
  readonly oldModules = new Map<Term, LoadedModule>();
  private readonly fillers: SlotFillers;
  private nextSlot = 1;
  private readonly owners: (FunctionName | undefined)[] = [];
  private readonly freeSlots: number[] = [];
  /** Modules by the numbers of their functions. */
  private readonly numbers = new NumberRanges<LoadedModule>(FIRST_NUMBER);
  private readonly exports = new Map<Term, Map<number, Export>>();
  private readonly exportBySlot = new Map<number, Export>();
  private readonly adapters: (number | undefined)[] = [];
  /** Who knows the return points. */
  private readonly points = new NumberRanges<PointOwner>(END_POINT + 1);
  private pointCapacity = 0;
  /** What stands before the code of exports while calls of them are told of. */
  private thunks: CallThunks | undefined;

  constructor(table: WebAssembly.Table, fillers: SlotFillers) {
    this.table = table;
    this.fillers = fillers;
    this.reservePoints(GROWTH);
  }

  // ---- slots -----------------------------------------------------------------------------------------------------

  /** Slots that have been given out, whether they are in use still or not. */
  get slotCount(): number {
    return this.nextSlot;
  }

  /** The first of `count` slots that nothing lies in. */
  allocateSlots(count: number): number {
    const freed = count === 1 ? this.freeSlots.pop() : undefined;
    if (freed !== undefined) return freed;
    const first = this.nextSlot;
    this.nextSlot += count;
    const missing = this.nextSlot - this.table.length;
    if (missing > 0) this.table.grow(Math.max(missing, GROWTH));
    return first;
  }

  /** Puts code into a slot, and where modules call the export that has it. */
  put(slot: number, code: CallableFunction): void {
    const made = this.exportBySlot.get(slot);
    if (made === undefined) this.table.set(slot, code);
    else this.lead(made, made.state === 'loaded' ? (this.thunks?.around(made, code) ?? code) : code);
  }

  private lead({ slot, callers }: Export, code: CallableFunction): void {
    this.table.set(slot, code);
    for (const { table, element } of callers) table.set(element, code);
  }

  /** The code that a slot leads to. */
  codeAt(slot: number): CallableFunction {
    return this.thunks?.codeOf(slot) ?? (this.table.get(slot) as CallableFunction);
  }

  /** Has `called` told of calls of exports that have code, by their slots; undefined: nobody any more. */
  tellCalls(called: ((slot: number) => void) | undefined): void {
    const before = this.thunks;
    this.thunks = undefined;
    const loaded = [...this.exportBySlot.values()].filter(({ state }) => state === 'loaded');
    for (const { slot } of loaded) this.put(slot, before?.codeOf(slot) ?? (this.table.get(slot) as CallableFunction));
    if (called === undefined) return;
    this.thunks = new CallThunks(called);
    this.thunks.add(loaded);
    for (const { slot } of loaded) this.put(slot, this.table.get(slot) as CallableFunction);
  }

  /** What the module calls is to lie in `calls`, a table of an instance of its code, from now on until it is purged. */
  connect(module: LoadedModule, calls: WebAssembly.Table | undefined): void {
    if (calls === undefined) return;
    module.callTables.push(calls);
    module.constants.calls.forEach((made, element) => {
      made.callers.push({ table: calls, element });
      if (made.state === 'loaded') calls.set(element, this.table.get(made.slot));
    });
  }

  private disconnect({ constants, callTables }: LoadedModule): void {
    for (const { callers } of constants.calls) {
      const others = callers.filter(({ table }) => !callTables.includes(table));
      callers.splice(0, callers.length, ...others);
    }
    callTables.length = 0;
  }

  /** The first of `count` numbers for functions that have no slot. */
  allocateNumbers(count: number): number {
    return this.numbers.take(count);
  }

  setOwner(slot: number, info: FunctionName): void {
    this.owners[slot] = info;
  }

  /** The module's functions are those of the numbers from its `firstNumber` on. */
  addFunctions(owner: LoadedModule): void {
    this.numbers.setOwner(owner.firstNumber, owner);
  }

  /** The function of an export's slot, or of a number. */
  slotInfo(slot: number): FunctionName {
    const info = slot < FIRST_NUMBER ? this.owners[slot] : this.numbered(slot);
    if (info === undefined) throw new Error(`slot ${slot} belongs to nothing`);
    return info;
  }

  /** The module that a function's number belongs to; undefined for a slot. */
  numberOwner(number: number): LoadedModule | undefined {
    return number < FIRST_NUMBER ? undefined : this.numbers.ownerOf(number);
  }

  private numbered(number: number): FunctionName {
    const owner = this.numbers.ownerOf(number) as LoadedModule;
    return { module: owner.name, ...owner.functionAt(number - owner.firstNumber) };
  }

  /** A slot for a closure's adapter, which so far says that its code is gone. */
  lambdaSlot(arity: number): number {
    const slot = this.allocateSlots(1);
    this.table.set(slot, this.fillers.undefinedLambda(arity));
    return slot;
  }

  // ---- exports ---------------------------------------------------------------------------------------------------

  /** The export M:F/A, made when there is none. */
  export(module: Term, functionName: Term, arity: number): Export {
    let ofModule = this.exports.get(module);
    if (ofModule === undefined) {
      ofModule = new Map();
      this.exports.set(module, ofModule);
    }
    const key = exportKey(functionName, arity);
    const known = ofModule.get(key);
    if (known !== undefined) return known;
    const made: Export = { module, functionName, arity, slot: this.allocateSlots(1), state: 'undefined', callers: [] };
    ofModule.set(key, made);
    this.exportBySlot.set(made.slot, made);
    this.setOwner(made.slot, { module, name: functionName, arity });
    return made;
  }

  /** The export M:F/A if something has named it. */
  findExport(module: Term, functionName: Term, arity: number): Export | undefined {
    return this.exports.get(module)?.get(exportKey(functionName, arity));
  }

  exportsOf(module: Term): Export[] {
    return [...(this.exports.get(module)?.values() ?? [])];
  }

  exportAt(slot: number): Export | undefined {
    return this.exportBySlot.get(slot);
  }

  callSlot(slot: number, args: readonly Term[]): Term {
    return (this.table.get(slot) as (...args: readonly Term[]) => Term)(...args);
  }

  exportSlot(module: Term, name: Term, arity: number): number | undefined {
    const found = this.findExport(module, name, arity);
    if (found === undefined || found.state === 'undefined') return undefined;
    this.fill(found);
    return found.slot;
  }

  isBif(module: Term, name: Term, arity: number): boolean {
    return this.findExport(module, name, arity)?.state === 'bif';
  }

  *bifs(): Generator<FunctionName> {
    for (const { module, functionName, arity, state } of this.exportBySlot.values()) {
      if (state === 'bif') yield { module, name: functionName, arity };
    }
  }

  nameAt(targetSlot: number): ExportName {
    return this.exportBySlot.get(targetSlot) as Export;
  }

  slotsOf({ module, functionName, arity }: ExportName): { adapter: number; target: number } {
    const made = this.export(module, functionName, arity);
    const target = made.slot;
    this.fill(made);
    let adapter = this.adapters[arity];
    if (adapter === undefined) {
      adapter = this.allocateSlots(1);
      this.table.set(adapter, this.fillers.exportAdapter(arity));
      this.adapters[arity] = adapter;
    }
    return { adapter, target };
  }

  /** What is in the export's slot will be called. */
  fillSlot(slot: number): void {
    this.fill(this.exportBySlot.get(slot) as Export);
  }

  /** Slots of functions that have never had code, and of BIFs, are empty until somebody may call them. */
  private fill(made: Export): void {
    const { state, slot } = made;
    if (state === 'loaded' || this.table.get(slot) !== null) return;
    this.table.set(slot, state === 'bif' ? this.fillers.bif(made) : this.fillers.undefinedExport(slot, made.arity));
  }

  isActive({ module, functionName, arity }: ExportName): boolean {
    const found = this.findExport(module, functionName, arity);
    return found !== undefined && found.state !== 'undefined';
  }

  // ---- generations -------------------------------------------------------------------------------------------------

  /** Current code becomes old: nobody can call it from outside any more. */
  retire(module: LoadedModule): void {
    for (const made of this.exportsOf(module.name)) {
      if (made.state !== 'loaded') continue;
      made.state = 'undefined';
      this.put(made.slot, this.fillers.undefinedExport(made.slot, made.arity));
    }
    this.modules.delete(module.name);
    this.oldModules.set(module.name, module);
  }

  /** Lets go of purged code. */
  forget(module: LoadedModule): void {
    for (const slot of module.ownSlots) {
      this.table.set(slot, null);
      this.freeSlots.push(slot);
    }
    this.disconnect(module);
    this.numbers.release(module.firstNumber, module.functionCount);
    this.points.release(module.firstPoint, module.pointCount);
    module.forget();
  }

  /** Returns what was there: for `restoreLambdaSlot`. */
  clearLambdaSlot(slot: number, arity: number): unknown {
    const adapter: unknown = this.table.get(slot);
    this.table.set(slot, this.fillers.undefinedLambda(arity));
    return adapter;
  }

  restoreLambdaSlot(slot: number, adapter: unknown): void {
    this.table.set(slot, adapter);
  }

  // ---- return points ---------------------------------------------------------------------------------------------

  /** Above the numbers of all return points. */
  get pointsEnd(): number {
    return this.points.end;
  }

  /** Gives the module's return points (`Translation.returnPoints`) their numbers and writes them where the trampoline finds them; returns the first number. */
  addReturnPoints(owner: LoadedModule, points: Int32Array, resumeSlot: number): number {
    const first = this.takePoints(owner, points.length / ROW.point);
    let at = pointRow(first);
    for (let row = 0; row < points.length; row += ROW.point) {
      store(at, resumeSlot);
      store(plus(at, 4), (points[row + 2] as number) * FRAME_WORDS_RANGE + (points[row + 3] as number));
      at = plus(at, RETURN_POINT_BYTES);
    }
    return first;
  }

  /** The same for points that `owner` describes, of which pc and words of the frame are told, one after the other. */
  addPoints(owner: PointOwner, pairs: readonly number[], resumeSlot: number): number {
    const first = this.takePoints(owner, pairs.length / 2);
    let at = pointRow(first);
    for (let i = 0; i < pairs.length; i += 2) {
      const [pc, frameWords] = [pairs[i] as number, pairs[i + 1] as number];
      store(at, resumeSlot);
      store(plus(at, 4), pc * FRAME_WORDS_RANGE + frameWords);
      at = plus(at, RETURN_POINT_BYTES);
    }
    return first;
  }

  private takePoints(owner: PointOwner, count: number): number {
    const first = this.points.take(count);
    this.points.setOwner(first, owner);
    this.reservePoints(this.points.end);
    return first;
  }

  private reservePoints(count: number): void {
    if (count <= this.pointCapacity) return;
    const capacity = Math.max(count, this.pointCapacity * 2);
    const block = allocateBlock(capacity * RETURN_POINT_BYTES);
    const old = load(RETURN_POINTS) as Addr;
    if (old !== 0) {
      copyWords(old, block, this.pointCapacity * 2);
      freeBlock(old);
    } else {
      store(block, 0);
      store(plus(block, 4), 1);
    }
    this.pointCapacity = capacity;
    store(RETURN_POINTS, block);
  }

  /** Words of the frame that goes on at a return point. */
  frameWords(point: number): number {
    return load(plus(pointRow(point), 4)) % FRAME_WORDS_RANGE;
  }

  pointKind(point: number): ReturnPointInfo['kind'] {
    return (this.points.ownerOf(point) as PointOwner).pointKind(point);
  }

  /** What is known of a return point; not for the end of the stack. */
  returnPoint(point: number): ReturnPointInfo {
    const owner = this.points.ownerOf(point) as PointOwner;
    return owner.returnPoint(point);
  }

  /** Whether a return point belongs to the old code of a module. */
  isOldPoint(point: number, module: Term): boolean {
    const old = this.oldModules.get(module);
    return old !== undefined && this.points.ownerOf(point) === old;
  }
}

/** Where the trampoline finds a return point. */
function pointRow(point: number): Addr {
  return plus(load(RETURN_POINTS) as Addr, point * RETURN_POINT_BYTES);
}

/** Within a module; an atom's term is a 32-bit number and the arity below 2^8, so this stays a safe integer. */
function exportKey(functionName: Term, arity: number): number {
  return functionName * 256 + arity;
}
