/** Moves between registers, and instructions that mark places and need no code. */
import type { Operand } from '../../isa/operands.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';

function emitMove(a: BeamAssembler, src: Operand, dst: Operand): void {
  a.push(src);
  a.pop(dst);
}

function emitSwap(a: BeamAssembler, one: Operand, other: Operand): void {
  a.push(one);
  a.push(other);
  a.pop(one);
  a.pop(other);
}

/** The head of a function raises function_clause; it is compiled once, at the function's end (function-frame.ts). */
function emitFuncInfo(a: BeamAssembler): void {
  a.w.br(a.frame.useFunctionClause());
}

function emitIntCodeEnd(a: BeamAssembler): void {
  a.w.unreachable();
}

/** Labels are placed and lines are known by analysis.ts; nothing is counted for coverage and no debugger stops here. */
function emitNothing(): void {}

export const moveEmitters: EmitterTable = {
  move: emitMove,
  swap: emitSwap,
  func_info: emitFuncInfo,
  int_code_end: emitIntCodeEnd,
  label: emitNothing,
  line: emitNothing,
  executable_line: emitNothing,
  debug_line: emitNothing,
  nif_start: emitNothing,
  on_load: emitNothing,
};
