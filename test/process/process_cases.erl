%% Processes, messages, signals, timers. Every function without arguments is a case: its value must be native OTP's.
-module(process_cases).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

ping() -> S = self(), P = spawn(fun() -> receive {F, X} -> F ! {self(), X} end end), P ! {S, [1, {a, "b"}]}, receive {P, R} -> R end.
order() -> S = self(), spawn(fun() -> [S ! I || I <- [1, 2, 3, 4, 5]] end), [receive X -> X end || _ <- [1, 2, 3, 4, 5]].
selective() -> [self() ! I || I <- [1, 2, 3]], A = receive 3 -> three end, B = receive 1 -> one end, C = receive X -> X end, {A, B, C}.
to_self() -> self() ! {a, [b]}, receive M -> M end.
%% What a process is told of messages that wait is its own, whatever becomes of them and of it: off-heap objects too.
shown_messages() -> {P, M} = spawn_monitor(fun shown_twice/0), receive {'DOWN', M, process, P, R} -> R end.
shown_twice() -> T = ets:new(t, []), B = binary:copy(<<"x">>, 1000), [self() ! {N, T, B} || N <- [1, 2, 3]], {messages, L} = process_info(self(), messages), put(shown, L), erlang:garbage_collect(), receive {2, T, _} -> ok end, erlang:garbage_collect(), receive {1, T, _} -> ok end, erlang:garbage_collect(), [{_, T, B}, _, _] = get(shown), exit([N || {N, _, _} <- get(shown)]).
timers_of_dead() -> S = self(), {P, M} = spawn_monitor(fun() -> S ! [erlang:send_after(100000, self(), a), erlang:start_timer(100000, self(), b)] end), L = receive X -> X end, receive {'DOWN', M, process, P, _} -> ok end, {[erlang:read_timer(T) || T <- L], [erlang:cancel_timer(T) || T <- L], erlang:cancel_timer(erlang:send_after(100000, P, c))}.
keeps_rest() -> [self() ! I || I <- [a, b, c]], receive c -> ok end, {message_queue_len, N} = process_info(self(), message_queue_len), {messages, L} = process_info(self(), messages), {N, L}.
%% Messages that wait on their receiver's heap move with its collections, whoever asks for them.
queue_moves() -> S = self(), P = spawn(fun() -> receive go -> ok end, erlang:garbage_collect(), A = receive {3, X} -> X end, erlang:garbage_collect(), L = [receive {N, Y} -> Y end || N <- [5, 1, 4, 2]], S ! {A, L} end), [P ! {N, [N, {N, "text", N * 1.5}]} || N <- [1, 2, 3, 4, 5]], erlang:garbage_collect(P), P ! go, receive Z -> Z end.
long_queue() -> [self() ! {N, [N, {N}], make_ref()} || N <- lists:seq(1, 700)], L = [begin self() ! {a, N}, {a, N} = receive {a, _} = A -> A end, receive {M, [M, {M}], R} when M > N, is_reference(R) -> M end end || N <- lists:seq(1, 300)], erlang:garbage_collect(), {message_queue_len, Left} = process_info(self(), message_queue_len), {L, Left, receive {K, X, _} -> {K, X} end}.
off_heap_queue() -> process_flag(message_queue_data, off_heap), [self() ! {N, [N]} || N <- [1, 2, 3]], process_flag(message_queue_data, on_heap), self() ! {4, [4]}, erlang:garbage_collect(), [receive {N, L} -> L end || N <- [4, 2, 3, 1]].
after_0() -> receive x -> 1 after 0 -> none end.
after_10() -> receive x -> 1 after 10 -> none end.
after_match() -> self() ! x, receive x -> 1 after 10 -> none end.
after_infinity() -> self() ! x, receive x -> 1 after infinity -> none end.
after_others() -> S = self(), spawn(fun() -> S ! other, S ! more end), R = receive x -> 1 after 20 -> timeout end, {R, receive other -> o end, receive more -> m end}.
after_var(T) -> receive after T -> ok end.
ended(P) -> R = monitor(process, P), receive {'DOWN', R, process, P, _} -> ok end.
waits(P) -> case process_info(P, status) of {status, waiting} -> ok; _ -> after_var(1), waits(P) end.
after_bad() -> try after_var(id(a)) catch C:R -> {C, R} end.
after_negative() -> try after_var(id(-1)) catch C:R -> {C, R} end.
after_large() -> try after_var(id(1 bsl 32)) catch C:R -> {C, R} end.
sleep() -> after_var(id(5)).
late() -> S = self(), spawn(fun() -> after_var(5), S ! here end), receive here -> got after 10000 -> late end.
%% A receive that looks at no messages sleeps, although there are some.
blind() -> P = spawn(fun() -> receive after infinity -> ok end end), P ! a, P ! b, after_var(5), {_, R1} = process_info(P, reductions), {_, S} = process_info(P, status), after_var(30), {_, R2} = process_info(P, reductions), exit(P, kill), {S, R2 - R1 < 100}.
blind_timeout() -> self() ! a, {_, R1} = process_info(self(), reductions), R = after_var(30), {_, R2} = process_info(self(), reductions), {R, R2 - R1 < 100, receive X -> X after 0 -> none end}.
sensitive() -> put(a, b), self() ! c, false = process_flag(sensitive, true), I = [process_info(self(), W) || W <- [messages, dictionary, backtrace, {dictionary, a}, message_queue_len]], true = process_flag(sensitive, false), {I, process_info(self(), messages), [E || E = {a, _} <- element(2, process_info(self(), dictionary))]}.
yields_at_once() -> S = self(), spawn(fun() -> S ! other end), {_, R1} = process_info(self(), reductions), true = erlang:yield(), {_, R2} = process_info(self(), reductions), {R2 - R1 < 100, receive other -> here after 0 -> not_yet end}.
dead_monitor() -> {P, M} = spawn_monitor(fun() -> receive die -> ok end end), A = erlang:system_monitor(P, [busy_port]), {P, B} = erlang:system_monitor(), P ! die, receive {'DOWN', M, process, P, _} -> ok end, {A, B, erlang:system_monitor()}.

