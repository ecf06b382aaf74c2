/** Guard BIFs on lists, tuples, maps, bitstrings and booleans, and type tests and comparisons as values. */
import type { Operand } from '../../isa/operands.ts';
import { typeBits } from '../../isa/types.ts';
import {
  FLATMAP_KEYS,
  HEADER_FLATMAP,
  HEADER_MATCH_CONTEXT,
  HEADER_PAIR_MASK,
  HEADER_SIZE_SHIFT,
  HEADER_TUPLE,
  HEADER_TYPE_MASK,
  IMMED_SHIFT,
  MAX_TUPLE_ARITY,
  PAIR_BITS,
  PAIR_MAP,
  PRIMARY_BOXED,
  PRIMARY_CONS,
  PRIMARY_MASK,
  PRIMARY_SMALL,
  SMALL_SHIFT,
  TUPLE_ELEMENTS,
} from '../../term/layout.ts';
import type { Label } from '../../wasm/types.ts';
import { type BeamAssembler, FALSE_WORD, TRUE_WORD } from '../beam-assembler.ts';
import type { Emitter } from '../emitter.ts';
import { branchUnlessSmall } from './arith.ts';
import { pushSizeTerm } from './bits-reader.ts';
import { pushSizeOf } from './bits-words.ts';
import { type BifCall, emitBifFunction, emitInline, type InlineBif, type InlineBifTable } from './guard-bif.ts';
import { loadField } from './lists-tuples.ts';
import { pushBitsLeft, pushHeader, pushHeaderTest, pushTagTest, testEmitters } from './tests-compare.ts';

/** How far a header word is shifted to become 4 times the number of words that follow (plus bits of the type below). */
const HEADER_TO_SMALL = HEADER_SIZE_SHIFT - SMALL_SHIFT;

function branchUnless(a: BeamAssembler, label: Label): void {
  a.w.i32Eqz();
  a.w.brIf(label);
}

/** Goes to slow unless the operand is a boxed object of the type. */
function checkBoxed(a: BeamAssembler, src: Operand, mask: number, type: number, slow: Label): void {
  pushTagTest(a, src, PRIMARY_MASK, PRIMARY_BOXED);
  branchUnless(a, slow);
  pushHeaderTest(a, src, mask, type);
  branchUnless(a, slow);
}

function setSmallTag(a: BeamAssembler): void {
  a.w.i32Const(PRIMARY_SMALL);
  a.w.i32Or();
}

// ---- lists and tuples ----------------------------------------------------------------------------------------------

const ofCons =
  (offset: number): InlineBif =>
  (a, call) => {
    const src = call.args[0] as Operand;
    const push = (slow: Label | undefined): void => {
      if (slow !== undefined) {
        pushTagTest(a, src, PRIMARY_MASK, PRIMARY_CONS);
        branchUnless(a, slow);
      }
      loadField(a, src, PRIMARY_CONS, offset);
    };
    emitInline(a, call, a.always(src, typeBits.cons), push, 'fails');
  };

/** The size of a tuple; size/1 knows binaries, too. */
const tupleSize =
  (otherwise: 'asks' | 'fails'): InlineBif =>
  (a, call) => {
    const src = call.args[0] as Operand;
    const push = (slow: Label | undefined): void => {
      if (slow !== undefined) checkBoxed(a, src, HEADER_TYPE_MASK, HEADER_TUPLE, slow);
      pushHeader(a, src);
      a.w.i32Const(HEADER_TO_SMALL);
      a.w.i32ShrU();
      setSmallTag(a);
    };
    emitInline(a, call, a.always(src, typeBits.tuple), push, otherwise);
  };

/** Pushes the number of elements of a tuple. */
function pushArity(a: BeamAssembler, tuple: Operand): void {
  pushHeader(a, tuple);
  a.w.i32Const(HEADER_SIZE_SHIFT);
  a.w.i32ShrU();
}

function emitElement(a: BeamAssembler, call: BifCall): void {
  const [index, tuple] = call.args as [Operand, Operand];
  if (a.neverSmall(index)) return emitBifFunction(a, call);
  const position = index.kind === 'integer' ? Number(index.value) : undefined;
  if (position !== undefined && (position < 1 || position > MAX_TUPLE_ARITY)) return emitBifFunction(a, call);
  const push = (slow: Label | undefined): void => {
    if (slow === undefined) return;
    if (!a.always(tuple, typeBits.tuple)) checkBoxed(a, tuple, HEADER_TYPE_MASK, HEADER_TUPLE, slow);
    if (position === undefined) pushElementAt(a, index, tuple, slow);
    else pushElement(a, position, tuple, slow);
  };
  emitInline(a, call, false, push, 'fails');
}

