%% Every function without arguments is a case of bits.test.ts: what it returns is compared with native OTP.
-module(bits_cases).
-export([append_keeps_old_values/0, append_branches/0, append_bits_branches/0, append_after_match/0, append_to_itself/0,
         append_front_consumed/0, append_across_processes/0, append_bad_unit/0, append_then_fail/0, comprehensions/0,
         bit_comprehensions/0, failing_comprehension/0, loop_bits/0, loop_utf8/0, loop_tails/0, backtrack/0, deep_backtrack/0,
         constants/0, strings/0, positions_beyond_smalls/0, guards/0, size_errors/0, tails_of_large/0, floats/0, nested_units/0,
         context_as_binary/0, sub_of_sub/0, literals/0, rest_of_byte_at_end/0, base64_like/0, build_large_integers/0,
         match_large_integers/0, build_loop/0, keep_context_alive/0, zero_sizes/0, little_in_runs/0, build_in_place_of_dead/0, identity/1]).
-if(?OTP_RELEASE >= 27).
-export([test_of_context/0]).
-endif.

%% The compiler knows nothing of what a call to another module gives.
id(X) -> ?MODULE:identity(X).
identity(X) -> X.

%% ---- appending

append_keeps_old_values() -> append_all(0, 300, <<>>, []).

append_all(N, N, Acc, All) -> [Acc | All];
append_all(I, N, Acc, All) -> append_all(I + 1, N, <<Acc/binary, I:16, "xyz">>, [Acc | All]).

append_branches() ->
    A = grow(100, <<>>),
    B = <<A/binary, 1, 2, 3>>,
    C = <<A/binary, 4, 5, 6>>,
    D = <<B/binary, 7>>,
    E = <<B/binary, 8>>,
    F = <<C/binary, 9>>,
    [A, B, C, D, E, F, <<F/binary, E/binary, D/binary>>].

grow(0, Acc) -> Acc;
grow(N, Acc) -> grow(N - 1, <<Acc/binary, N>>).

append_bits_branches() ->
    A = grow(100, <<>>),
    B = <<A/bitstring, 5:3>>,
    C = <<B/bitstring, 1:1>>,
    D = <<B/bitstring, 0:1>>,
    E = <<C/bitstring, 15:4>>,
    F = <<C/bitstring, 0:4>>,
    G = <<D/bitstring, 3:2>>,
    H = <<E/bitstring, 77>>,
    I = <<F/bitstring, 78>>,
    [A, B, C, D, E, F, G, H, I, <<G/bitstring, H/bitstring>>].

append_after_match() ->
    A = grow(200, <<>>),
    <<X, Rest/binary>> = A,
    B = <<A/binary, "more">>,
    <<Y:3, Odd/bitstring>> = B,
    C = <<Rest/binary, "rest">>,
    D = <<Odd/bitstring, 1:5>>,
    [X, Y, A, B, C, D, Rest, Odd].

append_to_itself() ->
    A = grow(40, <<>>),
    B = <<A/binary, A/binary>>,
    C = <<B/binary, B/binary, A/binary>>,
    D = <<C/binary, 1:3, C/bitstring>>,
    [A, B, C, D, <<D/bitstring, D/bitstring>>].

%% A buffer that is filled behind and emptied in front.
append_front_consumed() -> consume(2000, grow(100, <<>>), 0).

consume(0, Buffer, Sum) -> {Sum, Buffer};
consume(N, <<X, Buffer/binary>>, Sum) -> consume(N - 1, <<Buffer/binary, (N rem 251)>>, Sum + X).

append_across_processes() ->
    Me = self(),
    A = grow(150, <<>>),
    Pid = spawn(fun() -> receive {go, Bin} -> Me ! {done, Bin, <<Bin/binary, "there">>, <<Bin/binary, "again">>} end end),
    Pid ! {go, A},
    B = <<A/binary, "here">>,
    receive {done, Same, There, Again} -> [A, B, Same, There, Again, <<There/binary, "!">>, <<B/binary, There/binary>>] end.

append_bad_unit() ->
    A = id(<<1:17>>),
    B = id(<<(grow(100, <<>>))/binary, 1:1>>),
    [caught(fun() -> <<A/binary, 1>> end), caught(fun() -> <<B/binary, 1>> end), caught(fun() -> <<B/binary-unit:3, 1>> end),
     caught(fun() -> <<(id(a))/binary, 1>> end), caught(fun() -> <<(id([]))/bitstring, 1>> end)].

