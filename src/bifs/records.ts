/** Module records (OTP 29): looking into native records of any kind, and making them out of nothing (erl_record.c). */

import type { Machine } from '../process/machine.ts';
import { badmap } from '../runtime/map-ops.ts';
import { badrecordError, fieldError, isRecordOf } from '../runtime/native-records.ts';
import { am } from '../term/atoms.ts';
import { listOf, tuple, tupleOf } from '../term/build.ts';
import { badarg } from '../term/erlang-error.ts';
import { NON_VALUE, type Term } from '../term/layout.ts';
import { forEachPair, mapGet } from '../term/map.ts';
import { mapFromArrays, mapSize } from '../term/map-build.ts';
import {
  fieldCount,
  fieldName,
  fieldPosition,
  isExportedRecord,
  makeRecord,
  recordDefinition,
  recordGet,
  recordModule,
  recordName,
  recordValue,
  recordValues,
} from '../term/native-record.ts';
import { isAtom, isMap, isNativeRecord, isTuple, tupleArity, tupleElement } from '../term/term.ts';
import { elementsOf } from './erlang/lists-tuples.ts';
import { boolean } from './erlang/type-tests.ts';
import type { BifTable } from './registry.ts';

/** The options of create/4: `#{is_exported := boolean()}` and nothing else. Raises badmap, badarg. */
function exportedOption(options: Term): Term {
  if (!isMap(options)) throw badmap(options);
  const value = mapSize(options) === 1 ? mapGet(options, am.is_exported) : NON_VALUE;
  if (value !== am.true && value !== am.false) throw badarg();
  return value;
}

/**
 * create(Module, Name, [{Field, Value}], Options): a native record of a definition of its own. Raises badrecord for names that are no
 * atoms, badfield for such a field, badarg for one that comes twice.
 */
function create(_vm: Machine, module: Term, name: Term, fields: Term, options: Term): Term {
  if (!isAtom(module) || !isAtom(name)) throw badrecordError(name);
  const exported = exportedOption(options);
  const head = tuple(module, name);
  const pairs = elementsOf(fields);
  const names = pairs.map((pair) => {
    if (!isTuple(pair) || tupleArity(pair) !== 2) throw badarg();
    const field = tupleElement(pair, 1);
    if (!isAtom(field)) throw fieldError(am.badfield, head, field);
    return field;
  });
  if (new Set(names).size !== names.length) throw badarg();
  return makeRecord(
    tupleOf([module, name, exported, ...names]),
    pairs.map((pair) => tupleElement(pair, 2)),
  );
}

/** update(Record, Module, Name, #{Field => Value}); a name `_` fits every record. Raises badrecord, badmap, badfield. */
function update(_vm: Machine, record: Term, module: Term, name: Term, changes: Term): Term {
  if (!isNativeRecord(record)) throw badrecordError(record);
  if (name !== am._ && !isRecordOf(record, module, name)) throw badrecordError(name);
  if (!isMap(changes)) throw badmap(changes);
  const definition = recordDefinition(record);
  const values = recordValues(record);
  forEachPair(changes, (field, value) => {
    const position = fieldPosition(definition, field);
    if (position < 0) throw fieldError(am.badfield, definition, field);
    values[position] = value;
  });
  return makeRecord(definition, values);
}

/** get(Field, Record). Raises badarg. */
function get(_vm: Machine, field: Term, record: Term): Term {
  const value = isNativeRecord(record) && isAtom(field) ? recordGet(record, field) : NON_VALUE;
  if (value === NON_VALUE) throw badarg();
  return value;
}

function getModule(_vm: Machine, record: Term): Term {
  if (!isNativeRecord(record)) throw badarg();
  return recordModule(record);
}

function getName(_vm: Machine, record: Term): Term {
  if (!isNativeRecord(record)) throw badarg();
  return recordName(record);
}

function isExported(_vm: Machine, record: Term): Term {
  if (!isNativeRecord(record)) throw badrecordError(record);
  return boolean(isExportedRecord(record));
}

function namesOf(definition: Term): Term[] {
  return Array.from({ length: fieldCount(definition) }, (_, position) => fieldName(definition, position));
}

/** get_field_names(Record): as they were defined. Raises badrecord. */
function getFieldNames(_vm: Machine, record: Term): Term {
  if (!isNativeRecord(record)) throw badrecordError(record);
  return listOf(namesOf(recordDefinition(record)));
}

/** get_definition(Module, Name): {#{is_exported => _}, [Field | {Field, Default}]} of current code. Raises badarg. */
function getDefinition(vm: Machine, module: Term, name: Term): Term {
  const prototype = vm.code.modules.get(module)?.records.get(name);
  if (prototype === undefined) throw badarg();
  const fields = namesOf(recordDefinition(prototype)).map((field, position) => {
    const value = recordValue(prototype, position);
    return value === NON_VALUE ? field : tuple(field, value);
  });
  return tuple(mapFromArrays([am.is_exported], [boolean(isExportedRecord(prototype))]), listOf(fields));
}

export const recordsBifs: BifTable = {
  module: 'records',
  rows: [
    { name: 'create', arity: 4, fn: create },
    { name: 'get', arity: 2, fn: get },
    { name: 'get_definition', arity: 2, fn: getDefinition },
    { name: 'get_field_names', arity: 1, fn: getFieldNames },
    { name: 'get_module', arity: 1, fn: getModule },
    { name: 'get_name', arity: 1, fn: getName },
    { name: 'is_exported', arity: 1, fn: isExported },
    { name: 'update', arity: 4, fn: update },
  ],
};
