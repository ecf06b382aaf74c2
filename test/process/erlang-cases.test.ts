import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/repository.ts';
import { callText, caseNames, MODES, machineWith, nativeTexts } from './run-erlang.ts';

for (const module of ['exception_cases', 'process_cases', 'error_cases']) {
  const source = readFileSync(join(repositoryRoot, 'test', 'process', `${module}.erl`), 'utf8');
  const names = caseNames(source);
  const expected = nativeTexts(source, module, names);
  for (const mode of MODES) {
    const { vm } = machineWith(source, mode);
    names.forEach((name, i) => {
      test(`${module}:${name}, ${mode.name}`, async () => {
        assert.equal(await callText(vm, module, name), expected[i]);
      });
    });
  }
}
