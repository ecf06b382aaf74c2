%% Part of generated modules: calls functions with values out of a stock, and tells what came of each call.

run(Functions, Rounds, Seed) ->
    [{Name, Round, outcome(Name, Kinds, mix(mix(Number, Round), Seed))} ||
        {Number, Name, Kinds} <- Functions, Round <- lists:seq(1, Rounds)].

outcome(Name, Kinds, Hash) ->
    Args = arguments(Kinds, Hash),
    try apply(?MODULE, Name, Args) of
        Value -> {value, Value}
    catch
        Class:Reason:Stack ->
            [{_, Where, _, Info} | _] = Stack,
            {Class, Reason, Where, [Told || {error_info, Told} <- Info]}
    end.

arguments([Kind | Kinds], Hash) ->
    [value(Kind, Hash bsr 3) | arguments(Kinds, mix(Hash, length(Kinds)))];
arguments([], _) -> [].

%% 27 bits that depend on all of both numbers.
mix(A, B) ->
    C = (A * 16#2545F491 + B * 16#9E3779B1 + 16#12345) band 16#FFFFFFFFFF,
    (C bxor (C bsr 17)) band 16#7FFFFFF.

choose(Hash, Values) -> element(1 + Hash rem tuple_size(Values), Values).

value(int, H) ->
    case H rem 8 of
        0 -> choose(H bsr 3, {0, 1, -1, 2, 127, 128, 255, 256, -128, -129, 65535, 65536});
        1 -> (1 bsl ((H bsr 3) rem 140)) + ((H bsr 11) rem 3) - 1;
        2 -> -(1 bsl ((H bsr 3) rem 140)) + ((H bsr 11) rem 3) - 1;
        3 -> mix(H, 3) * mix(H, 1) * mix(H, 2);
        4 -> -mix(H, 3) * mix(H, 1);
        5 -> mix(H, 3) bsl (H rem 40);
        _ -> mix(H, 3) bsr (H rem 27)
    end;
value(size, H) ->
    case H rem 24 of
        0 -> -1;
        1 -> choose(H bsr 4, {a, 1.0, -(1 bsl 40), 1 bsl 70, [], <<1>>, 64, 32});
        2 -> 16;
        3 -> 32;
        4 -> 64;
        5 -> 500 + (H bsr 4) rem 50;
        _ -> (H bsr 4) rem 40
    end;
value(number, H) ->
    case H rem 8 of
        0 -> choose(H bsr 3, {0.0, -0.0, 1.0, -1.5, 65504.0, 65519.0, 65520.0, 65536.0, 6.0e-8, 2.9e-8, 3.0e-8, 5.96e-8,
                              1.0e38, 3.4028235e38, 3.4028236e38, 1.0e39, 1.0e300, -1.0e300, 1.7976931348623157e308,
                              5.0e-324, 1.0e-45, 7.0e-46, 6.1035e-5, 6.0976e-5, 1.00048828125, 1.00146484375,
                              1.000488281250001, 2049.0, 2051.0, 4.1e3});
        1 -> choose(H bsr 3, {1 bsl 1023, 1 bsl 1024, -(1 bsl 1024), (1 bsl 1024) - 1, (1 bsl 64) - 1, 16777217, 65519, 2049});
        2 -> choose(H bsr 3, {a, <<>>, [], "1"});
        3 -> mix(H, 3) - 100000000;
        4 -> value(int, H bsr 3);
        5 -> math:pow(2, ((H bsr 3) rem 60) - 30) * (1 + ((H bsr 9) rem 4096) / 4096);
        _ -> (mix(H, 3) / 7.0) * math:pow(10, (H bsr 3) rem 40 - 20)
    end;
value(char, H) ->
    case H rem 4 of
        0 -> choose(H bsr 2, {0, 127, 128, 16#7ff, 16#800, 16#d7ff, 16#d800, 16#dfff, 16#e000, 16#ffff, 16#10000,
                              16#10ffff, 16#110000, -1, 1 bsl 40, 16#fffe});
        1 -> (H bsr 2) rem 128;
        2 -> (H bsr 2) rem 16#900;
        _ -> (H bsr 2) rem 16#120000
    end;
value(bits, H) ->
    Bits = content(H bsr 5),
    case H rem 32 of
        0 -> choose(H bsr 5, {a, 17, [], <<>>, 1 bsl 80, {}, 1.5, #{}});
        N when N < 12 -> Bits;
        N when N < 24 ->
            %% at another alignment, perhaps of a large binary
            Skip = mix(H, 1) rem 9,
            case Bits of
                <<_:Skip, Rest/bitstring>> -> Rest;
                _ -> Bits
            end;
        N when N < 28 ->
            Size = bit_size(Bits) * 3 div 4,
            <<Part:Size/bitstring, _/bitstring>> = Bits,
            Part;
        _ -> << <<(mix(H, 1) rem 256)>> || _ <- lists:seq(1, 3 + (H bsr 5) rem 30) >>
    end;
value(any, H) ->
    case H rem 12 of
        0 -> choose(H bsr 4, {a, [], {}, <<"abc">>, <<1:3>>, 1.5, #{}, fun lists:map/2});
        N -> value(choose(N, {int, char, bits}), H bsr 4)
    end.

%% Bits of any length: random ones, zeros, text, characters of all kinds, floats that are none.
content(H) ->
    case H rem 12 of
        0 -> <<>>;
        1 -> <<0:((H bsr 4) rem 200)>>;
        2 -> <<-1:((H bsr 4) rem 200)>>;
        3 -> unicode_text(H bsr 4, 1 + H rem 9, <<>>);
        4 -> <<(mix(H, 3)):5, (unicode_text(H bsr 4, 1 + H rem 9, <<>>))/bitstring>>;
        5 -> <<(H bsr 4):16, 16#7ff0000000000000:64, 16#7f800000:32, 16#7c00:16, H:8>>;
        6 -> <<"ab", (H bsr 4):40, "a">>;
        7 -> random_bits(H, 500 + (H bsr 4) rem 400);
        8 -> <<((H bsr 4) rem 5):8, (random_bits(H, 8 * ((H bsr 7) rem 20)))/bitstring>>;
        _ -> random_bits(H, (H bsr 4) rem 500)
    end.

random_bits(H, Size) ->
    Number = lists:foldl(fun(I, Sum) -> (Sum bsl 27) bor mix(H, I) end, 0, lists:seq(0, Size div 27)),
    <<Number:Size>>.

unicode_text(_, 0, Text) -> Text;
unicode_text(H, N, Text) ->
    Next = mix(H, N),
    Code = value(char, H),
    Bytes = case Code of
                C when C >= 0, C < 16#d800; C > 16#dfff, C < 16#110000 ->
                    choose(N, {<<C/utf8>>, <<C/utf16>>, <<C/utf16-little>>, <<C/utf32>>, <<C/utf32-little>>, <<C/utf8>>});
                C -> <<C:24>>
            end,
    Broken = case Next rem 7 of
                 0 -> begin
                      Length = byte_size(Bytes) - 1,
                      <<Part:Length/binary, _/binary>> = Bytes,
                      Part
                  end;
                 1 -> <<Bytes/binary, 16#80>>;
                 2 -> choose(Next bsr 4, {<<16#c0, 16#80>>, <<16#e0, 16#9f, 16#bf>>, <<16#f0, 16#8f, 16#bf, 16#bf>>,
                                          <<16#f4, 16#90, 16#80, 16#80>>, <<16#ed, 16#a0, 16#80>>, <<16#d8, 0, 0, 0>>,
                                          <<16#dc, 0>>, <<16#f8, 16#88, 16#80, 16#80, 16#80>>, <<16#ff>>});
                 _ -> Bytes
             end,
    unicode_text(Next, N - 1, <<Text/binary, Broken/binary>>).
