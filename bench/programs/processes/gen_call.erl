%% 20,000 calls of a server through gen_server:call.
-module(gen_call).
-export([input/0, run/1]).

input() -> 20000.

run(N) ->
    Server = spawn(fun() -> serve(0) end),
    Last = calls(Server, N),
    Server ! stop,
    Last.

calls(Server, 1) -> gen_server:call(Server, next);
calls(Server, N) -> gen_server:call(Server, next), calls(Server, N - 1).

serve(N) ->
    receive
        {'$gen_call', From, next} -> gen:reply(From, N), serve(N + 1);
        stop -> ok
    end.