spawn_3() -> S = self(), spawn(erlang, send, [S, hello]), receive X -> X end.
spawn_big() -> S = self(), L = lists:seq(1, 2000), spawn(fun() -> S ! lists:sum(L) end), receive X -> X end.
many(0, _) -> ok;
many(N, S) -> spawn(fun() -> S ! N end), many(N - 1, S).
spawn_many() -> many(500, self()), lists:sum([receive X -> X end || _ <- lists:seq(1, 500)]).
ring(0, To) -> To;
ring(N, To) -> ring(N - 1, spawn(fun() -> forward(To) end)).
forward(To) -> receive stop -> To ! stop; X -> To ! X + 1, forward(To) end.
ring_sum() -> P = ring(50, self()), P ! 0, R = receive X when is_integer(X) -> X end, P ! stop, receive stop -> R end.

exit_normal() -> {P, R} = spawn_monitor(fun() -> ok end), receive {'DOWN', R, process, P, X} -> X end.
exit_reason() -> {P, R} = spawn_monitor(fun() -> exit({a, [1]}) end), receive {'DOWN', R, process, P, X} -> X end.
exit_error() -> {P, R} = spawn_monitor(fun() -> exit_now(error) end), receive {'DOWN', R, process, P, {X, [{M, F, A, L} | _]}} -> {X, M, F, A, L} end.
exit_throw() -> {P, R} = spawn_monitor(fun() -> throw({ball, 1}) end), receive {'DOWN', R, process, P, {X, [_ | _]}} -> X end.
exit_now(error) -> error({oops, <<"b">>}).
exit_undef() -> {P, R} = spawn_monitor(nowhere, f, [1]), receive {'DOWN', R, process, P, X} -> X end.
exit_badarg() -> {P, R} = spawn_monitor(erlang, abs, [a]), receive {'DOWN', R, process, P, X} -> X end.
kill() -> P = spawn(fun() -> process_flag(trap_exit, true), receive nothing -> ok end end), R = monitor(process, P), exit(P, kill), receive {'DOWN', R, _, _, X} -> {X, is_process_alive(P)} end.
exit_other() -> P = spawn(fun() -> receive nothing -> ok end end), R = monitor(process, P), exit(P, {bye, 1}), receive {'DOWN', R, _, _, X} -> X end.
exit_normal_ignored() -> P = spawn(fun() -> receive S -> S ! alive end end), exit(P, normal), P ! self(), receive X -> X end.
exit_self() -> {_, R} = spawn_monitor(fun() -> exit(self(), me), ok end), receive {'DOWN', R, _, _, X} -> X end.
exit_self_normal() -> S = self(), {_, R} = spawn_monitor(fun() -> exit(self(), normal), S ! still end), receive {'DOWN', R, _, _, X} -> {X, receive still -> still after 0 -> none end}; still -> still end.
exit_self_kill() -> S = self(), {_, R} = spawn_monitor(fun() -> process_flag(trap_exit, true), exit(self(), kill), S ! still end), receive {'DOWN', R, _, _, X} -> {X, receive still -> still after 0 -> none end}; still -> still end.
exit_trapped() -> S = self(), P = spawn(fun() -> process_flag(trap_exit, true), S ! ready, receive {'EXIT', F, X} -> S ! {F =:= S, X} end end), receive ready -> ok end, exit(P, some), receive X -> X end.

