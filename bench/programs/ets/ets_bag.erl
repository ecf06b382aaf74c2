%% A bag of 50,000 rows under 5,000 keys: inserted, looked up, one object of each key deleted.
-module(ets_bag).
-export([input/0, run/1]).

input() -> [{N rem 5000, N, value} || N <- lists:seq(1, 50000)].

run(Rows) ->
    Table = ets:new(rows, [bag]),
    [ets:insert(Table, Row) || Row <- Rows],
    Found = [length(ets:lookup(Table, Key)) || Key <- lists:seq(0, 4999)],
    [ets:delete_object(Table, Row) || Row <- lists:sublist(Rows, 5000)],
    Size = ets:info(Table, size),
    ets:delete(Table),
    {lists:sum(Found), Size}.
