%% Compiles the modules of a plan, one after the other:
%%     -s selfhost_compiler main -extra PLAN
%% PLAN holds {Name, Source, Beam, Options}. terms. Prints for each `start NAME`, then `done NAME <ms>` when the file Beam
%% is written, or `failed NAME REASON`.
-module(selfhost_compiler).
-export([main/0]).

main() ->
    [Plan] = init:get_plain_arguments(),
    {ok, Modules} = file:consult(Plan),
    lists:foreach(fun compile/1, Modules),
    erlang:halt(0).

compile({Name, Source, Beam, Options}) ->
    say("start ~ts", [Name]),
    Started = erlang:monotonic_time(millisecond),
    %% A process of its own: what a parse transform leaves behind goes with it.
    {Pid, Monitor} = spawn_monitor(fun() -> exit({compiled, compile:file(Source, [binary, return | Options])}) end),
    receive
        {'DOWN', Monitor, process, Pid, {compiled, {ok, _Module, Binary, _Warnings}}} ->
            ok = file:write_file(Beam, Binary),
            say("done ~ts ~w", [Name, erlang:monotonic_time(millisecond) - Started]);
        {'DOWN', Monitor, process, Pid, {compiled, {error, Errors, _Warnings}}} ->
            say("failed ~ts ~0tP", [Name, Errors, 30]);
        {'DOWN', Monitor, process, Pid, Reason} ->
            say("failed ~ts ~0tP", [Name, Reason, 60])
    end.

say(Format, Arguments) ->
    io:format("~n" ++ Format ++ "~n", Arguments).
