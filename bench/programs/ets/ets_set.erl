%% 100,000 rows go into a table (set) and are looked up.
-module(ets_set).
-export([input/0, run/1]).

input() -> 100000.

run(N) ->
    Table = ets:new(rows, [set]),
    insert(Table, N),
    Sum = look(Table, N, 0),
    ets:delete(Table),
    Sum.

insert(_, 0) ->
    ok;
insert(Table, N) ->
    ets:insert(Table, {N, N, row}),
    insert(Table, N - 1).

look(_, 0, Sum) ->
    Sum;
look(Table, N, Sum) ->
    [{_, M, row}] = ets:lookup(Table, N),
    look(Table, N - 1, (Sum + M) band 16#ffffff).
