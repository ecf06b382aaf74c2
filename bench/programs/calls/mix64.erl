%% Hashes and generators on 64 bits: FNV-1a over 128 KiB, xorshift and splitmix 100,000 times.
-module(mix64).
-export([input/0, run/1]).

input() -> binary:copy(<<"0123456789abcdef">>, 8192).

run(Binary) ->
  {fnv(Binary, 16#cbf29ce484222325), xorshift(100000, 88172645463325252), splitmix(100000, 42, 0)}.

fnv(<<C, Rest/binary>>, H) -> fnv(Rest, ((H bxor C) * 16#100000001b3) band 16#ffffffffffffffff);
fnv(<<>>, H) -> H.

xorshift(0, X) -> X;
xorshift(N, X0) ->
  X1 = (X0 bxor (X0 bsl 13)) band 16#ffffffffffffffff,
  X2 = X1 bxor (X1 bsr 7),
  xorshift(N - 1, (X2 bxor (X2 bsl 17)) band 16#ffffffffffffffff).

splitmix(0, _, Sum) -> Sum;
splitmix(N, X, Sum) ->
  Z0 = (X + 16#9e3779b97f4a7c15) band 16#ffffffffffffffff,
  Z1 = ((Z0 bxor (Z0 bsr 30)) * 16#bf58476d1ce4e5b9) band 16#ffffffffffffffff,
  Z2 = ((Z1 bxor (Z1 bsr 27)) * 16#94d049bb133111eb) band 16#ffffffffffffffff,
  splitmix(N - 1, Z0, (Sum + (Z2 bxor (Z2 bsr 31))) band 16#ffffffff).
