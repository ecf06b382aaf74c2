%% The points of a grid of 120 by 120 that stay near after 50 steps.
-module(mandelbrot).
-export([input/0, run/1]).

input() -> 120.

run(N) -> rows(N, N, 0).

rows(0, _, Count) -> Count;
rows(Y, N, Count) -> rows(Y - 1, N, points(N, Y * 2.0 / N - 1.0, N, Count)).

points(0, _, _, Count) ->
    Count;
points(X, Im, N, Count) ->
    Re = X * 3.0 / N - 2.0,
    points(X - 1, Im, N, Count + stays(50, Re, Im, 0.0, 0.0)).

stays(0, _, _, _, _) -> 1;
stays(_, _, _, Zr, Zi) when Zr * Zr + Zi * Zi > 4.0 -> 0;
stays(N, Re, Im, Zr, Zi) -> stays(N - 1, Re, Im, Zr * Zr - Zi * Zi + Re, 2.0 * Zr * Zi + Im).
