/** Calls, returns, apply. A callee that gives 0 makes its caller leave with 0 too, its frame written behind the callee's. */
import type { Operand } from '../../isa/operands.ts';
import { STATUS, STATUS_CALL } from '../../memory/map.ts';
import type { Local } from '../../wasm/types.ts';
import { NO_FRAME, type Target } from '../analysis.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';

export function pushX(a: BeamAssembler, count: number): void {
  for (let i = 0; i < count; i++) a.w.localGet(a.xLocal(i));
}

/** Behind a call in the body, its value on the stack: 0 leaves the function. */
export function finishCall(a: BeamAssembler): void {
  const { w } = a;
  const target = a.plan.targetBehind(a.at) as Target;
  w.localTee(a.xLocal(0));
  w.i32Eqz();
  w.if();
  a.frame.leave(a.frame.pointOf(target), a.slots);
  w.end();
}

function emitCall(a: BeamAssembler, arity: Operand, target: Operand): void {
  pushX(a, a.number(arity));
  a.w.call(a.functionOf(target));
  finishCall(a);
}

function emitCallLast(a: BeamAssembler, arity: Operand, target: Operand): void {
  a.slots = NO_FRAME;
  if (a.isSelf(target) && !a.resuming && a.translator.options.breakpoints !== true) return a.branchToHead();
  pushX(a, a.number(arity));
  a.w.returnCall(a.functionOf(target));
}

function emitCallExt(a: BeamAssembler, arity: Operand, target: Operand): void {
  const count = a.number(arity);
  const index = a.number(target);
  if (a.translator.isBif(index)) return emitBifCall(a, count, index);
  pushX(a, count);
  a.w.i32Const(a.translator.calledImport(index));
  a.w.callIndirect(a.translator.functionType(count), a.translator.calls);
  finishCall(a);
}

/** A BIF is called in the body even where the call comes last, so that its caller is in the stack trace, as in OTP. */
function emitBifCall(a: BeamAssembler, arity: number, index: number): void {
  pushX(a, arity);
  a.w.call(a.translator.bif('call', index));
  finishCall(a);
}

function emitCallExtLast(a: BeamAssembler, arity: Operand, target: Operand): void {
  const count = a.number(arity);
  const index = a.number(target);
  if (a.translator.isBif(index)) {
    if (isApply(a, index)) emitApplyBifLast(a, count, index);
    else emitBifCall(a, count, index);
    a.returnBehind();
    return;
  }
  a.slots = NO_FRAME;
  pushX(a, count);
  a.w.i32Const(a.translator.calledImport(index));
  a.w.returnCallIndirect(a.translator.functionType(count), a.translator.calls);
}

/** erlang:apply/2 or /3, which have the function called next. */
function isApply(a: BeamAssembler, index: number): boolean {
  const entry = a.translator.module.imports[index];
  return entry?.module === 'erlang' && entry.name === 'apply';
}

/** The applied function takes this one's place; this one's frame stays only if apply itself raises. */
function emitApplyBifLast(a: BeamAssembler, arity: number, index: number): void {
  const { w } = a;
  pushX(a, arity);
  w.call(a.translator.bif('call', index));
  w.localTee(a.xLocal(0));
  w.i32Eqz();
  w.if();
  leaveTailIfCalled(a);
  a.frame.leave(a.frame.pointOf(a.plan.targetBehind(a.at) as Target), a.slots);
  w.end();
}

/** After a runtime function gave 0: leaves without a frame if it has a function called next. */
function leaveTailIfCalled(a: BeamAssembler): void {
  const { w } = a;
  w.i32Const(0);
  w.i32Load(STATUS);
  w.i32Const(STATUS_CALL);
  w.i32Eq();
  w.if();
  a.frame.leaveTail();
  w.end();
}

function emitReturn(a: BeamAssembler): void {
  a.w.localGet(a.xLocal(0));
  a.w.return();
}

function emitApply(a: BeamAssembler, arity: Operand): void {
  const { w } = a;
  const count = a.number(arity);
  const slot = a.temporary();
  const target = a.plan.targetBehind(a.at) as Target;
  resolveApply(a, count, slot, () => a.frame.leave(a.frame.pointOf(target), a.slots));
  pushX(a, count);
  w.localGet(slot);
  w.call(a.translator.unknownCall('callSlot', count));
  a.release(slot);
  finishCall(a);
}

/** Puts the table slot of x(n):x(n+1)/n in a local, or leaves the function (undefined function, no atoms). */
function resolveApply(a: BeamAssembler, arity: number, slot: Local, leave: () => void): void {
  const { w } = a;
  const [module, name] = [a.xLocal(arity), a.xLocal(arity + 1)];
  const pushFunction = (): void => {
    w.localGet(module);
    w.localGet(name);
    w.i32Const(arity);
  };
  pushFunction();
  a.callRuntime('applySlot');
  w.localTee(slot);
  w.i32Eqz();
  w.if();
  a.storeX(arity);
  pushFunction();
  a.callRuntime('applyFailed');
  leave();
  w.end();
}

function emitApplyLast(a: BeamAssembler, arity: Operand): void {
  const { w } = a;
  const count = a.number(arity);
  const slot = a.temporary();
  resolveApply(a, count, slot, () => {
    leaveTailIfCalled(a);
    a.leaveRaised();
  });
  a.slots = NO_FRAME;
  pushX(a, count);
  w.localGet(slot);
  a.release(slot);
  w.returnCall(a.translator.unknownCall('callSlot', count));
}

export const callEmitters: EmitterTable = {
  call: emitCall,
  call_last: emitCallLast,
  call_only: emitCallLast,
  call_ext: emitCallExt,
  call_ext_last: emitCallExtLast,
  call_ext_only: emitCallExtLast,
  return: emitReturn,
  apply: emitApply,
  apply_last: emitApplyLast,
};
