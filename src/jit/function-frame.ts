/**
 * Everything of a wasm function that is no BEAM instruction: its head and its ways out. Each Erlang function has two:
 *
 *   main    (x0 … xn-1) -> term     the function as it is called
 *   resume  (pc, value) -> term     the part of its code behind calls, in handlers, and behind budget checks
 *
 * The shape of both (a main function has no dispatch unless later code branches back to earlier code):
 *
 *   block exit[t]                   for sizes t of frames with which the function is left in many places
 *     block functionClause
 *       (resume) load the frame's registers into locals
 *       loop again                  only when something branches back
 *         block for each place that is branched to, the last one outermost
 *           block entry             (main)
 *             dispatch on pc: branch to the place
 *           end entry
 *           the instructions, each place closing its block
 *
 * A function is left with 0 by a tail call of its module's `unwind` (module-helpers.ts), which appends the frame at UNWIND_TOP,
 * where its callee's is already. A frame of t registers that ends at `end`: return address at end-4(t+1), register k (from 1) at end-4k.
 */
import { NATIVE_BYTES_PER_REDUCTION, REDUCTIONS, SP, X_REGISTERS } from '../memory/map.ts';
import { NIL } from '../term/layout.ts';
import type { FunctionBuilder } from '../wasm/function-builder.ts';
import { i32, type Label, type Local } from '../wasm/types.ts';
import { type FunctionPlan, NO_FRAME, type Reentry, type Target } from './analysis.ts';
import type { BeamAssembler } from './beam-assembler.ts';
import type { ReturnPointKind } from './compiled-module.ts';
import type { Handlers } from './handlers.ts';
import { takeFree } from './lambdas.ts';
import { usesLong } from './ops/raw-arith.ts';
import { RELOC_SLOT } from './relocations.ts';

/** What a shared way out costs in bytes, beside two for each register that each place that goes there saves. */
const EXIT_BYTES = 9;
/** X registers beyond these count as arguments of calls. */
const FEW_REGISTERS = 16;
/** Larger frames are not passed as arguments. */
const MOST_UNWIND_ARGUMENTS = 200;

/** Return points of a function; its main and its resume function share them. */
export class FunctionPoints {
  /** By the target's ordinal. */
  readonly byTarget: (number | undefined)[] = [];
  readonly raising = new Map<number, number>();
  /** The module's pc of the first of `FunctionPlan.reentries`; the others follow. */
  readonly firstPc: number;
  readonly handlers: Handlers;

  constructor(firstPc: number, handlers: Handlers) {
    this.firstPc = firstPc;
    this.handlers = handlers;
  }
}

export class FunctionFrame {
  functionClause!: Label;
  again!: Label;

  private readonly a: BeamAssembler;
  private readonly plan: FunctionPlan;
  private readonly w: FunctionBuilder;
  private readonly points: FunctionPoints;
  // By the target's ordinal.
  private readonly labels: (Label | undefined)[];
  private readonly placed: (true | undefined)[] = [];
  private readonly branched: (true | undefined)[] = [];
  private exits: Map<number, Label> | undefined;
  private functionClauseUsed = false;

  constructor(a: BeamAssembler, points: FunctionPoints) {
    this.a = a;
    this.plan = a.plan;
    this.w = a.w;
    this.points = points;
    this.labels = new Array<Label | undefined>(a.plan.targets.length);
  }

  xAddress(index: number): number {
    return X_REGISTERS + 4 * index;
  }

  /** The wasm label of a place ahead. */
  labelOf(target: Target): Label {
    this.branched[target.ordinal] = true;
    return this.labels[target.ordinal] as Label;
  }

  useFunctionClause(): Label {
    this.functionClauseUsed = true;
    return this.functionClause;
  }

  // ---- head ------------------------------------------------------------------------------------------------------

