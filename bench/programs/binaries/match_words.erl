%% A binary of 1 MiB, as integers of 32 bits, most of which are no small integers on a 32-bit system.
-module(match_words).
-export([input/0, run/1]).

input() -> binary:copy(<<"012h4567*9ab#def">>, 65536).

run(Binary) -> sum(Binary, 0).

sum(<<A:32, B:32/little, Rest/binary>>, Sum) -> sum(Rest, (Sum + (A band 16#ffff) + (B bsr 16)) band 16#ffffff);
sum(<<>>, Sum) -> Sum.
