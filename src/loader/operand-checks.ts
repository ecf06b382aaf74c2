/** What must hold of an operand beyond its tag, by the operand kinds of the opcode table. */
import { type OperandKind, operandKinds } from '../isa/opcodes.ts';
import { isConstant, isRegister, isSource, type Operand, type OperandTag } from '../isa/operands.ts';
import type { BitTables } from './bit-syntax.ts';

const arityLimit = 255;
const registerLimit = 1024;

/** What operands may refer to in the module at hand. */
export interface CheckTables extends BitTables {
  readonly importCount: number;
  readonly lambdaCount: number;
  readonly lineCount: number;
}

type Check = (operand: Operand, tables: CheckTables) => boolean;

const numberOf = (operand: Operand): number => (operand.kind === 'u' ? operand.value : 0);
const atMost =
  (limit: number): Check =>
  (operand) =>
    numberOf(operand) <= limit;

const isNumber = (operand: Operand): boolean => operand.kind === 'u';
const isAtom = (operand: Operand): boolean => operand.kind === 'atom';
const isTarget = (operand: Operand): boolean => operand.kind === 'f' && operand.label > 0;

/** A list in which each item, by its place in a group of `tests.length`, passes the test of that place. */
const groups =
  (...tests: readonly ((operand: Operand) => boolean)[]): Check =>
  (operand) =>
    operand.kind === 'list' &&
    operand.items.length % tests.length === 0 &&
    operand.items.every((item, i) => tests[i % tests.length]?.(item));

const checks: { readonly [kind in OperandKind]?: Check } = {
  label: isTarget,
  entry: isTarget,
  failOrAtom: (operand) => isTarget(operand) || (isAtom(operand) && isResumeMode(operand)),
  arity: atMost(arityLimit),
  live: atMost(registerLimit),
  frame: atMost(registerLimit),
  import: (operand, tables) => numberOf(operand) < tables.importCount,
  lambda: (operand, tables) => numberOf(operand) < tables.lambdaCount,
  funTag: (operand, tables) =>
    operand.kind === 'u' ? operand.value < tables.lambdaCount : isAtom(operand) && isFunTag(operand),
  line: (operand, tables) => numberOf(operand) < tables.lineCount,
  string: (operand, tables) => numberOf(operand) <= tables.strings.length,
  srcs: groups(isSource),
  yregs: groups((item) => item.kind === 'y'),
  cases: groups(isConstant, isTarget),
  arities: groups(isNumber, isTarget),
  assocs: groups(isSource, isSource),
  gets: groups(isSource, isRegister),
  updates: groups((item) => numberOf(item) > 0, isSource),
  fields: groups(isAtom, isSource),
  fieldGets: groups(isAtom, isRegister),
};

function isResumeMode(operand: Operand): boolean {
  return operand.kind === 'atom' && (operand.name === 'no_fail' || operand.name === 'resume');
}

function isFunTag(operand: Operand): boolean {
  return operand.kind === 'atom' && (operand.name === 'safe' || operand.name === 'unsafe');
}

/**
 * Whether the operand may stand where the opcode table wants this kind. That labels are defined, and where, is checked
 * when all code is read.
 */
export function operandFits(operand: Operand, kind: OperandKind, tables: CheckTables): boolean {
  const tags: readonly OperandTag[] = operandKinds[kind];
  if (!tags.includes(operand.kind)) return false;
  const check = checks[kind];
  return check === undefined || check(operand, tables);
}