  open(): void {
    const { plan, w, a } = this;
    for (const [size, count] of plan.exits) {
      if ((count - 1) * 2 * size <= EXIT_BYTES) continue;
      this.exits ??= new Map();
      this.exits.set(size, w.block(i32));
    }
    this.functionClause = w.block();
    if (a.resuming) {
      this.localPc();
      this.loadFrame();
    } else {
      takeFree(a);
    }
    const loops = plan.selfTailCall && !a.resuming;
    if (loops && !a.translator.knowsNothing) a.raw.enterLoop((instruction) => usesLong(a, instruction));
    if (plan.branchesBack || loops) this.again = w.loop();
    for (let i = plan.targets.length - 1; i >= 0; i--) {
      const target = plan.targets[i] as Target;
      if (this.isBranchedTo(target)) this.labels[i] = w.block();
    }
    this.dispatch();
  }

  /** Whether a place needs a block: main functions are never re-entered. */
  private isBranchedTo(target: Target): boolean {
    return target.forward || target.branchPc > 0 || (target.reentryPc > 0 && this.a.resuming);
  }

  /** Whether code at a place can be reached other than by falling into it. */
  isReachedByBranch(target: Target): boolean {
    return this.branched[target.ordinal] === true || target.branchPc > 0 || (target.reentryPc > 0 && this.a.resuming);
  }

  /** From the module's pcs to the plan's. */
  private localPc(): void {
    const { w, a, plan } = this;
    const offset = this.points.firstPc - plan.branchPcs - 1;
    if (offset === 0 || plan.branchPcs + plan.reentries.length === 1) return;
    w.localGet(a.pc);
    w.i32Const(offset);
    w.i32Sub();
    w.localSet(a.pc);
  }

  /**
   * Loads registers for every re-entry of the same kind as far as the largest frame of that kind goes: what lies below a smaller frame
   * gets into locals that are written before they are read.
   */
  private loadFrame(): void {
    const { plan, w, a } = this;
    const budgets = plan.reentries.filter(({ kind }) => kind === 'budget');
    const others = plan.reentries.length - budgets.length;
    const loadX = (): void => this.loads(largestFrame(budgets), (k) => a.xLocal(k - 1));
    if (others === 0) return loadX();
    if (budgets.length > 0) {
      w.localGet(a.pc);
      w.i32Const(plan.branchPcs + others);
      w.i32GtU();
      w.if();
      loadX();
      w.else();
    }
    this.loads(largestFrame(plan.reentries.slice(0, others)), (k) => a.slotLocal(k));
    if (plan.handlers) this.loadX(1, 3);
    if (budgets.length > 0) w.end();
  }

  private loads(largest: number, localOf: (k: number) => Local): void {
    const { w, a } = this;
    if (largest === 0) return;
    a.withTemporary((low) => {
      w.i32Const(0);
      w.i32Load(SP);
      w.i32Const(4 * largest);
      w.i32Sub();
      w.localSet(low);
      for (let k = largest; k > 0; k--) {
        w.localGet(low);
        w.i32Load(4 * (largest - k));
        w.localSet(localOf(k));
      }
    });
  }

  /** Branches by pc; 0 is the function's beginning, which a resume function does not have. */
  private dispatch(): void {
    const { plan, w, a } = this;
    const places = plan.branchPcs + (a.resuming ? plan.reentries.length : 0);
    if (places === 0) return;
    const table = new Array<Label>(places + 1);
    for (const target of plan.targets) {
      if (target.branchPc > 0) table[target.branchPc] = this.labels[target.ordinal] as Label;
      if (target.reentryPc > 0 && a.resuming) table[target.reentryPc] = this.labels[target.ordinal] as Label;
    }
    if (!a.resuming) {
      const entry = w.block();
      table[0] = entry;
      w.localGet(a.pc);
      w.brTable(table, entry);
      w.end(entry);
      return;
    }
    const first = table[1] as Label;
    if (places === 1) return w.br(first);
    table[0] = first;
    w.localGet(a.pc);
    w.brTable(table, first);
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
    if (this.placed[target.ordinal] === true || !this.isBranchedTo(target)) return;
    this.placed[target.ordinal] = true;
    this.w.end(this.labels[target.ordinal]);
  }

