%% Collections of a program's process: for each that is named, after some runs, lines "name minor|major|run Nanoseconds".
-module(pauses).
-export([main/1]).

-define(WARM_UP, 3).
-define(RUNS, 5).

main(Names) ->
    [program(Name) || Name <- Names],
    halt().

program(Name) ->
    [run(Name, fun() -> ok end) || _ <- lists:seq(1, ?WARM_UP)],
    Times = [run(Name, fun() -> 1 = erlang:trace(self(), true, flags()) end) || _ <- lists:seq(1, ?RUNS)],
    [print(Name, "run", Time) || Time <- Times],
    Collections = collections(#{}),
    [print(Name, Kind, Time) || {Kind, Time} <- Collections].

flags() -> [garbage_collection, monotonic_timestamp, {tracer, whereis(pauses_tracer)}].

%% The traced process tells its collections to this one, which does nothing meanwhile.
run(Name, Trace) ->
    whereis(pauses_tracer) =:= undefined andalso register(pauses_tracer, self()),
    {Pid, Monitor} = spawn_monitor(fun() ->
        Input = Name:input(),
        Trace(),
        Start = erlang:monotonic_time(),
        _ = Name:run(Input),
        exit({took, erlang:monotonic_time() - Start})
    end),
    receive {'DOWN', Monitor, process, Pid, {took, Time}} -> Time end.

collections(Started) ->
    receive
        {trace_ts, Pid, gc_minor_start, _, Time} -> collections(Started#{Pid => Time});
        {trace_ts, Pid, gc_major_start, _, Time} -> collections(Started#{Pid => Time});
        {trace_ts, Pid, gc_minor_end, _, Time} -> [{"minor", Time - map_get(Pid, Started)} | collections(Started)];
        {trace_ts, Pid, gc_major_end, _, Time} -> [{"major", Time - map_get(Pid, Started)} | collections(Started)]
    after 100 -> []
    end.

print(Name, Kind, Time) ->
    io:put_chars([atom_to_list(Name), $\s, Kind, $\s, integer_to_list(erlang:convert_time_unit(Time, native, nanosecond)), $\n]).
