/** Each release of OTP boots unmodified and runs the same program, with the output of its native emulator. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { runEnigma, runNative } from '../boot/run-both.ts';
import { erlc, hasRelease, type Release } from '../support/oracle.ts';
import { repositoryRoot } from '../support/repository.ts';

const source = readFileSync(join(repositoryRoot, 'test', 'commands', 'smoke.erl'), 'utf8');

for (const release of [25, 27, 29] as const satisfies readonly Release[]) {
  test(`OTP ${release}`, { skip: !hasRelease(release) }, () => {
    const folder = dirname(erlc(source, { release }));
    const args = ['-noshell', '-pa', folder, '-s', 'smoke', 'main'];
    const cwd = mkdtempSync(join(tmpdir(), 'enigma-'));
    try {
      assert.deepEqual(runEnigma(args, { release, cwd }), runNative(args, { release, cwd }));
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
}

test('hibernate/0 of OTP 29 keeps the stack', { skip: !hasRelease(29) }, () => {
  const program = `
    Hibernating = spawn_link(fun() ->
        Kept = lists:seq(1, 5),
        Woken = erlang:hibernate(),
        receive {From, Message} -> From ! {Woken, Kept, Message, erlang:hibernate()} end
    end),
    WaitsFor = fun Waits(P) -> element(2, process_info(P, status)) =:= waiting orelse (erlang:yield() andalso Waits(P)) end,
    WaitsFor(Hibernating),
    Hibernating ! {self(), one},
    WaitsFor(Hibernating),
    Hibernating ! two,
    receive Answer -> io:format("~p~n", [Answer]) end,
    halt().`;
  const args = ['-noshell', '-eval', program];
  assert.deepEqual(runEnigma(args, { release: 29 }), runNative(args, { release: 29 }));
});

test('strings of terminfo by OTP 29', { skip: !hasRelease(29) }, () => {
  const program = `
    [io:format("~s ~p~n", [Name, try {ok, S} = prim_tty:tigetstr(Name), prim_tty:tputs(S, Args) catch C:E -> {C, E} end])
     || {Name, Args} <- [{"cup", [3, 4]}, {"setaf", [3]}, {"setaf", [12]}, {"setaf", [200]}, {"csr", [1, 5]}, {"clear", []}, {"flash", []},
                         {"sgr", [1, 0, 1, 0, 0, 1, 0, 0, 0]}, {"initc", [1, 2, 3, 4]}, {"foo", []}]],
    halt().`;
  const args = ['-noshell', '-eval', program];
  const options = { release: 29, environment: { TERM: 'xterm-256color' } } as const;
  assert.deepEqual(runEnigma(args, options), runNative(args, options));
});
