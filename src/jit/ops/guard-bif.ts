/** Calls of guard BIFs: as a function, or decided in the code for the operands that are common, with that call as the slow path. */
import type { Operand } from '../../isa/operands.ts';
import type { ImportEntry } from '../../loader/beam-module.ts';
import type { Label } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import { isKernelOperator } from '../kernels.ts';

export interface BifCall {
  /** Label to go to when it fails, 0: an exception is raised. */
  readonly fail: number;
  readonly bif: ImportEntry;
  readonly args: readonly Operand[];
  readonly dst: Operand;
}

/** Emits a call of one BIF. What it does not decide itself goes to `emitBifFunction`: the BIF's own code says what it means. */
export type InlineBif = (a: BeamAssembler, call: BifCall) => void;
export type InlineBifTable = Readonly<Record<string, InlineBif>>;

/** Calls the BIF. The destination is written only when there is a value: a handler or the fail label may read what it held. */
export function emitBifFunction(a: BeamAssembler, call: BifCall): void {
  pushBifValue(a, call);
  a.pop(call.dst);
}

/** Calls the BIF and pushes its value. */
export function pushBifValue(a: BeamAssembler, { fail, bif, args }: BifCall): void {
  const { w } = a;
  for (const arg of args) a.push(arg);
  const kind = fail > 0 ? 'guard' : 'bif';
  if (isKernelOperator(bif.module, bif.name, bif.arity)) w.call(a.translator.helpers.arith(kind, bif.name));
  else w.call(a.translator.bifOf(kind, bif));
  a.withTemporary((value) => {
    w.localTee(value);
    w.i32Eqz();
    if (fail > 0) {
      a.branchIf(fail);
    } else {
      w.if();
      a.leaveRaised();
      w.end();
    }
    w.localGet(value);
  });
}

/** What code does where it has no value: asks the BIF itself, or, where it knows that the BIF would fail, goes to the fail label. */
type Otherwise = 'asks' | 'fails';

/**
 * `push` pushes the value, or branches to `slow`, where the BIF is called with the operands as they were, in a guard only if it may have
 * a value (`asks`). `certain`: it never does that, and is given no label.
 */
export function emitInline(
  a: BeamAssembler,
  call: BifCall,
  certain: boolean,
  push: (slow: Label | undefined) => void,
  otherwise: Otherwise = 'asks',
): void {
  const { w } = a;
  if (certain) {
    push(undefined);
    a.pop(call.dst);
    return;
  }
  const done = w.block();
  const slow = w.block();
  push(slow);
  a.pop(call.dst);
  w.br(done);
  w.end(slow);
  if (otherwise === 'fails' && call.fail > 0) a.branch(call.fail);
  else emitBifFunction(a, call);
  w.end(done);
}
