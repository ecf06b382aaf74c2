%% Functions of zlib that OTP 27 has no more: sums of streams, output in chunks.
-module(zlib_before_27_cases).
-export([raw_sums/0, other_sums/0, sums_after_resets/0, chunks/0, chunk_sizes/0, states/0, owners/0]).

text() -> iolist_to_binary([[integer_to_list(I * I rem 7919), 32] || I <- lists:seq(1, 4000)]).

with(F) ->
    Z = zlib:open(),
    try F(Z) after zlib:close(Z) end.

caught(F) ->
    try F()
    catch C:R -> {C, R}
    end.

raw() ->
    with(fun(Z) ->
        ok = zlib:deflateInit(Z, 6, deflated, -15, 8, default),
        C = iolist_to_binary([zlib:deflate(Z, [text(), text()]), zlib:deflate(Z, <<"end">>, finish)]),
        Sum = zlib:crc32(Z),
        ok = zlib:deflateEnd(Z),
        {C, Sum}
    end).

raw_sums() ->
    {C, Sum} = raw(),
    {Sum, erlang:crc32([text(), text(), <<"end">>]) =:= Sum,
     [with(fun(Z) ->
         ok = zlib:inflateInit(Z, -15),
         [begin _ = zlib:inflate(Z, P), zlib:crc32(Z) end || P <- parts(C, N)]
      end) || N <- [5000, 100000]]}.

parts(B, N) when byte_size(B) > N ->
    <<P:N/binary, R/binary>> = B,
    [P | parts(R, N)];
parts(B, _) -> [B].

other_sums() ->
    with(fun(Z) ->
        ok = zlib:deflateInit(Z),
        C = zlib:deflate(Z, text(), finish),
        Sum = zlib:crc32(Z),
        ok = zlib:deflateEnd(Z),
        ok = zlib:inflateInit(Z),
        _ = zlib:inflate(Z, C),
        {Sum, zlib:crc32(Z)}
    end).

sums_after_resets() ->
    {C, _} = raw(),
    with(fun(Z) ->
        ok = zlib:inflateInit(Z, -15),
        _ = zlib:inflate(Z, C),
        A = zlib:crc32(Z),
        ok = zlib:inflateReset(Z),
        B = zlib:crc32(Z),
        _ = zlib:inflate(Z, C),
        D = zlib:crc32(Z),
        ok = zlib:inflateEnd(Z),
        ok = zlib:deflateInit(Z, 6, deflated, -15, 8, default),
        E = zlib:crc32(Z),
        _ = zlib:deflate(Z, text()),
        F = zlib:crc32(Z),
        ok = zlib:deflateReset(Z),
        {A, B, D, E, F, zlib:crc32(Z)}
    end).

chunks() ->
    C = zlib:compress(text()),
    [with(fun(Z) ->
        ok = zlib:inflateInit(Z),
        ok = zlib:setBufSize(Z, Size),
        all(Z, zlib:inflateChunk(Z, C))
     end) || Size <- [17, 1000, 100000]].

all(Z, {more, Part}) -> [erlang:crc32(Part) | all(Z, zlib:inflateChunk(Z))];
all(_, Last) -> [erlang:crc32(Last)].

chunk_sizes() ->
    with(fun(Z) ->
        [zlib:getBufSize(Z) | [{S, caught(fun() -> zlib:setBufSize(Z, S) end), zlib:getBufSize(Z)} || S <- [16, 17, 1 bsl 24 - 1, 1 bsl 24, -1, a]]]
    end).

states() ->
    with(fun(Z) ->
        [caught(fun() -> F(Z) end) || F <- [fun zlib:crc32/1, fun zlib:inflateChunk/1, fun zlib:getBufSize/1]]
        ++ [caught(fun() -> F(nothing) end) || F <- [fun zlib:crc32/1, fun zlib:inflateChunk/1, fun zlib:getBufSize/1]]
    end).

owners() ->
    with(fun(Z) ->
        {_, Monitor} = spawn_monitor(fun() ->
            exit([caught(fun() -> F(Z) end) || F <- [fun zlib:crc32/1, fun zlib:getBufSize/1, fun(Y) -> zlib:setBufSize(Y, 100) end]])
        end),
        receive {'DOWN', Monitor, process, _, Result} -> Result end
    end).
