/** Regular expressions, here and on native OTP: results, faults and their places the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { runEnigma, runNative } from '../boot/run-both.ts';
import { flags } from '../support/mode.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';

const MODULE = 'regex_cases';

test('regular expressions as native OTP', (t) => {
  const cases = dirname(erlc(readFileSync(join(repositoryRoot, 'test', 'regex', `${MODULE}.erl`), 'utf8')));
  const args = ['-noshell', '-pa', cases, '-s', MODULE, 'main', ...(flags.gcStress ? ['-extra', '25'] : [])];
  const native = runNative(args).stdout.split('\n');
  const here = runEnigma(args).stdout.split('\n');
  const different = native.flatMap((line, i) => (line === here[i] ? [] : [{ native: line, here: here[i] }]));
  assert.deepEqual(different.slice(0, 5), [], `${different.length} of ${native.length} lines differ`);
  assert.equal(here.length, native.length);
  t.diagnostic(`${native.length} results`);
});
