%% 200,000 binaries of integer fields of several sizes.
-module(bin_fields).
-export([input/0, run/1]).

input() -> 200000.

run(N) -> build(N, 0).

build(0, Sum) -> Sum;
build(N, Sum) ->
    Binary = <<N:32, N:16/little, (N rem 7):3, 1:1, (N rem 16):4, N:24>>,
    build(N - 1, Sum + byte_size(Binary)).
