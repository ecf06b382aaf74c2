/** Literals of purged code and of persistent terms that are gone: whoever holds them keeps the terms, and the memory is free. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { allocatorStatistics } from '../../src/memory/allocator.ts';
import { atom } from '../../src/term/atoms.ts';
import { listOf } from '../../src/term/build.ts';
import { makeSmall } from '../../src/term/term.ts';
import { runEnigma, runNative } from '../boot/run-both.ts';
import { sized } from '../support/mode.ts';
import { erlc } from '../support/oracle.ts';
import { onScratchHeap, vmFor } from '../support/vm.ts';

const holders = `-module(literal_holders).
-export([main/0]).
version(V) ->
  Literal = {V, lists:seq(V, V + 1000), "abc", #{a => V, b => 1.5, {k, V} => [[]]}, <<0:(V + 100)/unit:8>>, 1 bsl 100},
  {ok, lits, B} = compile:forms([{attribute, 1, module, lits}, {attribute, 1, export, [{f, 0}, {g, 0}]},
    {function, 1, f, 0, [{clause, 1, [], [], [erl_parse:abstract(Literal)]}]},
    {function, 1, g, 0, [{clause, 1, [], [], [{'fun', 1, {clauses, [{clause, 1, [], [], [{integer, 1, V}]}]}}]}]}], []),
  B.
load(B) -> {module, lits} = code:load_binary(lits, "lits.erl", B).
main() ->
  B1 = version(1), B2 = version(2), S = self(),
  load(B1),
  T = lits:f(), H = erlang:phash2(T),
  put(kept, T), put({key, T}, 1),
  P = spawn(fun() -> holder(S, lits:f(), lits:g()) end),
  Old = spawn(fun() -> L = [lits:f() | lists:seq(1, 1000)], erlang:garbage_collect(), erlang:garbage_collect(), holder(S, L, x) end),
  Sub = binary:part(element(5, T), 10, 80),
  Hibernated = spawn(fun() -> put(t, lits:f()), erlang:hibernate(erlang, send, [S, {woken, lits:f()}]) end),
  P ! {keep, T}, S ! {m, T}, S ! T,
  erlang:send_after(100, S, {late, T}), erlang:start_timer(100, S, T),
  Mon = monitor(process, P, [{tag, {gone, T}}]),
  persistent_term:put(pt, T), PT = persistent_term:get(pt),
  ets:new(tab, [named_table, {heir, P, T}]), ets:insert(tab, {k, T}),
  Shared = erts_debug:same(T, lits:f()),
  load(B2),
  persistent_term:put(pt, 1),
  persistent_term:put({T, 1}, T), [{Key, _}] = [E || {{_, 1}, _} = E <- persistent_term:get()], persistent_term:erase({T, 1}),
  code:purge(lits),
  [persistent_term:put({fill, I}, lists:duplicate(300, I)) || I <- lists:seq(1, 50)],
  timer:sleep(50),
  [P0 ! {ask, H} || P0 <- [P, Old]],
  A = [receive {P0, R} -> R end || P0 <- [P, Old]],
  Hibernated ! go,
  exit(P, {because, T}),
  Got = [receive {m, X} -> X end, receive X when tuple_size(X) =:= 6 -> X end, receive {late, X} -> X end,
    receive {timeout, _, X} -> X end, receive {woken, X} -> X end, receive {{gone, X}, Mon, process, P, _} -> X end],
  B = [erlang:phash2(X) =:= H || X <- [T, get(kept), PT, element(1, Key), element(2, hd(ets:lookup(tab, k))) | Got]],
  C = [get({key, T}), Shared, erts_debug:same(T, get(kept)), Sub =:= <<0:80/unit:8>>],
  io:format("~p~n", [{A, B, C}]), halt().
holder(S, T, G) ->
  receive
    {ask, H} when is_list(T) -> S ! {self(), H =:= erlang:phash2(hd(T))}, holder(S, T, G);
    {ask, H} -> S ! {self(), [H =:= erlang:phash2(X) || X <- [T, get(kept)]] ++ [is_function(G, 0), catch element(1, element(1, element(2, catch G())))]}, holder(S, T, G);
    {keep, X} -> put(kept, X), holder(S, T, G)
  end.
`;

test('what processes, messages, timers, tables and monitors hold of purged code and erased terms is whole', () => {
  const args = ['-noshell', '-pa', dirname(erlc(holders)), '-s', 'literal_holders', 'main'];
  const native = runNative(args);
  assert.match(native.stdout, /true/);
  assert.deepEqual(runEnigma(args), native);
});

test('loading and purging large literals, and replacing persistent terms, takes no memory in the long run', () => {
  const vm = vmFor();
  const versions = [1, 2].map((version) => {
    const text = JSON.stringify(Array.from({ length: 5000 }, (_, i) => i * version));
    return readFileSync(erlc(`-module(large).\n-export([f/0]).\nf() -> {<<"${'x'.repeat(200)}">>, ${text}}.\n`));
  });
  const round = (i: number): void => {
    const prepared = vm.tryPrepare(versions[i % 2] as Buffer);
    assert.ok('link' in prepared);
    vm.loader.finish([prepared]);
    if (vm.loader.preparePurge(atom('large'), false)) vm.loader.completePurge();
    onScratchHeap(() => vm.persistentTerms.put(atom('large'), listOf([makeSmall(i), makeSmall(i)])));
    while (vm.literalReleases.next());
  };
  const rounds = sized(1000, 50);
  for (let i = 0; i < 10; i++) round(i);
  const before = allocatorStatistics().literals;
  for (let i = 0; i < rounds * 2; i++) round(i);
  const after = allocatorStatistics().literals;
  assert.equal(after.bytesInUse, before.bytesInUse);
  assert.ok(after.bytesInUse > 0);
});
