%% Exceptions and stack traces. Every function without arguments is a case: its value must be native OTP's.
%% Frames below this module's (the test driver's, or none) are cut off by own/1.
-module(exception_cases).
-compile([export_all, nowarn_export_all]).

id(X) -> X.

own(Stack) -> [E || {exception_cases, _, _, _} = E <- Stack] ++ [E || {M, _, _, _} = E <- lists:sublist(Stack, 1), M =/= exception_cases].

caught(F) ->
    try F() of V -> {value, V}
    catch C:R:S -> {C, R, own(S)}
    end.

badmatch() -> caught(fun() -> {ok, _} = id(foo) end).
badmatch_big() -> caught(fun() -> {ok, _} = id({error, [1, 2.5, <<"abc">>]}) end).
case_clause() -> caught(fun() -> case id(1) of 2 -> ok end end).
if_clause() -> caught(fun() -> X = id(1), if X > 1 -> ok end end).
try_clause() -> caught(fun() -> try id(1) of 2 -> ok catch _:_ -> no end end).
only_a(a) -> ok.
function_clause() -> caught(fun() -> only_a(id(b)) end).
two(a, [_ | _]) -> ok.
function_clause_2() -> caught(fun() -> two(id({x, 1}), id([])) end).
fun_clause() -> F = fun(a) -> ok end, caught(fun() -> (id(F))(b), ok end).
badarith() -> caught(fun() -> id(a) + 1 end).
div_zero() -> caught(fun() -> 1 div id(0) end).
badarg_hd() -> caught(fun() -> hd(id([])) end).
badarg_element() -> caught(fun() -> element(id(3), id({a})) end).
badarg_bif() -> caught(fun() -> integer_to_list(id(a)) end).
badfun() -> caught(fun() -> (id(1))(2) end).
badarity() -> {error, {badarity, {F, A}}, S} = caught(fun() -> (id(fun(X) -> X end))(1, 2) end), {is_function(F, 1), A, S}.
badmap() -> caught(fun() -> (id(1))#{a => 1} end).
badkey() -> caught(fun() -> (id(#{}))#{a := 1} end).
badkey_get() -> caught(fun() -> map_get(id(a), id(#{})) end).
thrown() -> caught(fun() -> throw(id(x)) end).
exited() -> caught(fun() -> exit(id({x, y})) end).
error_1() -> caught(fun() -> error(id(x)) end).
error_2() -> caught(fun() -> error(id(x), [1, 2]) end).
error_2_none() -> caught(fun() -> error(id(x), none) end).
error_3() -> caught(fun() -> error(id(x), [1], [{error_info, #{cause => c}}]) end).
error_3_none() -> caught(fun() -> error(id(x), none, [{error_info, #{}}]) end).
error_3_bad() -> caught(fun() -> error(id(x), [1], id([{error_info, a}])) end).
raise_3() -> caught(fun() -> erlang:raise(error, x, [{a, b, 1}, {exception_cases, d, [1], [{line, 5}]}]) end).
raise_exit() -> caught(fun() -> erlang:raise(exit, x, []) end).
raise_badarg() -> {erlang:raise(id(foo), x, []), erlang:raise(error, x, id([a])), erlang:raise(error, x, id([{a, b, 1} | c]))}.
raise_long() -> L = [{m, f, I, []} || I <- [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], try erlang:raise(error, x, L) catch _:_:S -> S end.
undefined_module() -> caught(fun() -> (id(no_module)):f(1) end).
undefined_function() -> caught(fun() -> exception_cases:nothing(1, 2) end).
nocatch_fun() -> caught(fun() -> throw(1) end).

deep(0) -> error(deep);
deep(N) -> [N | deep(N - 1)].
deep_trace() -> caught(fun() -> deep(20) end).
l1(X) -> {1, l2(X)}.
l2(X) -> {1, l3(X)}.
l3(X) -> {1, l4(X)}.
l4(X) -> {1, l5(X)}.
l5(X) -> {1, l6(X)}.
l6(X) -> {1, l7(X)}.
l7(X) -> {1, l8(X)}.
l8(X) -> {1, l9(X)}.
l9(X) -> {1, l10(X)}.
l10(bif) -> {1, hd(id(a))};
l10(error) -> {1, error(a)};
l10(clause) -> {1, only_a(b)}.
depth_bif() -> caught(fun() -> l1(bif) end).
depth_error() -> caught(fun() -> l1(error) end).
depth_clause() -> caught(fun() -> l1(clause) end).

catch_value() -> catch id(1).
catch_throw() -> catch throw(id(1)).
catch_exit() -> catch exit(id(1)).
catch_error() -> {'EXIT', {R, S}} = (catch error(id(1))), {R, own(S)}.
catch_nested() -> catch {catch throw(a), catch throw(b)}.
try_after() -> put(x, 0), R = (catch try throw(a) after put(x, 1) end), {R, get(x)}.
try_of() -> try id(1) of 1 -> one; 2 -> two catch _:_ -> no after put(y, 2) end.
rethrow() -> caught(fun() -> try error(a) catch error:E -> throw({again, E}) end end).
reraise() -> caught(fun() -> try l5(error) catch C:R:S -> erlang:raise(C, R, S) end end).
reraise_class() -> caught(fun() -> try l5(error) catch _:R:S -> erlang:raise(exit, {r, R}, S) end end).
pass_through() -> caught(fun() -> try l5(bif) catch throw:x -> no end end).
pass_after() -> caught(fun() -> try l5(clause) after put(z, 1) end end).
stack_in_guard() -> try l8(error) catch _:_:S -> length(own(S)) end.
many(0, A) -> A;
many(N, A) -> many(N - 1, try throw(N) catch throw:X -> X + A end).
many_throws() -> many(3000, 0).
unwind(0) -> throw(done);
unwind(N) -> 1 + unwind(N - 1).
unwind_deep() -> catch unwind(100000).
keep(0) -> throw({big, [a, b]});
keep(N) -> try [N | keep(N - 1)] catch throw:{big, L} -> throw({big, [N | L]}) end.
nested_handlers() -> {big, L} = (catch keep(500)), {length(L), hd(L)}.
registers_kept() -> A = id(1), B = id([x]), C = id(<<"b">>), R = (catch l9(id(bif))), {A, B, C, element(1, R)}.

apply_3() -> {apply(id(lists), id(reverse), id([[1, 2]])), apply(exception_cases, id(id), [3])}.
apply_2() -> {apply(id(fun(X, Y) -> X - Y end), id([5, 3])), apply(fun lists:reverse/1, [[a, b]])}.
apply_bad_module() -> caught(fun() -> apply(id(1), foo, [x]) end).
apply_bad_list() -> caught(fun() -> apply(id(lists), id(reverse), id([a | b])) end).
apply_bad_fun() -> caught(fun() -> apply(id(x), id([])) end).
apply_bif() -> caught(fun() -> apply(id(erlang), id(hd), id([[]])) end).
apply_undef() -> caught(fun() -> apply(id(lists), id(nothing), id([1])) end).
loop(0, _) -> done;
loop(N, F) -> apply(exception_cases, F, [N - 1, F]).
apply_loop() -> loop(10000, id(loop)).
fun_of_bif() -> F = fun erlang:hd/1, {F([1]), caught(fun() -> F(id(x)) end)}.
fun_undefined() -> F = fun no_such:f/1, caught(fun() -> F(1) end).
hof() -> lists:foldl(fun(X, A) -> X + A end, 0, lists:seq(1, 100)).
hof_error() -> {error, R, _} = caught(fun() -> lists:map(fun(X) -> 1 / X end, [1, 0]) end), R.

%% Exceptions that handlers without a use for the trace let go on: the trace is that of the first time.
passing(F) -> R = try id(F()) catch throw:nothing -> no end, {ok, R}.
twice(F) -> R = passing(fun() -> passing(F) end), {twice, R}.
in_one(F) -> R = try try id(F()) catch throw:a -> 1 end catch throw:b -> 2 end, {one, R}.
down_to(0, F) -> 1 + F();
down_to(N, F) -> 1 + down_to(N - 1, F).
goes_on() -> [caught(fun() -> passing(F) end) || F <- [fun() -> l5(error) end, fun() -> l5(bif) end, fun() -> l5(clause) end]].
goes_on_twice() -> [caught(fun() -> twice(F) end) || F <- [fun() -> l5(error) end, fun() -> l5(bif) end, fun() -> exit(x) end]].
goes_on_in_one() -> [caught(fun() -> in_one(F) end) || F <- [fun() -> l5(error) end, fun() -> throw(b) end, fun() -> throw(c) end]].
goes_on_deep() -> [caught(fun() -> 1 + down_to(N, fun() -> twice(fun() -> down_to(M, fun() -> l9(error) end) end) end) end) || N <- [0, 3, 20], M <- [0, 3, 20]].
goes_on_raised_here(X) -> try case id(X) of {a, Y} -> Y end catch throw:_ -> no end.
goes_on_here() -> [caught(fun() -> 1 + goes_on_raised_here(X) end) || X <- [{a, 1}, b]].
goes_on_to_exit() -> {P, R} = spawn_monitor(fun() -> twice(fun() -> l5(error) end) end), receive {'DOWN', R, _, P, {E, T}} -> {E, [{M, F, A} || {M, F, A, _} <- T]} end.
goes_on_in_catch() -> [catch passing(fun() -> exit(y) end), catch passing(fun() -> throw(z) end), element(1, catch passing(fun() -> l5(bif) end))].
value_of_guard(X) -> try id(X) + 1 of Y when Y > 5 -> big; Y -> Y catch error:badarith when X =:= a -> a; error:badarith -> b; _:_ -> c end.
handler_guards() -> [value_of_guard(X) || X <- [1, 9, a, b, [], 1.5]].
cleared() -> [try throw(id(X)) catch throw:Y when Y > 2 -> {Y, try throw(X + 1) catch Z -> {Z, X} end}; _ -> small end || X <- [1, 2, 3, 4]].
kept_over_handlers(A, B) -> C = id([A]), {'EXIT', {R, _}} = (catch l5(id(throw))), D = try hd(id([])) catch error:badarg -> {A, C} end, {A, B, C, D, R}.
registers_over_handlers() -> kept_over_handlers(id({x}), id(<<"y">>)).
classes_of_catch(F) -> case catch F() of {'EXIT', {R, [_ | _]}} -> {error, R}; {'EXIT', R} -> {exit, R}; X -> X end.
catch_classes() -> [classes_of_catch(F) || F <- [fun() -> throw(a) end, fun() -> exit(b) end, fun() -> error(c) end, fun() -> d end, fun() -> hd(id(e)) end]].
%% A handler that wants the trace lies between the exception and one that does not.
with_after(F) -> try id(F()) after put(after_ran, true) end.
with_trace(F) -> try id(F()) catch throw:R:S -> erlang:raise(error, {R, length(S) > 1}, S) end.
between(F) -> try id(F()) catch error:{a, T} -> {error, T}; C:R -> {C, R} end.
between_handlers() -> [between(fun() -> with_after(fun() -> with_trace(F) end) end) || F <- [fun() -> throw(a) end, fun() -> l5(throw) end, fun() -> exit(b) end]].
after_between() -> put(after_ran, false), R = (catch with_after(fun() -> 1 + down_to(30, fun() -> throw(x) end) end)), {R, get(after_ran)}.
%% What ends a process that began with a BIF: the whole trace, as nothing of this module is on its stack.
ends_with(M, F, A) -> {P, R} = spawn_monitor(M, F, A), receive {'DOWN', R, _, P, Reason} -> Reason end.
begun_with_raiser() -> [ends_with(erlang, F, A) || {F, A} <- [{error, [x]}, {error, [x, [1]]}, {error, [x, [1], [{error_info, #{}}]]}, {throw, [x]}, {exit, [x]}, {nif_error, [x]}]].
begun_with_applied_raiser() -> [ends_with(erlang, apply, [erlang, F, [x]]) || F <- [error, throw, exit]] ++ [ends_with(erlang, apply, [erlang, apply, [erlang, error, [x]]])].
begun_with_fun() -> [ends_with(erlang, apply, [F, [x]]) || F <- [fun erlang:error/1, fun erlang:throw/1, fun erlang:abs/1, fun lists:nth/1, no_fun]].
begun_with_bad_apply() -> [ends_with(erlang, apply, A) || A <- [[1, 2, 3], [lists, nth, c], [lists, nth, [1 | 2]], [erlang, apply, [1, 2, 3]], [erlang, apply, [erlang, apply, [lists, nth, c]]], [self, c]]].
applied(M, F, A) -> caught(fun() -> id(apply(id(M), F, A)) end).
bad_apply_of_apply() -> [applied(erlang, apply, A) || A <- [[1, 2, 3], [lists, nth, c], [erlang, apply, [1, 2, 3]], [erlang, apply, [erlang, apply, [lists, nth, c]]]]].
