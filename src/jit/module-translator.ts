/** What the functions of one module share while they are translated: the wasm module, imported functions, return points. */
import type { BeamType } from '../isa/types.ts';
import type { BeamFunction, BeamModule, ImportEntry, Instruction, LambdaEntry } from '../loader/beam-module.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { type FuncIndex, funcref, i32, i32Init, type TableIndex, type TypeIndex, type ValType } from '../wasm/types.ts';
import type { BeamAssembler } from './beam-assembler.ts';
import type { ConstantId, ReturnPoint } from './compiled-module.ts';
import { lambdasByFunction } from './lambdas.ts';
import { ModuleHelpers } from './module-helpers.ts';
import { type RuntimeName, runtimeTable, signature } from './runtime-table.ts';

export interface TranslateOptions {
  /** True for `Module:Function/Arity` that is a BIF: code calls it directly, as a TypeScript function. */
  readonly isBif: (module: string, name: string, arity: number) => boolean;
  /** Functions stop at breakpoints (breakpoints.ts). */
  readonly breakpoints?: boolean;
  /** Functions that are translated without optimizations. */
  readonly isPlain?: (module: string, name: string, arity: number) => boolean;
  /** Keep names, for profilers. */
  readonly names?: boolean;
  /** Keep names and notes, for dumps. */
  readonly notes?: boolean;
  /** Called before each instruction is emitted; may emit code that leaves the wasm stack and all registers as they are (coverage). */
  readonly onInstruction?: (a: BeamAssembler, instruction: Instruction) => void;
}

/**
 * How a BIF is called: from an instruction for guard BIFs, raising (`bif`) or with a failure that is silent (`guard`), or like any function
 * (`call`), which can be traced.
 */
export type BifKind = 'bif' | 'guard' | 'call';

export class ModuleTranslator {
  readonly module: BeamModule;
  readonly options: TranslateOptions;
  readonly builder: ModuleBuilder;
  /**
   * The functions of other modules that this one calls: an element for each, which the linker writes (code/code-table.ts). Behind them those
   * in `shared`.
   */
  readonly calls: TableIndex;
  /** By index into `module.functions`. */
  readonly functions: FuncIndex[] = [];
  /** Lambdas of functions that are called with the fun instead of its free variables (lambdas.ts), by the same index. */
  readonly lambdaOf: readonly (LambdaEntry | undefined)[];
  /** What the slots of funs hold, by index into `module.lambdas`: (arguments …, fun) -> term. */
  readonly adapters: FuncIndex[] = [];
  /** What stands behind the functions of a module with breakpoints, by the same index; a BIF has none. */
  readonly bodies: FuncIndex[] = [];
  /** The resume function of each place that can be re-entered, by the module's pcs; pc 0 is none. */
  readonly resumes: FuncIndex[] = [];
  readonly returnPoints: ReturnPoint[] = [];
  readonly integers: bigint[] = [];
  readonly mapKeys: (readonly ConstantId[])[] = [];
  /** Indexes into `module.imports` of the elements of `calls`: whatever is no BIF. */
  readonly calledImports: readonly number[];
  /** As in CompiledModule. */
  readonly shared: string[] = [];
  readonly helpers = new ModuleHelpers(this);

  private resume!: FuncIndex;
  private resumePcs = 1;
  /** The function that is being translated is plain. */
  knowsNothing = false;
  private readonly functionTypes: (TypeIndex | undefined)[] = [];
  private readonly runtimeImports = new Map<RuntimeName, FuncIndex>();
  private readonly otherImports = new Map<string, FuncIndex>();
  private readonly bifs: Readonly<Record<BifKind, Map<ImportEntry, FuncIndex>>> = {
    bif: new Map(),
    guard: new Map(),
    call: new Map(),
  };
  private readonly bifKeys = new WeakMap<ImportEntry, string>();
  private readonly integerIndexes = new Map<bigint, number>();
  private readonly bifOfImport: boolean[];
  private readonly elementOfImport: number[] = [];

  constructor(module: BeamModule, options: TranslateOptions) {
    this.module = module;
    this.options = options;
    const notes = options.notes ?? false;
    this.builder = new ModuleBuilder({ names: this.keepsNames, notes });
    this.builder.importMemory('env', 'memory', { min: 1 });
    const isOwn = (func: BeamFunction) => !options.isBif(module.name, func.name, func.arity) && !this.isPlain(func);
    this.lambdaOf = options.breakpoints === true ? [] : lambdasByFunction(module, isOwn);
    this.bifOfImport = module.imports.map((entry) => options.isBif(entry.module, entry.name, entry.arity));
    this.calledImports = [...module.imports.keys()].filter((index) => !this.isBif(index));
    this.calledImports.forEach((index, element) => {
      this.elementOfImport[index] = element;
    });
    this.calls = this.builder.defineTable(funcref, { min: 0 });
  }

  isPlain({ name, arity }: BeamFunction): boolean {
    return this.options.isPlain?.(this.module.name, name, arity) === true;
  }

  private get keepsNames(): boolean {
    return this.options.notes === true || this.options.names === true;
  }

  isBif(importIndex: number): boolean {
    return this.bifOfImport[importIndex] === true;
  }

  /** What is known of a register in the function that is being translated. */
  type(index: number): BeamType {
    if (this.knowsNothing) return this.module.types[0] as BeamType;
    return (this.module.types[index] ?? this.module.types[0]) as BeamType;
  }

  /** Type of an Erlang function's wasm function: (x0 … ) -> term. */
  functionType(arity: number): TypeIndex {
    let type = this.functionTypes[arity];
    if (type === undefined) {
      type = this.builder.type(new Array<ValType>(arity).fill(i32), [i32]);
      this.functionTypes[arity] = type;
    }
    return type;
  }