links() -> process_flag(trap_exit, true), P = spawn_link(fun() -> exit(why) end), receive {'EXIT', P, X} -> X end.
link_normal() -> S = self(), P = spawn(fun() -> spawn_link(fun() -> ok end), receive x -> S ! alive end end), after_var(2), P ! x, receive Y -> Y end.
link_chain() -> S = self(), {_, R} = spawn_monitor(fun() -> chain(100, S) end), receive {'DOWN', R, _, _, X} -> X end.
chain(0, _) -> exit(end_of_chain);
chain(N, S) -> spawn_link(fun() -> chain(N - 1, S) end), receive never -> ok end.
link_kill_reason() -> process_flag(trap_exit, true), P = spawn_link(fun() -> exit(kill) end), receive {'EXIT', P, X} -> X end.
link_dead() -> P = spawn(fun() -> ok end), R = monitor(process, P), receive {'DOWN', R, _, _, _} -> ok end, A = (try link(P) catch C:E -> {C, E} end), process_flag(trap_exit, true), B = link(P), {A, B, receive {'EXIT', P, X} -> X end}.
unlinked() -> process_flag(trap_exit, true), P = spawn_link(fun() -> receive go -> exit(why) end end), unlink(P), R = monitor(process, P), P ! go, receive {'DOWN', R, _, _, X} -> {X, receive {'EXIT', _, _} -> exit after 0 -> none end} end.
link_and_monitor() -> process_flag(trap_exit, true), {_, R} = spawn_opt(fun() -> exit(r) end, [link, monitor]), [receive {'DOWN', R, process, _, r} -> down; {'EXIT', _, r} -> 'EXIT' end || _ <- [1, 2]].

