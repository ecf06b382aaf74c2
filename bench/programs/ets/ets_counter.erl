%% 200,000 counts in 100 rows, with update_counter and update_element.
-module(ets_counter).
-export([input/0, run/1]).

input() -> 200000.

run(N) ->
    Table = ets:new(counts, [set]),
    count(Table, N),
    Sum = ets:foldl(fun({_, Count, _}, Sum) -> Sum + Count end, 0, Table),
    ets:delete(Table),
    Sum.

count(_, 0) ->
    ok;
count(Table, N) ->
    Key = N rem 100,
    Count = ets:update_counter(Table, Key, {2, 1}, {Key, 0, none}),
    ets:update_element(Table, Key, {3, Count}),
    count(Table, N - 1).