function pushElement(a: BeamAssembler, position: number, tuple: Operand, slow: Label): void {
  pushArity(a, tuple);
  a.w.i32Const(position);
  a.w.i32LtU();
  a.w.brIf(slow);
  loadField(a, tuple, PRIMARY_BOXED, TUPLE_ELEMENTS + 4 * (position - 1));
}

function pushElementAt(a: BeamAssembler, index: Operand, tuple: Operand, slow: Label): void {
  const { w } = a;
  if (!a.alwaysSmall(index)) branchUnlessSmall(a, index, slow);
  a.push(index);
  w.i32Const(SMALL_SHIFT);
  w.i32ShrS();
  w.i32Const(1);
  w.i32Sub();
  pushArity(a, tuple);
  w.i32GeU();
  w.brIf(slow);
  // A small n is the word 4n + 3, and element n lies 4n bytes behind the header.
  a.push(tuple);
  a.push(index);
  w.i32Add();
  w.i32Const(PRIMARY_BOXED + PRIMARY_SMALL);
  w.i32Sub();
  w.i32Load(TUPLE_ELEMENTS - 4);
}

// ---- maps ----------------------------------------------------------------------------------------------------------

/** Flatmaps only: their header counts the values and the word of the keys. */
function emitMapSize(a: BeamAssembler, call: BifCall): void {
  const { w } = a;
  const src = call.args[0] as Operand;
  emitInline(a, call, false, (slow) => {
    if (slow === undefined) return;
    checkBoxed(a, src, HEADER_TYPE_MASK, HEADER_FLATMAP, slow);
    pushHeader(a, src);
    w.i32Const(HEADER_SIZE_SHIFT);
    w.i32ShrU();
    w.i32Const(FLATMAP_KEYS / 4);
    w.i32Sub();
    w.i32Const(SMALL_SHIFT);
    w.i32Shl();
    setSmallTag(a);
  });
}

/** Pushes the value of a key, or 0; goes to slow if the operand is no map. */
function pushLookup(a: BeamAssembler, key: Operand, map: Operand, slow: Label): void {
  if (!a.always(map, typeBits.map)) checkBoxed(a, map, HEADER_PAIR_MASK, PAIR_MAP, slow);
  a.push(map);
  a.push(key);
  a.w.call(a.translator.imported('kernel', 'mapGet', 'ii:i'));
}

function emitMapGet(a: BeamAssembler, call: BifCall): void {
  const [key, map] = call.args as [Operand, Operand];
  const push = (slow: Label | undefined): void => {
    if (slow === undefined) return;
    pushLookup(a, key, map, slow);
    a.withTemporary((value) => {
      a.w.localTee(value);
      branchUnless(a, slow);
      a.w.localGet(value);
    });
  };
  emitInline(a, call, false, push, 'fails');
}

function emitIsMapKey(a: BeamAssembler, call: BifCall): void {
  const [key, map] = call.args as [Operand, Operand];
  const { w } = a;
  const push = (slow: Label | undefined): void => {
    if (slow === undefined) return;
    w.i32Const(TRUE_WORD);
    w.i32Const(FALSE_WORD);
    pushLookup(a, key, map, slow);
    w.select();
  };
  emitInline(a, call, false, push, 'fails');
}

// ---- bitstrings ----------------------------------------------------------------------------------------------------

/** Pushes the size in bits of a bitstring, or of what a match context has left: OTP 26 and newer ask for that too. */
function pushBitSize(a: BeamAssembler, src: Operand, slow: Label): void {
  const { w } = a;
  pushTagTest(a, src, PRIMARY_MASK, PRIMARY_BOXED);
  branchUnless(a, slow);
  pushHeaderTest(a, src, HEADER_TYPE_MASK, HEADER_MATCH_CONTEXT);
  w.if(a.resultType);
  pushBitsLeft(a, src);
  w.else();
  pushHeaderTest(a, src, HEADER_PAIR_MASK, PAIR_BITS);
  branchUnless(a, slow);
  a.withTemporary((bits) => {
    a.push(src);
    w.localSet(bits);
    pushSizeOf(w, bits);
  });
  w.end();
}

const bitSize =
  (convert: (a: BeamAssembler) => void): InlineBif =>
  (a, call) => {
    const push = (slow: Label | undefined): void => {
      if (slow === undefined) return;
      pushBitSize(a, call.args[0] as Operand, slow);
      convert(a);
      pushSizeTerm(a);
    };
    emitInline(a, call, false, push, 'fails');
  };

