/** Which float registers hold values that later code needs: the compiler may make a frame in the middle of float arithmetic. */
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

/**
 * Indexes of the float registers that code behind the instruction at `from` reads before it writes them, ascending; perhaps more. Only
 * straight code is looked at: float arithmetic is never branched into.
 */
export function liveFloats(instructions: readonly Instruction[], from: number): number[] {
  const read = new Set<number>();
  const written = new Set<number>();
  for (let index = from + 1; index < instructions.length; index++) {
    const { op, args } = instructions[index] as Instruction;
    if (op.name === 'label' || forgetting.has(op.name)) break;
    const last = args.length - 1;
    args.forEach((operand, i) => {
      if (i < last) noteRead(operand, read, written);
    });
    const dst = args[last];
    if (dst?.kind === 'fr') written.add(dst.index);
  }
  return [...read].sort((a, b) => a - b);
}

function noteRead(operand: Operand, read: Set<number>, written: ReadonlySet<number>): void {
  if (operand.kind === 'fr' && !written.has(operand.index)) read.add(operand.index);
}
