/**
 * Which arguments of a function that loops (calls itself last) go round the loop as i64: those that the compiler knows as integers of at
 * most 64 bits where they are first read, and that arithmetic in the function writes again.
 */
import type { Operand } from '../isa/operands.ts';
import { type BeamType, typeBits } from '../isa/types.ts';
import type { Instruction } from '../loader/beam-module.ts';
import { SMALL_MAX, SMALL_MIN } from '../term/layout.ts';
import { endsFlow, type FunctionPlan } from './analysis.ts';
import { type IntegerRange, isLong } from './integer-range.ts';
import { xUsage } from './x-usage.ts';

export interface LoopQuery {
  readonly plan: FunctionPlan;
  readonly typeOf: (index: number) => BeamType;
  /** The instruction works on integers. */
  readonly isLongUse: (instruction: Instruction) => boolean;
}

/** By X register: the integers that it can hold whenever the function begins; `any` only in functions that have wide masks. */
export function loopRegisters(query: LoopQuery): Map<number, IntegerRange | 'any'> {
  const found = new Map<number, IntegerRange | 'any'>();
  for (const register of computed(query)) {
    // Whether something reads it as a long is cheap to ask, and the answer is nearly always no.
    if (!query.plan.func.instructions.some((one) => rangeRead(query, one, register) !== undefined)) continue;
    const range = firstRead(query, 0, register, new Set());
    if (range !== undefined) found.set(register, range);
  }
  return found;
}

/** Arguments that arithmetic on integers writes, ascending. */
function computed(query: LoopQuery): number[] {
  const { arity, instructions } = query.plan.func;
  const registers: number[] = [];
  for (const instruction of instructions) {
    if (!isArithmetic(instruction)) continue;
    const dst = instruction.args[instruction.args.length - 1];
    if (dst?.kind !== 'x' || dst.index >= arity || registers.includes(dst.index)) continue;
    if (query.isLongUse(instruction)) registers.push(dst.index);
  }
  return registers.sort((a, b) => a - b);
}

const isArithmetic = ({ op }: Instruction): boolean => op.name === 'gc_bif2' || op.name === 'gc_bif1';

/**
 * What the compiler knows of the register where it is first read on some way from an instruction on, if arithmetic reads it there. Nothing
 * on the way has looked at it, so that is known of it at the way's beginning, too.
 */
function firstRead(
  query: LoopQuery,
  from: number,
  register: number,
  visited: Set<number>,
): IntegerRange | 'any' | undefined {
  const { plan } = query;
  const { instructions } = plan.func;
  for (let index = from; index < instructions.length; index++) {
    const instruction = instructions[index] as Instruction;
    const usage = xUsage(instruction);
    if (usage === undefined || register < usage.readsBelow) return undefined;
    if (usage.reads.includes(register)) return rangeRead(query, instruction, register);
    for (const label of usage.forgets ? [] : labelsOf(instruction)) {
      const target = plan.target(label);
      if (target === undefined || visited.has(target.position)) continue;
      visited.add(target.position);
      const range = firstRead(query, target.position, register, visited);
      if (range !== undefined) return range;
    }
    if (usage.forgets || usage.writes.includes(register) || endsFlow(instruction)) return undefined;
  }
  return undefined;
}

function labelsOf({ args }: Instruction): number[] {
  const operands = args.flatMap((operand): readonly Operand[] => (operand.kind === 'list' ? operand.items : [operand]));
  return operands.flatMap((operand) => (operand.kind === 'f' && operand.label > 0 ? [operand.label] : []));
}

function rangeRead(query: LoopQuery, instruction: Instruction, register: number): IntegerRange | 'any' | undefined {
  const sources = instruction.args.length - (isArithmetic(instruction) ? 1 : 0);
  for (let i = 0; i < sources; i++) {
    const operand = instruction.args[i] as Operand;
    if (operand.kind !== 'x' || operand.index !== register) continue;
    if (operand.type === 0 || !query.isLongUse(instruction)) return undefined;
    const { union, min, max } = query.typeOf(operand.type);
    if (union !== typeBits.integer) return undefined;
    if (min === undefined || max === undefined) return query.plan.hasWideMask ? 'any' : undefined;
    const isSmall = min >= SMALL_MIN && max <= SMALL_MAX;
    return !isSmall && isLong({ min, max }) ? { min, max } : undefined;
  }
  return undefined;
}
