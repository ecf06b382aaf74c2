%% Body recursion 1,000,000 deep.
-module(body).
-export([input/0, run/1]).

input() -> lists:seq(1, 1000000).

run(List) -> len(List).

len([_ | Tail]) -> 1 + len(Tail);
len([]) -> 0.
