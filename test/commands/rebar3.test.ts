/**
 * rebar3, Debian's escript as it is, through `enigma shims`: makes, compiles and tests an application, and prints what it
 * prints on native OTP. Needs no network: the application depends on nothing.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Ending, runProgram } from '../boot/run-both.ts';
import { nativeRoot } from '../support/oracle.ts';
import { cacheFolder, repositoryRoot } from '../support/repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'enigma-'));
/** Beside OTP's libraries when these are Debian's packages; an installed OTP has none. */
const rebar3 = join(dirname(dirname(dirname(nativeRoot()))), 'usr', 'bin', 'rebar3');
const TESTS = `-module(app_tests).
-include_lib("eunit/include/eunit.hrl").
adds_test() -> ?assertEqual(3, 1 + 2).
fails_test() -> ?assertEqual(4, 1 + 2).
`;

const steps: readonly (readonly string[])[] = [
  ['version'],
  ['new', 'app', 'app'],
  ['compile'],
  ['eunit'],
  ['compile'],
  ['nonsense'],
];

/** Where a side works: the same path for both, since rebar3 prints it. */
const work = join(folder, 'work');

/** What the steps print and how they end, and the files that are there then. */
function walk(environment: Readonly<Record<string, string>>): readonly (Ending | string)[] {
  const home = join(folder, 'home');
  rmSync(work, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
  for (const made of [work, home]) mkdirSync(made);
  const app = join(work, 'app');
  const endings = steps.map((args) => {
    const cwd = existsSync(app) ? app : work;
    const { stdout, ...ending } = runProgram(rebar3, args, {
      cwd,
      environment: { HOME: home, TERM: 'dumb', ...environment },
    });
    if (args[0] === 'new') writeFileSync(join(app, 'src', 'app_tests.erl'), TESTS);
    return { ...ending, stdout: stdout.replace(/Finished in [\d.]+ seconds/, 'Finished') };
  });
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter((name) => !name.includes('/.git'));
  const beam = readFileSync(join(app, '_build', 'default', 'lib', 'app', 'ebin', 'app_app.beam'));
  return [...endings, ...files.toSorted(), beam.toString('hex')];
}

before(() => {
  const ending = runProgram(join(repositoryRoot, 'bin', 'enigma'), ['shims', join(folder, 'shims')], {});
  assert.equal(ending.status, 0, ending.stderr);
});
after(() => rmSync(folder, { recursive: true }));

test('rebar3 makes, compiles and tests an application', { skip: !existsSync(rebar3) }, () => {
  const path = process.env.PATH ?? '';
  const native = walk({ PATH: `${join(nativeRoot(), 'bin')}:${path}` });
  const ours = walk({
    PATH: `${join(folder, 'shims')}:${path}`,
    ENIGMA_OTP: nativeRoot(),
    ENIGMA_CACHE: join(cacheFolder, 'translations'),
  });
  assert.deepEqual(ours, native);
});
