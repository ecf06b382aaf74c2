%% A binary of 1 MiB, as records of fields of 8 to 24 bits.
-module(match_fields).
-export([input/0, run/1]).

input() -> binary:copy(<<"0123456789abcdef">>, 65536).

run(Binary) -> sum(Binary, 0).

sum(<<A:16, B:16/little, C:24, D:12, E:4, F:8/signed, Rest/binary>>, Sum) ->
    sum(Rest, (Sum + A + B + C + D + E + F) band 16#ffffff);
sum(_, Sum) ->
    Sum.