/** A last byte that is not full counts. */
function bitsToBytes(a: BeamAssembler): void {
  a.w.i32Const(7);
  a.w.i32Add();
  a.w.i32Const(3);
  a.w.i32ShrU();
}

// ---- booleans ------------------------------------------------------------------------------------------------------

/** Pushes something else than 0 unless the operand is a boolean. */
function pushNotBoolean(a: BeamAssembler, src: Operand): void {
  const { w } = a;
  a.push(src);
  w.i32Const(~(1 << IMMED_SHIFT));
  w.i32And();
  w.i32Const(FALSE_WORD);
  w.i32Xor();
}

function emitNot(a: BeamAssembler, call: BifCall): void {
  const src = call.args[0] as Operand;
  emitInline(a, call, false, (slow) => {
    if (slow === undefined) return;
    pushNotBoolean(a, src);
    a.w.brIf(slow);
    a.push(src);
    a.w.i32Const(1 << IMMED_SHIFT);
    a.w.i32Xor();
  });
}

const logical =
  (combine: (a: BeamAssembler) => void): InlineBif =>
  (a, call) => {
    const [x, y] = call.args as [Operand, Operand];
    emitInline(a, call, false, (slow) => {
      if (slow === undefined) return;
      pushNotBoolean(a, x);
      pushNotBoolean(a, y);
      a.w.i32Or();
      a.w.brIf(slow);
      a.push(x);
      a.push(y);
      combine(a);
    });
  };

// ---- tests as values -----------------------------------------------------------------------------------------------

/** The BIF means the same as a test instruction with the operands in this order. */
const truth =
  (name: string, swapped = false): InlineBif =>
  (a, { args, dst }) => {
    const test = testEmitters[name] as Emitter;
    a.truthOf(dst, (fail) => test(a, fail, ...(swapped ? args.toReversed() : args)));
  };

/** With an arity that the code does not name, or that is none, the BIF decides. */
function emitIsFunction2(a: BeamAssembler, call: BifCall): void {
  const arity = call.args[1] as Operand;
  const isArity = arity.kind === 'integer' && arity.value >= 0 && arity.value <= 255;
  if (isArity) truth('is_function2')(a, call);
  else emitBifFunction(a, call);
}

export const dataBifs: InlineBifTable = {
  'erlang:hd/1': ofCons(0),
  'erlang:tl/1': ofCons(4),
  'erlang:tuple_size/1': tupleSize('fails'),
  'erlang:size/1': tupleSize('asks'),
  'erlang:element/2': emitElement,
  'erlang:map_size/1': emitMapSize,
  'erlang:map_get/2': emitMapGet,
  'erlang:is_map_key/2': emitIsMapKey,
  'erlang:bit_size/1': bitSize(() => undefined),
  'erlang:byte_size/1': bitSize(bitsToBytes),
  'erlang:not/1': emitNot,
  'erlang:and/2': logical((a) => a.w.i32And()),
  'erlang:or/2': logical((a) => a.w.i32Or()),
  'erlang:xor/2': logical((a) => {
    a.w.i32Xor();
    a.w.i32Const(FALSE_WORD);
    a.w.i32Or();
  }),
  'erlang:=:=/2': truth('is_eq_exact'),
  'erlang:=/=/2': truth('is_ne_exact'),
  'erlang:==/2': truth('is_eq'),
  'erlang:/=/2': truth('is_ne'),
  'erlang:</2': truth('is_lt'),
  'erlang:>=/2': truth('is_ge'),
  'erlang:>/2': truth('is_lt', true),
  'erlang:=</2': truth('is_ge', true),
  'erlang:is_atom/1': truth('is_atom'),
  'erlang:is_binary/1': truth('is_binary'),
  'erlang:is_bitstring/1': truth('is_bitstr'),
  'erlang:is_boolean/1': truth('is_boolean'),
  'erlang:is_float/1': truth('is_float'),
  'erlang:is_function/1': truth('is_function'),
  'erlang:is_function/2': emitIsFunction2,
  'erlang:is_integer/1': truth('is_integer'),
  'erlang:is_list/1': truth('is_list'),
  'erlang:is_map/1': truth('is_map'),
  'erlang:is_number/1': truth('is_number'),
  'erlang:is_pid/1': truth('is_pid'),
  'erlang:is_port/1': truth('is_port'),
  'erlang:is_reference/1': truth('is_reference'),
  'erlang:is_tuple/1': truth('is_tuple'),
};
