%% A game of life on a set of cells, 40 generations, and the board printed.
-module(life).
-export([input/0, run/1]).

input() -> [{X, Y} || X <- lists:seq(1, 24), Y <- lists:seq(1, 24), (X * 7 + Y * 13 + X * Y) rem 5 < 2].

run(Cells) ->
    Last = generations(40, maps:from_keys(Cells, alive)),
    {map_size(Last), iolist_size(board(Last))}.

generations(0, Cells) -> Cells;
generations(N, Cells) -> generations(N - 1, next(Cells)).

next(Cells) ->
    Neighbours = maps:fold(fun({X, Y}, _, Counts) -> count(around(X, Y), Counts) end, #{}, Cells),
    maps:filtermap(
        fun(_, 3) -> {true, alive};
           (Cell, 2) -> case Cells of #{Cell := alive} -> {true, alive}; #{} -> false end;
           (_, _) -> false
        end, Neighbours).

count([], Counts) -> Counts;
count([Cell | Cells], Counts) -> count(Cells, maps:update_with(Cell, fun(N) -> N + 1 end, 1, Counts)).

around(X, Y) -> [{X + DX, Y + DY} || DX <- [-1, 0, 1], DY <- [-1, 0, 1], {DX, DY} =/= {0, 0}].

board(Cells) ->
    [[[case is_map_key({X, Y}, Cells) of true -> $*; false -> $. end || X <- lists:seq(-5, 30)], $\n] || Y <- lists:seq(-5, 30)].
