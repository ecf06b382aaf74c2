/**
 * Native records (OTP 29): values of the fields behind a definition, which never changes while the value lives: a tuple of module,
 * name, `true` if it is exported, and the names of the fields as they were defined. (erl_record.h in OTP's emulator; there the fields
 * lie in the order of their atom indexes. Here they lie as defined, which is the order that programs see.)
 */
import { allocate } from '../memory/heap.ts';
import { loadTerm, plus, store } from '../memory/memory.ts';
import { am } from './atoms.ts';
import { HEADER_RECORD, makeHeader, NON_VALUE, RECORD_DEFINITION, RECORD_VALUES, type Term } from './layout.ts';
import { addressOf, fieldTerm, immediateValue, makeBoxed, tupleArity, tupleElement } from './term.ts';

/** Position of the first field's name in a definition. */
export const FIRST_FIELD = 4;

export function recordDefinition(record: Term): Term {
  return fieldTerm(record, RECORD_DEFINITION);
}
export function recordModule(record: Term): Term {
  return tupleElement(recordDefinition(record), 1);
}
export function recordName(record: Term): Term {
  return tupleElement(recordDefinition(record), 2);
}
export function isExportedRecord(record: Term): boolean {
  return tupleElement(recordDefinition(record), 3) === am.true;
}

/** The number of fields of a definition. */
export function fieldCount(definition: Term): number {
  return tupleArity(definition) - FIRST_FIELD + 1;
}
/** Name of a field of a definition by its position, from 0. */
export function fieldName(definition: Term, position: number): Term {
  return tupleElement(definition, FIRST_FIELD + position);
}
/** Value of a record by the position of its field, from 0. */
export function recordValue(record: Term, position: number): Term {
  return loadTerm(plus(addressOf(record), RECORD_VALUES + position * 4));
}

/** Position of a field, from 0; -1: there is none of this name. */
export function fieldPosition(definition: Term, name: Term): number {
  for (let i = fieldCount(definition) - 1; i >= 0; i--) if (fieldName(definition, i) === name) return i;
  return -1;
}

/** Value of a field by its name; NON_VALUE: there is no such field. */
export function recordGet(record: Term, name: Term): Term {
  const position = fieldPosition(recordDefinition(record), name);
  return position < 0 ? NON_VALUE : recordValue(record, position);
}

/** The positions of a definition's fields in the order of their names' atom indexes, in which OTP stores, hashes and displays them. */
export function fieldsByIndex(definition: Term): number[] {
  const positions = Array.from({ length: fieldCount(definition) }, (_, position) => position);
  const index = (position: number): number => immediateValue(fieldName(definition, position));
  return positions.sort((a, b) => index(a) - index(b));
}

/** A record of this definition: as many values as it has fields. */
export function makeRecord(definition: Term, values: readonly Term[]): Term {
  const a = allocate(2 + values.length);
  store(a, makeHeader(HEADER_RECORD, 1 + values.length));
  store(plus(a, RECORD_DEFINITION), definition);
  values.forEach((value, i) => {
    store(plus(a, RECORD_VALUES + i * 4), value);
  });
  return makeBoxed(a);
}

/** All values, as the fields were defined. */
export function recordValues(record: Term): Term[] {
  return Array.from({ length: fieldCount(recordDefinition(record)) }, (_, position) => recordValue(record, position));
}
