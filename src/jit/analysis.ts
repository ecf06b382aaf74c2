/** What is known of a function before a byte of it is emitted: its jump targets, re-entry points and frame sizes. */
import type { Operand } from '../isa/operands.ts';
import type { BeamFunction, Instruction } from '../loader/beam-module.ts';
import type { ReturnPointKind } from './compiled-module.ts';

/** No frame. */
export const NO_FRAME = -1;

/** The compiler of OTP 22 exchanges two registers through this one (`swap` came with 23). */
const SWAP_REGISTER = 1022;

/** A place in the code that something can branch to. */
export interface Target {
  /** Index of the instruction it lies before. */
  readonly position: number;
  /** The label, or 0 for a place behind a call or before a budget check's instruction. */
  readonly label: number;
  /** Branched to from earlier code. */
  forward: boolean;
  /** Number in the dispatch at the function's head for branches from later code; 0: there are none. */
  branchPc: number;
  /** Number in the dispatch for re-entry; 0: it is never re-entered. */
  reentryPc: number;
}

export interface Reentry {
  readonly kind: ReturnPointKind;
  readonly target: Target;
  /** Y registers in the frame, or NO_FRAME; for kind `budget` the number of X registers in it. */
  readonly slots: number;
  readonly line: number;
}

/** Where the code of an import is a BIF, a call to it is not an Erlang call. */
export type IsBif = (importIndex: number) => boolean;

const bodyCalls = new Set(['call', 'call_ext', 'call_fun', 'call_fun2', 'apply', 'send']);

/** Instructions that never fall through to the next one. */
const enders = new Set([
  'return',
  'jump',
  'call_only',
  'call_last',
  'call_ext_only',
  'call_ext_last',
  'apply_last',
  'badmatch',
  'if_end',
  'case_end',
  'try_case_end',
  'badrecord',
  'raise',
  'select_val',
  'select_tuple_arity',
  'wait',
  'loop_rec_end',
  'func_info',
  'int_code_end',
]);

/** Never falls through to the next instruction. */
export function endsFlow(instruction: Instruction): boolean {
  return enders.has(instruction.op.name);
}

/** A call of a fun whose value is returned at once: it is made a tail call, as OTP's loader does. */
export function callsFunLast(instructions: readonly Instruction[], index: number): boolean {
  const name = instructions[index]?.op.name;
  if (name !== 'call_fun' && name !== 'call_fun2') return false;
  const next = instructions[index + 1]?.op.name;
  return next === 'return' || (next === 'deallocate' && instructions[index + 2]?.op.name === 'return');
}

function numberAt(args: readonly Operand[], index: number): number {
  const operand = args[index];
  return operand?.kind === 'u' ? operand.value : 0;
}

export class FunctionPlan {
  readonly func: BeamFunction;
  /** Y registers before each instruction, or NO_FRAME. */
  readonly slotsBefore: Int16Array;
  /** Current index into `lines.items` at each instruction. */
  readonly lineAt: Int32Array;
  /** In the order of the code; at one position: behind the call before it, its label, its budget check. */
  readonly targets: Target[] = [];
  readonly reentries: Reentry[] = [];
  maxSlots = NO_FRAME;
  /** Most X registers alive at a budget check, -1: there is none. */
  maxLive = -1;
  /** Highest X register used (but for SWAP_REGISTER), at least 0. */
  maxX: number;
  /** Calls itself last (a loop). */
  selfTailCall = false;
  /** Has a `try` or `catch`, whose handlers take x0..x3 from memory. */
  handlers = false;

  private readonly isBif: IsBif;
  private readonly byLabel = new Map<number, Target>();
  private readonly behindCall = new Map<number, Target>();
  private readonly atBudget = new Map<number, Target>();
  private readonly labelSlots = new Map<number, number>();
  private nextPc = 1;

  constructor(func: BeamFunction, isBif: IsBif) {
    this.func = func;
    this.isBif = isBif;
    this.maxX = Math.max(func.arity - 1, 0);
    const count = func.instructions.length;
    this.slotsBefore = new Int16Array(count + 1);
    this.lineAt = new Int32Array(count + 1);
    this.findTargets();
    this.findJumps();
    this.findFrames();
    this.findReentries();
  }

  /** The target of a label of this function; undefined for the function's head (`func_info`), which raises. */
  target(label: number): Target | undefined {
    return this.byLabel.get(label);
  }

  /** The place behind the call at instruction `index`. */
  targetBehind(index: number): Target | undefined {
    return this.behindCall.get(index);
  }

  /** The place behind the budget check of instruction `index`, if it has one. */
  budgetTarget(index: number): Target | undefined {
    return this.atBudget.get(index);
  }

  /** Later code branches back to some place. */
  get branchesBack(): boolean {
    return this.targets.some((target) => target.branchPc > 0);
  }

  /** Number of pcs in use, 0 (the entry) included. */
  get pcCount(): number {
    return this.nextPc;
  }

  callsFunLast(index: number): boolean {
    return callsFunLast(this.func.instructions, index);
  }

  /**
   * X registers alive before an instruction that takes reductions (a frame is made, or a tail call), else -1. Whatever loops or
   * recurses passes one of these; a function that does neither costs nothing.
   */
  budgetLive(index: number): number {
    const { op, args } = this.func.instructions[index] as Instruction;
    switch (op.name) {
      case 'allocate':
      case 'allocate_zero':
        return numberAt(args, 1);
      case 'allocate_heap':
      case 'allocate_heap_zero':
        return numberAt(args, 2);
      case 'call_only':
      case 'call_last':
        return numberAt(args, 0);
      case 'call_ext_only':
      case 'call_ext_last':
        return this.isBif(numberAt(args, 1)) ? -1 : numberAt(args, 0);
      case 'apply_last':
        return numberAt(args, 0) + 2;
      case 'call_fun':
        return this.callsFunLast(index) ? numberAt(args, 0) + 1 : -1;
      case 'call_fun2':
        // The driver has moved the fun to the X register behind the arguments.
        return this.callsFunLast(index) ? numberAt(args, 1) + 1 : -1;
      default:
        return -1;
    }
  }

