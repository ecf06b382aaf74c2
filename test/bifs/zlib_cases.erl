%% Streams of zlib with all options. Results are checksums where they would be long.
-module(zlib_cases).
-export([levels/0, flushes/0, small_windows/0, memory_levels/0, strategies/0, chunked_input/0, gzip/0, raw/0, dictionaries/0,
         inflate_dictionary/0, get_dictionary/0, parameters/0, resets/0, safe_inflate/0, safe_deflate/0, end_of_stream/0,
         errors/0, bad_options/0, states/0, owners/0, bad_data/0, functions/0, truncated/0, large/0, stashes/0,
         empty/0, many_parts/0, inflate_chunks/0, incompressible/0, level_changes/0]).

%% Texts with structure, the same in every run.
text(N) -> iolist_to_binary([[word(I * I rem 7919), 32] || I <- lists:seq(1, N)]).

word(N) -> lists:nth(N rem 8 + 1, ["alpha", "beta", "gamma", "delta", "erlang", "process", integer_to_list(N), "zlib"]).

noise(N) -> noise(N, 12345, []).
noise(0, _, Bytes) -> list_to_binary(Bytes);
noise(N, X, Bytes) ->
    Next = (X * 1103515245 + 12345) band 16#7fffffff,
    noise(N - 1, Next, [(Next bsr 16) band 255 | Bytes]).

samples() -> [<<>>, <<"a">>, text(10), text(4000), binary:copy(<<0>>, 100000), noise(20000), iolist_to_binary([text(500), noise(3000), text(500)])].

sum(Data) ->
    Bytes = iolist_to_binary(Data),
    case byte_size(Bytes) of
        N when N < 40 -> Bytes;
        N -> {N, erlang:md5(Bytes)}
    end.

caught(F) -> try F() catch Class:Reason -> {Class, Reason} end.

with(F) ->
    Z = zlib:open(),
    try F(Z) after zlib:close(Z) end.

deflated(Init, Data) -> deflated(Init, [Data], finish).
deflated(Init, Parts, Flush) ->
    with(fun(Z) ->
        ok = apply(zlib, deflateInit, [Z | Init]),
        Out = [zlib:deflate(Z, Part, Flush) || Part <- lists:droplast(Parts)],
        Last = zlib:deflate(Z, lists:last(Parts), finish),
        ok = zlib:deflateEnd(Z),
        iolist_to_binary([Out, Last])
    end).

inflated(Init, Data) ->
    with(fun(Z) ->
        ok = apply(zlib, inflateInit, [Z | Init]),
        Out = iolist_to_binary(zlib:inflate(Z, Data)),
        ok = zlib:inflateEnd(Z),
        Out
    end).

%% The compressed bytes, and whether they come back.
round_trip(Init, Data) ->
    C = deflated(Init, Data),
    {sum(C), inflated(case Init of [_, _, Bits | _] -> [Bits]; _ -> [] end, C) =:= Data}.

levels() -> [{L, [round_trip([L], S) || S <- samples()]} || L <- [default, none, best_speed, best_compression | lists:seq(0, 9)]].

flushes() ->
    Parts = [text(300), <<>>, noise(500), text(2), text(1000), <<"x">>, text(50)],
    [{L, F, sum(deflated([L], Parts, F))} || L <- lists:seq(0, 9), F <- [none, sync, full]] ++
    [begin
         ok = zlib:deflateInit(Z, L),
         Out = [sum(zlib:deflate(Z, P, F)) || P <- Parts],
         Last = sum(zlib:deflate(Z, [], finish)),
         zlib:close(Z),
         {L, F, Out, Last}
     end || L <- [0, 1, 6], F <- [none, sync, full], Z <- [zlib:open()]].

small_windows() ->
    [{W, L, caught(fun() -> round_trip([L, deflated, W, 8, default], S) end)}
     || W <- [8, 9, 10, 12, 15, -8, -9, -12, -15], L <- [0, 1, 5, 9], S <- [text(3000), noise(3000)]].

memory_levels() -> [{M, L, round_trip([L, deflated, 15, M, default], S)} || M <- lists:seq(1, 9), L <- [0, 1, 6, 9], S <- [text(6000), noise(9000)]].

