%% Exceptions: thrown and caught by one function, raised by BIFs in a try, thrown 50 calls deep.
-module(catch_throw).
-export([input/0, run/1]).

input() -> 20000.

run(N) -> {local(N, 0), bif(N, 0), deep(N div 20, 0)}.

local(0, Sum) -> Sum;
local(N, Sum) ->
  Value = try throw_if(N), 0 catch throw:{odd, V} -> V end,
  local(N - 1, Sum + Value band 1).

throw_if(N) when N rem 2 =:= 1 -> throw({odd, N});
throw_if(_) -> ok.

bif(0, Sum) -> Sum;
bif(N, Sum) ->
  Value = try list_to_integer(text(N)) catch error:badarg -> 7 end,
  bif(N - 1, Sum + Value).

text(N) when N rem 2 =:= 1 -> "x";
text(_) -> "12".

deep(0, Sum) -> Sum;
deep(N, Sum) ->
  Value = try down(50) catch V -> V end,
  deep(N - 1, Sum + Value).

down(0) -> throw(3);
down(N) -> 1 + down(N - 1).
