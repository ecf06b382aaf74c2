%% Work of all kinds for a given time, each kind in a process of its own that does its round again and again. What a round makes is gone
%% when it is over, so that memory must not grow: bench/soak.ts watches it.
-module(soak_work).
-export([main/0, loop/3]).

-define(KINDS, [processes, messages, binaries, tables, timers, code, compile, files, commands, terms]).

%% Arguments behind -extra: milliseconds, a folder that may be written to.
main() ->
    [Time, Folder] = init:get_plain_arguments(),
    End = erlang:monotonic_time(millisecond) + list_to_integer(Time),
    process_flag(trap_exit, true),
    versions(),
    Workers = [{spawn_link(?MODULE, loop, [Kind, End, Folder]), Kind} || Kind <- ?KINDS],
    Rounds = [receive
                  {'EXIT', Pid, {rounds, N}} -> {Kind, N};
                  {'EXIT', Pid, Why} -> fault(Kind, Why)
              end || {Pid, Kind} <- Workers],
    io:format("rounds ~0p~n", [Rounds]),
    halt(0).

fault(Kind, Why) ->
    io:format("~p failed: ~p~n", [Kind, Why]),
    halt(2).

loop(Kind, End, Folder) ->
    process_flag(trap_exit, true),
    exit({rounds, rounds(Kind, End, Folder, 0)}).

rounds(Kind, End, Folder, N) ->
    case erlang:monotonic_time(millisecond) >= End of
        true -> N;
        false ->
            %% What the round leaves on a heap or in a dictionary goes with its process.
            {Pid, Monitor} = spawn_monitor(fun() -> round(Kind, N, Folder) end),
            receive
                {'DOWN', Monitor, process, Pid, normal} -> ok;
                {'DOWN', Monitor, process, Pid, Why} -> exit({Kind, N, Why})
            end,
            timer:sleep(pause(Kind)),
            rounds(Kind, End, Folder, N + 1)
    end.

pause(commands) -> 500;
pause(compile) -> 300;
pause(code) -> 100;
pause(_) -> 10.

round(processes, N, _) ->
    process_flag(trap_exit, true),
    Idle = [spawn_link(fun() -> receive stop -> exit({stopped, lists:seq(1, N rem 50)}) end end) || _ <- lists:seq(1, 100)],
    Monitored = [spawn_monitor(fun() -> put(key, lists:seq(1, 200)), maybe_hibernate(I) end) || I <- lists:seq(1, 100)],
    [Pid ! stop || Pid <- Idle],
    [receive {'EXIT', Pid, {stopped, _}} -> ok end || Pid <- Idle],
    [Pid ! done || {Pid, _} <- Monitored],
    [receive {'DOWN', M, process, _, _} -> ok end || {_, M} <- Monitored],
    Killed = spawn_link(fun() -> timer:sleep(infinity) end),
    exit(Killed, kill),
    receive {'EXIT', Killed, killed} -> ok end;
