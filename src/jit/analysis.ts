/** What is known of a function before a byte of it is emitted: its jump targets, re-entry points and frame sizes. */
import { opcodes } from '../isa/opcodes.ts';
import type { Operand } from '../isa/operands.ts';
import type { BeamFunction, Instruction } from '../loader/beam-module.ts';
import { SMALL_MAX } from '../term/layout.ts';
import type { ReturnPointKind } from './compiled-module.ts';
import { liveFloats } from './live-floats.ts';

/** No frame. */
export const NO_FRAME = -1;

/** The compiler of OTP 22 exchanges two registers through this one (`swap` came with 23). */
const SWAP_REGISTER = 1022;

/** A place in the code that something can branch to. */
export interface Target {
  /** Its number in `FunctionPlan.targets`. */
  readonly ordinal: number;
  /** Index of the instruction it lies before. */
  readonly position: number;
  /** The label, or 0 for a place behind a call or before a budget check's instruction. */
  readonly label: number;
  /** Branched to from earlier code. */
  readonly forward: boolean;
  /** Number in the dispatch at the function's head for branches from later code; 0: there are none. */
  branchPc: number;
  /** Number in the dispatch for re-entry; 0: it is never re-entered. */
  reentryPc: number;
  /** What is known of re-entry there. */
  reentry: Reentry | undefined;
}

