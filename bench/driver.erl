%% Both sides' half of the measuring. A program is a module with input() -> Input and run(Input) -> a small term that tells
%% whether two systems computed the same.
-module(driver).
-export([main/0, measured/1]).

%% Native side: for each line "Module Count" that comes in, a line "ok Value Microseconds ..." goes out.
main() ->
    case io:get_line("") of
        eof ->
            halt();
        Line ->
            [Module, Count] = string:lexemes(string:trim(Line), " "),
            io:put_chars([answer(list_to_atom(Module), list_to_integer(Count)), $\n]),
            main()
    end.

answer(Module, Count) ->
    Runs = [run(Module) || _ <- lists:seq(1, Count)],
    {Value, _} = hd(Runs),
    ["ok ", io_lib:write(Value) | [[$\s, io_lib:format("~.3f", [Time / 1000])] || {_, Time} <- Runs]].

run(Module) ->
    {_, Monitor} = spawn_monitor(fun() -> exit(timed(Module)) end),
    receive
        {'DOWN', Monitor, process, _, {ran, Value, Time}} -> {Value, Time}
    end.

timed(Module) ->
    Input = Module:input(),
    Start = erlang:monotonic_time(nanosecond),
    Value = Module:run(Input),
    {ran, Value, erlang:monotonic_time(nanosecond) - Start}.

%% Our side: the host takes the time from its message `go` to the end of the process.
measured(Module) ->
    Input = Module:input(),
    receive
        go -> Module:run(Input)
    end.
