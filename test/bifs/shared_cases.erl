%% Arrays and terms that processes share, buffers, environment, drivers, the tracer.
-module(shared_cases).
-export([atomics/0, atomics_wrap/0, atomics_errors/0, atomics_info/0, atomics_processes/0, counters/0, counters_errors/0,
         counters_info/0, persistent/0, persistent_many/0, persistent_keys/0, persistent_errors/0, persistent_identity/0,
         persistent_between_processes/0, persistent_references/0, persistent_erase_all/0, buffers/0, buffer_errors/0, buffer_locks/0,
         buffer_sizes/0, environment/0, environment_errors/0, signals/0, drivers/0, driver_texts/0, driver_monitors/0, tracers/0, nifs/0,
         pids/0]).

caught(F) -> try F() catch Class:Reason -> {Class, Reason} end.

values() -> [0, 1, -1, 2, (1 bsl 28) - 1, 1 bsl 28, (1 bsl 29), -(1 bsl 29), -(1 bsl 29) - 1, (1 bsl 31), (1 bsl 32) - 1, (1 bsl 59) - 1, 1 bsl 59,
             (1 bsl 60), -(1 bsl 60), (1 bsl 63) - 1, 1 bsl 63, -(1 bsl 63), -(1 bsl 63) - 1, (1 bsl 64) - 1, 1 bsl 64, 1.0, foo].

atomics() ->
    [[begin
          A = atomics:new(2, [{signed, S}]),
          R = [caught(fun() -> atomics:put(A, 2, V) end), atomics:get(A, 2)],
          [V, S, R, caught(fun() -> atomics:exchange(A, 2, V) end), caught(fun() -> atomics:compare_exchange(A, 2, V, 7) end),
           caught(fun() -> atomics:compare_exchange(A, 2, 0, V) end), atomics:get(A, 2), atomics:get(A, 1)]
      end || V <- values()] || S <- [true, false]].

atomics_wrap() ->
    [[begin
          A = atomics:new(1, [{signed, S}]),
          caught(fun() -> atomics:put(A, 1, Start) end),
          [caught(fun() -> atomics:add(A, 1, V) end), atomics:get(A, 1), caught(fun() -> atomics:add_get(A, 1, V) end),
           caught(fun() -> atomics:sub(A, 1, V) end), caught(fun() -> atomics:sub_get(A, 1, V) end), atomics:get(A, 1)]
      end || Start <- values(), V <- values()] || S <- [true, false]].

atomics_errors() ->
    A = atomics:new(3, []),
    C = counters:new(3, []),
    [[caught(fun() -> atomics:get(R, I) end) || R <- [A, make_ref(), foo, C], I <- [0, 1, 3, 4, -1, 1.0, foo, 1 bsl 32, 1 bsl 70]],
     [caught(fun() -> atomics:new(N, O) end) || {N, O} <- [{0, []}, {-1, []}, {foo, []}, {1, foo}, {1, [foo]}, {1, [{signed, 1}]}, {1.0, []},
                                                           {1 bsl 70, []}, {-(1 bsl 70), []}, {1, [{signed, true} | x]}]],
     [caught(fun() -> atomics:info(R) end) || R <- [make_ref(), foo, C]]].

%% Memory differs between word sizes in what is around the elements, which is the same for all lengths.
atomics_info() ->
    [atomics:info(atomics:new(N, [{signed, S}])) || N <- [1, 2, 10, 1000], S <- [true, false]].

atomics_processes() ->
    A = atomics:new(1, []),
    Refs = [element(2, spawn_monitor(fun() -> [atomics:add(A, 1, 1) || _ <- lists:seq(1, 100)] end)) || _ <- lists:seq(1, 20)],
    [receive {'DOWN', R, process, _, normal} -> ok end || R <- Refs],
    {B} = copied({A}),
    [atomics:get(A, 1), A =:= B, atomics:add_get(B, 1, 5), atomics:get(A, 1)].

copied(Term) ->
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() -> Self ! {self(), Term} end),
    receive {'DOWN', Ref, process, Pid, normal} -> receive {Pid, Copy} -> Copy end end.

counters() ->
    [begin
         C = counters:new(2, O),
         R = caught(fun() -> counters:put(C, 1, V) end),
         G = counters:get(C, 1),
         [V, R, G, caught(fun() -> counters:add(C, 1, W) end), counters:get(C, 1), caught(fun() -> counters:sub(C, 2, W) end), counters:get(C, 2)]
     end || O <- [[], [atomics], [write_concurrency]], V <- values(), W <- [1, -1, 1 bsl 63, (1 bsl 64) - 1, 1 bsl 64]].

