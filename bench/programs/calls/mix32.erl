%% Generators whose state has 31 to 59 bits: small integers on a 64-bit system.
-module(mix32).
-export([input/0, run/1]).

input() -> 100000.

run(N) -> {lcg(N, 42, 0), park(N, 1), mwc(N, 123456789)}.

lcg(0, _, Sum) -> Sum;
lcg(N, X, Sum) ->
  Y = (X * 1664525 + 1013904223) band 16#ffffffff,
  lcg(N - 1, Y, (Sum + (Y bsr 16)) band 16#ffffff).

park(0, X) -> X;
park(N, X) -> park(N - 1, (X * 48271) rem 2147483647).

mwc(0, X) -> X;
mwc(N, X) -> mwc(N - 1, 16#7fa6502 * (X band 16#ffffffff) + (X bsr 32)).