strategies() ->
    [{S, L, [round_trip([L, deflated, 15, 8, S], D) || D <- samples()]} || S <- [default, filtered, huffman_only, rle], L <- [0, 1, 4, 6, 9]].

parts(<<>>, _) -> [<<>>];
parts(Data, N) when byte_size(Data) =< N -> [Data];
parts(Data, N) ->
    {Part, Rest} = split_binary(Data, N),
    [Part | parts(Rest, N)].

chunked_input() ->
    Data = iolist_to_binary([text(2000), noise(1000)]),
    [{L, N, sum(deflated([L], parts(Data, N), none))} || L <- [0, 1, 6, 9], N <- [1, 7, 100, 4096]] ++
    [{N, sum(deflated([6], [parts(Data, N)], none))} || N <- [1, 10, 1000]].

gzip() ->
    [{sum(zlib:gzip(S)), zlib:gunzip(zlib:gzip(S)) =:= S, sum(deflated([9, deflated, 31, 8, default], S)),
      sum(deflated([1, deflated, 16 + 9, 1, rle], S))} || S <- samples()].

raw() -> [{sum(zlib:zip(S)), zlib:unzip(zlib:zip(S)) =:= S, [round_trip([L, deflated, -15, 9, default], S) || L <- [0, 3, 9]]} || S <- samples()].

dictionaries() ->
    Data = text(100),
    [with(fun(Z) ->
        ok = zlib:deflateInit(Z, 6, deflated, W, 8, default),
        Id = caught(fun() -> zlib:deflateSetDictionary(Z, D) end),
        Out = iolist_to_binary(zlib:deflate(Z, Data, finish)),
        Again = caught(fun() -> zlib:deflateSetDictionary(Z, D) end),
        {W, Id, sum(Out), Again}
     end) || D <- [<<>>, <<"a">>, text(20), [text(3), "x", [text(2)]], text(10000), foo, [1000]], W <- [15, 9, -15, 31]].

inflate_dictionary() ->
    Dictionary = text(50),
    Data = text(60),
    Z = zlib:open(),
    ok = zlib:deflateInit(Z),
    Id = zlib:deflateSetDictionary(Z, Dictionary),
    C = iolist_to_binary(zlib:deflate(Z, Data, finish)),
    zlib:close(Z),
    [Id,
     caught(fun() -> inflated([], C) end),
     with(fun(I) ->
         ok = zlib:inflateInit(I),
         Need = caught(fun() -> zlib:inflate(I, C) end),
         Wrong = caught(fun() -> zlib:inflateSetDictionary(I, <<"wrong">>) end),
         Set = zlib:inflateSetDictionary(I, Dictionary),
         Out = iolist_to_binary(zlib:inflate(I, [])),
         [Need, Wrong, Set, Out =:= Data, zlib:inflateEnd(I)]
     end),
     with(fun(I) ->
         ok = zlib:inflateInit(I),
         Safe = zlib:safeInflate(I, C),
         ok = zlib:inflateSetDictionary(I, Dictionary),
         {finished, Out} = zlib:safeInflate(I, []),
         [Safe, iolist_to_binary(Out) =:= Data]
     end),
     with(fun(I) ->
         ok = zlib:inflateInit(I),
         [caught(fun() -> zlib:inflate(I, C, [{exception_on_need_dict, false}]) end), zlib:inflateSetDictionary(I, Dictionary),
          iolist_to_binary(zlib:inflate(I, [], [{exception_on_need_dict, false}])) =:= Data]
     end),
     with(fun(I) ->
         ok = zlib:inflateInit(I, -15),
         [zlib:inflateSetDictionary(I, Dictionary), caught(fun() -> zlib:inflateSetDictionary(I, foo) end)]
     end)].

get_dictionary() ->
    [with(fun(I) ->
        ok = zlib:inflateInit(I),
        D0 = sum(zlib:inflateGetDictionary(I)),
        zlib:inflate(I, zlib:compress(D)),
        [D0, sum(zlib:inflateGetDictionary(I))]
     end) || D <- [<<"abc">>, text(100), text(20000), <<>>]] ++
    [with(fun(Z) -> caught(fun() -> zlib:inflateGetDictionary(Z) end) end)].

