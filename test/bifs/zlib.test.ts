/** Streams of zlib, here and on native OTP: byte for byte the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBeam } from '../../src/loader/load.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { casesOf } from '../support/vm.ts';
import { compareSequences } from './sequences.ts';

const MODULE = 'zlib_cases';

test('zlib as native OTP', (t) => {
  const cases = erlc(readFileSync(join(repositoryRoot, 'test', 'bifs', `${MODULE}.erl`), 'utf8'));
  const calls = casesOf(loadBeam(readFileSync(cases))).map((name) => ({ module: MODULE, function: name }));
  compareSequences(cases, ['zlib'], calls);
  t.diagnostic(`${calls.length} sequences of streams`);
});
