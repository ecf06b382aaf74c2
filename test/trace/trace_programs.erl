%% What traced programs tell their tracers. Each function prints; native OTP says what.
-module(trace_programs).
-export([run/1]).
-compile([export_all, nowarn_export_all]).

run(Name) ->
    ?MODULE:Name(),
    halt().

%% ---- what is traced ---------------------------------------------------------

f(0) -> done;
f(N) -> g(N), f(N - 1).
g(N) -> h(N) + 1.
h(N) -> N * 2.
bif(X) -> length(atom_to_list(X)).
put(Map) -> maps:put(c, 2, Map).
boom(X) -> error({boom, X}).
catcher(X) -> try boom(X) catch error:R -> {caught, R} end.
bits(<<X, Rest/binary>>, Sum) -> bits(Rest, Sum + X);
bits(<<>>, Sum) -> Sum.
tail(0) -> ok;
tail(N) -> tail(N - 1).

server() ->
    receive {call, Name, Args} -> put(last, catch apply(?MODULE, Name, Args)) end,
    server().

start(Flags) ->
    Self = self(),
    Pid = spawn(fun() -> Self ! ready, server() end),
    receive ready -> ok end,
    1 = erlang:trace(Pid, true, Flags),
    Pid.

call(Pid, Name, Args) ->
    Pid ! {call, Name, Args},
    rest(Pid),
    io:format("~p~p:~n", [Name, Args]),
    [io:format("  ~0p~n", [shown(Pid, M)]) || M <- flush()],
    ok.

%% Waits until the process has taken what was sent to it and what it did has been told.
rest(Pid) ->
    case process_info(Pid, [status, message_queue_len]) of
        [{status, waiting}, {message_queue_len, 0}] ->
            Reference = erlang:trace_delivered(Pid),
            receive {trace_delivered, Pid, Reference} -> ok end;
        _ ->
            timer:sleep(1),
            rest(Pid)
    end.

flush() -> receive M -> [M | flush()] after 200 -> [] end.
shown(Pid, T) when is_tuple(T) -> list_to_tuple([shown(Pid, E) || E <- tuple_to_list(T)]);
shown(Pid, [H | T]) -> [shown(Pid, H) | shown(Pid, T)];
shown(Pid, Pid) -> tracee;
shown(_, P) when is_pid(P) -> other;
shown(_, T) -> T.

%% ---- programs ---------------------------------------------------------------

global() ->
    P = start([call]),
    io:format("~p~n", [erlang:trace_pattern({?MODULE, f, 1}, true, [])]),
    call(P, f, [2]),
    io:format("~p~n", [erlang:trace_info({?MODULE, f, 1}, all)]).

local() ->
    P = start([call, return_to, arity]),
    erlang:trace_pattern({?MODULE, '_', '_'}, true, [local]),
    call(P, f, [2]),
    call(P, bits, [<<1, 2, 3>>, 0]),
    erlang:trace_pattern({?MODULE, '_', '_'}, false, [local]),
    call(P, f, [2]).

specification() ->
    P = start([call]),
    Spec = [{['$1'], [{'>', '$1', 1}], [{return_trace}, {message, {{{caller}, '$1'}}}]}],
    erlang:trace_pattern({?MODULE, '_', 1}, Spec, [local]),
    call(P, f, [3]),
    call(P, tail, [3]),
    io:format("~p~n", [erlang:match_spec_test([3], Spec, trace)]),
    io:format("~p~n", [erlang:match_spec_test([3], [{'_', [{caller}], [{silent}]}], trace)]).

exceptions() ->
    P = start([call, return_to]),
    erlang:trace_pattern({?MODULE, '_', '_'}, [{'_', [], [{exception_trace}]}], [local]),
    erlang:trace_pattern({erlang, error, 1}, [{'_', [], [{exception_trace}]}], [local]),
    call(P, catcher, [1]),
    call(P, boom, [2]).

