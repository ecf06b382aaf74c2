import { ByteBuffer, RELOCATABLE_BYTES, writePaddedUnsigned32 } from './encoder.ts';
import {
  type FunctionBody,
  FunctionBuilder,
  type FunctionOwner,
  type Note,
  type TablePlace,
} from './function-builder.ts';
import {
  type DataSegment,
  type ElementSegment,
  type Export,
  type ExternalKind,
  type Global,
  type Import,
  type ImportType,
  SECTION,
  SectionWriter,
  type TableType,
  writeLimits,
  writeNameSection,
  writeTableType,
} from './module-sections.ts';
import type {
  ConstExpr,
  DataIndex,
  ElementIndex,
  FuncIndex,
  FuncType,
  GlobalIndex,
  Limits,
  TableIndex,
  TypeIndex,
  ValType,
} from './types.ts';

export interface ModuleOptions {
  /** Keep the names of functions and locals in the name section. */
  readonly names?: boolean;
  /** Keep the notes made with `FunctionBuilder.note`. */
  readonly notes?: boolean;
}

export interface FinishedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For `applyRelocations`: triples of byte offset in `bytes`, kind, id; ascending by offset. */
  readonly relocations: Int32Array;
  /** The notes by byte offset in `bytes`, ascending; empty unless the module keeps them. */
  readonly notes: readonly Note[];
}

/** What stands for functions in tables begins here; a module cannot import so many. */
const FIRST_TABLE_FUNCTION = 2 ** 24;

/** Where a function's body lies in the buffer of bodies, size included; end 0 means not there yet. */
interface BodyPlace {
  readonly start: number;
  readonly end: number;
}

/**
 * Builds one module. Imports of functions may be added at any time; imports of other kinds before the first definition of
 * that kind. Bodies may be written in any order, and several at once. Memory is memory 0, imported or defined.
 */
export class ModuleBuilder implements FunctionOwner {
  readonly keepsNames: boolean;
  readonly keepsNotes: boolean;

  private readonly types: FuncType[] = [];
  private readonly typeByShape = new Map<string, TypeIndex>();
  private readonly imports: Import[] = [];
  private readonly importCounts: Record<ExternalKind, number> = { func: 0, table: 0, memory: 0, global: 0 };
  private readonly functionTypes: TypeIndex[] = [];
  private readonly tablePlaces: TablePlace[] = [];
  private readonly tables: TableType[] = [];
  private readonly memories: Limits[] = [];
  private readonly globals: Global[] = [];
  private readonly exports: Export[] = [];
  private readonly elementSegments: ElementSegment[] = [];
  private readonly dataSegments: DataSegment[] = [];
  private readonly customSections: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  private startFunction: FuncIndex | undefined;

  private readonly functionNames = new Map<FuncIndex, string>();
  private readonly localNames = new Map<FuncIndex, readonly (string | undefined)[]>();

  /** Finished bodies one behind the other, each with its size; offsets below count from its start. */
  private readonly bodies = new ByteBuffer(1 << 16);
  private readonly places: (BodyPlace | undefined)[] = [];
  private readonly idleScratch: ByteBuffer[] = [];
  private readonly locals = new ByteBuffer(64);
  /** Pairs: offset, ordinal. */
  private readonly funcReferences: number[] = [];
  /** Quadruples: ordinal of the function it is in, offset, kind, id. */
  private readonly relocations: number[] = [];
  private readonly notes: { readonly ordinal: number; readonly offset: number; readonly text: string }[] = [];
  private inOrder = true;
  private lastFinished = -1;

  constructor(options: ModuleOptions = {}) {
    this.keepsNames = options.names ?? false;
    this.keepsNotes = options.notes ?? false;
  }

  /** The index of the function type, the same for the same shape. */
  type(params: readonly ValType[], results: readonly ValType[]): TypeIndex {
    const shape = `${params.join()}>${results.join()}`;
    const known = this.typeByShape.get(shape);
    if (known !== undefined) return known;
    const index = this.types.length as TypeIndex;
    this.types.push({ params: [...params], results: [...results] });
    this.typeByShape.set(shape, index);
    return index;
  }

