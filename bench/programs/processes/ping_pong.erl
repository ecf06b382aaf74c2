%% Two processes that send each other 50,000 messages.
-module(ping_pong).
-export([input/0, run/1]).

input() -> 50000.

run(N) ->
    Other = spawn(fun answer/0),
    rally(Other, N, 0).

rally(Other, 0, Sum) ->
    Other ! stop,
    Sum;
rally(Other, N, Sum) ->
    Other ! {self(), N},
    receive
        {Other, M} -> rally(Other, N - 1, (Sum + M) band 16#ffffff)
    end.

answer() ->
    receive
        stop -> ok;
        {From, N} -> From ! {self(), N}, answer()
    end.
