/**
 * Integers of up to 64 bits that an X register's i64 holds instead of (or beside) a term: what arithmetic and matching leave for the
 * arithmetic behind them, so that numbers that are no smalls need no heap in between. Known along straight code only. Where anything
 * else reads the register, or control flow meets, a term is made. While there is none, the register's i32 is [].
 *
 * A value without a range is right only in its low 64 bits; nothing but operators that look no further may read it (see wrapping.ts).
 */
import type { Operand } from '../isa/operands.ts';
import { typeBits } from '../isa/types.ts';
import type { Instruction } from '../loader/beam-module.ts';
import { NIL, PRIMARY_MASK, PRIMARY_SMALL, SMALL_MAX, SMALL_MIN, SMALL_SHIFT } from '../term/layout.ts';
import { i64, type Label, type Local } from '../wasm/types.ts';
import { endsFlow, type Target } from './analysis.ts';
import type { BeamAssembler } from './beam-assembler.ts';
import { constantRange, type IntegerRange, intersection, isLong, isSignedLong, longOf } from './integer-range.ts';
import { NO_LONG } from './long-terms.ts';
import { loopRegisters } from './loop-registers.ts';
import { XLiveness } from './x-liveness.ts';
import { xUsage } from './x-usage.ts';

interface Entry {
  /** Undefined: only the low 64 bits are right. */
  readonly range: IntegerRange | undefined;
  /** The X register holds the term, too. */
  readonly boxed: boolean;
  /** The i64 counts, with its sign, only where the X register's i32 is [], which no number is; elsewhere that is the term, of any number. */
  readonly mixed?: boolean;
}

type Entries = Map<number, Entry>;

const MIXED: Entry = { range: undefined, boxed: false, mixed: true };

/** Never written to: most functions have none. */
const NONE: Entries = new Map();
const NO_LOOP: ReadonlyMap<number, IntegerRange | 'any'> = new Map();

export class RawIntegers {
  private readonly a: BeamAssembler;
  private readonly locals: Local[] = [];
  private known: XLiveness | undefined;
  /** `NONE` until there is one. */
  private entries: Entries = NONE;
  /** Arguments that go round the loop of a main function without terms (loop-registers.ts). */
  private loop: ReadonlyMap<number, IntegerRange | 'any'> = NO_LOOP;
  /** What holds at a label that one branch goes to and nothing falls into. */
  private carried: Map<number, Entries> | undefined;
  /** The last instruction that branched while there was no entry. */
  private plainAt = -1;

  constructor(a: BeamAssembler) {
    this.a = a;
  }

  private get liveness(): XLiveness {
    this.known ??= new XLiveness(this.a.plan);
    return this.known;
  }

  // ---- what is known -----------------------------------------------------------------------------------------------

  /** The register has an i64. */
  has(operand: Operand): boolean {
    if (operand.kind !== 'x') return false;
    const entry = this.entries.get(operand.index);
    return entry !== undefined && entry.mixed !== true;
  }

  private isMixed(operand: Operand): boolean {
    return operand.kind === 'x' && this.entries.get(operand.index)?.mixed === true;
  }

  /** `pushSigned` can have its value, if that is an integer of 64 bits with sign. */
  isSignable(operand: Operand): boolean {
    if (operand.kind === 'integer') return isSignedLong(constantRange(operand.value));
    if (operand.kind !== 'x') return operand.kind === 'y';
    const entry = this.entries.get(operand.index);
    if (entry === undefined || entry.mixed === true) return true;
    return entry.range !== undefined && isSignedLong(entry.range);
  }

  /** The register has an i64 and perhaps no term. */
  isUnboxed(operand: Operand): boolean {
    return operand.kind === 'x' && this.entries.get(operand.index)?.boxed === false;
  }

  /** The integers that the operand can be; undefined: anything. */
  rangeOf(operand: Operand): IntegerRange | undefined {
    if (operand.kind === 'integer') return constantRange(operand.value);
    if (operand.kind !== 'x' && operand.kind !== 'y') return undefined;
    const { union, min, max } = this.a.translator.type(operand.type);
    const typed = union === typeBits.integer && min !== undefined && max !== undefined ? { min, max } : undefined;
    const known = operand.kind === 'x' ? this.entries.get(operand.index)?.range : undefined;
    return typed === undefined || known === undefined ? (typed ?? known) : intersection(typed, known);
  }