  /** The shape of a type. */
  typeShape(type: TypeIndex): FuncType {
    const shape = this.types[type];
    if (shape === undefined) throw new RangeError(`no type ${type}`);
    return shape;
  }

  importFunction(module: string, name: string, type: TypeIndex): FuncIndex {
    const func = this.addImport(module, name, { kind: 'func', type }) as FuncIndex;
    if (this.keepsNames) this.functionNames.set(func, `${module}.${name}`);
    return func;
  }

  /**
   * A function that whoever instantiates the module puts into the table: calls of it go there. It can be called, and nothing else.
   * V8 compiles a wrapper for each signature among a module's imported functions, whatever they are; these need none.
   */
  tableFunction(place: TablePlace): FuncIndex {
    return (FIRST_TABLE_FUNCTION + this.tablePlaces.push(place) - 1) as FuncIndex;
  }

  tablePlace(func: FuncIndex): TablePlace | undefined {
    return func < FIRST_TABLE_FUNCTION ? undefined : this.tablePlaces[func - FIRST_TABLE_FUNCTION];
  }

  /** Imports the memory; only one may be imported or defined. */
  importMemory(module: string, name: string, limits: Limits): void {
    this.refuseSecondMemory();
    this.addImport(module, name, { kind: 'memory', limits });
  }

  importTable(module: string, name: string, element: ValType, limits: Limits): TableIndex {
    if (this.tables.length > 0) throw new Error('import of a table after a definition');
    return this.addImport(module, name, { kind: 'table', element, limits }) as TableIndex;
  }

  importGlobal(module: string, name: string, type: ValType, mutable: boolean): GlobalIndex {
    if (this.globals.length > 0) throw new Error('import of a global after a definition');
    return this.addImport(module, name, { kind: 'global', type, mutable }) as GlobalIndex;
  }

  /** A function of this module, callable at once; its body follows with `body`. The name is for the name section. */
  declareFunction(type: TypeIndex, name?: string): FuncIndex {
    const func = (-1 - this.functionTypes.length) as FuncIndex;
    this.functionTypes.push(type);
    if (name !== undefined && this.keepsNames) this.functionNames.set(func, name);
    return func;
  }

  /** Starts the body of a declared function; `FunctionBuilder.finish` ends it. */
  body(func: FuncIndex): FunctionBuilder {
    const type = this.functionTypes[-1 - func];
    if (type === undefined) throw new RangeError('body of a function that was not declared');
    const scratch = this.idleScratch.pop() ?? new ByteBuffer(1 << 12);
    scratch.clear();
    return new FunctionBuilder(this, func, this.typeShape(type).params, scratch);
  }

  /** Called by `FunctionBuilder.finish`. */
  finishFunction(body: FunctionBody): void {
    const ordinal = -1 - body.func;
    if (this.places[ordinal] !== undefined) throw new Error(`function ${ordinal} has a body already`);
    const start = this.bodies.length;
    this.writeLocals(body.localRuns);
    this.bodies.unsigned32(this.locals.length + body.code.length);
    this.bodies.appendBuffer(this.locals);
    const codeStart = this.bodies.length;
    this.bodies.appendBuffer(body.code);
    this.places[ordinal] = { start, end: this.bodies.length };
    this.inOrder = this.inOrder && ordinal === this.lastFinished + 1;
    this.lastFinished = ordinal;

    const { funcReferences, relocations } = body;
    for (let i = 0; i < funcReferences.length; i += 2) {
      this.funcReferences.push(codeStart + (funcReferences[i] as number), funcReferences[i + 1] as number);
    }
    for (let i = 0; i < relocations.length; i += 3) {
      const offset = codeStart + (relocations[i] as number);
      this.relocations.push(ordinal, offset, relocations[i + 1] as number, relocations[i + 2] as number);
    }
    for (const { offset, text } of body.notes) this.notes.push({ ordinal, offset: codeStart + offset, text });
    if (body.localNames.length > 0) this.localNames.set(body.func, body.localNames);
    this.idleScratch.push(body.code);
  }

