import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyRelocations } from '../../src/wasm/encoder.ts';
import type { FunctionBuilder } from '../../src/wasm/function-builder.ts';
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import {
  externref,
  type FuncIndex,
  f32,
  f32Init,
  f64,
  f64Init,
  funcref,
  globalInit,
  i32,
  i32Init,
  i32RelocInit,
  i64,
  i64Init,
  refFuncInit,
  refNullInit,
} from '../../src/wasm/types.ts';
import { type Call, instantiate } from './run-module.ts';

function define(m: ModuleBuilder, func: FuncIndex, emit: (f: FunctionBuilder) => void): void {
  const f = m.body(func);
  emit(f);
  f.finish();
}

test('types of the same shape are one', () => {
  const m = new ModuleBuilder();
  const a = m.type([i32, i64], [f64]);
  assert.equal(m.type([i32, i64], [f64]), a);
  assert.notEqual(m.type([i32], [i64, f64]), a);
  assert.notEqual(m.type([i32, i64, f64], []), a);
  assert.deepEqual(m.typeShape(a), { params: [i32, i64], results: [f64] });
});

test('imports of every kind', () => {
  const m = new ModuleBuilder();
  m.importMemory('env', 'memory', { min: 1, max: 10 });
  const table = m.importTable('env', 'table', funcref, { min: 1 });
  const base = m.importGlobal('env', 'base', i32, false);
  const counter = m.importGlobal('env', 'counter', i64, true);
  const twice = m.importFunction('env', 'twice', m.type([i32], [i32]));
  const run = m.declareFunction(m.type([], [i32]));
  m.elements(table, globalInit(base), [run]);
  m.data(globalInit(base), Uint8Array.of(21, 0, 0, 0));
  define(m, run, (f) => {
    f.globalGet(counter);
    f.i64Const(1n);
    f.i64Add();
    f.globalSet(counter);
    f.globalGet(base);
    f.i32Load();
    f.call(twice);
  });
  const env = {
    memory: new WebAssembly.Memory({ initial: 1, maximum: 10 }),
    table: new WebAssembly.Table({ element: 'anyfunc', initial: 10 }),
    base: 8,
    counter: new WebAssembly.Global({ value: 'i64', mutable: true }, 41n),
    twice: (n: number) => n * 2,
  };
  instantiate(m.finish().bytes, { env });
  assert.equal((env.table.get(8) as Call)(), 42);
  assert.equal(env.counter.value, 42n);
});

test('a shared memory may be imported', () => {
  const m = new ModuleBuilder();
  m.importMemory('env', 'memory', { min: 1, max: 2, shared: true });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  instantiate(m.finish().bytes, { env: { memory } });
  assert.throws(() => m.defineMemory({ min: 1 }), /second memory/);
});

test('exports, globals, start, data and elements of a second table', () => {
  const m = new ModuleBuilder();
  m.defineMemory({ min: 1, max: 1 });
  const first = m.defineTable(funcref, { min: 1 });
  const second = m.defineTable(funcref, { min: 3, max: 3 });
  const globals = {
    a: m.defineGlobal(i32, true, i32Init(0xffffffff)),
    b: m.defineGlobal(i64, false, i64Init(-(2n ** 63n))),
    c: m.defineGlobal(f32, false, f32Init(0.5)),
    d: m.defineGlobal(f64, true, f64Init(-0)),
    e: m.defineGlobal(externref, false, refNullInit(externref)),
  };
  for (const [name, global] of Object.entries(globals)) m.exportGlobal(name, global);
  const nothing = m.type([], []);
  const start = m.declareFunction(nothing);
  m.exportGlobal('f', m.defineGlobal(funcref, false, refFuncInit(start)));
  m.exportMemory('memory');
  m.exportTable('first', first);
  m.exportTable('second', second);
  m.exportFunction('started', start);
  m.start(start);
  m.data(i32Init(65_532), Uint8Array.of(1, 2, 3, 4));
  m.elements(second, i32Init(2), [start]);
  define(m, start, (f) => {
    f.i32Const(77);
    f.globalSet(globals.a);
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.finish().bytes));
  const value = (name: string) => (exports[name] as WebAssembly.Global).value;
  assert.deepEqual(['a', 'b', 'c', 'd', 'e'].map(value), [77, -(2n ** 63n), 0.5, -0, null]);
  assert.equal(value('f'), exports.started);
  assert.equal((exports.second as WebAssembly.Table).get(2), exports.started);
  assert.equal((exports.first as WebAssembly.Table).get(0), null);
  assert.deepEqual([...new Uint8Array((exports.memory as WebAssembly.Memory).buffer, 65_530)], [0, 0, 1, 2, 3, 4]);
});

test('functions may be imported after code that calls defined ones', () => {
  const m = new ModuleBuilder({ names: true });
  const type = m.type([], [i32]);
  const one = m.declareFunction(type, 'one');
  const run = m.declareFunction(type, 'run');
  define(m, one, (f) => f.i32Const(1));
  const f = m.body(run);
  f.call(one);
  const imported = Array.from({ length: 300 }, (_, i) => m.importFunction('env', `f${i}`, type));
  for (const func of imported) {
    f.call(func);
    f.i32Add();
  }
  f.finish();
  m.exportFunction('run', run);
  assert.equal(m.functionIndex(run), 301);
  const env = Object.fromEntries(imported.map((_, i) => [`f${i}`, () => i]));
  assert.equal((instantiate(m.finish().bytes, { env }).run as Call)(), 1 + (299 * 300) / 2);
});

