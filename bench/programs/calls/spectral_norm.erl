%% The spectral norm of a matrix of 100 rows whose elements are computed.
-module(spectral_norm).
-export([input/0, run/1]).

input() -> 100.

run(N) ->
    {U, V} = approximate(5, N, lists:duplicate(N, 1.0), []),
    round(math:sqrt(dot(U, V, 0.0) / dot(V, V, 0.0)) * 1.0e9).

approximate(0, _, U, V) -> {U, V};
approximate(Count, N, U, _) ->
    V = both(N, U),
    approximate(Count - 1, N, both(N, V), V).

both(N, U) -> times_transposed(0, N, times(0, N, U)).

times(N, N, _) -> [];
times(I, N, U) -> [row(I, 0, U, 0.0) | times(I + 1, N, U)].

times_transposed(N, N, _) -> [];
times_transposed(I, N, U) -> [column(I, 0, U, 0.0) | times_transposed(I + 1, N, U)].

row(_, _, [], Sum) -> Sum;
row(I, J, [X | U], Sum) -> row(I, J + 1, U, Sum + element_of(I, J) * X).

column(_, _, [], Sum) -> Sum;
column(I, J, [X | U], Sum) -> column(I, J + 1, U, Sum + element_of(J, I) * X).

element_of(I, J) -> 1.0 / ((I + J) * (I + J + 1) div 2 + I + 1).

dot([], [], Sum) -> Sum;
dot([X | U], [Y | V], Sum) -> dot(U, V, Sum + X * Y).
