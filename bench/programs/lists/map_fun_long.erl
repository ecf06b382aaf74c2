%% lists:map over 1,000,000 integers with a closure.
-module(map_fun_long).
-export([input/0, run/1]).

input() -> {lists:seq(1, 1000000), 7}.

run({List, N}) -> hd(lists:map(fun(X) -> X + N end, List)).
