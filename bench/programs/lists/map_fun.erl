%% lists:map over 10,000 integers with a closure, 20 times.
-module(map_fun).
-export([input/0, run/1]).

input() -> lists:seq(1, 10000).

run(List) -> repeat(20, List, 0).

repeat(0, _, Sum) -> Sum;
repeat(N, List, Sum) ->
    Mapped = lists:map(fun(X) -> X + N end, List),
    repeat(N - 1, List, Sum + hd(Mapped)).
