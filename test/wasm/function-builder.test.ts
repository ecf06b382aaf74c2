import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionBuilder } from '../../src/wasm/function-builder.ts';
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import { externref, f64, funcref, i32, i32Init, i64, type Label, type Local } from '../../src/wasm/types.ts';
import { type Call, functionOf, instantiate } from './run-module.ts';

test('br, br_if and br_table reach the block of their label from any depth', () => {
  const depth = 20;
  const run = functionOf([i32, i32], [i32], (f) => {
    const selector = f.param(0);
    const mode = f.param(1);
    const labels: Label[] = [];
    for (let i = 0; i <= depth; i++) labels.push(f.block());
    f.localGet(mode);
    f.if();
    f.localGet(selector);
    f.brTable(labels.slice(0, depth), labels[depth] as Label);
    f.end();
    for (const [i, label] of labels.entries()) {
      f.localGet(selector);
      f.i32Const(i);
      f.i32Eq();
      const inner = f.if();
      f.block();
      if (i % 2 === 0) f.br(label);
      else {
        f.i32Const(1);
        f.brIf(label);
      }
      f.end();
      f.end(inner);
    }
    f.unreachable();
    for (let i = depth; i >= 0; i--) {
      f.end(labels[i]);
      f.i32Const(100 + i);
      f.return();
    }
    f.unreachable();
  });
  for (let i = 0; i <= depth; i++) {
    assert.equal(run(i, 0), 100 + i);
    assert.equal(run(i, 1), 100 + i);
  }
  assert.equal(run(1000, 1), 100 + depth);
  assert.throws(() => run(1000, 0), WebAssembly.RuntimeError);
});

test('a loop label goes back, a branch to the body returns', () => {
  const sum = functionOf([i64], [i64], (f) => {
    const n = f.param(0);
    const total = f.local(i64);
    const again = f.loop();
    f.localGet(n);
    f.i64Eqz();
    f.if();
    f.localGet(total);
    f.br(f.bodyLabel);
    f.end();
    f.localGet(total);
    f.localGet(n);
    f.i64Add();
    f.localSet(total);
    f.localGet(n);
    f.i64Const(1);
    f.i64Sub();
    f.localSet(n);
    f.br(again);
    f.end(again);
    f.unreachable();
  });
  assert.equal(sum(100_000n), 5_000_050_000n);
});

test('blocks take parameters and give several results through a type', () => {
  const run = functionOf([i32, i32], [i32], (f, m) => {
    const swap = m.type([i32, i32], [i32, i32]);
    const a = f.local(i32);
    const b = f.local(i32);
    f.localGet(f.param(0));
    f.localGet(f.param(1));
    f.block(swap);
    f.localSet(b);
    f.localSet(a);
    f.localGet(b);
    f.localGet(a);
    f.end();
    f.i32Sub();
    f.localTee(a);
    f.i32Const(0);
    f.i32LtS();
    f.if(i32);
    f.i32Const(0);
    f.localGet(a);
    f.i32Sub();
    f.else();
    f.localGet(a);
    f.end();
  });
  assert.equal(run(3, 10), 7);
  assert.equal(run(10, 3), 7);
});

test('a block type index is not taken for a value type, however large', () => {
  const m = new ModuleBuilder();
  for (let i = 0; i < 200; i++) m.type(Array(i + 2).fill(f64), []);
  const run = m.declareFunction(m.type([], [i32]));
  m.exportFunction('run', run);
  const f = m.body(run);
  f.i32Const(41);
  f.block(m.type([i32], [i32]));
  f.i32Const(1);
  f.i32Add();
  f.end();
  f.finish();
  assert.equal((instantiate(m.finish().bytes).run as Call)(), 42);
});

