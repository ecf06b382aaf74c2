%% Five bodies that attract each other, 5,000 steps.
-module(n_body).
-export([input/0, run/1]).

input() ->
    [{0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.5},
     {4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.037},
     {8.3, 4.1, -0.4, -1.0, 1.8, 0.008, 0.011},
     {12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.0017},
     {15.4, -25.9, 0.2, 1.0, 0.6, -0.03, 0.002}].

run(Bodies) ->
    [{X, _, _, _, _, _, _} | _] = steps(5000, Bodies),
    round(X * 1.0e9).

steps(0, Bodies) -> Bodies;
steps(N, Bodies) -> steps(N - 1, [move(Body, Bodies) || Body <- Bodies]).

move({X, Y, Z, VX, VY, VZ, M}, Bodies) ->
    {AX, AY, AZ} = pull(Bodies, X, Y, Z, 0.0, 0.0, 0.0),
    Dt = 0.001,
    WX = VX + Dt * AX,
    WY = VY + Dt * AY,
    WZ = VZ + Dt * AZ,
    {X + Dt * WX, Y + Dt * WY, Z + Dt * WZ, WX, WY, WZ, M}.

pull([], _, _, _, AX, AY, AZ) ->
    {AX, AY, AZ};
pull([{X, Y, Z, _, _, _, _} | Bodies], X, Y, Z, AX, AY, AZ) ->
    pull(Bodies, X, Y, Z, AX, AY, AZ);
pull([{X1, Y1, Z1, _, _, _, M} | Bodies], X, Y, Z, AX, AY, AZ) ->
    DX = X1 - X,
    DY = Y1 - Y,
    DZ = Z1 - Z,
    Square = DX * DX + DY * DY + DZ * DZ,
    Force = M / (Square * math:sqrt(Square)),
    pull(Bodies, X, Y, Z, AX + DX * Force, AY + DY * Force, AZ + DZ * Force).
