/**
 * Where a function catches what is raised in it or in what it calls: known before it runs, so that many exceptions need not go through the
 * scheduler (FunctionFrame.leave). An exception is caught in place if its handler only looks at class and reason, or lets it go on:
 * the trace, which needs the whole stack, is then taken when it goes on, if ever (runtime/caught-exceptions.ts).
 */
import { type OperandKind, opcodes, operandKinds } from '../isa/opcodes.ts';
import type { Operand } from '../isa/operands.ts';
import type { Instruction } from '../loader/beam-module.ts';
import { endsFlow, type FunctionPlan } from './analysis.ts';
import { xUsage } from './x-usage.ts';

export interface Handler {
  readonly kind: 'try' | 'catch';
  readonly label: number;
  /** The slot of its tag: words below the frame's end. */
  readonly slot: number;
}

type Active = readonly Handler[];

const NO_HANDLERS: Active = [];
/** Of functions without handlers. */
const NOTHING = new Map<number, never>();
/** X register in which a `try` gets the trace. */
const TRACE = 2;
/** Instructions looked at for one handler at most. */
const MOST_STEPS = 200;
const ends = new Set(['try_end', 'try_case', 'catch_end']);
/** Instructions that may name labels, by opcode. */
const naming: readonly boolean[] = [undefined, ...opcodes].map(
  (row) => row?.operands.some(({ kind }) => kind === 'cases' || kind === 'arities' || isLabel(kind)) === true,
);

function isLabel(kind: OperandKind): boolean {
  return (operandKinds[kind] as readonly string[]).includes('f');
}

export class Handlers {
  private readonly plan: FunctionPlan;
  /** The innermost handler of each instruction, if it can be entered in place. */
  private readonly innermost: (Handler | undefined)[] = [];
  private readonly atLabel: Map<number, Active>;
  private readonly simple: Map<number, boolean>;

  /** `isPlain`: no exception is caught in place. */
  constructor(plan: FunctionPlan, isPlain: boolean) {
    this.plan = plan;
    const scans = plan.handlers && !isPlain;
    this.atLabel = scans ? new Map() : NOTHING;
    this.simple = scans ? new Map() : NOTHING;
    if (scans) this.scan(plan.func.instructions);
  }

  /** The handler that an exception in instruction `index` goes to directly. */
  at(index: number): Handler | undefined {
    return this.innermost[index];
  }

  private scan(instructions: readonly Instruction[]): void {
    let active = NO_HANDLERS;
    let reachable = true;
    instructions.forEach((instruction, index) => {
      const { op, args } = instruction;
      if (op.name === 'label') {
        const [label] = args;
        const known = label?.kind === 'u' ? this.atLabel.get(label.value) : undefined;
        if (known !== undefined) active = known;
        else if (!reachable) active = NO_HANDLERS;
        reachable = true;
      }
      const last = active.at(-1);
      this.innermost.push(last !== undefined && this.isSimple(last, index) ? last : undefined);
      active = this.after(instruction, index, active);
      if (naming[op.number] === true) for (const operand of args) this.note(operand, active);
      if (endsFlow(instruction)) reachable = false;
    });
  }

  /** The innermost handler is the one with the lowest tag, so the last. */
  private after({ op, args }: Instruction, index: number, active: Active): Active {
    if (op.family !== 'exceptions') return active;
    const [register, target] = args;
    const slots = this.plan.slotsBefore[index] as number;
    if (register?.kind !== 'y') return active;
    const slot = slots - register.index;
    if ((op.name === 'try' || op.name === 'catch') && target?.kind === 'f') {
      const handler: Handler = { kind: op.name, label: target.label, slot };
      return [...active, handler].toSorted((a, b) => a.slot - b.slot);
    }
    return ends.has(op.name) ? active.filter((handler) => handler.slot !== slot) : active;
  }

  private note(operand: Operand, active: Active): void {
    if (operand.kind === 'list') for (const item of operand.items) this.note(item, active);
    if (operand.kind !== 'f' || operand.label === 0 || this.atLabel.has(operand.label)) return;
    this.atLabel.set(operand.label, active);
  }

  private isSimple({ kind, label }: Handler, from: number): boolean {
    const target = this.plan.target(label);
    if (target === undefined || target.position <= from) return false;
    if (kind === 'catch') return true;
    let simple = this.simple.get(label);
    if (simple === undefined) {
      simple = this.leavesTrace(target.position);
      this.simple.set(label, simple);
    }
    return simple;
  }

  /** Whether no code from `position` on does anything with the trace but let the exception go on. */
  private leavesTrace(position: number): boolean {
    const { instructions } = this.plan.func;
    const places = [position];
    const visited = new Set(places);
    let steps = MOST_STEPS;
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      for (let index = place; index < instructions.length; index++) {
        const instruction = instructions[index] as Instruction;
        const kept = keepsTrace(instruction);
        if (--steps < 0 || kept === 'used') return false;
        if (instruction.op.family !== 'calls' && !this.follow(instruction.args, places, visited)) return false;
        if (kept === 'gone' || endsFlow(instruction)) break;
      }
    }
    return true;
  }

  /** False: the trace gets to the function's head. */
  private follow(operands: readonly Operand[], places: number[], visited: Set<number>): boolean {
    return operands.every((operand) => {
      if (operand.kind === 'list') return this.follow(operand.items, places, visited);
      if (operand.kind !== 'f' || operand.label === 0) return true;
      const target = this.plan.target(operand.label);
      if (target === undefined) return false;
      if (!visited.has(target.position)) places.push(target.position);
      visited.add(target.position);
      return true;
    });
  }
}

/** What an instruction does with the trace in its X register. */
function keepsTrace(instruction: Instruction): 'kept' | 'gone' | 'used' {
  const { op, args } = instruction;
  if (op.name === 'try_case' || op.name === 'jump') return 'kept';
  if (op.name === 'raise') return args[0]?.kind === 'x' && args[0].index === TRACE ? 'gone' : 'used';
  const usage = xUsage(instruction);
  if (usage === undefined || op.name.startsWith('allocate')) return 'used';
  if (usage.reads.includes(TRACE) || TRACE < usage.readsBelow) return 'used';
  return usage.forgets || usage.writes.includes(TRACE) ? 'gone' : 'kept';
}
