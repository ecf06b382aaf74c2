%% What tables do beside holding objects: names, owners, heirs, rights, errors. Every exported function without arguments is a case.
-module(ets_cases).
-compile([export_all, nowarn_export_all]).
-include_lib("stdlib/include/ms_transform.hrl").

attempt(F) ->
    try F()
    catch Class:Reason:Stack -> {Class, Reason, cause(Stack)}
    end.

%% The function that failed, and what erl_stdlib_errors is told of it.
cause([{M, F, A, Info} | _]) -> {M, F, if is_list(A) -> length(A); true -> A end, proplists:get_value(error_info, Info)}.

flush() -> receive M -> [M | flush()] after 0 -> [] end.

in_process(F) ->
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() -> Self ! {self(), F()} end),
    receive {Pid, Result} -> receive {'DOWN', Ref, _, _, normal} -> Result end
    after 5000 -> exit(late)
    end.

%% ---- names and references ----

names() ->
    T = ets:new(named, [named_table]),
    Taken = attempt(fun() -> ets:new(named, [named_table]) end),
    Tid = ets:whereis(named),
    ets:insert(named, {a, 1}),
    Same = ets:lookup(Tid, a),
    R = [ets:rename(named, other), ets:info(named), ets:lookup(other, a), ets:whereis(named), ets:whereis(other) =:= Tid],
    U = ets:new(unnamed, []),
    R2 = [ets:rename(U, renamed) =:= U, ets:info(U, name), ets:info(U, named_table), ets:whereis(renamed), ets:info(U, id) =:= U],
    ets:new(second, [named_table]),
    R3 = [attempt(fun() -> ets:rename(other, second) end), attempt(fun() -> ets:rename(other, other) end),
          attempt(fun() -> ets:rename(other, 1) end), attempt(fun() -> ets:rename(none, 1) end), attempt(fun() -> ets:whereis(1) end)],
    ets:delete(other),
    R4 = [attempt(fun() -> ets:lookup(other, a) end), attempt(fun() -> ets:lookup(Tid, a) end), ets:info(Tid), ets:info(Tid, size)],
    {T, Taken, is_reference(Tid), Same, R, R2, R3, R4}.

all_tables() ->
    T = ets:new(t1, []),
    N = ets:new(t2, [named_table]),
    All = ets:all(),
    Before = {lists:member(T, All), lists:member(N, All)},
    ets:delete(T),
    {Before, lists:member(T, ets:all())}.

infos() ->
    Options = [[], [set, public], [ordered_set, private, {keypos, 2}], [bag, compressed], [duplicate_bag, {read_concurrency, true}],
               [{write_concurrency, true}], [{write_concurrency, auto}], [ordered_set, {write_concurrency, true}],
               [ordered_set, {write_concurrency, auto}, {read_concurrency, true}], [private, {write_concurrency, true}, {read_concurrency, true}],
               [{write_concurrency, true}, {decentralized_counters, true}], [{decentralized_counters, true}],
               [{write_concurrency, true}, ordered_set], [{write_concurrency, {debug_hash_fixed_number_of_locks, 64}}],
               [ordered_set, set], [private, protected], [public, private], [bag, ordered_set], [{heir, none}], [{heir, self(), data}]],
    [{O, [{K, V} || {K, V} <- ets:info(ets:new(name, O)), not lists:member(K, [id, memory, owner, node])]} || O <- Options].

info_items() ->
    T = ets:new(t, [public]),
    Items = [size, type, owner, heir, protection, name, keypos, node, named_table, compressed, id, fixed, safe_fixed, safe_fixed_monotonic_time,
             foo, 1],
    Plain = [attempt(fun() -> ets:info(T, I) end) || I <- Items],
    ets:safe_fixtable(T, true),
    ets:safe_fixtable(T, true),
    in_process(fun() -> ets:safe_fixtable(T, true), {_, L} = ets:info(T, safe_fixed), put(x, L), length(L) end),
    {{Ms, S, Us}, [{Who, Count}]} = ets:info(T, safe_fixed),
    {Mono, [{Who, Count}]} = ets:info(T, safe_fixed_monotonic_time),
    Fixed = [is_integer(Ms), is_integer(S), is_integer(Us), Who =:= self(), Count, is_integer(Mono), ets:info(T, fixed)],
    ets:safe_fixtable(T, false), F1 = ets:info(T, fixed),
    ets:safe_fixtable(T, false), F2 = ets:info(T, fixed),
    ets:safe_fixtable(T, false),
    {Plain, Fixed, F1, F2, is_integer(ets:info(T, memory)), tuple_size(ets:info(T, stats)), ets:info(ets:new(o, [ordered_set]), stats)}.

