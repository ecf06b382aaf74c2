/**
 * Puts a translated module into the virtual machine: makes its atoms and literals, gives it slots and return points, fills in
 * the constants, instantiates it, and makes its exports what callers reach.
 */

import type { CompiledModule } from '../jit/compiled-module.ts';
import {
  RELOC_ADAPTER_SLOT,
  RELOC_ATOM,
  RELOC_CATCH,
  RELOC_FUN_ENTRY,
  RELOC_FUN_LITERAL,
  RELOC_IMPORT_SLOT,
  RELOC_INTEGER,
  RELOC_LITERAL,
  RELOC_RECORD,
  RELOC_RESUME_SLOT,
  RELOC_RETURN,
  RELOC_SLOT,
  RELOC_STRING,
} from '../jit/relocations.ts';
import type { BeamModule, ImportEntry, LambdaEntry } from '../loader/beam-module.ts';
import { allocateBlock } from '../memory/allocator.ts';
import { newLiteralArea, withAllocationIn } from '../memory/literal-area.ts';
import { storeBytes } from '../memory/memory.ts';
import { slotWord } from '../memory/slot-word.ts';
import { atom } from '../term/atoms.ts';
import { makeBigInt } from '../term/bignum.ts';
import { decodeExternal } from '../term/external-decode.ts';
import { type FunEntry, funEntry, makeClosure } from '../term/fun-entries.ts';
import type { Addr, Term } from '../term/layout.ts';
import { catchTag, returnAddress } from '../term/stack-words.ts';
import { applyRelocations } from '../wasm/encoder.ts';
import type { CodeTable, Export } from './code-table.ts';
import { LoadedModule } from './loaded-module.ts';
import { recordPrototypes } from './record-prototypes.ts';

/** What generated code imports, by module name. */
export type GeneratedImports = Record<string, Record<string, unknown>>;

class Linker {
  private readonly code: CodeTable;
  private readonly beam: BeamModule;
  private readonly compiled: CompiledModule;
  private readonly atoms: Term[];
  private readonly lambdas: FunEntry[];
  private readonly imports: (Export | undefined)[];
  private literals: Term[] = [];
  private integers: Term[] = [];
  private records: ReadonlyMap<Term, Term> = new Map();
  /** Funs without free variables, by lambda. */
  private readonly funs: Term[] = [];
  private module!: LoadedModule;
  private instance!: WebAssembly.Instance;
  private resumeSlot = 0;

  constructor(code: CodeTable, beam: BeamModule, compiled: CompiledModule) {
    this.code = code;
    this.beam = beam;
    this.compiled = compiled;
    this.atoms = beam.atoms.map((name) => atom(name));
    this.lambdas = beam.lambdas.map((lambda) => this.funEntry(lambda));
    this.imports = [];
  }

  private funEntry({ index, arity, numFree, oldUniq }: LambdaEntry): FunEntry {
    const module = this.atoms[1] as Term;
    return funEntry({ module, index, arity: arity - numFree, uniq: this.beam.md5, oldIndex: index, oldUniq });
  }

  /** Makes everything that code refers to. */
  place(): LoadedModule {
    const { beam, code } = this;
    const firstNumber = code.allocateNumbers(beam.functions.length);
    this.resumeSlot = code.allocateSlots(1);
    const literals = newLiteralArea();
    withAllocationIn(literals, () => {
      this.literals = beam.literals.map((encoded) => decodeExternal(encoded));
      this.integers = this.compiled.integers.map((value) => makeBigInt(value));
      this.records = recordPrototypes(beam, this.literals);
      beam.lambdas.forEach(({ numFree }, index) => {
        if (numFree === 0) this.funs[index] = makeClosure(this.lambdas[index] as FunEntry, []);
      });
    });
    const funEntries = this.lambdas.map((entry) => entry.number);
    const place = {
      atoms: this.atoms,
      literals,
      records: this.records,
      strings: this.placeStrings(),
      firstNumber,
      funEntries,
      resumeSlot: this.resumeSlot,
    };
    this.module = new LoadedModule(beam, this.compiled.returnPoints, place);
    this.module.firstPoint = code.addReturnPoints(this.module, this.compiled.returnPoints, this.resumeSlot);
    beam.functions.forEach(({ name, arity }, index) => {
      code.setOwner(firstNumber + index, { module: this.module.name, name: atom(name), arity });
    });
    for (const index of this.compiled.slotImports) this.imports[index] = this.exportOf(beam.imports[index]);
    return this.module;
  }

