/** Programs run the same with no cache of translated modules, an empty one, a full one and a damaged one. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { erlc, nativeRoot } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { runEnigma, runNative, runProgram } from './run-both.ts';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const execute = promisify(execFile);
const hello = ['-noshell', '-eval', 'io:format("~p ~s", [lists:seq(1, 3), "hello"]), halt().'];

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'enigma-cache-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function times(folder: string): Map<string, number> {
  return new Map(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]));
}

test('starts at once on an empty cache, a warm start, a start on a damaged one', async (t) => {
  const folder = temporaryFolder(t);
  const environment = { ENIGMA_CACHE: folder };
  const native = runNative(hello);
  const env = { ...process.env, ...environment, ENIGMA_OTP: nativeRoot(), ERL_FLAGS: '' };
  const start = () => execute(process.execPath, [main, ...hello], { env });
  for (const { stdout, stderr } of await Promise.all([start(), start()])) {
    assert.deepEqual({ stdout, stderr, status: 0 }, native);
  }
  const first = times(folder);
  assert.ok(first.size > 20);
  assert.deepEqual(runEnigma(hello, { environment }), native);
  assert.deepEqual(times(folder), first, 'nothing is translated twice');

  [...first.keys()].forEach((name, i) => {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    bytes.writeUInt8((bytes.readUInt8(bytes.length - 100) + 1) % 256, bytes.length - 100);
    if (i % 2 === 0) truncateSync(path, Math.floor(bytes.length / 2));
    else writeFileSync(path, bytes);
  });
  const damaged = times(folder);
  assert.deepEqual(runEnigma(hello, { environment }), native);
  const repaired = times(folder);
  assert.deepEqual([...repaired.keys()], [...damaged.keys()]);
  for (const [name, time] of damaged) assert.notEqual(repaired.get(name), time);
  assert.deepEqual(runEnigma(hello, { environment: { ENIGMA_CACHE: 'off' } }), native);
});

test('the bundle, with and without what V8 made of it', (t) => {
  const folder = temporaryFolder(t);
  const enigma = join(repositoryRoot, 'bin', 'enigma');
  const environment = { ENIGMA_CACHE: folder, ENIGMA_OTP: nativeRoot() };
  const native = runNative(hello);
  const start = () => runProgram(process.execPath, [enigma, ...hello], { environment });
  assert.deepEqual(start(), native);
  const files = times(folder);
  assert.deepEqual(start(), native);
  assert.deepEqual(times(folder), files);
});

test('another module of the same name is not mistaken for the first', (t) => {
  const folder = temporaryFolder(t);
  const environment = { ENIGMA_CACHE: join(folder, 'cache') };
  const args = ['-noshell', '-pa', folder, '-s', 'same', 'f', '-s', 'init', 'stop'];
  for (const text of ['one', 'two', 'one']) {
    const source = `-module(same).\n-export([f/0]).\nf() -> io:format("${text}~n").\n`;
    copyFileSync(erlc(source), join(folder, 'same.beam'));
    assert.deepEqual(runEnigma(args, { environment }), { stdout: `${text}\n`, stderr: '', status: 0 });
  }
});
