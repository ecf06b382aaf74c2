/** Type tests and comparisons. Immediates are decided here; everything else by runtime/. Types known to the compiler save tests. */
import type { Operand } from '../../isa/operands.ts';
import { typeBits } from '../../isa/types.ts';
import {
  ATOM_TAG,
  CONTEXT_END,
  CONTEXT_POSITION,
  EXTERNAL_KIND,
  EXTERNAL_PID,
  EXTERNAL_PORT,
  EXTERNAL_REF,
  FUN_ARITY,
  HEADER_EXTERNAL,
  HEADER_FLOAT,
  HEADER_MATCH_CONTEXT,
  HEADER_PAIR_MASK,
  HEADER_REF,
  HEADER_SUB_BITS,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  IMMED_MASK,
  makeHeader,
  NIL,
  PAIR_BIG,
  PAIR_BITS,
  PAIR_FUN,
  PAIR_MAP,
  PID_TAG,
  PORT_TAG,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  TUPLE_ELEMENTS,
} from '../../term/layout.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';
import type { RuntimeName } from '../runtime-table.ts';

/** Pushes 1 if the operand's low bits under `mask` are `tag`. */
export function pushTagTest(a: BeamAssembler, src: Operand, mask: number, tag: number): void {
  a.push(src);
  a.w.i32Const(mask);
  a.w.i32And();
  a.w.i32Const(tag);
  a.w.i32Eq();
}

function failUnless(a: BeamAssembler, fail: Operand): void {
  a.w.i32Eqz();
  a.branchIf(a.label(fail));
}

const primary =
  (tag: number) =>
  (a: BeamAssembler, fail: Operand, src: Operand): void => {
    pushTagTest(a, src, PRIMARY_MASK, tag);
    failUnless(a, fail);
  };

function emitIsAtom(a: BeamAssembler, fail: Operand, src: Operand): void {
  pushTagTest(a, src, IMMED_MASK, ATOM_TAG);
  failUnless(a, fail);
}

function emitIsNil(a: BeamAssembler, fail: Operand, src: Operand): void {
  a.push(src);
  a.w.i32Const(NIL);
  a.w.i32Ne();
  a.branchIf(a.label(fail));
}

function emitIsList(a: BeamAssembler, fail: Operand, src: Operand): void {
  a.push(src);
  a.w.i32Const(NIL);
  a.w.i32Eq();
  pushTagTest(a, src, PRIMARY_MASK, PRIMARY_CONS);
  a.w.i32Or();
  failUnless(a, fail);
}

function emitIsNonemptyList(a: BeamAssembler, fail: Operand, src: Operand): void {
  if (a.always(src, typeBits.cons | typeBits.nil)) {
    a.push(src);
    a.w.i32Const(NIL);
    a.w.i32Eq();
    a.branchIf(a.label(fail));
    return;
  }
  primary(PRIMARY_CONS)(a, fail, src);
}

function emitIsBoolean(a: BeamAssembler, fail: Operand, src: Operand): void {
  // false and true are the first two atoms.
  a.push(src);
  a.w.i32Const(~(1 << 6));
  a.w.i32And();
  a.w.i32Const(ATOM_TAG);
  a.w.i32Ne();
  a.branchIf(a.label(fail));
}

/** Fails unless the operand, which may be anything, is boxed; a no-op where it is known to be. */
function failUnlessBoxed(a: BeamAssembler, fail: Operand, src: Operand): void {
  if (a.always(src, BOXED_ALWAYS)) return;
  pushTagTest(a, src, PRIMARY_MASK, PRIMARY_BOXED);
  failUnless(a, fail);
}

/** Types whose terms are always boxed. */
const BOXED_ALWAYS = typeBits.tuple | typeBits.map | typeBits.float | typeBits.bitstring | typeBits.fun;

export function pushHeader(a: BeamAssembler, src: Operand): void {
  a.push(src);
  a.w.i32Const(PRIMARY_BOXED);
  a.w.i32Sub();
  a.w.i32Load();
}

