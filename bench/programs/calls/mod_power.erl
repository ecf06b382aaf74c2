%% Powers modulo a number of 521 bits, by squaring.
-module(mod_power).
-export([input/0, run/1]).

input() -> {(1 bsl 521) - 1, lists:seq(3, 12)}.

run({Modulus, Bases}) ->
    lists:foldl(fun(Base, Sum) -> (Sum + power(Base, Modulus - 2, Modulus, 1)) rem Modulus end, 0, Bases) rem 1000003.

power(_, 0, _, Product) -> Product;
power(Base, Exponent, Modulus, Product) when Exponent band 1 =:= 1 ->
    power(Base * Base rem Modulus, Exponent bsr 1, Modulus, Product * Base rem Modulus);
power(Base, Exponent, Modulus, Product) ->
    power(Base * Base rem Modulus, Exponent bsr 1, Modulus, Product).
