/** The opcode table holds together. That it is OTP's is checked in test/loader/native.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  maxOpcode,
  newestRelease,
  oldestRelease,
  opcodeByName,
  opcodeByNumber,
  opcodes,
} from '../../src/isa/opcodes.ts';

const families = new Set(
  (
    'messages calls frames lists-tuples tests-compare arith select bits-build bits-match maps funs exceptions floats ' +
    'bif-calls records misc'
  ).split(' '),
);

test('rows are numbered from 1 without gaps and found by number and name', () => {
  for (const [i, row] of opcodes.entries()) {
    assert.equal(row.number, i + 1);
    assert.equal(opcodeByNumber(row.number), row);
    assert.equal(opcodeByName(row.name), row);
    assert.equal(row.arity, row.operands.length);
  }
  assert.equal(maxOpcode, opcodes.length);
  assert.equal(opcodeByNumber(0), undefined);
  assert.equal(opcodeByNumber(maxOpcode + 1), undefined);
  assert.throws(() => opcodeByName('no_such_instruction'), RangeError);
});

test('every row has a family, releases and a doc that is a sentence', () => {
  for (const { name, family, since, until, obsolete, doc } of opcodes) {
    assert.ok(families.has(family), name);
    assert.ok(since >= 5 && since <= newestRelease, name);
    assert.ok(until === undefined || (until >= since && until < newestRelease), name);
    assert.equal(obsolete, until !== undefined && until < oldestRelease, name);
    assert.match(doc, /^(\p{Lu}|dst).*\.$/u, name);
  }
});

test('lists are last operands, as the file format wants it', () => {
  const lists = new Set(['srcs', 'yregs', 'cases', 'arities', 'assocs', 'gets', 'updates', 'fields', 'fieldGets']);
  for (const { name, operands } of opcodes) {
    for (const { kind } of operands.slice(0, -1)) {
      assert.ok(!lists.has(kind) && kind !== 'segments' && kind !== 'commands', name);
    }
  }
});