counters_errors() ->
    [begin
         C = counters:new(2, O),
         [[caught(fun() -> counters:get(C, I) end) || I <- [0, 1, 2, 3, -1, foo, 1.0]],
          [caught(fun() -> counters:F(C, 1, X) end) || F <- [add, sub, put], X <- [foo, 1.0, 1 bsl 70]]]
     end || O <- [[], [write_concurrency]]] ++
    [caught(fun() -> counters:new(N, O) end) || {N, O} <- [{0, []}, {-1, []}, {foo, []}, {1, foo}, {1, [foo]}, {0, [write_concurrency]},
                                                           {1 bsl 70, [write_concurrency]}, {foo, [write_concurrency]}]] ++
    [caught(fun() -> counters:F(X, 1) end) || F <- [get], X <- [foo, make_ref(), {atomics, make_ref()}, {write_concurrency, make_ref()}]].

counters_info() -> [counters:info(counters:new(N, O)) || N <- [1, 8, 9, 100], O <- [[], [write_concurrency]]].

persistent() ->
    K = {?MODULE, key},
    [caught(fun() -> persistent_term:get(K) end), persistent_term:get(K, default), persistent_term:erase(K),
     persistent_term:put(K, value), persistent_term:get(K), persistent_term:get(K, default), persistent_term:put(K, value),
     persistent_term:put(K, [1, {2.5, <<"binary">>}, #{a => "b"}]), persistent_term:get(K), persistent_term:erase(K),
     persistent_term:erase(K), caught(fun() -> persistent_term:get(K) end)].

persistent_many() ->
    Keys = lists:seq(1, 500),
    [ok = persistent_term:put({?MODULE, N}, {N, integer_to_list(N), binary:copy(<<N>>, N)}) || N <- Keys],
    Before = [persistent_term:get({?MODULE, N}) || N <- Keys],
    All = lists:sort([KV || {{?MODULE, _}, _} = KV <- persistent_term:get()]),
    [true = persistent_term:erase({?MODULE, N}) || N <- Keys, N rem 2 =:= 0],
    After = [persistent_term:get({?MODULE, N}, none) || N <- Keys],
    [true = persistent_term:erase({?MODULE, N}) || N <- Keys, N rem 2 =:= 1],
    [erlang:md5(term_to_binary(T)) || T <- [Before, All, After]] ++ [length([1 || {{?MODULE, _}, _} <- persistent_term:get()])].

persistent_keys() ->
    Keys = [a, [], 1, 1.0, -0.0, 0.0, 1 bsl 70, "list", {1}, #{}, #{a => 1}, <<>>, <<1:3>>, self(), fun erlang:self/0, {a, "deep", [#{b => 1.5}]}],
    [ok = persistent_term:put(K, {value, N}) || {N, K} <- lists:zip(lists:seq(1, length(Keys)), Keys)],
    R = [element(2, persistent_term:get(K)) || K <- Keys],
    E = [persistent_term:erase(K) || K <- Keys],
    [R, E, [persistent_term:get(K, gone) || K <- Keys]].

persistent_errors() ->
    Info = persistent_term:info(),
    [caught(fun() -> persistent_term:get(make_ref()) end), lists:sort(maps:keys(Info)),
     begin
         #{count := A} = persistent_term:info(),
         persistent_term:put(?MODULE, "x"),
         #{count := B} = persistent_term:info(),
         persistent_term:erase(?MODULE),
         #{count := C} = persistent_term:info(),
         [B - A, C - A]
     end].

persistent_identity() ->
    T = {lists:seq(1, 100), "text"},
    persistent_term:put(?MODULE, T),
    A = persistent_term:get(?MODULE),
    B = persistent_term:get(?MODULE),
    persistent_term:put(?MODULE, [new | A]),
    erlang:garbage_collect(),
    R = [A =:= T, erts_debug:same(A, B), A, tl(persistent_term:get(?MODULE)) =:= A],
    persistent_term:erase(?MODULE),
    erlang:garbage_collect(),
    [R, A, B].

%% Parts that are shared stay so; who has all terms has copies of the keys.
persistent_sharing() ->
    X = [copied(a), b, c],
    Key = {?MODULE, copied(key)},
    persistent_term:put(Key, [X, X, {X}]),
    [A, B, {C}] = persistent_term:get(Key),
    [K] = [K || {K, _} <- persistent_term:get(), K =:= Key],
    Zero = erts_debug:size_shared([A, B, C]),
    Same = [erts_debug:same(A, B), erts_debug:same(A, C)],
    persistent_term:put(Key, 1),
    persistent_term:erase(Key),
    erlang:garbage_collect(),
    [Zero, Same, K, A].

persistent_between_processes() ->
    persistent_term:put(?MODULE, {large, lists:seq(1, 1000), binary:copy(<<"x">>, 1000)}),
    Seen = [copied(persistent_term:get(?MODULE)) =:= persistent_term:get(?MODULE) || _ <- lists:seq(1, 5)],
    [Seen, persistent_term:erase(?MODULE)].

persistent_references() ->
    A = atomics:new(1, []),
    persistent_term:put(?MODULE, {A, self()}),
    {B, Pid} = persistent_term:get(?MODULE),
    atomics:add(B, 1, 3),
    persistent_term:erase(?MODULE),
    [atomics:get(A, 1), A =:= B, Pid =:= self()].

persistent_erase_all() ->
    persistent_term:put({?MODULE, 1}, "x"),
    [erts_internal:erase_persistent_terms(), persistent_term:get(), persistent_term:get({?MODULE, 1}, none)].

buffers() ->
    B = prim_buffer:new(),
    [prim_buffer:size(B), prim_buffer:write(B, [<<"hello ">>, <<"world">>]), prim_buffer:size(B), prim_buffer:read(B, 3), prim_buffer:size(B),
     prim_buffer:find_byte_index(B, $w), prim_buffer:find_byte_index(B, $z), prim_buffer:skip(B, 3), prim_buffer:find_byte_index(B, $d),
     prim_buffer:read_iovec(B, 2), prim_buffer:write(B, [<<"abc">>]), prim_buffer:read(B, 6), prim_buffer:write(B, []), prim_buffer:write(B, [<<>>]),
     prim_buffer:size(B), prim_buffer:read(B, 0), prim_buffer:write(B, [<<"xyz">>]), prim_buffer:wipe(B), prim_buffer:size(B)].

buffer_sizes() ->
    B = prim_buffer:new(),
    Sizes = [1, 10, 100, 1023, 1024, 1025, 2047, 2048, 2049, 5000, 3, 2000, 100000],
    [ok = prim_buffer:write(B, [binary:copy(<<(N rem 251)>>, N)]) || N <- Sizes],
    Total = prim_buffer:size(B),
    Found = [prim_buffer:find_byte_index(B, X) || X <- [1, 10, 19, 20, 230, 3, 99]],
    Parts = [erlang:md5(prim_buffer:read(B, N)) || N <- [5, 100, 1500, 3000]],
    Vector = prim_buffer:read_iovec(B, 7000),
    Rest = prim_buffer:read(B, prim_buffer:size(B)),
    [Total, Found, Parts, erlang:md5(Vector), erlang:md5(Rest), prim_buffer:size(B)].

buffer_errors() ->
    B = prim_buffer:new(),
    prim_buffer:write(B, [<<"abc">>]),
    [[caught(fun() -> prim_buffer:F(X, 1) end) || F <- [read, skip, find_byte_index], X <- [foo, make_ref()]],
     [caught(fun() -> prim_buffer:F(B, N) end) || F <- [read, skip, read_iovec], N <- [4, -1, foo, 1.0, 1 bsl 70]],
     [caught(fun() -> prim_buffer:find_byte_index(B, N) end) || N <- [-1, 256, foo, $a]],
     [caught(fun() -> prim_buffer:write(B, V) end) || V <- [foo, <<"x">>, "x", [<<"x">> | <<"y">>], [[<<"x">>]], [<<1:3>>]]],
     [caught(fun() -> prim_buffer:size(X) end) || X <- [foo, make_ref(), B]]].

buffer_locks() ->
    B = prim_buffer:new(),
    [prim_buffer:try_lock(B), prim_buffer:try_lock(B), prim_buffer:unlock(B), caught(fun() -> prim_buffer:unlock(B) end), prim_buffer:try_lock(B),
     caught(fun() -> prim_buffer:try_lock(foo) end)].

environment() ->
    N = "ENIGMA_TEST_VARIABLE",
    [os:getenv(N), os:putenv(N, "value"), os:getenv(N), os:getenv(N, "default"), [V || {K, V} <- os:env(), K =:= N], caught(fun() -> os:putenv(N, [228, 8364]) end),
     os:getenv(N), os:putenv(N, ""), os:getenv(N), os:putenv(N, ["deep", [$x]]), os:getenv(["ENIGMA", "_TEST", [$_], "VARIABLE"]), os:unsetenv(N),
     os:unsetenv(N), os:getenv(N), os:getenv(N, "default"), is_list(os:getenv("PATH")), lists:member(N ++ "=x", os:getenv()),
     os:putenv("", "x"), os:getenv(""), os:unsetenv("")].

environment_errors() ->
    [[caught(fun() -> os:getenv(X) end) || X <- [foo, <<"A">>, "A=B", "=", [0], [1 bsl 30], {}, [a], "A\0", 1]],
     [caught(fun() -> os:putenv(X, Y) end) || {X, Y} <- [{foo, "x"}, {"A", foo}, {"A=", "x"}, {"A", <<"x">>}, {"A", [0]}, {"A", [16#D800]}]],
     [caught(fun() -> os:unsetenv(X) end) || X <- [foo, "A=B", <<"A">>]], os:putenv("ENIGMA_EQUALS", "a=b"), os:getenv("ENIGMA_EQUALS"),
     os:unsetenv("ENIGMA_EQUALS")].

signals() ->
    [{S, [caught(fun() -> os:set_signal(S, O) end) || O <- [handle, ignore, default, foo]]}
     || S <- [sighup, sigusr2, sigalrm, sigquit, sigint, sigkill, sigfoo, "sigterm", 15]].

drivers() ->
    [[caught(fun() -> erl_ddll:try_load(P, N, O) end)
      || {P, N, O} <- [{"x", "y", [foo]}, {"x", "y", foo}, {"x", '', []}, {foo, "y", []}, {"x", 1, []}, {"x", "y", [{monitor, foo}]},
                       {"x", "y", [{driver_options, [foo]}]}, {"x", "y", [{reload, pending}]}, {"x", "y", [{reload, pending_driver}]},
                       {"x", y, [{driver_options, [kill_ports]}, {reload, pending}]}, {"x", "y", [{a, b, c}]}]],
     [caught(fun() -> erl_ddll:try_unload(N, O) end)
      || {N, O} <- [{"y", []}, {y, [kill_ports]}, {<<"y">>, [{monitor, pending}]}, {"y", [foo]}, {1, []}, {"y", foo}, {'', []}]],
     [caught(fun() -> erl_ddll:info(N, I) end) || {N, I} <- [{"y", processes}, {foo, driver_options}, {1, 2}]]].

driver_texts() ->
    [caught(fun() -> erl_ddll:format_error_int(E) end)
     || E <- [inconsistent, linked_in_driver, permanent, not_loaded, not_loaded_by_this_process, not_pending, already_loaded, pending_reload,
              pending_process, no_error, no_driver_init, driver_init_failed, bad_driver_name, driver_name_to_long, driver_incorrect_version,
              no_ddll_available, unspecified_error, symbol_not_found, foo, {open_error, 0}, {open_error, -1}, {open_error, -8},
              {open_error, -9}, {open_error, 5}, {open_error, -1000}, {open_error, foo}, {open_error}, 1, "x"]].

driver_monitors() ->
    [begin
         R = caught(fun() -> erl_ddll:monitor(T, X) end),
         receive {'DOWN', R, A, B, C} -> {ref, A, B, C} after 0 -> R end
     end || {T, X} <- [{driver, {"y", loaded}}, {driver, {y, unloaded}}, {driver, {<<"y">>, unloaded_only}}, {foo, {"y", loaded}},
                       {driver, {"y", foo}}, {driver, foo}, {driver, {1, loaded}}]] ++
    [caught(fun() -> erl_ddll:demonitor(X) end) || X <- [make_ref(), foo]].

tracers() ->
    {Dead, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, process, Dead, normal} -> ok end,
    Self = self(),
    Live = spawn(fun() -> receive stop -> ok end end),
    Enabled = [erl_tracer:enabled(T, P, Q) || T <- [trace_status, call, send], P <- [Self, Dead, Live, foo, {}], Q <- [Self, Live, foo]],
    Traces = [begin
                  ok = erl_tracer:trace(T, Self, tracee, message, O),
                  receive M -> M after 0 -> none end
              end || T <- [call, send, seq_trace], O <- [#{}, #{extra => more}, #{match_spec_result => r}, #{scheduler_id => 1},
                                                         #{extra => x, match_spec_result => y, scheduler_id => 2}, foo]],
    ok = erl_tracer:trace(call, Self, tracee, message, #{timestamp => timestamp}),
    Stamped = receive {trace_ts, tracee, call, message, {A, B, C}} -> is_integer(A + B + C) end,
    ok = erl_tracer:trace(call, Self, tracee, message, #{timestamp => monotonic, extra => e}),
    Stamped2 = receive {trace_ts, tracee, call, message, e, M2} -> is_integer(M2) end,
    Live ! stop,
    [Enabled, Traces, Stamped, Stamped2].

nifs() -> [caught(fun() -> erlang:load_nif(X, 0) end) || X <- [foo, 1, [1 bsl 30]]].

pids() -> [is_integer(list_to_integer(os:getpid()))].
