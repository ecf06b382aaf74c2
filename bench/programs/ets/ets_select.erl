%% Match specifications over 50,000 rows: select, select_count, match, select_replace, a traversal by ets:next.
-module(ets_select).
-export([input/0, run/1]).

input() -> [{N, N rem 100, {name, N * 3}} || N <- lists:seq(1, 50000)].

run(Rows) ->
    Table = ets:new(rows, [set]),
    ets:insert(Table, Rows),
    Chosen = ets:select(Table, [{{'$1', '$2', '_'}, [{'<', '$2', 10}], [{{'$2', '$1'}}]}]),
    Count = ets:select_count(Table, [{{'_', '_', {name, '$1'}}, [{'>', '$1', 75000}], [true]}]),
    Matched = ets:match(Table, {'$1', 7, '_'}),
    Replaced = ets:select_replace(Table, [{{'$1', 50, '$2'}, [], [{{'$1', 51, '$2'}}]}]),
    Walked = walk(Table, ets:first(Table), 0),
    ets:delete(Table),
    {length(Chosen), Count, length(Matched), Replaced, Walked}.

walk(_, '$end_of_table', Count) -> Count;
walk(Table, Key, Count) -> walk(Table, ets:next(Table, Key), Count + 1).
