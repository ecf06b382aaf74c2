%% 100,000 processes, one after the other, each of which sends a message and ends.
-module(spawn_reap).
-export([input/0, run/1]).

input() -> 100000.

run(0) ->
    done;
run(N) ->
    Self = self(),
    spawn(fun() -> Self ! N end),
    receive
        N -> ok
    end,
    run(N - 1).