monitor_dead() -> P = spawn(fun() -> ok end), ended(P), R = monitor(process, P), receive {'DOWN', R, process, P, X} -> X end.
monitor_name() -> P = spawn(fun() -> receive go -> ok end end), register(some_name, P), R = monitor(process, some_name), P ! go, receive {'DOWN', R, process, O, X} -> {O, X, whereis(some_name)} end.
monitor_no_name() -> R = monitor(process, nobody), receive {'DOWN', R, process, O, X} -> {O, X} end.
monitor_tag() -> R = monitor(process, nobody, [{tag, {my, tag}}]), receive {{my, tag}, R, process, O, X} -> {O, X} end.
demonitored() -> P = spawn(fun() -> receive go -> ok end end), R = monitor(process, P), A = demonitor(R), P ! go, ended(P), {A, receive {'DOWN', R, _, _, _} -> down after 0 -> none end}.
demonitor_flush() -> R = monitor(process, nobody), A = demonitor(R, [flush]), {A, receive {'DOWN', R, _, _, _} -> down after 0 -> none end}.
demonitor_info() -> P = spawn(fun() -> receive go -> ok end end), R = monitor(process, P), {demonitor(R, [info]), demonitor(R, [info])}.

call(P, X) -> R = monitor(process, P, [{alias, reply_demonitor}]), P ! {call, R, X}, receive {R, Y} -> {ok, Y}; {'DOWN', R, _, _, E} -> {down, E} after 10000 -> timeout end.
serve(K) -> receive {call, _, crash} -> exit(crash); {call, R, X} -> R ! {R, X * K}, R ! {R, again}, serve(K) end.
gen_call() -> P = spawn(?MODULE, serve, [2]), A = call(P, 1), B = call(P, 2), C = call(P, crash), D = call(P, 3), {A, B, C, D, receive X -> X after 5 -> none end}.
aliases() -> A = alias(), A ! one, B = receive one -> one end, U = unalias(A), A ! two, {U, unalias(A), B, receive two -> two after 0 -> none end}.
alias_reply() -> A = alias([reply]), A ! one, A ! two, {receive one -> one end, receive two -> two after 0 -> none end, unalias(A)}.
marker(0, A) -> A;
marker(N, A) -> {ok, X} = call(whereis(marker_server), N), marker(N - 1, A + X).
markers() -> [self() ! noise || _ <- lists:seq(1, 200)], register(marker_server, spawn(?MODULE, serve, [2])), marker(200, 0).

names() -> P = spawn(fun() -> receive go -> ok end end), A = register(n1, P), B = whereis(n1) =:= P, n1 ! go, ended(P), {A, B, whereis(n1), catch_class(fun() -> n1 ! x end)}.
name_twice() -> register(n2, self()), {catch_class(fun() -> register(n2, self()) end), catch_class(fun() -> register(n3, self()) end), unregister(n2), lists:member(n2, registered())}.
send_tuple() -> register(n4, self()), {n4, node()} ! hi, {nobody, node()} ! hi, R = receive X -> X end, unregister(n4), R.
send_dead() -> P = spawn(fun() -> ok end), ended(P), P ! x.
send_3() -> {erlang:send(self(), a, []), erlang:send(self(), b, [noconnect, nosuspend]), receive a -> receive b -> ok end end}.
catch_class(F) -> try F() catch C:R -> {C, R} end.

timers() -> R = erlang:send_after(5, self(), {t, [1]}), M = receive {t, X} -> X end, {is_reference(R), M, erlang:cancel_timer(R), erlang:read_timer(R)}.
start_timer() -> R = erlang:start_timer(1, self(), m), receive {timeout, R, m} -> ok end.
cancelled() -> R = erlang:send_after(10000, self(), no), L = erlang:read_timer(R), C = erlang:cancel_timer(R), {L > 9000, C > 9000, erlang:cancel_timer(R), receive no -> no after 3 -> none end}.
cancel_async() -> R = erlang:send_after(10000, self(), no), A = erlang:cancel_timer(R, [{async, true}]), {A, receive {cancel_timer, R, T} -> T > 9000 end, erlang:cancel_timer(R, [{info, false}])}.
timer_order() -> [erlang:send_after(T, self(), T) || T <- [30, 10, 20, 1]], [receive X -> X end || _ <- [1, 2, 3, 4]].
timer_name() -> register(timed, self()), erlang:send_after(1, timed, hello), erlang:send_after(1, nobody, hello), R = receive X -> X end, unregister(timed), R.

