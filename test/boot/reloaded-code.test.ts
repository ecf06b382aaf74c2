/** Code that was loaded, replaced, deleted and loaded again is reached by all ways that lead to it. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { erlc } from '../support/oracle.ts';
import { runEnigma, runNative } from './run-both.ts';

const source = `-module(late).
-export([f/1, closure/1, literal/0]).
f(X) -> {f, X}.
closure(X) -> fun(Y) -> {closure, X, Y} end.
literal() -> fun(Y) -> {literal, Y} end.
`;

const program = `-module(late_calls).
-export([main/0]).
main() ->
  Load = fun() -> code:purge(late), {module, late} = code:load_file(late) end,
  Unload = fun() -> code:purge(late), code:delete(late), code:purge(late) end,
  Exported = fun late:f/1, Made = erlang:make_fun(late, f, 1),
  Load(), A = [Exported(1), erlang:function_exported(late, f, 1), late:module_info(md5) =:= erlang:get_module_info(late, md5)],
  Unload(), Load(), B = [Made(2), late:f(3)],
  Unload(), Load(), C = apply(late, f, [4]),
  Unload(), Load(), {P, R} = spawn_monitor(late, f, [5]), D = receive {'DOWN', R, process, P, Why} -> Why end,
  Unload(), Load(), K = late:closure(k), L = late:literal(),
  Load(), E = [K(1), L(2)],
  Unload(), F = [catch K(3), catch L(4)],
  Load(), G = [L(5), K(6), late:f(7)],
  Unload(), Load(), H = [erlang:fun_info(K, name), K(8)],
  Load(), Load(), I = [K(9), late:f(10)],
  Unload(), Load(), J = lists:map(fun late:f/1, [11, 12]),
  Without = [if is_list(X) -> X; true -> X end || X <- [A, B, C, D, E, [element(1, X) || X <- F, is_tuple(X)], G, H, I, J]],
  io:format("~p~n", [Without]), halt().`;

test('calls, funs, closures and processes reach code that comes and goes', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'enigma-late-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(erlc(source), join(folder, 'late.beam'));
  copyFileSync(erlc(program), join(folder, 'late_calls.beam'));
  const args = ['-noshell', '-pa', folder, '-s', 'late_calls', 'main'];
  assert.deepEqual(runEnigma(args), runNative(args));
});
