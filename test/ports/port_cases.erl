%% What ports do, case by case; native OTP is the judge.
-module(port_cases).
-export([main/0]).

main() ->
    process_flag(trap_exit, true),
    [run(Case) || Case <- cases()],
    halt().

run({Name, Case}) ->
    Result = (catch Case()),
    _ = flush(50),
    io:format("~w: ~p~n", [Name, Result]).

%% What comes, until nothing has come for so many milliseconds.
flush(Time) ->
    receive
        Message -> [Message | flush(Time)]
    after Time -> []
    end.

%% What comes from the port, until it is closed.
all(Port) -> joined(names(Port, until_exit(Port))).

until_exit(Port) ->
    receive
        {'EXIT', Port, _} = Exit -> [Exit];
        Message -> [Message | until_exit(Port)]
    after 10000 -> [timeout]
    end.

some(Port) -> some(Port, 0).

%% Of what comes, so many messages are waited for, as programs may need long.
some(Port, Least) ->
    First = [receive Message -> Message after 10000 -> timeout end || _ <- lists:seq(1, Least)],
    joined(names(Port, First ++ flush(200))).

names(Port, Messages) -> [named(Port, Message) || Message <- Messages].

named(Port, {Port, What}) -> {port, What};
named(Port, {'EXIT', Port, Reason}) -> {'EXIT', port, Reason};
named(Port, {'DOWN', Ref, port, Port, Reason}) when is_reference(Ref) -> {'DOWN', port, Reason};
named(_, Message) -> Message.

%% How a stream is cut is up to the operating system.
joined([{port, {data, A}}, {port, {data, B}} | More]) when is_list(A), is_list(B) ->
    joined([{port, {data, A ++ B}} | More]);
joined([Message | More]) -> [Message | joined(More)];
joined([]) -> [].

raised(Fun) ->
    try Fun() of
        Value -> {value, Value}
    catch
        Class:Reason:Stack ->
            [{_, Name, Arguments, _} | _] = Stack,
            {Class, Reason, Name, if is_list(Arguments) -> length(Arguments); true -> Arguments end}
    end.

spawned(Command, Options) -> open_port({spawn, Command}, Options).
executable(File, Options) -> open_port({spawn_executable, File}, Options).

cases() ->
    programs() ++ options() ++ messages() ++ errors() ++ queues() ++ monitors() ++ commands().

