/** What must hold of an operand beyond its tag, by the operand kinds of the opcode table. */
import { type OpcodeRow, type OperandKind, type OperandSpec, opcodes, operandKinds } from '../isa/opcodes.ts';
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

/** How the operands of one opcode are read and checked; made once, as this is most of what loading does. */
export interface OperandPlan {
  readonly role: string;
  readonly kind: OperandKind;
  /** In the file it is a list. */
  readonly isList: boolean;
  /** It may hold a label, so `CodeLabels` must see it. */
  readonly hasLabels: boolean;
  /** What it may be; that labels are defined, and where, is checked when all code is read. */
  readonly tags: readonly OperandTag[];
  readonly check: Check | undefined;
}

const listTags = new Set<OperandTag>(['list', 'segments', 'commands']);
const labelKinds = new Set<OperandKind>(['define', 'label', 'fail', 'failOrAtom', 'cases', 'arities']);

function planOperand({ role, kind }: OperandSpec): OperandPlan {
  const tags = operandKinds[kind];
  return { role, kind, tags, isList: listTags.has(tags[0]), hasLabels: labelKinds.has(kind), check: checks[kind] };
}

const plans = opcodes.map(({ operands }) => operands.map(planOperand));

/** The plans for the operands of an opcode. */
export function operandPlans({ number }: OpcodeRow): readonly OperandPlan[] {
  return plans[number - 1] ?? [];
}

/** Whether the operand may stand where the plan is for. */
export function operandFits(operand: Operand, { tags, check }: OperandPlan, tables: CheckTables): boolean {
  return tags.includes(operand.kind) && (check === undefined || check(operand, tables));
}