dictionary() -> [put(K, V) || {K, V} <- [{a, 1}, {{b, 1}, "x"}, {1.5, y}, {<<"k">>, z}]], A = put(a, 2), B = put({b, 1}, q), {A, B, get(a), get({b, 1}), get(1.5), get(<<"k">>), get(none), erase({b, 1}), get({b, 1}), length(get()), lists:sort(get_keys()), get_keys(z), lists:sort(erase()), get()}.
big_dictionary() -> [put({k, I}, [I]) || I <- lists:seq(1, 300)], lists:sum([hd(get({k, I})) || I <- lists:seq(1, 300)]).
flags() -> [process_flag(trap_exit, true), process_flag(trap_exit, false), process_flag(priority, high), process_flag(priority, normal), process_flag(fullsweep_after, 7), process_flag(fullsweep_after, 65535), process_flag(min_heap_size, 500), process_flag(message_queue_data, on_heap), map_get(size, process_flag(max_heap_size, 0)), process_flag(min_bin_vheap_size, 5), process_flag(error_handler, error_handler)].
priorities() -> S = self(), [spawn_opt(fun() -> S ! P end, [{priority, P}]) || P <- [normal, high, max]], lists:sort([receive X -> X end || _ <- [1, 2, 3]]).
info_list() -> process_info(self(), [message_queue_len, links, monitors, trap_exit, status, registered_name, priority, dictionary, suspending, current_function, error_handler, message_queue_data, label]).
info_initial() -> S = self(), spawn(fun() -> S ! process_info(self(), initial_call) end), A = receive X -> X end, spawn(?MODULE, initial, [S, 1]), {A, receive Y -> Y end}.
initial(S, _) -> S ! process_info(self(), initial_call).
info_stack() -> {current_stacktrace, [A, B | _]} = stack(1), {A, B}.
stack(_) -> R = process_info(self(), current_stacktrace), id(R).
stack_size() -> {stack_size, N} = process_info(self(), stack_size), [S - N || S <- deep_sizes(5)] ++ [deep_tail(20000) - deep_tail(1)].
deep_sizes(0) -> [];
deep_sizes(N) -> L = deep_sizes(N - 1), {stack_size, S} = process_info(self(), stack_size), [S | L].
deep_tail(0) -> {stack_size, S} = process_info(self(), stack_size), S;
deep_tail(N) -> try id(N) of M -> deep_tail(M - 1) catch error:_ -> error end.
info_location() -> R = process_info(self(), current_location), id(R).
info_dead() -> P = spawn(fun() -> ok end), ended(P), {process_info(P), process_info(P, links), is_process_alive(P)}.
info_other() -> S = self(), P = spawn(fun() -> put(k, [v]), S ! ready, receive never -> ok end end), receive ready -> ok end, waits(P), P ! {m, "x"}, waits(P), R = process_info(P, [dictionary, messages, current_function, status]), exit(P, kill), R.
info_items() -> [K || {K, _} <- process_info(self())].
parent() -> S = self(), spawn(fun() -> {parent, P} = process_info(self(), parent), S ! P =:= S end), receive X -> X end.
leader() -> S = self(), spawn(fun() -> S ! group_leader() end), L = group_leader(), receive X -> X =:= L end.
set_leader() -> S = self(), P = spawn(fun() -> receive go -> S ! group_leader() end end), group_leader(S, P), P ! go, receive X -> X =:= S end.
server(0, S) -> S ! finished;
server(N, S) -> M = id(?MODULE), apply(M, id(server), id([N - 1, S])).
apply_server() -> S = self(), spawn(?MODULE, server, [20000, S]), receive X -> X after 60000 -> late end.
monitored_by() -> S = self(), P = spawn(fun() -> monitor(process, S), S ! ready, receive go -> ok end end), receive ready -> ok end, {monitored_by, L} = process_info(self(), monitored_by), P ! go, lists:member(P, L).
yields() -> erlang:yield().
collected_by_others() -> P = spawn(?MODULE, answering, []), S = self(), [begin P ! {S, binary_to_list(binary:copy(<<0>>, 50000))}, receive {P, L} -> 50000 = length(L) end end || _ <- [1, 2, 3]],
    [begin true = erlang:garbage_collect(P), {total_heap_size, N} = process_info(P, total_heap_size), N < 1000 end || _ <- [1, 2, 3]].
