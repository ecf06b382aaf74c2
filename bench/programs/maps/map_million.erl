%% A map of 1,000,000 keys made of a list, and its values summed through an iterator.
-module(map_million).
-export([input/0, run/1]).

input() -> [{K, K band 255} || K <- lists:seq(1, 1000000)].

run(Pairs) -> sum(maps:next(maps:iterator(maps:from_list(Pairs))), 0).

sum(none, Sum) -> Sum;
sum({_, Value, Rest}, Sum) -> sum(maps:next(Rest), Sum + Value).
