/** The instructions that call guard BIFs. By name and arity a BIF may have code of its own (arith.ts, data-bifs.ts). */
import type { Operand } from '../../isa/operands.ts';
import { CURRENT_PID } from '../../memory/map.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { Emitter, EmitterTable } from '../emitter.ts';
import { arithBifs } from './arith.ts';
import { dataBifs } from './data-bifs.ts';
import { emitBifFunction, type InlineBifTable } from './guard-bif.ts';

export const inlineBifs: InlineBifTable = { ...arithBifs, ...dataBifs };

function emitBif(a: BeamAssembler, fail: number, bif: Operand, args: readonly Operand[], dst: Operand): void {
  const index = a.number(bif);
  const entry = a.translator.module.imports[index];
  if (entry === undefined) throw new RangeError(`no import ${index}`);
  const emit = inlineBifs[a.translator.keyOfImport(entry)] ?? emitBifFunction;
  emit(a, { fail, bif: entry, args, dst });
}

/** `bif0` cannot fail. */
function emitBif0(a: BeamAssembler, bif: Operand, dst: Operand): void {
  const index = a.number(bif);
  const entry = a.translator.module.imports[index];
  if (entry !== undefined && a.translator.keyOfImport(entry) === 'erlang:self/0') {
    a.w.i32Const(0);
    a.w.i32Load(CURRENT_PID);
  } else {
    a.w.call(a.translator.bif('guard', index));
  }
  a.pop(dst);
}

/** `bif1`, `bif2`, `bif3`: fail, BIF, operands …, destination. */
const emitBifN: Emitter = (a, fail, bif, ...rest) =>
  emitBif(a, a.label(fail), bif as Operand, rest.slice(0, -1), rest.at(-1) as Operand);

/** `gc_bif1` … `gc_bif3`: as above, the number of live registers behind the label. Nothing moves, so it is of no use here. */
const emitGcBif: Emitter = (a, fail, _live, bif, ...rest) =>
  emitBif(a, a.label(fail), bif as Operand, rest.slice(0, -1), rest.at(-1) as Operand);

export const bifCallEmitters: EmitterTable = {
  bif0: emitBif0,
  bif1: emitBifN,
  bif2: emitBifN,
  bif3: emitBifN,
  gc_bif1: emitGcBif,
  gc_bif2: emitGcBif,
  gc_bif3: emitGcBif,
};