memory_grows() ->
    T = ets:new(t, []),
    M0 = ets:info(T, memory),
    [ets:insert(T, {N, N}) || N <- lists:seq(1, 1000)],
    M1 = ets:info(T, memory),
    ets:delete_all_objects(T),
    M2 = ets:info(T, memory),
    {M1 > M0 + 3000, M2 < M1, M2 =:= M0}.

%% ---- owners ----

owner_dies() ->
    {T, N} = in_process(fun() -> {ets:new(t, [public]), ets:new(dies, [named_table])} end),
    {attempt(fun() -> ets:lookup(T, a) end), ets:info(N), ets:whereis(dies), ets:info(T)}.

%% The tables are gone when others hear of the owner's end.
gone_before_down() ->
    {Pid, Ref} = spawn_monitor(fun() -> ets:new(early, [named_table]), receive stop -> ok end end),
    Pid ! stop,
    receive {'DOWN', Ref, _, _, _} -> ets:info(early) end.

heirs() ->
    Self = self(),
    Pid = spawn(fun() ->
                        T = ets:new(t, [{heir, Self, {some, "data", <<1, 2, 3>>}}]),
                        ets:insert(T, {a, lists:seq(1, 5)}),
                        N = ets:new(inherited, [named_table, {heir, Self, x}]),
                        Self ! {tables, T, N},
                        receive stop -> ok end
                end),
    {T, N} = receive {tables, A, B} -> {A, B} end,
    Before = [ets:info(T, owner) =:= Pid, ets:info(T, heir) =:= self(), attempt(fun() -> ets:insert(T, {b}) end)],
    Ref = monitor(process, Pid),
    Pid ! stop,
    receive {'DOWN', Ref, _, _, _} -> ok end,
    Messages = [{M, Tab =:= T orelse Tab =:= N, From =:= Pid, Data} || {M, Tab, From, Data} <- flush()],
    {Before, lists:sort(Messages), ets:info(T, owner) =:= self(), ets:lookup(T, a), ets:insert(T, {b}), ets:info(N, heir) =:= self()}.

heir_is_dead() ->
    Dead = spawn(fun() -> ok end),
    timer_free_wait(Dead),
    T = ets:new(t, [{heir, Dead, x}]),
    ets:info(T, heir).

timer_free_wait(Pid) ->
    Ref = monitor(process, Pid),
    receive {'DOWN', Ref, _, _, _} -> ok end.

heir_dies_first() ->
    Heir = spawn(fun() -> receive stop -> ok end end),
    Self = self(),
    Owner = spawn(fun() -> T = ets:new(t, [public, {heir, Heir, x}]), Self ! T, receive stop -> ok end end),
    T = receive X -> X end,
    Heir ! stop, timer_free_wait(Heir),
    H = ets:info(T, heir) =:= Heir,
    Owner ! stop, timer_free_wait(Owner),
    {H, ets:info(T)}.

heir_is_owner() ->
    in_process(fun() -> ets:new(own, [named_table, {heir, self(), x}]) end),
    ets:info(own).

give_away() ->
    Self = self(),
    T = ets:new(t, [named_table]),
    Pid = spawn(fun() -> receive M -> Self ! {got, M, ets:info(t, owner) =:= self()} end, receive back -> ets:give_away(t, Self, back) end end),
    Errors = [attempt(fun() -> ets:give_away(t, self(), x) end), attempt(fun() -> ets:give_away(t, foo, x) end),
              attempt(fun() -> ets:give_away(none, Pid, x) end)],
    true = ets:give_away(T, Pid, [gift, 1.5, <<"abc">>]),
    Got = receive {got, {'ETS-TRANSFER', Tab, From, Gift}, Owns} -> {Tab, From =:= self(), Gift, Owns} end,
    NotOwner = [attempt(fun() -> ets:give_away(t, self(), x) end), attempt(fun() -> ets:insert(t, {a}) end), ets:lookup(t, a)],
    Pid ! back,
    Back = receive {'ETS-TRANSFER', t, Pid, D} -> D end,
    {Errors, Got, NotOwner, Back, ets:insert(t, {a})}.

give_away_public() ->
    T = in_process_keep(fun() -> ets:new(t, [public]) end),
    attempt(fun() -> ets:give_away(T, self(), x) end).

%% A table of a process that lives on.
in_process_keep(F) ->
    Self = self(),
    spawn(fun() -> Self ! {made, F()}, receive stop -> ok end end),
    receive {made, T} -> T end.