append_then_fail() ->
    A = grow(100, <<>>),
    R = caught(fun() -> <<A/binary, 1, (id(a))>> end),
    [R, <<A/binary, 2>>, <<A/binary, 3>>, A].

build_in_place_of_dead() -> dead(20, <<>>).
dead(0, Acc) -> Acc;
dead(N, Acc) ->
    Old = Acc,
    _ = caught(fun() -> <<Old/binary, N, (id(a))/binary>> end),
    dead(N - 1, <<Acc/binary, N:32, 0:256>>).

caught(F) ->
    try F() catch
        Class:Reason:Stack ->
            [{_, _, _, Info} | _] = Stack,
            {Class, Reason, [Told || {error_info, Told} <- Info]}
    end.

%% ---- comprehensions

comprehensions() ->
    L = lists:seq(1, 300),
    [<< <<X>> || X <- L >>, << <<X:16, (X * 3):24>> || X <- L, X rem 3 =:= 0 >>, << <<X>> || <<X>> <= id(<<"abcdef">>) >>,
     << <<(X + 1):12>> || <<X:12>> <= id(<<"0123456789">>) >>, << <<B/binary, 0>> || B <- [<<"a">>, <<"bc">>, <<>>] >>,
     << << <<Y>> || Y <- lists:seq(1, X) >> || X <- [1, 2, 3, 70] >>, [X || <<X:9>> <= id(<<"a longer text">>)],
     << <<X/utf8>> || X <- [16#61, 16#e9, 16#20ac, 16#1f600] >>].

bit_comprehensions() ->
    L = lists:seq(1, 200),
    [<< <<X:3>> || X <- L >>, << <<(X rem 2):1>> || X <- L >>, << <<X:7, 0:1, X:11>> || X <- L >>,
     << <<X:1>> || <<X:1>> <= id(<<"bits">>) >>, << <<B:5/bitstring>> || <<B:5/bitstring, _:2>> <= id(<<"some more bits">>) >>,
     << <<X:30>> || X <- L >>, << <<(-X):31/little>> || X <- L >>].

failing_comprehension() ->
    [caught(fun() -> << <<X>> || X <- [1, 2, id(a), 3] >> end), caught(fun() -> << X || X <- [id(<<1>>), id(b)] >> end)].

%% ---- matching

loop_bits() -> count_ones(id(<<"how many ones are there in this?", 5:3>>), 0).
count_ones(<<1:1, Rest/bitstring>>, N) -> count_ones(Rest, N + 1);
count_ones(<<0:1, Rest/bitstring>>, N) -> count_ones(Rest, N);
count_ones(<<>>, N) -> N.

loop_utf8() ->
    Text = << <<C/utf8>> || C <- [$a, 16#e9, 16#20ac, 16#1f600, $b] >>,
    {characters(id(Text), []), characters(id(<<Text/binary, 16#ff>>), []), characters(odd(Text), [])}.
characters(<<C/utf8, Rest/binary>>, Acc) -> characters(Rest, [C | Acc]);
characters(Rest, Acc) -> {Acc, Rest}.

%% The same bits at another alignment.
odd(Bits) -> <<_:3, Odd/bitstring>> = id(<<5:3, Bits/bitstring>>), Odd.

loop_tails() -> {tails(id(<<"0123456789">>), []), tails(odd(<<"0123456789">>), []), tails(grow(100, <<>>), [])}.
tails(<<_, Rest/binary>> = All, Acc) -> tails(Rest, [All | Acc]);
tails(<<>>, Acc) -> Acc.

backtrack() -> [{route(X), route(odd(X))} || X <- [<<>>, <<1>>, <<1, 2>>, <<1, 2, 3, 4, 5>>, <<1, 2, 3, 4, 6>>, <<1, 2, 4>>, <<2, 7:32, "x">>,
                                    <<3:4, 1:4, 9>>, <<3:4, 2:4, 9>>, <<255, 0, 0, 0, 1>>, <<"GET /">>, <<"GETX">>]].
route(<<1, 2, 3, 4, 5>>) -> full;
route(<<1, 2, 3, 4, X>>) -> {nearly, X};
route(<<1, 2, X>>) -> {three, X};
route(<<1, 2>>) -> two;
route(<<1, Rest/binary>>) -> {one, Rest};
route(<<2, N:32, Rest/binary>>) -> {number, N, Rest};
route(<<3:4, 1:4, X>>) -> {nibble, 1, X};
route(<<3:4, Y:4, X>>) -> {nibble, Y, X};
route(<<"GET ", Path/binary>>) -> {get, Path};
route(<<"GET", X/binary>>) -> {almost, X};
route(<<255, N:32/signed-little>>) -> {little, N};
route(<<>>) -> empty;
route(Other) -> {other, Other}.

deep_backtrack() -> [{tlv(X), tlv(odd(X))} || X <- [<<1, 3, "abc", 2, 1, "x">>, <<1, 3, "ab">>, <<2, 0>>, <<3, 2:16, "hi">>, <<4, 1:1>>]].
tlv(<<1, L, V:L/binary, Rest/binary>>) -> [{one, V} | tlv(Rest)];
tlv(<<2, L, V:L/binary, Rest/binary>>) when L > 0 -> [{two, V} | tlv(Rest)];
tlv(<<2, 0, Rest/binary>>) -> [none | tlv(Rest)];
tlv(<<3, L:16, V:L/binary-unit:8, Rest/bitstring>>) -> [{three, V} | tlv(Rest)];
tlv(<<>>) -> [];
tlv(Rest) -> {bad, Rest}.

constants() -> [{constant(X), constant(odd(X))} || X <- [<<16#12345678:32>>, <<16#123456:24>>, <<16#1234567890:40>>, <<1:1, 0:7>>, <<16#fedcba9876543210:64>>,
                                      <<5:3>>, <<16#ffffffff:32>>, <<16#abc:12>>, <<(1 bsl 70 + 3):80>>]].
constant(<<16#12345678:32>>) -> a;
constant(<<16#123456:24>>) -> b;
constant(<<16#1234567890:40>>) -> c;
constant(<<1:1, 0:7>>) -> d;
constant(<<16#fedcba9876543210:64>>) -> e;
constant(<<5:3>>) -> f;
constant(<<-1:32>>) -> g0;
constant(<<16#ffffffff:32>>) -> g;
constant(<<16#abc:12>>) -> h;
constant(<<16#400000000000000003:80>>) -> i;
constant(_) -> none.

strings() -> [{string(X), string(odd(X))} || X <- [<<"content-length: 5">>, <<"content-lengthx">>, <<"accept">>, <<"accepted-encodings-are-many">>, <<"a">>, <<>>]].
string(<<"content-length", Rest/binary>>) -> {length, Rest};
string(<<"content", Rest/binary>>) -> {content, Rest};
string(<<"accepted-encodings-are-", Rest/binary>>) -> {encodings, Rest};
string(<<"accept">>) -> accept;
string(<<"a">>) -> a;
string(X) -> X.

positions_beyond_smalls() ->
    Skip = id((1 bsl 29) + 8),
    Bin = id(<<0:Skip, 42, 7:32, 3:3>>),
    <<_:Skip, Rest/bitstring>> = Bin,
    {far(Bin), Rest, bit_size(Bin)}.
far(<<_:((1 bsl 29) + 8), X, Y:32, 4:3>>) -> {no, X, Y};
far(<<_:((1 bsl 29) + 8), X, Y:32, Z:3>>) -> {X, Y, Z}.

tails_of_large() ->
    Bin = grow(200, <<>>),
    <<_:100/binary, A/binary>> = Bin,
    <<_:36, B:600/bitstring, C/bitstring>> = Bin,
    <<_:5, D:512/bitstring, E:513/bitstring, _/bitstring>> = Bin,
    <<_:136/binary, F/binary>> = Bin,
    [A, B, C, D, E, F].

sub_of_sub() ->
    Bin = grow(250, <<>>),
    <<_:3, A/bitstring>> = Bin,
    <<_:9, B:1500/bitstring, _/bitstring>> = A,
    <<_:77, C:700/bitstring, D/bitstring>> = B,
    <<_:1, E/bitstring>> = D,
    [A, B, C, D, E, <<C/bitstring, D/bitstring>>, <<0:1, C/bitstring>>].

context_as_binary() -> [as_binary(X) || X <- [<<1, 2, 3>>, <<2, 3:5>>, grow(80, <<>>), a]].
as_binary(<<1, Rest/binary>> = All) -> {All, Rest, byte_size(Rest)};
as_binary(<<2, _/bitstring>> = All) -> {bits, All, bit_size(All)};
as_binary(<<_, Rest/bitstring>>) when bit_size(Rest) > 100 -> {long, Rest};
as_binary(X) -> X.

keep_context_alive() -> keep(id(<<"abcdefgh">>), []).
keep(<<X, Rest/binary>>, Acc) -> keep(Rest, [{X, lists:seq(1, X), Rest} | Acc]);
keep(<<>>, Acc) -> Acc.

rest_of_byte_at_end() ->
    [begin <<_:N, Rest/bitstring>> = B, {N, Rest, ends(Rest)} end || B <- [id(<<"xy", 5:3>>), grow(70, <<>>)], N <- lists:seq(0, 19)].
ends(<<X:3>>) -> {three, X};
ends(<<X:8, Y:3>>) -> {eleven, X, Y};
ends(<<X:1>>) -> {one, X};
ends(<<X:13/little-signed, _/bitstring>>) -> {more, X};
ends(_) -> other.

base64_like() ->
    Bin = id(<<"Many hands make light work.">>),
    Encoded = << <<(A + 32), (B + 32), (C + 32), (D + 32)>> || <<A:6, B:6, C:6, D:6>> <= Bin >>,
    {Encoded, << <<(A - 32):6, (B - 32):6, (C - 32):6, (D - 32):6>> || <<A, B, C, D>> <= Encoded >>}.

literals() ->
    A = <<1, 2, 3>>,
    <<X:4, Y/bitstring>> = A,
    [X, Y, <<A/binary, 4>>, <<"literal", 5:3>>, <<<<"in">>/binary, "out">>].

zero_sizes() ->
    Z = id(0),
    <<A:Z, B:Z/binary, C:Z/bitstring, D/bitstring>> = id(<<7:5>>),
    <<E:0, F:Z/float>> = id(<<>>),
    [A, B, C, D, E, F, <<1:Z, a:0/integer>> =:= <<>>] ++ [caught(fun() -> <<(id(x)):0>> end), caught(fun() -> <<(id(1.5)):Z>> end)].

%% Little-endian fields of up to a byte among others that are stored together with them.
little_in_runs() ->
    [[<<A:6/little, B:8, A:8>>, <<A:8/little, B:4, A:4/little, B:8>>, <<B:3, A:5/little>>, <<A:16/little, B:7/little, A:1>>,
      <<B:1/little, A:7, B:24/little>>] || A <- [id(1), id(37), id(200), id(1 bsl 200 + 9)], B <- [id(0), id(255), id(136)]].

%% ---- sizes, errors, guards

guards() -> [guard(X) || X <- [1, 256, a, 1.0, -1, <<1>>]].
guard(X) when <<X>> =:= <<1>> -> one;
guard(X) when <<X:16>> =:= <<1, 0>> -> two_hundred;
guard(X) when <<X/binary, 2>> =:= <<1, 2>> -> binary;
guard(X) when <<X:64/float>> =:= <<1.0/float>> -> float;
guard(_) -> none.

size_errors() ->
    [caught(fun() -> <<1:(id(S))>> end) || S <- [-1, a, 1.0, 1 bsl 64, -(1 bsl 64), <<>>]] ++
    [caught(fun() -> <<1:(id(S))/integer-unit:256>> end) || S <- [-1, a, (1 bsl 59), 1 bsl 64]] ++
    [caught(fun() -> <<1.0:(id(S))/float>> end) || S <- [-1, a, 0, 15, 33, 128, 1 bsl 64]] ++
    [caught(fun() -> <<(id(V))/float>> end) || V <- [a, 1 bsl 1024, <<>>, 1 bsl 1023]] ++
    [caught(fun() -> <<0:3, (id(V)):16/float>> end) || V <- [a, 1 bsl 1024, 70000.0, 1 bsl 20, 0.1]] ++
    [caught(fun() -> <<(id(<<1, 2>>)):(id(S))/binary>> end) || S <- [-1, a, 1, 2, 3, 1 bsl 64]] ++
    [caught(fun() -> <<(id(V)):1/binary>> end) || V <- [a, <<1:7>>, <<1>>, <<>>]] ++
    [caught(fun() -> <<7, (id(V))/binary>> end) || V <- [a, <<1:7>>, <<1>>, <<>>, 5]] ++
    [caught(fun() -> <<"ab", (id(V))/utf8>> end) || V <- [a, -1, 16#d800, 16#110000, 1 bsl 64, $x]] ++
    [caught(fun() -> <<"ab", (id(V))/utf16>> end) || V <- [a, -1, 16#dfff, 16#110000, 1 bsl 64, $x]] ++
    [caught(fun() -> <<"ab", (id(V))/utf32>> end) || V <- [a, -1, 16#d800, 16#110000, 1 bsl 64, $x]].

floats() ->
    Values = [0.0, -0.0, 1.5, 1.0e-310, 65504.0, 65519.0, 65520.0, 1.0e30, 2049.0, 2051.0, 6.0e-8, 2.98e-8, 1.0e300, 1.0009765, 5.0e-324],
    Built = [{<<V/float>>, <<V:32/float>>, <<V:16/float>>, <<V/float-little>>, <<V:32/float-little>>, <<V:16/float-little>>, <<1:1, V:64/float>>}
             || V <- [id(V) || V <- Values]],
    {Built, [[float_of(B) || B <- tuple_to_list(T)] || T <- Built], [half(X) || X <- lists:seq(0, 65535, 97)]}.
float_of(<<F/float>>) -> F;
float_of(<<F:32/float>>) -> F;
float_of(<<F:16/float>>) -> F;
float_of(<<_:1, F/float>>) -> {odd, F};
float_of(_) -> none.
half(X) -> case <<X:16>> of <<F:16/float>> -> <<F:16/float, F:64/float>>; <<N:16>> -> N end.

nested_units() ->
    N = id(3),
    <<A:N/unit:5, B:N/binary-unit:2, C:N/bitstring-unit:1, _/bitstring>> = id(<<"units of many kinds">>),
    <<D:2/binary-unit:9, E/binary-unit:1>> = id(<<"more">>),
    [A, B, C, D, E, <<A:N/unit:7, B:N/binary-unit:2>>].

build_large_integers() ->
    [<<V:S/little>> || V <- large(), S <- sizes()] ++ [<<V:S>> || V <- large(), S <- sizes()] ++
    [<<1:5, V:S>> || V <- large(), S <- sizes()] ++ [<<1:3, V:S/little, 1:2>> || V <- large(), S <- sizes()] ++
    [<<V:64, V:40, V:64/little, V:33, V:20, V:20, V:32/little, V:31>> || V <- large()].
large() -> [id(X) || X <- [0, 1, -1, 255, -256, (1 bsl 29) - 1, 1 bsl 29, -(1 bsl 29), -(1 bsl 29) - 1, 1 bsl 31, 1 bsl 32, -(1 bsl 32), (1 bsl 63) + 5,
                           -(1 bsl 64), (1 bsl 100) - 3, -(1 bsl 100) + 7, 16#123456789abcdef0]].
sizes() -> [id(S) || S <- [0, 1, 7, 8, 9, 16, 24, 25, 31, 32, 33, 48, 63, 64, 65, 100, 128, 600]].

match_large_integers() ->
    Bins = [id(<<V:256>>) || V <- large()],
    [[integers(B) || B <- Bins], [integers(B) || B <- [odd(B) || B <- Bins]],
     [sized(B, S) || B <- Bins, S <- sizes()], [sized(odd(B), S) || B <- Bins, S <- sizes()]].
integers(<<A:32, B:29, C:3, D:30/signed, E:2, F:31/signed, G:1, H:32/signed, I:32/little, J:64>>) -> [A, B, C, D, E, F, G, H, I, J];
integers(<<A:64, B:64/little, C:64/signed, D:64/signed-little>>) -> {A, B, C, D};
integers(_) -> none.
sized(B, S) ->
    case B of
        <<V:S, _/bitstring>> -> [V | sized_more(B, S)];
        _ -> none
    end.
sized_more(B, S) ->
    case B of
        <<V:S/little, _/bitstring>> when S > 3 -> <<W:S/signed, _/bitstring>> = B, <<X:S/signed-little, _/bitstring>> = B, [V, W, X];
        <<V:S/signed, _/bitstring>> -> [V]
    end.

build_loop() -> [chunk(N) || N <- lists:seq(0, 70)].
chunk(N) -> <<(id(<<0:N>>))/bitstring, N:13, (id(<<N:(N * 2)>>))/bitstring, "tail">>.

%% ---- tests of what may be a match context: older compilers than OTP 27's make code that lets one into a term

-if(?OTP_RELEASE >= 27).
test_of_context() -> [rest_of(id(T)) || T <- [<<42>>, <<>>, <<1, 2>>, <<1:3>>, ok, []]].

rest_of(<<_:8>>) -> one;
rest_of(A) ->
    try << (ok) || <<_:ok>> <= A >>
    catch error:Reason -> Reason
    end.
-endif.
