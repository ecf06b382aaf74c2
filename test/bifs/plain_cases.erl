%% Cases for BIFs that need a virtual machine, run here and by native OTP: what comes of each must be the same.
-module(plain_cases).
-compile([export_all, nowarn_export_all]).
-attributes([a, {b, c}]).

catching(Fun) ->
    try Fun() catch Class:Reason:Stack -> {Class, Reason, hd(Stack)} end.

%% Funs and modules.

closure_info() ->
    X = [x],
    Y = {y, 1},
    F = fun(A) -> {A, X, Y} end,
    [erlang:fun_info(F, I) || I <- [type, module, arity, name, env, index, new_index, uniq, new_uniq]].
closure_mfa() ->
    N = 3,
    {erlang:fun_info_mfa(fun(_, _) -> N end), erlang:fun_info_mfa(fun ?MODULE:closure_mfa/0)}.
closure_text() ->
    N = 3,
    {erlang:fun_to_list(fun(_) -> N end), erlang:fun_to_list(fun ?MODULE:closure_mfa/0)}.
closure_external() ->
    N = 3,
    F = fun(A) -> A + N end,
    {(binary_to_term(term_to_binary(F)))(4), binary_to_term(term_to_binary(F), [safe]) =:= F}.
made_fun() ->
    F = erlang:make_fun(?MODULE, catching, 1),
    {F(fun() -> 1 end), erlang:fun_info(F, env), F =:= fun ?MODULE:catching/1}.
exported() ->
    [erlang:function_exported(M, F, A) ||
        {M, F, A} <- [{?MODULE, exported, 0}, {?MODULE, exported, 1}, {erlang, apply, 2}, {erlang, apply, 3},
                      {erlang, self, 0}, {no_module, a, 0}, {lists, member, 2}, {lists, member, -1}]].
builtin() ->
    [erlang:is_builtin(M, F, A) ||
        {M, F, A} <- [{?MODULE, exported, 0}, {erlang, apply, 2}, {erlang, yield, 0}, {erlang, self, 0},
                      {lists, member, 2}, {lists, member, 3}, {maps, get, 2}, {binary, match, 2}]].
loaded_modules() ->
    {erlang:module_loaded(?MODULE), erlang:module_loaded(no_module), lists:member(?MODULE, erlang:loaded())}.
module_information() ->
    [erlang:get_module_info(?MODULE, module), erlang:get_module_info(?MODULE, attributes),
     erlang:get_module_info(?MODULE, md5), lists:member({builtin, 0}, erlang:get_module_info(?MODULE, exports)),
     lists:member({catching, 1}, erlang:get_module_info(?MODULE, functions)),
     length(erlang:get_module_info(?MODULE, exports)) =:= length(?MODULE:module_info(exports)),
     [Key || {Key, _} <- ?MODULE:module_info()],
     ?MODULE:module_info(md5) =:= proplists_md5(?MODULE:module_info())].
proplists_md5([{md5, Md5} | _]) -> Md5;
proplists_md5([_ | Rest]) -> proplists_md5(Rest).
module_errors() ->
    [catching(fun() -> erlang:get_module_info(no_module, md5) end),
     catching(fun() -> erlang:get_module_info(?MODULE, foo) end),
     catching(fun() -> erlang:module_loaded(1) end)].

%% Searching with compiled patterns.

compiled() ->
    One = binary:compile_pattern(<<"b">>),
    Two = binary:compile_pattern([<<"ab">>, <<"b">>]),
    {element(1, One), element(1, Two), binary:match(<<"xabc">>, One), binary:match(<<"xabc">>, Two),
     binary:split(<<"1b2ab3">>, Two, [global]), binary:matches(<<"bbab">>, One)}.
compiled_sent() ->
    Pattern = binary:compile_pattern([<<"ab">>, <<"b">>]),
    self() ! Pattern,
    receive Received -> binary:matches(<<"abbab">>, Received) end.
compiled_wrong() ->
    {_, Ref} = binary:compile_pattern(<<"b">>),
    [catching(fun() -> binary:match(<<"b">>, {ac, Ref}) end), catching(fun() -> binary:match(<<"b">>, {bm, 1}) end)]
        =/= [].

