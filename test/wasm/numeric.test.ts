import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ModuleBuilder } from '../../src/wasm/module-builder.ts';
import { type Instruction, instructions } from '../../src/wasm/opcodes.ts';
import { f32, f64, i32, i64, type ValType } from '../../src/wasm/types.ts';
import { type Call, instantiate } from './run-module.ts';

type Value = number | bigint;
/** Gives undefined where the instruction must trap. */
type Reference = (a: never, b: never) => Value | undefined;

const TYPES: Record<string, ValType> = { i32, i64, f32, f64 };
const FLOATS = [
  0,
  -0,
  0.5,
  -0.5,
  1,
  -1,
  1.5,
  2.5,
  -2.5,
  3.7,
  -3.7,
  1e9,
  -3e9,
  4.5e9,
  2 ** 31,
  2 ** 63,
  2 ** 64,
  -(2 ** 63),
];
const ZOO: Record<string, readonly Value[]> = {
  i32: [
    0, 1, -1, 2, 7, 8, -8, 31, 32, 33, 127, 128, 255, 32767, 32768, 65535, 0x12345678, -0x7fffffff, 0x7fffffff,
    -0x80000000,
  ],
  i64: [
    0n,
    1n,
    -1n,
    2n,
    63n,
    64n,
    -64n,
    128n,
    32768n,
    0x7fffffffn,
    0x80000000n,
    -0x80000000n,
    0xffffffffn,
    0x123456789abcdefn,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ],
  f32: [...FLOATS, 1e38, -1e-38, Infinity, -Infinity, NaN].map(Math.fround),
  f64: [...FLOATS, 1e300, -1e-300, 2 ** 53 + 2, 2147483647.5, -2147483648.9, Infinity, -Infinity, NaN],
};

function nearest(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const low = Math.floor(x);
  const up = x - low > 0.5 || (x - low === 0.5 && low % 2 !== 0);
  const rounded = up ? low + 1 : low;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

const isNegative = (x: number) => x < 0 || Object.is(x, -0);

/** Integer instructions of both widths over bigints, sign-extended; the result is wrapped to the width or is a boolean. */
function integerReferences(bits: number): Record<string, (a: bigint, b: bigint) => bigint | boolean | undefined> {
  const width = BigInt(bits);
  const u = (x: bigint) => BigInt.asUintN(bits, x);
  const text = (x: bigint) => u(x).toString(2).padStart(bits, '0');
  const count = (b: bigint) => u(b) % width;
  const rotate = (a: bigint, by: bigint) => (u(a) << by) | (u(a) >> (width - by));
  const min = -(1n << (width - 1n));
  return {
    eqz: (a) => a === 0n,
    eq: (a, b) => a === b,
    ne: (a, b) => a !== b,
    lt_s: (a, b) => a < b,
    lt_u: (a, b) => u(a) < u(b),
    gt_s: (a, b) => a > b,
    gt_u: (a, b) => u(a) > u(b),
    le_s: (a, b) => a <= b,
    le_u: (a, b) => u(a) <= u(b),
    ge_s: (a, b) => a >= b,
    ge_u: (a, b) => u(a) >= u(b),
    clz: (a) => BigInt(bits - (u(a) === 0n ? 0 : u(a).toString(2).length)),
    ctz: (a) => BigInt(u(a) === 0n ? bits : bits - 1 - text(a).lastIndexOf('1')),
    popcnt: (a) => BigInt(text(a).replaceAll('0', '').length),
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
    div_s: (a, b) => (b === 0n || (a === min && b === -1n) ? undefined : a / b),
    div_u: (a, b) => (b === 0n ? undefined : u(a) / u(b)),
    rem_s: (a, b) => (b === 0n ? undefined : a % b),
    rem_u: (a, b) => (b === 0n ? undefined : u(a) % u(b)),
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    shl: (a, b) => a << count(b),
    shr_s: (a, b) => a >> count(b),
    shr_u: (a, b) => u(a) >> count(b),
    rotl: (a, b) => rotate(a, count(b)),
    rotr: (a, b) => rotate(a, (width - count(b)) % width),
    extend8_s: (a) => BigInt.asIntN(8, a),
    extend16_s: (a) => BigInt.asIntN(16, a),
    extend32_s: (a) => BigInt.asIntN(32, a),
  };
}

const FLOAT_REFERENCES: Record<string, (a: number, b: number) => number | boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
  abs: Math.abs,
  neg: (a) => -a,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest,
  sqrt: Math.sqrt,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  copysign: (a, b) => (isNegative(a) === isNegative(b) ? a : -a),
};

function truncation(bits: number, unsigned: boolean, saturate: boolean): (x: number) => bigint | undefined {
  const low = unsigned ? 0n : -(1n << BigInt(bits - 1));
  const high = (1n << BigInt(unsigned ? bits : bits - 1)) - 1n;
  return (x) => {
    if (Number.isNaN(x)) return saturate ? 0n : undefined;
    if (!Number.isFinite(x)) {
      if (!saturate) return undefined;
      return x < 0 ? low : high;
    }
    const whole = BigInt(Math.trunc(x));
    if (whole >= low && whole <= high) return whole;
    if (!saturate) return undefined;
    return whole < low ? low : high;
  };
}

function reinterpret(from: string, value: Value): Value {
  const view = new DataView(new ArrayBuffer(8));
  if (from === 'i32') view.setInt32(0, value as number);
  else if (from === 'i64') view.setBigInt64(0, value as bigint);
  else if (from === 'f32') view.setFloat32(0, value as number);
  else view.setFloat64(0, value as number);
  if (from === 'i32') return view.getFloat32(0);
  if (from === 'i64') return view.getFloat64(0);
  return from === 'f32' ? view.getInt32(0) : view.getBigInt64(0);
}

