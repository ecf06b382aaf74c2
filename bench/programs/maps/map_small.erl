%% Maps of 10 keys: built, updated, matched, taken apart, 20,000 times.
-module(map_small).
-export([input/0, run/1]).

input() -> 20000.

run(N) -> loop(N, 0).

loop(0, Sum) ->
    Sum;
loop(N, Sum) ->
    Map = #{a => N, b => 2, c => 3, d => 4, e => 5, f => 6, g => 7, h => 8, i => 9, j => 10},
    Changed = Map#{b := N + 1, e := Sum},
    #{a := A, b := B, j := J} = Changed,
    Without = maps:remove(c, Changed#{k => J}),
    Others = maps:put(N, A, Without),
    loop(N - 1, (Sum + A + B + map_size(Others) + maps:get(k, Others)) band 16#ffffff).
