/** Unmodified OTP boots and runs programs: output, errors and status are those of native OTP. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { erlc } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';
import { type RunOptions, runEnigma, runNative } from './run-both.ts';

const ATOMS = 'lists:foreach(fun(N) -> list_to_atom([$a | integer_to_list(N)]) end, lists:seq(1, 6000))';
const source = (name: string): string => readFileSync(join(repositoryRoot, 'test', 'boot', `${name}.erl`), 'utf8');
const programs = dirname(erlc(source('boot_programs')));
const clockPrograms = dirname(erlc(source('clock_programs')));

const lines: readonly (readonly [title: string, args: readonly string[], options?: RunOptions])[] = [
  ['hello', ['-noshell', '-eval', 'io:format("hello~n"), halt().']],
  ['a status', ['-noinput', '-eval', 'halt(300 + 7).']],
  ['init:stop with a status', ['-noshell', '-eval', 'init:stop(4).']],
  ['abort', ['-noshell', '-eval', 'halt(abort).']],
  ['a slogan', ['-noshell', '-eval', 'halt("two\\nlines").']],
  [
    'too many atoms',
    [
      '-noshell',
      '+t',
      '14000',
      '-eval',
      `erlang:display(erlang:system_info(atom_limit)), ${ATOMS}, erlang:display(x).`,
    ],
  ],
  ['too many atoms for a start', ['-noshell', '+t', '8192', '-eval', 'erlang:display(x).']],
  [
    'arguments',
    [
      '-noshell',
      '-x',
      '1',
      '2',
      '-pa',
      'nowhere',
      '-eval',
      'io:format("~p", [init:get_arguments()]), halt().',
      '-extra',
      'a',
    ],
  ],
  [
    'emulator flags',
    [
      '+P',
      '5000',
      '+W',
      'e',
      '+pc',
      'unicode',
      '-noshell',
      '-eval',
      'io:format("~p", [{erlang:system_info(process_limit), error_logger:warning_map(), io:printable_range()}]), halt().',
    ],
  ],
  ['an undefined function', ['-noshell', '-eval', 'no_module:no_function().']],
  ['a syntax error', ['-noshell', '-eval', 'x:y(']],
  ['-s without such a module', ['-noshell', '-s', 'no_module']],
  ['no boot file', ['-noshell', '-boot', '/no/such/boot']],
  ['no configuration', ['-noshell', '-config', '/no/such/config']],
  ['a server, tables, files, timers', ['-noshell', '-pa', programs, '-s', 'boot_programs', 'main', 'x']],
  ['-run', ['-noshell', '-pa', programs, '-run', 'boot_programs', 'arguments', 'x', 'y']],
  ['crash reports', ['-noshell', '-pa', programs, '-s', 'boot_programs', 'crashes']],
  ['a supervisor that restarts', ['-noshell', '-pa', programs, '-s', 'boot_programs', 'restarts']],
  ['code that is purged', ['-noshell', '-pa', programs, '-s', 'boot_programs', 'purges']],
  ['suspending, hibernating, spawn requests', ['-noshell', '-pa', programs, '-s', 'boot_programs', 'processes']],
  ['standard input', ['-noshell', '-pa', programs, '-s', 'boot_programs', 'echo'], { input: 'one\ntwo\u00e9\nlast' }],
  ['an application', ['-noshell', '-eval', 'io:format("~p", [application:ensure_all_started(sasl)]), halt().']],
  [
    // Not of dict: which module names its functions first depends on whose turn it is when.
    'exports, last the first that anything named',
    [
      '-noshell',
      '-eval',
      'io:format("~p", [[{M, M:module_info(exports)} || M <- [gb_sets, queue, array, init, gb_trees, digraph]]]), halt().',
    ],
  ],
  [
    'exports, none of a later release',
    [
      '-noshell',
      '-eval',
      'io:format("~p", [[lists:sort(M:module_info(exports)) || M <- [erlang, ets, lists, maps]]]), halt().',
    ],
  ],
  ['regular expressions', ['-noshell', '-pa', programs, '-s', 'boot_programs', 'expressions']],
];

const clockFlags: readonly (readonly string[])[] = [
  [],
  ['+C', 'no_time_warp'],
  ['+C', 'single_time_warp'],
  ['+Cmulti_time_warp'],
  ['+c', '+Csingle_time_warp'],
  ['+ctrue', '+C', 'multi_time_warp'],
  ['+c', 'false', '+C', 'multi_time_warp'],
];

for (const flags of clockFlags) {
  test(`the time offset with ${flags.join(' ')}`, () => {
    const args = [...flags, '-noshell', '-pa', clockPrograms, '-s', 'clock_programs', 'offset'];
    assert.deepEqual(runEnigma(args), runNative(args));
  });
}

for (const [title, args, options] of lines) {
  test(`erl ${title}`, () => {
    assert.deepEqual(runEnigma(args, options), runNative(args, options));
  });
}