test('locals come in runs, may be added late, and start as zero', () => {
  const run = functionOf([f64], [f64], (f) => {
    const first = f.local(i32);
    const second = f.local(i32);
    f.i32Const(3);
    f.localSet(second);
    const wide = f.local(i64);
    f.localGet(first);
    f.i64ExtendI32S();
    f.localSet(wide);
    const last = f.local(f64);
    f.localGet(f.param(0));
    f.localGet(last);
    f.f64Add();
    f.localGet(second);
    f.f64ConvertI32S();
    f.f64Add();
    assert.deepEqual(f.localRuns, [2, i32, 1, i64, 1, f64]);
    assert.throws(() => f.param(1), RangeError);
  });
  assert.equal(run(0.5), 3.5);
});

test('calls: direct, tail, indirect, tail indirect', () => {
  const m = new ModuleBuilder();
  const countType = m.type([i32, i32], [i32]);
  const table = m.defineTable(funcref, { min: 4 });
  const count = m.declareFunction(countType);
  const countIndirect = m.declareFunction(countType);
  const run = m.declareFunction(countType);
  m.exportFunction('run', run);
  m.elements(table, i32Init(1), [count, countIndirect]);
  for (const func of [count, countIndirect]) {
    const f = m.body(func);
    const [n, total] = [f.param(0), f.param(1)];
    f.localGet(n);
    f.i32Eqz();
    f.if();
    f.localGet(total);
    f.return();
    f.end();
    f.localGet(n);
    f.i32Const(1);
    f.i32Sub();
    f.localGet(total);
    f.i32Const(2);
    f.i32Add();
    if (func === count) f.returnCall(count);
    else {
      f.i32Const(2);
      f.returnCallIndirect(countType, table);
    }
    f.finish();
  }
  const f = m.body(run);
  f.localGet(f.param(0));
  f.i32Const(0);
  f.call(count);
  f.localGet(f.param(0));
  f.localGet(f.param(1));
  f.i32Const(2);
  f.callIndirect(countType, table);
  f.i32Add();
  f.finish();
  assert.equal((instantiate(m.finish().bytes).run as Call)(1_000_000, 5), 4_000_005);
});

/** Stores of -2, and of two fractions, at the multiples of 8 from `at` on. */
function emitStores(f: FunctionBuilder, at: Local): void {
  const narrow = [f.i32Store, f.i32Store8, f.i32Store16];
  const wide = [f.i64Store, f.i64Store8, f.i64Store16, f.i64Store32];
  for (const [i, store] of [...narrow, ...wide].entries()) {
    f.localGet(at);
    if (i < narrow.length) f.i32Const(-2);
    else f.i64Const(-2);
    store.call(f, i * 8, 0);
  }
  f.localGet(at);
  f.f32Const(0.25);
  f.f32Store(56);
  f.localGet(at);
  f.f64Const(0.5);
  f.f64Store(65_000, 2);
}

/** Leaves the sum of all loads as f64. */
function emitLoads(f: FunctionBuilder, at: Local): void {
  f.localGet(at);
  f.f64Load(65_000);
  f.localGet(at);
  f.f32Load(56);
  f.f64PromoteF32();
  f.f64Add();
  const narrow: (() => void)[] = [
    () => f.i32Load(),
    () => f.i32Load8S(8),
    () => f.i32Load8U(8),
    () => f.i32Load16S(16),
    () => f.i32Load16U(16),
  ];
  const wide: (() => void)[] = [
    () => f.i64Load(24, 1),
    () => f.i64Load8S(32),
    () => f.i64Load8U(32),
    () => f.i64Load16S(40),
    () => f.i64Load16U(40),
    () => f.i64Load32S(48),
    () => f.i64Load32U(48),
  ];
  for (const [i, load] of [...narrow, ...wide].entries()) {
    f.localGet(at);
    load();
    if (i < narrow.length) f.f64ConvertI32S();
    else f.f64ConvertI64S();
    f.f64Add();
  }
}

test('loads and stores of every width, with offsets and alignments', () => {
  const run = functionOf([i32], [f64], (f) => {
    emitStores(f, f.param(0));
    emitLoads(f, f.param(0));
  });
  const signed = -2 * 7;
  const unsigned = 2 * (254 + 65534) + 0xfffffffe;
  assert.equal(run(64), 0.75 + signed + unsigned);
});

