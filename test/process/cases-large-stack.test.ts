import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { STACK_OPTION_SCRIPT } from '../../src/cli/native-stack.ts';
import { repositoryRoot } from '../support/repository.ts';

test('processes that go on in place on a larger native stack: the same cases', () => {
  const file = join(repositoryRoot, 'dist', 'test', 'process', 'cases.test.js');
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const script = `${STACK_OPTION_SCRIPT}; exec "$0" $stack "$1"`;
  const { status, stdout } = spawnSync('/bin/sh', ['-c', script, process.execPath, file], { encoding: 'utf8', env });
  assert.equal(status, 0, stdout);
});
