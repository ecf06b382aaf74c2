-module(fib).
-export([input/0, run/1]).

input() -> 32.

run(N) -> fib(N).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
