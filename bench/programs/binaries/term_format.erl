%% The external term format of 20,000 rows, there and back.
-module(term_format).
-export([input/0, run/1]).

input() -> [{N, <<"row">>, [N, a, N / 3], #{key => N, N => [{x, y}]}} || N <- lists:seq(1, 20000)].

run(Rows) ->
    Binary = term_to_binary(Rows),
    Back = binary_to_term(Binary),
    {byte_size(Binary), Back =:= Rows}.
