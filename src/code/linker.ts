/**
 * Puts a translated module into the virtual machine: makes its atoms and literals, gives it slots and return points, fills in
 * the constants, instantiates it, and makes its exports what callers reach.
 */

import {
  CONSTANT_WORD,
  MAP_PLACES,
  RELOC_ADAPTER_SLOT,
  RELOC_ATOM,
  RELOC_CATCH,
  RELOC_FUN_ENTRY,
  RELOC_FUN_LITERAL,
  RELOC_IMPORT_SLOT,
  RELOC_INTEGER,
  RELOC_LITERAL,
  RELOC_MAP_KEYS,
  RELOC_MAP_OFFSET,
  RELOC_RECORD,
  RELOC_RETURN,
  RELOC_SLOT,
  RELOC_STRING,
} from '../jit/relocations.ts';
import { allocateBlock } from '../memory/allocator.ts';
import { newLiteralArea, withAllocationIn } from '../memory/literal-area.ts';
import { storeBytes } from '../memory/memory.ts';
import { slotWord } from '../memory/slot-word.ts';
import { atom } from '../term/atoms.ts';
import { makeBigInt } from '../term/bignum.ts';
import { decodeAll } from '../term/external-decode.ts';
import { type FunEntry, funEntry, makeClosure } from '../term/fun-entries.ts';
import type { Addr, Term } from '../term/layout.ts';
import { catchTag, returnAddress } from '../term/stack-words.ts';
import { applyRelocations } from '../wasm/encoder.ts';
import type { CodeTable } from './code-table.ts';
import { LoadedModule, type ModuleConstants } from './loaded-module.ts';
import { keysOfMaps } from './map-keys.ts';
import { recordPrototypes } from './record-prototypes.ts';
import type { SharedFunctions } from './shared-functions.ts';
import { ROW, type Translation } from './translation.ts';

/** What generated code is given. */
export interface GeneratedImports {
  readonly imports: WebAssembly.Imports;
  readonly shared: SharedFunctions;
}

/** The code that slots lead to. */
export type Wiring = readonly (readonly [slot: number, code: CallableFunction])[];

/** Columns of `Translation.lambdas`. Rows are not taken out as views: one of those costs more than all that is done with it. */
const LAMBDA = { name: 0, arity: 1, index: 2, numFree: 3, oldUniq: 4 } as const;

class Linker {
  private readonly code: CodeTable;
  private readonly translation: Translation;
  private readonly atoms: Term[];
  private readonly lambdas: FunEntry[] = [];
  private literals: Term[] = [];
  private integers: Term[] = [];
  private maps: ModuleConstants['maps'] = [];
  private records: ReadonlyMap<Term, Term> = new Map();
  /** Funs without free variables, by lambda. */
  private readonly funs: Term[] = [];
  private module!: LoadedModule;
  private exports!: WebAssembly.Exports;
  private resumeSlot = 0;

  constructor(code: CodeTable, translation: Translation) {
    this.code = code;
    this.translation = translation;
    this.atoms = translation.atoms.map((name) => atom(name));
    const { lambdas } = translation;
    // Entries stay: they are not to hold on to all of the translation's bytes.
    const uniq = translation.md5.slice();
    for (let at = 0; at < lambdas.length; at += ROW.lambda) {
      const [arity, index] = [lambdas[at + LAMBDA.arity] as number, lambdas[at + LAMBDA.index] as number];
      const [numFree, oldUniq] = [lambdas[at + LAMBDA.numFree] as number, lambdas[at + LAMBDA.oldUniq] as number];
      const key = { module: this.atoms[1] as Term, index, arity: arity - numFree, uniq, oldIndex: index };
      this.lambdas.push(funEntry({ ...key, oldUniq }));
    }
  }

