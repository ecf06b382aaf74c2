/** What the loader says of files that are too new, too old, or wrong in one place. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { maxOpcode, opcodeByName } from '../../src/isa/opcodes.ts';
import { loadBeam } from '../../src/loader/load.ts';
import { LoadError } from '../../src/loader/load-error.ts';
import { erlc } from '../support/oracle.ts';
import { type Chunk, joinChunks, splitChunks } from './mutate.ts';

const source = `-module(small).
-export([f/1]).
f(X) -> g(X, 1).
g(X, Y) -> {X, Y}.
`;

const small = readFileSync(erlc(source));

/** The error of loading the small module after a change to one of its chunks. */
function errorOf(id: string, change: (data: Buffer) => Buffer): LoadError {
  const chunks = splitChunks(small).map((chunk): Chunk => (chunk.id === id ? { id, data: change(chunk.data) } : chunk));
  try {
    loadBeam(joinChunks(chunks));
  } catch (error) {
    assert.ok(error instanceof LoadError, String(error));
    return error;
  }
  return assert.fail(`loads with a changed ${id}`);
}

/** The error after the bytes of one instruction are replaced. */
function errorOfCode(from: readonly number[], to: readonly number[]): LoadError {
  return errorOf('Code', (data) => {
    const at = data.indexOf(Buffer.from(from));
    assert.ok(at > 0);
    return Buffer.concat([data.subarray(0, at), Buffer.from(to), data.subarray(at + from.length)]);
  });
}

const number = (name: string): number => opcodeByName(name).number;
const returnOp = number('return');
const jump = number('jump');

test('the module loads unchanged', () => {
  const { name, functions } = loadBeam(small);
  assert.equal(name, 'small');
  assert.deepEqual(
    functions.map((f) => `${f.name}/${f.arity}`),
    ['f/1', 'g/2', 'module_info/0', 'module_info/1'],
  );
});

test('a later release is named', () => {
  const header = errorOf('Code', (data) => {
    data.writeUInt32BE(maxOpcode + 1, 8);
    return data;
  });
  assert.equal(header.kind, 'not_supported');
  assert.match(header.message, new RegExp(`opcode ${maxOpcode + 1} is unknown .*later OTP release`, 'u'));
  const inside = errorOfCode([returnOp, 1], [maxOpcode + 9, 1]);
  assert.equal(inside.kind, 'not_supported');
  assert.match(inside.message, new RegExp(`opcode ${maxOpcode + 9} .* uses opcodes up to \\d+`, 'u'));
});

test('an obsolete instruction is named with its release', () => {
  const { kind, message } = errorOfCode([returnOp, 1], [number('put_tuple'), 0x20, 0x03, 1]);
  assert.equal(kind, 'not_supported');
  assert.match(message, /function g\/2, instruction put_tuple\/2 was last emitted by the compiler of OTP 21/u);
});

test('a jump to a label of another function, or of none, is refused', () => {
  // Label 1 is the first function's; the return is the second one's.
  assert.match(errorOfCode([returnOp, 1], [jump, 0x15, 1]).message, /jumps to label 1 of another function/u);
  assert.match(errorOfCode([returnOp, 1], [jump, 0xf5, 1]).message, /there is no label 15/u);
});

test('operands are checked, and the message says where', () => {
  const returns = [returnOp, 1];
  const move = number('move');
  assert.match(
    errorOfCode(returns, [move, 0x05, 0x03, 1]).message,
    /g\/2, instruction move\/2: src cannot be \{f,0\}/u,
  );
  assert.match(errorOfCode(returns, [move, 0x03, 0x12, 1]).message, /dst cannot be \{atom,small\}/u);
  assert.match(errorOfCode(returns, [move, 0x1b, 0x04, 0x00, 0x03, 1]).message, /there is no register 1024/u);
  assert.match(errorOfCode(returns, [move, 0x47, 0xf0, 0x03, 1]).message, /instruction move\/2: chunk Code/u);
  assert.match(errorOfCode(returns, [number('call_ext'), 0, 0xf0, 1]).message, /target cannot be 15/u);
});

test('missing chunks, early ends and wrong magic are refused', () => {
  const without = (id: string): Buffer => joinChunks(splitChunks(small).filter((chunk) => chunk.id !== id));
  for (const id of ['AtU8', 'Code', 'ImpT', 'ExpT']) {
    assert.throws(() => loadBeam(without(id)), { name: 'LoadError', message: `chunk ${id} is missing` });
  }
  for (const id of ['LocT', 'Attr', 'CInf', 'Line', 'Type', 'Meta', 'StrT'])
    assert.equal(loadBeam(without(id)).name, 'small');
  assert.throws(() => loadBeam(small.subarray(0, small.length - 1)), LoadError);
  assert.throws(() => loadBeam(new Uint8Array(0)), LoadError);
  assert.throws(() => loadBeam(Buffer.from('FOR2aaaaBEAM')), { message: 'file does not start with FOR1' });
  assert.match(errorOf('Code', (data) => data.subarray(0, data.length - 1)).message, /chunk Code: ends too early/u);
});

test('without a line table, positions are unknown', () => {
  const chunks = splitChunks(small).filter(({ id }) => id !== 'Line');
  const { functions, lines } = loadBeam(joinChunks(chunks));
  assert.deepEqual(lines.items, [{ file: 0, line: 0 }]);
  assert.ok(functions.every(({ infoLine }) => infoLine === 0));
  assert.ok(loadBeam(small).functions.some(({ infoLine }) => infoLine > 0));
});