  isLiveAfter(index: number, register: number): boolean {
    return this.liveness.isLive(index + 1, register);
  }

  private set(index: number, entry: Entry): void {
    if (this.entries === NONE) this.entries = new Map();
    this.entries.set(index, entry);
  }

  // ---- values ------------------------------------------------------------------------------------------------------

  private local(index: number): Local {
    this.locals[index] ??= this.a.w.local(i64, `long${index}`);
    return this.locals[index];
  }

  /** Pops an i64, the new value of the register; the range is that of the value. */
  pop(dst: Operand, range: IntegerRange | undefined): void {
    const { w } = this.a;
    if (dst.kind !== 'x') {
      this.pushBoxed(range);
      return this.a.pop(dst);
    }
    w.localSet(this.local(dst.index));
    w.i32Const(NIL);
    this.a.pop(dst);
    this.set(dst.index, { range, boxed: false });
  }

  forget(operand: Operand): void {
    if (operand.kind === 'x') this.entries.delete(operand.index);
  }

  /** Makes the i64 on the stack a term. */
  pushBoxed(range: IntegerRange | undefined): void {
    const { a } = this;
    const signed = range === undefined || isSignedLong(range);
    if (range !== undefined && range.min >= SMALL_MIN && range.max <= SMALL_MAX) return tagLong(a);
    a.w.call(a.translator.helpers.boxLong(signed));
  }

  /** Pops an i64, with its sign, into a register that other code makes a term: see `noteMixed`. */
  popMixed(dst: Operand): void {
    const { w } = this.a;
    if (dst.kind !== 'x') throw new TypeError(`operand of kind ${dst.kind} cannot be mixed`);
    w.localSet(this.local(dst.index));
    w.i32Const(NIL);
    this.a.pop(dst);
  }

  noteMixed(dst: Operand): void {
    if (dst.kind === 'x') this.set(dst.index, MIXED);
  }

  private emitBox(index: number, { range, mixed }: Entry): void {
    const { w } = this.a;
    if (mixed === true) {
      this.pushIsRaw(index);
      w.if();
    }
    w.localGet(this.local(index));
    this.pushBoxed(range);
    w.localSet(this.a.xLocal(index));
    if (mixed === true) w.end();
  }

  /** Pushes 1 where a mixed register has its i64. */
  private pushIsRaw(index: number): void {
    const { w } = this.a;
    w.localGet(this.a.xLocal(index));
    w.i32Const(NIL);
    w.i32Eq();
  }

  /** Makes the term of a register that has none. */
  box(operand: Operand): void {
    if (operand.kind === 'x') this.boxIndex(operand.index);
  }

  private boxIndex(index: number): void {
    const entry = this.entries.get(index);
    if (entry === undefined || entry.boxed) return;
    if (entry.mixed === true) {
      this.emitBox(index, entry);
      this.entries.delete(index);
      return;
    }
    if (entry.range === undefined) throw new Error(`x${index} is read whole, and only its low bits are known`);
    this.emitBox(index, entry);
    this.set(index, { ...entry, boxed: true });
  }

  /** The same in code that is not always run; of what is right in its low bits only, a term with these bits. */
  boxAside(operand: Operand): void {
    if (operand.kind !== 'x') return;
    const entry = this.entries.get(operand.index);
    if (entry !== undefined && !entry.boxed) this.emitBox(operand.index, entry);
  }

  /**
   * Pushes an operand's i64. What is no integer of at most 64 bits goes to slow, which may be undefined for an operand with a
   * range that fits. `keeps`: the code is always run, so the register has its i64 from here on.
   */
  push(operand: Operand, slow: Label | undefined, keeps: boolean): void {
    const { w } = this.a;
    if (operand.kind === 'integer') return w.i64Const(longOf(operand.value));
    if (operand.kind === 'x' && this.has(operand)) return w.localGet(this.local(operand.index));
    const range = this.rangeOf(operand);
    const fits = range !== undefined && isLong(range);
    this.pushEither(operand, () => this.pushUnboxed(operand, fits ? undefined : slow));
    if (!fits || !keeps || operand.kind !== 'x') return;
    w.localTee(this.local(operand.index));
    this.set(operand.index, { range, boxed: !this.isMixed(operand) });
  }

  /** Pushes the i64 of a mixed register that has one, or what `pushOther` pushes. */
  private pushEither(operand: Operand, pushOther: () => void): void {
    if (operand.kind !== 'x' || !this.isMixed(operand)) return pushOther();
    const { w } = this.a;
    this.pushIsRaw(operand.index);
    w.if(i64);
    w.localGet(this.local(operand.index));
    w.else();
    pushOther();
    w.end();
  }

