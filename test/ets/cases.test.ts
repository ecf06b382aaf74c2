/** Names, owners, heirs, rights, errors, continuations of tables: each case natively and here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadBeam } from '../../src/loader/load.ts';
import { erlc, nativeRoot } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { casesOf, compareWithNative, vmFor } from '../support/vm.ts';

const beam = erlc(readFileSync(join(repositoryRoot, 'test', 'ets', 'ets_cases.erl'), 'utf8'));

/** ets:info(Table, binary) calls Erlang code in a module that OTP has preloaded. */
function loadPreloaded(name: string): void {
  const library = join(nativeRoot(), 'lib');
  const folder = readdirSync(library).find((entry) => entry.startsWith('erts-')) as string;
  vmFor().loadModule(new Uint8Array(readFileSync(join(library, folder, 'ebin', `${name}.beam`))));
}

loadPreloaded('erts_internal');

for (const name of casesOf(loadBeam(new Uint8Array(readFileSync(beam))))) {
  if (name === 'flush') continue;
  test(name, () => {
    compareWithNative([beam], [{ module: 'ets_cases', function: name }]);
  });
}
