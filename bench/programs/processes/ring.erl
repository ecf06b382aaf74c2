%% A ring of 100 processes that passes 100,000 messages.
-module(ring).
-export([input/0, run/1]).

input() -> {100, 100000}.

run({Processes, Messages}) ->
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> forward(Next) end) end, self(), lists:seq(2, Processes)),
    Last ! Messages,
    Left = rounds(Last),
    Last ! stop,
    receive
        stop -> Left
    end.

rounds(Last) ->
    receive
        N when N =< 0 -> N;
        N -> Last ! N - 1, rounds(Last)
    end.

forward(Next) ->
    receive
        stop -> Next ! stop;
        N -> Next ! N - 1, forward(Next)
    end.
