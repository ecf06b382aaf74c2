/**
 * Everything of a wasm function that is no BEAM instruction: its head and its ways out. Each Erlang function has two:
 *
 *   main    (x0 … xn-1) -> term     the function as it is called
 *   resume  (pc, value) -> term     the part of its code behind calls, in handlers, and behind budget checks
 *
 * The shape of both (a main function has no dispatch unless later code branches back to earlier code):
 *
 *   block yspill[0] … yspill[n]     one a slot of the largest frame      (way out with Y registers)
 *     block ypush[t]                for each size t of a frame
 *       block xspill[0] … [m]       the same for X registers             (way out of a budget check)
 *         block xpush[t]
 *           block functionClause
 *             loop again            only when something branches back
 *               block for each place that is branched to, the last one outermost
 *                 block entry
 *                   dispatch on pc: load the frame's registers into locals, branch to the place
 *                 end entry
 *                 the instructions, each place closing its block
 *
 * A function is left with 0 through `push`: its frame is appended at UNWIND_TOP, where its callee's is already; `pc` holds the
 * return address meanwhile. A frame of t registers that ends at `end`: return address at end-4(t+1), register k (from 1) at end-4k.
 */
import { NATIVE_BYTES_PER_REDUCTION, REDUCTIONS, SP, UNWIND_TOP, X_REGISTERS } from '../memory/map.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { i32, type Label, type Local } from '../wasm/types.ts';
import { type FunctionPlan, NO_FRAME, type Reentry, type Target } from './analysis.ts';
import type { BeamAssembler } from './beam-assembler.ts';
import type { ReturnPointKind } from './compiled-module.ts';
import { RELOC_RETURN, RELOC_SLOT } from './relocations.ts';

/** Registers of one kind as they lie in a frame: register k (from 1) at 4k bytes below its end. */
class Bank {
  readonly largest: number;
  readonly localOf: (k: number) => Local;
  readonly spill: Label[] = [];
  readonly push = new Map<number, Label>();
  readonly used = new Set<number>();

  constructor(largest: number, localOf: (k: number) => Local) {
    this.largest = largest;
    this.localOf = localOf;
  }
}

/** Return points of a function; its main and its resume function share them. */
export class FunctionPoints {
  readonly byTarget = new Map<Target, number>();
  readonly raising = new Map<number, number>();
}

export class FunctionFrame {
  functionClause!: Label;
  again!: Label;

  private readonly a: BeamAssembler;
  private readonly plan: FunctionPlan;
  private readonly w: FunctionBuilder;
  private readonly points: FunctionPoints;
  private readonly labels = new Map<Target, Label>();
  private readonly placed = new Set<Target>();
  private readonly y: Bank;
  private readonly x: Bank;
  private readonly end: Local;
  private functionClauseUsed = false;
  private branched = new Set<Target>();

  constructor(a: BeamAssembler, points: FunctionPoints) {
    this.a = a;
    this.plan = a.plan;
    this.w = a.w;
    this.points = points;
    this.y = new Bank(Math.max(this.plan.maxSlots, 0), (k) => a.slotLocal(k));
    this.x = new Bank(Math.max(this.plan.maxLive, 0), (k) => a.xLocal(k - 1));
    this.end = this.w.local(i32, 'end');
  }

  xAddress(index: number): number {
    return X_REGISTERS + 4 * index;
  }

  /** The wasm label of a place ahead. */
  labelOf(target: Target): Label {
    this.branched.add(target);
    return this.labels.get(target) as Label;
  }

  useFunctionClause(): Label {
    this.functionClauseUsed = true;
    return this.functionClause;
  }

  // ---- head ------------------------------------------------------------------------------------------------------

  open(): void {
    const { plan, w, a } = this;
    this.openBank(
      this.y,
      [...plan.slotsBefore].map((slots) => Math.max(slots, 0)),
    );
    this.openBank(
      this.x,
      plan.reentries.filter(({ kind }) => kind === 'budget').map(({ slots }) => slots),
    );
    this.functionClause = w.block();
    if (plan.branchesBack || (plan.selfTailCall && !a.resuming)) this.again = w.loop();
    for (const target of plan.targets.toReversed()) {
      if (this.isBranchedTo(target)) this.labels.set(target, w.block());
    }
    this.dispatch();
  }