  /** Makes everything that code refers to. */
  place(): LoadedModule {
    const { translation, code } = this;
    const { functions, returnPoints } = translation;
    const firstNumber = code.allocateNumbers(functions.length / ROW.function);
    this.resumeSlot = code.allocateSlots(1);
    const literals = newLiteralArea();
    withAllocationIn(literals, this.literalWords(), () => this.placeTerms());
    const funEntries = this.lambdas.map((entry) => entry.number);
    const place = {
      atoms: this.atoms,
      literals,
      records: this.records,
      strings: this.placeStrings(),
      firstNumber,
      funEntries,
      resumeSlot: this.resumeSlot,
      constants: this.constants(),
    };
    this.module = new LoadedModule(translation, place);
    this.module.firstPoint = code.addReturnPoints(this.module, returnPoints, this.resumeSlot);
    code.addFunctions(this.module);
    return this.module;
  }

  /**
   * Words that the module's literals need at most, but for maps whose keys' hashes collide: no byte of a term's external format
   * stands for more than a cons cell.
   */
  private literalWords(): number {
    const { literals, integers } = this.translation;
    const large = integers.reduce((sum, value) => sum + value.toString(16).length + 2, 0);
    const fields = this.translation.records.reduce((sum, record) => sum + record.fields.length, 0);
    return (
      literals.length * 2 +
      large +
      this.translation.mapKeys.length +
      (this.lambdas.length + this.translation.records.length) * 16 +
      fields * 4
    );
  }

  private constants(): ModuleConstants {
    return {
      literals: this.literals,
      integers: this.integers,
      maps: this.maps,
      funs: this.funs,
      adapterSlots: this.lambdas.map(({ slot }) => slot),
      ...this.calls(),
    };
  }

  private placeTerms(): void {
    const { literals, literalLengths, integers, lambdas } = this.translation;
    this.literals = decodeAll(literals, literalLengths);
    this.integers = integers.map((value) => makeBigInt(value));
    this.maps = keysOfMaps(this.translation.mapKeys, (kind, id) => {
      if (kind === CONSTANT_WORD) return id as Term;
      if (kind === RELOC_ATOM) return this.atoms[id] as Term;
      return (kind === RELOC_LITERAL ? this.literals : this.integers)[id] as Term;
    });
    this.records = recordPrototypes(this.translation, this.literals);
    this.lambdas.forEach((entry, index) => {
      if (lambdas[index * ROW.lambda + LAMBDA.numFree] === 0) this.funs[index] = makeClosure(entry, []);
    });
  }

  private placeStrings(): Addr {
    const { strings } = this.translation;
    if (strings.length === 0) return 0 as Addr;
    const block = allocateBlock(strings.length);
    storeBytes(block, strings);
    return block;
  }

  private calls(): Pick<ModuleConstants, 'importSlots' | 'calls'> {
    const { imports, calledImports } = this.translation;
    const importSlots: number[] = [];
    const calls = Array.from(calledImports, (index) => {
      const at = index * ROW.import;
      const atomAt = (column: number): Term => this.atoms[imports[at + column] as number] as Term;
      const made = this.code.export(atomAt(0), atomAt(1), imports[at + 2] as number);
      importSlots[index] = made.slot;
      return made;
    });
    return { importSlots, calls };
  }

  instantiate(imports: GeneratedImports): void {
    const { wasm, relocations } = this.translation;
    applyRelocations(wasm, relocations, (kind, id) => resolveConstant(this.module, kind, id));
    const exports = instantiated(this.translation, imports);
    this.exports = exports;
    for (const [slot, code] of ownWiring(this.module, exports)) this.code.put(slot, code);
    this.code.connect(this.module, exports.calls as WebAssembly.Table | undefined);
  }

  /** A slot for the on_load function, which nobody else need be able to call; undefined when there is none. */
  onLoadSlot(): number | undefined {
    const { onLoad } = this.exports;
    if (onLoad === undefined) return undefined;
    const slot = this.code.allocateSlots(1);
    this.module.ownSlots.push(slot);
    this.code.put(slot, onLoad as CallableFunction);
    this.code.setOwner(slot, { module: this.module.name, name: atom(this.translation.onLoad as string), arity: 0 });
    return slot;
  }