test('bulk memory, size and growth', () => {
  const run = functionOf([], [i32], (f, m) => {
    const segment = m.passiveData(Uint8Array.of(9, 8, 7, 6));
    for (const n of [100, 0, 4]) f.i32Const(n);
    f.memoryInit(segment);
    f.dataDrop(segment);
    for (const n of [200, 100, 3]) f.i32Const(n);
    f.memoryCopy();
    for (const n of [203, 0x55, 1]) f.i32Const(n);
    f.memoryFill();
    f.i32Const(2);
    f.memoryGrow();
    f.memorySize();
    f.i32Add();
    f.i32Const(200);
    f.i32Load();
    f.i32Add();
  });
  assert.equal(run(), 0x55070809 + 1 + 3);
});

test('select, drop, references and tables', () => {
  const run = functionOf([i32, externref], [i32, externref], (f, m) => {
    const functions = m.defineTable(funcref, { min: 2, max: 100 });
    const objects = m.defineTable(externref, { min: 1 });
    const seven = m.declareFunction(m.type([], [i32]));
    const body = m.body(seven);
    body.i32Const(7);
    body.finish();
    m.declareElements([seven]);
    f.refNull(funcref);
    f.i32Const(5);
    f.tableGrow(functions);
    f.drop();
    f.i32Const(6);
    f.refFunc(seven);
    f.tableSet(functions);
    for (const n of [0, 6, 1]) f.i32Const(n);
    f.tableCopy(functions, functions);
    f.i32Const(0);
    f.callIndirect(m.type([], [i32]), functions);
    f.i32Const(1);
    f.tableGet(functions);
    f.refIsNull();
    f.i32Add();
    f.tableSize(functions);
    f.i32Const(1000);
    f.localGet(f.param(0));
    f.select();
    f.i32Add();
    f.i32Const(0);
    f.localGet(f.param(1));
    f.i32Const(1);
    f.tableFill(objects);
    f.i32Const(0);
    f.tableGet(objects);
    f.refNull(externref);
    f.i32Const(1);
    f.selectTyped(externref);
  });
  const object = { an: 'object' };
  assert.deepEqual(run(1, object), [15, object]);
  assert.deepEqual(run(0, object), [1008, object]);
});

test('a dropped segment gives table.init nothing to copy', () => {
  const m = new ModuleBuilder();
  const table = m.defineTable(funcref, { min: 1 });
  const run = m.declareFunction(m.type([], [i32]));
  m.exportFunction('run', run);
  const segment = m.declareElements([run]);
  const f = m.body(run);
  f.elemDrop(segment);
  for (let i = 0; i < 3; i++) f.i32Const(0);
  f.tableInit(segment, table);
  f.i32Const(0);
  f.tableGet(table);
  f.refIsNull();
  f.finish();
  assert.equal((instantiate(m.finish().bytes).run as Call)(), 1);
});

test('misuse is refused', () => {
  const m = new ModuleBuilder();
  const func = m.declareFunction(m.type([], []));
  const f = m.body(func);
  const label = f.block();
  f.end();
  assert.throws(() => f.br(label), /not open/);
  assert.throws(() => f.end(), /without an open block/);
  const outer = f.block();
  assert.throws(() => f.finish(), /not ended/);
  f.end(outer);
  const second = f.block();
  const third = f.block();
  f.end(third);
  assert.throws(() => f.br(third), /not open/);
  f.end(second);
  f.finish();
  assert.throws(() => f.finish(), /twice/);
  assert.throws(() => m.body(func).finish(), /body already/);
  m.declareFunction(m.type([], []));
  assert.throws(() => m.finish(), /no body/);
});

test('a mistaken end leaves the builder as it was', () => {
  const run = functionOf([], [i32], (f) => {
    const outer = f.block();
    const inner = f.block();
    assert.throws(() => f.end(outer), /inside label/);
    f.br(inner);
    f.end(inner);
    f.end(outer);
    f.i32Const(1);
  });
  assert.equal(run(), 1);
});
