/** Loading, purging, upgrading and covering code; a release of its own: as native OTP does it. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Ending, runEnigma, runNative } from '../boot/run-both.ts';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';

const source = readFileSync(join(repositoryRoot, 'test', 'code', 'code_operations.erl'), 'utf8');
/** What a program in the release tells. */
const told = `io:format("~p~n", [[code:get_mode(), application:get_env(sasl, mine), [A || {A, _, _} <- application:which_applications()],
  init:script_id(), code:ensure_loaded(lists), code:is_loaded(ets) =/= false, application:get_env(kernel, asked)]]), halt().`;

/** The lines of the cases, and what the release that the last of them makes tells when it is started, in both modes. */
function endings(run: (args: readonly string[]) => Ending): readonly Ending[] {
  const folder = mkdtempSync(join(tmpdir(), 'enigma-code-'));
  try {
    copyFileSync(erlc(source), join(folder, 'code_operations.beam'));
    const cases = run(['-noshell', '-pa', folder, '-scratch', folder, '-s', 'code_operations', 'main']);
    writeFileSync(join(folder, 'sys.config'), '[{sasl, [{mine, 42}]}, {kernel, [{asked, {a, "b"}}]}].\n');
    const boot = ['-noshell', '-boot', join(folder, 'small'), '-config', join(folder, 'sys'), '-eval', told];
    const all = [cases, run(boot), run(['-mode', 'embedded', ...boot])];
    return all.map(({ stdout, stderr, status }) => ({
      stdout: stdout.replaceAll(folder, 'FOLDER'),
      stderr: stderr.replaceAll(folder, 'FOLDER'),
      status,
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('code is loaded, purged, upgraded, covered and released as natively', () => {
  const native = endings(runNative);
  const here = endings(runEnigma);
  assert.deepEqual(here, native);
  assert.match(native[1]?.stdout ?? '', /42/);
});
