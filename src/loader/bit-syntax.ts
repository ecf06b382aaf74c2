/** Takes the lists of `bs_create_bin` and `bs_match` apart. Rules: `create_bin` and `bs_match` in generators.tab. */
import {
  isRegister,
  isSource,
  type Literal,
  type MatchCommand,
  type Operand,
  type OperandList,
  type Reg,
  type Segment,
  type SegmentType,
  segmentFlags,
  type Unsigned,
} from '../isa/operands.ts';
import { LoadError } from './load-error.ts';
import { decodeLatin1 } from './utf8.ts';

export interface BitTables {
  readonly literals: readonly Uint8Array[];
  readonly strings: Uint8Array;
}

const segmentTypes = new Set<string>([
  'append',
  'private_append',
  'binary',
  'float',
  'integer',
  'string',
  'utf8',
  'utf16',
  'utf32',
]);

function bad(what: string): never {
  throw new LoadError('badfile', what);
}

/** The segments of a `segments` operand. */
export function parseSegments(list: OperandList, tables: BitTables): Segment[] {
  const { items } = list;
  if (items.length % 6 !== 0) bad('the list is not made of groups of six');
  const segments: Segment[] = [];
  for (let i = 0; i < items.length; i += 6) {
    const segment = parseSegment(items.slice(i, i + 6), tables);
    if (i > 0 && segment.type.endsWith('append')) bad(`${segment.type} is not the first segment`);
    segments.push(segment);
  }
  return segments;
}

function parseSegment(group: readonly Operand[], { literals, strings }: BitTables): Segment {
  const [type, number, unit, flags, value, size] = group;
  if (type?.kind !== 'atom' || value === undefined || size === undefined || !isSource(size)) bad('a segment is bad');
  if (!isSegmentType(type.name)) bad(`there is no segment type ${type.name}`);
  const common = {
    type: type.name,
    number: numberOf(number),
    unit: numberOf(unit),
    flags: flagsOf(flags, literals),
    size,
  };
  if (type.name === 'string') return { ...common, value: stringOffset(value, size, strings) };
  return isSource(value) ? { ...common, value } : bad('a segment has no value');
}

const isSegmentType = (name: string): name is SegmentType => segmentTypes.has(name);

function stringOffset(offset: Operand, size: Operand, strings: Uint8Array): Unsigned {
  const length = size.kind === 'integer' && typeof size.value === 'number' ? size.value : -1;
  const inside = offset.kind === 'u' && length >= 0 && offset.value + length <= strings.length;
  return inside ? offset : bad('a string segment is bad');
}

/** The commands of a `commands` operand. A number of bits too large for any binary is given as Infinity. */
export function parseMatchCommands(list: OperandList, tables: BitTables): MatchCommand[] {
  const commands: MatchCommand[] = [];
  const { items } = list;
  for (let at = 0; at < items.length; ) {
    const op = items[at];
    const length = op?.kind === 'atom' ? commandLengths.get(op.name) : undefined;
    if (op?.kind !== 'atom' || length === undefined) {
      bad(op?.kind === 'atom' ? `there is no command ${op.name}: made by a later OTP release?` : 'a command is bad');
    }
    commands.push(parseCommand(op.name, items.slice(at + 1, at + length), tables));
    at += length;
  }
  return commands;
}

/** Number of operands of each command, its name included. */
const commandLengths = new Map([
  ['ensure_at_least', 3],
  ['ensure_exactly', 2],
  ['skip', 2],
  ['get_tail', 4],
  ['=:=', 4],
  ['integer', 6],
  ['binary', 6],
]);

function parseCommand(op: string, args: readonly Operand[], tables: BitTables): MatchCommand {
  const [first, second, third, fourth, fifth] = args;
  switch (op) {
    case 'ensure_at_least':
      return { op, bits: bitsOf(first), unit: numberOf(second) };
    case 'ensure_exactly':
    case 'skip':
      return { op, bits: bitsOf(first) };
    case 'get_tail':
      return { op, live: liveOf(first), unit: numberOf(second), dst: registerOf(third) };
    case '=:=':
      return { op, bits: bitsOf(second), value: bigOf(third) };
    case 'integer':
    case 'binary':
      return {
        op,
        live: liveOf(first),
        flags: flagsOf(second, tables.literals),
        size: bitsOf(third),
        unit: numberOf(fourth),
        dst: registerOf(fifth),
      };
    default:
      return bad(`there is no command ${op}`);
  }
}

function numberOf(operand: Operand | undefined): number {
  return operand?.kind === 'u' ? operand.value : bad('a number is missing');
}

function liveOf(operand: Operand | undefined): number {
  const live = numberOf(operand);
  return live <= 1024 ? live : bad('there are too many live registers');
}

function bitsOf(operand: Operand | undefined): number {
  return operand?.kind === 'o' ? Number.POSITIVE_INFINITY : numberOf(operand);
}

function bigOf(operand: Operand | undefined): bigint {
  return operand?.kind === 'o' ? operand.value : BigInt(numberOf(operand));
}

function registerOf(operand: Operand | undefined): Reg {
  return operand !== undefined && isRegister(operand) ? operand : bad('a register is missing');
}

function flagsOf(operand: Operand | undefined, literals: readonly Uint8Array[]): number {
  if (operand?.kind === 'nil') return 0;
  return operand?.kind === 'literal' ? flagsOfLiteral(operand, literals) : bad('flags are bad');
}

/** Flags are a list of atoms. Names that are no flags say nothing, as in OTP. */
function flagsOfLiteral(operand: Literal, literals: readonly Uint8Array[]): number {
  const bytes = literals[operand.index] ?? bad('flags are bad');
  const count = bytes[5] ?? 0;
  if (bytes[1] !== 108) bad('flags are bad');
  let flags = 0;
  let at = 6;
  for (let i = 0; i < count; i++) {
    const wide = bytes[at] === 100 || bytes[at] === 118;
    if (!wide && bytes[at] !== 115 && bytes[at] !== 119) bad('flags are bad');
    const start = at + (wide ? 3 : 2);
    const end = start + (bytes[start - 1] ?? 0);
    flags |= flagBits.get(decodeLatin1(bytes.subarray(start, end))) ?? 0;
    at = end;
  }
  return flags;
}

const flagBits = new Map<string, number>(Object.entries(segmentFlags));
