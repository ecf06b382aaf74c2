/** Maps. The compiler tests that an operand is a map before it uses one of these (ops.tab of OTP, "put_map_assoc"). */
import type { Operand } from '../../isa/operands.ts';
import { MAX_X_REGISTERS } from '../../memory/map.ts';
import { FLATMAP_KEYS, FLATMAP_LIMIT, HEADER_FLATMAP, makeHeader, PRIMARY_BOXED } from '../../term/layout.ts';
import type { Local } from '../../wasm/types.ts';
import type { BeamAssembler } from '../beam-assembler.ts';
import { constantId } from '../constants.ts';
import type { EmitterTable } from '../emitter.ts';
import type { ModuleHelpers } from '../module-helpers.ts';
import { MAP_PLACES, RELOC_MAP_KEYS, RELOC_MAP_OFFSET } from '../relocations.ts';
import { finishObject, storeReserved } from './lists-tuples.ts';

/** Pushes the value of the key, or 0. */
function pushLookup(a: BeamAssembler, map: Operand, key: Operand): void {
  a.push(map);
  a.push(key);
  a.w.call(a.translator.imported('kernel', 'mapGet', 'ii:i'));
}

export function listItems(list: Operand): readonly Operand[] {
  if (list.kind !== 'list') throw new TypeError(`operand of kind ${list.kind} is no list`);
  return list.items;
}

function emitHasMapFields(a: BeamAssembler, fail: Operand, map: Operand, keys: Operand): void {
  for (const key of listItems(keys)) {
    pushLookup(a, map, key);
    a.w.i32Eqz();
    a.branchIf(a.label(fail));
  }
}

/**
 * For each pair of a key and a destination, `pushValue` pushes a value or 0, which goes to fail. No destination is written before all
 * are found: a destination may be the register of the source or of a later key.
 */
export function fetchAll(a: BeamAssembler, fail: Operand, list: Operand, pushValue: (key: Operand) => void): void {
  const items = listItems(list);
  const values: Local[] = [];
  for (let i = 0; i < items.length; i += 2) {
    const value = a.temporary();
    values.push(value);
    pushValue(items[i] as Operand);
    a.w.localTee(value);
    a.w.i32Eqz();
    a.branchIf(a.label(fail));
  }
  values.forEach((value, i) => {
    a.w.localGet(value);
    a.pop(items[2 * i + 1] as Operand);
    a.release(value);
  });
}

function emitGetMapElements(a: BeamAssembler, fail: Operand, map: Operand, list: Operand): void {
  fetchAll(a, fail, list, (key) => pushLookup(a, map, key));
}

/** Stores operands to the X registers in memory, from X0 on. */
export function storeOperands(a: BeamAssembler, items: readonly Operand[]): void {
  items.forEach((item, i) => {
    a.w.i32Const(0);
    a.push(item);
    a.w.i32Store(a.frame.xAddress(i));
  });
}

/** Updates a copy of the map, as often as the pairs fill the X registers. `check` finds the new map, or 0, in the local. */
function updateMap(
  a: BeamAssembler,
  map: Operand,
  list: Operand,
  dst: Operand,
  name: Parameters<ModuleHelpers['putMap']>[0],
  check: (result: Local) => void,
): void {
  const { w } = a;
  const items = listItems(list);
  a.withTemporary((result) => {
    a.push(map);
    w.localSet(result);
    for (let from = 0; from < items.length; from += MAX_X_REGISTERS) {
      const chunk = items.slice(from, from + MAX_X_REGISTERS);
      storeOperands(a, chunk);
      w.localGet(result);
      w.i32Const(chunk.length / 2);
      w.call(a.translator.helpers.putMap(name));
      w.localSet(result);
      check(result);
    }
    w.localGet(result);
    a.pop(dst);
  });
}

const CONSTANT_KINDS: readonly Operand['kind'][] = ['atom', 'nil', 'integer', 'literal'];

function hasConstantKeys(list: Operand): boolean {
  return listItems(list).every(({ kind }, i) => i % 2 === 1 || CONSTANT_KINDS.includes(kind));
}

function emitPutMapAssoc(
  a: BeamAssembler,
  _fail: Operand,
  map: Operand,
  dst: Operand,
  _live: Operand,
  list: Operand,
): void {
  const items = listItems(list);
  if (isEmptyMap(a, map) && items.length <= 2 * FLATMAP_LIMIT && hasConstantKeys(list)) return buildMap(a, items, dst);
  updateMap(a, map, list, dst, 'putMapAssoc', () => undefined);
}

/** `#{}` in the external term format. */
const EMPTY_MAP = '131,116,0,0,0,0';

function isEmptyMap(a: BeamAssembler, map: Operand): boolean {
  return map.kind === 'literal' && a.translator.module.literals[map.index]?.join() === EMPTY_MAP;
}

/** A new small map of constant keys. The linker knows their order, which is that of atoms' indexes. */
function buildMap(a: BeamAssembler, items: readonly Operand[], dst: Operand): void {
  const { w } = a;
  const count = items.length / 2;
  const { mapKeys } = a.translator;
  const index =
    mapKeys.push(Array.from({ length: count }, (_, i) => constantId(a.translator, items[2 * i] as Operand))) - 1;
  a.reserve(2 + count);
  storeReserved(a, 0, () => w.i32Const(makeHeader(HEADER_FLATMAP, 1 + count)));
  storeReserved(a, FLATMAP_KEYS, () => w.i32ConstReloc(RELOC_MAP_KEYS, index));
  for (let place = 0; place < count; place++) {
    w.localGet(a.heap);
    w.i32ConstReloc(RELOC_MAP_OFFSET, index * MAP_PLACES + place);
    w.i32Add();
    a.push(items[2 * place + 1] as Operand);
    w.i32Store();
  }
  finishObject(a, PRIMARY_BOXED, 2 + count, dst);
}

function emitPutMapExact(
  a: BeamAssembler,
  fail: Operand,
  map: Operand,
  dst: Operand,
  _live: Operand,
  list: Operand,
): void {
  const { w } = a;
  const label = a.label(fail);
  const raising = hasConstantKeys(list) ? 'putMapLiterals' : 'putMapExact';
  updateMap(a, map, list, dst, label > 0 ? 'tryPutMapExact' : raising, (result) => {
    w.localGet(result);
    w.i32Eqz();
    if (label > 0) return a.branchIf(label);
    w.if();
    a.leaveRaised();
    w.end();
  });
}

export const mapEmitters: EmitterTable = {
  has_map_fields: emitHasMapFields,
  get_map_elements: emitGetMapElements,
  put_map_assoc: emitPutMapAssoc,
  put_map_exact: emitPutMapExact,
};
