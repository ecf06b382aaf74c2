%% A map of 100,000 keys: built key by key, updated, looked up, half of it removed.
-module(map_large).
-export([input/0, run/1]).

input() -> lists:seq(1, 100000).

run(Keys) ->
    Map = lists:foldl(fun(K, M) -> M#{K => K} end, #{}, Keys),
    Changed = lists:foldl(fun(K, M) -> maps:update_with(K, fun(V) -> V + 1 end, M) end, Map, Keys),
    Sum = lists:foldl(fun(K, S) -> (S + maps:get(K, Changed)) band 16#ffffff end, 0, Keys),
    Half = lists:foldl(fun(K, M) when K band 1 =:= 0 -> maps:remove(K, M); (_, M) -> M end, Changed, Keys),
    {Sum, map_size(Half), maps:is_key(7, Half), maps:is_key(8, Half)}.
