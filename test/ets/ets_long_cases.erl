%% ets functions that work long: others get their turns meanwhile, see nothing by halves, and may change the table.
-module(ets_long_cases).
-compile([export_all, nowarn_export_all]).

table(Type, Size) ->
    T = ets:new(t, [Type, public]),
    [ets:insert(T, [{N, N rem 7, <<N:16>>} || N <- lists:seq(From, min(Size, From + 99))]) || From <- lists:seq(1, Size, 100)],
    T.

content(T) -> lists:sort(ets:tab2list(T)).
digest(T) -> erlang:phash2(T).

%% Each on a table of its own: what is to be done, and what is to be told of it and the table.
work(Type, Size) ->
    List = [{N * 7919 rem 100003, x, [N]} || N <- lists:seq(1, 4 * Size)],
    Sevenths = [{{'_', 3, '_'}, [], [true]}],
    [{insert, fun(T) -> ets:insert(T, List) end},
     {insert_new, fun(T) -> ets:insert_new(T, [{{new, K}, V} || {K, _, V} <- List]) end},
     {insert_old, fun(T) -> ets:insert_new(T, [{{new, K}, V} || {K, _, V} <- List] ++ [{Size, old}]) end},
     {select, fun(T) -> order(Type, ets:select(T, [{{'$1', '$2', '_'}, [{'<', '$2', 5}], [{{'$2', '$1'}}]}])) end},
     {select_reverse, fun(T) -> order(Type, ets:select_reverse(T, [{{'$1', '_', '$2'}, [], ['$$']}])) end},
     {match, fun(T) -> order(Type, ets:match(T, {'$1', 2, '$2'})) end},
     {match_object, fun(T) -> order(Type, ets:match_object(T, {'_', 2, '_'})) end},
     {tab2list, fun(T) -> order(Type, ets:tab2list(T)) end},
     {select_count, fun(T) -> ets:select_count(T, Sevenths) end},
     {select_delete, fun(T) -> ets:select_delete(T, Sevenths) end},
     {select_chunk, fun(T) -> order(Type, chunks(ets:select(T, [{{'$1', 3, '_'}, [{'>', '$1', 2}], ['$1']}], Size))) end},
     {few_in_chunk, fun(T) -> chunks(ets:select(T, [{{'$1', 3, '_'}, [{'=:=', {'rem', '$1', 2000}, 3}], ['$1']}], 2)) end},
     {match_spec_run, fun(_) -> ets:match_spec_run(List ++ List, ets:match_spec_compile([{{'$1', '_', '$2'}, [], [{{'$2', '$1'}}]}])) end}
     | [{select_replace, fun(T) -> ets:select_replace(T, [{{'$1', 3, '$2'}, [], [{{'$1', three, '$2'}}]}]) end}
        || Type =/= bag]].

order(ordered_set, List) -> List;
order(_, List) -> lists:sort(List).

chunks('$end_of_table') -> [];
chunks({Found, Continuation}) -> Found ++ chunks(ets:select(Continuation)).

types() -> [set, ordered_set, bag, duplicate_bag].

results(Size) ->
    [begin
         T = table(Type, Size),
         {Result, _} = long_work_cases:beside(fun() -> Bif(T) end),
         Seen = {Type, Name, Result, digest(content(T)), ets:info(T, size), ets:info(T, fixed)},
         ets:delete(T), Seen
     end || Type <- types(), {Name, Bif} <- work(Type, Size)].

%% The work that gave way to nobody: in OTP none of it.
selfish(Size) ->
    [{Type, Name} || Type <- [set, ordered_set], {Name, Bif} <- work(Type, Size), T <- [table(Type, Size)],
                     not element(2, long_work_cases:beside(fun() -> Bif(T) end))].
nobody() -> [].

%% Who sees the first object of a list that is inserted sees the last one, too.
atomic(Size) ->
    [begin
         T = table(Type, 10), Self = self(), Before = ets:info(T, size),
         Pid = spawn_link(fun() -> Self ! ready, ets:Insert(T, [{{N}, x, y} || N <- lists:seq(1, Size)]), Self ! done end),
         receive ready -> ok end,
         Seen = lists:usort(watch(T, Size, [])),
         unlink(Pid),
         {Type, Insert, lists:member({true, false}, Seen), lists:last(Seen), ets:info(T, size) - Before}
     end || Type <- types(), Insert <- [insert, insert_new]].