answering() -> receive {F, X} -> F ! {self(), X} end, answering().
process_list_in_parts() ->
    erts_debug:set_internal_state(available_internal_state, true),
    Count = erlang:system_info(process_count),
    Stay = [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, 300)],
    Go = [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, 300)],
    More = erlang:system_info(process_count) - Count,
    S = self(),
    spawn_opt(fun() -> [begin exit(P, kill), spawn(fun() -> ok end) end || P <- Go], S ! killed end, [{priority, high}]),
    Times = lists:seq(1, 20),
    {Lister, M} = spawn_monitor(fun() ->
        S ! {self(), ready},
        Lists = [begin erts_debug:set_internal_state(reds_left, 45), processes() end || _ <- Times],
        exit([{[] =:= Stay -- L, lists:member(self(), L), length(L) =:= length(lists:usort(L))} || L <- Lists])
    end),
    receive {Lister, ready} -> ok end,
    true = erlang:suspend_process(Lister),
    {current_function, {Where, F, _}} = process_info(Lister, current_function),
    receive killed -> ok end,
    [garbage_collect(Lister) || _ <- [1, 2]],
    erlang:resume_process(Lister),
    R = receive {'DOWN', M, process, Lister, Found} -> lists:usort(Found) end,
    [P ! stop || P <- Stay],
    Bif = element(1, erts_debug:get_internal_state(processes_bif_info)),
    erts_debug:set_internal_state(available_internal_state, false),
    {More, Where =:= ?MODULE orelse lists:member(F, [processes, ptab_list_continue, set_internal_state, system_info, suspend_process, send, '!']) orelse F, R, Bif}.
collects() -> L = lists:seq(1, 1000), A = erlang:garbage_collect(), {A, lists:sum(L)}.
collects_other() -> S = self(), P = spawn(fun() -> L = lists:seq(1, 100), S ! ready, receive go -> S ! lists:sum(L) end end), receive ready -> ok end, A = erlang:garbage_collect(P), P ! go, {A, receive X -> X end}.
refs() -> A = make_ref(), B = make_ref(), {A =:= B, A < B, is_reference(A), A =:= id(A)}.
alive() -> {is_process_alive(self()), lists:member(self(), processes())}.
busy(0) -> ok;
busy(N) -> busy(N - 1).
preempt() -> S = self(), P = spawn(fun() -> busy(200000), S ! slow end), spawn(fun() -> S ! fast end), A = receive X -> X end, B = receive Y -> Y end, {is_pid(P), A, B}.
deep(0) -> [];
deep(N) -> [N | deep(N - 1)].
deep_while_others() -> S = self(), spawn(fun() -> S ! {d, length(deep(50000))} end), spawn(fun() -> S ! {e, lists:sum(lists:seq(1, 50000))} end), lists:sort([receive X -> X end || _ <- [1, 2]]).
binaries() -> B = id(<<"0123456789012345678901234567890123456789012345678901234567890123456789">>), S = self(), P = spawn(fun() -> receive X -> S ! {byte_size(X), X} end end), P ! B, receive Y -> Y end.
info_of_key() ->
    put(k, [{a}]),
    I = fun(P, W) -> catch process_info(P, id(W)) end,
    Other = spawn(fun() -> put(k, {"other"}), receive stop -> ok end end),
    receive after 50 -> ok end,
    [I(self(), {dictionary, k}), I(self(), {dictionary, none}), I(self(), [{dictionary, k}, status]), I(Other, {dictionary, k})].
