/** Signals that the system sends: what becomes of them is what becomes of them natively. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runEnigma, runNative } from '../boot/run-both.ts';

const kill = (signal: string): string => `os:cmd("kill -${signal} " ++ os:getpid())`;

const programs: readonly (readonly [title: string, expression: string])[] = [
  ['SIGTERM stops', `${kill('TERM')}, receive after infinity -> ok end.`],
  ['SIGQUIT halts', `${kill('QUIT')}, receive after infinity -> ok end.`],
  ['SIGUSR1 is a slogan', `${kill('USR1')}, receive after infinity -> ok end.`],
  ['SIGHUP by default', `${kill('HUP')}, receive after infinity -> ok end.`],
  ['SIGTERM that is ignored', `ok = os:set_signal(sigterm, ignore), ${kill('TERM')}, timer:sleep(300), halt(3).`],
  ['SIGTERM by default', `ok = os:set_signal(sigterm, default), ${kill('TERM')}, receive after infinity -> ok end.`],
  [
    'a signal of the own',
    `unregister(erl_signal_server), register(erl_signal_server, self()), ok = os:set_signal(sigusr2, handle),
     ${kill('USR2')}, receive Message -> io:format("~p~n", [Message]) end, halt().`,
  ],
  [
    'no signals',
    'io:format("~p", [[catch os:set_signal(A, B) || {A, B} <- [{sigint, ignore}, {sigterm, x}]]]), halt().',
  ],
];

for (const [title, expression] of programs) {
  test(title, () => {
    const args = ['-noshell', '-eval', expression.replaceAll('\n', ' ')];
    assert.deepEqual(runEnigma(args), runNative(args));
  });
}
