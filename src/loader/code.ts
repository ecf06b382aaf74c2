/** The code chunk: instructions, grouped into functions. Rules: `beamcodereader_next` in beam_file.c and asm_load.c. */
import {
  maxOpcode,
  newestRelease,
  type OpcodeRow,
  type OperandKind,
  oldestRelease,
  opcodeByName,
  opcodeByNumber,
} from '../isa/opcodes.ts';
import type { Operand } from '../isa/operands.ts';
import { operandToString } from '../isa/print.ts';
import type { BeamFunction, Instruction } from './beam-module.ts';
import { parseMatchCommands, parseSegments } from './bit-syntax.ts';
import { ByteReader } from './byte-reader.ts';
import { CodeLabels } from './code-labels.ts';
import { corrupt, LoadError } from './load-error.ts';
import { type CheckTables, type OperandPlan, operandFits, operandPlans } from './operand-checks.ts';
import { OperandReader } from './operand-reader.ts';

export interface CodeTables extends CheckTables {
  readonly atoms: readonly string[];
  /** 0 if type hints are to be dropped. */
  readonly typeCount: number;
  /** False if `line` operands mean nothing: they become 0. */
  readonly linesComplete: boolean;
}

export interface Code {
  readonly functions: readonly BeamFunction[];
  readonly functionOfLabel: ReadonlyMap<number, number>;
  readonly labelCount: number;
  readonly maxOpcode: number;
  readonly onLoad?: string;
}

const opLabel = opcodeByName('label');
const opFuncInfo = opcodeByName('func_info');
const opLine = opcodeByName('line');
const opCodeEnd = opcodeByName('int_code_end');
const opOnLoad = opcodeByName('on_load');
const opPutString = opcodeByName('bs_put_string');
const opMatchString = opcodeByName('bs_match_string');

/** Reads and validates the chunk. Throws `not_supported` for code that is too new or too old. */
export function readCode(bytes: Uint8Array, tables: CodeTables): Code {
  const outer = new ByteReader(bytes, 'Code');
  const header = new ByteReader(outer.slice(outer.i32()), 'Code');
  const version = header.i32();
  if (version !== 0) throw new LoadError('not_supported', `instruction set ${version} is unknown; OTP has only 0`);
  const highest = header.i32();
  if (highest > maxOpcode) throw tooNew(highest, highest);
  const labelCount = header.i32();
  const functionCount = header.i32();
  // A label takes two bytes and a function five, so larger counts are lies that would cost memory.
  if (labelCount < 0 || labelCount > outer.remaining) corrupt('Code', `cannot have ${labelCount} labels`);
  if (functionCount < 0 || functionCount > outer.remaining) corrupt('Code', `cannot have ${functionCount} functions`);
  const labels = new CodeLabels(labelCount);
  const instructions = new InstructionReader(outer, tables, labels, highest).all();
  const functions = groupFunctions(instructions, labels);
  if (functions.length !== functionCount) {
    corrupt('Code', `has ${functions.length} functions, but its header says ${functionCount}`);
  }
  const onLoad = findOnLoad(functions);
  return {
    functions,
    functionOfLabel: labels.check(functions),
    labelCount,
    maxOpcode: highest,
    ...(onLoad === undefined ? {} : { onLoad }),
  };
}

function tooNew(opcode: number, highest: number): LoadError {
  return new LoadError(
    'not_supported',
    `opcode ${opcode} is unknown (the file uses opcodes up to ${highest}; this loader knows those of ` +
      `OTP ${newestRelease}, up to ${maxOpcode}): compiled by a later OTP release`,
  );
}

class InstructionReader {
  private readonly reader: ByteReader;
  private readonly operands: OperandReader;
  private readonly tables: CodeTables;
  private readonly labels: CodeLabels;
  private readonly highest: number;
  /** Name and arity of the function at hand, for messages. */
  private where = '';

  constructor(reader: ByteReader, tables: CodeTables, labels: CodeLabels, highest: number) {
    this.reader = reader;
    this.tables = tables;
    this.labels = labels;
    this.highest = highest;
    this.operands = new OperandReader(reader, {
      atoms: tables.atoms,
      typeCount: tables.typeCount,
      literalCount: tables.literals.length,
      labelCount: labels.count,
    });
  }

  /** All instructions up to `int_code_end`, which is left out. */
  all(): Instruction[] {
    const instructions: Instruction[] = [];
    for (;;) {
      const op = this.opcode();
      if (op === opCodeEnd) return instructions;
      const args = this.args(op, instructions.length);
      instructions.push({ op, args });
      if (op === opFuncInfo) this.where = `function ${args.slice(1).map(nameOf).join('/')}, `;
    }
  }

  private opcode(): OpcodeRow {
    const number = this.reader.u8();
    const op = opcodeByNumber(number);
    if (op === undefined) {
      if (number === 0) corrupt('Code', `${this.where}has opcode 0`);
      throw tooNew(number, this.highest);
    }
    if (op.obsolete) {
      throw new LoadError(
        'not_supported',
        `${this.where}instruction ${op.name}/${op.arity} was last emitted by the compiler of OTP ${op.until}: ` +
          `recompile with OTP ${oldestRelease} or later`,
      );
    }
    return op;
  }