/** Pushes 1 if the header of a boxed operand is of the type. */
export function pushHeaderTest(a: BeamAssembler, src: Operand, mask: number, type: number): void {
  pushHeader(a, src);
  a.w.i32Const(mask);
  a.w.i32And();
  a.w.i32Const(type);
  a.w.i32Eq();
}

const boxed =
  (mask: number, type: number) =>
  (a: BeamAssembler, fail: Operand, src: Operand): void => {
    failUnlessBoxed(a, fail, src);
    pushHeaderTest(a, src, mask, type);
    failUnless(a, fail);
  };

/** `test` pushes 1 for an operand that is known to be boxed; `immediate` pushes 1 for the others that pass. */
function emitEither(a: BeamAssembler, fail: Operand, src: Operand, immediate: () => void, test: () => void): void {
  const { w } = a;
  const passes = w.block();
  immediate();
  w.brIf(passes);
  pushTagTest(a, src, PRIMARY_MASK, PRIMARY_BOXED);
  failUnless(a, fail);
  test();
  failUnless(a, fail);
  w.end(passes);
}

function emitIsInteger(a: BeamAssembler, fail: Operand, src: Operand): void {
  emitEither(
    a,
    fail,
    src,
    () => pushTagTest(a, src, PRIMARY_MASK, PRIMARY_SMALL),
    () => pushHeaderTest(a, src, HEADER_PAIR_MASK, PAIR_BIG),
  );
}

function emitIsNumber(a: BeamAssembler, fail: Operand, src: Operand): void {
  const test = (): void => {
    pushHeaderTest(a, src, HEADER_PAIR_MASK, PAIR_BIG);
    pushHeaderTest(a, src, HEADER_TYPE_MASK, HEADER_FLOAT);
    a.w.i32Or();
  };
  emitEither(a, fail, src, () => pushTagTest(a, src, PRIMARY_MASK, PRIMARY_SMALL), test);
}

/** Pushes 1 if a boxed operand is an external pid, port or reference. */
function pushExternalTest(a: BeamAssembler, src: Operand, kind: number): void {
  const { w } = a;
  pushHeaderTest(a, src, HEADER_TYPE_MASK, HEADER_EXTERNAL);
  a.push(src);
  w.i32Load(EXTERNAL_KIND - PRIMARY_BOXED);
  w.i32Const(kind);
  w.i32Eq();
  w.i32And();
}

const identifier =
  (tag: number, kind: number) =>
  (a: BeamAssembler, fail: Operand, src: Operand): void =>
    emitEither(
      a,
      fail,
      src,
      () => pushTagTest(a, src, IMMED_MASK, tag),
      () => pushExternalTest(a, src, kind),
    );

function emitIsReference(a: BeamAssembler, fail: Operand, src: Operand): void {
  pushTagTest(a, src, PRIMARY_MASK, PRIMARY_BOXED);
  failUnless(a, fail);
  pushHeaderTest(a, src, HEADER_TYPE_MASK, HEADER_REF);
  pushExternalTest(a, src, EXTERNAL_REF);
  a.w.i32Or();
  failUnless(a, fail);
}

/**
 * A bitstring, or a match context, which stands for what it has left: since OTP 27 the compiler tests registers that may hold either
 * (there the two are one kind of object). Its header differs from that of sub bits in two bits, so one mask does not tell all three.
 */
function emitIsBitstr(a: BeamAssembler, fail: Operand, src: Operand): void {
  failUnlessBoxed(a, fail, src);
  pushHeaderTest(a, src, HEADER_PAIR_MASK, PAIR_BITS);
  pushHeaderTest(a, src, HEADER_TYPE_MASK, HEADER_MATCH_CONTEXT);
  a.w.i32Or();
  failUnless(a, fail);
}

/** Pushes how many bits a match context has left. */
export function pushBitsLeft(a: BeamAssembler, context: Operand): void {
  a.push(context);
  a.w.i32Load(CONTEXT_END - PRIMARY_BOXED);
  a.push(context);
  a.w.i32Load(CONTEXT_POSITION - PRIMARY_BOXED);
  a.w.i32Sub();
}

