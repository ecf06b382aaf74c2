%% gb_trees of 20,000 keys: inserted, looked up, walked, removed.
-module(tree_of_keys).
-export([input/0, run/1]).

input() -> [K * 7919 rem 20011 || K <- lists:seq(1, 20000)].

run(Keys) ->
    Tree = lists:foldl(fun(K, T) -> gb_trees:insert(K, K, T) end, gb_trees:empty(), Keys),
    Found = lists:foldl(fun(K, S) -> S + gb_trees:get(K, Tree) end, 0, Keys),
    Walked = walk(gb_trees:next(gb_trees:iterator(Tree)), 0),
    Less = lists:foldl(fun gb_trees:delete/2, Tree, lists:sublist(Keys, 5000)),
    {Found, Walked, gb_trees:size(Less), element(1, gb_trees:smallest(Less))}.

walk(none, Count) -> Count;
walk({_, _, Rest}, Count) -> walk(gb_trees:next(Rest), Count + 1).
