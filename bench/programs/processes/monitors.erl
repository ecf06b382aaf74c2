%% 100,000 monitors of one process, taken away or answered when it ends.
-module(monitors).
-export([input/0, run/1]).

input() -> 100000.

run(Count) ->
    Pid = spawn(fun() -> receive stop -> ok end end),
    Monitors = [monitor(process, Pid) || _ <- lists:seq(1, Count)],
    [demonitor(M) || M <- lists:sublist(Monitors, Count div 2)],
    Pid ! stop,
    down(Count div 2, 0).

down(0, Count) -> Count;
down(N, Count) ->
    receive
        {'DOWN', _, process, _, normal} -> down(N - 1, Count + 1)
    end.
