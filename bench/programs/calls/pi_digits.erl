%% 1,000 digits of pi by a spigot on bignums (Gibbons).
-module(pi_digits).
-export([input/0, run/1]).

input() -> 1000.

run(Count) -> digits(Count, 1, 0, 1, 1, 3, 3, 0).

digits(0, _, _, _, _, _, _, Sum) ->
    Sum;
digits(Count, Q, R, T, K, Digit, L, Sum) when 4 * Q + R - T < Digit * T ->
    Next = 10 * (3 * Q + R) div T - 10 * Digit,
    digits(Count - 1, 10 * Q, 10 * (R - Digit * T), T, K, Next, L, (Sum * 31 + Digit) rem 1000003);
digits(Count, Q, R, T, K, _, L, Sum) ->
    Next = (Q * (7 * K) + 2 + R * L) div (T * L),
    digits(Count, Q * K, (2 * Q + R) * L, T * L, K + 1, Next, L + 2, Sum).
