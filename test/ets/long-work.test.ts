/** ets functions that work long, natively and here: results, turns of others, what those see and change, processes that are killed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isStressed, sized } from '../support/mode.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { assertSame, compareWithNative, runHere, runNatively } from '../support/vm.ts';

const cases = [['process', 'long_work_cases'] as const, ['ets', 'ets_long_cases'] as const].map(([folder, name]) =>
  erlc(readFileSync(join(repositoryRoot, 'test', folder, `${name}.erl`), 'utf8')),
);
const MUCH = 20_000;

for (const [name, size] of [
  ['results', sized(4000, 1200)],
  ['atomic', sized(50_000, 3000)],
  ['changing', sized(6000, 1500)],
  ['errors', sized(3000, 250)],
  ['kills', sized(3000, 1200)],
] as const) {
  test(name, () => {
    compareWithNative(cases, [{ module: 'ets_long_cases', function: name, arguments: String(size) }]);
  });
}

// What is little work is not done in parts.
if (!isStressed) {
  test('work that gives way to nobody', () => {
    const calls = [{ module: 'ets_long_cases', function: 'selfish', arguments: String(MUCH) }];
    const none = [{ module: 'ets_long_cases', function: 'nobody' }];
    assertSame(calls, runNatively(cases, none), runHere(cases, calls));
  });
}
