/**
 * Raising and catching. A raise leaves the function; the trampoline looks for a catch tag on the Erlang stack and re-enters at the handler. It
 * arrives there with x0, x1, x2 = class, reason, raw trace at a `try`, and with x0 = 0 (no term) and these in x1, x2, x3 at a `catch`, whose label
 * is also reached by falling through, with a value in x0.
 */
import type { Operand } from '../../isa/operands.ts';
import { NIL } from '../../term/layout.ts';
import type { Target } from '../analysis.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';
import { RELOC_CATCH } from '../relocations.ts';
import type { RuntimeName } from '../runtime-table.ts';

/** `try` and `catch`: the slot holds the handler's tag while they last. */
function emitTry(a: BeamAssembler, slot: Operand, handler: Operand): void {
  const target = a.plan.target(a.label(handler)) as Target;
  a.w.i32ConstReloc(RELOC_CATCH, a.frame.pointOf(target));
  a.pop(slot);
}

/** `try_end` and `try_case`: no exception goes to the handler from here on. */
function emitTryEnd(a: BeamAssembler, slot: Operand): void {
  a.w.i32Const(NIL);
  a.pop(slot);
}

/** Exceptions arrive only where a function is resumed. */
function emitCatchEnd(a: BeamAssembler, slot: Operand): void {
  const { w } = a;
  emitTryEnd(a, slot);
  if (!a.resuming) return;
  w.localGet(a.xLocal(0));
  w.i32Eqz();
  w.if();
  for (let i = 1; i <= 3; i++) w.localGet(a.xLocal(i));
  a.callRuntime('catchEnd');
  w.localSet(a.xLocal(0));
  w.end();
}

/** Raises what the runtime function of this name raises for the operands. */
const raising =
  (name: RuntimeName) =>
  (a: BeamAssembler, ...operands: Operand[]): void => {
    for (const operand of operands) a.push(operand);
    a.callRuntime(name);
    a.leaveRaised();
  };

/** Goes on with badarg in x0 when x0 is no class. */
function emitRawRaise(a: BeamAssembler): void {
  const { w } = a;
  for (let i = 0; i < 3; i++) w.localGet(a.xLocal(i));
  a.callRuntime('rawRaise');
  w.localTee(a.xLocal(0));
  w.i32Eqz();
  w.if();
  a.leaveRaised();
  w.end();
}

function emitBuildStacktrace(a: BeamAssembler): void {
  a.w.localGet(a.xLocal(0));
  a.callRuntime('buildStacktrace');
  a.w.localSet(a.xLocal(0));
}

export const exceptionEmitters: EmitterTable = {
  try: emitTry,
  catch: emitTry,
  try_end: emitTryEnd,
  try_case: emitTryEnd,
  catch_end: emitCatchEnd,
  try_case_end: raising('tryClause'),
  badmatch: raising('badmatch'),
  case_end: raising('caseClause'),
  if_end: raising('ifClause'),
  badrecord: raising('badrecord'),
  raise: raising('raise'),
  raw_raise: emitRawRaise,
  build_stacktrace: emitBuildStacktrace,
};