  /** Declares the main functions; `notes` names them. */
  declareFunctions(): void {
    this.module.functions.forEach(({ name, arity }, index) => {
      const lambda = this.lambdaOf[index];
      const params = lambda === undefined ? arity : arity - lambda.numFree + 1;
      this.functions.push(this.builder.declareFunction(this.functionType(params), this.noted(`${name}/${arity}`)));
    });
    this.declareAdapters();
    if (this.options.breakpoints !== true) return;
    this.module.functions.forEach(({ name, arity }, index) => {
      if (this.options.isBif(this.module.name, name, arity)) return;
      this.bodies[index] = this.builder.declareFunction(this.functionType(arity), this.noted(`${name}/${arity} body`));
    });
  }

  private declareAdapters(): void {
    for (const lambda of this.module.lambdas) {
      const index = this.module.functionOfLabel.get(lambda.label) as number;
      const adapter =
        this.lambdaOf[index] === lambda
          ? (this.functions[index] as FuncIndex)
          : this.builder.declareFunction(
              this.functionType(lambda.arity - lambda.numFree + 1),
              this.noted(`fun ${lambda.name}`),
            );
      this.adapters.push(adapter);
    }
  }

  /** A name for dumps and profilers. */
  noted(name: string): string | undefined {
    return this.keepsNames ? `${this.module.name}:${name}` : undefined;
  }

  runtime(name: RuntimeName): FuncIndex {
    let func = this.runtimeImports.get(name);
    if (func === undefined) {
      func = this.imported('rt', name, runtimeTable[name]);
      this.runtimeImports.set(name, func);
    }
    return func;
  }

  /** `module:name/arity` of an import, made once. */
  keyOfImport(entry: ImportEntry): string {
    let key = this.bifKeys.get(entry);
    if (key === undefined) {
      key = `${entry.module}:${entry.name}/${entry.arity}`;
      this.bifKeys.set(entry, key);
    }
    return key;
  }

  /** A TypeScript or prelude function: (terms) -> term, or 0. */
  imported(module: string, name: string, text: string): FuncIndex {
    const key = `${module} ${name}`;
    const known = this.otherImports.get(key);
    if (known !== undefined) return known;
    const { params, results } = signature(text);
    const element = this.calledImports.length + this.shared.push(`${key} ${text}`) - 1;
    const func = this.builder.tableFunction({
      table: this.calls,
      element,
      type: this.builder.type(params, results),
      name: key,
    });
    this.otherImports.set(key, func);
    return func;
  }

  /** The import as a BIF. */
  bif(kind: BifKind, importIndex: number): FuncIndex {
    const entry = this.module.imports[importIndex];
    if (entry === undefined) throw new RangeError(`no import ${importIndex}`);
    return this.bifOf(kind, entry);
  }

  bifOf(kind: BifKind, entry: ImportEntry): FuncIndex {
    const ofKind = this.bifs[kind];
    let func = ofKind.get(entry);
    if (func === undefined) {
      func = this.bifNamed(kind, entry.module, entry.name, entry.arity);
      ofKind.set(entry, func);
    }
    return func;
  }

  bifNamed(kind: BifKind, module: string, name: string, arity: number): FuncIndex {
    return this.imported(kind, `${module}:${name}/${arity}`, `${'i'.repeat(arity)}:i`);
  }

  /** Which element of `calls` holds an imported function. */
  calledImport(importIndex: number): number {
    return this.elementOfImport[importIndex] as number;
  }

  /** A function of the prelude (jit/prelude.ts) that calls what only the running program knows: `callFun` or `callSlot` for an arity. */
  unknownCall(name: 'callFun' | 'callSlot', arity: number): FuncIndex {
    return this.imported('prelude', `${name}${arity}`, `${'i'.repeat(arity + 1)}:i`);
  }

  addReturnPoint(point: ReturnPoint): number {
    return this.returnPoints.push(point) - 1;
  }

  integer(value: bigint): number {
    const known = this.integerIndexes.get(value);
    if (known !== undefined) return known;
    const index = this.integers.push(value) - 1;
    this.integerIndexes.set(value, index);
    return index;
  }

  /** Gives pcs to `count` places of the function whose resume function will be made next; returns the first. */
  addReentries(count: number): number {
    const first = this.resumePcs;
    this.resumePcs += count;
    return first;
  }

  /** (pc, value) -> value: one function of a table of the module's own, that of pc - 1. The module exports it as `name`. */
  defineEntry(name: string, functions: readonly FuncIndex[]): void {
    const { builder } = this;
    const own = builder.defineTable(funcref, { min: functions.length + 1 });
    builder.elements(own, i32Init(1), functions);
    const type = builder.type([i32, i32], [i32]);
    const entry = builder.declareFunction(type, this.noted(name));
    const w = builder.body(entry);
    w.localGet(w.param(0));
    w.localGet(w.param(1));
    w.localGet(w.param(0));
    w.returnCallIndirect(type, own);
    w.finish();
    builder.exportFunction(name, entry);
  }

  /** The places from pc `first` on go on in the resume function made last. */
  resumeAt(first: number, count: number): void {
    for (let pc = first; pc < first + count; pc++) this.resumes[pc - 1] = this.resume;
  }

  /** Starts the body of a main or a resume function, by index into `module.functions`. */
  body(index: number, resuming: boolean): FunctionBuilder {
    if (!resuming) return this.builder.body((this.bodies[index] ?? this.functions[index]) as FuncIndex);
    const { name, arity } = this.module.functions[index] as BeamFunction;
    const type = this.builder.type([i32, i32], [i32]);
    const func = this.builder.declareFunction(type, this.noted(`${name}/${arity} resume`));
    this.resume = func;
    return this.builder.body(func);
  }
}
