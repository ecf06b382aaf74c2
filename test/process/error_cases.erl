%% What BIFs about processes raise. Every function without arguments is a case: its value must be native OTP's.
%% (File and line are left out: native OTP has its preloaded modules, such as erlang, without line numbers.)
-module(error_cases).
-compile([export_all, nowarn_export_all]).

id(X) -> X.
no_self([H | T]) -> [no_self(H) | no_self(T)];
no_self(T) -> case is_pid(T) of true -> pid; false -> case is_reference(T) of true -> ref; false -> T end end.
e(F) -> try F() of V -> {value, V} catch C:R:S -> [{M, N, A, L} | _] = S, {C, R, M, N, no_self(A), [I || {error_info, _} = I <- L]} end.

send_name() -> e(fun() -> id(nope) ! x end).
send_2() -> e(fun() -> erlang:send(id(nope), x) end).
send_float() -> e(fun() -> id(1.0) ! x end).
send_tuple() -> e(fun() -> id({a, 1}) ! x end).
send_3() -> e(fun() -> erlang:send(id(nope), x, []) end).
send_3_option() -> e(fun() -> erlang:send(id(nope), x, [bad]) end).
send_3_improper() -> e(fun() -> erlang:send(self(), x, id([noconnect | a])) end).
link_atom() -> e(fun() -> link(id(a)) end).
unlink_atom() -> e(fun() -> unlink(id(a)) end).
exit_2() -> e(fun() -> exit(id(a), b) end).
monitor_type() -> e(fun() -> monitor(id(a), b) end).
monitor_item() -> e(fun() -> monitor(process, id(7)) end).
monitor_option() -> e(fun() -> monitor(process, self(), id([x])) end).
monitor_alias() -> e(fun() -> monitor(process, self(), id([{alias, x}])) end).
demonitor() -> e(fun() -> demonitor(id(7)) end).
demonitor_option() -> e(fun() -> demonitor(make_ref(), [x]) end).
alias() -> e(fun() -> alias(id(x)) end).
alias_option() -> e(fun() -> alias(id([x])) end).
unalias() -> e(fun() -> unalias(id(x)) end).
flag() -> e(fun() -> process_flag(id(7), true) end).
flag_value() -> e(fun() -> process_flag(trap_exit, id(7)) end).
flag_priority() -> e(fun() -> process_flag(priority, id(7)) end).
info_item() -> e(fun() -> process_info(self(), id(foo)) end).
info_items() -> e(fun() -> process_info(self(), id([links, foo])) end).
info_pid() -> e(fun() -> process_info(id(a), links) end).
register_undefined() -> e(fun() -> register(id(undefined), self()) end).
register_string() -> e(fun() -> register(id("a"), self()) end).
unregister_none() -> e(fun() -> unregister(id(nope)) end).
whereis() -> e(fun() -> whereis(id(7)) end).
spawn_module() -> e(fun() -> spawn(id(7), a, []) end).
spawn_list() -> e(fun() -> spawn(a, a, id(a)) end).
spawn_improper() -> e(fun() -> spawn(a, a, id([a | b])) end).
spawn_link_list() -> e(fun() -> spawn_link(a, a, id(a)) end).
spawn_opt() -> e(fun() -> spawn_opt(a, a, [], id([x])) end).
spawn_opt_list() -> e(fun() -> spawn_opt(a, a, id(x), id([])) end).
spawn_fun() -> e(fun() -> spawn(id(x)) end).
send_after_time() -> e(fun() -> erlang:send_after(id(-1), self(), a) end).
send_after_to() -> e(fun() -> erlang:send_after(id(1), "a", a) end).
start_timer_option() -> e(fun() -> erlang:start_timer(id(1), self(), a, [x]) end).
cancel_timer() -> e(fun() -> erlang:cancel_timer(id(1)) end).
cancel_timer_option() -> e(fun() -> erlang:cancel_timer(make_ref(), id([x])) end).
cancel_timer_none() -> e(fun() -> erlang:cancel_timer(make_ref()) end).
read_timer() -> e(fun() -> erlang:read_timer(id(1)) end).
group_leader() -> e(fun() -> group_leader(self(), id(x)) end).
alive() -> e(fun() -> is_process_alive(id(x)) end).
nif_error() -> e(fun() -> erlang:nif_error(id(x)) end).
nif_error_2() -> e(fun() -> erlang:nif_error(id(x), [1]) end).
call_fun_of_no_module() -> M = list_to_atom("no_such_" ++ id("module")), F = fun M:f/1, e(fun() -> F(1) end).

applied(Type) -> R = applied_by(Type), id_of(R).
id_of(X) -> X.
applied_by({M, F, A}) -> erlang:apply(M, F, A);
applied_by({M, F, A, x}) -> id_of(x), M:F(A);
applied_by({M, F, A, last}) -> id_of(x), erlang:apply(id_of(M), id_of(F), id_of(A));
applied_by({M, F, A, twice}) -> erlang:apply(erlang, apply, [M, F, A]);
applied_by({M, F, A, thrice}) -> erlang:apply(erlang, apply, [erlang, apply, [M, F, A]]).
tops(Cases) -> [try applied(X) catch C:R:S -> {C, R, [{M, F, A} || {M, F, A, _} <- lists:sublist(S, 2)]} end || X <- Cases].
raised_by_applied() -> tops([{erlang, error, [oops]}, {erlang, error, [oops, [a]]}, {erlang, exit, [oops]}, {erlang, throw, [oops]}, {erlang, abs, [a]}]).
raised_by_applied_last() -> tops([{erlang, F, x, x} || F <- [error, exit, throw, abs, nothing]] ++ [{erlang, F, [x], last} || F <- [error, exit, throw, abs]]).
raised_by_applied_apply() -> tops([{erlang, F, A, T} || F <- [error, exit, throw, abs, nothing, apply], A <- [[x], x], T <- [twice, thrice]]).
