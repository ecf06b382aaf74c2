%% 20,000 processes that are monitored, all there at once; the ends of all are awaited.
-module(spawn_monitors).
-export([input/0, run/1]).

input() -> lists:seq(1, 20000).

run(Numbers) ->
    Monitors = [spawn_monitor(fun() -> ok end) || _ <- Numbers],
    length([normal || {Pid, Monitor} <- Monitors, ended(Pid, Monitor) =:= normal]).

ended(Pid, Monitor) ->
    receive
        {'DOWN', Monitor, process, Pid, Reason} -> Reason
    end.
