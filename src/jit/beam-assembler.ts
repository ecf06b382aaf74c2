/**
 * The macro assembler of one Erlang function: what instruction emitters are written in. Registers are wasm locals; the
 * Erlang stack is written only when the function is left with 0 (function-frame.ts). See docs/ARCHITECTURE.md, "call".
 */
import type { Operand } from '../isa/operands.ts';
import { typeBits } from '../isa/types.ts';
import { HEND, HTOP } from '../memory/map.ts';
import { PREDEFINED_ATOMS } from '../term/atom-names.ts';
import {
  ATOM_TAG,
  FLOAT_VALUE,
  IMMED_SHIFT,
  NIL,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  SMALL_MAX,
  SMALL_MIN,
} from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { type FuncIndex, f64, i32, type Label, type Local, type ValType } from '../wasm/types.ts';
import { type FunctionPlan, NO_FRAME, type Target } from './analysis.ts';
import { isSmallInteger, smallWord } from './constants.ts';
import type { FunctionFrame } from './function-frame.ts';
import type { ModuleTranslator } from './module-translator.ts';
import { RawIntegers } from './raw-integers.ts';
import { RELOC_ATOM, RELOC_INTEGER, RELOC_LITERAL } from './relocations.ts';
import type { RuntimeName } from './runtime-table.ts';

/** The words of the atoms `false` and `true`, the first two of atom-names.ts. */
export const FALSE_WORD = ATOM_TAG;
export const TRUE_WORD = (1 << IMMED_SHIFT) | ATOM_TAG;

/** Floats lie at multiples of four bytes. */
export const WORD_ALIGNMENT = 2;

/** Indexes of the atoms that have the same word in every run. */
const predefined: ReadonlyMap<string, number> = new Map(PREDEFINED_ATOMS.map((name, index) => [name, index]));

/** Stands for the label of `truthOf` where an emitter of tests expects a label of the function. */
const FALSE_LABEL = -1;

const NONE: readonly number[] = [];

export class BeamAssembler {
  readonly translator: ModuleTranslator;
  readonly plan: FunctionPlan;
  /** Index into `module.functions`. */
  readonly index: number;
  readonly w: FunctionBuilder;
  /** The resume function is being emitted (function-frame.ts), not the main one. */
  readonly resuming: boolean;
  /** Where the dispatch goes; the return address while the function is being left. */
  readonly pc: Local;
  /** Integers that registers hold as i64. */
  readonly raw: RawIntegers;
  /** Set by the driver before the first instruction. */
  frame!: FunctionFrame;

  /** Index of the instruction being emitted. */
  at = 0;
  /** Y registers now, or NO_FRAME. */
  slots = NO_FRAME;
  /** Index into `lines.items`. */
  line = 0;
  /** Code here can be reached. */
  reachable = true;

  private readonly x: (Local | undefined)[] = [];
  private readonly y: (Local | undefined)[] = [];
  private readonly f: (Local | undefined)[] = [];
  private readonly idle: Partial<Record<ValType, Local[]>> = { [i32]: [] };
  private heapLocal: Local | undefined;
  /** Words that `heapLocal` still has: reserved, not yet filled. */
  private reserved = 0;
  /** By the ordinals of labels' targets. */
  private readonly reservedAt: (number | undefined)[] = [];
  private falseLabel: Label | undefined;

  constructor(translator: ModuleTranslator, plan: FunctionPlan, index: number, resuming: boolean) {
    this.translator = translator;
    this.plan = plan;
    this.index = index;
    this.resuming = resuming;
    this.w = translator.body(index, resuming);
    if (resuming) {
      this.pc = this.w.param(0, 'pc');
      this.x.push(this.w.param(1, 'x0'));
    } else {
      const free = translator.lambdaOf[index]?.numFree ?? 0;
      for (let i = 0; i < plan.func.arity - free; i++) this.x.push(this.w.param(i, `x${i}`));
      this.pc = this.w.local(i32, 'pc');
    }
    this.reachable = !resuming;
    this.raw = new RawIntegers(this);
  }

  // ---- registers -------------------------------------------------------------------------------------------------

  xLocal(index: number): Local {
    const known = this.x[index];
    if (known !== undefined) return known;
    const local = this.w.local(i32, `x${index}`);
    this.x[index] = local;
    return local;
  }

  /** The local of the frame's slot `position` words below the frame's end (1 and up): y(i) of n is slot n - i, whatever is trimmed. */
  slotLocal(position: number): Local {
    const known = this.y[position];
    if (known !== undefined) return known;
    const local = this.w.local(i32, `slot${position}`);
    this.y[position] = local;
    return local;
  }