watch(T, Size, Seen) ->
    Now = {ets:member(T, {1}), ets:member(T, {Size})},
    receive done -> [{ets:member(T, {1}), ets:member(T, {Size})} | Seen]
    after 0 -> erlang:yield(), watch(T, Size, [Now | Seen])
    end.

%% Others insert and delete meanwhile: what is there all the time is met once.
changing(Size) ->
    [begin
         T = table(Type, Size),
         Pid = spawn_link(fun() -> change(T, Size + 1) end),
         Kept = [{{'$1', '_', '_'}, [{'=<', '$1', Size}], ['$1']}],
         Found = [lists:sort(ets:select(T, Kept)) =:= lists:seq(1, Size) || _ <- lists:seq(1, 4)],
         Count = ets:select_count(T, [{{'$1', '_', '_'}, [{'=<', '$1', Size}], [true]}]),
         Deleted = ets:select_delete(T, [{{'$1', '_', '_'}, [{'=<', '$1', Size div 2}], [true]}]),
         unlink(Pid), exit(Pid, kill),
         {Type, Found, Count, Deleted, ets:info(T, fixed)}
     end || Type <- types()].

change(T, N) ->
    ets:insert(T, [{K, a, b} || K <- lists:seq(N, N + 400)]), ets:match_delete(T, {N + 5, '_', '_'}),
    [ets:delete(T, K) || K <- lists:seq(N, N + 400)],
    change(T, N).

%% The table goes, is renamed, or is not open any more.
errors(Size) ->
    List = [{N, x} || N <- lists:seq(1, 40 * Size)],
    [element(1, disturbed(Type, Size, Bif, Disturb))
     || Type <- [set, ordered_set],
        Bif <- [fun(_) -> [ets:select_count(named, [{'_', [], [true]}]) || _ <- lists:seq(1, 100000)] end,
                fun(_) -> [ets:insert(named, List) || _ <- lists:seq(1, 100000)] end],
        Disturb <- [fun(T) -> ets:delete(T) end, fun(T) -> ets:rename(T, other) end, fun(T) -> ets:setopts(T, {protection, private}) end]].

disturbed(Type, Size, Bif, Disturb) ->
    Self = self(),
    {Owner, OwnerMonitor} = spawn_monitor(fun() ->
        ets:new(named, [Type, public, named_table]), ets:insert(named, [{N, y} || N <- lists:seq(1, Size)]),
        Self ! made, receive disturb -> Disturb(named) end, receive stop -> ok end end),
    receive made -> ok end,
    {Pid, Monitor} = spawn_monitor(fun() ->
        exit(try Bif(named) of _ -> value catch Class:Reason -> {Class, Reason} end) end),
    erlang:yield(), erlang:yield(), Owner ! disturb,
    End = receive {'DOWN', Monitor, process, Pid, Why} -> {Why, ok} end,
    Owner ! stop,
    receive {'DOWN', OwnerMonitor, process, Owner, _} -> End end.

%% Whether a process that is killed in the middle leaves nothing: all of a list is in the table, or none of it.
kills(Size) ->
    [begin
         T = table(Type, 2 * Size), List = [{{N}, x, y} || N <- lists:seq(1, 4 * Size)],
         Self = self(),
         {Pid, Monitor} = spawn_monitor(fun() -> Self ! go, for_ever(Work, T, List) end),
         receive go -> ok end,
         [erlang:yield() || _ <- lists:seq(1, Turns)],
         exit(Pid, kill),
         receive {'DOWN', Monitor, process, Pid, _} -> ok end,
         Old = ets:select_count(T, [{{'$1', '_', '_'}, [{is_integer, '$1'}], [true]}]),
         New = ets:select_count(T, [{{{'_'}, '_', '_'}, [], [true]}]),
         {Type, Old =:= 2 * Size, New rem (4 * Size), ets:info(T, fixed)}
     end || Type <- types(), Turns <- [0, 1, 2, 5],
            Work <- [fun(T, List) -> ets:insert(T, List) end,
                     fun(T, _) -> ets:select(T, [{'_', [], ['$_']}]) end]].

for_ever(Work, T, List) -> Work(T, List), for_ever(Work, T, List).
