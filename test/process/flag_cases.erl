%% Flags of processes and of the system. Every function without arguments is a case: its value must be native OTP's.
-module(flag_cases).
-compile([export_all, nowarn_export_all]).

try_flag(F, V) -> try shown(process_flag(F, V)) catch C:R -> {C, R} end.
try_system(F, V) -> try shown(erlang:system_flag(F, V)) catch C:R -> {C, R} end.
shown(M) when is_map(M) -> lists:sort(maps:to_list(M));
shown(T) -> T.

fill(L) -> fill([{a, b, c} | L]).
limited(F, Limit) -> {P, R} = spawn_opt(F, [monitor, {max_heap_size, Limit}]), receive {'DOWN', R, process, P, X} -> X after 30000 -> alive end.
quiet(Map) -> Map#{error_logger => false}.

limit_kills() -> limited(fun() -> fill([]) end, quiet(#{size => 5000})).
limit_kills_who_traps() -> limited(fun() -> process_flag(trap_exit, true), fill([]) end, quiet(#{size => 5000})).
limit_spares() -> limited(fun() -> exit(length(lists:seq(1, 5000))) end, quiet(#{size => 5000, kill => false})).
limit_of_bif() -> limited(fun() -> loop(fun() -> erlang:make_tuple(2000, []) end) end, quiet(#{size => 1000})).
loop(F) -> F(), loop(F).
limit_not_reached() -> limited(fun() -> exit(length(lists:seq(1, 100))) end, quiet(#{size => 5000})).
limit_of_binaries() -> limited(fun() -> grow([]) end, quiet(#{size => 5000, include_shared_binaries => true})).
grow(L) -> grow([binary:copy(<<0>>, 10000) | L]).
limit_of_messages() ->
    {P, R} = spawn_opt(fun() -> receive never -> ok end end, [monitor, {max_heap_size, quiet(#{size => 1024})}, {message_queue_data, on_heap}]),
    [P ! lists:duplicate(I, I) || I <- lists:seq(1, 100)],
    process_info(P, messages),
    erlang:garbage_collect(P),
    receive {'DOWN', R, process, P, X} -> X after 30000 -> alive end.
limit_in_wait() -> limited(fun() -> L = lists:seq(1, 700), erlang:garbage_collect(), exit(length(L)) end, quiet(#{size => 1000})).

limit_values() ->
    [try_flag(max_heap_size, V) || V <- [a, -1, 0, 100, 100000, #{}, #{size => 500000}, #{size => a}, #{size => 500000, kill => false},
     #{size => 600000, kill => perhaps}, #{size => 600000, error_logger => 1}, #{size => 600000, include_shared_binaries => true, more => 1}, 0]].
limit_shown() ->
    Before = process_flag(max_heap_size, #{size => 100000, kill => false}),
    {max_heap_size, M} = process_info(self(), max_heap_size),
    {garbage_collection, G} = process_info(self(), garbage_collection),
    process_flag(max_heap_size, Before),
    {shown(M), shown(proplists(max_heap_size, G))}.
proplists(K, L) -> {K, V} = lists:keyfind(K, 1, L), V.
spawn_limits() ->
    [try is_pid(spawn_opt(fun() -> ok end, [{max_heap_size, V} | O])) catch C:R -> {C, R} end
     || V <- [a, 10, 0, 233, 500, #{size => 232}, #{size => 233}], O <- [[], [{min_heap_size, 400}]]].

minimum_flags() ->
    Old = [process_flag(F, 0) || F <- [min_heap_size, min_bin_vheap_size, fullsweep_after]],
    New = [process_flag(F, V) || {F, V} <- [{min_heap_size, 1000}, {min_bin_vheap_size, 50000}, {fullsweep_after, 100000}]],
    Last = [process_info(self(), F) || F <- [min_heap_size, min_bin_vheap_size, fullsweep_after]],
    [process_flag(F, V) || {F, V} <- lists:zip([min_heap_size, min_bin_vheap_size, fullsweep_after], Old)],
    {Old, New, Last}.

system_minimums() ->
    Old = [try_system(F, V) || {F, V} <- [{min_heap_size, 300}, {min_bin_vheap_size, 50000}, {fullsweep_after, 7}]],
    Items = [min_heap_size, min_bin_vheap_size, fullsweep_after],
    Now = [erlang:system_info(I) || I <- Items],
    S = self(),
    spawn(fun() -> S ! [process_info(self(), I) || I <- Items] end),
    Seen = receive L -> L end,
    [erlang:system_flag(F, V) || {F, V} <- lists:zip(Items, Old)],
    {Old, Now, Seen, [erlang:system_info(I) || I <- Items]}.
system_limit() ->
    A = try_system(max_heap_size, #{size => 70000, kill => false, error_logger => false}),
    S = self(),
    spawn(fun() -> S ! process_info(self(), max_heap_size) end),
    B = receive {_, M} -> shown(M) end,
    C = try_system(max_heap_size, maps:from_list(A)),
    {A, B, C, shown(erlang:system_info(max_heap_size))}.
system_bad() -> [try_system(F, V) || {F, V} <- [{max_heap_size, 10}, {max_heap_size, a}, {min_heap_size, -1}, {fullsweep_after, a}, {nothing, 1}]].
scheduler_flag() -> [try_flag(scheduler, V) || V <- [1, 0, -1, a, 0]].

multi_scheduling() -> [{try_system(multi_scheduling, V), erlang:system_info(multi_scheduling)} || V <- [block, block_normal, unblock, x, unblock_normal, unblock]].
multi_scheduling_ends() -> {_, R} = spawn_monitor(fun() -> erlang:system_flag(multi_scheduling, block) end), receive {'DOWN', R, _, _, X} -> {X, erlang:system_info(multi_scheduling)} end.
flag_of_other() -> P = spawn(fun() -> receive stop -> ok end end), R = [try process_flag(Q, F, V) catch C:E -> {C, E} end || Q <- [P, a], F <- [save_calls, priority], V <- [a, 0, 10001]], P ! stop, R.
binaries() -> B = binary:copy(<<1>>, 1000), C = {B, B}, {binary, L} = process_info(self(), binary), {[S || {_, S, N} <- L, N > 0], size(element(1, C))}.
no_stacktrace() -> D = erlang:system_flag(backtrace_depth, 0), R = process_info(self(), current_stacktrace), erlang:system_flag(backtrace_depth, D), R.
memory() ->
    M = erlang:memory(),
    [total, processes, processes_used, system, atom, atom_used, binary, code, ets] = [K || {K, _} <- M],
    Total = proplists(total, M) =:= proplists(processes, M) + proplists(system, M),
    Before = erlang:memory(binary), B = binary:copy(<<2>>, 5000000), After = erlang:memory(binary),
    {Total, [K || {K, V} <- M, not is_integer(V) orelse V < 0], After - Before >= 5000000, size(B), try erlang:memory(nothing) catch C:R -> {C, R} end}.
