import type { Note } from './function-builder.ts';
import { ByteReader, type ModuleContents, readModule } from './module-reader.ts';
import { type Immediates, type Instruction, instructionOf, instructions, PREFIX } from './opcodes.ts';
import { EMPTY_BLOCK, type FuncType, valTypeName } from './types.ts';

export interface DisassemblyOptions {
  /** Notes by byte offset in the module, ascending, as `ModuleBuilder.finish` gives them. */
  readonly notes?: readonly Note[];
  /** Relocations as `ModuleBuilder.finish` gives them: marks the constants that are filled in later. */
  readonly relocations?: Int32Array;
  /** Text for a relocation; `kind:id` unless given. */
  readonly describeRelocation?: (kind: number, id: number) => string;
  /** Which functions to print, by index in the module and name; all unless given. */
  readonly functions?: (index: number, name: string | undefined) => boolean;
  /** Start each line with the byte offset in the module, as the engine's error messages give it. */
  readonly offsets?: boolean;
}

const INDENT = '  ';
const OFFSET_DIGITS = 7;
/** What engines allow in one function. */
const MAX_LOCALS = 50_000;
/** Characters the text format allows in an identifier without quotes. */
const PLAIN_IDENTIFIER = /^[\w!#$%&'*+\-./:<=>?@\\^`|~]+$/;

/**
 * The bodies of a module's functions in the text format: one instruction per line, indented by block; functions and locals
 * by name where the module has one; each block's nesting depth behind it as `;; @depth`, repeated at the branches to it;
 * notes as comment lines. Throws an Error on a malformed module or an instruction the table lacks.
 */
export function disassemble(bytes: Uint8Array, options: DisassemblyOptions = {}): string {
  const contents = readModule(bytes);
  const relocations = relocationTexts(options);
  const texts = contents.bodies.map(({ start, end }, ordinal) => {
    const index = contents.importedFunctions + ordinal;
    if (options.functions?.(index, contents.functionNames.get(index)) === false) return '';
    return new FunctionPrinter(contents, index, new ByteReader(bytes, start, end), relocations, options).print();
  });
  return texts.join('');
}

function relocationTexts({ relocations, describeRelocation }: DisassemblyOptions): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  if (relocations === undefined) return texts;
  for (let at = 0; at < relocations.length; at += 3) {
    const [offset = 0, kind = 0, id = 0] = relocations.subarray(at, at + 3);
    texts.set(offset, describeRelocation?.(kind, id) ?? `${kind}:${id}`);
  }
  return texts;
}