/** The same as is_bitstr if the size in bits is a multiple of eight. Heap bits and sub bits have their size in a field of their own. */
function emitIsBinary(a: BeamAssembler, fail: Operand, src: Operand): void {
  emitIsBitstr(a, fail, src);
  const { w } = a;
  pushHeaderTest(a, src, HEADER_TYPE_MASK, HEADER_MATCH_CONTEXT);
  w.if(a.resultType);
  pushBitsLeft(a, src);
  w.else();
  a.push(src);
  // heap bits: size at +4; sub bits: at +8
  pushHeaderTest(a, src, HEADER_TYPE_MASK, HEADER_SUB_BITS);
  w.i32Const(2);
  w.i32Shl();
  w.i32Add();
  w.i32Load(4 - PRIMARY_BOXED);
  w.end();
  w.i32Const(7);
  w.i32And();
  a.branchIf(a.label(fail));
}

function emitIsFunction2(a: BeamAssembler, fail: Operand, src: Operand, arity: Operand): void {
  const { w } = a;
  if (arity.kind !== 'integer') {
    a.push(src);
    a.push(arity);
    a.w.call(a.translator.bifNamed('guard', 'erlang', 'is_function', 2));
    // true is the second atom, false the first; 0 is a bad arity
    w.i32Const(1 << 6);
    w.i32And();
    failUnless(a, fail);
    return;
  }
  boxed(HEADER_PAIR_MASK, PAIR_FUN)(a, fail, src);
  a.push(src);
  w.i32Load(FUN_ARITY - PRIMARY_BOXED);
  w.i32Const(Number(arity.value));
  w.i32Ne();
  a.branchIf(a.label(fail));
}

function emitTestArity(a: BeamAssembler, fail: Operand, src: Operand, arity: Operand): void {
  pushHeader(a, src);
  a.w.i32Const(makeHeader(HEADER_TUPLE, a.number(arity)));
  a.w.i32Ne();
  a.branchIf(a.label(fail));
}

function emitIsTaggedTuple(a: BeamAssembler, fail: Operand, src: Operand, arity: Operand, tag: Operand): void {
  failUnlessBoxed(a, fail, src);
  emitTestArity(a, fail, src, arity);
  a.push(src);
  a.w.i32Load(TUPLE_ELEMENTS - PRIMARY_BOXED);
  a.push(tag);
  a.w.i32Ne();
  a.branchIf(a.label(fail));
}

// ---- comparisons ---------------------------------------------------------------------------------------------------

/** Whether comparing words decides `=:=`. */
function wordDecides(a: BeamAssembler, operand: Operand): boolean {
  if (operand.kind === 'atom' || operand.kind === 'nil' || a.alwaysSmall(operand)) return true;
  return a.always(operand, typeBits.atom | typeBits.nil);
}

/** Whether comparing words decides `==`: as above, but a small equals a float too. */
function wordDecidesEqual(a: BeamAssembler, operand: Operand): boolean {
  return operand.kind === 'atom' || operand.kind === 'nil' || a.always(operand, typeBits.atom | typeBits.nil);
}

function pushBoth(a: BeamAssembler, first: Operand, second: Operand): void {
  a.push(first);
  a.push(second);
}

/** Goes to fail unless `first` and `second` are equal (`wanted`) or unequal. */
function emitEquality(
  a: BeamAssembler,
  fail: Operand,
  first: Operand,
  second: Operand,
  name: RuntimeName,
  wanted: boolean,
): void {
  const { w } = a;
  const exact = name === 'identical';
  const decides = exact
    ? wordDecides(a, first) || wordDecides(a, second)
    : wordDecidesEqual(a, first) || wordDecidesEqual(a, second) || (a.alwaysSmall(first) && a.alwaysSmall(second));
  pushBoth(a, first, second);
  if (decides) {
    if (wanted) w.i32Ne();
    else w.i32Eq();
    a.branchIf(a.label(fail));
    return;
  }
  if (!wanted) {
    w.i32Eq();
    a.branchIf(a.label(fail));
    emitSlowEquality(a, first, second, name);
    a.branchIf(a.label(fail));
    return;
  }
  w.i32Ne();
  w.if();
  emitSlowEquality(a, first, second, name);
  w.i32Eqz();
  a.branchIf(a.label(fail));
  w.end();
}

