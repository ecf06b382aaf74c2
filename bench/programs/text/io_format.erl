%% io_lib:format of numbers, terms and texts, 2,000 times.
-module(io_format).
-export([input/0, run/1]).

input() -> {[1, 2.5, {a, "text", <<"binary">>}, #{key => [x, y, z]}], lists:seq(1, 2000)}.

run({Term, Numbers}) ->
    Lines = [io_lib:format("~5w ~s ~p ~.3f ~8.16.0b~n", [N, "name", Term, N / 7, N * 99]) || N <- Numbers],
    {iolist_size(Lines), erlang:crc32(lists:flatten(Lines))}.