  private args(op: OpcodeRow, index: number): readonly Operand[] {
    try {
      const plans = operandPlans(op);
      // Not by push: arrays that grow have room for more, which costs more memory than all else here.
      const args = new Array<Operand>(plans.length);
      for (let i = 0; i < args.length; i++) args[i] = this.arg(plans[i] as OperandPlan, index);
      if (op === opPutString || op === opMatchString) this.checkString(op, args);
      this.labels.noteCall(args, op);
      return args;
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      throw new LoadError(error.kind, `${this.where}instruction ${op.name}/${op.arity}: ${error.message}`);
    }
  }

  private arg(plan: OperandPlan, index: number): Operand {
    const operand = this.normalise(this.operands.operand(plan.isList), plan.kind);
    if (!operandFits(operand, plan, this.tables)) {
      throw new LoadError('badfile', `${plan.role} cannot be ${operandToString(operand).slice(0, 100)}`);
    }
    if (plan.hasLabels) this.labels.note(operand, index);
    return operand;
  }

  /**
   * Bare heap needs become `alloc`, lists of the bit syntax are taken apart, and positions become unknown if there is no
   * table for them.
   */
  private normalise(operand: Operand, kind: OperandKind): Operand {
    if (operand.kind === 'list') {
      if (kind === 'segments') return { kind, items: parseSegments(operand, this.tables) };
      return kind === 'commands' ? { kind, items: parseMatchCommands(operand, this.tables) } : operand;
    }
    if (operand.kind !== 'u') return operand;
    if (kind === 'heap') {
      if (operand.value > 2 ** 24) throw new LoadError('badfile', `cannot need ${operand.value} words of heap`);
      return { kind: 'alloc', words: operand.value, floats: 0, funs: 0 };
    }
    return kind === 'line' && !this.tables.linesComplete ? { kind: 'u', value: 0 } : operand;
  }

  private checkString(op: OpcodeRow, args: readonly Operand[]): void {
    const [length = 0, offset = 0] = args.slice(-2).map((arg) => (arg.kind === 'u' ? arg.value : 0));
    const bytes = op === opMatchString ? Math.ceil(length / 8) : length;
    if (offset + bytes > this.tables.strings.length)
      throw new LoadError('badfile', 'takes bytes from outside chunk StrT');
  }
}

function nameOf(operand: Operand): string {
  if (operand.kind === 'atom') return operand.name;
  return operand.kind === 'u' ? `${operand.value}` : '';
}

/** Index of the `func_info` of the function whose first label is at `at`, or -1 if no function starts there. */
function findFuncInfo(instructions: readonly Instruction[], at: number): number {
  if (instructions[at]?.op !== opLabel) return -1;
  const info = instructions[at + 1]?.op === opLine ? at + 2 : at + 1;
  return instructions[info]?.op === opFuncInfo ? info : -1;
}

/** Cuts the code into functions: each is `label`, perhaps `line`, `func_info`, `label` (the entry), and the body. */
function groupFunctions(instructions: readonly Instruction[], labels: CodeLabels): BeamFunction[] {
  const starts: number[] = [];
  for (let at = 0; at < instructions.length; at++) {
    const info = findFuncInfo(instructions, at);
    if (info < 0) continue;
    starts.push(at);
    at = info;
  }
  if (instructions.length > 0 && starts[0] !== 0) corrupt('Code', 'does not start with a function');
  const functions = starts.map((start, i) => buildFunction(instructions, start, starts[i + 1] ?? instructions.length));
  let infos = 0;
  for (const { op } of instructions) if (op === opFuncInfo) infos++;
  if (infos !== functions.length) corrupt('Code', 'has a func_info in the middle of a function');
  labels.setFunctionStarts(starts, instructions.length);
  return functions;
}

const unsigned = (operand: Operand | undefined): number => (operand?.kind === 'u' ? operand.value : 0);

function buildFunction(instructions: readonly Instruction[], start: number, end: number): BeamFunction {
  const info = findFuncInfo(instructions, start);
  const [, name, arity] = instructions[info]?.args ?? [];
  const text = name?.kind === 'atom' ? name.name : '';
  const entry = instructions[info + 1];
  if (entry?.op !== opLabel || info + 2 >= end) corrupt('Code', `function ${text}/${unsigned(arity)} has no body`);
  const line = info === start + 2 ? instructions[start + 1] : undefined;
  return {
    name: text,
    arity: unsigned(arity),
    infoLabel: unsigned(instructions[start]?.args[0]),
    entryLabel: unsigned(entry.args[0]),
    infoLine: unsigned(line?.args[0]),
    instructions: instructions.slice(info + 2, end),
  };
}

function findOnLoad(functions: readonly BeamFunction[]): string | undefined {
  const found = functions.find(({ instructions }) => instructions.some(({ op }) => op === opOnLoad));
  if (found !== undefined && found.arity !== 0) corrupt('Code', `on_load function ${found.name} has arguments`);
  return found?.name;
}
