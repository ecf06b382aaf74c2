import { f64, i32, i64, type ValType } from '../wasm/types.ts';

/**
 * TypeScript functions that generated code may call, by name: the signature as wasm value types (i = i32, l = i64, f = f64; parameters,
 * then `:`, then the result) and what a caller must know. The functions are collected in runtime/runtime-functions.ts; a test
 * compares the two lists. `imports from module 'rt'`.
 *
 * None of them moves a term. Those marked "0: raised" return 0 after having recorded an exception and set STATUS; the
 * caller leaves through its unwind block. Those marked "0: fails" just say no.
 */
export const runtimeTable = {
  // memory
  /** Words wanted -> address of as many in a new heap chunk. */
  moreHeap: 'i:i',

  // comparing; a and b are not the same word
  /** -1, 0 or 1 in the standard term order. */
  compare: 'ii:i',
  /** `==`: 1 or 0. */
  equal: 'ii:i',
  /** `=:=`: 1 or 0. */
  identical: 'ii:i',

  // exceptions: all record the exception, set STATUS and return nothing
  /** Table slot of the function whose clauses failed; arguments in X registers. */
  functionClause: 'i:',
  badmatch: 'i:',
  caseClause: 'i:',
  ifClause: ':',
  tryClause: 'i:',
  badrecord: 'i:',
  /** error(badarg), error(badarith), error(system_limit) without the arguments of a BIF. */
  raiseBadarg: ':',
  raiseBadarith: ':',
  raiseSystemLimit: ':',
  /** raise: trace, value. */
  raise: 'ii:',
  /** raw_raise: class, reason, trace. Returns the term badarg when class is none, else 0: raised. */
  rawRaise: 'iii:i',
  /** Raw trace -> list of the stack trace. */
  buildStacktrace: 'i:i',
  /** Class, reason, raw trace -> the value of a `catch`. */
  catchEnd: 'iii:i',
  /** Return address -> 1: the exception that gave 0 lies in the X registers for the handler of a `try`, 0: leave. */
  caughtByTry: 'i:i',
  /** -> the value of a `catch`, 0: leave. */
  caughtByCatch: ':i',

  // calls
  /** Module, function, arity -> table slot to call, or 0: call applyFailed with the arguments in X registers. */
  applySlot: 'iii:i',
  /** Module, function, arity: records STATUS_CALL to the error handler or an exception. */
  applyFailed: 'iii:',
  /** Fun, arity, 1 for a call that would return here; arguments in X registers: badfun or badarity is raised (0), or STATUS_CALL set for a fun of unloaded code (1). */
  callFunFailed: 'iii:i',

  /** Function (number << 8 | arity), LOCAL_BREAKPOINT or GLOBAL_BREAKPOINT. 1: the process stops there, the caller appends the frame. */
  breakpoint: 'ii:i',

  // receive
  /** The message just looked at was taken. */
  removeMessage: ':',
  /** All messages that were shown have been stepped over. */
  loopRecEnd: ':',
  /** Time. 1: it is up; 0: the process is to wait, or raised. */
  waitTimeout: 'i:i',
  timeout: ':',
  recvMarkerReserve: ':i',
  /** Marker, reference. */
  recvMarkerBind: 'ii:',
  recvMarkerClear: 'i:',
  recvMarkerUse: 'i:',

  // floats
  /** A number that is no small -> f64, NaN: not a number or too large (then badarith). */
  toFloat: 'i:f',
  /** -> term. */
  boxFloat: 'f:i',

  // maps
  /*
   * Updates. The map is one (code tests before). `count` pairs lie in the X registers in memory, from X0 on: key, value,
   * key … No key is there twice.
   */
  /** Map, count -> the map with the keys set; never fails. */
  putMapAssoc: 'ii:i',
  /** The same if the map has all the keys; 0: raised {badkey,Key}. */
  putMapExact: 'ii:i',
  /** The same for keys that are all literals. */
  putMapLiterals: 'ii:i',
  /** The same; 0: fails. */
  tryPutMapExact: 'ii:i',

  /*
   * Bit syntax. `context` is a match context; sizes, positions and offsets are unsigned numbers of bits unless called terms; `flags`
   * is a sum of `segmentFlags`; `base` is the address of the first byte of the bitstring being built and `bit` an offset behind it.
   */
  /** Context, position, size, flags -> integer, 0: too large. There are so many bits. */
  bsReadInteger: 'iiii:i',
  // These check what is left, and move the position. 0: fails, the position unchanged.
  /** Context, size (term), unit, flags -> integer. */
  bsGetInteger: 'iiii:i',
  /** Context, size (term), unit, flags -> float. */
  bsGetFloat: 'iiii:i',
  /** Context, size (term), unit -> bitstring. */
  bsGetBinary: 'iii:i',
  /** Context, size (term), unit -> 1. */
  bsSkip: 'iii:i',
  /** Context, number of bits, address of constant bits -> 1. */
  bsMatchString: 'iii:i',
  /** Context -> character. */
  bsGetUtf8: 'i:i',
  /** Context, flags -> character. */
  bsGetUtf16: 'ii:i',
  bsGetUtf32: 'ii:i',
  /** Size (term), unit -> size * unit, -1: no size. */
  bsFieldBits: 'ii:i',
  /** Size -> bitstring, its content undefined. */
  bsCreate: 'i:i',
  /** Bitstring, number of bits to add, unit -> bitstring with room for them, 0: fails. */
  bsAppend: 'iii:i',
  bsPrivateAppend: 'iii:i',
  /** Term -> empty writable bitstring. */
  bsInitWritable: 'i:i',
  /** Integer, base, bit, size, flags -> 1, 0: no integer. */
  bsPutInteger: 'iiiii:i',
  /** Number, base, bit, size, flags -> 0, or one of the FLOAT_ constants of runtime/bits-build.ts. */
  bsPutFloat: 'iiiii:i',
  /** Bitstring, base, bit, size: writes its first bits, of which there are enough. */
  bsCopy: 'iiii:',
  /** Address, number of bytes, base, bit. */
  bsPutString: 'iiii:',
  /** Character, base, bit -> number of bits, 0: no character. */
  bsPutUtf8: 'iii:i',
  /** Character, base, bit, flags -> number of bits, 0: no character. */
  bsPutUtf16: 'iiii:i',
  bsPutUtf32: 'iiii:i',
  /** What went wrong with a segment of bs_create_bin (see jit/ops/bits-errors.ts), value: raises. */
  bsFail: 'ii:',
  /** Segment, bitstring, unit of an append that failed: raises. */
  bsFailAppend: 'iii:',
  /** Size (term), unit -> bitstring, its content undefined, 0: fails. */
  bsInit: 'ii:i',
  /** Sizes a and b (terms), unit -> a + b * unit (term), 0: fails. */
  bsAdd: 'iii:i',
  /** Sizes (terms) of which one is none, or which are too large: raises. */
  bsFailSizes: 'ii:',

  // native records (OTP 29)
  /** Term -> 1 or 0. */
  isAnyNativeRecord: 'i:i',
  /** Term, module, name of the definition -> 1 or 0. */
  isNativeRecord: 'iii:i',
  /** Term, module of the code, scope (atom) -> 1 or 0: the module may match the record. */
  isRecordAccessible: 'iii:i',
  /** Native record, field name -> value, 0: fails. The record was tested before. */
  recordElement: 'ii:i',
  /** Term, id of the definition, field name, module of the code -> value, 0: fails. */
  recordField: 'iiii:i',
  /** The same arguments, after recordField has failed: raises. */
  raiseRecordField: 'iiii:',
  /**
   * Id (a prototype, or {Module, Name}), record or [] for a new one, count of fields, module of the code; the fields lie in the X registers in memory from X0 on:
   * name, value, name … -> record, 0: fails.
   */
  putRecord: 'iiii:i',
  /** The same arguments, after putRecord has failed: raises. */
  raisePutRecord: 'iiii:',
} as const satisfies Record<string, string>;

export type RuntimeName = keyof typeof runtimeTable;

const valTypes: Readonly<Record<string, ValType>> = { i: i32, l: i64, f: f64 };

export interface Signature {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

/** Each was taken apart once: modules import the same functions. */
const signatures = new Map<string, Signature>();

/** Value types of a signature such as `ii:i`. */
export function signature(text: string): Signature {
  const known = signatures.get(text);
  if (known !== undefined) return known;
  const [params = '', results = ''] = text.split(':');
  const types = (letters: string): ValType[] => [...letters].map((letter) => valTypes[letter] as ValType);
  const made = { params: types(params), results: types(results) };
  signatures.set(text, made);
  return made;
}
