%% 2,000 rows of 100 elements and a text, in and out.
-module(ets_large).
-export([input/0, run/1]).

input() -> [{N, lists:seq(N, N + 100), list_to_tuple(lists:seq(1, 50)), binary:copy(<<"text">>, 50)} || N <- lists:seq(1, 2000)].

run(Rows) ->
    Table = ets:new(rows, [set]),
    ets:insert(Table, Rows),
    Sizes = [length(List) + tuple_size(Tuple) + byte_size(Text)
             || N <- lists:seq(1, 2000), {_, List, Tuple, Text} <- ets:lookup(Table, N)],
    All = length(ets:tab2list(Table)),
    ets:delete(Table),
    {lists:sum(Sizes), All}.