/** What is known of a label, from the first operand on that names it. */
interface LabelFacts {
  target: Target | undefined;
  /** Y registers where something first branches to it. */
  readonly slots: number | undefined;
  /** How many operands name it. */
  branches: number;
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
const raisers = new Set(['badmatch', 'if_end', 'case_end', 'try_case_end', 'badrecord', 'raise', 'raw_raise']);
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

const NO_FLOATS: readonly number[] = [];

/** Instructions that take reductions: the operand that says how many X registers are alive, and how many are besides. */
const budgets: Readonly<Record<string, readonly [operand: number, more: number]>> = {
  allocate: [1, 0],
  allocate_zero: [1, 0],
  allocate_heap: [2, 0],
  allocate_heap_zero: [2, 0],
  call_only: [0, 0],
  call_last: [0, 0],
  call_ext_only: [0, 0],
  call_ext_last: [0, 0],
  apply_last: [0, 2],
  call_fun: [0, 1],
  // The driver has moved the fun to the X register behind the arguments.
  call_fun2: [1, 1],
};

/** What an opcode's row implies here, by its number: made once, as this is asked for each instruction of each module. */
interface Traits {
  readonly ends: boolean;
  readonly calls: boolean;
  readonly raises: boolean;
  /** The operand that is label 0 where the instruction raises, -1: none. */
  readonly fail: number;
  /** The operand that is a function's label, -1: none. */
  readonly entry: number;
  readonly budget: readonly [operand: number, more: number] | undefined;
  readonly callsFun: boolean;
  /** A tail call of an import: no such thing when it is a BIF. */
  readonly callsImportLast: boolean;
}

const traitsByOpcode: readonly Traits[] = [undefined, ...opcodes].map((row) => {
  const { name = '', operands = [] } = row ?? {};
  return {
    ends: enders.has(name),
    calls: bodyCalls.has(name),
    raises: raisers.has(name) || name === 'wait' || name === 'wait_timeout',
    fail: operands.findIndex(({ kind }) => kind === 'fail'),
    entry: operands.findIndex(({ kind }) => kind === 'entry'),
    budget: budgets[name],
    callsFun: name === 'call_fun' || name === 'call_fun2',
    callsImportLast: name === 'call_ext_only' || name === 'call_ext_last',
  };
});

function traitsOf({ op }: Instruction): Traits {
  return traitsByOpcode[op.number] as Traits;
}

/** Never falls through to the next instruction. */
export function endsFlow(instruction: Instruction): boolean {
  return traitsOf(instruction).ends;
}

/** A call of a fun whose value is returned at once: it is made a tail call, as OTP's loader does. */
export function callsFunLast(instructions: readonly Instruction[], index: number): boolean {
  const instruction = instructions[index];
  if (instruction === undefined || !traitsOf(instruction).callsFun) return false;
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
  readonly slotsBefore: number[];
  /** Current index into `lines.items` at each instruction. */
  readonly lineAt: number[];
  /** In the order of the code; at one position: behind the call before it, its label, its budget check. */
  readonly targets: Target[] = [];
  /** In the order of their pcs; those of kind `budget` come last. */
  readonly reentries: Reentry[] = [];
  /** How often the code may leave with a frame of so many Y registers: about, and 0 or more for no frame. */
  readonly exits = new Map<number, number>();
  maxSlots = NO_FRAME;
  /** Highest X register used (but for SWAP_REGISTER), at least 0. */
  maxX: number;
  /** Calls itself last (a loop). */
  selfTailCall = false;
  /** Has a `try` or `catch`, whose handlers take x0..x3 from memory. */
  handlers = false;
  /** Number of pcs for branches to earlier code: they are 1 to this number, those for re-entry follow. */
  branchPcs = 0;

  private readonly isBif: IsBif;
  private readonly labels = new Map<number, LabelFacts>();
  private readonly behindCall: (Target | undefined)[] = [];
  private readonly atBudget: (Target | undefined)[] = [];
  private readonly budgetTargets: Target[] = [];
  /** X registers alive at each budget check, -1: there is none. */
  private readonly liveAt: number[];
  private floatsAt: Map<number, readonly number[]> | undefined;
  private wideMask: boolean | undefined;
  private readonly waiting: Reentry[] = [];
  private readonly resumedLabels: { readonly kind: ReturnPointKind; readonly label: number; readonly line: number }[] =
    [];

  constructor(func: BeamFunction, isBif: IsBif) {
    this.func = func;
    this.isBif = isBif;
    this.maxX = Math.max(func.arity - 1, 0);
    // Of the size they need: arrays that grow have room for more.
    const count = func.instructions.length;
    this.slotsBefore = new Array<number>(count);
    this.lineAt = new Array<number>(count);
    this.liveAt = new Array<number>(count);
    this.scan();
    if (this.handlers) this.maxX = Math.max(this.maxX, 3);
    this.numberReentries();
  }

  /** The target of a label of this function; undefined for the function's head (`func_info`), which raises. */
  target(label: number): Target | undefined {
    return this.labels.get(label)?.target;
  }

  /** The place behind the call at instruction `index`. */
  targetBehind(index: number): Target | undefined {
    return this.behindCall[index];
  }

  /** The place behind the budget check of instruction `index`, if it has one. */
  budgetTarget(index: number): Target | undefined {
    return this.atBudget[index];
  }

  /** Later code branches back to some place. */
  get branchesBack(): boolean {
    return this.branchPcs > 0;
  }

  /** How many branches of the function's code go to a label. */
  branchesTo(label: number): number {
    return this.labels.get(label)?.branches ?? 0;
  }

  /** Somewhere integers are cut to a number of bits that is more than a small has. */
  get hasWideMask(): boolean {
    this.wideMask ??= this.func.instructions.some(
      ({ op, args }) => op.name === 'gc_bif2' && args.some((arg) => arg.kind === 'integer' && arg.value > SMALL_MAX),
    );
    return this.wideMask;
  }

  callsFunLast(index: number): boolean {
    return callsFunLast(this.func.instructions, index);
  }

  /**
   * X registers alive before an instruction that takes reductions (a frame is made, or a tail call), else -1. Whatever loops or
   * recurses passes one of these; a function that does neither costs nothing. The last of them stand for `budgetFloats`.
   */
  budgetLive(index: number): number {
    return this.liveAt[index] as number;
  }

  /** Float registers alive before an instruction that takes reductions. */
  budgetFloats(index: number): readonly number[] {
    return this.floatsAt?.get(index) ?? NO_FLOATS;
  }

  private scan(): void {
    const { instructions } = this.func;
    let slots = NO_FRAME;
    let line = this.func.infoLine;
    let reachable = true;
    for (let index = 0; index < instructions.length; index++) {
      const instruction = instructions[index] as Instruction;
      const { op, args } = instruction;
      if (op.name === 'label') {
        const label = numberAt(args, 0);
        const known = this.labels.get(label);
        if (known !== undefined) slots = known.slots ?? slots;
        else if (!reachable) slots = NO_FRAME;
        reachable = true;
        const target = this.addTarget(index, label, known !== undefined);
        if (known === undefined) this.labels.set(label, { target, slots: undefined, branches: 0 });
        else known.target = target;
      } else if (op.name === 'line') {
        line = numberAt(args, 0);
      }
      this.slotsBefore[index] = slots;
      this.lineAt[index] = line;
      this.liveAt[index] = -1;
      this.scanInstruction(instruction, index);
      slots = slotsAfter(instruction, slots);
      if (slots > this.maxSlots) this.maxSlots = slots;
      if (traitsOf(instruction).ends) reachable = false;
    }
  }

  private scanInstruction(instruction: Instruction, index: number): void {
    const { op, args } = instruction;
    const traits = traitsOf(instruction);
    const slots = this.slotsBefore[index] as number;
    const line = this.lineAt[index] as number;
    for (let i = 0; i < args.length; i++) {
      if (i !== traits.entry) this.scanOperand(args[i] as Operand, slots);
      else this.noteEntry(args[i] as Operand, op.name);
    }
    if (traits.budget !== undefined) this.noteBudget(instruction, index);
    if (this.isBodyCall(traits, args, index)) {
      const target = this.addTarget(index + 1, 0, false);
      this.behindCall[index] = target;
      this.waiting.push({ kind: 'call', target, slots, line });
      this.noteExit(slots);
    } else if (traits.raises || (traits.fail >= 0 && isNoLabel(args[traits.fail]))) {
      this.noteExit(slots);
    }
    if (op.name === 'try' || op.name === 'catch') {
      this.handlers = true;
      this.resumedLabels.push({ kind: op.name, label: labelAmong(args), line });
    } else if (op.name === 'wait' || op.name === 'wait_timeout') {
      this.resumedLabels.push({ kind: 'receive', label: labelAmong(args), line });
    }
  }

  private addTarget(position: number, label: number, forward: boolean): Target {
    const ordinal = this.targets.length;
    const target = { ordinal, position, label, forward, branchPc: 0, reentryPc: 0, reentry: undefined };
    this.targets.push(target);
    return target;
  }

  private noteExit(slots: number): void {
    const size = Math.max(slots, 0);
    this.exits.set(size, (this.exits.get(size) ?? 0) + 1);
  }

  private noteEntry(operand: Operand, name: string): void {
    const isSelf = operand.kind === 'f' && operand.label === this.func.entryLabel;
    if (isSelf && (name === 'call_only' || name === 'call_last')) this.selfTailCall = true;
  }

  private scanOperand(operand: Operand, slots: number): void {
    if (operand.kind === 'x') {
      if (operand.index > this.maxX && operand.index !== SWAP_REGISTER) this.maxX = operand.index;
    } else if (operand.kind === 'f') {
      if (operand.label > 0) this.noteBranch(operand.label, slots);
    } else if (operand.kind === 'list') {
      for (const item of operand.items) this.scanOperand(item, slots);
    }
  }

  private noteBranch(label: number, slots: number): void {
    const known = this.labels.get(label);
    if (known === undefined) {
      this.labels.set(label, { target: undefined, slots, branches: 1 });
      return;
    }
    known.branches++;
    const { target } = known;
    if (target !== undefined && target.branchPc === 0) target.branchPc = ++this.branchPcs;
  }

  private noteBudget({ op, args }: Instruction, index: number): void {
    const { budget, callsFun, callsImportLast } = traitsByOpcode[op.number] as Traits;
    if (budget === undefined || (callsFun && !this.callsFunLast(index))) return;
    if (callsImportLast && this.isBif(numberAt(args, 1))) return;
    const floats = op.name.startsWith('allocate') ? liveFloats(this.func.instructions, index) : NO_FLOATS;
    if (floats.length > 0) {
      this.floatsAt ??= new Map();
      this.floatsAt.set(index, floats);
    }
    const live = numberAt(args, budget[0]) + budget[1] + floats.length;
    this.liveAt[index] = live;
    if (live > this.maxX + 1) this.maxX = live - 1;
    const target = this.addTarget(index, 0, false);
    this.atBudget[index] = target;
    this.budgetTargets.push(target);
  }

  private isBodyCall({ calls, callsFun, callsImportLast }: Traits, args: readonly Operand[], index: number): boolean {
    if (calls) return !callsFun || !this.callsFunLast(index);
    return callsImportLast && this.isBif(numberAt(args, 1));
  }

  private numberReentries(): void {
    for (const reentry of this.waiting) this.addReentry(reentry);
    for (const { kind, label, line } of this.resumedLabels) {
      const target = this.target(label);
      if (target !== undefined) {
        // A process that waits is where its receive begins, as in OTP.
        const at = kind === 'receive' ? (this.lineAt[target.position] as number) : line;
        this.addReentry({ kind, target, slots: this.slotsBefore[target.position] as number, line: at });
      }
    }
    for (const target of this.budgetTargets) {
      const { position } = target;
      const slots = this.liveAt[position] as number;
      this.addReentry({ kind: 'budget', target, slots, line: this.lineAt[position] as number });
    }
  }

  private addReentry(reentry: Reentry): void {
    const { target } = reentry;
    if (target.reentry !== undefined) return;
    this.reentries.push(reentry);
    target.reentry = reentry;
    target.reentryPc = this.branchPcs + this.reentries.length;
  }
}

function isNoLabel(operand: Operand | undefined): boolean {
  return operand?.kind === 'f' && operand.label === 0;
}

function labelAmong(args: readonly Operand[]): number {
  const operand = args.find(({ kind }) => kind === 'f');
  return operand?.kind === 'f' ? operand.label : 0;
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
