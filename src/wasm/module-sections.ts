import { ByteBuffer } from './encoder.ts';
import { emitOpcode } from './instruction-emitter.ts';
import { END, instructions } from './opcodes.ts';
import type { ConstExpr, FuncIndex, FuncType, Limits, TableIndex, TypeIndex, ValType } from './types.ts';

/** Section numbers of the binary format, in the order the sections must have. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  dataCount: 12,
  code: 10,
  data: 11,
} as const;

/** Kinds of imports and exports as the binary format numbers them. */
export const EXTERNAL_KIND = { func: 0, table: 1, memory: 2, global: 3 } as const;
export type ExternalKind = keyof typeof EXTERNAL_KIND;

export const FUNC_TYPE_BYTE = 0x60;
/** Magic and version. */
const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

export interface TableType {
  readonly kind: 'table';
  readonly element: ValType;
  readonly limits: Limits;
}
export interface MemoryType {
  readonly kind: 'memory';
  readonly limits: Limits;
}
export interface GlobalType {
  readonly kind: 'global';
  readonly type: ValType;
  readonly mutable: boolean;
}
export type ImportType = { readonly kind: 'func'; readonly type: TypeIndex } | TableType | MemoryType | GlobalType;

export interface Import {
  readonly module: string;
  readonly name: string;
  readonly type: ImportType;
}

export interface Global extends GlobalType {
  readonly init: ConstExpr;
}

export interface Export {
  readonly name: string;
  readonly kind: ExternalKind;
  readonly index: number;
}

/** `at` is absent for a declarative segment, which only makes its functions known to ref.func. */
export interface ElementSegment {
  readonly at?: { readonly table: TableIndex; readonly offset: ConstExpr };
  readonly funcs: readonly FuncIndex[];
}

/** `offset` is absent for a passive segment, which memory.init copies. */
export interface DataSegment {
  readonly offset?: ConstExpr;
  readonly bytes: Uint8Array;
}

/** Writes sections one behind the other and keeps the relocations met on the way, in module offsets. */
export class SectionWriter {
  readonly out: ByteBuffer;
  /** Triples: offset in the module, kind, id. */
  readonly relocations: number[] = [];
  private readonly content = new ByteBuffer();
  private readonly functionIndex: (func: FuncIndex) => number;

  /** `capacity` is a guess at the module's size in bytes. */
  constructor(capacity: number, functionIndex: (func: FuncIndex) => number) {
    this.out = new ByteBuffer(capacity);
    this.out.append(PREAMBLE);
    this.functionIndex = functionIndex;
  }

  /** A section whose content `write` appends to the buffer it is given. */
  section(id: number, write: (content: ByteBuffer) => void): void {
    const firstRelocation = this.relocations.length;
    this.content.clear();
    write(this.content);
    this.out.byte(id);
    this.out.unsigned32(this.content.length);
    for (let at = firstRelocation; at < this.relocations.length; at += 3) {
      this.relocations[at] = (this.relocations[at] as number) + this.out.length;
    }
    this.out.appendBuffer(this.content);
  }

  /** A section that is a vector; no section at all when it is empty. */
  vector<T>(id: number, items: readonly T[], write: (content: ByteBuffer, item: T) => void): void {
    if (items.length === 0) return;
    this.section(id, (content) => {
      content.unsigned32(items.length);
      for (const item of items) write(content, item);
    });
  }

  types(types: readonly FuncType[]): void {
    this.vector(SECTION.type, types, (content, type) => {
      content.byte(FUNC_TYPE_BYTE);
      writeValTypes(content, type.params);
      writeValTypes(content, type.results);
    });
  }

  imports(imports: readonly Import[]): void {
    this.vector(SECTION.import, imports, (content, { module, name, type }) => {
      content.name(module);
      content.name(name);
      content.byte(EXTERNAL_KIND[type.kind]);
      if (type.kind === 'func') content.unsigned32(type.type);
      else if (type.kind === 'table') writeTableType(content, type);
      else if (type.kind === 'memory') writeLimits(content, type.limits);
      else writeGlobalType(content, type);
    });
  }

  globals(globals: readonly Global[]): void {
    this.vector(SECTION.global, globals, (content, global) => {
      writeGlobalType(content, global);
      this.constExpr(content, global.init);
    });
  }

  exports(exports: readonly Export[]): void {
    this.vector(SECTION.export, exports, (content, { name, kind, index }) => {
      content.name(name);
      content.byte(EXTERNAL_KIND[kind]);
      content.unsigned32(kind === 'func' ? this.functionIndex(index as FuncIndex) : index);
    });
  }

