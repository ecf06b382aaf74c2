/** Streams of zlib, here and on native OTP: byte for byte the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadBeam } from '../../src/loader/load.ts';
import { erlc, hasRelease, type Release } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { casesOf } from '../support/vm.ts';
import { compareSequences } from './sequences.ts';

function check(t: TestContext, module: string, release: Release): void {
  const cases = erlc(readFileSync(join(repositoryRoot, 'test', 'bifs', `${module}.erl`), 'utf8'), { release });
  const calls = casesOf(loadBeam(readFileSync(cases))).map((name) => ({ module, function: name }));
  compareSequences(cases, ['zlib'], calls, { release });
  t.diagnostic(`${calls.length} sequences of streams`);
}

test('zlib as native OTP', (t) => check(t, 'zlib_cases', 27));
test('zlib as native OTP 25', { skip: !hasRelease(25) }, (t) => check(t, 'zlib_before_27_cases', 25));
