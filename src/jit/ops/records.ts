/** Native records (OTP 29): all of it is the runtime's. What a module may do depends on which one it is, so its name goes along. */
import type { Operand } from '../../isa/operands.ts';
import { MAX_X_REGISTERS } from '../../memory/map.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import type { EmitterTable } from '../emitter.ts';
import { RELOC_ATOM, RELOC_RECORD } from '../relocations.ts';
import type { RuntimeName } from '../runtime-table.ts';
import { fetchAll, listItems, storeOperands } from './maps.ts';

/** The module's name is its first atom. */
function pushModule(a: BeamAssembler): void {
  a.w.i32ConstReloc(RELOC_ATOM, 1);
}

function failUnless(a: BeamAssembler, fail: Operand): void {
  a.w.i32Eqz();
  a.branchIf(a.label(fail));
}

function emitIsAnyNativeRecord(a: BeamAssembler, fail: Operand, src: Operand): void {
  a.push(src);
  a.callRuntime('isAnyNativeRecord');
  failUnless(a, fail);
}

function emitIsNativeRecord(a: BeamAssembler, fail: Operand, src: Operand, module: Operand, name: Operand): void {
  a.push(src);
  a.push(module);
  a.push(name);
  a.callRuntime('isNativeRecord');
  failUnless(a, fail);
}

function emitIsRecordAccessible(a: BeamAssembler, fail: Operand, src: Operand, scope: Operand): void {
  a.push(src);
  pushModule(a);
  a.push(scope);
  a.callRuntime('isRecordAccessible');
  failUnless(a, fail);
}

function emitGetRecordElements(a: BeamAssembler, fail: Operand, src: Operand, list: Operand): void {
  fetchAll(a, fail, list, (name) => {
    a.push(src);
    a.push(name);
    a.callRuntime('recordElement');
  });
}

/** Puts the value of `name` into the destination; 0 goes to fail, or `raise` raises for the same operands. */
function fetchOrFail(
  a: BeamAssembler,
  fail: Operand,
  dst: Operand,
  [name, raise]: readonly [RuntimeName, RuntimeName],
  pushOperands: () => void,
): void {
  const { w } = a;
  const label = a.label(fail);
  a.withTemporary((value) => {
    pushOperands();
    a.callRuntime(name);
    w.localTee(value);
    w.i32Eqz();
    if (label > 0) {
      a.branchIf(label);
    } else {
      w.if();
      pushOperands();
      a.callRuntime(raise);
      a.leaveRaised();
      w.end();
    }
    w.localGet(value);
    a.pop(dst);
  });
}

function emitGetRecordField(
  a: BeamAssembler,
  fail: Operand,
  src: Operand,
  id: Operand,
  name: Operand,
  dst: Operand,
): void {
  fetchOrFail(a, fail, dst, ['recordField', 'raiseRecordField'], () => {
    a.push(src);
    a.push(id);
    a.push(name);
    pushModule(a);
  });
}

/** A record of this very module (which may be old code by the time it runs) is made from the prototype that came with it. */
function pushRecordId(a: BeamAssembler, id: Operand, src: Operand): void {
  if (id.kind === 'atom' && src.kind === 'nil') a.w.i32ConstReloc(RELOC_RECORD, id.index);
  else a.push(id);
}

function emitPutRecord(
  a: BeamAssembler,
  fail: Operand,
  id: Operand,
  src: Operand,
  dst: Operand,
  _live: Operand,
  list: Operand,
): void {
  const items = listItems(list);
  if (items.length > MAX_X_REGISTERS) throw new RangeError(`a record update of ${items.length / 2} fields`);
  storeOperands(a, items);
  fetchOrFail(a, fail, dst, ['putRecord', 'raisePutRecord'], () => {
    pushRecordId(a, id, src);
    a.push(src);
    a.w.i32Const(items.length / 2);
    pushModule(a);
  });
}

export const recordEmitters: EmitterTable = {
  is_any_native_record: emitIsAnyNativeRecord,
  is_native_record: emitIsNativeRecord,
  is_record_accessible: emitIsRecordAccessible,
  get_record_elements: emitGetRecordElements,
  get_record_field: emitGetRecordField,
  put_record: emitPutRecord,
};