  yLocal(index: number): Local {
    return this.slotLocal(this.slots - index);
  }

  floatLocal(index: number): Local {
    const known = this.f[index];
    if (known !== undefined) return known;
    const local = this.w.local(f64, `fr${index}`);
    this.f[index] = local;
    return local;
  }

  /** A local that nobody else uses until `release`. */
  temporary(type: ValType = i32): Local {
    return this.idle[type]?.pop() ?? this.w.local(type);
  }

  release(local: Local, type: ValType = i32): void {
    const list = this.idle[type];
    if (list === undefined) this.idle[type] = [local];
    else list.push(local);
  }

  withTemporary(emit: (local: Local) => void, type: ValType = i32): void {
    const local = this.temporary(type);
    emit(local);
    this.release(local, type);
  }

  // ---- operands --------------------------------------------------------------------------------------------------

  /** Pushes a term: a register, or a constant. */
  push(operand: Operand): void {
    const { w } = this;
    switch (operand.kind) {
      case 'x':
        return w.localGet(this.xLocal(operand.index));
      case 'y':
        return w.localGet(this.yLocal(operand.index));
      case 'atom':
        return this.pushAtom(operand.index, operand.name);
      case 'nil':
        return w.i32Const(NIL);
      case 'integer':
        return this.pushInteger(operand.value);
      case 'literal':
        return w.i32ConstReloc(RELOC_LITERAL, operand.index);
      default:
        throw new TypeError(`operand of kind ${operand.kind} is no term`);
    }
  }

  private pushAtom(index: number, name: string): void {
    const known = predefined.get(name);
    if (known === undefined) this.w.i32ConstReloc(RELOC_ATOM, index);
    else this.w.i32Const((known << IMMED_SHIFT) | ATOM_TAG);
  }

  pushInteger(value: number | bigint): void {
    if (isSmallInteger(value)) this.w.i32Const(smallWord(value));
    else this.w.i32ConstReloc(RELOC_INTEGER, this.translator.integer(BigInt(value)));
  }

  /** Pushes the numbers of an `u` operand as an untagged i32. */
  pushNumber(operand: Operand): void {
    this.w.i32Const(this.number(operand));
  }

  number(operand: Operand | undefined): number {
    if (operand?.kind === 'u') return operand.value;
    if (operand?.kind === 'alloc') return operand.words;
    throw new TypeError(`operand of kind ${operand?.kind} is no number`);
  }

  /** Pops a term into a register. */
  pop(operand: Operand): void {
    this.w.localSet(this.registerLocal(operand));
  }

  /** The local of a register, or undefined for a constant. */
  localOf(operand: Operand): Local | undefined {
    return operand.kind === 'x' || operand.kind === 'y' ? this.registerLocal(operand) : undefined;
  }

  registerLocal(operand: Operand): Local {
    if (operand.kind === 'x') return this.xLocal(operand.index);
    if (operand.kind === 'y') return this.yLocal(operand.index);
    throw new TypeError(`operand of kind ${operand.kind} is no register`);
  }

  /** The set of `typeBits` that an operand can be. */
  union(operand: Operand): number {
    switch (operand.kind) {
      case 'x':
      case 'y':
        return this.translator.type(operand.type).union;
      case 'atom':
        return typeBits.atom;
      case 'nil':
        return typeBits.nil;
      case 'integer':
        return typeBits.integer;
      default:
        return typeBits.any;
    }
  }

  /** Whether an operand is known to be of one of the types in `bits`. */
  always(operand: Operand, bits: number): boolean {
    return (this.union(operand) & ~bits) === 0;
  }

  /** Whether an operand is known to be a small. */
  alwaysSmall(operand: Operand): boolean {
    if (operand.kind === 'integer') return operand.value >= SMALL_MIN && operand.value <= SMALL_MAX;
    if (operand.kind !== 'x' && operand.kind !== 'y') return false;
    const { union, min, max } = this.translator.type(operand.type);
    return union === typeBits.integer && min !== undefined && max !== undefined && min >= SMALL_MIN && max <= SMALL_MAX;
  }

  /** Whether an operand is known not to be a small. */
  neverSmall(operand: Operand): boolean {
    if (operand.kind === 'x' || operand.kind === 'y') return (this.union(operand) & typeBits.integer) === 0;
    return !this.alwaysSmall(operand);
  }

