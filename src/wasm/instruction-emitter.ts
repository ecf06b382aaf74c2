import type { ByteBuffer } from './encoder.ts';
import { type Immediates, type Instruction, instructions, PREFIX } from './opcodes.ts';
import type { DataIndex, ElementIndex, GlobalIndex, Local, TableIndex, ValType } from './types.ts';

type Table = typeof instructions;

/** The arguments of an emitting method, by the immediates of its row; rows with other immediates are written by hand. */
interface MethodArguments {
  none: [];
  local: [local: Local];
  global: [global: GlobalIndex];
  table: [table: TableIndex];
  'table table': [destination: TableIndex, source: TableIndex];
  elem: [segment: ElementIndex];
  'elem table': [segment: ElementIndex, table: TableIndex];
  memory: [];
  'memory memory': [];
  data: [segment: DataIndex];
  'data memory': [segment: DataIndex];
  /** `offset` in bytes, 0 and up; `alignment` is a promise as log2, the natural one unless given. */
  access: [offset?: number, alignment?: number];
  reftype: [type: ValType];
}

/** Names of the methods that are derived from the table, i.e. all but block structure, branches, calls and constants. */
type Derived = { [K in keyof Table]: Table[K]['immediates'] extends keyof MethodArguments ? K : never }[keyof Table];

/** One method per derived row, named by the row's key, taking its immediates. */
export type InstructionMethods = {
  [K in Derived]: (
    ...immediates: Table[K]['immediates'] extends keyof MethodArguments
      ? MethodArguments[Table[K]['immediates']]
      : never
  ) => void;
};

class TableEmitter {
  /** Where the instructions go. */
  protected readonly code: ByteBuffer;

  constructor(code: ByteBuffer) {
    this.code = code;
  }
}

/** Appends an opcode as the table writes it. */
export function emitOpcode(code: ByteBuffer, opcode: number): void {
  if (opcode > 0xff) code.byte(PREFIX);
  code.byte(opcode & 0xff);
}

type Method = (this: { readonly code: ByteBuffer }, first?: number, second?: number) => void;

/** Methods for rows whose immediates are all plain indices, by how many they are. */
const INDEX_COUNT: Partial<Record<Immediates, number>> = {
  local: 1,
  global: 1,
  table: 1,
  elem: 1,
  data: 1,
  'table table': 2,
  'elem table': 2,
};

/** Zero bytes that stand for memory 0, the only one. */
const MEMORY_BYTES: Partial<Record<Immediates, number>> = { none: 0, memory: 1, 'memory memory': 2 };

function accessMethod({ opcode, alignment: natural }: Instruction): Method {
  return function (offset = 0, alignment = natural) {
    this.code.byte(opcode);
    this.code.byteAndUnsigned(alignment, offset);
  };
}

function indexMethod({ opcode }: Instruction, count: number): Method {
  if (count === 1 && opcode <= 0xff) {
    return function (index = 0) {
      this.code.byteAndUnsigned(opcode, index);
    };
  }
  return function (first = 0, second = 0) {
    emitOpcode(this.code, opcode);
    this.code.unsigned32(first);
    if (count === 2) this.code.unsigned32(second);
  };
}

function fixedMethod({ opcode }: Instruction, zeros: number): Method {
  if (zeros === 0 && opcode <= 0xff) {
    return function () {
      this.code.byte(opcode);
    };
  }
  return function () {
    emitOpcode(this.code, opcode);
    for (let i = 0; i < zeros; i++) this.code.byte(0);
  };
}

function derivedMethod(row: Instruction): Method | undefined {
  const { immediates, opcode } = row;
  if (immediates === 'access') return accessMethod(row);
  const indices = INDEX_COUNT[immediates];
  if (indices !== undefined) return indexMethod(row, indices);
  const zeros = MEMORY_BYTES[immediates];
  if (zeros !== undefined) return fixedMethod(row, zeros);
  if (immediates === 'data memory') {
    return function (segment = 0) {
      emitOpcode(this.code, opcode);
      this.code.unsigned32(segment);
      this.code.byte(0);
    };
  }
  if (immediates === 'reftype') {
    return function (type = 0) {
      this.code.byte(opcode);
      this.code.byte(type & 0x7f);
    };
  }
  return undefined;
}

for (const [name, row] of Object.entries<Instruction>(instructions)) {
  const value = derivedMethod(row);
  if (value !== undefined) Object.defineProperty(TableEmitter.prototype, name, { value, writable: true });
}

/** Base class with a method for every row of the table that needs no knowledge of the function around it. */
export const InstructionEmitter = TableEmitter as new (code: ByteBuffer) => TableEmitter & InstructionMethods;
