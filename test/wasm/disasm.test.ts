import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disassemble } from '../../src/wasm/disasm.ts';
import type { FunctionBuilder } from '../../src/wasm/function-builder.ts';
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import { type Immediates, type Instruction, instructions } from '../../src/wasm/opcodes.ts';
import { f32, f64, funcref, i32, i64 } from '../../src/wasm/types.ts';
import { moduleOf } from './run-module.ts';

function camelCase(name: string): string {
  return name.replaceAll(/[._]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

test('the table: methods are named after instructions, opcodes are distinct', () => {
  const rows = Object.entries<Instruction>(instructions);
  for (const [method, { name }] of rows) {
    if (method !== 'selectTyped') assert.equal(method, camelCase(name));
    assert.equal(typeof (moduleBody() as unknown as Record<string, unknown>)[method], 'function', method);
  }
  assert.equal(new Set(rows.map(([, row]) => row.opcode)).size, rows.length);
});

function moduleBody(): FunctionBuilder {
  const m = new ModuleBuilder();
  return m.body(m.declareFunction(m.type([], [])));
}

test('a function reads as text', () => {
  const m = new ModuleBuilder({ names: true, notes: true });
  m.defineMemory({ min: 1 });
  const sum = m.declareFunction(m.type([i32, f64], [i32]), 'lists:sum/2');
  const helper = m.importFunction('env', 'gc', m.type([], []));
  const plain = m.declareFunction(m.type([], []));
  const f = m.body(sum);
  const n = f.param(0, 'n');
  const x = f.local(i32, 'x');
  f.local(i64);
  f.note('{label,2}');
  f.note('{move,{x,0},{x,1}}');
  const again = f.loop();
  f.localGet(n);
  f.localTee(x);
  const zero = f.if(i32);
  f.localGet(x);
  f.i32Load(8);
  f.else();
  f.i32ConstReloc(3, 14);
  f.end(zero);
  f.note('call');
  f.brIf(again);
  f.call(helper);
  f.end(again);
  f.i32Const(-5);
  f.f64Const(-0);
  f.i32Const(0);
  f.callIndirect(m.type([i32, f64], [i32]), m.defineTable(funcref, { min: 0 }));
  f.finish();
  m.body(plain).finish();
  const { bytes, notes, relocations } = m.finish();
  const describeRelocation = (kind: number, id: number) => `atom ${kind} ${id}`;
  assert.ok(new WebAssembly.Module(bytes));
  assert.equal(
    disassemble(bytes, { notes, relocations, describeRelocation }),
    `(func $lists:sum/2 (param $n i32) (param f64) (result i32)
  (local $x i32) (local i64)
  ;; {label,2}
  ;; {move,{x,0},{x,1}}
  loop ;; @1
    local.get $n
    local.tee $x
    if (result i32) ;; @2
      local.get $x
      i32.load offset=8
    else
      i32.const 0 (;atom 3 14;)
    end
    ;; call
    br_if 0 (;@1;)
    call $env.gc
  end
  i32.const -5
  f64.const -0
  i32.const 0
  call_indirect (type 0) (param i32 f64) (result i32)
)
(func 2
)
`,
  );
  assert.equal(disassemble(bytes, { functions: (index) => index === 2 }), '(func 2\n)\n');
});

test("offsets are those of the engine's messages", () => {
  const { bytes } = moduleOf([i32], [i32], (f) => {
    for (let i = 0; i < 50; i++) f.nop();
    f.f64Const(1);
    f.i32Eqz();
  });
  const message = (() => {
    try {
      return String(new WebAssembly.Module(bytes));
    } catch (error) {
      return (error as Error).message;
    }
  })();
  const [, offset = ''] = /@\+(\d+)/.exec(message) ?? [];
  const line = disassemble(bytes, { offsets: true })
    .split('\n')
    .find((text) => text.startsWith(`(;${offset.padStart(7)};)`));
  assert.match(line ?? message, /\) {3}f64\.const 1$/);
});

/** What to call each method with, and the text its immediates have. */
const SAMPLES: Record<Immediates, readonly [args: readonly unknown[], text: string]> = {
  none: [[], ''],
  delimiter: [[], ''],
  block: [[], ' ;; @1'],
  label: [[0], ' 0 (;@0;)'],
  labels: [[[0, 0], 0], ' 0 (;@0;) 0 (;@0;) 0 (;@0;)'],
  func: [[-1], ' $run'],
  'type table': [[0, 200], ' 200 (type 0)'],
  types: [[f64], ' (result f64)'],
  reftype: [[funcref], ' func'],
  local: [[300], ' 300'],
  global: [[300], ' 300'],
  table: [[300], ' 300'],
  'table table': [[300, 1], ' 300 1'],
  elem: [[300], ' 300'],
  'elem table': [[300, 1], ' 1 300'],
  memory: [[], ''],
  'memory memory': [[], ''],
  data: [[300], ' 300'],
  'data memory': [[300], ' 300'],
  access: [[123456, 0], ' offset=123456 align=1'],
  i32: [[-123456], ' -123456'],
  i64: [[-(2n ** 63n)], ' -9223372036854775808'],
  f32: [[0.5], ' 0.5'],
  f64: [[-1e300], ' -1e+300'],
};

test('every instruction of the table comes back from its bytes', (t) => {
  const rows = Object.entries<Instruction>(instructions);
  for (const [method, row] of rows) {
    if (row.immediates === 'delimiter') continue;
    const { bytes } = moduleOf([], [], (f) => {
      const [args] = SAMPLES[row.immediates];
      (f as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[method]?.(...args);
      f.nop();
      if (row.immediates === 'block') f.end();
    });
    let text = SAMPLES[row.immediates][1];
    if (row.immediates === 'access' && row.alignment === 0) text = ' offset=123456';
    const lines = disassemble(bytes).split('\n');
    const block = row.immediates === 'block';
    assert.deepEqual(lines.slice(1, 3), [`  ${row.name}${text}`, block ? '    nop' : '  nop']);
  }
  t.diagnostic(`${rows.length} instructions`);
});

test('floats print exactly', () => {
  const samples: [number, string][] = [
    [0, '0'],
    [-0, '-0'],
    [0.1, '0.1'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
    [5e-324, '5e-324'],
  ];
  const { bytes } = moduleOf([], [], (f) => {
    for (const [value] of samples) {
      f.f64Const(value);
      f.drop();
    }
    f.f32Const(Number.NaN);
    f.drop();
    f.f32Const(-1.5);
    f.drop();
  });
  const printed = [...disassemble(bytes).matchAll(/f\d\d\.const (.*)/g)].map(([, text]) => text);
  assert.deepEqual(printed, [...samples.map(([, text]) => text), 'nan', '-1.5']);
  const at = bytes.findIndex(
    (byte, i) => byte === instructions.f64Const.opcode && bytes[i + 8] === 0x7f && bytes[i + 7] === 0xf8,
  );
  bytes[at + 1] = 5;
  bytes[at + 8] = 0xff;
  assert.match(disassemble(bytes), /f64\.const -nan:0x8000000000005\n/);
});

test('names that are no identifiers are quoted, multi-value block types spelled out', () => {
  const m = new ModuleBuilder({ names: true });
  const func = m.declareFunction(m.type([], []), "'my module':f/1");
  const f = m.body(func);
  f.i32Const(1);
  f.f32Const(2);
  f.block(m.type([i32, f32], []));
  f.drop();
  f.drop();
  f.br(f.bodyLabel);
  f.end();
  f.finish();
  assert.equal(
    disassemble(m.finish().bytes),
    `(func $"'my module':f/1"
  i32.const 1
  f32.const 2
  block (type 1) (param i32 f32) ;; @1
    drop
    drop
    br 1 (;@0;)
  end
)
`,
  );
});

test('malformed modules are refused with the place, whatever is cut or changed', (t) => {
  const { bytes } = moduleOf([i32], [i32], (f) => {
    f.localGet(f.param(0, 'n'));
    f.block();
    f.end();
    f.f64Const(1);
    f.drop();
  });
  assert.throws(() => disassemble(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0)), /not a WebAssembly/);
  let refused = 0;
  const attempt = (mutant: Uint8Array) => {
    try {
      disassemble(mutant);
    } catch (error) {
      assert.match((error as Error).message, /malformed module|not a value type/);
      refused++;
    }
  };
  for (let length = 0; length < bytes.length; length++) attempt(bytes.slice(0, length));
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const mutant = bytes.slice();
      mutant[at] = (mutant[at] as number) ^ (1 << bit);
      attempt(mutant);
    }
  }
  t.diagnostic(`${bytes.length * 9} mutants, ${refused} refused`);
});
