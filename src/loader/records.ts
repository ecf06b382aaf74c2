/** Definitions of native records (OTP 29): chunk Recs. */
import { isConstant, type Operand } from '../isa/operands.ts';
import type { RecordDefinition } from './beam-module.ts';
import { ByteReader } from './byte-reader.ts';
import { corrupt } from './load-error.ts';
import { OperandReader, type OperandTables } from './operand-reader.ts';

/**
 * The definitions, in the order of the file. Behind version, count and total number of fields, each is the operands
 * `{f,0}`, name, `true` if exported, and a list of field names and their defaults (the unsigned number 0 for none).
 * An unknown version is ignored.
 */
export function readRecords(bytes: Uint8Array, tables: OperandTables): RecordDefinition[] {
  if (bytes.length === 0) return [];
  const reader = new ByteReader(bytes, 'Recs');
  if (reader.i32() !== 0) return [];
  const count = reader.i32();
  reader.i32(); // The number of all fields: a hint for allocation.
  reader.checkCount(count, 5);
  const operands = new OperandReader(reader, tables);
  return Array.from({ length: count }, () => readRecord(operands));
}

function readRecord(reader: OperandReader): RecordDefinition {
  reader.operand(false);
  const name = reader.operand(false);
  const exported = reader.operand(false);
  const list = reader.operand(true);
  if (name.kind !== 'atom' || exported.kind !== 'atom' || list.kind !== 'list' || list.items.length % 2 !== 0) {
    corrupt('Recs', 'has a bad record definition');
  }
  const fields: { name: string; default?: Operand }[] = [];
  for (let i = 0; i < list.items.length; i += 2) {
    const [field, value] = list.items.slice(i, i + 2);
    if (field?.kind !== 'atom' || value === undefined) corrupt('Recs', 'has a bad field name');
    if (isConstant(value)) fields.push({ name: field.name, default: value });
    else if (value.kind === 'u' && value.value === 0) fields.push({ name: field.name });
    else corrupt('Recs', 'has a bad default value');
  }
  return { name: name.name, exported: exported.name === 'true', fields };
}
