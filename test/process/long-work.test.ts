/** BIFs that work long, natively and here: values, errors, turns of others, processes that are killed in the middle. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isStressed, sized } from '../support/mode.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { assertSame, compareWithNative, runHere, runNatively } from '../support/vm.ts';

const cases = erlc(readFileSync(join(repositoryRoot, 'test', 'process', 'long_work_cases.erl'), 'utf8'));
const SIZE = sized(10_000, 700);
const MUCH = 30_000;
/** With less work native OTP is not done within a minute: a process that calls list_to_binary for ever does not get its exit signal. */
const LEAST_KILLS = 700;

for (const [name, size] of [
  ['results', SIZE],
  ['errors', SIZE],
  ['messages', SIZE],
  ['greedy', SIZE],
  ['kills', sized(2500, LEAST_KILLS)],
] as const) {
  test(name, () => {
    compareWithNative([cases], [{ module: 'long_work_cases', function: name, arguments: String(size) }]);
  });
}

// What is little work is not done in parts.
if (!isStressed) {
  test('places', () => {
    compareWithNative([cases], [{ module: 'long_work_cases', function: 'places', arguments: String(SIZE) }]);
  });
  test('work that gives way to nobody', () => {
    const calls = [{ module: 'long_work_cases', function: 'selfish', arguments: String(MUCH) }];
    const none = [{ module: 'long_work_cases', function: 'nobody' }];
    assertSame(calls, runNatively([cases], none), runHere([cases], calls));
  });
}
