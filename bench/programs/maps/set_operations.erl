%% Sets of 20,000 elements: union, intersection, difference, membership.
-module(set_operations).
-export([input/0, run/1]).

input() -> {lists:seq(1, 20000), lists:seq(10000, 40000, 2)}.

run({First, Second}) ->
    A = sets:from_list(First, [{version, 2}]),
    B = lists:foldl(fun sets:add_element/2, sets:new([{version, 2}]), Second),
    Union = sets:union(A, B),
    Common = sets:intersection(A, B),
    Difference = sets:subtract(A, B),
    Members = length([X || X <- First, sets:is_element(X, Common)]),
    {sets:size(Union), sets:size(Common), sets:size(Difference), Members, ordsets:size(ordsets:union(First, Second))}.
