%% What programs do with code, told as terms: run natively and here.
-module(code_operations).
-export([main/0]).

main() ->
    {ok, [[Folder]]} = init:get_argument(scratch),
    ok = logger:set_primary_config(level, none),
    Cases = [fun binaries/1, fun atomic/1, fun many/1, fun purging/1, fun held/1, fun own_code/1, fun on_load/1, fun sticky/1, fun archive/1,
             fun upgrade/1, fun covered/1, fun deleting/1, fun releases/1],
    [io:format("~p: ~p~n", [element(2, erlang:fun_info(Case, name)), try Case(Folder) catch C:R:S -> {C, R, S} end]) || Case <- Cases],
    halt().

forms(Lines) ->
    [begin {ok, Ts, _} = erl_scan:string(L), {ok, F} = erl_parse:parse_form(Ts), F end || L <- Lines].

beam(Lines) ->
    {ok, _, B} = compile:forms(forms(Lines), [debug_info]),
    B.

version(M, V) ->
    beam(["-module(" ++ atom_to_list(M) ++ ").", "-export([v/0, loop/0, wait/0]).", "v() -> " ++ V ++ ".",
          "wait() -> receive stop -> {stopped, v()} end.",
          "loop() -> receive {v, P} -> P ! {self(), v()}, loop(); up -> " ++ atom_to_list(M) ++ ":loop(); stop -> v() end."]).

ask(P) -> P ! {v, self()}, receive {P, V} -> V after 10000 -> silent end.

binaries(_) ->
    [code:get_mode(), code:load_binary(ops1, "ops1.erl", version(ops1, "1")), ops1:v(), code:is_loaded(ops1), code:which(ops1),
     code:load_binary(ops1, "x/ops1.erl", version(ops1, "2")), ops1:v(), code:is_loaded(ops1), erlang:check_old_code(ops1),
     code:load_binary(ops2, "ops2.erl", version(ops1, "1")), code:load_binary(ops1, "ops1.erl", <<"no code">>),
     catch code:load_binary(ops1, 1, <<>>), code:module_status(ops1), erlang:module_loaded(ops1), code:soft_purge(ops1)].

atomic(_) ->
    A = version(at1, "a"), B = version(at2, "b"),
    [code:atomic_load([{at1, "at1.beam", A}, {at2, "at2.beam", B}]), at1:v(), at2:v(),
     code:atomic_load([{at1, "at1.beam", A}, {at1, "at1.beam", A}]), code:atomic_load([{at3, "at3.beam", <<"bad">>}, no_such_module]),
     begin {ok, P} = code:prepare_loading([{at1, "at1.beam", version(at1, "c")}]), R = {at1:v(), code:finish_loading(P), at1:v()}, R end,
     code:finish_loading(element(2, code:prepare_loading([{at1, "at1.beam", A}]))),
     code:atomic_load([{at4, "", beam(["-module(at4).", "-on_load(f/0).", "f() -> ok."])}])].

many(_) ->
    [code:ensure_modules_loaded([lists, gb_trees, orddict]), code:ensure_modules_loaded([no_such_module, queue]),
     catch code:ensure_modules_loaded([1]), code:ensure_loaded(no_such_module), code:ensure_loaded(array),
     [lists:sort(M:module_info(exports)) || M <- [erlang, lists, erts_debug]], erlang:function_exported(erlang, ptab_list_continue, 2)].

purging(_) ->
    load(pu, "1"),
    {P1, M1} = spawn_monitor(pu, loop, []), {P2, M2} = spawn_monitor(pu, wait, []),
    A = {ask(P1), code:soft_purge(pu)},
    load(pu, "2"),
    B = {ask(P1), erlang:check_process_code(P1, pu), erlang:check_process_code(P2, pu), code:soft_purge(pu)},
    P1 ! up,
    C = {ask(P1), erlang:check_process_code(P1, pu), code:soft_purge(pu), catch erlang:purge_module(no_such_module)},
    D = code:purge(pu),
    E = receive {'DOWN', M2, process, P2, R} -> R after 10000 -> alive end,
    P1 ! stop,
    F = receive {'DOWN', M1, process, P1, R1} -> R1 after 10000 -> alive end,
    [A, B, C, D, E, F, code:purge(pu), erlang:check_process_code(self(), pu, [{async, x}]), receive {check_process_code, x, Y} -> Y end].

