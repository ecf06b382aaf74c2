%% Compiles the files of a plan, one after the other in the current directory:
%%     -s suite_compiler main -extra PLAN
%% PLAN holds {File, CompilerOptions}. terms. A file that does not compile is named and passed over.
-module(suite_compiler).
-export([main/0]).

main() ->
    [Plan] = init:get_plain_arguments(),
    {ok, Files} = file:consult(Plan),
    lists:foreach(fun compile/1, Files),
    erlang:halt(0).

compile({File, Options}) ->
    %% A process of its own: what a parse transform leaves behind goes with it.
    {Pid, Monitor} = spawn_monitor(fun() -> exit({compiled, compile:file(File, [report_errors | Options])}) end),
    receive
        {'DOWN', Monitor, process, Pid, {compiled, {ok, _}}} -> ok;
        {'DOWN', Monitor, process, Pid, {compiled, {ok, _, _}}} -> ok;
        {'DOWN', Monitor, process, Pid, Reason} -> io:format("failed ~ts ~tp~n", [File, Reason])
    end.