  private openBank(bank: Bank, sizes: readonly number[]): void {
    for (let k = 0; k <= bank.largest; k++) bank.spill.push(this.w.block());
    for (const size of new Set([0, ...sizes])) bank.push.set(size, this.w.block());
  }

  /** Whether a place needs a block: main functions are never re-entered. */
  private isBranchedTo(target: Target): boolean {
    return target.forward || target.branchPc > 0 || (target.reentryPc > 0 && this.a.resuming);
  }

  /** Whether code at a place can be reached other than by falling into it. */
  isReachedByBranch(target: Target): boolean {
    return this.branched.has(target) || target.branchPc > 0 || (target.reentryPc > 0 && this.a.resuming);
  }

  private dispatch(): void {
    const { plan, w, a } = this;
    const reentries = a.resuming ? plan.reentries : [];
    if (reentries.length === 0 && !plan.branchesBack) return;
    const entry = w.block();
    const [yload, xload] = [this.openLoads(this.y, reentries.length), this.openLoads(this.x, reentries.length)];
    this.branchToLoads(entry, reentries, yload, xload);
    if (reentries.length > 0) {
      this.loads(this.x, xload);
      this.branchToTargets(
        entry,
        reentries.filter(({ kind }) => kind === 'budget'),
      );
      this.loads(this.y, yload);
      if (plan.handlers) this.loadX(1, 3);
      this.branchToTargets(
        entry,
        reentries.filter(({ kind }) => kind !== 'budget'),
      );
    }
    w.end(entry);
  }

  private openLoads(bank: Bank, reentries: number): Label[] {
    const labels: Label[] = [];
    if (reentries === 0) return labels;
    for (let k = 0; k <= bank.largest; k++) labels.push(this.w.block());
    return labels;
  }

  private branchToLoads(
    entry: Label,
    reentries: readonly Reentry[],
    yload: readonly Label[],
    xload: readonly Label[],
  ): void {
    const { plan, w, a } = this;
    const table = new Array<Label>(plan.pcCount).fill(entry);
    for (const target of plan.targets) {
      if (target.branchPc > 0) table[target.branchPc] = this.labels.get(target) as Label;
    }
    for (const { target, slots, kind } of reentries) {
      const loads = kind === 'budget' ? xload : yload;
      table[target.reentryPc] = loads[Math.max(slots, 0)] as Label;
    }
    if (reentries.length > 0) {
      w.i32Const(0);
      w.i32Load(SP);
      w.localSet(this.end);
    }
    w.localGet(a.pc);
    w.brTable(table, entry);
  }

  private branchToTargets(entry: Label, reentries: readonly Reentry[]): void {
    const { plan, w, a } = this;
    const [only] = reentries;
    if (only === undefined) return w.br(entry);
    if (reentries.length === 1) return w.br(this.labels.get(only.target) as Label);
    const table = new Array<Label>(plan.pcCount).fill(entry);
    for (const { target } of reentries) table[target.reentryPc] = this.labels.get(target) as Label;
    w.localGet(a.pc);
    w.brTable(table, entry);
  }

  private loads(bank: Bank, labels: readonly Label[]): void {
    const { w } = this;
    for (let k = bank.largest; k >= 0; k--) {
      w.end(labels[k]);
      if (k === 0) break;
      w.localGet(this.end);
      w.i32Const(4 * k);
      w.i32Sub();
      w.i32Load();
      w.localSet(bank.localOf(k));
    }
  }

  private loadX(first: number, last: number): void {
    for (let i = first; i <= last; i++) {
      this.w.i32Const(0);
      this.w.i32Load(this.xAddress(i));
      this.w.localSet(this.a.xLocal(i));
    }
  }

  // ---- places ----------------------------------------------------------------------------------------------------

  /** Closes the block of a place (once), so that the code that follows is where its branches go. */
  place(target: Target): void {
    if (!this.isBranchedTo(target) || this.placed.has(target)) return;
    this.placed.add(target);
    this.w.end(this.labels.get(target));
  }

  /** The return point of a place that can be re-entered. */
  pointOf(target: Target): number {
    const known = this.points.byTarget.get(target);
    if (known !== undefined) return known;
    const reentry = this.plan.reentries.find((candidate) => candidate.target === target);
    if (reentry === undefined) throw new Error('a place that is not re-entered has no return point');
    const { kind, slots, line } = reentry;
    const point = this.addPoint(kind, target.reentryPc, slots, line);
    this.points.byTarget.set(target, point);
    return point;
  }

