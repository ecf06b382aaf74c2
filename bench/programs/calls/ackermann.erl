%% Ackermann's function of 2 and 900 and of 3 and 7.
-module(ackermann).
-export([input/0, run/1]).

input() -> [{2, 900}, {3, 7}].

run(Pairs) -> [ack(M, N) || {M, N} <- Pairs].

ack(0, N) -> N + 1;
ack(M, 0) -> ack(M - 1, 1);
ack(M, N) -> ack(M - 1, ack(M, N - 1)).