parameters() ->
    [with(fun(Z) ->
        ok = zlib:deflateInit(Z, A),
        O1 = zlib:deflate(Z, text(300)),
        P = caught(fun() -> zlib:deflateParams(Z, B, S) end),
        O2 = zlib:deflate(Z, text(300), finish),
        Out = iolist_to_binary([O1, O2]),
        {A, B, S, P, sum(Out), caught(fun() -> zlib:uncompress(Out) =:= iolist_to_binary([text(300), text(300)]) end)}
     end) || A <- [0, 1, 3, 4, 6, 9], B <- [0, 1, 2, 5, 6, 9, default], S <- [default, filtered, huffman_only, rle]] ++
    [with(fun(Z) -> ok = zlib:deflateInit(Z), caught(fun() -> zlib:deflateParams(Z, L, S) end) end)
     || {L, S} <- [{10, default}, {-2, default}, {foo, default}, {1, foo}, {6, default}, {0, default}]].

level_changes() ->
    [with(fun(Z) ->
        ok = zlib:deflateInit(Z, 6, deflated, W, 8, default),
        Out = [begin
                   ok = zlib:deflateParams(Z, L, S),
                   zlib:deflate(Z, iolist_to_binary([text(N), noise(100)]), F)
               end || {L, S, N, F} <- [{0, default, 500, none}, {6, default, 500, none}, {0, rle, 9000, sync}, {9, filtered, 700, none},
                                       {0, default, 9000, none}, {1, default, 9000, full}, {0, default, 100, none}, {4, default, 300, none},
                                       {2, huffman_only, 300, none}, {2, default, 300, sync}]],
        sum([Out, zlib:deflate(Z, <<"end">>, finish)])
     end) || W <- [15, 9, -15, 31]].

resets() ->
    with(fun(Z) ->
        ok = zlib:deflateInit(Z, 6),
        A = iolist_to_binary(zlib:deflate(Z, text(100), finish)),
        R1 = zlib:deflateReset(Z),
        B = iolist_to_binary(zlib:deflate(Z, text(100), finish)),
        R2 = zlib:deflateReset(Z),
        _ = zlib:deflate(Z, text(10)),
        R3 = zlib:deflateReset(Z),
        C = iolist_to_binary(zlib:deflate(Z, text(100), finish)),
        ok = zlib:deflateEnd(Z),
        ok = zlib:inflateInit(Z),
        I1 = iolist_to_binary(zlib:inflate(Z, A)) =:= text(100),
        R4 = zlib:inflateReset(Z),
        I2 = iolist_to_binary(zlib:inflate(Z, A)) =:= text(100),
        R5 = zlib:inflateReset(Z),
        <<Half:20/binary, _/binary>> = A,
        _ = zlib:inflate(Z, Half),
        R6 = zlib:inflateReset(Z),
        I3 = iolist_to_binary(zlib:inflate(Z, A)) =:= text(100),
        [sum(A), A =:= B, A =:= C, R1, R2, R3, R4, R5, R6, I1, I2, I3]
    end).

safe_inflate() ->
    [with(fun(Z) ->
        ok = zlib:inflateInit(Z),
        [sum([Out || {_, Out} <- gather(Z, zlib:compress(D))]), zlib:inflateEnd(Z)]
     end) || D <- samples()].

gather(Z, Input) ->
    case zlib:safeInflate(Z, Input) of
        {continue, Out} -> [{continue, Out} | gather(Z, [])];
        {finished, Out} -> [{finished, Out}]
    end.

safe_deflate() ->
    [with(fun(Z) ->
        ok = zlib:deflateInit(Z, L),
        [sum(zlib:deflate(Z, parts(D, 1000))), sum(zlib:deflate(Z, <<>>, sync)), sum(zlib:deflate(Z, D, finish))]
     end) || D <- samples(), L <- [0, 6]].

end_of_stream() ->
    C = zlib:compress(<<"first">>),
    Two = <<C/binary, (zlib:compress(<<"second">>))/binary>>,
    [with(fun(Z) ->
        ok = zlib:inflateInit(Z, 15, B),
        [B | [caught(fun() -> iolist_to_binary(zlib:inflate(Z, In)) end) || In <- [Two, <<"rubbish">>, C, []]]] ++
        [caught(fun() -> zlib:inflateEnd(Z) end)]
     end) || B <- [cut, reset, error]] ++
    [with(fun(Z) -> caught(fun() -> zlib:inflateInit(Z, 15, foo) end) end)].