  /** Pushes the i64 of an operand that `isSignable`; goes to slow if it is no integer of 63 bits and sign. */
  pushSigned(operand: Operand, slow: Label): void {
    const { a } = this;
    if (operand.kind === 'integer' || this.has(operand) || a.alwaysSmall(operand)) {
      return this.push(operand, slow, false);
    }
    this.pushEither(operand, () => {
      const value = a.temporary(i64);
      a.push(operand);
      a.w.call(a.translator.helpers.toLong());
      a.w.localTee(value);
      a.w.i64Const(NO_LONG);
      a.w.i64Eq();
      a.w.brIf(slow);
      a.w.localGet(value);
      a.release(value, i64);
    });
  }

  private pushUnboxed(operand: Operand, slow: Label | undefined): void {
    const { a } = this;
    const { w } = a;
    const { helpers } = a.translator;
    const pushSmall = (): void => {
      a.push(operand);
      w.i32Const(SMALL_SHIFT);
      w.i32ShrS();
      w.i64ExtendI32S();
    };
    if (a.alwaysSmall(operand)) return pushSmall();
    a.push(operand);
    w.i32Const(PRIMARY_MASK);
    w.i32And();
    w.i32Const(PRIMARY_SMALL);
    w.i32Eq();
    w.if(i64);
    pushSmall();
    w.else();
    if (slow !== undefined) {
      a.push(operand);
      w.call(helpers.isLong());
      w.i32Eqz();
      w.brIf(slow);
    }
    a.push(operand);
    w.call(helpers.lowLong());
    w.end();
  }

  /** Pops a term, an integer; pushes its low 64 bits. */
  unboxPushed(): void {
    this.a.w.call(this.a.translator.helpers.lowLong());
  }

  /** Copies what a register has to another. */
  copy(src: Operand, dst: Operand): boolean {
    if (src.kind !== 'x' || dst.kind !== 'x') return false;
    const entry = this.entries.get(src.index);
    if (entry === undefined) return false;
    const { w } = this.a;
    w.localGet(this.local(src.index));
    w.localSet(this.local(dst.index));
    this.a.push(src);
    this.a.pop(dst);
    this.set(dst.index, entry);
    return true;
  }

  // ---- loops -------------------------------------------------------------------------------------------------------

  /** Before the loop of a main function: takes the i64 of its arguments. */
  enterLoop(isLongUse: (instruction: Instruction) => boolean): void {
    const { plan, translator } = this.a;
    this.loop = loopRegisters({ plan, typeOf: (index) => translator.type(index), isLongUse });
    for (const [index, range] of this.loop) {
      if (range === 'any') {
        this.set(index, MIXED);
        continue;
      }
      this.takeLong(index);
      this.set(index, { range, boxed: false });
    }
  }

  /** At a branch to the loop's beginning, the arguments in place. */
  loopBack(): void {
    for (const [index, range] of this.loop) {
      if (range !== 'any' && !this.has({ kind: 'x', index, type: 0 })) this.takeLong(index);
    }
  }

  /** A tail call of a main function by itself, which is a branch. */
  private isLoopBack({ op, args }: Instruction): boolean {
    if (op.name !== 'call_only' && op.name !== 'call_last') return false;
    const { a } = this;
    return !a.resuming && a.isSelf(args[1] as Operand) && a.translator.options.breakpoints !== true;
  }

  /** An argument that goes round the loop as it is. */
  private goesRound(index: number): boolean {
    const range = this.loop.get(index);
    return range !== undefined && (range !== 'any' || this.isSignable({ kind: 'x', index, type: 0 }));
  }

  private takeLong(index: number): void {
    const operand: Operand = { kind: 'x', index, type: 0 };
    this.pushEither(operand, () => this.pushUnboxed(operand, undefined));
    this.a.w.localSet(this.local(index));
  }

  // ---- around instructions -----------------------------------------------------------------------------------------

