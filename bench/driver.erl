%% Runs programs on either side. A program is a module with input() -> Input and run(Input) -> a small term that tells
%% whether two systems computed the same.
-module(driver).
-export([main/0, cold/1]).

%% For each line "Module Count" that comes in, a line "ok Value Microseconds ..." goes out.
main() ->
    case io:get_line("") of
        eof ->
            halt();
        Line ->
            [Module, Count] = string:lexemes(string:trim(Line), " "),
            io:put_chars([answer(list_to_atom(Module), list_to_integer(Count)), $\n]),
            main()
    end.

%% One run, from the command line: prints the value and the most kilobytes that the system has used.
cold([Module]) ->
    {Value, _} = run(Module),
    io:put_chars([io_lib:write(Value), $\s, peak(), $\n]),
    halt().

peak() ->
    {ok, Status} = file:read_file("/proc/self/status"),
    [Kilobytes | _] = string:lexemes(lists:last(binary:split(Status, <<"VmHWM:">>)), "\t "),
    Kilobytes.

answer(Module, Count) ->
    Runs = [run(Module) || _ <- lists:seq(1, Count)],
    case [Reason || {failed, Reason} <- Runs] of
        [] ->
            {Value, _} = hd(Runs),
            ["ok ", io_lib:write(Value) | [[$\s, io_lib:format("~.3f", [Time / 1000])] || {_, Time} <- Runs]];
        [Reason | _] ->
            ["skip ", io_lib:write(Reason, 12)]
    end.

run(Module) ->
    {_, Monitor} = spawn_monitor(fun() -> exit(timed(Module)) end),
    receive
        {'DOWN', Monitor, process, _, {ran, Value, Time}} -> {Value, Time};
        {'DOWN', Monitor, process, _, Reason} -> {failed, Reason}
    end.

timed(Module) ->
    Input = Module:input(),
    Start = erlang:monotonic_time(nanosecond),
    Value = Module:run(Input),
    {ran, Value, erlang:monotonic_time(nanosecond) - Start}.