%% A process whose heap must not be looked at, and one that hibernates, hold literals of code that is purged.
held(_) ->
    erts_debug:set_internal_state(available_internal_state, true),
    load(he, "{a, [1, 2, 3], \"text\"}"),
    S = self(),
    {P, M} = spawn_monitor(fun() ->
        T = he:v(), S ! {self(), ready},
        Broken = erts_debug:set_internal_state(inconsistent_heap, start),
        receive mend -> ok end,
        ok = erts_debug:set_internal_state(inconsistent_heap, Broken),
        S ! {self(), mended}, receive stop -> exit(T) end
    end),
    {H, HM} = spawn_monitor(fun() -> T = [he:v()], S ! {self(), ready}, erlang:hibernate(erlang, apply, [fun() -> exit(T) end, []]) end),
    [receive {Q, ready} -> ok end || Q <- [P, H]],
    A = {erlang:delete_module(he), erlang:check_process_code(P, he), erlang:purge_module(he)},
    async = erlang:garbage_collect(P, [{async, now}]),
    B = receive {garbage_collect, now, _} -> collected after 500 -> held end,
    P ! mend, receive {P, mended} -> ok end,
    C = receive {garbage_collect, now, Z} -> Z end,
    true = purged_literals(100),
    [{heap_size, Size}, {total_heap_size, Total}] = process_info(H, [heap_size, total_heap_size]),
    P ! stop, H ! go,
    Ends = [receive {'DOWN', N, process, _, R} -> R end || N <- [M, HM]],
    erts_debug:set_internal_state(available_internal_state, false),
    {A, B, C, Size =:= Total, Ends}.

%% Whether the areas of literals that were purged are free.
purged_literals(0) -> false;
purged_literals(N) ->
    Collector = whereis_collector(processes()),
    case process_info(Collector, [status, message_queue_len, current_function]) of
        [{status, waiting}, {message_queue_len, 0}, {current_function, {_, msg_loop, _}}] -> true;
        _ -> timer:sleep(10), purged_literals(N - 1)
    end.
whereis_collector([P | Ps]) ->
    case process_info(P, initial_call) of
        {initial_call, {erts_literal_area_collector, start, 0}} -> P;
        _ -> whereis_collector(Ps)
    end.

own_code(_) ->
    B = version(ow, "1"), Odd = <<B/bitstring, 1:1>>,
    [erlang:check_process_code(self(), lists), erlang:check_process_code(self(), ?MODULE),
     [try F() catch error:R -> R end || F <- [fun() -> erlang:check_process_code(self(), [x]) end,
        fun() -> code:module_md5(Odd) end, fun() -> erlang:load_module(ow, Odd) end, fun() -> erlang:prepare_loading(ow, Odd) end]]].

load(M, V) -> {module, M} = code:load_binary(M, "", version(M, V)).

on_load(_) ->
    B = fun(Body) -> beam(["-module(ol).", "-export([v/0]).", "-on_load(f/0).", "f() -> " ++ Body ++ ".", "v() -> {ol, get(x)}."]) end,
    [code:load_binary(ol, "", B(Body)) || Body <- ["{error, no}", "exit(no)", "error(no)", "throw(no)"]] ++
    [code:is_loaded(ol), catch ol:v(), code:load_binary(ol, "", B("put(x, 1), ok")), ol:v(), code:load_binary(ol, "", B("false")), ol:v(),
     erlang:check_old_code(ol), erlang:function_exported(ol, v, 0)].

sticky(Folder) ->
    D = filename:join(Folder, "sticky"), ok = file:make_dir(D),
    ok = file:write_file(filename:join(D, "stuck.beam"), version(stuck, "1")),
    true = code:add_patha(D),
    [code:stick_dir(D), stuck:v(), code:is_sticky(stuck), code:load_binary(stuck, "", version(stuck, "2")), stuck:v(),
     code:unstick_dir(D), code:is_sticky(stuck), code:load_binary(stuck, "", version(stuck, "2")), stuck:v(),
     code:is_sticky(lists), code:del_path(D), code:del_path(D), code:add_path("no/such/folder")].