  /** Before an instruction that knows terms only: makes those it reads, and those that a way out of it needs. */
  before(instruction: Instruction): void {
    if (this.entries.size === 0) return;
    const usage = xUsage(instruction);
    const loops = this.loop.size > 0 && this.isLoopBack(instruction);
    for (const index of [...this.entries.keys()]) {
      if (loops && this.goesRound(index)) continue;
      const reads = usage === undefined || index < usage.readsBelow || usage.reads.includes(index);
      if (reads || this.isLostByBranch(instruction, index, usage?.writes ?? [])) this.boxIndex(index);
    }
    if (loops) return;
    if (usage === undefined || usage.forgets) this.entries.clear();
    else for (const index of usage.writes) this.entries.delete(index);
  }

  /** A branch of the instruction goes where the register is alive, and no code can be put on the way there. */
  private isLostByBranch({ op, args }: Instruction, index: number, writes: readonly number[]): boolean {
    if (op.family !== 'select' && !writes.includes(index)) return false;
    const labels = args.flatMap((operand) => (operand.kind === 'list' ? operand.items : [operand]));
    return labels.some(
      (operand) => operand.kind === 'f' && operand.label > 0 && this.liveness.isLiveAtLabel(operand.label, index),
    );
  }

  /** X registers that a branch to a label needs a term in. */
  missingAt(label: number): number[] {
    const missing: number[] = [];
    if (this.entries.size === 0) return missing;
    for (const [index, { boxed }] of this.entries) {
      if (!boxed && this.liveness.isLiveAtLabel(label, index)) missing.push(index);
    }
    return missing;
  }

  /** Makes these terms on the way of a branch. */
  boxAll(indexes: readonly number[]): void {
    for (const index of indexes) this.emitBox(index, this.entries.get(index) as Entry);
  }

  /** Tells that a branch goes to a label; false: it needs the terms that are missing. */
  carry(label: number): boolean {
    const { plan, at } = this.a;
    if (this.entries.size === 0) {
      this.plainAt = at;
      return true;
    }
    const target = plan.target(label);
    // A branch of this instruction may have gone there when there was nothing to carry.
    if (target === undefined || this.plainAt === at || !this.arrivesOnce(target)) return false;
    this.carried ??= new Map();
    const known = this.carried.get(label);
    if (known === undefined) this.carried.set(label, new Map(this.entries));
    else return this.entries.size === known.size;
    return true;
  }

  /** One branch from before, and nothing else, goes there. */
  private arrivesOnce(target: Target): boolean {
    const { plan, at, resuming } = this.a;
    if (target.position <= at || target.branchPc > 0 || (resuming && target.reentryPc > 0)) return false;
    const before = plan.func.instructions[target.position - 1];
    return plan.branchesTo(target.label) === 1 && before !== undefined && endsFlow(before);
  }

  /** Before the code at a place; `merges`: branches come in. */
  arrive(target: Target, merges: boolean): void {
    const carried = this.carried?.get(target.label);
    if (target.label > 0 && carried !== undefined) {
      this.entries = carried;
      return;
    }
    if (this.entries.size === 0) return;
    if (this.a.reachable && !merges) return;
    if (this.a.reachable) this.boxLive(target.position);
    this.entries.clear();
  }

  /** Makes the terms that code from an instruction on reads. */
  boxLive(position: number): void {
    for (const [index, { boxed }] of [...this.entries]) {
      if (!boxed && this.liveness.isLive(position, index)) this.boxIndex(index);
    }
  }

  /** The same in code that is not always run. */
  boxLiveAside(position: number): void {
    for (const [index, entry] of this.entries) {
      if (!entry.boxed && this.liveness.isLive(position, index)) this.emitBox(index, entry);
    }
  }

  // ---- what comes --------------------------------------------------------------------------------------------------

  /** The next instruction in straight code that reads the register works on i64. */
  isUsedAsLong(from: number, register: number, isLongUse: (instruction: Instruction) => boolean): boolean {
    const { instructions } = this.a.plan.func;
    for (let index = from + 1; index < instructions.length; index++) {
      const instruction = instructions[index] as Instruction;
      const usage = xUsage(instruction);
      if (usage === undefined || instruction.op.name === 'label') return false;
      if (usage.reads.includes(register)) return isLongUse(instruction);
      if (register < usage.readsBelow || usage.forgets || usage.writes.includes(register)) return false;
      if (endsFlow(instruction)) return false;
    }
    return false;
  }
}

/** Makes the i64 on the stack, which fits, a small. */
export function tagLong(a: BeamAssembler): void {
  const { w } = a;
  w.i32WrapI64();
  w.i32Const(SMALL_SHIFT);
  w.i32Shl();
  w.i32Const(PRIMARY_SMALL);
  w.i32Or();
}