  /** Lets callers reach the module's exports and closures its functions. */
  publish(): void {
    const { code, module, atoms } = this;
    const { exports, lambdas } = this.translation;
    for (let index = 0; index * ROW.export < exports.length; index++) {
      const at = index * ROW.export;
      const made = code.export(module.name, atoms[exports[at] as number] as Term, exports[at + 1] as number);
      if (made.state === 'bif') continue;
      made.state = 'loaded';
      code.put(made.slot, this.exports[`e${index}`] as CallableFunction);
    }
    this.lambdas.forEach((entry, index) => {
      const at = index * ROW.lambda;
      const functionName = atoms[lambdas[at + LAMBDA.name] as number] as Term;
      entry.code = { functionName, free: lambdas[at + LAMBDA.numFree] as number };
    });
    code.modules.set(module.name, module);
  }
}

/** The exports of a new instance of the code, whose constants have been filled in. */
export function instantiated(translation: Translation, { imports, shared }: GeneratedImports): WebAssembly.Exports {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(translation.wasm), imports);
  const calls = exports.calls as WebAssembly.Table | undefined;
  if (calls !== undefined) shared.place(calls, translation.calledImports.length, translation.shared);
  return exports;
}

/** The functions of an instance of the module that return points and funs are to reach, with their slots. */
export function ownWiring({ resumeSlot, constants }: LoadedModule, exports: WebAssembly.Exports): Wiring {
  const wiring = constants.adapterSlots.map((slot, index) => [slot, exports[`a${index}`] as CallableFunction] as const);
  const { resume } = exports;
  return resume === undefined ? wiring : [[resumeSlot, resume as CallableFunction], ...wiring];
}

/** The value of a constant of a module's code. */
export function resolveConstant(module: LoadedModule, kind: number, id: number): number {
  const { constants } = module;
  switch (kind) {
    case RELOC_ATOM:
      return module.atoms[id] as number;
    case RELOC_LITERAL:
      return constants.literals[id] as number;
    case RELOC_INTEGER:
      return constants.integers[id] as number;
    case RELOC_MAP_KEYS:
      return constants.maps[id]?.keys as number;
    case RELOC_MAP_OFFSET:
      return constants.maps[Math.floor(id / MAP_PLACES)]?.offsets[id % MAP_PLACES] as number;
    case RELOC_SLOT:
      return slotWord(module.firstNumber + id, module.functionAt(id).arity);
    case RELOC_RETURN:
      return returnAddress(module.firstPoint + id);
    case RELOC_CATCH:
      return catchTag(module.firstPoint + id);
    case RELOC_IMPORT_SLOT:
      return constants.importSlots[id] as number;
    case RELOC_ADAPTER_SLOT:
      return constants.adapterSlots[id] as number;
    case RELOC_FUN_ENTRY:
      return module.funEntries[id] as number;
    case RELOC_FUN_LITERAL:
      return constants.funs[id] as number;
    case RELOC_STRING:
      return module.strings + id;
    case RELOC_RECORD:
      return recordOf(module, module.atoms[id] as Term);
    default:
      throw new RangeError(`relocation of kind ${kind}`);
  }
}

function recordOf({ records }: LoadedModule, name: Term): number {
  const prototype = records.get(name);
  if (prototype === undefined) throw new RangeError('no such native record');
  return prototype;
}

/** A module whose code is ready but that nobody can call yet. */
export interface LinkedModule {
  readonly module: LoadedModule;
  /** Table slot of its on_load function, if it has one. */
  readonly onLoadSlot: number | undefined;
  /** Makes it the current code of its name. */
  publish(): void;
}

/** Links a module, once; `imports` is what its code may call. */
export function linkModule(code: CodeTable, translation: Translation, imports: GeneratedImports): LinkedModule {
  const linker = new Linker(code, translation);
  const module = linker.place();
  linker.instantiate(imports);
  return { module, onLoadSlot: linker.onLoadSlot(), publish: () => linker.publish() };
}