errors() ->
    Z = zlib:open(),
    ok = zlib:close(Z),
    [caught(fun() -> zlib:close(Z) end), caught(fun() -> zlib:deflateInit(Z) end), caught(fun() -> zlib:deflate(Z, "x") end),
     caught(fun() -> zlib:inflate(Z, "x") end)] ++
    [caught(fun() -> apply(zlib, F, A) end)
     || {F, A} <- [{close, [foo]}, {deflateInit, [foo]}, {deflateInit, [make_ref()]}, {inflateInit, [foo]}, {deflate, [foo, "x"]},
                   {compress, [foo]}, {compress, [[1000]]}, {uncompress, [<<"rubbish">>]}, {uncompress, [<<>>]}, {gunzip, [<<1, 2, 3>>]},
                   {unzip, [<<255, 255, 255>>]}, {uncompress, [foo]}, {zip, [[1, foo]]}, {set_controlling_process, [foo, self()]}]].

bad_options() ->
    [with(fun(Z) -> caught(fun() -> apply(zlib, deflateInit, [Z | O]) end) end)
     || O <- [[10], [-2], [foo], [1.0], [6, foo, 15, 8, default], [6, deflated, 7, 8, default], [6, deflated, 16, 8, default],
              [6, deflated, 48, 8, default], [6, deflated, -16, 8, default], [6, deflated, 15, 0, default], [6, deflated, 15, 10, default],
              [6, deflated, 15, 8, foo], [6, deflated, foo, 8, default], [6, deflated, -8, 8, default], [6, deflated, 0, 8, default],
              [1 bsl 40], [6, deflated, 24, 8, default]]] ++
    [with(fun(Z) -> caught(fun() -> apply(zlib, inflateInit, [Z | O]) end) end)
     || O <- [[7], [16], [15 + 32], [48], [-7], [-16], [0], [foo], [8], [-8], [1.0]]] ++
    [with(fun(Z) -> ok = zlib:deflateInit(Z), caught(fun() -> zlib:deflate(Z, "x", F) end) end) || F <- [foo, 1, none]].

states() ->
    with(fun(Z) ->
        [caught(fun() -> zlib:F(Z) end) || F <- [deflateReset, deflateEnd, inflateReset, inflateEnd, inflateGetDictionary]] ++
        [caught(fun() -> zlib:F(Z, <<"x">>) end) || F <- [deflate, inflate, deflateSetDictionary, inflateSetDictionary, safeInflate]] ++
        [caught(fun() -> zlib:deflateParams(Z, 1, default) end), zlib:deflateInit(Z), caught(fun() -> zlib:deflateInit(Z) end),
         caught(fun() -> zlib:inflateInit(Z) end), caught(fun() -> zlib:inflate(Z, <<"x">>) end), caught(fun() -> zlib:deflateEnd(Z) end), zlib:inflateInit(Z),
         caught(fun() -> zlib:deflate(Z, <<"x">>) end), caught(fun() -> zlib:inflateEnd(Z) end), zlib:deflateInit(Z), zlib:deflate(Z, "abc"),
         caught(fun() -> zlib:deflateEnd(Z) end), zlib:deflateInit(Z)]
    end).

owners() ->
    Z = zlib:open(),
    Self = self(),
    Other = fun(F) ->
        {Pid, Ref} = spawn_monitor(fun() -> Self ! {self(), caught(F)} end),
        receive {Pid, R} -> receive {'DOWN', Ref, process, Pid, normal} -> R end end
    end,
    R1 = [Other(fun() -> zlib:deflateInit(Z) end), Other(fun() -> zlib:close(Z) end), Other(fun() -> zlib:deflate(Z, "x") end),
          caught(fun() -> zlib:set_controlling_process(Z, foo) end)],
    {Pid, Ref} = spawn_monitor(fun() -> receive go -> Self ! {self(), caught(fun() -> zlib:deflateInit(Z) end)} end end),
    R2 = zlib:set_controlling_process(Z, Pid),
    R3 = caught(fun() -> zlib:deflateInit(Z) end),
    Pid ! go,
    R4 = receive {Pid, R} -> R end,
    receive {'DOWN', Ref, process, Pid, normal} -> ok end,
    [R1, R2, R3, R4, caught(fun() -> zlib:close(Z) end)].

