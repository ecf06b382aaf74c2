/**
 * What the instructions for native records (OTP 29) do: making, updating and reading them (erl_record.c in OTP's emulator). A new record
 * begins as a copy of a prototype, which holds the definition and the default values: 0 where a field has none. The linker makes the
 * prototypes of a module; no program ever sees one.
 */
import { X_REGISTERS } from '../memory/map.ts';
import { loadTerm, plus } from '../memory/memory.ts';
import type { Machine } from '../process/machine.ts';
import { am } from '../term/atoms.ts';
import { tuple } from '../term/build.ts';
import { ErlangError } from '../term/erlang-error.ts';
import { NIL, NON_VALUE, type Term } from '../term/layout.ts';
import {
  fieldName,
  fieldPosition,
  fieldsByIndex,
  isExportedRecord,
  makeRecord,
  recordDefinition,
  recordGet,
  recordModule,
  recordName,
  recordValues,
} from '../term/native-record.ts';
import { immediateValue, isAtom, isNativeRecord, isTuple, tupleElement } from '../term/term.ts';

export function badrecordError(value: Term): ErlangError {
  return new ErlangError('error', tuple(am.badrecord, value));
}

/** {Reason, {{Module, Name}, Field}}: reason badfield or novalue, of a record of this definition. */
export function fieldError(reason: Term, definition: Term, field: Term): ErlangError {
  const name = tuple(tupleElement(definition, 1), tupleElement(definition, 2));
  return new ErlangError('error', tuple(reason, tuple(name, field)));
}

/** Whether a native record is of this module and name. */
export function isRecordOf(t: Term, module: Term, name: Term): boolean {
  return isNativeRecord(t) && recordModule(t) === module && recordName(t) === name;
}

/** Instruction is_record_accessible: whether code of `module` may match fields. Only scope auto_local lets it do so in its own records. */
function isAccessible(t: Term, module: Term, scope: Term): boolean {
  return isExportedRecord(t) || (scope === am.auto_local && recordModule(t) === module);
}

/**
 * Whether get_record_field may read from `t`. The id is the name of a record of the module itself (which OTP does not compare with the
 * module of the value), `_` for any record, or {Module, Name} of an exported one.
 */
function mayRead(t: Term, id: Term): boolean {
  if (!isNativeRecord(t)) return false;
  if (isAtom(id)) return id === am._ || recordName(t) === id;
  return isRecordOf(t, tupleElement(id, 1), tupleElement(id, 2)) && isExportedRecord(t);
}

function fieldOf(t: Term, id: Term, name: Term): Term {
  return mayRead(t, id) ? recordGet(t, name) : NON_VALUE;
}

function fieldFailure(t: Term, id: Term, name: Term): ErlangError {
  return mayRead(t, id) ? fieldError(am.badfield, recordDefinition(t), name) : badrecordError(t);
}

/** The prototype for the id of put_record: it is one, or {Module, Name} of an exported definition of current code. Raises badrecord. */
function prototypeOf(vm: Machine, id: Term): Term {
  if (isNativeRecord(id)) return id;
  const prototype = isTuple(id)
    ? vm.code.modules.get(tupleElement(id, 1))?.records.get(tupleElement(id, 2))
    : undefined;
  if (prototype === undefined || !isExportedRecord(prototype)) throw badrecordError(id);
  return prototype;
}

/** Of several, OTP tells of the one with the lowest atom index. */
function firstByIndex(names: readonly Term[]): Term {
  return names.reduce((first, name) => (immediateValue(name) < immediateValue(first) ? name : first));
}

/** put_record. Raises badrecord; {badfield, _} for a name that is no field; {novalue, _} for a field of a new record without a value. */
function put(vm: Machine, id: Term, source: Term, count: number): Term {
  const from = source === NIL ? prototypeOf(vm, id) : source;
  const definition = recordDefinition(from);
  const values = recordValues(from);
  const unknown: Term[] = [];
  for (let i = 0; i < count; i++) {
    const name = loadTerm(plus(X_REGISTERS, i * 8));
    const position = fieldPosition(definition, name);
    if (position < 0) unknown.push(name);
    else values[position] = loadTerm(plus(X_REGISTERS, i * 8 + 4));
  }
  if (unknown.length > 0) throw fieldError(am.badfield, definition, firstByIndex(unknown));
  const missing = fieldsByIndex(definition).find((position) => values[position] === NON_VALUE);
  if (missing !== undefined) throw fieldError(am.novalue, definition, fieldName(definition, missing));
  return makeRecord(definition, values);
}

function silent(f: () => Term): Term {
  try {
    return f();
  } catch (error) {
    if (error instanceof ErlangError) return NON_VALUE;
    throw error;
  }
}

/** The functions of jit/runtime-table.ts for native records; `raising` records what its argument throws as an exception, and gives 0. */
export function nativeRecordFunctions(vm: Machine, raising: (f: () => Term) => Term) {
  const raise = (error: () => ErlangError): void => {
    raising(() => {
      throw error();
    });
  };
  return {
    isAnyNativeRecord: (t: Term) => Number(isNativeRecord(t)),
    isNativeRecord: (t: Term, module: Term, name: Term) => Number(isRecordOf(t, module, name)),
    isRecordAccessible: (t: Term, module: Term, scope: Term) => Number(isAccessible(t, module, scope)),
    recordElement: recordGet,
    recordField: fieldOf,
    raiseRecordField: (t: Term, id: Term, name: Term) => raise(() => fieldFailure(t, id, name)),
    putRecord: (id: Term, source: Term, count: number) => silent(() => put(vm, id, source, count)),
    raisePutRecord: (id: Term, source: Term, count: number) => {
      raising(() => put(vm, id, source, count));
    },
  };
}
