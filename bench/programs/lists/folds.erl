%% Folds, filters and searches with funs over 200,000 numbers.
-module(folds).
-export([input/0, run/1]).

input() -> lists:seq(1, 200000).

run(Numbers) ->
    Sum = lists:foldl(fun(X, Acc) -> (X + Acc) band 16#ffffff end, 0, Numbers),
    Right = lists:foldr(fun(X, Acc) -> (X bxor Acc) band 16#ffffff end, 0, Numbers),
    {Even, Odd} = lists:partition(fun(X) -> X band 1 =:= 0 end, Numbers),
    Kept = lists:filter(fun(X) -> X rem 7 =:= 3 end, Numbers),
    {Mapped, Last} = lists:mapfoldl(fun(X, Acc) -> {X - Acc, X} end, 0, Numbers),
    All = lists:all(fun(X) -> X > 0 end, Mapped),
    Add = adder(5),
    {Sum, Right, length(Even), length(Odd), length(Kept), Last, All, length(lists:takewhile(fun(X) -> Add(X) < 150000 end, Numbers))}.

adder(N) -> fun(X) -> X + N end.