bad_data() ->
    C = zlib:compress(text(200)),
    Size = byte_size(C),
    [begin
         <<A:At/binary, B, Rest/binary>> = C,
         Broken = <<A/binary, (B bxor 16#55), Rest/binary>>,
         {At, caught(fun() -> sum(zlib:uncompress(Broken)) end), caught(fun() -> sum(inflated([], Broken)) end)}
     end || At <- [0, 1, 2, 3, 5, 10, 20, 50, Size div 2, Size - 5, Size - 4, Size - 1]] ++
    [caught(fun() -> sum(inflated([Bits], C)) end) || Bits <- [-15, 31, 47, 0, 9]].

truncated() ->
    C = zlib:compress(text(200)),
    G = zlib:gzip(text(200)),
    [begin
         Part = binary:part(C, 0, N),
         {N, caught(fun() -> zlib:uncompress(Part) end), caught(fun() -> inflated([], Part) end),
          with(fun(Z) -> zlib:inflateInit(Z), sum(zlib:inflate(Z, Part)) end)}
     end || N <- [0, 1, 2, 3, 10, 30, byte_size(C) - 4, byte_size(C) - 1]] ++
    [caught(fun() -> zlib:gunzip(binary:part(G, 0, N)) end) || N <- [0, 1, 9, 10, 11, 40, byte_size(G) - 8, byte_size(G) - 1]].

functions() ->
    [[sum(zlib:F(S)) || F <- [compress, zip, gzip]] || S <- samples()] ++
    [zlib:uncompress(zlib:compress([<<"a">>, "b", [$c]])), zlib:unzip(zlib:zip("abc")), zlib:gunzip(zlib:gzip("abc")),
     zlib:gunzip([zlib:gzip("abc"), zlib:gzip("def")]), caught(fun() -> zlib:gunzip([zlib:gzip("abc"), "rubbish"]) end)].

large() ->
    Data = binary:copy(iolist_to_binary([text(3000), noise(2000)]), 40),
    [{L, round_trip([L], Data)} || L <- [0, 1, 6]].

incompressible() -> [{L, round_trip([L], noise(150000))} || L <- [0, 1, 4, 9]].

%% What keeps a term alive between calls shows in what happens after deflateParams and a missing dictionary.
stashes() ->
    with(fun(Z) ->
        ok = zlib:deflateInit(Z, 9),
        A = zlib:deflate(Z, text(2000)),
        ok = zlib:deflateParams(Z, 1, default),
        ok = zlib:deflateParams(Z, 9, filtered),
        B = zlib:deflate(Z, text(100), sync),
        C = zlib:deflate(Z, <<>>, finish),
        [sum([A, B, C]), zlib:deflateEnd(Z)]
    end).

empty() ->
    with(fun(Z) ->
        ok = zlib:deflateInit(Z),
        R = [iolist_to_binary(zlib:deflate(Z, D, F)) || {D, F} <- [{<<>>, none}, {[], sync}, {<<>>, sync}, {[], full}, {[], none}, {[], finish}]],
        R2 = [caught(fun() -> iolist_to_binary(zlib:deflate(Z, D, F)) end) || {D, F} <- [{<<>>, finish}, {<<"x">>, finish}]],
        [R, R2, caught(fun() -> zlib:deflateEnd(Z) end)]
    end).

many_parts() ->
    Parts = [integer_to_binary(N) || N <- lists:seq(1, 3000)],
    Whole = iolist_to_binary(Parts),
    C = deflated([6], Parts),
    [sum(C), inflated([], parts(C, 3)) =:= Whole, sum(zlib:compress([Parts, [Parts | <<"tail">>]]))].

inflate_chunks() ->
    C = zlib:compress(text(5000)),
    [with(fun(Z) ->
        ok = zlib:inflateInit(Z),
        Out = [zlib:inflate(Z, P) || P <- parts(C, N)],
        [sum(Out), zlib:inflateEnd(Z)]
     end) || N <- [1, 2, 13, 1000, 100000]].