archive(Folder) ->
    Zip = filename:join(Folder, "zipped-1.0.ez"),
    App = {application, zipped, [{description, "z"}, {vsn, "1.0"}, {modules, [zipped]}, {registered, []}, {applications, [kernel, stdlib]}]},
    {ok, Zip} = zip:create(Zip, [{"zipped-1.0/ebin/zipped.beam", version(zipped, "in_archive")},
        {"zipped-1.0/ebin/zipped.app", unicode:characters_to_binary(io_lib:format("~p.~n", [App]))},
        {"zipped-1.0/priv/text", <<"inside">>}], [{uncompress, [".beam"]}]),
    true = code:add_patha(filename:join([Zip, "zipped-1.0", "ebin"])),
    Rel = fun(F) when is_list(F) -> lists:nthtail(length(Folder), F); (F) -> F end,
    [zipped:v(), Rel(code:which(zipped)), Rel(code:lib_dir(zipped)), Rel(code:priv_dir(zipped)), application:load(zipped),
     application:get_key(zipped, vsn), element(1, erl_prim_loader:get_file(filename:join(code:priv_dir(zipped), "text"))),
     erl_prim_loader:list_dir(filename:join(Zip, "zipped-1.0")), filelib:is_file(code:which(zipped)), Rel(code:where_is_file("zipped.app"))].

server(V) ->
    beam(["-module(hot).", "-behaviour(gen_server).", "-export([init/1, handle_call/3, handle_cast/2, code_change/3, v/0]).",
          "init(S) -> {ok, S}.", "v() -> " ++ V ++ ".", "handle_cast(_, S) -> {noreply, S}.",
          "handle_call(wait, F, S) -> receive {go, P} -> P ! {self(), v()} end, {reply, {v(), F =/= x}, S}; handle_call(_, _, S) -> {reply, {v(), S}, S}.", "code_change(O, S, E) -> {ok, {" ++ V ++ ", O, S, E}}."]).

%% Until the process waits in code of the module.
waits(P, Module) ->
    case process_info(P, [current_function, status]) of
        [{current_function, {Module, _, _}}, {status, waiting}] -> ok;
        _ -> timer:sleep(1), waits(P, Module)
    end.

upgrade(_) ->
    {module, hot} = code:load_binary(hot, "", server("1")),
    {ok, P} = gen_server:start({local, hot}, hot, state, []),
    A = gen_server:call(hot, x),
    ok = sys:suspend(P),
    {module, hot} = code:load_binary(hot, "", server("2")),
    B = {sys:change_code(P, hot, "1", extra), sys:resume(P), gen_server:call(hot, x), code:soft_purge(hot)},
    S = self(),
    spawn(fun() -> S ! {called, gen_server:call(hot, wait)} end),
    waits(P, hot),
    {module, hot} = code:load_binary(hot, "", server("3")),
    C = {erlang:check_process_code(P, hot), code:soft_purge(hot)},
    P ! {go, S},
    D = {receive {P, V} -> V end, receive {called, R} -> R end, gen_server:call(hot, x), code:soft_purge(hot), is_process_alive(P)},
    E = (catch sys:change_code(P, hot, "2", x)),
    gen_server:stop(P),
    [A, B, C, D, E].

covered(Folder) ->
    File = filename:join(Folder, "cov.erl"),
    ok = file:write_file(File, "-module(cov).\n-export([f/1]).\nf(1) ->\n  one;\nf(X) ->\n  Y = X + 1,\n  Y * 2.\n"),
    {ok, cov, B} = compile:file(File, [debug_info, binary]),
    Beam = filename:join(Folder, "cov.beam"), ok = file:write_file(Beam, B),
    A = [element(1, cover:compile_beam(Beam)), code:which(cov), cov:f(1), cov:f(2), cov:f(3)],
    C = [cover:analyse(cov, What, Level) || What <- [coverage, calls], Level <- [module, function, clause, line]],
    D = [cover:is_compiled(cov) =/= false, cover:reset(cov), cover:analyse(cov, calls, module), cover:stop()],
    [A, C, D].

deleting(_) ->
    load(de, "1"),
    [code:delete(de), erlang:module_loaded(de), catch de:v(), code:delete(de), erlang:delete_module(de), code:purge(de), erlang:delete_module(de),
     erlang:delete_module(never_there), code:delete(never_there), catch erlang:delete_module("x"), code:is_loaded(de)].

releases(Folder) ->
    Version = fun(App) -> _ = application:load(App), {ok, V} = application:get_key(App, vsn), V end,
    Rel = {release, {"small", "1"}, {erts, erlang:system_info(version)}, [{App, Version(App)} || App <- [kernel, stdlib, sasl]]},
    Name = filename:join(Folder, "small"),
    ok = file:write_file(Name ++ ".rel", io_lib:format("~p.~n", [Rel])),
    A = systools:make_script(Name, [local, silent, {path, code:get_path()}]),
    B = systools:make_tar(Name, [silent]),
    {ok, Names} = erl_tar:table(Name ++ ".tar.gz", [compressed]),
    [element(1, A), B, length(Names) > 100, lists:member("releases/1/start.boot", Names), filelib:is_regular(Name ++ ".boot")].
