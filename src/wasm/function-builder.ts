import type { ByteBuffer } from './encoder.ts';
import { InstructionEmitter } from './instruction-emitter.ts';
import { instructions } from './opcodes.ts';
import {
  type BlockType,
  EMPTY_BLOCK,
  type FuncIndex,
  type Label,
  type Local,
  type TableIndex,
  type TypeIndex,
  type ValType,
} from './types.ts';

/** A text at a place in the code. In a `FunctionBody` the offset counts from the first instruction. */
export interface Note {
  readonly offset: number;
  readonly text: string;
}

/** What a finished function hands to its module. Offsets count from the first instruction. */
export interface FunctionBody {
  readonly func: FuncIndex;
  readonly code: ByteBuffer;
  /** Runs of locals behind the parameters: count, type, count, type … */
  readonly localRuns: readonly number[];
  /** Names of parameters and locals, by index; holes where none was given. */
  readonly localNames: readonly (string | undefined)[];
  /** References to defined functions: offset, ordinal, offset, ordinal … */
  readonly funcReferences: readonly number[];
  /** Relocatable constants: offset, kind, id, offset … */
  readonly relocations: readonly number[];
  readonly notes: readonly Note[];
}

/** A function that is called through an element of a table. */
export interface TablePlace {
  readonly table: TableIndex;
  readonly element: number;
  readonly type: TypeIndex;
  /** For notes. */
  readonly name: string;
}

/** The part of a module a function builder needs. */
export interface FunctionOwner {
  readonly keepsNames: boolean;
  readonly keepsNotes: boolean;
  /** Where a function lies that is called through a table; undefined: it is one of the module's own or imported. */
  tablePlace(func: FuncIndex): TablePlace | undefined;
  /** Takes the body over; its buffers may be reused as soon as this returns. */
  finishFunction(body: FunctionBody): void;
}

/** Depth of a label whose block has ended. */
const CLOSED = -1;

/**
 * Emits the body of one function. A method per instruction, named as in the text format but in camelCase (`i32.load8_u` is
 * `i32Load8U`, `br_if` is `brIf`), writes it at once; immediates are the arguments. Nothing checks operand types:
 * `WebAssembly.Module` does. Locals may be added at any time before `finish`, which also emits the last `end`.
 */
export class FunctionBuilder extends InstructionEmitter implements FunctionBody {
  readonly func: FuncIndex;
  /** The function body as a block: branching to it returns. */
  readonly bodyLabel = 0 as Label;
  /** Whether `note` keeps anything: ask before building a costly text. */
  readonly keepsNotes: boolean;
  override readonly code: ByteBuffer;
  readonly localRuns: number[] = [];
  readonly localNames: (string | undefined)[] = [];
  readonly funcReferences: number[] = [];
  readonly relocations: number[] = [];
  readonly notes: Note[] = [];

  private readonly owner: FunctionOwner;
  private readonly paramCount: number;
  private localCount: number;
  /** Depth of each label's block, 0 for the body, or CLOSED. */
  private readonly depths: number[] = [0];
  /** The labels of the blocks that are open, outermost first. */
  private readonly open: Label[] = [this.bodyLabel];
  private finished = false;

  /** Use `ModuleBuilder.body`. */
  constructor(owner: FunctionOwner, func: FuncIndex, params: readonly ValType[], code: ByteBuffer) {
    super(code);
    this.code = code;
    this.owner = owner;
    this.func = func;
    this.keepsNotes = owner.keepsNotes;
    this.paramCount = params.length;
    this.localCount = params.length;
  }

  /** Bytes of code so far. */
  get size(): number {
    return this.code.length;
  }

  /** The parameter at `index`, 0 and up. The name is for the name section. */
  param(index: number, name?: string): Local {
    if (index < 0 || index >= this.paramCount) throw new RangeError(`no parameter ${index}`);
    if (name !== undefined && this.owner.keepsNames) this.localNames[index] = name;
    return index as Local;
  }

  /** Adds a local, zero at entry. Possible at any time. The name is for the name section. */
  local(type: ValType, name?: string): Local {
    const runs = this.localRuns;
    const last = runs.length - 2;
    if (last >= 0 && runs[last + 1] === type) runs[last] = (runs[last] as number) + 1;
    else runs.push(1, type);
    if (name !== undefined && this.owner.keepsNames) this.localNames[this.localCount] = name;
    return this.localCount++ as Local;
  }

  /** Labels the place in the code for listings; does nothing unless the module keeps notes. */
  note(text: string): void {
    if (this.keepsNotes) this.notes.push({ offset: this.code.length, text });
  }

  /** Opens a block; branching to the label goes behind its end. */
  block(type?: BlockType): Label {
    return this.openBlock(instructions.block.opcode, type);
  }

  /** Opens a loop; branching to the label goes to its start. */
  loop(type?: BlockType): Label {
    return this.openBlock(instructions.loop.opcode, type);
  }

  /** Opens an if on the i32 on the stack; branching to the label goes behind its end. */
  if(type?: BlockType): Label {
    return this.openBlock(instructions.if.opcode, type);
  }

