%% 300 times the last of 1,000 messages is received.
-module(selective).
-export([input/0, run/1]).

input() -> 300.

run(N) ->
    [self() ! {other, I} || I <- lists:seq(1, 999)],
    taken(N),
    length(rest()).

taken(0) ->
    ok;
taken(N) ->
    self() ! {mine, N},
    receive
        {mine, N} -> taken(N - 1)
    end.

rest() ->
    receive
        Message -> [Message | rest()]
    after 0 -> []
    end.
