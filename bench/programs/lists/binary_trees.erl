%% Binary trees of depth 4 to 16 made and walked, beside one that stays.
-module(binary_trees).
-export([input/0, run/1]).

input() -> 16.

run(Deepest) ->
    Long = tree(Deepest),
    Sums = [{Depth, trees(1 bsl (Deepest - Depth), Depth, 0)} || Depth <- lists:seq(4, Deepest, 2)],
    {nodes_of(Long), Sums}.

trees(0, _, Sum) -> Sum;
trees(Count, Depth, Sum) -> trees(Count - 1, Depth, Sum + nodes_of(tree(Depth))).

tree(0) -> {};
tree(Depth) -> {tree(Depth - 1), tree(Depth - 1)}.

nodes_of({}) -> 1;
nodes_of({Left, Right}) -> 1 + nodes_of(Left) + nodes_of(Right).
