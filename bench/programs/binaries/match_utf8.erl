%% A binary of 1 MB, as UTF-8 of characters of one to four bytes.
-module(match_utf8).
-export([input/0, run/1]).

input() -> binary:copy(<<"ab", 16#e9/utf8, 16#20ac/utf8, 16#1f600/utf8>>, 95000).

run(Binary) -> sum(Binary, 0).

sum(<<Character/utf8, Rest/binary>>, Sum) -> sum(Rest, (Sum + Character) band 16#ffffff);
sum(<<>>, Sum) -> Sum.
