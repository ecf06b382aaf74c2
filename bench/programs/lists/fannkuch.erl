%% The most reversals that any order of 8 numbers needs until 1 is in front.
-module(fannkuch).
-export([input/0, run/1]).

input() -> lists:seq(1, 8).

run(Numbers) -> most(Numbers, [], [], 0).

%% Every order: each number that is left in turn behind those that are chosen.
most([], [], Chosen, Most) -> max(Most, reversals(Chosen, 0));
most([], _, _, Most) -> Most;
most([X | Left], Passed, Chosen, Most) ->
    most(Left, [X | Passed], Chosen, most(lists:reverse(Passed, Left), [], [X | Chosen], Most)).

reversals([1 | _], Count) -> Count;
reversals([N | _] = Order, Count) -> reversals(reverse_first(N, Order, []), Count + 1).

reverse_first(0, Rest, Reversed) -> append(Reversed, Rest);
reverse_first(N, [X | Order], Reversed) -> reverse_first(N - 1, Order, [X | Reversed]).

append([], Rest) -> Rest;
append([X | List], Rest) -> [X | append(List, Rest)].
