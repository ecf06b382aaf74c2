/** Tracing: what tracers are told is what native OTP tells them, also when every call yields and every safe point collects. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { runEnigma, runNative } from '../boot/run-both.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';

const source = readFileSync(join(repositoryRoot, 'test', 'trace', 'trace_programs.erl'), 'utf8');
const programs = dirname(erlc(source));

const names = [
  'global',
  'local',
  'specification',
  'exceptions',
  'bifs',
  'counters',
  'saved_calls',
  'profile',
  'accounts',
  'raisers',
  'unlinked',
  'meta',
  'messages',
  'sessions',
  'sequential',
  'loading',
  'debugging',
  'monitor',
];

for (const name of names) {
  test(`tracing: ${name}`, () => {
    const args = ['-noshell', '-pa', programs, '-eval', `trace_programs:run(${name}).`];
    assert.deepEqual(runEnigma(args), runNative(args));
  });
}

test('tracing while every call yields', () => {
  const args = ['-noshell', '-pa', programs, '-eval', 'trace_programs:run(exceptions).'];
  assert.deepEqual(runEnigma(args, { environment: { ENIGMA_REDUCTIONS: '1' } }), runNative(args));
});