  /** Defines the memory; only one may be imported or defined. */
  defineMemory(limits: Limits): void {
    this.refuseSecondMemory();
    this.memories.push(limits);
  }

  defineTable(element: ValType, limits: Limits): TableIndex {
    this.tables.push({ kind: 'table', element, limits });
    return (this.importCounts.table + this.tables.length - 1) as TableIndex;
  }

  /** Changes the limits of a table of the module's own. */
  limitTable(table: TableIndex, limits: Limits): void {
    const index = table - this.importCounts.table;
    this.tables[index] = { ...(this.tables[index] as TableType), limits };
  }

  defineGlobal(type: ValType, mutable: boolean, init: ConstExpr): GlobalIndex {
    this.globals.push({ kind: 'global', type, mutable, init });
    return (this.importCounts.global + this.globals.length - 1) as GlobalIndex;
  }

  exportFunction(name: string, func: FuncIndex): void {
    this.exports.push({ name, kind: 'func', index: func });
  }

  exportMemory(name: string): void {
    this.exports.push({ name, kind: 'memory', index: 0 });
  }

  exportTable(name: string, table: TableIndex): void {
    this.exports.push({ name, kind: 'table', index: table });
  }

  exportGlobal(name: string, global: GlobalIndex): void {
    this.exports.push({ name, kind: 'global', index: global });
  }

  /** The function to run on instantiation. */
  start(func: FuncIndex): void {
    this.startFunction = func;
  }

  /** Functions to write into a table from `offset` on, when the module is instantiated. */
  elements(table: TableIndex, offset: ConstExpr, funcs: readonly FuncIndex[]): ElementIndex {
    return (this.elementSegments.push({ at: { table, offset }, funcs }) - 1) as ElementIndex;
  }

  /** Functions `refFunc` may name though no other segment and no export does. */
  declareElements(funcs: readonly FuncIndex[]): ElementIndex {
    return (this.elementSegments.push({ funcs }) - 1) as ElementIndex;
  }

  /** Bytes to copy to memory at `offset` when the module is instantiated. */
  data(offset: ConstExpr, bytes: Uint8Array): DataIndex {
    return (this.dataSegments.push({ offset, bytes }) - 1) as DataIndex;
  }

  /** Bytes for `memoryInit`. */
  passiveData(bytes: Uint8Array): DataIndex {
    return (this.dataSegments.push({ bytes }) - 1) as DataIndex;
  }

  /** A custom section, readable with `WebAssembly.Module.customSections`. */
  custom(name: string, bytes: Uint8Array): void {
    this.customSections.push({ name, bytes });
  }

  /** The function's index in the module: final once every import is made. */
  functionIndex(func: FuncIndex): number {
    return func >= 0 ? func : this.importCounts.func - 1 - func;
  }

  /** The module, once every declared function has a body; throws when one has none. */
  finish(): FinishedModule {
    const capacity = this.bodies.length + this.dataSegments.reduce((sum, { bytes }) => sum + bytes.length, 4096);
    const writer = new SectionWriter(capacity, (func) => this.functionIndex(func));
    writer.types(this.types);
    writer.imports(this.imports);
    writer.vector(SECTION.function, this.functionTypes, (content, type) => content.unsigned32(type));
    writer.vector(SECTION.table, this.tables, writeTableType);
    writer.vector(SECTION.memory, this.memories, writeLimits);
    writer.globals(this.globals);
    writer.exports(this.exports);
    const { startFunction } = this;
    if (startFunction !== undefined) {
      writer.section(SECTION.start, (content) => content.unsigned32(this.functionIndex(startFunction)));
    }
    writer.elements(this.elementSegments);
    if (this.dataSegments.length > 0) {
      writer.section(SECTION.dataCount, (content) => content.unsigned32(this.dataSegments.length));
    }
    const notes = this.writeCode(writer);
    writer.data(this.dataSegments);
    this.writeCustom(writer);
    return { bytes: writer.out.toBytes(), relocations: Int32Array.from(writer.relocations), notes };
  }