test('bodies may be written out of order and several at once', () => {
  const m = new ModuleBuilder({ notes: true });
  const type = m.type([], [i32]);
  const funcs = Array.from({ length: 5 }, () => m.declareFunction(type));
  const builders = funcs.map((func) => m.body(func));
  builders.forEach((f, i) => {
    f.note(`start of ${i}`);
    f.i32ConstReloc(0, i);
    const next = funcs[i + 1];
    if (next !== undefined) f.call(next);
    else f.i32Const(0);
  });
  for (const i of [3, 0, 4, 2, 1]) {
    const f = builders[i] as FunctionBuilder;
    f.i32Const(10);
    f.i32Mul();
    f.i32Add();
    f.finish();
  }
  m.exportFunction('run', funcs[0] as FuncIndex);
  const { bytes, relocations, notes } = m.finish();
  assert.deepEqual(
    notes.map(({ text }) => text),
    [0, 1, 2, 3, 4].map((i) => `start of ${i}`),
  );
  assert.deepEqual(
    Array.from({ length: 5 }, (_, i) => relocations[i * 3 + 2]),
    [0, 1, 2, 3, 4],
  );
  notes.forEach(({ offset }, i) => {
    assert.equal(relocations[i * 3], offset + 1);
  });
  applyRelocations(bytes, relocations, (_, id) => id + 1);
  assert.equal((instantiate(bytes).run as Call)(), 54321);
});

test('relocations: in code, in globals and in segment offsets, again and again', () => {
  const m = new ModuleBuilder();
  m.defineMemory({ min: 1 });
  m.exportMemory('memory');
  const table = m.defineTable(funcref, { min: 100 });
  m.exportTable('table', table);
  m.exportGlobal('global', m.defineGlobal(i32, false, i32RelocInit(2, 5)));
  const run = m.declareFunction(m.type([], [i32, i32]));
  m.exportFunction('run', run);
  m.elements(table, i32RelocInit(1, 9), [run]);
  m.data(i32RelocInit(1, 8), Uint8Array.of(0xab));
  define(m, run, (f) => {
    f.i32ConstReloc(7, -1);
    f.i32Const(1000);
    f.i32Add();
    f.i32ConstReloc(7, 123456789);
  });
  const { bytes, relocations } = m.finish();
  assert.deepEqual(
    [...relocations].filter((_, i) => i % 3 !== 0),
    [2, 5, 1, 9, 7, -1, 7, 123456789, 1, 8],
  );
  const offsets = [...relocations].filter((_, i) => i % 3 === 0);
  assert.deepEqual(
    offsets,
    [...offsets].sort((a, b) => a - b),
  );
  for (const value of [0, 1, 63, 64, 99, -1, 0x7fffffff, -0x80000000]) {
    const place = Math.abs(value % 100);
    const resolve = (kind: number, id: number) => (kind === 1 ? place : value) | (id === 5 ? 1 : 0);
    applyRelocations(bytes, relocations, resolve);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    assert.deepEqual((exports.run as Call)(), [(value + 1000) | 0, value]);
    assert.equal((exports.global as WebAssembly.Global).value, value | 1);
    assert.equal((exports.table as WebAssembly.Table).get(place), exports.run);
    assert.equal(new Uint8Array((exports.memory as WebAssembly.Memory).buffer)[place], 0xab);
  }
});

test('custom sections and names reach the engine', () => {
  const m = new ModuleBuilder({ names: true });
  m.custom('note', Uint8Array.of(1, 2, 3));
  m.custom('note', Uint8Array.of(4));
  const run = m.declareFunction(m.type([], []), 'lists:map/2');
  m.exportFunction('run', run);
  define(m, run, (f) => f.unreachable());
  const module = new WebAssembly.Module(m.finish().bytes);
  const sections = WebAssembly.Module.customSections(module, 'note').map((section) => [...new Uint8Array(section)]);
  assert.deepEqual(sections, [[1, 2, 3], [4]]);
  const { exports } = new WebAssembly.Instance(module);
  assert.throws(
    () => (exports.run as Call)(),
    (error) => (error as Error).stack?.includes('lists:map/2') === true,
  );
});

test('an empty module and a module without code are valid', () => {
  assert.ok(WebAssembly.validate(new ModuleBuilder().finish().bytes));
  const m = new ModuleBuilder();
  m.importFunction('a', 'b', m.type([], []));
  assert.ok(WebAssembly.validate(m.finish().bytes));
});

test('late imports of tables and globals are refused', () => {
  const m = new ModuleBuilder();
  m.defineTable(funcref, { min: 0 });
  m.defineGlobal(i32, false, i32Init(0));
  assert.throws(() => m.importTable('a', 'b', funcref, { min: 0 }), /after a definition/);
  assert.throws(() => m.importGlobal('a', 'b', i32, false), /after a definition/);
});
