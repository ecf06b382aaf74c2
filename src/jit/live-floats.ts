/** Which float registers hold values that later code needs: the compiler may make a frame in the middle of float arithmetic. */
import { opcodes, operandKinds } from '../isa/opcodes.ts';
import type { Operand } from '../isa/operands.ts';
import type { Instruction } from '../loader/beam-module.ts';

/** Float registers do not survive these, nor the end of the code's flow. */
const forgetting = new Set([
  'call',
  'call_ext',
  'call_fun',
  'call_fun2',
  'apply',
  'send',
  'return',
  'jump',
  'badmatch',
  'case_end',
  'if_end',
]);

/** What an instruction is to this question, by its opcode. */
type Role = 'ends' | 'floats' | 'other';

const roles: readonly Role[] = [undefined, ...opcodes].map((row) => {
  if (row === undefined || row.name === 'label' || forgetting.has(row.name)) return 'ends';
  return row.operands.some(({ kind }) => (operandKinds[kind] as readonly string[]).includes('fr')) ? 'floats' : 'other';
});

const NONE: readonly number[] = [];

/**
 * Indexes of the float registers that code behind the instruction at `from` reads before it writes them, ascending; perhaps more. Only
 * straight code is looked at: float arithmetic is never branched into.
 */
export function liveFloats(instructions: readonly Instruction[], from: number): readonly number[] {
  const first = firstFloats(instructions, from + 1);
  if (first < 0) return NONE;
  const read = new Set<number>();
  const written = new Set<number>();
  for (let index = first; index < instructions.length; index++) {
    const { op, args } = instructions[index] as Instruction;
    const role = roles[op.number] as Role;
    if (role === 'ends') break;
    if (role === 'other') continue;
    const last = args.length - 1;
    for (let i = 0; i < last; i++) noteRead(args[i] as Operand, read, written);
    const dst = args[last];
    if (dst?.kind === 'fr') written.add(dst.index);
  }
  return [...read].sort((a, b) => a - b);
}

/** Where straight code first has to do with float registers, nearly always nowhere: -1. */
function firstFloats(instructions: readonly Instruction[], from: number): number {
  for (let index = from; index < instructions.length; index++) {
    const role = roles[(instructions[index] as Instruction).op.number] as Role;
    if (role !== 'other') return role === 'floats' ? index : -1;
  }
  return -1;
}

function noteRead(operand: Operand, read: Set<number>, written: ReadonlySet<number>): void {
  if (operand.kind === 'fr' && !written.has(operand.index)) read.add(operand.index);
}
