%% Deep recursion and long loops, alone and beside other processes. Every function without arguments is a case: its value must be native OTP's.
-module(deep_cases).
-compile([export_all, nowarn_export_all]).

sum([]) -> 0;
sum([H | T]) -> H + sum(T).

%% Builds at every depth, and has frames of several sizes on the stack.
tree(0, _) -> leaf;
tree(N, {A, B, C}) ->
    Left = tree(N - 1, {B, C, N}),
    {Left, A, B, C, N rem 7}.

depth(leaf) -> 0;
depth({T, _, _, _, _}) -> 1 + depth(T).

loop(0, Acc) -> Acc;
loop(N, Acc) -> loop(N - 1, (Acc * 31 + N) band 16#ffffff).

%% A long loop on top of a deep recursion, which must be as it was.
deep_then_loop(0, N) -> loop(N, 1);
deep_then_loop(D, N) -> [D | deep_then_loop(D - 1, N)].

last_of([X | T]) -> last_of(T, X).
last_of([X | T], _) -> last_of(T, X);
last_of(X, _) -> X.

sums() -> [sum(lists:seq(1, N)) || N <- [10, 999, 3999, 4001, 12000, 21000, 40000]].
maps() -> [erlang:phash2(lists:map(fun(X) -> X + N end, lists:seq(1, N))) || N <- [10, 999, 3999, 4001, 12000, 21000, 40000]].
trees() -> [depth(tree(N, {1, 2, 3})) || N <- [10, 4000, 20000, 50000]].
loops_on_top() -> [last_of(deep_then_loop(D, N)) || D <- [1, 100, 6000, 30000], N <- [1, 3000, 100000]].

%% What is thrown from far up, and what a handler deep down finds.
thrown() -> [try deep_throw(N, T) catch throw:X -> X end || N <- [3, 5000, 30000], T <- [a, {b, c}]].
deep_throw(0, T) -> loop(20000, 1), throw(T);
deep_throw(N, T) -> [N | deep_throw(N - 1, T)].

caught_on_the_way(0) -> error(bottom);
caught_on_the_way(N) when N rem 5000 =:= 0 -> try caught_on_the_way(N - 1) catch error:R -> error({N, R}) end;
caught_on_the_way(N) -> 1 + caught_on_the_way(N - 1).
caught() -> catch_reason(fun() -> caught_on_the_way(22000) end).
catch_reason(F) -> try F() catch error:R:S -> {M, G, A, _} = hd(S), {R, M, G, A} end.

%% A process that never waits does not keep others from running, nor timers from firing.
%% Takes an argument, so that it is no case.
spinning(Depth) -> 1 + deep_then_spin(Depth).
deep_then_spin(0) -> spin(0);
deep_then_spin(N) -> 1 + deep_then_spin(N - 1).
spin(N) -> spin(N + 1).

timers_beside() ->
    {P, R} = spawn_monitor(fun() -> spinning(100) end),
    [erlang:send_after(T, self(), {tick, T}) || T <- [30, 20, 10]],
    Got = lists:sort([receive {tick, T} -> T after 5000 -> none end || _ <- [1, 2, 3]]),
    exit(P, kill),
    receive {'DOWN', R, process, P, Why} -> {Got, Why} after 5000 -> none end.

turns_beside() ->
    {P, R} = spawn_monitor(fun() -> spinning(100) end),
    Self = self(),
    Pong = spawn_link(fun() -> pong(Self, 200) end),
    Got = ping(Pong, 200),
    exit(P, kill),
    receive {'DOWN', R, process, P, Why} -> {Got, Why} after 5000 -> none end.

ping(_, 0) -> done;
ping(P, N) -> P ! N, receive N -> ping(P, N - 1) after 5000 -> none end.
pong(_, 0) -> ok;
pong(P, N) -> receive N -> P ! N end, pong(P, N - 1).

suspended() ->
    P = spawn(fun() -> spinning(100) end),
    true = erlang:suspend_process(P),
    {reductions, A} = process_info(P, reductions),
    receive after 20 -> ok end,
    {reductions, B} = process_info(P, reductions),
    true = erlang:resume_process(P),
    receive after 50 -> ok end,
    {reductions, C} = process_info(P, reductions),
    exit(P, kill),
    {A =:= B, C > B}.

%% Reductions are counted while nobody else runs.
reductions() ->
    {reductions, A} = process_info(self(), reductions),
    loop(100000, 1),
    {reductions, B} = process_info(self(), reductions),
    B - A > 90000.

high_beside_normal() ->
    Self = self(),
    {P, R} = spawn_monitor(fun() -> spinning(100) end),
    spawn_opt(fun() -> Self ! {high, sum(lists:seq(1, 9000))} end, [{priority, high}]),
    Got = receive {high, S} -> S after 5000 -> none end,
    exit(P, kill),
    receive {'DOWN', R, process, P, Why} -> {Got, Why} after 5000 -> none end.

garbage_on_top() -> [length(garbage(N)) || N <- [100, 9000, 25000]].
garbage(0) -> erlang:garbage_collect(), [];
garbage(N) -> T = {N, [N, N], <<N:32>>}, L = garbage(N - 1), [element(1, T) | L].