  private findTargets(): void {
    this.func.instructions.forEach(({ op, args }, index) => {
      if (op.name === 'label') this.byLabel.set(numberAt(args, 0), this.addTarget(index, numberAt(args, 0)));
      if (this.budgetLive(index) >= 0) this.atBudget.set(index, this.addTarget(index, 0));
      if (this.isBodyCall(index)) this.behindCall.set(index, this.addTarget(index + 1, 0));
    });
  }

  private addTarget(position: number, label: number): Target {
    const target = { position, label, forward: false, branchPc: 0, reentryPc: 0 };
    this.targets.push(target);
    return target;
  }

  private isBodyCall(index: number): boolean {
    const { op, args } = this.func.instructions[index] as Instruction;
    if (bodyCalls.has(op.name)) return !this.callsFunLast(index);
    return (op.name === 'call_ext_only' || op.name === 'call_ext_last') && this.isBif(numberAt(args, 1));
  }

  private findJumps(): void {
    this.func.instructions.forEach(({ op, args }, index) => {
      op.operands.forEach(({ kind }, i) => {
        const operand = args[i] as Operand;
        if (kind === 'entry') this.noteEntry(op.name, operand);
        else if (kind !== 'define') this.noteOperand(operand, index);
      });
      if (op.name === 'try' || op.name === 'catch') this.handlers = true;
    });
    if (this.handlers) this.maxX = Math.max(this.maxX, 3);
  }

  private noteEntry(name: string, operand: Operand): void {
    const isSelf = operand.kind === 'f' && operand.label === this.func.entryLabel;
    if (isSelf && (name === 'call_only' || name === 'call_last')) this.selfTailCall = true;
  }

  private noteOperand(operand: Operand, index: number): void {
    if (operand.kind === 'list') {
      for (const item of operand.items) this.noteOperand(item, index);
    } else if (operand.kind === 'x' && operand.index !== SWAP_REGISTER) {
      this.maxX = Math.max(this.maxX, operand.index);
    } else if (operand.kind === 'f' && operand.label > 0) {
      const target = this.byLabel.get(operand.label);
      if (target === undefined) return;
      if (target.position > index) target.forward = true;
      else if (target.branchPc === 0) target.branchPc = this.nextPc++;
    }
  }

  private findFrames(): void {
    const { instructions } = this.func;
    let slots = NO_FRAME;
    let line = this.func.infoLine;
    let reachable = true;
    instructions.forEach((instruction, index) => {
      const { op, args } = instruction;
      if (op.name === 'label') {
        const known = this.labelSlots.get(numberAt(args, 0));
        if (known !== undefined) slots = known;
        else if (!reachable) slots = NO_FRAME;
        reachable = true;
      }
      if (op.name === 'line') line = numberAt(args, 0);
      this.slotsBefore[index] = slots;
      this.lineAt[index] = line;
      this.recordLabelSlots(instruction, slots);
      slots = slotsAfter(instruction, slots);
      this.maxSlots = Math.max(this.maxSlots, slots);
      if (endsFlow(instruction)) reachable = false;
    });
    this.slotsBefore[instructions.length] = NO_FRAME;
  }

  private recordLabelSlots({ op, args }: Instruction, slots: number): void {
    const record = (operand: Operand): void => {
      if (operand.kind === 'f' && !this.labelSlots.has(operand.label)) this.labelSlots.set(operand.label, slots);
      else if (operand.kind === 'list') operand.items.forEach(record);
    };
    op.operands.forEach(({ kind }, i) => {
      if (kind !== 'entry' && kind !== 'define') record(args[i] as Operand);
    });
  }

  private findReentries(): void {
    this.func.instructions.forEach(({ op, args }, index) => {
      const slots = this.slotsBefore[index] as number;
      const live = this.budgetLive(index);
      this.maxLive = Math.max(this.maxLive, live);
      this.maxX = Math.max(this.maxX, live - 1);
      this.addReentry(this.atBudget.get(index), 'budget', live, index);
      this.addReentry(this.behindCall.get(index), 'call', slots, index);
      const label = args.find((operand) => operand.kind === 'f');
      const target = label?.kind === 'f' ? this.byLabel.get(label.label) : undefined;
      if (target === undefined) return;
      const slotsThere = this.slotsBefore[target.position] as number;
      if (op.name === 'try' || op.name === 'catch') this.addReentry(target, op.name, slotsThere, index);
      else if (op.name === 'wait' || op.name === 'wait_timeout') this.addReentry(target, 'receive', slotsThere, index);
    });
  }

  private addReentry(target: Target | undefined, kind: ReturnPointKind, slots: number, index: number): void {
    if (target === undefined || target.reentryPc > 0) return;
    target.reentryPc = this.nextPc++;
    this.reentries.push({ kind, target, slots, line: this.lineAt[index] as number });
  }
}

function slotsAfter({ op, args }: Instruction, slots: number): number {
  switch (op.name) {
    case 'allocate':
    case 'allocate_heap':
    case 'allocate_zero':
    case 'allocate_heap_zero':
      return numberAt(args, 0);
    case 'deallocate':
      return NO_FRAME;
    case 'trim':
      return numberAt(args, 1);
    default:
      return slots;
  }
}
