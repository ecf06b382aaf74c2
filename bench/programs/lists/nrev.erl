-module(nrev).
-export([input/0, run/1]).

input() -> lists:seq(1, 1000).

run(List) -> hd(nrev(List)).

nrev([]) -> [];
nrev([H | T]) -> append(nrev(T), [H]).

append([], L) -> L;
append([H | T], L) -> [H | append(T, L)].
