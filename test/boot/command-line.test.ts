/** The command line is taken apart as erlexec does. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runEnigma, runNative } from './run-both.ts';

const SHOW = '-emu_args_exit';

const lines: readonly (readonly string[])[] = [
  [],
  ['-a', 'b', '--', 'c', '-extra', 'd', '-e'],
  [
    '+P',
    '4096',
    '+S',
    '1:1',
    '+Bi',
    '+B',
    'd',
    '+c',
    'false',
    '+hms',
    '1000',
    '+MBas',
    'gf',
    '+sbt',
    'u',
    '+zdbbl',
    '9',
  ],
  ['-noinput', '-env', 'NAME', 'VALUE', '-compile', 'x'],
  ['-make', 'these', 'are', 'skipped'],
  ['-S', 'shell', '--', 'x'],
  ['-args_file', 'args'],
  ['-args_file', 'no-such-file'],
  ['-sname'],
  ['+P'],
  ['-proto_dist', '--'],
];

test('arguments of emulator and init', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'enigma-'));
  writeFileSync(join(cwd, 'args'), '-x "a b" # comment\n+P 2000 \'q q\'\\ z\n-args_file more -y\n');
  writeFileSync(join(cwd, 'more'), '-m -extra from file');
  const environment = {
    ERL_AFLAGS: '-first 1',
    ERL_FLAGS: '-f "2 3" -extra ff',
    ERL_ZFLAGS: '-z \\"9',
    HOME: '/home/x',
  };
  try {
    for (const line of lines) {
      const args = [SHOW, ...line];
      for (const options of [{ cwd }, { cwd, environment }]) {
        assert.deepEqual(runEnigma(args, options), runNative(args, options), args.join(' '));
      }
    }
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