rights() ->
    Tables = [in_process_keep(fun() -> T = ets:new(t, [P]), ets:insert(T, {a, 1}), T end) || P <- [public, protected, private]],
    [{attempt(fun() -> ets:lookup(T, a) end), attempt(fun() -> ets:insert(T, {b, 1}) end), attempt(fun() -> is_atom(ets:first(T)) end),
      attempt(fun() -> ets:delete(T, z) end), attempt(fun() -> ets:select(T, []) end), attempt(fun() -> ets:safe_fixtable(T, true) end),
      attempt(fun() -> ets:setopts(T, {protection, public}) end), attempt(fun() -> ets:info(T, size) end),
      attempt(fun() -> ets:delete(T) end)} || T <- Tables].

setopts() ->
    T = ets:new(t, []),
    Good = [ets:setopts(T, {protection, private}), ets:info(T, protection), ets:setopts(T, [{protection, public}, {heir, self(), data}]),
            ets:info(T, heir) =:= self(), ets:setopts(T, [{heir, none}]), ets:info(T, heir), ets:setopts(T, [])],
    Bad = [attempt(fun() -> ets:setopts(T, O) end) || O <- [foo, {foo, bar}, [{heir, none}, {heir, none}], {heir, foo}, {heir, foo, bar},
                                                           [{protection, foo}], [{protection, public}, {protection, private}], [a | b],
                                                           {protection}, [{protection, public} | x]]],
    {Good, Bad}.

%% ---- errors ----

