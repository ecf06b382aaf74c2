/** atomics, counters, persistent_term, prim_buffer, os, erl_ddll and erl_tracer, here and on native OTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBeam } from '../../src/loader/load.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { casesOf } from '../support/vm.ts';
import { compareSequences } from './sequences.ts';

const MODULE = 'shared_cases';
const PRELOADED = ['atomics', 'counters', 'persistent_term', 'prim_buffer', 'erl_tracer', 'erlang'];

test('what processes share, and what is outside of them, as native OTP', (t) => {
  const cases = erlc(readFileSync(join(repositoryRoot, 'test', 'bifs', `${MODULE}.erl`), 'utf8'));
  const calls = casesOf(loadBeam(readFileSync(cases))).map((name) => ({ module: MODULE, function: name }));
  compareSequences(cases, PRELOADED, calls);
  t.diagnostic(`${calls.length} sequences`);
});
