%% A binary of 1 MiB, byte by byte.
-module(match_bytes).
-export([input/0, run/1]).

input() -> binary:copy(<<"0123456789abcdef">>, 65536).

run(Binary) -> sum(Binary, 0).

sum(<<Byte, Rest/binary>>, Sum) -> sum(Rest, Sum + Byte);
sum(<<>>, Sum) -> Sum.