  /** The integers that an operand can be, when it is known to be a small. */
  smallRange(operand: Operand): { readonly min: number; readonly max: number } | undefined {
    if (!this.alwaysSmall(operand)) return undefined;
    if (operand.kind === 'integer') return { min: Number(operand.value), max: Number(operand.value) };
    if (operand.kind !== 'x' && operand.kind !== 'y') return undefined;
    const { min, max } = this.translator.type(operand.type);
    return { min: Number(min), max: Number(max) };
  }

  /** Pushes 0 if both operands are smalls, else something else. */
  pushNotBothSmall(first: Operand, second: Operand): void {
    const { w } = this;
    const unknown = [first, second].filter((operand) => !this.alwaysSmall(operand));
    if (unknown.length === 0) return w.i32Const(0);
    unknown.forEach((operand, i) => {
      this.push(operand);
      if (i > 0) w.i32And();
    });
    // The tag of smalls has all its bits set.
    w.i32Const(1);
    w.i32Add();
    w.i32Const(PRIMARY_MASK);
    w.i32And();
  }

  /** The type of a block that leaves a term or a truth value. */
  readonly resultType = i32;

  // ---- control ---------------------------------------------------------------------------------------------------

  /** Branches to a label of the function when the i32 on the stack is not 0. */
  branchIf(label: number): void {
    const { plan, w } = this;
    if (label === FALSE_LABEL && this.falseLabel !== undefined) return w.brIf(this.falseLabel);
    const target = plan.target(label);
    this.noteReserved(label);
    const missing = this.missingTerms(label);
    if (missing.length === 0) {
      if (target === undefined) return w.brIf(this.frame.useFunctionClause());
      if (target.position > this.at) return w.brIf(this.frame.labelOf(target));
    }
    w.if();
    this.raw.boxAll(missing);
    this.branchTo(target);
    w.end();
  }

  branch(label: number): void {
    this.noteReserved(label);
    this.raw.boxAll(this.missingTerms(label));
    this.branchTo(this.plan.target(label));
  }

  private branchTo(target: Target | undefined): void {
    if (target === undefined) this.w.br(this.frame.useFunctionClause());
    else if (target.position > this.at) this.w.br(this.frame.labelOf(target));
    else this.branchBack(target);
  }

  /** X registers whose terms have to be made on the way to a label. */
  private missingTerms(label: number): readonly number[] {
    return this.raw.carry(label) ? NONE : this.raw.missingAt(label);
  }

  /** The wasm label for a branch to a label of the function from here; undefined when the label lies behind. */
  forwardLabel(label: number): Label | undefined {
    const target = this.plan.target(label);
    this.noteReserved(label);
    if (target === undefined) return this.frame.useFunctionClause();
    return target.position > this.at ? this.frame.labelOf(target) : undefined;
  }

  /** Emits a test, which branches to `fail` with `branchIf` unless it holds, and puts `true` or `false` into a register. */
  truthOf(dst: Operand, test: (fail: Operand) => void): void {
    const { w } = this;
    const done = w.block();
    this.falseLabel = w.block();
    test({ kind: 'f', label: FALSE_LABEL });
    w.i32Const(TRUE_WORD);
    this.pop(dst);
    w.br(done);
    w.end(this.falseLabel);
    this.falseLabel = undefined;
    w.i32Const(FALSE_WORD);
    this.pop(dst);
    w.end(done);
  }

  private branchBack(target: Target): void {
    this.w.i32Const(target.branchPc);
    this.w.localSet(this.pc);
    this.w.br(this.frame.again);
  }

  /** A tail call of the main function by itself: the arguments are in place. */
  branchToHead(): void {
    this.raw.loopBack();
    if (this.plan.branchesBack) {
      this.w.i32Const(0);
      this.w.localSet(this.pc);
    }
    this.w.br(this.frame.again);
  }

  /** Number of the label an operand names, 0: none. */
  label(operand: Operand | undefined): number {
    if (operand?.kind === 'f') return operand.label;
    throw new TypeError(`operand of kind ${operand?.kind} is no label`);
  }

  /** The code that follows is where branches to `target` go. */
  arrive(target: Target): void {
    this.raw.arrive(target, this.frame.isReachedByBranch(target));
    this.frame.place(target);
    if (target.label > 0) this.mergeReserved(target);
    else this.forgetReserved();
    this.reachable ||= this.frame.isReachedByBranch(target);
  }

