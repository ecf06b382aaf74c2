%% Pythagorean triples up to 200, and comprehensions with filters over 100,000 numbers.
-module(comprehensions).
-export([input/0, run/1]).

input() -> {200, lists:seq(1, 100000)}.

run({N, Numbers}) ->
    Triples = [{A, B, C} || A <- lists:seq(1, N), B <- lists:seq(A, N), C <- [hypotenuse(A * A + B * B, B)], C > 0, C =< N],
    Chosen = [{X, X * 2} || X <- Numbers, X rem 3 =:= 0, X rem 5 > 1],
    {length(Triples), lists:sum([Y - X || {X, Y} <- Chosen])}.

hypotenuse(Square, C) when C * C < Square -> hypotenuse(Square, C + 1);
hypotenuse(Square, C) when C * C =:= Square -> C;
hypotenuse(_, _) -> 0.