/** Index of the first note at or behind `offset`. */
function firstNote(notes: readonly Note[], offset: number): number {
  let low = 0;
  let high = notes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((notes[middle] as Note).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function identifier(name: string): string {
  return PLAIN_IDENTIFIER.test(name) ? `$${name}` : `$${JSON.stringify(name)}`;
}

function signatureText(type: FuncType): string {
  const params = type.params.length > 0 ? ` (param ${type.params.map(valTypeName).join(' ')})` : '';
  return params + resultText(type);
}

function resultText({ results }: FuncType): string {
  return results.length > 0 ? ` (result ${results.map(valTypeName).join(' ')})` : '';
}

/** A float as the text format has it: `fraction` gives the bits of a NaN below its exponent. */
function floatText(value: number, fraction: () => bigint, canonical: bigint, negative: boolean): string {
  const sign = negative ? '-' : '';
  if (Number.isNaN(value)) {
    const bits = fraction();
    return bits === canonical ? `${sign}nan` : `${sign}nan:0x${bits.toString(16)}`;
  }
  return sign + (Number.isFinite(value) ? String(Math.abs(value)) : 'inf');
}

class FunctionPrinter {
  private readonly contents: ModuleContents;
  private readonly index: number;
  private readonly reader: ByteReader;
  private readonly relocations: ReadonlyMap<number, string>;
  private readonly options: DisassemblyOptions;
  private readonly notes: readonly Note[];
  private nextNote: number;
  private depth = 0;
  private text = '';

  constructor(
    contents: ModuleContents,
    index: number,
    reader: ByteReader,
    relocations: ReadonlyMap<number, string>,
    options: DisassemblyOptions,
  ) {
    this.contents = contents;
    this.index = index;
    this.reader = reader;
    this.relocations = relocations;
    this.options = options;
    this.notes = options.notes ?? [];
    this.nextNote = firstNote(this.notes, reader.offset);
  }

  print(): string {
    const { reader } = this;
    this.line(reader.offset, `(func ${this.functionName(this.index)}${this.parameters()}`);
    this.depth = 1;
    this.declareLocals();
    while (this.depth > 0) this.instruction();
    if (!reader.done) reader.fail('code behind the end of the function');
    this.text += ')\n';
    return this.text;
  }

  private line(offset: number, content: string): void {
    const start = this.options.offsets === true ? `(;${String(offset).padStart(OFFSET_DIGITS)};) ` : '';
    this.text += `${start}${INDENT.repeat(this.depth)}${content}\n`;
  }

  private parameters(): string {
    const type = this.type(this.contents.functionTypes[this.index]);
    const params = type.params.map((param, i) => ` (param ${this.localLabel(i)}${valTypeName(param)})`);
    return params.join('') + resultText(type);
  }

  private declareLocals(): void {
    const { offset } = this.reader;
    let index = this.type(this.contents.functionTypes[this.index]).params.length;
    const declared: string[] = [];
    this.reader.vector(() => {
      const count = this.reader.unsigned32();
      const type = valTypeName(this.reader.valType());
      if (declared.length + count > MAX_LOCALS) this.reader.fail('too many locals');
      for (let i = 0; i < count; i++) declared.push(`(local ${this.localLabel(index++)}${type})`);
    });
    if (declared.length > 0) this.line(offset, declared.join(' '));
  }

  private instruction(): void {
    const reader: ByteReader = this.reader;
    const { offset } = reader;
    this.printNotes(offset);
    const first = reader.byte();
    const opcode = first === PREFIX ? (PREFIX << 8) | reader.unsigned32() : first;
    const row = instructionOf(opcode);
    if (row === undefined) reader.fail(`unknown opcode 0x${opcode.toString(16)}`, offset);
    if (row.immediates === 'delimiter') {
      this.delimiter(offset, row);
      return;
    }
    this.line(offset, row.name + this.immediates(row.immediates, row));
    if (row.immediates === 'block') this.depth++;
  }

  private printNotes(offset: number): void {
    for (let note = this.notes[this.nextNote]; note !== undefined && note.offset <= offset; ) {
      this.line(offset, `;; ${note.text}`);
      note = this.notes[++this.nextNote];
    }
  }

  private delimiter(offset: number, row: Instruction): void {
    this.depth--;
    if (this.depth > 0) this.line(offset, row.name);
    if (row.opcode === instructions.else.opcode) this.depth++;
  }

  /** Reads the immediates; gives them with a space before each. */
  private immediates(kind: Immediates, row: Instruction): string {
    const { reader } = this;
    switch (kind) {
      case 'none':
      case 'delimiter':
        return '';
      case 'block':
        return `${this.blockType()} ;; @${this.depth}`;
      case 'label':
        return this.branchTarget();
      case 'labels':
        return this.branchTable();
      case 'func':
        return ` ${this.functionName(reader.unsigned32())}`;
      case 'type table':
        return this.indirectCall();
      case 'types':
        return ` (result ${reader.vector(() => valTypeName(reader.valType())).join(' ')})`;
      case 'reftype':
        return ` ${valTypeName(reader.valType()).replace('ref', '')}`;
      case 'local':
        return ` ${this.localName(reader.unsigned32())}`;
      case 'access':
        return this.accessText(row);
      case 'elem table':
        return this.tableInit();
      case 'table table':
        return ` ${reader.unsigned32()} ${reader.unsigned32()}`;
      case 'global':
      case 'table':
      case 'elem':
      case 'data':
        return ` ${reader.unsigned32()}`;
      default:
        return this.memoryOrConstant(kind);
    }
  }

  private memoryOrConstant(kind: 'memory' | 'memory memory' | 'data memory' | 'i32' | 'i64' | 'f32' | 'f64'): string {
    const { reader } = this;
    switch (kind) {
      case 'memory':
        reader.byte();
        return '';
      case 'memory memory':
        reader.skip(2);
        return '';
      case 'data memory': {
        const segment = reader.unsigned32();
        reader.byte();
        return ` ${segment}`;
      }
      case 'i32': {
        const relocation = this.relocations.get(reader.offset);
        return ` ${reader.signed32()}${relocation === undefined ? '' : ` (;${relocation};)`}`;
      }
      case 'i64':
        return ` ${reader.signed64()}`;
      case 'f32': {
        const view = reader.view(4);
        const bits = view.getUint32(0, true);
        return ` ${floatText(view.getFloat32(0, true), () => BigInt(bits & 0x7fffff), 0x400000n, bits >>> 31 === 1)}`;
      }
      case 'f64': {
        const view = reader.view(8);
        const fraction = () => BigInt.asUintN(52, view.getBigUint64(0, true));
        return ` ${floatText(view.getFloat64(0, true), fraction, 1n << 51n, view.getUint8(7) >= 0x80)}`;
      }
    }
  }

  private blockType(): string {
    const type = this.reader.signed32();
    if (type === EMPTY_BLOCK) return '';
    if (type < 0) return ` (result ${valTypeName(type)})`;
    return ` (type ${type})${signatureText(this.type(type))}`;
  }

  private branchTarget(): string {
    const relative = this.reader.unsigned32();
    return ` ${relative} (;@${this.depth - 1 - relative};)`;
  }

  private branchTable(): string {
    const targets = this.reader.vector(() => this.branchTarget());
    return targets.join('') + this.branchTarget();
  }

  private indirectCall(): string {
    const type = this.reader.unsigned32();
    const table = this.reader.unsigned32();
    return `${table === 0 ? '' : ` ${table}`} (type ${type})${signatureText(this.type(type))}`;
  }

  /** The text format has the table first, the binary format the segment. */
  private tableInit(): string {
    const segment = this.reader.unsigned32();
    return ` ${this.reader.unsigned32()} ${segment}`;
  }

  private accessText(row: Instruction): string {
    const alignment = this.reader.unsigned32();
    const offset = this.reader.unsigned32();
    const align = alignment === row.alignment ? '' : ` align=${2 ** alignment}`;
    return (offset === 0 ? '' : ` offset=${offset}`) + align;
  }

  private functionName(index: number): string {
    const name = this.contents.functionNames.get(index);
    return name === undefined ? String(index) : identifier(name);
  }

  private localName(index: number): string {
    const name = this.contents.localNames.get(this.index)?.get(index);
    return name === undefined ? String(index) : identifier(name);
  }

  /** A local's name with a space behind it, or nothing. */
  private localLabel(index: number): string {
    const name = this.contents.localNames.get(this.index)?.get(index);
    return name === undefined ? '' : `${identifier(name)} `;
  }

  private type(index: number | undefined): FuncType {
    const type = index === undefined ? undefined : this.contents.types[index];
    return type ?? this.reader.fail(`no type ${index}`);
  }
}
