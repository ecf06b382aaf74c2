%% 20,000 timers started, half of them cancelled, the others awaited.
-module(timer_starts).
-export([input/0, run/1]).

input() -> lists:seq(1, 20000).

run(Numbers) ->
    Timers = [erlang:start_timer(N band 1 * 100000, self(), N) || N <- Numbers],
    Cancelled = [T || T <- Timers, is_integer(erlang:cancel_timer(T))],
    length(Cancelled) + received(length(Numbers) - length(Cancelled), 0).

received(0, Count) -> Count;
received(N, Count) ->
    receive
        {timeout, _, _} -> received(N - 1, Count + 1)
    end.
