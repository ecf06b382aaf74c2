/** Ports to programs of the operating system: every case gives what native OTP gives. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { type RunOptions, runEnigma, runNative } from '../boot/run-both.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';

const source = readFileSync(join(repositoryRoot, 'test', 'ports', 'port_cases.erl'), 'utf8');
const folder = dirname(erlc(source));

/** What each case printed, by its name. */
function byCase(output: string): Map<string, string> {
  const parts = output.split(/^(?=\w+: )/m).map((part) => [part.slice(0, part.indexOf(':')), part] as const);
  return new Map(parts);
}

function inFolder<Result>(work: (options: RunOptions) => Result): Result {
  const cwd = mkdtempSync(join(tmpdir(), 'enigma-'));
  try {
    return work({ cwd });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

const args = ['-noshell', '-kernel', 'logger_level', 'none', '-pa', folder, '-s', 'port_cases', 'main'];

test('ports of programs', async (t) => {
  const ours = inFolder((options) => runEnigma(args, options));
  const native = inFolder((options) => runNative(args, options));
  const results = byCase(ours.stdout);
  for (const [name, expected] of byCase(native.stdout)) {
    await t.test(name, () => assert.equal(results.get(name), expected));
  }
  assert.deepEqual({ ...ours, stdout: '' }, { ...native, stdout: '' });
});