  elements(segments: readonly ElementSegment[]): void {
    this.vector(SECTION.element, segments, (content, { at, funcs }) => {
      if (at === undefined) {
        content.byte(3);
        content.byte(0);
      } else if (at.table === 0) {
        content.byte(0);
        this.constExpr(content, at.offset);
      } else {
        content.byte(2);
        content.unsigned32(at.table);
        this.constExpr(content, at.offset);
        content.byte(0);
      }
      content.unsigned32(funcs.length);
      for (const func of funcs) content.unsigned32(this.functionIndex(func));
    });
  }

  data(segments: readonly DataSegment[]): void {
    this.vector(SECTION.data, segments, (content, { offset, bytes }) => {
      content.byte(offset === undefined ? 1 : 0);
      if (offset !== undefined) this.constExpr(content, offset);
      content.unsigned32(bytes.length);
      content.append(bytes);
    });
  }

  private constExpr(content: ByteBuffer, expr: ConstExpr): void {
    switch (expr.op) {
      case 'i32':
        content.byte(instructions.i32Const.opcode);
        content.signed32(expr.value);
        break;
      case 'i32Reloc':
        content.byte(instructions.i32Const.opcode);
        this.relocations.push(content.length, expr.kind, expr.id);
        content.paddedSigned32(0);
        break;
      case 'i64':
        content.byte(instructions.i64Const.opcode);
        content.signed64(expr.value);
        break;
      case 'f32':
        content.byte(instructions.f32Const.opcode);
        content.float32(expr.value);
        break;
      case 'f64':
        content.byte(instructions.f64Const.opcode);
        content.float64(expr.value);
        break;
      case 'globalGet':
        content.byte(instructions.globalGet.opcode);
        content.unsigned32(expr.global);
        break;
      case 'refFunc':
        content.byte(instructions.refFunc.opcode);
        content.unsigned32(this.functionIndex(expr.func));
        break;
      case 'refNull':
        emitOpcode(content, instructions.refNull.opcode);
        writeValType(content, expr.type);
        break;
    }
    content.byte(END);
  }
}

export function writeValType(content: ByteBuffer, type: ValType): void {
  content.byte(type & 0x7f);
}

function writeValTypes(content: ByteBuffer, types: readonly ValType[]): void {
  content.unsigned32(types.length);
  for (const type of types) writeValType(content, type);
}

export function writeTableType(content: ByteBuffer, { element, limits }: TableType): void {
  writeValType(content, element);
  writeLimits(content, limits);
}

function writeGlobalType(content: ByteBuffer, { type, mutable }: GlobalType): void {
  writeValType(content, type);
  content.byte(mutable ? 1 : 0);
}

export function writeLimits(content: ByteBuffer, { min, max, shared }: Limits): void {
  content.byte((max === undefined ? 0 : 1) | (shared === true ? 2 : 0));
  content.unsigned32(min);
  if (max !== undefined) content.unsigned32(max);
}

/** Names by index, ascending; those without a name are left out. */
export interface NameSection {
  readonly functions: readonly (readonly [index: number, name: string])[];
  readonly locals: readonly (readonly [index: number, names: readonly (string | undefined)[]])[];
}

/** Content of the custom section `name`: functions (subsection 1), then locals of each (subsection 2). */
export function writeNameSection(content: ByteBuffer, { functions, locals }: NameSection): void {
  content.name('name');
  if (functions.length > 0) {
    writeSubsection(content, 1, (names) => {
      names.unsigned32(functions.length);
      for (const [index, name] of functions) {
        names.unsigned32(index);
        names.name(name);
      }
    });
  }
  if (locals.length === 0) return;
  writeSubsection(content, 2, (names) => {
    names.unsigned32(locals.length);
    for (const [index, ofFunction] of locals) {
      names.unsigned32(index);
      writeLocalNames(names, ofFunction);
    }
  });
}

function writeLocalNames(content: ByteBuffer, names: readonly (string | undefined)[]): void {
  content.unsigned32(names.reduce((count, name) => (name === undefined ? count : count + 1), 0));
  names.forEach((name, index) => {
    if (name === undefined) return;
    content.unsigned32(index);
    content.name(name);
  });
}

function writeSubsection(content: ByteBuffer, id: number, write: (content: ByteBuffer) => void): void {
  const names = new ByteBuffer();
  write(names);
  content.byte(id);
  content.unsigned32(names.length);
  content.appendBuffer(names);
}