%% Exceptions of BIFs with a cause.

causes() ->
    [catching(fun() -> binary_to_term(<<131, 97, 1>>, [foo]) end),
     catching(fun() -> erlang:decode_packet(foo, <<>>, []) end),
     catching(fun() -> maps:get(a, b) end),
     catching(fun() -> maps:get(a, #{}) end),
     catching(fun() -> binary:at(<<1>>, 1) end),
     catching(fun() -> lists:keyfind(a, 0, []) end),
     catching(fun() -> unicode:characters_to_list([a], utf8) end),
     catching(fun() -> atom_to_binary(1, utf8) end),
     catching(fun() -> [a | b] -- [] end)].

%% Unique integers, references, times.

unique() ->
    L = [erlang:unique_integer() || _ <- lists:seq(1, 1000)],
    P = [erlang:unique_integer([positive]) || _ <- lists:seq(1, 1000)],
    M = [erlang:unique_integer([monotonic]) || _ <- lists:seq(1, 1000)],
    {length(lists:usort(L)), length(lists:usort(P)), lists:all(fun(N) -> N > 0 end, P), M =:= lists:sort(M)}.
unique_errors() ->
    [catching(fun() -> erlang:unique_integer(X) end) || X <- [a, [a], [positive | monotonic]]].
ref_text() ->
    R = make_ref(),
    {list_to_ref(ref_to_list(R)) =:= R, list_to_pid(pid_to_list(self())) =:= self()}.
times() ->
    A = erlang:monotonic_time(),
    B = erlang:monotonic_time(),
    Units = [second, millisecond, microsecond, nanosecond, native, perf_counter, seconds, milli_seconds, micro_seconds,
             nano_seconds, 1, 1000, 7],
    {A =< B, is_integer(A), [is_integer(erlang:monotonic_time(U)) || U <- Units],
     [is_integer(erlang:system_time(U)) || U <- Units], [is_integer(erlang:time_offset(U)) || U <- Units],
     [is_integer(os:system_time(U)) || U <- Units],
     abs(erlang:system_time(second) - os:system_time(second)) < 60,
     abs(erlang:monotonic_time() + erlang:time_offset() - erlang:system_time()) < 60000000000}.
time_errors() ->
    [catching(fun() -> erlang:monotonic_time(U) end) || U <- [a, 0, -1, 1.0]].
timestamps() ->
    {M, S, U} = erlang:timestamp(),
    T = (M * 1000000 + S) * 1000000 + U,
    {M1, S1, U1} = os:timestamp(),
    N = [erlang:now() || _ <- lists:seq(1, 100)],
    {abs(T - erlang:system_time(microsecond)) < 60000000, abs(T - (M1 * 1000000 + S1) * 1000000 - U1) < 60000000,
     N =:= lists:usort(N)}.
dates() ->
    {{Y, _, _}, {_, _, _}} = erlang:universaltime(),
    {Y, _, _} = erlang:date(),
    {_, _, _} = erlang:time(),
    abs(erlang:universaltime_to_posixtime(erlang:universaltime()) - erlang:system_time(second)) < 60.

%% What the system is.

operating_system() ->
    {erlang:system_info(os_type), erlang:system_info(os_version)}.

system() ->
    [erlang:system_info(I) ||
        I <- [otp_release, version, nif_version, driver_version, machine, compat_rel, time_correction,
              min_heap_size, fullsweep_after, min_bin_vheap_size,
              garbage_collection, max_heap_size, message_queue_data, threads, smp_support, break_ignored, build_type,
              heap_type, atom_limit, ets_limit, process_limit, port_limit, endian, max_integer, creation, dist_ctrl,
              sequential_tracer, debug_compiled, port_parallelism, dist_buf_busy_limit, context_reductions,
              modified_timing_level, trace_control_word, dynamic_trace, halt_flush_timeout, scheduler_bind_type,
              outstanding_system_requests_limit, multi_scheduling_blockers]].
system_errors() ->
    [catching(fun() -> erlang:system_info(I) end) || I <- [foo, {wordsize, foo}, 1, {a, b, c}]].
word_sizes() ->
    {erlang:system_info({wordsize, internal}) =:= erlang:system_info(wordsize),
     erlang:system_info({wordsize, external}) =:= erlang:system_info(wordsize)}.
node_names() ->
    {node(), node(self()), node(make_ref()), nodes(), catching(fun() -> node(a) end)}.
node_guard() ->
    [if node(X) =:= node() -> yes; true -> no end || X <- [self(), make_ref(), a]].

%% Guards.

parts() ->
    [if binary_part(B, P, L) =:= <<"b">> -> yes; true -> no end ||
        B <- [<<"abc">>, <<"b">>, a], P <- [0, 1, 5], L <- [1, -1]].

%% Large and deep data.

subtract_large() ->
    L = lists:seq(1, 100000),
    T = [{N} || N <- L],
    {length(L -- lists:seq(2, 100000, 2)), length(T -- lists:reverse(T)), L -- [0] =:= L}.
deep_iolist() ->
    L = lists:foldl(fun(N, A) -> [A | <<N>>] end, [], lists:seq(1, 200000)),
    {iolist_size(L), erlang:crc32(L), erlang:md5(iolist_to_binary(L)) =:= erlang:md5(L)}.
%% Sums take many bytes in one step, and short binaries where they lie.
sums_of_lengths() ->
    All = << <<(N * N rem 251)>> || N <- lists:seq(1, 300) >>,
    Parts = [binary:part(All, From, Length) || From <- [0, 1, 3, 7], Length <- lists:seq(0, 80) ++ [255, 256, 290]],
    Unaligned = [begin <<_:3, B:Length/binary, _/bits>> = All, B end || Length <- [1, 15, 16, 17, 64, 65, 299]],
    [{erlang:crc32(B), erlang:crc32(16#89abcdef, B), erlang:adler32(B), erlang:md5(B)} || B <- Parts ++ Unaligned].
sums_of_long_binaries() ->
    B = binary:copy(list_to_binary(lists:seq(0, 255)), 4096),
    [{erlang:crc32(P), erlang:adler32(7, P), erlang:md5(P)} ||
        Size <- [65535, 65536, 65537, 524288, 524289, 1048573], P <- [binary:part(B, 3, Size)]].
deep_characters() ->
    L = lists:foldl(fun(N, A) -> [A, N rem 1000] end, [], lists:seq(1, 200000)),
    B = unicode:characters_to_binary(L),
    {byte_size(B), erlang:phash2(B), length(unicode:characters_to_list(L))}.
many_matches() ->
    B = binary:copy(<<"ab,">>, 30000),
    {length(binary:matches(B, <<",">>)), length(binary:split(B, <<",">>, [global])),
     length(binary:matches(B, [<<"a">>, <<"b,">>])), length(binary:split(B, [<<"a">>, <<"b,">>], [global, trim_all]))}.
hopeless_match() ->
    B = binary:copy(<<"a">>, 200000),
    P = <<(binary:copy(<<"a">>, 10000))/binary, "b">>,
    {binary:match(B, P), binary:match(<<B/binary, "b">>, P)}.
large_map() ->
    M = maps:from_list([{N, N} || N <- lists:seq(1, 50000)]),
    {maps:size(M), lists:sum(maps:keys(M)), lists:sum(maps:values(M)), count(maps:next(maps:iterator(M)), 0),
     length(maps:to_list(M)), count(maps:next(maps:iterator(#{a => 1, b => 2}, ordered)), 0)}.
count(none, N) -> N;
count({_, _, I}, N) -> count(maps:next(I), N + 1).
other_encodings() ->
    {unicode:characters_to_binary(<<0, 97, 0, 98>>, utf16), unicode:characters_to_list(<<97, 0>>, {utf16, little}),
     catching_reason(fun() -> unicode:characters_to_binary(<<1>>, foo) end)}.
catching_reason(Fun) ->
    try Fun() catch Class:Reason -> {Class, Reason} end.

record_sizes() ->
    [try erlang:is_record(T, foo, Size) catch error:R -> R end ||
        T <- [{foo}, {foo, 1}, foo, []], Size <- [-1, 0, 1, 2, 1 bsl 40, -(1 bsl 40), (1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59),
                                                   1 bsl 70, -(1 bsl 70), a, 1.0]].

trap_switch() ->
    erts_debug:set_internal_state(available_internal_state, true),
    Answer = erts_debug:set_internal_state(ets_force_trap, true),
    erts_debug:set_internal_state(available_internal_state, false),
    Answer.

%% What allocators hold.

allocator_sizes() ->
    Sum = fun(Name) -> is_integer(lists:sum([Size || {instance, _, Parts} <- erlang:system_info({allocator_sizes, Name}),
                           {Kind, Rows} <- Parts, Kind =/= mbcs_pool, {blocks, Blocks} <- Rows, {_, Sizes} <- Blocks,
                           T <- Sizes, element(1, T) =:= size, Size <- [element(2, T)]]))
          end,
    [Sum(Name) || Name <- [ets_alloc, binary_alloc, eheap_alloc]].
allocator_names() ->
    [lists:usort([{catch is_integer(N), [Kind || {Kind, _} <- Parts, Kind =/= mbcs_pool]} ||
                     {instance, N, Parts} <- proplists:get_value(ets_alloc, erlang:system_info({allocator_sizes, Names}))]) ||
        Names <- [[ets_alloc], [std_alloc, ets_alloc]]].
allocator_errors() ->
    [element(1, catching(fun() -> erlang:system_info({Item, Names}) end)) =:= error ||
        Item <- [allocator, allocator_sizes], Names <- [no_alloc, "ets", [ets_alloc | std_alloc], [ets_alloc, ets_alloc], 1, {}]].
allocator_answers() ->
    Ref = make_ref(),
    [catching(fun() -> erlang:system_info({allocator_sizes, R, L}) end) || {R, L} <- [{a, [ets_alloc]}, {Ref, []}, {Ref, [none]}]].

shared_sizes() ->
    X = [a, b, shown(c)],
    T = [X, X, [X | shown(d)]],
    [erts_debug:size_shared(T), erts_debug:flat_size(T), erts_debug:size_shared([1 | "literal"]),
     erts_debug:size_shared(T) =:= erts_debug:size(T), erts_debug:size_shared(shown(atom))].

shared_copies() ->
    X = {shown(1), "one"},
    T = [X, X, {X, <<0:800>>, self()}],
    A = erts_debug:copy_shared(T),
    B = erts_debug:copy_shared(T, true),
    Same = fun([P, Q, {R, _, _}]) -> erts_debug:same(P, Q) andalso erts_debug:same(P, R) end,
    erlang:garbage_collect(),
    [A =:= T, B =:= T, Same(A), Same(B), erts_debug:same(hd(A), X),
     [erts_debug:same(element(2, hd(C)), element(2, X)) || C <- [A, B]],
     catching_reason(fun() -> erts_debug:copy_shared(T, sometimes) end)].

%% Of which kinds there are nodes, and whether all keys are found; how many is the hash's matter.
map_insides() ->
    M = maps:from_list([{N, N} || N <- lists:seq(1, 1000)]),
    [{depth, D}, {arrays, 1, []}, {collisions, 0, Buckets}, {bitmaps, Inner, Bitmaps}, {leafs, 1000, Leafs}] =
        erts_debug:map_info(M),
    {D > 2, D < 8, lists:sum(tuple_to_list(Bitmaps)) =:= Inner, lists:sum(tuple_to_list(Leafs)),
     Buckets, tuple_size(Bitmaps),
     [catching_reason(fun() -> erts_debug:map_info(T) end) || T <- [#{a => 1}, [], {}]]}.

internal_views() ->
    erts_debug:set_internal_state(available_internal_state, true),
    Bin = binary:copy(<<"x">>, shown(100)),
    <<_:10/binary, Part:50/binary, _/binary>> = Bin,
    Views = [erts_debug:get_internal_state({binary_info, B}) || B <- [<<"short">>, <<1:3>>]] ++
        [setelement(4, erts_debug:get_internal_state({binary_info, B}), flags) || B <- [Bin, Part]],
    Hashes = [erts_debug:get_internal_state({internal_hash, T}) =:= erts_debug:get_internal_state({internal_hash, T})
              || T <- [1, "x", 1.5]],
    Pid = spawn_link(fun() -> receive stop -> ok end end),
    {erl_link, process, Pid, linked, _} =
        lists:keyfind(Pid, 3, erts_debug:get_internal_state({link_list, self()})),
    unlink(Pid),
    None = lists:keyfind(Pid, 3, erts_debug:get_internal_state({link_list, self()})),
    Pid ! stop,
    Known = [lists:member(self(), erts_debug:get_internal_state(processes)),
             erts_debug:get_internal_state({atom, 4}), erts_debug:get_internal_state(force_heap_frags)],
    Bad = [catching_reason(fun() -> erts_debug:get_internal_state(W) end) || W <- [no_such, {no_such, 1}, {atom, -1}, 1]],
    erts_debug:set_internal_state(available_internal_state, false),
    {Views, Hashes, None, Known, Bad}.

reductions_of_bits() ->
    Large = <<0:(2000 * 1024)/unit:8>>,
    AtLeast = fun(N, Fun) ->
        receive after 1 -> ok end,
        {reductions, A} = process_info(self(), reductions),
        _ = Fun(),
        {reductions, B} = process_info(self(), reductions),
        B - A >= N
    end,
    [AtLeast(1990, fun() -> <<0, Large/binary>> end), AtLeast(990, fun() -> <<0, Large:(1000 * 1024)/binary>> end),
     AtLeast(1990, fun() -> <<Large/binary, 1>> end)].

%% What the compiler knows nothing about.
shown(Term) -> element(1, {Term, self()}).

%% The switches that OTP's own tests use.

internal_state() ->
    Closed = catching(fun() -> erts_debug:get_internal_state(next_pid) end),
    erts_debug:set_internal_state(available_internal_state, true),
    try {Closed, internal_copies(), internal_pids(), internal_errors()}
    after erts_debug:set_internal_state(available_internal_state, false)
    end.
internal_copies() ->
    Term = {"text", [1, 2], #{a => <<1:800>>}},
    Copy = erts_debug:set_internal_state(mbuf, Term),
    Bin = erts_debug:set_internal_state(binary, 61),
    Full = [erts_debug:set_internal_state(fill_heap, Major) || Major <- [false, true, other]],
    More = lists:seq(1, 100),
    {Copy, Bin, element(1, erts_debug:get_internal_state({binary_info, Bin})), Full, lists:sum(More), Term,
     Copy =:= Term, erlang:garbage_collect(), Copy =:= Term, Bin,
     length(erts_debug:set_internal_state(colliding_names, {plain, 5}))}.
%% What the BREAK menu tells, too: the lines that are the same in any system.
until_waiting(Pid) -> case process_info(Pid, status) of {status, waiting} -> ok; _ -> erlang:yield(), until_waiting(Pid) end.
system_texts() ->
    register(asks, self()), put(a, b),
    Pid = spawn(fun() -> register(waits, self()), receive stop -> ok end end),
    erlang:yield(), Pid ! m, Pid ! n, until_waiting(Pid),
    Of = fun(Item) -> binary:split(erlang:system_info(Item), <<"\n">>, [global]) end,
    Procs = binary:split(erlang:system_info(procs), [<<"=proc:">>, <<"=port:">>], [global]),
    Wanted = [<<"State">>, <<"Name">>, <<"Message queue length">>, <<"Dictionary">>],
    Lines = [[L || L <- binary:split(P, <<"\n">>, [global]), lists:member(hd(binary:split(L, <<":">>)), Wanted)]
             || N <- [<<"Name: asks\n">>, <<"Name: waits\n">>], P <- Procs, binary:match(P, N) =/= nomatch],
    Memory = [hd(binary:split(L, <<":">>)) || L <- lists:sublist(Of(info), 10)],
    Loaded = [hd(binary:split(L, <<": ">>)) || L <- lists:sublist(Of(loaded), 2)],
    Known = [M || M <- [<<"erlang">>, <<"lists">>, <<"plain_cases">>], L <- Of(loaded), hd(binary:split(L, <<" ">>)) =:= M],
    Pid ! stop, unregister(asks),
    {Lines, Memory, Loaded, Known, Of(dist)}.
held_collections() ->
    erts_debug:set_internal_state(available_internal_state, true),
    S = self(),
    Held = fun(Then) -> spawn_monitor(fun() ->
        A = erts_debug:set_internal_state(gc_state, false), B = erts_debug:set_internal_state(gc_state, false),
        L = lists:seq(1, shown(30000)), erlang:garbage_collect(), S ! {self(), A, B, lists:sum(L)},
        receive go -> Then() end, garbage_collect(), exit({lists:sum(L), erts_debug:set_internal_state(gc_state, true)})
    end) end,
    {P, M} = Held(fun() -> S ! erts_debug:set_internal_state(gc_state, true) end),
    {Q, N} = Held(fun() -> exit(ended) end),
    First = [receive {R, A, B, C} -> {A, B, C} end || R <- [P, Q]],
    [erts_internal:request_system_task(R, Prio, {garbage_collect, [Id, {x}], Kind}) || R <- [P, Q],
        {Prio, Id, Kind} <- [{normal, 1, major}, {inherit, 2, minor}]],
    Code = erlang:check_process_code(P, lists),
    Early = receive {garbage_collect, _, _} = E -> E after 50 -> none end,
    P ! go, Q ! go,
    Ends = [receive {'DOWN', W, process, _, Why} -> Why end || W <- [M, N]],
    Answers = lists:sort([receive {garbage_collect, _, _} = T -> T end || _ <- [1, 2, 3, 4]]),
    Switched = receive X when is_boolean(X) -> X end,
    [erts_internal:request_system_task(R, high, {system_task_test, t}) || R <- [S, Q]],
    Tests = lists:sort([receive {system_task_test, _, _} = U -> U end || _ <- [1, 2]]),
    Bad = [catching_reason(fun() -> erts_internal:request_system_task(S, normal, R) end)
           || R <- [{system_task_test}, {garbage_collect, 1}, {check_process_code, 1, 2}, {other, 1}, a, {garbage_collect, 1, major, 2, 3}]] ++
        [catching_reason(fun() -> erts_debug:set_internal_state(gc_state, a) end)],
    erts_debug:set_internal_state(available_internal_state, false),
    {First, Code, Early, Ends, Answers, Switched, Tests, Bad}.
internal_pids() ->
    Next = erts_debug:get_internal_state(next_pid),
    {Pid, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, process, Pid, normal} -> ok end,
    {is_integer(erts_debug:set_internal_state(next_pid, Next)),
     [erts_debug:get_internal_state({process_status, P}) || P <- [Pid, self()]]}.
internal_errors() ->
    [catching(fun() -> erts_debug:set_internal_state(Item, Value) end) ||
        {Item, Value} <- [{binary, a}, {next_pid, a}, {next_pid, -1}, {colliding_names, {1, 2}},
                          {colliding_names, {a, b}}, {colliding_names, a}]].
%% How much room a comprehension makes: what it needs where that is known.
internal_sizes() ->
    erts_debug:set_internal_state(available_internal_state, true),
    Known = [<< <<X>> || X <- lists:seq(1, N) >> || N <- [1, 3, 100, 300]] ++ [<< <<X:1>> || X <- lists:seq(1, 71) >>],
    Unknown = [<< <<X>> || X <- [1, 2, 3], X > id(1) >>, << <<X:16>> || <<X>> <= <<1, 2, 3>>, X > id(1) >>],
    Infos = [erts_debug:get_internal_state({binary_info, B}) || B <- Known ++ Unknown ++ [binary:copy(<<1>>, 100), <<1>>]],
    erts_debug:set_internal_state(available_internal_state, false),
    [case I of {K, S, R, _} -> {K, S, R}; _ -> I end || I <- Infos].
id(X) -> X.