  private placeStrings(): Addr {
    const { strings } = this.beam;
    if (strings.length === 0) return 0 as Addr;
    const block = allocateBlock(strings.length);
    storeBytes(block, strings);
    return block;
  }

  private exportOf(entry: ImportEntry | undefined): Export {
    if (entry === undefined) throw new RangeError('no such import');
    return this.code.export(atom(entry.module), atom(entry.name), entry.arity);
  }

  private recordOf(name: Term): number {
    const prototype = this.records.get(name);
    if (prototype === undefined) throw new RangeError('no such native record');
    return prototype;
  }

  /** The value of a constant. */
  private resolve(kind: number, id: number): number {
    const { module, beam } = this;
    switch (kind) {
      case RELOC_ATOM:
        return this.atoms[id] as number;
      case RELOC_LITERAL:
        return this.literals[id] as number;
      case RELOC_INTEGER:
        return this.integers[id] as number;
      case RELOC_SLOT:
        return slotWord(module.firstNumber + id, beam.functions[id]?.arity as number);
      case RELOC_RETURN:
        return returnAddress(module.firstPoint + id);
      case RELOC_CATCH:
        return catchTag(module.firstPoint + id);
      case RELOC_IMPORT_SLOT:
        return this.imports[id]?.slot as number;
      case RELOC_ADAPTER_SLOT:
        return this.lambdas[id]?.slot as number;
      case RELOC_FUN_ENTRY:
        return this.lambdas[id]?.number as number;
      case RELOC_FUN_LITERAL:
        return this.funs[id] as number;
      case RELOC_STRING:
        return module.strings + id;
      case RELOC_RECORD:
        return this.recordOf(this.atoms[id] as Term);
      case RELOC_RESUME_SLOT:
        return this.resumeSlot;
      default:
        throw new RangeError(`relocation of kind ${kind}`);
    }
  }

  instantiate(imports: GeneratedImports): void {
    const { bytes: wasm, relocations } = this.compiled.wasm;
    const linked = wasm.slice();
    applyRelocations(linked, relocations, (kind, id) => this.resolve(kind, id));
    this.instance = new WebAssembly.Instance(new WebAssembly.Module(linked), imports as WebAssembly.Imports);
    for (const index of this.compiled.slotImports) {
      const target = this.imports[index] as Export;
      if (target.state !== 'undefined' || this.code.table.get(target.slot) !== null) continue;
      this.code.table.set(target.slot, this.instance.exports[`u${index}`] as CallableFunction);
    }
  }

  /** A slot for the on_load function, which nobody else need be able to call; undefined when there is none. */
  onLoadSlot(): number | undefined {
    const { onLoad } = this.instance.exports;
    if (onLoad === undefined) return undefined;
    const slot = this.code.allocateSlots(1);
    this.code.table.set(slot, onLoad as CallableFunction);
    this.code.setOwner(slot, { module: this.module.name, name: atom(this.beam.onLoad as string), arity: 0 });
    return slot;
  }

  /** Lets callers reach the module's exports and closures its functions. */
  publish(): void {
    const { code, beam, module } = this;
    beam.exports.forEach(({ name, arity }, index) => {
      const made = code.export(module.name, atom(name), arity);
      if (made.state === 'bif') return;
      code.table.set(made.slot, this.instance.exports[`e${index}`] as CallableFunction);
      made.state = 'loaded';
    });
    this.lambdas.forEach((entry, index) => {
      const { name, numFree } = beam.lambdas[index] as LambdaEntry;
      entry.code = { functionName: atom(name), free: numFree };
    });
    code.modules.set(module.name, module);
  }
}

/** A module whose code is ready but that nobody can call yet. */
export interface LinkedModule {
  readonly module: LoadedModule;
  /** Table slot of its on_load function, if it has one. */
  readonly onLoadSlot: number | undefined;
  /** Makes it the current code of its name. */
  publish(): void;
}

/** Links a module; `imports` is what its code may call. */
export function linkModule(
  code: CodeTable,
  beam: BeamModule,
  compiled: CompiledModule,
  imports: GeneratedImports,
): LinkedModule {
  const linker = new Linker(code, beam, compiled);
  const module = linker.place();
  linker.instantiate(imports);
  return { module, onLoadSlot: linker.onLoadSlot(), publish: () => linker.publish() };
}
