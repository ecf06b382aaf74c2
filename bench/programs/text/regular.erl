%% re over 2,000 lines of a log: fields captured, words split, digits replaced.
-module(regular).
-export([input/0, run/1]).

input() ->
    [iolist_to_binary(io_lib:format("2024-05-~2..0b 12:~2..0b:00 [info] user~b@example.org did ~b things", [N rem 28 + 1, N rem 60, N, N * 7]))
     || N <- lists:seq(1, 2000)].

run(Lines) ->
    {ok, Pattern} = re:compile("^(\\d+)-(\\d+)-(\\d+) .*?\\[(\\w+)\\] (\\w+)@([\\w.]+) did (\\d+)"),
    Things = [binary_to_integer(Count) || Line <- Lines, {match, [Count]} <- [re:run(Line, Pattern, [{capture, [7], binary}])]],
    Words = [length(re:split(Line, "[ :\\[\\]]+")) || Line <- lists:sublist(Lines, 300)],
    Replaced = [re:replace(Line, "\\d+", "#", [global, {return, binary}]) || Line <- lists:sublist(Lines, 300)],
    {lists:sum(Things), lists:sum(Words), iolist_size(Replaced)}.
