%% What the flags +C and +c mean for a program.
-module(clock_programs).
-export([offset/0]).

%% Prints what a program sees of the time offset, before and after it is finalized.
offset() ->
    Plain = erlang:monitor(time_offset, clock_service),
    Tagged = erlang:monitor(time_offset, clock_service, [{tag, {tag, x}}]),
    io:format("~p~n~p~n", [info(), lists:sort(element(2, process_info(self(), monitors)))]),
    io:format("~p ~p~n", [erlang:system_flag(time_offset, finalize), erlang:system_flag(time_offset, finalize)]),
    io:format("~p~n~p~n", [lists:sort(changes(Plain, Tagged)), info()]),
    io:format("~p ~p ~p~n", [erlang:demonitor(Plain, [info]), erlang:demonitor(Plain, [info]), process_info(self(), monitors)]),
    io:format("~p~n", [try erlang:monitor(time_offset, other) catch error:Reason -> Reason end]),
    Start = erlang:monotonic_time(millisecond),
    erlang:send_after(Start + 50, self(), now, [{abs, true}]),
    receive now -> ok end,
    Took = erlang:monotonic_time(millisecond) - Start,
    io:format("~p ~p~n", [Took >= 50, Took < 5000]),
    Difference = erlang:system_time(millisecond) - os:system_time(millisecond),
    io:format("~p~n", [abs(Difference) < 5000]),
    halt().

info() ->
    [erlang:system_info(Item) || Item <- [time_offset, time_correction, time_warp_mode, tolerant_timeofday]].

changes(Plain, Tagged) ->
    receive
        {Tag, Ref, Type, Item, Offset} ->
            Which = if Ref =:= Plain -> plain; Ref =:= Tagged -> tagged end,
            [{Tag, Which, Type, Item, Offset =:= erlang:time_offset()} | changes(Plain, Tagged)]
    after 300 ->
        []
    end.