bifs() ->
    P = start([call, return_to]),
    erlang:trace_pattern({erlang, atom_to_list, 1}, [{'_', [], [{return_trace}, {message, {caller}}]}], [local]),
    call(P, bif, [abc]),
    call(P, bif, ["no atom"]),
    erlang:trace_pattern({maps, put, 3}, [{'_', [], [{return_trace}]}], [local]),
    call(P, put, [#{a => 1}]),
    erlang:trace_pattern({maps, '_', '_'}, false, [local]),
    call(P, put, [#{b => 1}]).

counters() ->
    P = start([call]),
    erlang:trace_pattern({?MODULE, '_', 1}, true, [call_count, call_time, call_memory]),
    call(P, f, [10]),
    io:format("~p~n", [[erlang:trace_info({?MODULE, F, 1}, call_count) || F <- [f, g, h, tail]]]),
    {call_time, [{P, 10, _, _}]} = erlang:trace_info({?MODULE, h, 1}, call_time),
    {call_memory, [{P, 11, _}]} = erlang:trace_info({?MODULE, f, 1}, call_memory),
    erlang:trace_pattern({?MODULE, '_', 1}, pause, [call_count]),
    call(P, f, [10]),
    io:format("~p~n", [erlang:trace_info({?MODULE, g, 1}, call_count)]).

%% A tracer that is gone, and how counters begin anew while the function is called; what receiving a message takes.
accounts() ->
    T = spawn(fun() -> receive stop -> ok end end),
    P = spawn(fun server/0),
    erlang:trace(P, true, [call, {tracer, T}]),
    1 = erlang:trace_pattern({?MODULE, h, 1}, true, [call_time]),
    T ! stop,
    timer:sleep(10),
    call(P, f, [3]),
    io:format("~p~n", [[erlang:trace_info({?MODULE, h, 1}, call_time), erlang:trace_info(P, flags)]]),
    Self = self(),
    Q = spawn(fun() -> receive go -> ok end, h(1), Self ! running, again() end),
    erlang:trace(Q, true, [call]),
    Q ! go,
    receive running -> ok end,
    1 = erlang:trace_pattern({?MODULE, h, 1}, restart, [call_time]),
    timer:sleep(10),
    {call_time, [{Q, N, _, _}]} = erlang:trace_info({?MODULE, h, 1}, call_time),
    io:format("~p~n", [N > 0]),
    exit(Q, kill),
    1 = erlang:trace_pattern({?MODULE, taken, 0}, true, [call_memory]),
    Term = {list_to_atom("a"), lists:seq(1, 3)},
    R = spawn(fun() -> receive go -> ok end, taken(), taken(), taken(), Self ! taken, server() end),
    R ! Term,
    erlang:trace(R, true, [call]),
    R ! Term,
    R ! {a, [1, 2, 3]},
    R ! go,
    receive taken -> ok end,
    {call_memory, [{R, 3, Words}]} = erlang:trace_info({?MODULE, taken, 0}, call_memory),
    io:format("~p~n", [Words]).

taken() -> receive {_, _} = Term -> Term end.

again() -> h(1), again().

%% Who applies a BIF that raises is in the stack trace, also where calls of that BIF are told of.
raisers() ->
    P = start([call, return_to]),
    Raisers = [{error, [why]}, {error, [why, [x]]}, {error, [why, [x], []]}, {exit, [why]}, {throw, [why]}],
    [1 = erlang:trace_pattern({erlang, F, length(A)}, [{'_', [], [{exception_trace}, {message, {caller}}]}], [local])
     || {F, A} <- Raisers],
    [begin
        P ! {call, Applier, [{F, A}]},
        rest(P),
        io:format("~p ~p~n", [Applier, [shown(P, M) || M <- flush()]]),
        {dictionary, Dictionary} = process_info(P, dictionary),
        io:format("~p~n", [proplists:get_value(last, Dictionary)])
     end || {F, A} <- Raisers, Applier <- [applied, applied_list, applied_within]].

applied(Raiser) -> try applier(Raiser, last) catch C:R:S -> {C, R, frames(S)} end.
applied_list(Raiser) -> try applier(Raiser, list) catch C:R:S -> {C, R, frames(S)} end.
applied_within(Raiser) -> try {applier(Raiser, within)} catch C:R:S -> {C, R, frames(S)} end.
applier({F, [A]}, last) -> (list_to_atom("erlang")):F(A);
applier({F, [A, B]}, last) -> (list_to_atom("erlang")):F(A, B);
applier({F, [A, B, C]}, last) -> (list_to_atom("erlang")):F(A, B, C);
applier({F, A}, list) -> apply(list_to_atom("erlang"), F, A);
applier({F, A}, within) -> [apply(list_to_atom("erlang"), F, A)].
frames(Stack) -> [{M, F, A} || {M, F, A, _} <- Stack].

%% Who ends with what it is linked to is not told of as unlinked; who traps exits, is.
unlinked() ->
    Self = self(),
    [begin
        P = spawn(fun() -> process_flag(trap_exit, Trap), Self ! {self(), spawn_link(fun server/0)}, receive stop -> ok end end),
        receive {P, Q} -> ok end,
        erlang:trace(P, true, [procs, 'receive']),
        exit(Q, Reason),
        timer:sleep(20),
        exit(P, kill),
        [io:format("~0p~n", [shown(Q, shown(P, M))]) || M <- flush()]
     end || Trap <- [true, false], Reason <- [bye, normal]].

meta() ->
    P = spawn(fun server/0),
    erlang:trace_pattern({?MODULE, g, 1}, [{'_', [], [{return_trace}]}], [meta]),
    P ! {call, f, [1]},
    rest(P),
    [io:format("~0p~n", [setelement(tuple_size(M), shown(P, M), ts)]) || M <- flush()].

messages() ->
    P = start([send, 'receive', procs]),
    call(P, f, [1]),
    Self = self(),
    Q = spawn(fun() -> receive go -> Self ! gone, (catch nobody ! hello), link(Self), unlink(Self), register(q, self()) end end),
    erlang:trace(Q, true, [send, 'receive', procs]),
    Q ! go,
    [io:format("  ~0p~n", [shown(Q, M)]) || M <- flush()].

sessions() ->
    S = trace:session_create(mine, self(), []),
    P = spawn(fun server/0),
    trace:process(S, P, true, [call]),
    trace:function(S, {?MODULE, g, 1}, true, [local]),
    erlang:trace(P, true, [call]),
    erlang:trace_pattern({?MODULE, h, 1}, true, [local]),
    call(P, f, [1]),
    io:format("~p ~p~n", [trace:info(S, {?MODULE, g, 1}, traced), erlang:trace_info({?MODULE, g, 1}, traced)]),
    io:format("~p~n", [trace:session_destroy(S)]),
    call(P, f, [1]).

sequential() ->
    seq_trace:set_system_tracer(self()),
    P = spawn(fun() -> receive {From, hello} -> From ! seq_trace:get_token(label) end end),
    seq_trace:set_token(label, {some, "label"}),
    seq_trace:set_token(send, true),
    seq_trace:set_token('receive', true),
    P ! {self(), hello},
    receive {label, L} -> io:format("~p~n", [L]) end,
    seq_trace:set_token([]),
    [io:format("  ~0p~n", [shown(P, M)]) || M <- flush()].

%% Code of version 2 is refused by its on_load function: what was there stays, but is traced no more.
loading() ->
    P = start([call]),
    erlang:trace_pattern(on_load, true, []),
    load(1, "ok"),
    call(P, through, [a]),
    erlang:trace_pattern({loaded, '_', '_'}, true, [local]),
    call(P, through, [b]),
    load(2, "fail"),
    call(P, through, [c]),
    load(3, "ok"),
    call(P, through, [d]),
    erlang:trace_pattern(on_load, false, []).
through(X) -> loaded:f(X).
load(Version, End) ->
    Lines = ["-module(loaded).", "-export([f/1]).", "-on_load(init/0).", "init() -> " ++ End ++ ".", "f(X) -> {" ++ integer_to_list(Version) ++ ", X}."],
    Forms = [begin {ok, Ts, _} = erl_scan:string(L), {ok, F} = erl_parse:parse_form(Ts), F end || L <- Lines],
    {ok, loaded, Beam} = compile:forms(Forms),
    code:purge(loaded),
    io:format("~p~n", [code:load_binary(loaded, "", Beam)]).

monitor() ->
    undefined = erlang:system_monitor(self(), [{large_heap, 20000}, {long_message_queue, {2, 5}}]),
    io:format("~0p~n", [element(2, erlang:system_monitor())]),
    P = spawn(fun() -> receive stop -> ok end end),
    [P ! N || N <- lists:seq(1, 6)],
    Large = spawn(fun() -> L = lists:seq(1, 100000), erlang:garbage_collect(), receive stop -> length(L) end end),
    Events = flush(),
    %% Processes of OTP itself may have large heaps, too.
    io:format("  ~0p~n", [[Value || {monitor, Q, long_message_queue, Value} <- Events, Q =:= P]]),
    Sizes = [lists:sort(proplists:get_keys(Info)) || {monitor, Q, large_heap, Info} <- Events, Q =:= Large],
    io:format("  ~0p~n", [lists:usort(Sizes)]).

%% ---- the last calls ----------------------------------------------------------

saved_calls() ->
    Show = fun() -> {last_calls, L} = process_info(self(), last_calls), io:format("~0p~n", [L]) end,
    Show(),
    io:format("~p~n", [process_flag(save_calls, 30)]),
    Show(), Show(), ?MODULE:saved(), Show(),
    io:format("~p~n", [process_flag(save_calls, 3)]),
    ?MODULE:saved(), Show(),
    code:purge(?MODULE), {module, ?MODULE} = code:load_file(?MODULE),
    ?MODULE:saved(), Show(),
    process_flag(sensitive, true), ?MODULE:saved(), Show(), process_flag(sensitive, false), ?MODULE:h(1), Show(),
    Pid = spawn(fun() -> receive {go, F} -> F() end, ?MODULE:waiting() end),
    io:format("~p~n", [process_flag(Pid, save_calls, 10)]),
    Pid ! {go, fun ?MODULE:saved/0},
    (fun Wait() -> case process_info(Pid, current_function) of {_, {?MODULE, waiting, 0}} -> ok; _ -> timer:sleep(1), Wait() end end)(),
    io:format("~0p~n", [process_info(Pid, last_calls)]),
    exit(Pid, kill),
    1 = erlang:trace(self(), true, [call]), erlang:trace_pattern({?MODULE, h, 1}, true, []), ?MODULE:h(1), ?MODULE:h(2), Show(),
    erlang:trace(self(), false, [all]), ?MODULE:h(1), Show(),
    io:format("~p~n", [process_flag(save_calls, 0)]), Show(), ?MODULE:h(2),
    [io:format("~0p~n", [catch process_flag(save_calls, N)]) || N <- [-1, 10001, a, 1 bsl 70]].

waiting() -> receive never -> ok end.

saved() ->
    X = ?MODULE:h(1) + ?MODULE:g(2) + (fun ?MODULE:h/1)(3) + apply(?MODULE, h, [id(4)]),
    _ = (fun(Y) -> ?MODULE:h(Y) end)(X),
    self() ! {saved, X}, erlang:send(self(), atom_to_list(a)),
    receive {saved, _} -> ok end, receive "a" -> ok end, receive none -> ok after 0 -> ok end, receive none -> ok after 1 -> ok end,
    [2, 1] = lists:reverse([1, 2]), M = id(maps), [a] = M:keys(#{a => 1}), _ = (catch ?MODULE:no_such(1, 2, 3)),
    lists:map(fun(Y) -> erlang:phash2(Y) end, [a]).
id(X) -> X.

%% ---- who can run --------------------------------------------------------------

profile() ->
    Collector = spawn(fun() -> collect([]) end),
    Events = fun() -> Collector ! {get, self()}, receive {events, All} -> All end end,
    Of = fun(Tracee, All) -> [{State, Where} || {profile, T, State, Where, _} <- All, T =:= Tracee] end,
    undefined = erlang:system_profile(Collector, [runnable_procs, scheduler, exclusive]),
    io:format("~p~n", [element(2, erlang:system_profile())]),
    {Collector, _} = erlang:system_profile(Collector, [monotonic_timestamp, runnable_procs]),
    P = spawn(?MODULE, profiled, []),
    timer:sleep(50), P ! go,
    timer:sleep(50), erlang:suspend_process(P), P ! go, timer:sleep(50), erlang:resume_process(P),
    Q = spawn(fun() -> tail(500) end),
    R = spawn(fun() -> exit(self(), kill), receive x -> ok end end),
    timer:sleep(50), exit(P, kill), timer:sleep(50),
    io:format("~p~n", [element(2, erlang:system_profile(undefined, []))]),
    First = Events(),
    [io:format("~p~n", [Of(T, First)]) || T <- [P, Q, R, Collector]],
    Port = open_port({spawn, "cat"}, []),
    undefined = erlang:system_profile(Collector, [runnable_ports, strict_monotonic_timestamp]),
    true = port_command(Port, "x"), receive {Port, {data, _}} -> ok end,
    erlang:system_profile(undefined, [what]),
    Second = Events(),
    io:format("~p~n", [[lists:usort(Of(Port, Second)), [ok || {profile, _, _, _, {_, _}} <- Second] =/= [], Of(P, Second)]]),
    undefined = erlang:system_profile(Collector, [scheduler]),
    timer:sleep(50),
    {Collector, [scheduler]} = erlang:system_profile(what, []),
    io:format("~p~n", [[S || {profile, scheduler, _, S, N, {_, _, _}} <- Events(), is_integer(N)] =/= []]),
    [io:format("~p~n", [catch_reason(fun() -> erlang:system_profile(A, B) end)]) ||
        {A, B} <- [{a, [scheduler]}, {self(), [foo]}, {self(), [scheduler | x]}, {self(), foo}, {P, [scheduler]}, {undefined, foo}]],
    undefined = erlang:system_profile(Collector, [runnable_procs]), exit(Collector, kill), timer:sleep(50),
    io:format("~p~n", [erlang:system_profile()]).

catch_reason(F) -> try F() catch C:E -> {C, E} end.
profiled() -> receive go -> profiled() end.
collect(All) -> receive {get, From} -> From ! {events, lists:reverse(All)}, collect([]); Event -> collect([Event | All]) end.

%% ---- breakpoints of debuggers -------------------------------------------------

%% As error_handler of a process.
breakpoint(M, F, Args) -> {stopped, M, F, Args}.

debugging() ->
    erlang:trace_pattern({?MODULE, h, 1}, true, [call_count]),
    Break = fun(F, A, On) -> io:format("~p~n", [{F, A, On, erts_debug:breakpoint({?MODULE, F, A}, On)}]) end,
    process_flag(error_handler, ?MODULE),
    Break(h, 1, true), Break(bits, 2, true), Break(no_such, 1, true),
    io:format("~p~n", [[catch h(3), catch ?MODULE:h(4), catch apply(?MODULE, h, [5]), (fun ?MODULE:h/1)(6), bits(<<1, 2, 3>>, 0), catch g(1),
                        erlang:trace_info({?MODULE, h, 1}, call_count)]]),
    process_flag(sensitive, true),
    io:format("~p~n", [catch h(3)]),
    process_flag(sensitive, false),
    process_flag(error_handler, error_handler),
    Break(h, '_', false), Break(h, 1, false), Break('_', '_', false),
    io:format("~p~n", [[h(3), bits(<<1, 2, 3>>, 0), g(2), erlang:trace_info({?MODULE, h, 1}, call_count)]]),
    [io:format("~p~n", [try erts_debug:breakpoint(W, O) catch Cl:Re:Stk -> {Cl, Re, hd(Stk)} end]) ||
        {W, O} <- [{a, true}, {{a, b}, true}, {{'_', b, 1}, true}, {{?MODULE, '_', 1}, true}, {{?MODULE, h, 1}, on}, {{a, b, c}, true}]],
    interpreted().

%% A module that int interprets, with a breakpoint at a line.
interpreted() ->
    Folder = filename:join(os:getenv("TMPDIR", "/tmp"), "enigma-int-" ++ os:getpid()),
    ok = filelib:ensure_dir(filename:join(Folder, "x")),
    Source = filename:join(Folder, "inted.erl"),
    ok = file:write_file(Source, "-module(inted).\n-export([run/1, sum/1]).\nrun(N) ->\n  L = lists:seq(1, N),\n  sum(L).\n"
                                 "sum([]) -> 0;\nsum([H | T]) ->\n  H + sum(T).\n"),
    {ok, inted} = compile:file(Source, [debug_info, {outdir, Folder}]),
    true = code:add_patha(Folder),
    io:format("~p~n", [{inted:run(3), int:i(Source), int:interpreted(), inted:run(4), catch inted:run(x)}]),
    ok = int:break(inted, 5),
    ok = int:subscribe(),
    {Pid, Monitor} = spawn_monitor(fun() -> exit({ended, inted:run(5)}) end),
    Stopped = receive {int, {new_status, Pid, break, Where}} -> Where after 5000 -> none end,
    int:continue(Pid),
    End = receive {'DOWN', Monitor, process, Pid, Why} -> Why after 5000 -> none end,
    io:format("~p~n", [{Stopped, End, int:n(inted), int:interpreted(), inted:run(6)}]),
    ok = file:del_dir_r(Folder).