  /** Before an instruction that takes reductions; code that is reached only by re-entry has taken them. */
  checkBudget(target: Target, live: number, floats: readonly number[]): void {
    const { w } = this;
    const boxes = floats.map((index, i) => ({
      float: this.floatLocal(index),
      x: this.xLocal(live - floats.length + i),
    }));
    if (this.reachable) {
      if (this.resuming) this.raw.boxLive(target.position);
      this.frame.budget(target, live, boxes);
      // Tells the code below that it was not re-entered.
      for (const { x } of this.resuming ? boxes : []) {
        w.i32Const(0);
        w.localSet(x);
      }
    }
    this.arrive(target);
    if (!this.resuming) return;
    for (const { float, x } of boxes) {
      w.localGet(x);
      w.if();
      w.localGet(x);
      w.f64Load(FLOAT_VALUE - PRIMARY_BOXED, WORD_ALIGNMENT);
      w.localSet(float);
      w.end();
    }
  }

  // ---- functions of the module -----------------------------------------------------------------------------------

  /** The wasm function at an entry label. */
  functionOf(entry: Operand): FuncIndex {
    const index = this.translator.module.functionOfLabel.get(this.label(entry));
    const func = index === undefined ? undefined : this.translator.functions[index];
    if (func === undefined) throw new Error('call of a label that is no entry');
    return func;
  }

  isSelf(entry: Operand): boolean {
    return this.label(entry) === this.plan.func.entryLabel;
  }

  /** Behind a call that stands for a tail call: returns its value. */
  returnBehind(): void {
    this.frame.place(this.plan.targetBehind(this.at) as Target);
    this.returnBehindBif();
  }

  /** The value that a BIF in tail position gave is the function's. */
  returnBehindBif(): void {
    this.w.localGet(this.xLocal(0));
    this.w.return();
  }

  // ---- calls out -------------------------------------------------------------------------------------------------

  callRuntime(name: RuntimeName): void {
    this.w.call(this.translator.runtime(name));
  }

  /** After a runtime function has raised: leaves the function, recording where it was. */
  leaveRaised(): void {
    this.frame.leave(this.frame.raisePoint(this.slots, this.line), this.slots);
  }

  /** Stores x0 … x(count-1) to the X registers in memory. */
  storeX(count: number): void {
    for (let i = 0; i < count; i++) this.storeXFrom(i, this.xLocal(i));
  }

  storeXFrom(index: number, local: Local): void {
    this.w.i32Const(0);
    this.w.localGet(local);
    this.w.i32Store(this.frame.xAddress(index));
  }

  // ---- heap ------------------------------------------------------------------------------------------------------

  /** A pointer to the heap words that were reserved and not yet filled. */
  get heap(): Local {
    this.heapLocal ??= this.w.local(i32, 'heap');
    return this.heapLocal;
  }

  /** Makes sure that `words` are reserved behind `heap`. Nothing moves and every register stays as it is. */
  reserve(words: number): void {
    if (words <= this.reserved) return;
    const { w } = this;
    this.reserved = words;
    w.i32Const(0);
    w.i32Load(HTOP);
    w.localTee(this.heap);
    w.i32Const(words * 4);
    w.i32Add();
    this.withTemporary((next) => {
      w.localTee(next);
      w.i32Const(0);
      w.i32Load(HEND);
      w.i32GtU();
      w.if();
      w.i32Const(words);
      this.callRuntime('moreHeap');
      w.localSet(this.heap);
      w.else();
      w.i32Const(0);
      w.localGet(next);
      w.i32Store(HTOP);
      w.end();
    });
  }

  /** Counts `words` reserved words as filled and moves `heap` behind them. */
  advance(words: number): void {
    const { w } = this;
    this.reserved -= words;
    w.localGet(this.heap);
    w.i32Const(words * 4);
    w.i32Add();
    w.localSet(this.heap);
  }

  /** After a call or at a place that can be re-entered nothing is reserved. */
  forgetReserved(): void {
    this.reserved = 0;
  }

  /** A branch goes to a label, with so many words reserved. */
  noteReserved(label: number, words = this.reserved): void {
    const ordinal = this.plan.target(label)?.ordinal;
    if (ordinal !== undefined) this.reservedAt[ordinal] = Math.min(this.reservedAt[ordinal] ?? words, words);
  }

  /** At a label: what every way there has reserved. */
  private mergeReserved(target: Target): void {
    const known = this.reservedAt[target.ordinal];
    if (target.branchPc > 0 || (this.resuming && target.reentryPc > 0)) this.reserved = 0;
    else if (known !== undefined) this.reserved = this.reachable ? Math.min(known, this.reserved) : known;
    else if (!this.reachable) this.reserved = 0;
  }
}
