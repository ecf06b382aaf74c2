%% A list of 1,000 elements goes 1,000 times to another process and back.
-module(big_messages).
-export([input/0, run/1]).

input() -> lists:seq(1, 1000).

run(List) ->
    Other = spawn(fun answer/0),
    Last = rally(Other, List, 1000),
    Other ! stop,
    length(Last).

rally(_, List, 0) ->
    List;
rally(Other, List, N) ->
    Other ! {self(), List},
    receive
        {Other, Answer} -> rally(Other, Answer, N - 1)
    end.

answer() ->
    receive
        stop -> ok;
        {From, List} -> From ! {self(), List}, answer()
    end.