programs() ->
    [{echo, fun() ->
        Port = spawned("cat", [binary]),
        true = port_command(Port, "hello"),
        A = receive {Port, {data, Data}} -> Data end,
        Port ! {self(), {command, <<"x">>}},
        B = receive {Port, {data, More}} -> More end,
        {A, B, port_close(Port), some(Port)}
      end},
     {ends, fun() -> all(spawned("true", [])) end},
     {status, fun() -> all(spawned("sh -c 'exit 3'", [exit_status])) end},
     {'end', fun() ->
        Port = spawned("echo hi", [eof, exit_status]),
        Messages = some(Port, 3),
        Open = is_list(erlang:port_info(Port)),
        port_close(Port),
        {Messages, Open, some(Port)}
      end},
     {status_and_end, fun() -> some(spawned("sh -c 'echo a; exit 7'", [exit_status, eof, binary]), 3) end},
     {killed, fun() -> all(spawned("sh -c 'kill -9 $$'", [exit_status])) end},
     {terminated, fun() ->
        Port = spawned("sleep 3", [exit_status]),
        {os_pid, Pid} = erlang:port_info(Port, os_pid),
        os:cmd("kill -TERM " ++ integer_to_list(Pid)),
        all(Port)
      end},
     {not_found, fun() -> all(spawned("no_such_command_x", [exit_status, stderr_to_stdout])) end},
     {folder, fun() -> all(executable("/tmp", [exit_status])) end},
     {no_interpreter, fun() ->
        File = "port_cases_script",
        ok = file:write_file(File, "#!/no/such/interpreter\n"),
        ok = file:change_mode(File, 8#755),
        Messages = all(executable("./" ++ File, [exit_status])),
        ok = file:delete(File),
        Messages
      end},
     {many, fun() ->
        Ports = [spawned("sh -c 'read x; echo $x'", [{line, 100}]) || _ <- lists:seq(1, 10)],
        [port_command(Port, integer_to_list(N) ++ "\n") || {N, Port} <- lists:enumerate(Ports)],
        [receive {Port, {data, {eol, Line}}} -> Line end || Port <- Ports]
      end},
     {much, fun() ->
        Port = spawned("cat", [binary]),
        Data = binary:copy(<<"0123456789">>, 300000),
        port_command(Port, Data),
        Back = gather(Port, byte_size(Data), []),
        port_close(Port),
        Back =:= Data
      end}].

gather(_, 0, Parts) -> iolist_to_binary(lists:reverse(Parts));
gather(Port, Left, Parts) ->
    receive
        {Port, {data, Data}} -> gather(Port, Left - byte_size(Data), [Data | Parts])
    after 10000 -> {missing, Left}
    end.

options() ->
    [{line, fun() -> all(spawned("printf 'abc\\ndefghij\\nk'", [{line, 5}])) end},
     {line_and_status, fun() -> some(spawned("printf 'abc\\nk'", [{line, 5}, exit_status, eof]), 4) end},
     {packet, fun() ->
        Port = spawned("cat", [{packet, 2}]),
        port_command(Port, "abc"),
        port_command(Port, ["d", [<<"ef">>]]),
        Messages = names(Port, flush(200)),
        port_close(Port),
        Messages
      end},
     {packet_too_long, fun() ->
        Port = spawned("cat", [{packet, 1}]),
        {catch port_command(Port, lists:duplicate(300, $a)), all(Port), erlang:port_info(Port)}
      end},
     {cd, fun() -> [all(spawned("pwd", [{cd, "/usr"}])), all(executable("/bin/pwd", [{cd, <<"/usr/../usr/bin">>}]))] end},
     {set_cwd, fun() ->
        {ok, Before} = file:get_cwd(),
        ok = file:set_cwd("/usr"),
        All = [all(spawned("pwd", [])), os:cmd("/bin/pwd"), all(executable("/bin/pwd", [{cd, "bin"}])),
               all(spawned("pwd", [{cd, "no/such"}, exit_status])), all(spawned("bin/env true", [exit_status]))],
        ok = file:set_cwd(Before),
        All
      end},
     {no_such_cd, fun() -> all(spawned("pwd", [{cd, "/no/such"}, exit_status])) end},
     {env, fun() ->
        os:putenv("PORT_A", "1"),
        os:putenv("PORT_C", "3"),
        os:unsetenv("PORT_C"),
        Set = all(spawned("echo $PORT_A $PORT_B ${PORT_C-unset}", [{env, [{"PORT_B", "zwei"}]}])),
        {Set, all(spawned("echo ${PORT_A-unset} ${PORT_B-unset}", [{env, [{"PORT_A", false}]}]))}
      end},
     {args, fun() -> all(executable("/bin/echo", [{args, ["a b", <<"c">>, atom, [228, 945]]}])) end},
     {arg0, fun() -> all(executable("/bin/sh", [{args, ["-c", "echo $0 $1"]}, {arg0, "zero"}])) end},
     {arg0_alone, fun() ->
        Port = executable("/bin/sh", [{arg0, "zero"}, exit_status]),
        port_command(Port, "echo $0; exit 4\n"),
        all(Port)
      end},
     {errors_too, fun() ->
        Line = "sh -c 'echo out; echo err 1>&2'",
        {all(spawned(Line, [stderr_to_stdout])),
         all(executable("/bin/sh", [stderr_to_stdout, {args, ["-c", "echo a 1>&2; echo $0"]}])),
         all(executable("/bin/sh", [stderr_to_stdout, {arg0, "zero"}, {args, ["-c", "echo a 1>&2; echo $0"]}]))}
      end},
     {not_stdio, fun() ->
        Port = spawned("sh -c 'read x <&3; echo got $x >&4'", [nouse_stdio]),
        port_command(Port, "data\n"),
        all(Port)
      end},
     {in, fun() ->
        Port = spawned("sleep 1", [in]),
        {all(spawned("echo hi", [in])), catch port_command(Port, "x"), all(Port)}
      end},
     {out, fun() ->
        Port = spawned("cat >/dev/null", [out]),
        port_command(Port, "data\n"),
        Messages = some(Port),
        port_close(Port),
        {Messages, some(Port)}
      end},
     {out_and_status, fun() ->
        Port = spawned("true", [out, exit_status]),
        {some(Port), catch port_close(Port)}
      end}].

messages() ->
    [{close, fun() ->
        Port = spawned("cat", []),
        Closed = port_close(Port),
        {Closed, raised(fun() -> port_close(Port) end), some(Port), erlang:port_info(Port), erlang:port_info(Port, id)}
      end},
     {close_message, fun() ->
        Port = spawned("cat", []),
        Port ! {self(), close},
        Messages = some(Port),
        Port ! {self(), close},
        {Messages, some(Port)}
      end},
     {connect, fun() ->
        Port = spawned("cat", []),
        Self = self(),
        Other = spawn(fun() -> receive X -> Self ! {other, X =:= {Port, {data, "hi"}}} end end),
        true = port_connect(Port, Other),
        {links, Links} = erlang:port_info(Port, links),
        port_command(Port, "hi"),
        {length(Links), some(Port, 1), raised(fun() -> port_connect(Port, foo) end)}
      end},
     {connect_message, fun() ->
        Port = spawned("cat", []),
        Self = self(),
        Other = spawn(fun() -> receive X -> Self ! {other, X =:= {Port, {data, "hi"}}} end end),
        Port ! {self(), {connect, Other}},
        {links, Links} = erlang:port_info(Port, links),
        Messages = some(Port),
        port_command(Port, "hi"),
        {length(Links), Messages, some(Port, 1), erlang:port_info(Port, name)}
      end},
     {bad_message, fun() ->
        Port = spawned("cat", []),
        Port ! foo,
        {some(Port), catch port_close(Port)}
      end},
     {bad_messages, fun() ->
        Port = spawned("cat", []),
        Self = self(),
        spawn(fun() -> Port ! {self(), {command, "x"}}, Self ! done end),
        A = lists:sort(some(Port, 2)),
        Port ! {self(), {connect, foo}},
        B = some(Port),
        Port ! {self(), xx},
        {A, B, some(Port), catch port_close(Port)}
      end},
     {bad_value, fun() ->
        Port = spawned("cat", []),
        Port ! {self(), {command, foo}},
        timer:sleep(200),
        {some(Port), raised(fun() -> port_command(Port, foo) end)}
      end},
     {exits, fun() ->
        [begin
             Port = spawned("cat", []),
             exit(Port, Reason),
             some(Port)
         end || Reason <- [kill, normal, foo]]
      end},
     {links, fun() ->
        Port = spawned("cat", []),
        Self = self(),
        spawn(fun() -> link(Port), Self ! ok, exit(normal) end),
        A = some(Port),
        spawn(fun() -> link(Port), exit(bad) end),
        {A, some(Port)}
      end},
     {owner, fun() ->
        Self = self(),
        Owner = spawn(fun() -> Self ! {port, spawned("cat", [])}, receive die -> exit(bye) end end),
        Port = receive {port, P} -> P end,
        erlang:monitor(port, Port),
        Owner ! die,
        some(Port)
      end},
     {names, fun() ->
        Port = spawned("cat", []),
        register(a_port, Port),
        Again = raised(fun() -> register(a_port, self()) end),
        a_port ! {self(), {command, "a"}},
        A = some(Port, 1),
        unregister(a_port),
        {Again, A, raised(fun() -> a_port ! x end), unlink(Port), port_close(Port), some(Port)}
      end},
     {info, fun() ->
        Port = spawned("sleep 5", [{parallelism, true}]),
        register(a_port, Port),
        [{registered_name, a_port}, {name, Name}, {links, Links}, {id, Id}, {connected, Owner}, {input, In},
         {output, Out}, {os_pid, Pid}] = erlang:port_info(a_port),
        Items = [queue_size, locking, parallelism, monitors, monitored_by, registered_name],
        Result =
            {Name, Links =:= [self()], is_integer(Id), Owner =:= self(), In, Out, is_integer(Pid),
             [erlang:port_info(Port, Item) || Item <- Items], element(1, erlang:port_info(Port, memory)),
             whereis(a_port) =:= Port, lists:member(a_port, registered()), lists:member(Port, erlang:ports())},
        port_close(a_port),
        {Result, whereis(a_port)}
      end}].

errors() ->
    Names = [{spawn, ""}, {spawn, [a]}, {spawn_driver, "no_driver"}, {fd, a, b}, {}, foo, {spawn, "x", y},
             {spawn_executable, "/no/such"}, {spawn_executable, "/etc/passwd"}, {spawn_executable, [a]}],
    Options = [[{packet, 3}], [{line, 0}], [foo], [{env, [a]}], [{env, [{"a=b", "c"}]}], [{env, [{"a", b}]}], [{env, [{<<"a">>, <<"b">>}]}],
               [{args, ["a"]}], [{arg0, "a"}], [{line, 3}, {packet, 1}], [stderr_to_stdout, nouse_stdio],
               [{busy_limits_port, {0, 1}}], [{busy_limits_msgq, {0, 1}}], [{parallelism, x}], [in | out], [{cd, [a]}], x],
    [{no_port, fun() -> [raised(fun() -> open_port(Name, []) end) || Name <- Names] end},
     {no_option, fun() -> [raised(fun() -> open_port({spawn, "true"}, List) end) || List <- Options] end},
     {no_status, fun() -> raised(fun() -> open_port({fd, 0, 1}, [exit_status]) end) end},
     {no_item, fun() ->
        Port = spawned("cat", []),
        Calls = [fun() -> erlang:port_info(Port, foo) end, fun() -> erlang:port_info(1, foo) end,
                 fun() -> erlang:port_info(1) end, fun() -> erlang:port_info(Port, registered_name) end,
                 fun() -> port_control(Port, 1, "") end, fun() -> erlang:port_call(Port, 1, x) end,
                 fun() -> port_command(Port, "", [foo]) end, fun() -> port_command(Port, "", [force]) end],
        Results = [raised(Call) || Call <- Calls],
        port_close(Port),
        Results
      end}].

queues() ->
    Data = binary:copy(<<"x">>, 1000000),
    [{busy, fun() ->
        Port = spawned("sh -c 'sleep 1; cat >/dev/null; exit 0'", [exit_status]),
        Self = self(),
        Writer = spawn_link(fun() ->
            port_command(Port, Data),
            Self ! first,
            port_command(Port, Data),
            Port ! {Self, {command, Data}},
            Self ! last
        end),
        receive first -> ok end,
        timer:sleep(50),
        Status = process_info(Writer, status),
        {queue_size, Size} = erlang:port_info(Port, queue_size),
        Soon = receive last -> too_early after 100 -> busy end,
        Late = receive last -> ok after 10000 -> too_late end,
        port_close(Port),
        {Status, Size > 100000, Soon, Late}
      end},
     {without_waiting, fun() ->
        Port = spawned("sleep 3", []),
        {port_command(Port, Data, [nosuspend]), port_command(Port, Data, [nosuspend]),
         erlang:send(Port, {self(), {command, Data}}, [nosuspend]), exit(Port, kill), some(Port),
         erlang:port_info(Port, id)}
      end},
     {limits, fun() ->
        Port = spawned("sleep 3", [{busy_limits_port, {10, 1000000}}]),
        {port_command(Port, binary:copy(<<"x">>, 500000), [nosuspend]), port_command(Port, <<"x">>, [nosuspend]),
         exit(Port, kill), some(Port)}
      end},
     {close_while_queued, fun() ->
        File = "port_cases_count",
        Port = spawned("sh -c 'sleep 1; wc -c >" ++ File ++ "'", []),
        port_command(Port, Data),
        Port ! {self(), close},
        A = some(Port),
        Info = [Item || {Key, _} = Item <- erlang:port_info(Port), Key =:= links orelse Key =:= output],
        Command = raised(fun() -> port_command(Port, "x") end),
        B = receive Message -> names(Port, [Message]) after 10000 -> timeout end,
        timer:sleep(300),
        Count = file:read_file(File),
        ok = file:delete(File),
        {A, Info, Command, B, Count}
      end},
     {broken_pipe, fun() ->
        Port = spawned("sh -c 'exec <&-; sleep 3'", []),
        timer:sleep(500),
        {catch port_command(Port, "hello"), all(Port)}
      end}].

monitors() ->
    [{monitor, fun() ->
        Port = spawned("cat", []),
        erlang:monitor(port, Port),
        Mine = process_info(self(), monitors),
        Its = erlang:port_info(Port, monitored_by),
        port_close(Port),
        A = some(Port),
        erlang:monitor(port, Port),
        B = some(Port),
        erlang:monitor(port, no_such_port),
        C = [{Item, Reason} || {'DOWN', _, port, Item, Reason} <- flush(50)],
        {Mine =:= {monitors, [{port, Port}]}, Its =:= {monitored_by, [self()]}, A, B, C,
         raised(fun() -> erlang:monitor(process, Port) end), raised(fun() -> erlang:monitor(port, self()) end),
         raised(fun() -> erlang:monitor(port, {a, b}) end)}
      end},
     {monitor_of_name, fun() ->
        Port = spawned("cat", []),
        register(a_port, Port),
        erlang:monitor(port, a_port, [{tag, hej}]),
        Mine = process_info(self(), monitors),
        a_port ! {self(), close},
        Gone = erlang:monitor(port, Port),
        true = demonitor(Gone, [flush]),
        {Mine, [case Message of {hej, _, port, Item, Reason} -> {Item, Reason}; _ -> named(Port, Message) end
                || Message <- flush(200)]}
      end},
     {demonitor, fun() ->
        Port = spawned("cat", []),
        Ref = erlang:monitor(port, Port),
        Gone = demonitor(Ref, [info]),
        None = erlang:port_info(Port, monitored_by),
        port_close(Port),
        {Gone, None, some(Port)}
      end}].

commands() ->
    [{cmd, fun() -> [os:cmd("echo hello; echo err >&2; exit 2"), os:cmd("no_such_cmd"), os:cmd('echo atom'),
                     os:cmd("printf '\\303\\244'"), os:cmd(["echo ", ["nested"]])] end},
     {part_of_cmd, fun() -> os:cmd("sleep 0.2; echo 0123456789", #{max_size => 5}) end},
     {no_cmd, fun() -> [raised(fun() -> os:cmd(Bad) end) || Bad <- ["echo a\0b", 1]] end},
     {pid, fun() -> os:cmd("echo $PPID") =:= os:getpid() ++ "\n" orelse is_list(os:getpid()) end},
     {find, fun() -> [os:find_executable(File) || File <- ["sh", "no_such_command_x", "/bin/sh"]] end}].
