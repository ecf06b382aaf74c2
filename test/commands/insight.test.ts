/** What `enigma --help` promises a person who looks into the system: each switch has the effect that is told there. */
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { erlc, nativeRoot } from '../support/oracle.ts';
import { cacheFolder, repositoryRoot } from '../support/repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'enigma-'));
const enigma = join(repositoryRoot, 'bin', 'enigma');
const beam = erlc(`-module(seen).
-export([main/0, work/1]).
main() -> Pid = spawn(fun() -> receive {hello, From} -> From ! done, exit(bye) end end), Pid ! {hello, self()}, receive done -> work(700) end, halt(3).
work(0) -> ok;
work(N) -> 1 = length([N]), work(N - 1).
`);

after(() => rmSync(folder, { recursive: true, force: true }));

type Environment = Readonly<Record<string, string>>;

function run(command: string, args: readonly string[], more: Environment): SpawnSyncReturns<string> {
  const environment = { ...process.env, ENIGMA_OTP: nativeRoot(), XDG_CACHE_HOME: cacheFolder, ...more };
  return spawnSync(command, args, { cwd: folder, env: environment, encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** What the program above writes to standard error with a switch. */
function seen(more: Environment): string {
  const { status, stdout, stderr } = run(enigma, ['-noshell', '-pa', dirname(beam), '-s', 'seen', 'main'], more);
  assert.deepEqual({ status, stdout }, { status: 3, stdout: '' }, stderr);
  return stderr;
}

test('ENIGMA_COUNT_CALLS tells how often functions were called', () => {
  assert.equal(seen({}), '');
  const lines = seen({ ENIGMA_COUNT_CALLS: '10000' });
  assert.match(lines, /^ {9}701 {2}seen:work\/1$/m);
  assert.match(lines, /^ {11}1 {2}seen:main\/0$/m);
  assert.match(lines, /^ +[0-9]{5,} {2}calls of [0-9]{3,} functions$/m);
});

test('ENIGMA_TRACE_TURNS and ENIGMA_TRACE_MESSAGES write a line for each turn and message', () => {
  const lines = seen({ ENIGMA_TRACE_TURNS: '1', ENIGMA_TRACE_MESSAGES: '1' });
  const [, main, other] = /^send (<0\.\d+\.0>) -> (<0\.\d+\.0>) \{hello,\1\}$/m.exec(lines) ?? [];
  assert.ok(main !== undefined && other !== undefined);
  const ofOther = lines.split('\n').filter((line) => line.includes(other));
  assert.deepEqual(ofOther.slice(0, 4), [
    `send ${main} -> ${other} {hello,${main}}`,
    `in  ${other} erlang:apply/2`,
    `send ${other} -> ${main} done`,
    `end ${other} bye`,
  ]);
  assert.match(lines, new RegExp(`^in  ${main} seen:main/0$`, 'm'));
});

test('ENIGMA_TRACE_GC writes a line for each collection', () => {
  assert.match(seen({ ENIGMA_TRACE_GC: '1' }), /^gc \d+ (minor|major) \d+ -> \d+ words$/m);
});

test('ENIGMA_NAMES shows Erlang functions to the profiler of V8', () => {
  const profiles = join(folder, 'profiles');
  const profiling = ['--cpu-prof', '--cpu-prof-interval', '100', '--cpu-prof-dir', profiles];
  const program = ['-noshell', '-pa', dirname(beam), '-s', 'seen', 'main'];
  assert.equal(run('node', [...profiling, enigma, ...program], { ENIGMA_NAMES: '1' }).status, 3);
  const [profile = ''] = readdirSync(profiles).filter((name) => name.endsWith('.cpuprofile'));
  assert.match(readFileSync(join(profiles, profile), 'utf8'), /"functionName":"erl_prim_loader:[a-z_]+\/\d/);
});

test('a reader that closes the pipe ends a dump quietly', () => {
  const lists = join(nativeRoot(), 'lib');
  const [stdlib = ''] = readdirSync(lists).filter((name) => name.startsWith('stdlib-'));
  const dump = `"${enigma}" debug wasm "${join(lists, stdlib, 'ebin', 'lists.beam')}" | head -1`;
  const { stdout, stderr } = run('sh', ['-c', dump], {});
  assert.match(stdout, /^\(func \$lists:\w+\/\d.*\n$/);
  assert.equal(stderr, '');
});

test('the bisect script finds the function that has to be plain', () => {
  const bisect = join(repositoryRoot, 'tools', 'bisect.mjs');
  const command = `told=$(ENIGMA_TRACE_LOAD=1 "${enigma}" debug run 'lists:seq(1,3)' 2>&1); echo "$told" >&2; echo "$told" | grep '^plain lists:seq/2$'`;
  const { status, stdout } = run('node', [bisect, 'sh', '-c', command], {});
  assert.equal(status, 0);
  assert.match(stdout, /^ENIGMA_PLAIN=([0-9a-f]+)-\1: lists:seq\/2\n$/);
  const passing = run('node', [bisect, 'true'], {});
  assert.deepEqual(
    [passing.status, passing.stderr],
    [1, 'the command passes with all optimizations: nothing to find\n'],
  );
  assert.equal(run('node', [bisect, 'false'], {}).status, 1);
});

test('a switch with a value that it cannot have is told', () => {
  const { status, stderr } = run(enigma, ['-noshell'], { ENIGMA_PLAIN: 'some' });
  assert.equal(status, 1);
  assert.equal(stderr, 'enigma: ENIGMA_PLAIN=some: all, or FROM-TO in hexadecimal digits is wanted\n');
});
