/** Whether the value of an X register may still be read, asked for single registers at single places. */
import type { Operand } from '../isa/operands.ts';
import type { Instruction } from '../loader/beam-module.ts';
import { endsFlow, type FunctionPlan } from './analysis.ts';
import { xUsage } from './x-usage.ts';

/** Instructions looked at for one answer at most; beyond them the answer is yes. */
const MOST_STEPS = 400;

export class XLiveness {
  private readonly plan: FunctionPlan;
  private readonly known = new Map<number, boolean>();
  private steps = 0;
  private visited = new Set<number>();

  constructor(plan: FunctionPlan) {
    this.plan = plan;
  }

  /** Before instruction `index`. */
  isLive(index: number, register: number): boolean {
    const key = index * 1024 + register;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.steps = MOST_STEPS;
    this.visited = new Set();
    const live = this.scan(index, register);
    this.known.set(key, live);
    return live;
  }

  /** At a label of the function; one that is none of its targets is its head, where all arguments are read. */
  isLiveAtLabel(label: number, register: number): boolean {
    const target = this.plan.target(label);
    if (target === undefined) return register < this.plan.func.arity;
    return this.isLive(target.position, register);
  }

  private scan(from: number, register: number): boolean {
    const { instructions } = this.plan.func;
    for (let index = from; index < instructions.length; index++) {
      const instruction = instructions[index] as Instruction;
      if (--this.steps < 0) return true;
      const usage = xUsage(instruction);
      if (usage === undefined || usage.reads.includes(register) || register < usage.readsBelow) return true;
      if (instruction.args.some((operand) => this.liveAtOperand(operand, register, instruction.op.family === 'calls')))
        return true;
      if (usage.forgets || usage.writes.includes(register) || endsFlow(instruction)) return false;
    }
    return false;
  }

  private liveAtOperand(operand: Operand, register: number, isCall: boolean): boolean {
    if (operand.kind === 'list') return operand.items.some((item) => this.liveAtOperand(item, register, isCall));
    if (operand.kind !== 'f' || operand.label === 0 || isCall) return false;
    const target = this.plan.target(operand.label);
    if (target === undefined) return register < this.plan.func.arity;
    if (this.visited.has(target.position)) return false;
    this.visited.add(target.position);
    return this.scan(target.position, register);
  }
}