  private addImport(module: string, name: string, type: ImportType): number {
    this.imports.push({ module, name, type });
    return this.importCounts[type.kind]++;
  }

  private refuseSecondMemory(): void {
    if (this.memories.length + this.importCounts.memory > 0) throw new Error('a second memory');
  }

  private writeLocals(runs: readonly number[]): void {
    this.locals.clear();
    this.locals.unsigned32(runs.length / 2);
    for (let i = 0; i < runs.length; i += 2) {
      this.locals.unsigned32(runs[i] as number);
      this.locals.byte((runs[i + 1] as number) & 0x7f);
    }
  }

  /** Writes the code section and its relocations; gives the notes with their offsets in the module. */
  private writeCode(writer: SectionWriter): Note[] {
    const count = this.functionTypes.length;
    if (count === 0) return [];
    for (let ordinal = 0; ordinal < count; ordinal++) {
      if (this.places[ordinal] === undefined) throw new Error(`function ${ordinal} has no body`);
    }
    this.patchFuncReferences();
    const { out } = writer;
    const header = new ByteBuffer(RELOCATABLE_BYTES);
    header.unsigned32(count);
    out.byte(SECTION.code);
    out.unsigned32(header.length + this.bodies.length);
    out.appendBuffer(header);
    const shifts = this.copyBodies(out);
    return this.place(writer.relocations, shifts);
  }

  private patchFuncReferences(): void {
    const { funcReferences, bodies } = this;
    const imported = this.importCounts.func;
    for (let i = 0; i < funcReferences.length; i += 2) {
      writePaddedUnsigned32(bodies.bytes, funcReferences[i] as number, imported + (funcReferences[i + 1] as number));
    }
  }

  /** Copies the bodies in the functions' order; gives how far each moved, by ordinal. */
  private copyBodies(out: ByteBuffer): number[] {
    const places = this.places as BodyPlace[];
    if (this.inOrder) {
      const shift = out.length;
      out.appendBuffer(this.bodies);
      return places.map(() => shift);
    }
    return places.map(({ start, end }) => {
      const shift = out.length - start;
      out.append(this.bodies.bytes, start, end);
      return shift;
    });
  }

  /** Appends the relocations to `into`, ascending, in module offsets; gives the notes so. */
  private place(into: number[], shifts: readonly number[]): Note[] {
    const { relocations } = this;
    // Those of one function lie together and ascend.
    const starts: number[] = new Array(shifts.length).fill(-1);
    for (let i = 0, last = -1; i < relocations.length; i += 4) {
      const ordinal = relocations[i] as number;
      if (ordinal !== last) starts[ordinal] = i;
      last = ordinal;
    }
    for (let ordinal = 0; ordinal < starts.length; ordinal++) {
      const start = starts[ordinal] as number;
      if (start < 0) continue;
      const shift = shifts[ordinal] as number;
      for (let i = start; relocations[i] === ordinal; i += 4) {
        into.push((relocations[i + 1] as number) + shift, relocations[i + 2] as number, relocations[i + 3] as number);
      }
    }
    const notes = this.notes.map(({ ordinal, offset, text }) => ({
      offset: offset + (shifts[ordinal] as number),
      text,
    }));
    return notes.sort((a, b) => a.offset - b.offset);
  }

  private writeCustom(writer: SectionWriter): void {
    if (this.keepsNames && this.functionNames.size + this.localNames.size > 0) {
      const functions = this.byIndex(this.functionNames);
      const locals = this.byIndex(this.localNames);
      writer.section(SECTION.custom, (content) => writeNameSection(content, { functions, locals }));
    }
    for (const { name, bytes } of this.customSections) {
      writer.section(SECTION.custom, (content) => {
        content.name(name);
        content.append(bytes);
      });
    }
  }

  private byIndex<T>(map: ReadonlyMap<FuncIndex, T>): (readonly [number, T])[] {
    const pairs = [...map].map(([func, value]) => [this.functionIndex(func), value] as const);
    return pairs.sort(([a], [b]) => a - b);
  }
}
