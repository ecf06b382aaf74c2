/** BIFs of plain data in a whole virtual machine, against native OTP. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBeam } from '../../src/loader/load.ts';
import { isStressed } from '../support/mode.ts';
import { erlc, nativeRoot } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { assertSame, casesOf, runHere, runNatively } from '../support/vm.ts';
import { preloadedBeam } from './preloaded.ts';

const MODULE = 'plain_cases';
const LIBRARY = ['lists', 'maps', 'unicode', 'binary', 'proplists'];

function stdlibBeam(module: string): string {
  const lib = join(nativeRoot(), 'lib');
  const stdlib = readdirSync(lib).find((name) => name.startsWith('stdlib-')) as string;
  return join(lib, stdlib, 'ebin', `${module}.beam`);
}

test('functions, times, the system, large data', (context) => {
  const cases = erlc(readFileSync(join(repositoryRoot, 'test', 'bifs', `${MODULE}.erl`), 'utf8'));
  // What one call takes from a slice shows only where a slice has as much.
  const left = isStressed ? ['reductions_of_bits'] : [];
  const names = casesOf(loadBeam(readFileSync(cases))).filter((name) => !left.includes(name));
  const calls = names.map((name) => ({ module: MODULE, function: name }));
  const native = runNatively([cases], calls);
  assertSame(calls, native, runHere([preloadedBeam('erlang'), ...LIBRARY.map(stdlibBeam), cases], calls));
  context.diagnostic(`${names.length} cases`);
});
