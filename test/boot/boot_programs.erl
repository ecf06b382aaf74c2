-module(boot_programs).
-behaviour(gen_server).
-export([main/1, arguments/1, crashes/0, restarts/0, purges/0, processes/0, echo/0, expressions/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, start_link/0, log/2]).

%% ---- a server ----------------------------------------------------------------------------------------------------------

start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, server, []).

init(server) -> {ok, 0};
init(supervisor) -> {ok, {#{}, [#{id => server, start => {?MODULE, start_link, []}}]}}.

handle_call(next, _, N) -> {reply, N + 1, N + 1};
handle_call(crash, _, N) -> {reply, 1 div N, N}.
handle_cast(_, N) -> {noreply, N}.
handle_info({tick, Pid}, N) -> Pid ! {tick, N}, {noreply, N}.

main(Arguments) ->
    io:format("~p~n", [Arguments]),
    {ok, Server} = start_link(),
    [gen_server:call(Server, next) || _ <- lists:seq(1, 10)],
    erlang:send_after(10, Server, {tick, self()}),
    receive {tick, Count} -> io:format("~p~n", [Count]) end,
    Table = ets:new(table, [ordered_set]),
    ets:insert(Table, [{N, N * N} || N <- lists:seq(1, 100)]),
    io:format("~p ~p~n", [ets:lookup(Table, 50), ets:foldl(fun({_, V}, Sum) -> Sum + V end, 0, Table)]),
    {ok, Beam} = file:read_file(code:which(?MODULE)),
    io:format("~p ~p~n", [binary:part(Beam, 0, 4), catch file:read_file("/no/such/file")]),
    io:format("~ts ~p ~s~n", [[1105, 233], #{a => 1, {b} => "text"}, io_lib:format("~10.3f|~e|~.8b|~c", [3.14159, 1.0, 255, $x])]),
    {ok, Reference} = timer:send_after(10, done),
    receive done -> io:format("~p~n", [element(1, Reference)]) end,
    io:put_chars(standard_error, "to standard error\n"),
    io:format("~p~n", [lists:sort([Name || {Name, _, _} <- application:which_applications()])]),
    halt().

arguments(Arguments) -> io:format("~p~n", [Arguments]), halt().

%% ---- reports -----------------------------------------------------------------------------------------------------------

crashes() ->
    ok = logger:add_handler(seen, ?MODULE, #{config => self()}),
    spawn(fun() -> error(boom) end),
    reported(),
    ok = logger:remove_handler(seen),
    ended(proc_lib:spawn(fun() -> exit(bang) end)),
    logger:error("logged ~p", [x]),
    logger:warning(#{a => b}),
    logger:info("not shown"),
    error_logger:error_msg("message ~p~n", [1]),
    logged(),
    halt().

ended(Pid) ->
    Monitor = monitor(process, Pid),
    receive {'DOWN', Monitor, _, _, _} -> logged() end.

%% The handler writes in the order in which it is told.
logged() -> logger_std_h:filesync(default).

%% What the emulator reports reaches the logger's proxy some time later. This module, as a handler, tells that it has come; when the proxy has
%% answered, all handlers have it.
reported() ->
    receive reported -> ok end,
    _ = sys:get_state(erlang:system_info(system_logger)),
    logged().

log(#{meta := #{error_logger := #{emulator := true}}}, #{config := Pid}) -> Pid ! reported;
log(_, _) -> ok.

restarts() ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, supervisor),
    io:format("~p~n", [supervisor:count_children(Supervisor)]),
    Server = whereis(?MODULE),
    catch gen_server:call(?MODULE, crash),
    until(fun() -> not lists:member(whereis(?MODULE), [undefined, Server]) end),
    logged(),
    io:format("~p~n", [gen_server:call(?MODULE, next)]),
    halt().

until(Condition) ->
    Condition() orelse begin timer:sleep(5), until(Condition) end.

%% ---- code --------------------------------------------------------------------------------------------------------------

version(N) ->
    Forms = [{attribute, 1, module, versions}, {attribute, 1, export, [{value, 0}, {loop, 0}]},
             {function, 2, value, 0, [{clause, 2, [], [], [{integer, 2, N}]}]},
             {function, 3, loop, 0, [{clause, 3, [], [], [{'receive', 3, [{clause, 3, [{tuple, 3, [{var, 3, 'P'}, {atom, 3, go}]}], [],
                [{op, 3, '!', {var, 3, 'P'}, {call, 3, {atom, 3, value}, []}}, {call, 3, {atom, 3, loop}, []}]}]}]}]}],
    {ok, versions, Code} = compile:forms(Forms, []),
    {module, versions} = code:load_binary(versions, "versions.erl", Code).

purges() ->
    version(1),
    Pid = spawn(versions, loop, []),
    version(2),
    Pid ! {self(), go},
    receive Old -> io:format("~p ~p~n", [Old, versions:value()]) end,
    io:format("~p ~p~n", [code:soft_purge(versions), is_process_alive(Pid)]),
    io:format("~p ~p~n", [code:purge(versions), is_process_alive(Pid)]),
    io:format("~p ~p~n", [code:delete(versions), erlang:module_loaded(versions)]),
    halt().

%% ---- processes ---------------------------------------------------------------------------------------------------------

processes() ->
    Pid = spawn(fun Loop() -> receive stop -> ok; _ -> Loop() end end),
    true = erlang:suspend_process(Pid),
    Pid ! stop,
    timer:sleep(20),
    io:format("~p ~p~n", [is_process_alive(Pid), process_info(Pid, status)]),
    Monitor = monitor(process, Pid),
    erlang:resume_process(Pid),
    receive {'DOWN', Monitor, _, _, _} -> ok end,
    io:format("~p~n", [is_process_alive(Pid)]),
    Request = erlang:spawn_request(fun() -> ok end, [monitor, {reply_tag, tag}]),
    receive {tag, Request, ok, _} -> io:format("spawned~n") end,
    receive {'DOWN', Request, process, _, Reason} -> io:format("~p~n", [Reason]) end,
    Waits = fun() -> receive Message -> exit({got, Message}) end end,
    {Sleeper, _} = spawn_monitor(fun() -> erlang:hibernate(erlang, apply, [Waits, []]) end),
    until(fun() -> process_info(Sleeper, current_function) =:= {current_function, {erlang, hibernate, 3}} end),
    Sleeper ! message,
    receive {'DOWN', _, _, _, Ended} -> io:format("~p~n", [Ended]) end,
    io:format("~p~n", [[process_info(whereis(Name), initial_call) || Name <- [init, erts_code_purger, user, code_server]]]),
    io:format("~p~n", [erlang:pre_loaded()]),
    io:format("~p~n", [catch erlang:system_flag(no_flag, 1)]),
    %% Each process turns it off as often as it has turned it on.
    Counting = fun(On) -> erlang:system_flag(scheduler_wall_time, On) end,
    Other = spawn(fun() -> Counting(true), receive stop -> ok end end),
    timer:sleep(20),
    io:format("~p~n", [[Counting(On) || On <- [true, true, false, false, false]]]),
    Other ! stop,
    timer:sleep(50),
    io:format("~p ~p~n", [Counting(false), catch Counting(neither)]),
    io:format("~p~n", [[catch erts_debug:disassemble(What) || What <- [{lists, map, 2}, {nobody, f, 0}, 1]]]),
    io:format("~p ~p~n", [nodes(this), catch erlang:monitor_node(other@host, true)]),
    halt().

echo() ->
    io:setopts([{encoding, unicode}]),
    case io:get_line("") of
        eof -> io:format("end~n"), halt();
        Line -> io:format("~tp~n", [Line]), echo()
    end.

%% ---- regular expressions -----------------------------------------------------------------------------------------------

expressions() ->
    Runs = [{"abc", "b"}, {"aaa", "a*?a"}, {"foobar", "(?<=foo)bar"}, {"foobar", "foo(?!baz)"}, {"xay", "(a)|(b)"}, {"xby", "(a)|(b)"},
            {"abab", "(ab)\\1"}, {"line1\nline2", "^line2$"}, {"ABC", "(?i)b"}, {"a.b", "a\\.b"}, {"tab\there", "\\t"}, {"2024-01-31", "(\\d+)-(\\d+)-(\\d+)"},
            {"", ""}, {"", "^$"}, {"x\n", "x$"}, {"x\n", "x\\z"}, {"[x]", "[][x]+"}, {"a-b", "[a\\-b]+"}, {"a]b", "[^]]+"}, {"aXbX", "(?:[a-z]X)+"},
            {"word boundary", "\\bb\\w+\\b"}, {"aaaa", "a{2,3}"}, {"aaaa", "a{2}"}, {"a{,2}", "a{,2}"}, {"aaab", "(?>a+)b"}, {"aaa", "(?>a+)a"}, {"aaa", "a++a"},
            {"\\Qx", "\\Q\\Q\\Ex"}, {"x y", "(?x) x \\  y # c"}, {"key=val", "(?<k>\\w+)=(?<v>\\w+)"}, {"ab", "(a(b)?)+"}, {"aba", "(?:(a)|b)*"},
            {[16#e9, 16#20], "\\w"}, {"q[[:alpha:]]", "[[:alpha:][:digit:]]+"}, {"a\r\nb", "\\R"}, {"foobar", "foo\\Kbar"}, {"aacb", "(?(1)a|b)?a"}, {"(())", "\\(+"}],
    Options = [[], [global], [{capture, all, list}], [{capture, all_but_first, binary}], [caseless, multiline], [dotall, ungreedy], [anchored], [notempty, global]],
    [io:format("~w ~w ~w ~w~n", [S, P, O, catch_class(fun() -> re:run(S, P, O) end)]) || {S, P} <- Runs, O <- Options, P =/= "(?(1)a|b)?a"],
    [io:format("~w ~w~n", [P, catch_class(fun() -> element(1, re:compile(P)) end)]) || P <- ["(", ")", "a**", "[z-a]", "a{3,2}", "\\", "(?<n>a)(?<n>b)", "(?z)", "[[:foo:]]", "*a"]],
    [io:format("~w ~w~n", [P, re:compile(P)]) || P <- ["ab(c", "a)", "*a", "[abc", "a{3,2}", "x\\", "(?<=a+)b", "[[:foo:]]", "(?<n>a)(?<n>b)", "\\2(a)",
                                                   "a{2}{3}", "a**", "a*?*", "\\k<x>(a)", "a|*", "(*", "\\g{3}a"]],
    io:format("~p~n", [re:replace("a,b,,c", ",", "<&>", [global, {return, list}])]),
    io:format("~p~n", [re:split("a1b22c", "([0-9])+", [{return, list}])]),
    io:format("~p~n", [re:run([1105, 233, 8364], [8364], [unicode, {capture, all, list}])]),
    io:format("~p~n", [re:run("key=val", "(?<k>\\w+)=(?<v>\\w+)", [{capture, [v, k, "x", 0], list}])]),
    {ok, Pattern} = re:compile("(?<b>x)(?<a>y)"),
    io:format("~p ~p~n", [re:inspect(Pattern, namelist), re:run("xy", Pattern, [{capture, all_names, binary}])]),
    halt().

catch_class(Fun) ->
    try Fun() catch Class:Reason -> {Class, Reason} end.
