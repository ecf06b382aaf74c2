import assert from 'node:assert/strict';
import { test } from 'node:test';
import { am, atom } from '../../src/term/atoms.ts';
import { tuple, tupleOf } from '../../src/term/build.ts';
import { compareTerms } from '../../src/term/compare.ts';
import { copyIn } from '../../src/term/copy.ts';
import { identical } from '../../src/term/equality.ts';
import { internalHash } from '../../src/term/hash.ts';
import type { Term } from '../../src/term/layout.ts';
import { fieldsByIndex, makeRecord, recordDefinition, recordGet } from '../../src/term/native-record.ts';
import { phash } from '../../src/term/phash.ts';
import { phash2 } from '../../src/term/phash2.ts';
import { display, formatTerm } from '../../src/term/print.ts';
import { makeSmall } from '../../src/term/term.ts';
import { freshHeap } from '../support/heap.ts';

freshHeap();

type Fields = readonly (readonly [string, Term])[];

function record(module: string, name: string, exported: boolean, fields: Fields): Term {
  const names = fields.map(([field]) => atom(field));
  const definition = tupleOf([atom(module), atom(name), exported ? am.true : am.false, ...names]);
  return makeRecord(
    definition,
    fields.map(([, value]) => value),
  );
}

// The hashes are what native OTP 29 gives; the texts are in the formats of its io_lib and erlang:display/1.

test('io_lib writes fields as defined, and quotes names', () => {
  const inner = record('rec_a', 'none', false, []);
  const fields: Fields = [
    ['b', makeSmall(1)],
    ['E f', tuple(inner)],
  ];
  assert.equal(formatTerm(record('A b', 'C d', true, fields)), "#'A b':'C d'{b = 1,'E f' = {#rec_a:none{}}}");
});

test('the emulator displays fields in the order of their atoms', () => {
  const [first, second] = ['record_field_b', 'record_field_a'];
  atom(first);
  const t = record('rec_a', 'k', false, [
    [second, makeSmall(1)],
    [first, makeSmall(2)],
  ]);
  assert.equal(display(t), '#rec_a:k{record_field_b=2,record_field_a=1}');
  assert.deepEqual(fieldsByIndex(recordDefinition(t)), [1, 0]);
  assert.equal(recordGet(t, atom(second)), makeSmall(1));
  assert.equal(recordGet(t, am.true), 0);
});

test('phash2 and phash give what they give natively', () => {
  const hashes = (t: Term): number[] => [phash2(t) % 2 ** 27, 1 + phash(t)];
  assert.deepEqual(hashes(record('rec_a', 'none', false, [])), [127140572, 3685811357]);
  assert.deepEqual(hashes(record('rec_a', 'one', false, [['f', makeSmall(1)]])), [94922158, 2547809114]);
  assert.deepEqual(hashes(record('rec_b', 'priv', false, [['p', makeSmall(1)]])), [124894416, 1783056436]);
});

test('records of equal definitions are equal wherever these lie; field order and export count', () => {
  const make = (exported: boolean, names: readonly string[]): Term =>
    record(
      'm',
      'k',
      exported,
      names.map((name) => [name, atom(name)]),
    );
  const t = make(false, ['a', 'b']);
  const others = [make(true, ['a', 'b']), make(false, ['b', 'a']), make(false, ['a']), copyIn(make(true, ['a', 'c']))];
  for (const equal of [make(false, ['a', 'b']), copyIn(t, true)]) {
    assert.ok(identical(t, equal));
    assert.equal(internalHash(t), internalHash(equal));
    assert.equal(compareTerms(t, equal), 0);
  }
  for (const other of others) {
    assert.ok(!identical(t, other));
    assert.notEqual(Math.sign(compareTerms(t, other)), 0);
    assert.equal(Math.sign(compareTerms(t, other)), -Math.sign(compareTerms(other, t)));
  }
});
