/** Float registers are wasm f64 locals. Every result is finite, or badarith is raised on the spot (emit_check_float_error in OTP's JIT). */
import type { Operand } from '../../isa/operands.ts';
import { typeBits } from '../../isa/types.ts';
import {
  FLOAT_VALUE,
  FLOAT_WORDS,
  HEADER_FLOAT,
  HEADER_TYPE_MASK,
  makeHeader,
  PRIMARY_BOXED,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_SHIFT,
} from '../../term/layout.ts';
import { f64, type Local } from '../../wasm/types.ts';
import { type BeamAssembler, WORD_ALIGNMENT } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';
import { finishObject, storeReserved } from './lists-tuples.ts';
import { pushHeaderTest, pushTagTest } from './tests-compare.ts';

function floatRegister(a: BeamAssembler, operand: Operand): Local {
  if (operand.kind !== 'fr') throw new TypeError(`operand of kind ${operand.kind} is no float register`);
  return a.floatLocal(operand.index);
}

/** Pushes the value of a boxed float. */
function pushFloat(a: BeamAssembler, src: Operand): void {
  a.push(src);
  a.w.f64Load(FLOAT_VALUE - PRIMARY_BOXED, WORD_ALIGNMENT);
}

function emitFmove(a: BeamAssembler, src: Operand, dst: Operand): void {
  const { w } = a;
  if (dst.kind !== 'fr') return boxFloat(a, floatRegister(a, src), dst);
  if (src.kind === 'fr') w.localGet(floatRegister(a, src));
  else pushFloat(a, src);
  w.localSet(floatRegister(a, dst));
}

function boxFloat(a: BeamAssembler, value: Local, dst: Operand): void {
  const words = 1 + FLOAT_WORDS;
  a.reserve(words);
  storeReserved(a, 0, () => a.w.i32Const(makeHeader(HEADER_FLOAT, FLOAT_WORDS)));
  a.w.localGet(a.heap);
  a.w.localGet(value);
  a.w.f64Store(FLOAT_VALUE, WORD_ALIGNMENT);
  finishObject(a, PRIMARY_BOXED, words, dst);
}

function pushConverted(a: BeamAssembler, src: Operand): void {
  a.push(src);
  a.w.i32Const(SMALL_SHIFT);
  a.w.i32ShrS();
  a.w.f64ConvertI32S();
}

function emitFconv(a: BeamAssembler, src: Operand, dst: Operand): void {
  const { w } = a;
  const local = floatRegister(a, dst);
  if (a.alwaysSmall(src)) {
    pushConverted(a, src);
    w.localSet(local);
    return;
  }
  if (a.always(src, typeBits.float)) return emitFmove(a, src, dst);
  pushTagTest(a, src, PRIMARY_MASK, PRIMARY_SMALL);
  w.if(f64);
  pushConverted(a, src);
  w.else();
  pushNoSmall(a, src);
  w.end();
  w.localSet(local);
}

/** Pushes the value of a float or a large integer; leaves the function for anything else. */
function pushNoSmall(a: BeamAssembler, src: Operand): void {
  const { w } = a;
  pushTagTest(a, src, PRIMARY_MASK, PRIMARY_BOXED);
  w.if(a.resultType);
  pushHeaderTest(a, src, HEADER_TYPE_MASK, HEADER_FLOAT);
  w.else();
  w.i32Const(0);
  w.end();
  w.if(f64);
  pushFloat(a, src);
  w.else();
  a.push(src);
  a.callRuntime('toFloat');
  a.withTemporary((value) => {
    w.localTee(value);
    w.localGet(value);
    w.localGet(value);
    w.f64Ne();
    leaveIfBad(a);
  }, f64);
  w.end();
}

/** On the stack: whether to raise badarith. */
function leaveIfBad(a: BeamAssembler): void {
  a.w.if();
  a.callRuntime('raiseBadarith');
  a.leaveRaised();
  a.w.end();
}

const binary =
  (combine: (a: BeamAssembler) => void) =>
  (a: BeamAssembler, _fail: Operand, x: Operand, y: Operand, dst: Operand): void => {
    const { w } = a;
    const result = a.temporary(f64);
    w.localGet(floatRegister(a, x));
    w.localGet(floatRegister(a, y));
    combine(a);
    w.localTee(result);
    w.f64Abs();
    w.f64Const(Number.POSITIVE_INFINITY);
    w.f64Lt();
    w.i32Eqz();
    leaveIfBad(a);
    w.localGet(result);
    w.localSet(floatRegister(a, dst));
    a.release(result, f64);
  };

/** The negation of a finite number is finite. */
function emitFnegate(a: BeamAssembler, _fail: Operand, src: Operand, dst: Operand): void {
  a.w.localGet(floatRegister(a, src));
  a.w.f64Neg();
  a.w.localSet(floatRegister(a, dst));
}

/** `fclearerror` and `fcheckerror` of OTP 23 and before: every instruction checks its own result. */
function emitNothing(): void {}

export const floatEmitters: EmitterTable = {
  fmove: emitFmove,
  fconv: emitFconv,
  fadd: binary((a) => a.w.f64Add()),
  fsub: binary((a) => a.w.f64Sub()),
  fmul: binary((a) => a.w.f64Mul()),
  fdiv: binary((a) => a.w.f64Div()),
  fnegate: emitFnegate,
  fclearerror: emitNothing,
  fcheckerror: emitNothing,
};
