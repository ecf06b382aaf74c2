%% binary:match, matches, split and replace on 600 KB of text.
-module(bin_search).
-export([input/0, run/1]).

input() -> binary:copy(<<"the quick brown fox, jumps over; the lazy dog\r\n">>, 13000).

run(Text) ->
    Lines = binary:split(Text, <<"\r\n">>, [global]),
    Words = binary:matches(Text, [<<"fox">>, <<"dog">>, <<"cow">>]),
    Replaced = binary:replace(Text, <<"lazy">>, <<"eager">>, [global]),
    {length(Lines), length(Words), byte_size(Replaced), binary:match(Text, <<"no such">>)}.
