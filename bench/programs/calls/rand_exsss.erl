%% rand:uniform_s, 50,000 numbers.
-module(rand_exsss).
-export([input/0, run/1]).

input() -> rand:seed_s(exsss, {1, 2, 3}).

run(State) -> loop(50000, State, 0).

loop(0, _, Sum) -> Sum;
loop(N, State, Sum) ->
  {Value, Next} = rand:uniform_s(1000, State),
  loop(N - 1, Next, Sum + Value).
