/** BIFs that work long, natively and here: values, errors, turns of others, processes that are killed in the middle. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { erlc, nativeRoot } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { compareWithNative, isStressed } from '../support/vm.ts';

const LIBRARY = ['lists', 'maps', 'binary'];

function libraryBeams(): string[] {
  const lib = join(nativeRoot(), 'lib');
  const folder = (name: string): string =>
    join(lib, readdirSync(lib).find((entry) => entry.startsWith(`${name}-`)) as string, 'ebin');
  return [join(folder('erts'), 'erlang.beam'), ...LIBRARY.map((name) => join(folder('stdlib'), `${name}.beam`))];
}

const cases = erlc(readFileSync(join(repositoryRoot, 'test', 'process', 'long_work_cases.erl'), 'utf8'));

for (const name of ['results', 'selfish', 'errors', 'messages', 'kills']) {
  test(name, { skip: isStressed && 'so much data takes too long' }, () => {
    compareWithNative([...libraryBeams(), cases], [{ module: 'long_work_cases', function: name }]);
  });
}
