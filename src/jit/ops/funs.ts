/** Making funs and calling them. Every fun object has the slot of its adapter: (arguments …, fun) -> value. */
import type { Operand } from '../../isa/operands.ts';
import { typeBits } from '../../isa/types.ts';
import type { LambdaEntry } from '../../loader/beam-module.ts';
import {
  FUN_ARITY,
  FUN_ENTRY,
  FUN_FIXED_WORDS,
  FUN_FREE,
  FUN_SLOT,
  HEADER_FUN,
  HEADER_PAIR_MASK,
  makeHeader,
  PAIR_FUN,
  PRIMARY_BOXED,
  PRIMARY_MASK,
} from '../../term/layout.ts';
import type { FuncIndex } from '../../wasm/types.ts';
import { NO_FRAME, type Target } from '../analysis.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';
import { RELOC_ADAPTER_SLOT, RELOC_FUN_ENTRY, RELOC_FUN_LITERAL } from '../relocations.ts';
import { finishCall, pushX } from './calls.ts';
import { finishObject, loadField, storeReserved } from './lists-tuples.ts';
import { listItems } from './maps.ts';
import { pushHeaderTest, pushTagTest } from './tests-compare.ts';

// ---- making --------------------------------------------------------------------------------------------------------

function lambdaAt(a: BeamAssembler, index: number): LambdaEntry {
  const lambda = a.translator.module.lambdas[index];
  if (lambda === undefined) throw new RangeError(`no lambda ${index}`);
  return lambda;
}

/** A fun without free variables is a constant. */
function makeFun(a: BeamAssembler, index: number, dst: Operand, free: readonly Operand[]): void {
  const { w } = a;
  if (free.length === 0) {
    w.i32ConstReloc(RELOC_FUN_LITERAL, index);
    a.pop(dst);
    return;
  }
  const { arity, numFree } = lambdaAt(a, index);
  const words = 1 + FUN_FIXED_WORDS + free.length;
  a.reserve(words);
  storeReserved(a, 0, () => w.i32Const(makeHeader(HEADER_FUN, words - 1)));
  storeReserved(a, FUN_SLOT, () => w.i32ConstReloc(RELOC_ADAPTER_SLOT, index));
  storeReserved(a, FUN_ARITY, () => w.i32Const(arity - numFree));
  storeReserved(a, FUN_ENTRY, () => w.i32ConstReloc(RELOC_FUN_ENTRY, index));
  free.forEach((variable, i) => {
    storeReserved(a, FUN_FREE + 4 * i, () => a.push(variable));
  });
  finishObject(a, PRIMARY_BOXED, words, dst);
}

function emitMakeFun3(a: BeamAssembler, lambda: Operand, dst: Operand, free: Operand): void {
  makeFun(a, a.number(lambda), dst, listItems(free));
}

function emitMakeFun2(a: BeamAssembler, lambda: Operand): void {
  const index = a.number(lambda);
  const free = Array.from({ length: lambdaAt(a, index).numFree }, (_, i) => xRegister(i));
  makeFun(a, index, xRegister(0), free);
}

// ---- calling -------------------------------------------------------------------------------------------------------

function xRegister(index: number): Operand {
  return { kind: 'x', index, type: 0 };
}

function emitCallFun(a: BeamAssembler, arity: Operand): void {
  callUnknown(a, a.number(arity), xRegister(a.number(arity)), false);
}

/** The tag is a lambda that the fun is known to be made of, or tells whether it is known to be a fun of this arity. */
function emitCallFun2(a: BeamAssembler, tag: Operand, arity: Operand, fun: Operand): void {
  const count = a.number(arity);
  // In a tail call the driver has moved the fun behind the arguments.
  const operand = isLast(a) ? xRegister(count) : fun;
  const known = tag.kind === 'atom' && tag.name === 'safe' && a.always(fun, typeBits.fun);
  if (tag.kind === 'u') callLambda(a, tag.value, count, operand);
  else callUnknown(a, count, operand, known);
}

function isLast(a: BeamAssembler): boolean {
  return a.plan.callsFunLast(a.at);
}

/** Calls what the fun's slot would lead to. */
function callLambda(a: BeamAssembler, index: number, arity: number, fun: Operand): void {
  const target = a.translator.adapters[index] as FuncIndex;
  pushX(a, arity);
  a.push(fun);
  if (isLast(a)) a.w.returnCall(target);
  else a.w.call(target);
  endCall(a);
}

function callUnknown(a: BeamAssembler, arity: number, fun: Operand, known: boolean): void {
  const { w, translator } = a;
  if (!known) checkFun(a, arity, fun);
  pushX(a, arity);
  a.push(fun);
  const call = translator.unknownCall('callFun', arity);
  if (isLast(a)) w.returnCall(call);
  else w.call(call);
  endCall(a);
}

/** Leaves the function unless the operand is a fun of the arity. */
function checkFun(a: BeamAssembler, arity: number, fun: Operand): void {
  const { w } = a;
  const good = w.block();
  const bad = w.block();
  pushTagTest(a, fun, PRIMARY_MASK, PRIMARY_BOXED);
  w.i32Eqz();
  w.brIf(bad);
  pushHeaderTest(a, fun, HEADER_PAIR_MASK, PAIR_FUN);
  w.i32Eqz();
  w.brIf(bad);
  loadField(a, fun, PRIMARY_BOXED, FUN_ARITY);
  w.i32Const(arity);
  w.i32Eq();
  w.brIf(good);
  w.end(bad);
  leaveBadFun(a, arity, fun);
  w.end(good);
}

/** An exception has this call in its trace, also where it comes last; a call of something else then takes the frame's place. */
function leaveBadFun(a: BeamAssembler, arity: number, fun: Operand): void {
  const { w, plan, frame } = a;
  a.storeX(arity);
  a.push(fun);
  w.i32Const(arity);
  w.i32Const(isLast(a) ? 0 : 1);
  a.callRuntime('callFunFailed');
  if (!isLast(a)) {
    w.drop();
    return frame.leave(frame.pointOf(plan.targetBehind(a.at) as Target), a.slots);
  }
  w.if();
  frame.leaveTail();
  w.end();
  frame.leave(frame.raisePoint(NO_FRAME, a.line), NO_FRAME);
}

/** Behind a tail call, the instructions that drop the frame and return cannot be reached. */
function endCall(a: BeamAssembler): void {
  if (isLast(a)) a.reachable = false;
  else finishCall(a);
}

export const funEmitters: EmitterTable = {
  make_fun2: emitMakeFun2,
  make_fun3: emitMakeFun3,
  call_fun: emitCallFun,
  call_fun2: emitCallFun2,
};