/** Pushes 1 or 0 for two different words. Different immediates are never equal: saves the call. */
function emitSlowEquality(a: BeamAssembler, first: Operand, second: Operand, name: RuntimeName): void {
  const { w } = a;
  if (name === 'identical') {
    // Identical terms have the same primary tag, and it is that of a pointer.
    pushBoth(a, first, second);
    w.i32Xor();
    w.i32Const(PRIMARY_MASK);
    w.i32And();
    w.i32Eqz();
    pushPointerTest(a, first);
    w.i32And();
  } else {
    pushPointerTest(a, first);
    pushPointerTest(a, second);
    w.i32Or();
  }
  w.if(a.resultType);
  pushBoth(a, first, second);
  if (name === 'identical') w.call(a.translator.imported('kernel', name, 'ii:i'));
  else a.callRuntime(name);
  w.else();
  w.i32Const(0);
  w.end();
}

/** Pushes 1 if the operand is a cons or boxed: its low two bits are 01 or 10. */
function pushPointerTest(a: BeamAssembler, operand: Operand): void {
  const { w } = a;
  a.push(operand);
  w.i32Const(1);
  w.i32Add();
  w.i32Const(2);
  w.i32And();
  w.i32Const(0);
  w.i32Ne();
}

/** Goes to fail unless `first < second` (`less`) or `first >= second`. */
function emitOrder(a: BeamAssembler, fail: Operand, first: Operand, second: Operand, less: boolean): void {
  const { w } = a;
  const label = a.label(fail);
  const compareSmalls = (): void => {
    pushBoth(a, first, second);
    if (less) w.i32GeS();
    else w.i32LtS();
  };
  if (a.alwaysSmall(first) && a.alwaysSmall(second)) {
    compareSmalls();
    return a.branchIf(label);
  }
  a.pushNotBothSmall(first, second);
  w.if(a.resultType);
  pushBoth(a, first, second);
  w.call(a.translator.helpers.compare());
  w.i32Const(0);
  if (less) w.i32GeS();
  else w.i32LtS();
  w.else();
  compareSmalls();
  w.end();
  a.branchIf(label);
}

export const testEmitters: EmitterTable = {
  is_integer: emitIsInteger,
  is_float: boxed(HEADER_TYPE_MASK, HEADER_FLOAT),
  is_number: emitIsNumber,
  is_atom: emitIsAtom,
  is_pid: identifier(PID_TAG, EXTERNAL_PID),
  is_port: identifier(PORT_TAG, EXTERNAL_PORT),
  is_reference: emitIsReference,
  is_nil: emitIsNil,
  is_binary: emitIsBinary,
  is_bitstr: emitIsBitstr,
  is_list: emitIsList,
  is_nonempty_list: emitIsNonemptyList,
  is_tuple: boxed(HEADER_TYPE_MASK, HEADER_TUPLE),
  is_map: boxed(HEADER_PAIR_MASK, PAIR_MAP),
  is_function: boxed(HEADER_PAIR_MASK, PAIR_FUN),
  is_function2: emitIsFunction2,
  is_boolean: emitIsBoolean,
  test_arity: emitTestArity,
  is_tagged_tuple: emitIsTaggedTuple,
  is_lt: (a, fail, first, second) => emitOrder(a, fail, first, second, true),
  is_ge: (a, fail, first, second) => emitOrder(a, fail, first, second, false),
  is_eq: (a, fail, first, second) => emitEquality(a, fail, first, second, 'equal', true),
  is_ne: (a, fail, first, second) => emitEquality(a, fail, first, second, 'equal', false),
  is_eq_exact: (a, fail, first, second) => emitEquality(a, fail, first, second, 'identical', true),
  is_ne_exact: (a, fail, first, second) => emitEquality(a, fail, first, second, 'identical', false),
};