  /** The return point for raising with this frame at this line. */
  raisePoint(slots: number, line: number): number {
    const key = line * 2048 + slots + 1;
    const known = this.points.raising.get(key);
    if (known !== undefined) return known;
    const point = this.addPoint('raise', 0, slots, line);
    this.points.raising.set(key, point);
    return point;
  }

  private addPoint(kind: ReturnPointKind, pc: number, slots: number, line: number): number {
    const frameWords = Math.max(slots, 0) + 1;
    return this.a.translator.addReturnPoint({ kind, func: this.a.index, pc, frameWords, line });
  }

  // ---- ways out --------------------------------------------------------------------------------------------------

  /** Leaves with 0: a frame of `slots` Y registers, to go on at `point`. */
  leave(point: number, slots: number): void {
    this.leaveThrough(this.y, point, Math.max(slots, 0));
  }

  private leaveThrough(bank: Bank, point: number, size: number): void {
    const label = bank.push.get(size);
    if (label === undefined) throw new Error(`no frame of ${size} registers was expected`);
    bank.used.add(size);
    this.w.i32ConstReloc(RELOC_RETURN, point);
    this.w.localSet(this.a.pc);
    this.w.br(label);
  }

  /** Leaves with 0 without a frame: whatever value comes later goes to our caller. */
  leaveTail(): void {
    this.w.i32Const(0);
    this.w.return();
  }

  /**
   * Takes reductions; when they have run out, leaves to go on at the place behind with `live` X registers. Since the native stack
   * grows with each frame and is given up when reductions run out, the number taken follows the function's native frame.
   */
  budget(target: Target, live: number): void {
    const { w, a } = this;
    const cost = Math.ceil((64 + 8 * (this.plan.maxX + this.plan.maxSlots + 8)) / NATIVE_BYTES_PER_REDUCTION);
    a.withTemporary((left) => {
      w.i32Const(0);
      w.i32Const(0);
      w.i32Load(REDUCTIONS);
      w.i32Const(cost);
      w.i32Sub();
      w.localTee(left);
      w.i32Store(REDUCTIONS);
      w.localGet(left);
    });
    w.i32Const(0);
    w.i32LtS();
    w.if();
    this.leaveThrough(this.x, this.pointOf(target), live);
    w.end();
  }

  close(): void {
    const { w } = this;
    if (this.again !== undefined) {
      w.unreachable();
      w.end(this.again);
    }
    w.unreachable();
    w.end(this.functionClause);
    this.functionClauseCode();
    this.pushCode(this.x);
    this.spillCode(this.x);
    w.i32Const(0);
    w.return();
    this.pushCode(this.y);
    this.spillCode(this.y);
    w.i32Const(0);
    w.finish();
  }

  private functionClauseCode(): void {
    const { w, a, plan } = this;
    if (!this.functionClauseUsed) return w.unreachable();
    a.storeX(plan.func.arity);
    w.i32ConstReloc(RELOC_SLOT, a.index);
    a.callRuntime('functionClause');
    this.leave(this.raisePoint(NO_FRAME, plan.func.infoLine), NO_FRAME);
  }

  /** For each size of frame: its return address at the old UNWIND_TOP, the new one in `end`. */
  private pushCode(bank: Bank): void {
    const { w, a, end } = this;
    for (const [size, label] of [...bank.push].reverse()) {
      w.end(label);
      if (!bank.used.has(size)) {
        w.unreachable();
        continue;
      }
      w.i32Const(0);
      w.i32Load(UNWIND_TOP);
      w.localTee(end);
      w.localGet(a.pc);
      w.i32Store();
      w.i32Const(0);
      w.localGet(end);
      w.i32Const(4 * (size + 1));
      w.i32Add();
      w.localTee(end);
      w.i32Store(UNWIND_TOP);
      w.br(bank.spill[size] as Label);
    }
  }

  private spillCode(bank: Bank): void {
    const { w } = this;
    for (let k = bank.largest; k >= 0; k--) {
      w.end(bank.spill[k]);
      if (k === 0) break;
      w.localGet(this.end);
      w.i32Const(4 * k);
      w.i32Sub();
      w.localGet(bank.localOf(k));
      w.i32Store();
    }
  }
}
