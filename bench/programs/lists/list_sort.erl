%% lists:sort of 100,000 numbers in disorder, and of pairs by their second element.
-module(list_sort).
-export([input/0, run/1]).

input() -> disorder(100000, 17).

disorder(0, _) -> [];
disorder(N, X) -> [X | disorder(N - 1, (X * 1103 + 12345) rem 1000003)].

run(Numbers) ->
    [First | _] = lists:sort(Numbers),
    [{_, Last} | _] = lists:reverse(lists:keysort(2, [{N rem 7, N} || N <- Numbers])),
    {First, Last, length(lists:usort([N rem 1000 || N <- Numbers]))}.