/** A bigint (sign-extended) as a value of the type; wraps integers, rounds floats. */
function fromBig(type: string, value: bigint): Value {
  if (type === 'i64') return BigInt.asIntN(64, value);
  return type === 'i32' ? Number(BigInt.asIntN(32, value)) : roundTo(type, value);
}

/** Rounds once, to the nearest, ties to even. */
function roundTo(type: string, value: bigint): number {
  if (type === 'f64') return Number(value);
  const magnitude = value < 0n ? -value : value;
  const excess = BigInt(Math.max(0, magnitude.toString(2).length - 24));
  const half = excess === 0n ? 0n : 1n << (excess - 1n);
  const low = magnitude >> excess;
  const rest = magnitude - (low << excess);
  const up = rest > half || (rest === half && half > 0n && low % 2n === 1n);
  const rounded = Number((up ? low + 1n : low) << excess);
  return value < 0n ? -rounded : rounded;
}

function conversion(name: string, to: string, from: string): Reference | undefined {
  const unsigned = name.endsWith('_u');
  if (name.startsWith('reinterpret')) return (a: Value) => reinterpret(from, a);
  if (name.startsWith('trunc_')) {
    const truncate = truncation(Number(to.slice(1)), unsigned, name.startsWith('trunc_sat'));
    return (a: number) => {
      const whole = truncate(a);
      return whole === undefined ? undefined : fromBig(to, whole);
    };
  }
  if (name.startsWith('demote')) return Math.fround as Reference;
  if (name.startsWith('promote')) return ((a: number) => a) as Reference;
  if (!/^(wrap|extend_|convert)/.test(name)) return undefined;
  const bits = Number(from.slice(1));
  return (a: Value) => fromBig(to, unsigned ? BigInt.asUintN(bits, BigInt(a)) : BigInt(a));
}

function referenceOf({ name }: Instruction, from: string, to: string): Reference | undefined {
  const [prefix = '', operation = ''] = name.split('.');
  const converted = conversion(operation, to, from);
  if (converted !== undefined) return converted;
  if (prefix.startsWith('i')) {
    const reference = integerReferences(Number(prefix.slice(1)))[operation];
    if (reference === undefined) return undefined;
    return (a: Value, b: Value = 0) => {
      const result = reference(BigInt(a), BigInt(b));
      if (typeof result === 'boolean') return Number(result);
      return result === undefined ? undefined : fromBig(to, result);
    };
  }
  const reference = FLOAT_REFERENCES[operation];
  if (reference === undefined) return undefined;
  return (a: number, b: number) => {
    const result = Number(reference(a, b));
    return to === 'f32' ? Math.fround(result) : result;
  };
}

/** The rows whose operands and results are numbers only: constants, memory and control apart. */
function numericRows(): { method: string; row: Instruction; params: string[]; result: string }[] {
  return Object.entries<Instruction>(instructions).flatMap(([method, row]) => {
    const [before = '', after = ''] = (row.signature ?? '').split('->').map((side) => side.trim());
    const params = before.split(' ');
    if (row.immediates !== 'none' || !(after in TYPES) || !params.every((type) => type in TYPES)) return [];
    return [{ method, row, params, result: after }];
  });
}

function same(actual: Value, expected: Value): boolean {
  return Object.is(actual, expected);
}

test('every numeric instruction computes what JavaScript says it must', (t) => {
  const rows = numericRows();
  const m = new ModuleBuilder();
  for (const { method, params, result } of rows) {
    const paramTypes = params.map((type) => TYPES[type] as ValType);
    const func = m.declareFunction(m.type(paramTypes, [TYPES[result] as ValType]));
    m.exportFunction(method, func);
    const f = m.body(func);
    paramTypes.forEach((_, i) => {
      f.localGet(f.param(i));
    });
    (f as unknown as Record<string, () => void>)[method]?.();
    f.finish();
  }
  const run = instantiate(m.finish().bytes);
  let checks = 0;
  for (const { method, row, params, result } of rows) {
    const reference = referenceOf(row, params[0] as string, result) as
      | ((...args: Value[]) => Value | undefined)
      | undefined;
    assert.ok(reference, `no reference for ${row.name}`);
    const seconds = params.length > 1 ? (ZOO[params[1] as string] as Value[]) : [0];
    for (const a of ZOO[params[0] as string] as Value[]) {
      for (const b of seconds) {
        const expected = reference(a, b);
        checks++;
        if (expected === undefined) assert.throws(() => (run[method] as Call)(a, b), WebAssembly.RuntimeError);
        else {
          const actual = (run[method] as Call)(a, b) as Value;
          assert.ok(same(actual, expected), `${row.name}(${a}, ${b}) = ${actual}, not ${expected}`);
        }
      }
    }
  }
  assert.equal(rows.length, 136);
  t.diagnostic(`${rows.length} numeric instructions, ${checks} results`);
});

test('constants of every type keep their value', () => {
  const m = new ModuleBuilder();
  const expected: [string, Value][] = [];
  for (const [type, values] of Object.entries(ZOO)) {
    for (const value of values) {
      const func = m.declareFunction(m.type([], [TYPES[type] as ValType]));
      m.exportFunction(`${expected.length}`, func);
      expected.push([`${expected.length}`, value]);
      const f = m.body(func);
      if (type === 'i32') f.i32Const(value as number);
      else if (type === 'i64') f.i64Const(value);
      else if (type === 'f32') f.f32Const(value as number);
      else f.f64Const(value as number);
      f.finish();
    }
  }
  const run = instantiate(m.finish().bytes);
  for (const [name, value] of expected) assert.ok(same((run[name] as Call)() as Value, value), `${value}`);
});