  /** The return point of a place that can be re-entered. */
  pointOf(target: Target): number {
    const known = this.points.byTarget[target.ordinal];
    if (known !== undefined) return known;
    const { reentry } = target;
    if (reentry === undefined) throw new Error('a place that is not re-entered has no return point');
    const { kind, slots, line } = reentry;
    const point = this.addPoint(kind, target.reentryPc - this.plan.branchPcs - 1 + this.points.firstPc, slots, line);
    this.points.byTarget[target.ordinal] = point;
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

  /**
   * Leaves with 0: a frame of `slots` Y registers, to go on at `point`. An exception that has a handler here may go there instead; `waits`:
   * there can be none.
   */
  leave(point: number, slots: number, waits = false): void {
    const size = Math.max(slots, 0);
    if (!waits && slots !== NO_FRAME) this.branchIfCaught(point);
    this.w.i32Const(point);
    const exit = this.exits?.get(size);
    if (exit === undefined) this.unwind(size, (k) => this.a.slotLocal(k));
    else this.w.br(exit);
  }

  /** To the innermost handler, if it may be entered in place and there is an exception. */
  private branchIfCaught(point: number): void {
    const { w, a } = this;
    const handler = this.points.handlers.at(a.at);
    if (handler === undefined) return;
    if (handler.kind === 'try') {
      w.i32Const(point);
      w.call(a.translator.helpers.caughtByTry());
    } else {
      a.callRuntime('caughtByCatch');
      w.localTee(a.xLocal(0));
    }
    w.if();
    if (handler.kind === 'try') this.loadX(0, 2);
    w.i32Const(NIL);
    w.localSet(a.slotLocal(handler.slot));
    a.noteReserved(handler.label, 0);
    w.br(this.labelOf(this.plan.target(handler.label) as Target));
    w.end();
  }

  /** Appends a frame and leaves; the return point is on the stack. */
  private unwind(size: number, localOf: (k: number) => Local, how: 'unwind' | 'pause' = 'unwind'): void {
    const { w, a } = this;
    const { helpers } = a.translator;
    if (size <= MOST_UNWIND_ARGUMENTS) {
      for (let k = 1; k <= size; k++) w.localGet(localOf(k));
      w.returnCall(helpers[how](size));
      return;
    }
    w.call(helpers.unwindLarge(size));
    a.withTemporary((start) => {
      w.localSet(start);
      for (let k = 1; k <= size; k++) {
        w.localGet(start);
        w.localGet(localOf(k));
        w.i32Store(4 * (size + 1 - k));
      }
    });
    this.leaveTail();
  }

  /** Leaves with 0 without a frame: whatever value comes later goes to our caller. */
  leaveTail(): void {
    this.w.i32Const(0);
    this.w.return();
  }

  /**
   * Takes reductions; when they have run out, leaves to go on at the place behind with `live` X registers. Since the native stack
   * grows with each frame and is given up when reductions run out, the number taken follows the function's native frame.
   * Float registers that are alive are left as terms in the last of the X registers.
   */
  budget(target: Target, live: number, boxes: readonly { readonly float: Local; readonly x: Local }[]): void {
    const { w, a } = this;
    const cost = Math.ceil(nativeBytes(this.plan) / NATIVE_BYTES_PER_REDUCTION);
    if (a.resuming) {
      w.i32Const(cost);
      w.call(a.translator.helpers.spend());
    } else {
      this.takeReductions(cost);
    }
    w.if();
    a.raw.boxLiveAside(target.position);
    for (const { float, x } of boxes) {
      w.localGet(float);
      a.callRuntime('boxFloat');
      w.localSet(x);
    }
    w.i32Const(this.pointOf(target));
    this.unwind(live, (k) => a.xLocal(k - 1), 'pause');
    w.end();
  }

  /** Pushes 1 if they have run out. */
  private takeReductions(cost: number): void {
    const { w, a } = this;
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
    for (const [size, exit] of [...(this.exits ?? [])].reverse()) {
      w.end(exit);
      this.unwind(size, (k) => this.a.slotLocal(k));
    }
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
}

/** About what a function takes of the native stack. Arguments that do not fit into machine registers are there twice. */
function nativeBytes({ maxX, maxSlots }: FunctionPlan): number {
  return 64 + 8 * (maxX + maxSlots + 8) + 12 * Math.max(0, maxX - FEW_REGISTERS);
}

function largestFrame(reentries: readonly Reentry[]): number {
  let largest = 0;
  for (const { slots } of reentries) largest = Math.max(largest, slots);
  return largest;
}
