%% A binary of 500,000 bytes, built byte by byte.
-module(bin_append).
-export([input/0, run/1]).

input() -> 500000.

run(N) -> byte_size(append(N, <<>>)).

append(0, Binary) -> Binary;
append(N, Binary) -> append(N - 1, <<Binary/binary, N>>).
