%% Quicksort of 100,000 random integers.
-module(qsort).
-export([input/0, run/1]).

input() -> random(100000, 12345, []).

random(0, _, List) -> List;
random(N, Seed, List) ->
    Next = (Seed * 8121 + 28411) rem 134456,
    random(N - 1, Next, [Next * 997 + N | List]).

run(List) ->
    Sorted = qsort(List, []),
    {hd(Sorted), lists:nth(50000, Sorted)}.

qsort([], Tail) -> Tail;
qsort([Pivot | Rest], Tail) ->
    {Small, Large} = partition(Rest, Pivot, [], []),
    qsort(Small, [Pivot | qsort(Large, Tail)]).

partition([], _, Small, Large) -> {Small, Large};
partition([H | T], Pivot, Small, Large) when H < Pivot -> partition(T, Pivot, [H | Small], Large);
partition([H | T], Pivot, Small, Large) -> partition(T, Pivot, Small, [H | Large]).