errors() ->
    T = ets:new(t, [{keypos, 2}]),
    B = ets:new(b, [bag]),
    O = ets:new(o, [ordered_set]),
    ets:insert(T, {1, a, 3}), ets:insert(B, {a, 1}), ets:insert(O, {a, 1}),
    Gone = ets:new(g, []), ets:delete(Gone),
    Funs = [fun() -> ets:new(1, []) end, fun() -> ets:new(a, foo) end, fun() -> ets:new(a, [foo]) end, fun() -> ets:new(a, [set | x]) end,
            fun() -> ets:new(a, [{keypos, 0}]) end, fun() -> ets:new(a, [{keypos, a}]) end, fun() -> ets:new(a, [{heir, foo, bar}]) end,
            fun() -> ets:new(a, [{heir, self()}]) end, fun() -> ets:new(a, [{read_concurrency, 1}]) end,
            fun() -> ets:new(a, [{write_concurrency, 1}]) end, fun() -> ets:new(a, [{}]) end, fun() -> ets:new(a, [{a, b, c}]) end,
            fun() -> ets:new(a, [ordered_set, {write_concurrency, {debug_hash_fixed_number_of_locks, 4}}]) end,
            fun() -> ets:insert(T, {a}) end, fun() -> ets:insert(T, a) end, fun() -> ets:insert(T, [{a, b}, c]) end,
            fun() -> ets:insert(T, [{a, b} | c]) end, fun() -> ets:insert(T, [{a, b}, {c}]) end, fun() -> ets:insert(T, []) end,
            fun() -> ets:insert(Gone, {a, b}) end, fun() -> ets:insert(foo, {a, b}) end, fun() -> ets:insert(make_ref(), {a, b}) end,
            fun() -> ets:insert(1, {a, b}) end, fun() -> ets:insert(Gone, []) end, fun() -> ets:insert_new(T, a) end,
            fun() -> ets:insert_new(T, [{a, b} | c]) end, fun() -> ets:insert_new(T, []) end, fun() -> ets:lookup(foo, a) end,
            fun() -> ets:lookup_element(T, a, 0) end, fun() -> ets:lookup_element(T, a, 4) end, fun() -> ets:lookup_element(T, b, 1) end,
            fun() -> ets:lookup_element(T, b, 0, x) end, fun() -> ets:lookup_element(T, b, 1, x) end, fun() -> ets:lookup_element(T, a, a) end,
            fun() -> ets:next(T, z) end, fun() -> ets:prev(T, z) end, fun() -> ets:next(O, z) end, fun() -> ets:next_lookup(T, z) end,
            fun() -> ets:slot(T, -1) end, fun() -> ets:slot(T, a) end, fun() -> ets:slot(T, 1000000) end, fun() -> ets:slot(O, 2) end,
            fun() -> ets:slot(O, 1) end, fun() -> ets:slot(O, 0) end, fun() -> ets:delete_object(T, a) end, fun() -> ets:delete_object(T, {a}) end,
            fun() -> ets:update_element(T, a, {2, x}) end, fun() -> ets:update_element(T, a, {4, x}) end, fun() -> ets:update_element(T, a, {0, x}) end,
            fun() -> ets:update_element(T, a, [{1, x}, {2, y}]) end, fun() -> ets:update_element(T, a, foo) end,
            fun() -> ets:update_element(T, a, []) end, fun() -> ets:update_element(T, z, {1, x}) end, fun() -> ets:update_element(B, a, {2, x}) end,
            fun() -> ets:update_element(T, a, [{1, x} | y]) end, fun() -> ets:update_element(T, a, {1, x}, foo) end,
            fun() -> ets:update_counter(T, a, 1) end, fun() -> ets:update_counter(T, z, 1) end, fun() -> ets:update_counter(T, a, {2, 1}) end,
            fun() -> ets:update_counter(T, a, {4, 1}) end, fun() -> ets:update_counter(T, a, {3, a}) end, fun() -> ets:update_counter(B, a, 1) end,
            fun() -> ets:update_counter(T, a, {3, 1, 2}) end, fun() -> ets:update_counter(T, a, 1.0) end, fun() -> ets:update_counter(T, a, [{3, 1}, {1, x}]) end,
            fun() -> ets:update_counter(O, a, 1, foo) end, fun() -> ets:update_counter(O, z, 1, {x}) end, fun() -> ets:update_counter(O, z, 1, {x, y}) end,
            fun() -> ets:safe_fixtable(T, foo) end, fun() -> ets:select(T, foo) end, fun() -> ets:select(T, [foo]) end,
            fun() -> ets:select(T, [{'_', [], []}]) end, fun() -> ets:select(T, [{'_', [], ['$1']}]) end, fun() -> ets:select(T, []) end,
            fun() -> ets:select(O, []) end, fun() -> ets:select(T, [{'_', [], ['$_']} | x]) end, fun() -> ets:select(T, [{'_', [], ['$_']}], 0) end,
            fun() -> ets:select(T, [{'_', [], ['$_']}], a) end, fun() -> ets:select(T, [{#{'$1' => a}, [], ['$_']}]) end,
            fun() -> ets:select(foo) end, fun() -> ets:select({T, 1}) end, fun() -> ets:select({T, 1, 1, make_ref(), [], 0}) end,
            fun() -> ets:select({foo}) end, fun() -> ets:select({}) end, fun() -> ets:select('$end_of_table') end,
            fun() -> ets:match(T, '_', 0) end, fun() -> ets:match_object(foo, '_') end, fun() -> ets:match_object(T, {'_', '_', '_'}, 5) end,
            fun() -> ets:select_replace(B, [{{'$1', '$2'}, [], [{{'$1', 1}}]}]) end,
            fun() -> ets:select_replace(O, [{{'$1', '$2'}, [], [{{'$2', 1}}]}]) end, fun() -> ets:select_replace(O, [{{'$1', '$2'}, [], [{{'$1', 1}}]}]) end,
            fun() -> ets:select_replace(O, [{'_', [], ['$_']}]) end, fun() -> ets:select_replace(O, [{'$1', [], [{const, {a, 2}}]}]) end,
            fun() -> ets:select_replace(O, [{{a, '_'}, [], [{const, {a, 2}}]}]) end, fun() -> ets:select_replace(O, [{{{'$1', a}, '_'}, [], [{{{{'$1', a}}, 2}}]}]) end,
            fun() -> ets:match_spec_compile([]) end, fun() -> ets:match_spec_compile(foo) end, fun() -> ets:match_spec_run([a], foo) end,
            fun() -> ets:match_spec_run(foo, ets:match_spec_compile([{'_', [], [a]}])) end,
            fun() -> ets:match_spec_run([a | b], ets:match_spec_compile([{'_', [], [a]}])) end, fun() -> ets:is_compiled_ms(foo) end,
            fun() -> ets:is_compiled_ms(ets:match_spec_compile([{'_', [], [a]}])) end, fun() -> ets:info(1) end, fun() -> ets:info(make_ref()) end,
            fun() -> ets:info(foo) end, fun() -> ets:info(T, foo) end, fun() -> ets:delete(Gone) end, fun() -> ets:delete(make_ref()) end,
            fun() -> erlang:match_spec_test({a}, [{'_', [], ['$_']}], foo) end, fun() -> ets:take(Gone, a) end, fun() -> ets:delete_all_objects(Gone) end,
            fun() -> ets:rename(Gone, a) end, fun() -> ets:first(Gone) end, fun() -> ets:last(T) end, fun() -> ets:tab2list(Gone) end],
    [case attempt(F) of R when is_reference(R) -> reference; R -> R end || F <- Funs].

%% ---- atomicity and order ----

atomic_lists() ->
    T = ets:new(t, []),
    ets:insert(T, {b, 0}),
    R = [attempt(fun() -> ets:insert(T, [{a, 1}, oops]) end), ets:tab2list(T), ets:insert_new(T, [{a, 1}, {b, 2}]), ets:tab2list(T),
         ets:insert_new(T, [{c, 1}, {c, 2}]), ets:lookup(T, c)],
    D = ets:new(d, [duplicate_bag]),
    {R, ets:insert_new(D, [{c, 1}, {c, 1}, {c, 2}]), ets:lookup(D, c), ets:insert_new(D, {c, 3}), ets:insert(D, {c, 1}), ets:lookup(D, c),
     ets:delete_object(D, {c, 1}), ets:lookup(D, c)}.

key_equality() ->
    S = ets:new(s, [set]), O = ets:new(o, [ordered_set]), B = ets:new(b, [bag]),
    [[ets:insert(T, X) || X <- [{1, a}, {1.0, b}, {0.0, c}, {-0.0, d}, {0, e}, {{1, 2.0}, f}, {{1.0, 2}, g}, {1 bsl 70, h}, {float(1 bsl 70), i}]] || T <- [S, O, B]],
    {lists:sort(fun({A, X}, {C, Y}) -> {A, X} =< {C, Y} end, ets:tab2list(S)), ets:tab2list(O), ets:lookup(O, 1), ets:lookup(O, 1.0),
     ets:lookup(S, 1), ets:lookup(S, 1.0), ets:lookup(S, -0.0), ets:match(O, {1, '$1'}), ets:match(O, {1.0, '$1'}), ets:delete_object(O, {1, b}),
     ets:lookup(O, 1), ets:member(O, 1 bsl 70), ets:lookup_element(O, float(1 bsl 70), 1), ets:update_element(O, 1, {2, z}), ets:lookup(O, 1),
     ets:info(O, size), ets:next(O, 0.5), ets:next(O, 1), ets:prev(O, 1), ets:select(O, [{{{1, '_'}, '$1'}, [], ['$1']}]),
     ets:select(O, [{{{1.0, '_'}, '$1'}, [], ['$1']}])}.

counters() ->
    T = ets:new(t, []),
    ets:insert(T, {c, 0, 10, 1 bsl 29, 1 bsl 64}),
    R = [ets:update_counter(T, c, X) || X <- [1, -5, {3, 5}, {4, 1 bsl 29}, {4, 1 bsl 40}, {5, -(1 bsl 64)}, {5, 1 bsl 70}, {2, 3, 0, 7}, {2, -100, -50, 1 bsl 60},
                                              {2, 0, 5, 3}, [{2, 1}, {2, 1}, {3, -1}], [], [{2, 1, 0, 1 bsl 70}, {2, 0}], {2, -(1 bsl 70)}, {3, 1 bsl 80, 5, 1}]],
    {R, ets:lookup(T, c), ets:update_counter(T, n, {2, 5}, {x, 1, 2}), ets:update_counter(T, n, {2, 5}, {x, 1, 2}), ets:lookup(T, n),
     attempt(fun() -> ets:update_counter(T, q, {4, 5}, {x, 1, 2}) end), ets:member(T, q)}.

%% At the ends of what fits into a word, at and past thresholds, in all kinds of tables that count, and next to what is no small integer.
counters_in_place() ->
    [begin
         T = ets:new(t, [Type, {keypos, 2}]),
         Max = (1 bsl 29) - 1,
         Min = -(1 bsl 29),
         ets:insert(T, [{0, 1, Max, Min}, {x, 2, 1.0, 5}]),
         R = [attempt(fun() -> ets:update_counter(T, Key, Change) end)
              || {Key, Change} <- [{1, 0}, {1, {4, 0}}, {1, 1}, {1, -1}, {1, {4, -1}}, {1, {4, 1}}, {1, {1, 7, 7, 0}}, {1, {1, 1, 7, 0}}, {1, {1, -1, 0, 9}},
                                   {1, {1, -1, -1, 9}}, {1, {1, -20, -1, 9}}, {1, {1, 0, 5, 3}}, {1, {1, 0, -5, 3}}, {1, {2, 1}}, {1, {5, 1}}, {1, {0, 1}},
                                   {1, {-1, 1}}, {1, {1, 1, 2}}, {1, {1, 1, x, 2}}, {1, {1, 1, 2, x}}, {1, {1, 1, 1 bsl 70, 2}}, {1, {1, 1, 2, 1 bsl 70}},
                                   {1, 1}, {2, 1}, {2, {1, 1}}, {2, {3, 1}}, {2, {4, x}}, {2, {4.0, 1}}, {2, {4, 1}}, {3, {4, 1}}, {1.0, {4, 1}}, {2.0, {4, 1}}]],
         S = [attempt(fun() -> ets:update_element(T, Key, Change) end)
              || {Key, Change} <- [{2, {1, y}}, {2, {3, z}}, {2, {3, []}}, {2, {2, y}}, {2, {5, y}}, {2, {0, y}}, {2, {1}}, {2, {1, y, z}}, {2, {x, y}},
                                   {2, {1, "list"}}, {2, {1, u}}, {3, {1, u}}]],
         ets:safe_fixtable(T, true),
         ets:delete(T, 2),
         Gone = [attempt(fun() -> ets:update_counter(T, 2, {4, 1}) end), ets:update_element(T, 2, {4, 1}), ets:update_counter(T, 2, {4, 1}, {d, 2, 0, 40})],
         {R, S, Gone, lists:sort(ets:tab2list(T)), ets:info(T, memory) > 0}
     end || Type <- [set, ordered_set]].

elements() ->
    T = ets:new(t, []),
    ets:insert(T, {k, "text", <<"binary">>, 1.5}),
    R = [ets:update_element(T, k, {2, {new, [1, 2]}}), ets:lookup(T, k), ets:update_element(T, k, [{3, a}, {4, b}, {3, c}]), ets:lookup(T, k),
         ets:update_element(T, n, {2, x}, {default, y, z}), ets:lookup(T, n), ets:update_element(T, m, [], {a, b}), ets:lookup(T, m)],
    {R, ets:update_element(T, k, {2, 7}), ets:lookup_element(T, k, 2)}.

%% ---- fixing ----

deleted_while_fixed() ->
    T = ets:new(t, [bag]),
    [ets:insert(T, {K, V}) || K <- lists:seq(1, 20), V <- [a, b]],
    ets:safe_fixtable(T, true),
    K1 = ets:first(T),
    ets:delete(T, K1),
    Gone = {ets:lookup(T, K1), ets:member(T, K1), ets:info(T, size), length(ets:tab2list(T)), length(ets:match(T, {K1, '$1'}))},
    Next = ets:next(T, K1),
    ets:insert(T, {K1, c}),
    [{K1, C}] = ets:lookup(T, K1),
    Back = {C, ets:info(T, size)},
    ets:delete_object(T, {Next, a}),
    ets:delete_object(T, {Next, b}),
    Still = is_integer(ets:next(T, Next)),
    ets:delete_all_objects(T),
    Empty = {ets:info(T, size), ets:first(T), attempt(fun() -> ets:next(T, Next) end)},
    ets:safe_fixtable(T, false),
    {Gone, Back, Still, Empty, attempt(fun() -> ets:next(T, Next) end), ets:insert(T, {1, 2}), ets:tab2list(T)}.

fixer_dies() ->
    T = ets:new(t, [public]),
    [ets:insert(T, {N}) || N <- lists:seq(1, 10)],
    in_process(fun() -> ets:safe_fixtable(T, true), ets:safe_fixtable(T, true) end),
    {ets:info(T, fixed), ets:info(T, safe_fixed)}.

large() ->
    [begin
         T = ets:new(t, [Kind]),
         [ets:insert(T, {N * 7919 rem 20011, N}) || N <- lists:seq(1, 20000)],
         S1 = ets:info(T, size),
         Sum = ets:foldl(fun({K, V}, A) -> A + K * V end, 0, T),
         [ets:delete(T, N) || N <- lists:seq(1, 15000)],
         S2 = ets:info(T, size),
         Rest = lists:sum([K || {K, _} <- ets:tab2list(T)]),
         N = ets:select_delete(T, [{{'$1', '_'}, [{'>', '$1', 18000}], [true]}]),
         C = ets:select_count(T, [{{'_', '$1'}, [{'=:=', {'rem', '$1', 2}, 0}], [true]}]),
         {Kind, S1, Sum, S2, Rest, N, C, length(ets:tab2list(T)), ets:select_delete(T, [{'_', [], [true]}]), ets:info(T, size), ets:tab2list(T)}
     end || Kind <- [set, ordered_set, bag, duplicate_bag]].

ordered_walk() ->
    T = ets:new(t, [ordered_set]),
    [ets:insert(T, {N * 7919 rem 2003}) || N <- lists:seq(1, 2000)],
    Up = walk(fun ets:next/2, T, ets:first(T)),
    Down = walk(fun ets:prev/2, T, ets:last(T)),
    {Up =:= lists:seq(1, 2002) -- [K || K <- lists:seq(1, 2002), not ets:member(T, K)], Down =:= lists:reverse(Up), length(Up), ets:slot(T, 77),
     ets:select_reverse(T, [{{'$1'}, [{'<', '$1', 10}], ['$1']}]), ets:select(T, [{{'$1'}, [{'<', '$1', 10}], ['$1']}])}.

walk(_, _, '$end_of_table') -> [];
walk(Step, T, K) -> [K | walk(Step, T, Step(T, K))].

%% ---- continuations, compiled specifications ----

continuations() ->
    [begin
         T = ets:new(t, [Kind]),
         [ets:insert(T, {N, N}) || N <- lists:seq(1, 50)],
         Ms = ets:fun2ms(fun({K, V}) when K rem 2 =:= 0 -> {V, K} end),
         {R1, C1} = ets:select(T, Ms, 10),
         {R2, C2} = ets:select(C1),
         {Again, _} = ets:select(C1),
         Broken = setelement(case Kind of ordered_set -> 5; _ -> 4 end, C2, make_ref()),
         Unrepaired = element(1, attempt(fun() -> ets:select(Broken) end)),
         {R3, C3} = ets:select(ets:repair_continuation(Broken, Ms)),
         Same = ets:repair_continuation(C3, Ms) =:= C3,
         In = in_process(fun() -> {length(element(1, ets:select(C3)))} end),
         {Kind, lists:sort(R1 ++ R2 ++ R3) =:= lists:sort(lists:usort(R1 ++ R2 ++ R3)), Again =:= R2, Unrepaired, Same, In, length(R3), tuple_size(C1)}
     end || Kind <- [set, ordered_set, bag]].

compiled() ->
    Ms = ets:match_spec_compile(ets:fun2ms(fun({A, B}) when is_integer(A), A > 1 orelse B =:= x -> {{A, B}, [A | B], <<"large binary ", 0:800>>} end)),
    Copy = in_process(fun() -> ets:match_spec_run([{5, 5}], Ms) end),
    {ets:is_compiled_ms(Ms), ets:match_spec_run([{1, 2}, {2, 3}, {1, x}, z], Ms), Copy}.

results_are_copies() ->
    T = ets:new(t, []),
    Big = binary:copy(<<"abcdefgh">>, 50),
    ets:insert(T, {k, Big, [Big, {Big}], #{Big => Big}, fun() -> Big end, self(), make_ref(), 1 bsl 100, "list"}),
    [{k, B1, L, M, F, _, _, N, S}] = ets:lookup(T, k),
    E = ets:lookup_element(T, k, 3),
    Sel = ets:select(T, [{{'_', '$1', '$2', '_', '_', '_', '_', '_', '_'}, [], [{{'$1', '$2', '$$', {const, {Big, 1}}}}]}]),
    ets:delete(T),
    erlang:garbage_collect(),
    {B1 =:= Big, L, M, F() =:= Big, N, S, E, Sel}.

binary_info() ->
    T = ets:new(t, []),
    ets:insert(T, {k, binary:copy(<<"abcdefgh">>, 50), <<"small">>}),
    ets:insert(T, {l, small}),
    [{is_integer(A), S, is_integer(R)} || {A, S, R} <- ets:info(T, binary)].

%% ---- functions of the module ets that are Erlang ----

library() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N, N * N} || N <- lists:seq(1, 20)]),
    {ets:foldr(fun({_, V}, A) -> [V | A] end, [], T), ets:match_delete(T, {3, '_'}), ets:tab2list(T), ets:select_delete(T, [{{'$1', '_'}, [{'<', '$1', 5}], [true]}]),
     ets:test_ms({1, 2}, [{{'$1', '$2'}, [{'<', '$1', '$2'}], [{{'$2', '$1'}}]}]), ets:test_ms({1, 2}, [{{'$1', '$1'}, [], [x]}]),
     ets:test_ms({1, 2}, [{{'$1', '$2'}, [{foo}], ['$3']}]), ets:delete_all_objects(T), ets:tab2list(T)}.

%% ---- keys that tables do not have ----

end_as_key() ->
    [begin
         T = ets:new(t, [Type]),
         ets:insert(T, [{a, 1}, {1, 2}, {"z", 3}]),
         [attempt(fun() -> ets:F(T, '$end_of_table') end) || F <- [next, prev, next_lookup, prev_lookup, lookup, member]]
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

%% ---- a replacement whose key is that of the whole object ----

replaced_by_element() ->
    [begin
         T = ets:new(t, [Type, {keypos, Pos}]),
         ets:insert(T, [{N, N, x} || N <- lists:seq(1, 5)]),
         Results = [attempt(fun() -> ets:select_replace(T, [{{'$1', '$2', '$3'}, [{'<', '$1', 3}], [Body]}]) end) ||
                       Body <- [{{{element, 1, '$_'}, '$2', new}}, {{'$1', {element, 2, '$_'}, new}}, {{{element, 2, '$_'}, '$2', new}},
                                {const, {{element, Pos, '$_'}, 1, 1}}, {{{element, 1, '$_', x}, '$2', new}}, {{{element, Pos, '$1'}, '$2', '$3'}},
                                {{{element, Pos, '$_'}, {element, Pos, '$_'}, [a]}}]],
         {Results, lists:sort(ets:tab2list(T))}
     end || Type <- [set, ordered_set, duplicate_bag], Pos <- [1, 2]].

%% ---- much to delete ----

much_deleted() ->
    [begin
         T = ets:new(t, [Type, public | Options]),
         ets:insert(T, [{N, <<N:800>>, "text"} || N <- lists:seq(1, 20000)]),
         ets:insert(T, [{N, x} || N <- lists:seq(1, 20000, 2)]),
         Before = ets:info(T, size),
         Reader = spawn_monitor(fun() -> exit(sizes(T, ets:info(T, size), [])) end),
         erlang:yield(),
         true = ets:delete_all_objects(T),
         After = ets:info(T, size),
         {Pid, Ref} = Reader, Pid ! stop,
         Seen = receive {'DOWN', Ref, process, Pid, Sizes} -> lists:usort(Sizes) -- [Before, 0] end,
         ets:insert(T, {1, 2}),
         One = ets:tab2list(T),
         ets:insert(T, [{N, <<N:800>>, "text"} || N <- lists:seq(1, 20000)]),
         {Before, After, Seen, One, ets:delete(T), attempt(fun() -> ets:lookup(T, 1) end)}
     end || Type <- [set, ordered_set, bag], Options <- [[], [named_table]]].

sizes(T, Size, Sizes) ->
    receive stop -> [Size | Sizes]
    after 0 -> erlang:yield(), sizes(T, ets:info(T, size), [Size | Sizes])
    end.

%% Who deletes is killed in the middle: nothing of the table is left.
killed_while_deleting() ->
    Self = self(),
    [begin
         {Pid, Ref} = spawn_monitor(fun() ->
             T = ets:new(named_victim, [Type, named_table]),
             ets:insert(T, [{N, <<N:800>>} || N <- lists:seq(1, 20000)]),
             Self ! {go, self()},
             if All -> ets:delete_all_objects(T); true -> ets:delete(T) end,
             receive never -> ok end
         end),
         receive {go, Pid} -> ok end,
         [erlang:yield() || _ <- lists:seq(1, Yields)],
         exit(Pid, kill),
         receive {'DOWN', Ref, process, Pid, Why} -> {Why, ets:info(named_victim)} end
     end || Type <- [set, ordered_set], All <- [true, false], Yields <- [0, 1, 3]].

nested_too_deep() ->
    Deep = lists:foldl(fun(N, E) -> {'or', {'=:=', N, '$1'}, E} end, true, lists:seq(1, 6000)),
    {error, [{error, Fault} | _]} = erlang:match_spec_test([1], [{['$1'], [Deep], []}], trace),
    {lists:sublist(Fault, 47), attempt(fun() -> ets:match_spec_compile([{{'$1'}, [Deep], ['$_']}]) end),
     attempt(fun() -> erlang:trace_pattern({?MODULE, '_', '_'}, [{['$1'], [Deep], []}], []) end)}.

%% What is deleted while a table is fixed keeps its place, and so its binaries, until it is not.
kept_binaries() ->
    Big = list_to_binary(lists:seq(1, 100)),
    Sizes = fun(T) -> [S || {_, S, _} <- ets:info(T, binary)] end,
    [begin
         T = ets:new(t, [Type]),
         ets:insert(T, [{1, Big}, {2, Big}, {3, small}]),
         ets:safe_fixtable(T, true),
         Before = Sizes(T),
         ets:delete(T, 1),
         Kept = Sizes(T),
         ets:match_delete(T, {2, '_'}),
         AllKept = Sizes(T),
         ets:safe_fixtable(T, false),
         {Type, Before, Kept, AllKept, Sizes(T), ets:tab2list(T)}
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

%% Whoever deletes a table with many such objects makes way for others meanwhile.
long_deletion_of_fixed() ->
    T = ets:new(t, []),
    L = lists:seq(1, 100000),
    ets:insert(T, [{N} || N <- L]),
    ets:safe_fixtable(T, true),
    [ets:delete(T, N) || N <- L],
    Self = self(),
    Counter = spawn_link(fun() -> count_turns(Self, 0) end),
    erlang:trace(Self, true, [running, {tracer, Counter}]),
    ets:delete(T),
    erlang:trace(Self, false, [running]),
    Ref = erlang:trace_delivered(Self),
    receive {trace_delivered, Self, Ref} -> Counter ! stop end,
    receive {turns, N} -> N > 1 end.

count_turns(To, N) ->
    receive
        {trace, _, out, _} -> count_turns(To, N + 1);
        {trace, _, _, _} -> count_turns(To, N);
        stop -> To ! {turns, N}
    end.
