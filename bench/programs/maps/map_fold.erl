%% maps:fold over a map of 100,000 keys.
-module(map_fold).
-export([input/0, run/1]).

input() -> fill(100000, #{}).

fill(0, Map) -> Map;
fill(N, Map) -> fill(N - 1, Map#{N => N}).

run(Map) -> maps:fold(fun(Key, Value, Sum) -> (Sum + Key + Value) band 16#ffffff end, 0, Map).
