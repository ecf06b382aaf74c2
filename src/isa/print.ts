/** Instructions as text, in the notation of `erlc -S` and `beam_disasm` with the operands in the order of the file. */
import type { OpcodeRow, OperandKind } from './opcodes.ts';
import { type Alloc, type MatchCommand, type Operand, type Reg, type Segment, segmentFlags } from './operands.ts';

interface NamedFunction {
  readonly name: string;
  readonly arity: number;
}

/** What the names in printed instructions come from; a `BeamModule` fits. */
export interface PrintTables {
  readonly name: string;
  readonly imports: readonly (NamedFunction & { readonly module: string })[];
  readonly functions: readonly NamedFunction[];
  readonly functionOfLabel: ReadonlyMap<number, number>;
  readonly lambdas: readonly { readonly label: number }[];
  readonly strings: Uint8Array;
}

/**
 * An instruction: `{get_list,{x,0},{x,1},{x,2}}`, or its bare name if it has no operands. Imports are printed as
 * `{extfunc,M,F,A}`, local functions as `{M,F,A}`, literals by their index: `{literal,#3}`.
 */
export function instructionToString(op: OpcodeRow, args: readonly Operand[], tables: PrintTables): string {
  const name = atomToString(op.name);
  if (args.length === 0) return name;
  const texts = args.map((arg, i) => {
    const kind = op.operands[i]?.kind ?? 'num';
    if (kind !== 'string') return argumentToString(arg, kind, tables);
    const length = numberOf(args[i - 1]);
    const isBits = op.operands[i - 1]?.role === 'bits';
    return stringToString(tables.strings, numberOf(arg), isBits ? Math.ceil(length / 8) : length);
  });
  return `{${name},${texts.join(',')}}`;
}

const numberOf = (operand: Operand | undefined): number => (operand?.kind === 'u' ? operand.value : 0);

function argumentToString(arg: Operand, kind: OperandKind, tables: PrintTables): string {
  if (arg.kind === 'f' && kind === 'entry') {
    return `{${atomToString(tables.name)},${functionToString(tables.functions[tables.functionOfLabel.get(arg.label) ?? -1])}}`;
  }
  if (arg.kind === 'segments') {
    return `{list,[${arg.items.map((item) => segmentToString(item, tables.strings)).join(',')}]}`;
  }
  if (arg.kind !== 'u') return operandToString(arg);
  switch (kind) {
    case 'import': {
      const target = tables.imports[arg.value];
      return `{extfunc,${atomToString(target?.module ?? '')},${functionToString(target)}}`;
    }
    case 'funTag':
      return `{f,${tables.lambdas[arg.value]?.label}}`;
    case 'flags':
      return flagsToString(arg.value);
    default:
      return `${arg.value}`;
  }
}

const functionToString = (named: NamedFunction | undefined): string =>
  `${atomToString(named?.name ?? '')},${named?.arity}`;

/** Bytes of the string table as a list of numbers. */
function stringToString(strings: Uint8Array, offset: number, length: number): string {
  return `{string,[${strings.subarray(offset, offset + length).join(',')}]}`;
}

/** An operand by itself: `{x,0}`, `{tr,{x,0},Type}`, `{f,12}`, `{atom,ok}`, `{list,[…]}`. */
export function operandToString(operand: Operand): string {
  switch (operand.kind) {
    case 'x':
    case 'y':
      return registerToString(operand);
    case 'fr':
      return `{fr,${operand.index}}`;
    case 'f':
      return `{f,${operand.label}}`;
    case 'atom':
      return `{atom,${atomToString(operand.name)}}`;
    case 'nil':
      return 'nil';
    case 'integer':
      return `{integer,${operand.value}}`;
    case 'literal':
      return `{literal,#${operand.index}}`;
    case 'u':
    case 'o':
      return `${operand.value}`;
    case 'alloc':
      return allocToString(operand);
    case 'list':
      return `{list,[${operand.items.map((item) => operandToString(item)).join(',')}]}`;
    case 'segments':
      return `{list,[${operand.items.map((item) => segmentToString(item)).join(',')}]}`;
    case 'commands':
      return `{commands,[${operand.items.map(commandToString).join(',')}]}`;
  }
}

/** Flags as `beam_disasm` prints those of the older instructions. */
export function flagsToString(flags: number): string {
  const names = Object.entries(segmentFlags).filter(([, bit]) => Math.floor(flags / bit) % 2 === 1);
  return `{field_flags,[${names.map(([name]) => name).join(',')}]}`;
}

function segmentToString(segment: Segment, strings?: Uint8Array): string {
  const { type, number, unit, flags, value, size } = segment;
  const length = size.kind === 'integer' ? Number(size.value) : 0;
  const isString = value.kind === 'u' && strings !== undefined;
  const text = isString ? stringToString(strings, value.value, length) : operandToString(value);
  return `{atom,${type}},${number},${unit},${flagsToString(flags)},${text},${operandToString(size)}`;
}

function commandToString(command: MatchCommand): string {
  const { op } = command;
  switch (op) {
    case 'ensure_at_least':
      return `{${op},${command.bits},${command.unit}}`;
    case 'ensure_exactly':
    case 'skip':
      return `{${op},${command.bits}}`;
    case 'get_tail':
      return `{${op},${command.live},${command.unit},${operandToString(command.dst)}}`;
    case '=:=':
      return `{'=:=',nil,${command.bits},${command.value}}`;
    case 'integer':
    case 'binary': {
      const { live, flags, size, unit, dst } = command;
      return `{${op},${live},${flagsToString(flags)},${size},${unit},${operandToString(dst)}}`;
    }
  }
}

function registerToString({ kind, index, type }: Reg): string {
  return type === 0 ? `{${kind},${index}}` : `{tr,{${kind},${index}},${type}}`;
}

function allocToString({ words, floats, funs }: Alloc): string {
  if (floats === 0 && funs === 0) return `${words}`;
  return `{alloc,[{words,${words}},{floats,${floats}},{funs,${funs}}]}`;
}

const reservedWords = new Set(
  (
    'after and andalso band begin bnot bor bsl bsr bxor case catch cond div else end fun if let maybe not of or ' +
    'orelse receive rem try when xor'
  ).split(' '),
);

/**
 * Atom as `io:format("~tp")` prints it: bare where it reads back as an atom, else quoted and escaped.
 * Rule: `io_lib:write_atom/1` (letters are those of Latin-1; `maybe` is quoted as OTP 27 and later do).
 */
export function atomToString(name: string): string {
  if (/^[a-zß-öø-ÿ][a-zA-Z0-9_@À-ÖØ-öø-ÿ]*$/u.test(name) && !reservedWords.has(name)) return name;
  const escaped = name.replace(/[\\']/gu, '\\$&').replace(/[\p{Cc}]/gu, escapeControl);
  return `'${escaped}'`;
}

const namedEscapes = new Map([
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['\x7f', '\\d'],
]);

function escapeControl(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return namedEscapes.get(char) ?? `\\${code.toString(8).padStart(3, '0')}`;
}