  /** Starts the other half of the innermost block, an if. */
  else(): void {
    this.code.byte(instructions.else.opcode);
  }

  /** Closes the innermost block; when a label is given, throws unless that block is the label's. */
  end(label?: Label): void {
    const innermost = this.open.at(-1) ?? this.bodyLabel;
    if (innermost === this.bodyLabel) throw new Error('end without an open block');
    if (label !== undefined && label !== innermost) throw new Error(`end of label ${label} inside label ${innermost}`);
    this.open.pop();
    this.depths[innermost] = CLOSED;
    this.code.byte(instructions.end.opcode);
  }

  br(label: Label): void {
    this.code.byteAndUnsigned(instructions.br.opcode, this.relativeDepth(label));
  }

  brIf(label: Label): void {
    this.code.byteAndUnsigned(instructions.brIf.opcode, this.relativeDepth(label));
  }

  /** Branches to `labels[i]` for the i32 i on the stack, to `otherwise` when there is none. */
  brTable(labels: readonly Label[], otherwise: Label): void {
    this.code.byte(instructions.brTable.opcode);
    this.code.unsigned32(labels.length);
    for (const label of labels) this.code.unsigned32(this.relativeDepth(label));
    this.code.unsigned32(this.relativeDepth(otherwise));
  }

  call(func: FuncIndex): void {
    const place = this.owner.tablePlace(func);
    if (place !== undefined) {
      this.pushElement(place);
      return this.callIndirect(place.type, place.table);
    }
    this.code.byte(instructions.call.opcode);
    this.funcReference(func);
  }

  returnCall(func: FuncIndex): void {
    const place = this.owner.tablePlace(func);
    if (place !== undefined) {
      this.pushElement(place);
      return this.returnCallIndirect(place.type, place.table);
    }
    this.code.byte(instructions.returnCall.opcode);
    this.funcReference(func);
  }

  private pushElement({ element, name }: TablePlace): void {
    this.note(name);
    this.i32Const(element);
  }

  /** The function as a value; it must also be in an element segment or exported. */
  refFunc(func: FuncIndex): void {
    this.code.byte(instructions.refFunc.opcode);
    this.funcReference(func);
  }

  /** Calls the table's element at the i32 on the stack, which must have the type. */
  callIndirect(type: TypeIndex, table: TableIndex): void {
    this.code.byte(instructions.callIndirect.opcode);
    this.code.unsigned32(type);
    this.code.unsigned32(table);
  }

  returnCallIndirect(type: TypeIndex, table: TableIndex): void {
    this.code.byte(instructions.returnCallIndirect.opcode);
    this.code.unsigned32(type);
    this.code.unsigned32(table);
  }

  /** `select` that names its operands' type, as reference types need. */
  selectTyped(type: ValType): void {
    this.code.byte(instructions.selectTyped.opcode);
    this.code.byte(1);
    this.code.byte(type & 0x7f);
  }

  /** A constant, signed or unsigned: bits above the 32nd are dropped. */
  i32Const(value: number): void {
    this.code.byteAndSigned(instructions.i32Const.opcode, value);
  }

  /** An i32 that is filled in when the module is loaded; see `applyRelocations`. Both numbers are the caller's, i32. */
  i32ConstReloc(kind: number, id: number): void {
    this.code.byte(instructions.i32Const.opcode);
    this.relocations.push(this.code.length, kind, id);
    this.code.paddedSigned32(0);
  }

  /** A constant; a number must be a safe integer (and is encoded faster than a bigint), a bigint wraps to 64 bits. */
  i64Const(value: bigint | number): void {
    this.code.byte(instructions.i64Const.opcode);
    this.code.signed64(value);
  }

  f32Const(value: number): void {
    this.code.byte(instructions.f32Const.opcode);
    this.code.float32(value);
  }

  f64Const(value: number): void {
    this.code.byte(instructions.f64Const.opcode);
    this.code.float64(value);
  }

  /** Ends the body and hands it to the module. Throws when a block is open; the builder is of no use afterwards. */
  finish(): void {
    if (this.finished) throw new Error('function finished twice');
    if (this.open.length !== 1) throw new Error(`${this.open.length - 1} blocks not ended`);
    this.finished = true;
    this.code.byte(instructions.end.opcode);
    this.owner.finishFunction(this);
  }

  private openBlock(opcode: number, type: number = EMPTY_BLOCK): Label {
    this.code.byteAndSigned(opcode, type);
    const label = this.depths.length as Label;
    this.depths.push(this.open.length);
    this.open.push(label);
    return label;
  }

  private relativeDepth(label: Label): number {
    const depth = this.depths[label];
    if (depth === undefined || depth === CLOSED) throw new Error(`branch to label ${label}, which is not open`);
    return this.open.length - 1 - depth;
  }

  private funcReference(func: FuncIndex): void {
    if (func >= 0) {
      this.code.unsigned32(func);
      return;
    }
    this.funcReferences.push(this.code.length, -1 - func);
    this.code.paddedUnsigned32(0);
  }
}