round(messages, N, _) ->
    Self = self(),
    Echo = spawn_link(fun() -> echo(Self) end),
    Message = {N, lists:seq(1, 500), binary:copy(<<N:32>>, 100), #{a => 1.5, N => make_ref()}},
    [begin Echo ! Message, receive Message -> ok end end || _ <- lists:seq(1, 50)],
    %% Messages that nobody takes, and some that are asked about.
    [Echo ! {ignored, Message} || _ <- lists:seq(1, 50)],
    {messages, _} = process_info(Echo, messages),
    [Self ! Message || _ <- lists:seq(1, 10)],
    {messages, [_ | _]} = process_info(Self, messages),
    Alias = alias([reply]),
    Echo ! {alias, Alias},
    receive pong -> ok end,
    unlink(Echo),
    exit(Echo, kill);
round(binaries, N, _) ->
    Large = append(<<>>, 300_000),
    <<_:1000/binary, Part:5000/binary, _/binary>> = Large,
    Self = self(),
    Pid = spawn_link(fun() -> receive {Whole, P} -> Self ! {byte_size(Whole), <<P/binary, N:32>>} end end),
    Pid ! {Large, Part},
    receive {Size, <<_/binary>>} when Size =:= byte_size(Large) -> ok end,
    Copy = binary:copy(Large, 4),
    4 = length(binary:matches(Copy, binary:part(Large, 0, 20_000))),
    Text = zlib:uncompress(zlib:compress(Large)),
    true = Text =:= Large;
round(tables, N, _) ->
    [table(Type, N) || Type <- [set, ordered_set, bag, duplicate_bag]],
    persistent_term:put(?MODULE, N rem 3),
    ets:new(left_to_the_end, []);
round(timers, _, _) ->
    Self = self(),
    %% A receiver that dies before its timers fire.
    {Pid, M} = spawn_monitor(fun() -> [erlang:send_after(3_600_000, self(), lists:seq(1, 50)) || _ <- lists:seq(1, 20)] end),
    receive {'DOWN', M, process, Pid, _} -> ok end,
    Far = [erlang:start_timer(3_600_000, Self, {far, I}) || I <- lists:seq(1, 20)],
    [erlang:cancel_timer(T) || T <- Far],
    [erlang:send_after(I rem 5, Self, {soon, I}) || I <- lists:seq(1, 20)],
    [receive {soon, I} -> ok end || I <- lists:seq(1, 20)],
    receive after 1 -> ok end;
round(code, N, _) ->
    Versions = persistent_term:get({?MODULE, versions}),
    Binary = element(N rem tuple_size(Versions) + 1, Versions),
    {module, soak_version} = code:load_binary(soak_version, "soak_version", Binary),
    Fun = apply(soak_version, adder, [N]),
    {Module, _, Literal} = Fun(1),
    soak_version = Module,
    true = is_list(Literal),
    true = code:delete(soak_version),
    %% The function is not held any more.
    true = code:soft_purge(soak_version),
    false = erlang:check_old_code(soak_version);
round(compile, _, _) ->
    {ok, soak_compiled, Binary} = compile:forms(forms(soak_compiled, 20), [binary]),
    true = is_binary(Binary),
    {value, _, _} = erl_eval:exprs(parse("lists:sum([X * X || X <- lists:seq(1, 300)])."), #{});
round(files, N, Folder) ->
    Name = filename:join(Folder, "soak-" ++ integer_to_list(N rem 10)),
    Content = binary:copy(<<N:64>>, 5_000),
    ok = file:write_file(Name, Content),
    {ok, Content} = file:read_file(Name),
    {ok, Device} = file:open(Name, [read, write, binary]),
    ok = file:pwrite(Device, 10, <<"soak">>),
    {ok, <<"soak">>} = file:pread(Device, 10, 4),
    ok = file:close(Device),
    %% One that its owner's end closes.
    {ok, _} = file:open(Name, [read, raw, binary, read_ahead]),
    {ok, _} = file:list_dir(Folder),
    ok = file:delete(Name);
round(commands, _, _) ->
    "soak\n" = os:cmd("echo soak");
round(terms, N, _) ->
    Term = {N, lists:seq(1, 1000), maps:from_list([{I, {I, float(I)}} || I <- lists:seq(1, 200)]), make_ref(), self()},
    Term = binary_to_term(term_to_binary(Term, [compressed])),
    {match, _} = re:run(lists:duplicate(500, $a) ++ "b", "a+(b)", [{capture, all, binary}]),
    _ = (catch error({deep, Term})),
    Big = lists:foldl(fun(I, A) -> A * I end, 1, lists:seq(1, 300)),
    Big = list_to_integer(integer_to_list(Big)),
    _ = lists:sort(fun(A, B) -> A >= B end, [erlang:phash2({N, I}) || I <- lists:seq(1, 500)]),
    erlang:garbage_collect().

maybe_hibernate(I) when I rem 10 =:= 0 -> erlang:hibernate(erlang, exit, [normal]);
maybe_hibernate(_) -> receive done -> ok end.

echo(To) ->
    receive
        {ignored, never} -> ok;
        {alias, Alias} -> Alias ! pong, echo(To);
        Message when element(1, Message) =/= ignored -> To ! Message, echo(To)
    end.

append(Binary, Size) when byte_size(Binary) >= Size -> Binary;
append(Binary, Size) -> append(<<Binary/binary, (byte_size(Binary)):32, "soak">>, Size).

table(Type, N) ->
    Table = ets:new(soak, [Type, public, {heir, self(), N}]),
    ets:insert(Table, [{I, binary:copy(<<I>>, I rem 200), [N, Type]} || I <- lists:seq(1, 500)]),
    500 = length(ets:select(Table, [{{'$1', '$2', '_'}, [{'>', '$1', 0}], [{{'$1', '$2'}}]}])),
    {_, Continuation} = ets:match_object(Table, {'_', '_', '_'}, 100),
    _ = ets:match_object(Continuation),
    Pid = spawn_link(fun() -> receive {'ETS-TRANSFER', T, _, _} -> ets:delete_all_objects(T), ets:insert(T, {1, N}) end end),
    ets:give_away(Table, Pid, given),
    receive {'ETS-TRANSFER', Table, Pid, N} -> ok end,
    ets:delete(Table).

%% Two versions of a module, as they are loaded in turns.
versions() ->
    Versions = [begin {ok, _, B} = compile:forms(forms(soak_version, 30 + I), [binary]), B end || I <- [1, 2]],
    persistent_term:put({?MODULE, versions}, list_to_tuple(Versions)).

forms(Module, Functions) ->
    Text = ["-module(" ++ atom_to_list(Module) ++ ").", "-export([adder/1])."] ++
        ["f" ++ integer_to_list(I) ++ "(X) -> {X, [a, {literal, " ++ integer_to_list(Functions) ++ "}, <<\"" ++
             lists:duplicate(100, $x) ++ "\">>]}." || I <- lists:seq(1, Functions)] ++
        ["adder(N) -> " ++ lists:append(["_ = f" ++ integer_to_list(I) ++ "(N), " || I <- lists:seq(1, Functions)]) ++
             "fun(M) -> {" ++ atom_to_list(Module) ++ ", N + M, element(2, f1(N))} end."],
    [begin {ok, Tokens, _} = erl_scan:string(Line), {ok, Form} = erl_parse:parse_form(Tokens), Form end || Line <- Text].

parse(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    Expressions.
