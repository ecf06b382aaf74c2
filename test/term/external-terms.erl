%% Random terms and what native OTP makes of them, for the tests of the external term format and of printing.
%% Every function writes a file, a sequence of <<Size:32, Field/binary>>; fields in the order told at each function.
-module('external-terms').
-export([encodings/3, mutations/3, texts/3, compound/1]).

options() ->
    [[], [{minor_version, 0}], [{minor_version, 1}], [{minor_version, 2}], [deterministic], [local],
     [{minor_version, 0}, deterministic]].

%% For each term: what depends on this run (see flags/0), term_to_binary for each of options/0, and external_size.
encodings(File, Seed, Count) ->
    fields(File, Seed, Count, fun(Term) ->
        [encoded(Term, Options) || Options <- options()] ++ [integer_to_binary(erlang:external_size(Term))]
    end).

%% OTP 27 crashes in term_to_binary(Fun, [local]), or later: terms with funs in them have an empty field.
encoded(Term, [local]) ->
    case get(function) of
        true -> <<>>;
        undefined -> term_to_binary(Term, [local])
    end;
encoded(Term, Options) ->
    term_to_binary(Term, Options).

%% For each term: flags, its encoding, erlang:display's text, that text with limits 3, 20 and 60, and `~w`.
texts(File, Seed, Count) ->
    fields(File, Seed, Count, fun(Term) ->
        [term_to_binary(Term)]
            ++ [list_to_binary(erts_internal:term_to_string(Term, Limit)) || Limit <- [undefined, 3, 20, 60]]
            ++ [unicode:characters_to_binary(io_lib:format("~w", [Term]))]
    end).

fields(File, Seed, Count, Fun) ->
    file:write_file(File, [begin
        erase(),
        rand:seed(exsss, Seed * 1000003 + N),
        Term = term(rand:uniform(5)),
        Flags = flags(),
        [field(F) || F <- [Flags | Fun(Term)]]
    end || N <- lists:seq(1, Count)]).

field(Binary) -> [<<(byte_size(Binary)):32>>, Binary].

%% "u": the order of a map's keys depends on atom or hash numbers. "n": names of other nodes, which print as atom numbers.
flags() -> iolist_to_binary([Flag || {Flag, true} <- [{"u", get(unordered)}, {"n", get(node)}]]).

%% For each: encodings of all terms that were made, the changed bytes of the last one (empty: do not care), "safe" or "badarg" with the option safe, then the number of bytes used or "badarg" without it,
%% and the re-encoded term (empty for badarg). No input holds the bytes 73 and 75, tags
%% that only make sense inside one node, nor a reference of no words (OTP reads on behind its
%% end), nor a fun M:F/A whose A may be above 255 (OTP takes it, and crashes when it is very large).
mutations(File, Seed, Count) ->
    file:write_file(File, [begin
        rand:seed(exsss, -(Seed * 1000003 + N)),
        Options = lists:nth(rand:uniform(6), [[], [], [], [{minor_version, 0}], [{minor_version, 1}], [compressed]]),
        put(tried, []),
        Bytes = mutate(base(Options), rand:uniform(3)),
        Tried = field(iolist_to_binary(get(tried))),
        Avoided = binary:match(Bytes, [<<73>>, <<75>>, <<"Z", 0, 0>>, <<"r", 0, 0>>]) =/= nomatch,
        case Avoided orelse large_arity(Bytes) of
            false -> [Tried | judged(Bytes)];
            true -> [Tried | lists:duplicate(4, field(<<>>))]
        end
    end || N <- lists:seq(1, Count)]).

large_arity(<<$q, Rest/binary>>) ->
    case skip_name(skip_name(Rest)) of
        <<Tag, _/binary>> when Tag =:= $b; Tag =:= $n; Tag =:= $o -> true;
        _ -> large_arity(Rest)
    end;
large_arity(<<_, Rest/binary>>) ->
    large_arity(Rest);
large_arity(<<>>) ->
    false.

skip_name(<<Tag, Size:16, _:Size/binary, Rest/binary>>) when Tag =:= $d; Tag =:= $v -> Rest;
skip_name(<<Tag, Size, _:Size/binary, Rest/binary>>) when Tag =:= $s; Tag =:= $w -> Rest;
skip_name(_) -> <<>>.

base(Options) ->
    Term = term(rand:uniform(3)),
    put(tried, [term_to_binary(Term) | get(tried)]),
    case byte_size(Bytes = term_to_binary(Term, Options)) of
        Size when Size > 400, Options =/= [compressed] -> base(Options);
        _ -> Bytes
    end.

judged(Bytes) ->
    Safe = try binary_to_term(Bytes, [safe]) of _ -> <<"safe">> catch error:badarg -> <<"badarg">> end,
    {Used, Again} =
        try binary_to_term(Bytes, [used]) of
            {Term, Size} -> {integer_to_binary(Size), term_to_binary(Term, [deterministic])}
        catch
            error:badarg -> {<<"badarg">>, <<>>}
        end,
    [field(F) || F <- [Bytes, Safe, Used, Again]].

mutate(Bytes, 0) ->
    Bytes;
mutate(Bytes, N) ->
    At = rand:uniform(byte_size(Bytes)) - 1,
    <<Before:At/binary, Byte, After/binary>> = Bytes,
    Changed =
        case rand:uniform(12) of
            1 -> <<Before/binary, After/binary>>;
            2 -> <<Before/binary, Byte, Byte, After/binary>>;
            3 -> <<Before/binary, Byte>>;
            4 -> <<Before/binary, (Byte bxor (1 bsl (rand:uniform(8) - 1))), After/binary>>;
            5 -> <<Before/binary, (rand:uniform(256) - 1), After/binary>>;
            6 -> <<Before/binary, (lists:nth(rand:uniform(31), tags())), After/binary>>;
            7 -> <<Before/binary, (lists:nth(rand:uniform(31), tags())), Byte, After/binary>>;
            8 -> <<Before/binary, (Byte + 1), After/binary>>;
            9 -> <<Before/binary, (Byte - 1), After/binary>>;
            10 -> <<Before/binary, 0, After/binary>>;
            11 -> <<Bytes/binary, After/binary>>;
            12 -> <<Bytes/binary, 1>>
        end,
    case Changed of
        <<>> -> <<131>>;
        _ -> mutate(Changed, N - 1)
    end.

tags() -> "abcdefghijklmnopqrstuvwxyFMXYZP".

term(0) ->
    simple(rand:uniform(17));
term(Depth) ->
    case rand:uniform(14) of
        1 -> list_to_tuple(terms(Depth, rand:uniform(6) - 1));
        2 -> terms(Depth, rand:uniform(6));
        3 -> terms(Depth, rand:uniform(4)) ++ term(0);
        4 -> flat(Depth, rand:uniform(8) - 1);
        5 -> atoms(Depth, rand:uniform(5));
        6 -> closure(terms(Depth, rand:uniform(6)));
        7 -> large(Depth);
        8 -> {term(Depth - 1), term(Depth - 1)};
        9 -> [term(Depth - 1) | term(Depth - 1)];
        10 -> {ok, [{term(Depth - 1), flat(Depth, 3)}]};
        _ -> simple(rand:uniform(17))
    end.

terms(Depth, Count) -> [term(Depth - 1) || _ <- lists:seq(1, Count)].

%% A map whose keys have the same order on every node.
flat(Depth, Count) -> #{key(Depth) => term(Depth - 1) || _ <- lists:seq(1, Count)}.

key(Depth) ->
    case rand:uniform(4) of
        1 -> integer();
        2 -> real();
        3 -> bits(rand:uniform(40));
        4 -> {integer(), [Depth | bits(8)]}
    end.

atoms(Depth, Count) ->
    put(unordered, true),
    #{simple(rand:uniform(17)) => term(Depth - 1) || _ <- lists:seq(1, Count)}.

large(Depth) ->
    case rand:uniform(4) of
        1 -> put(unordered, true), #{{N, key(1)} => N || N <- lists:seq(1, 30 + rand:uniform(60))};
        2 -> list_to_tuple([integer() || _ <- lists:seq(1, 250 + rand:uniform(20))]);
        3 -> [rand:uniform(256) - 1 || _ <- lists:seq(1, 300)];
        4 -> [$a + rand:uniform(26) - 1 || _ <- lists:seq(1, rand:uniform(40))] ++ [Depth, 256]
    end.

simple(1) -> atom();
simple(2) -> atom();
simple(3) -> integer();
simple(4) -> integer();
simple(5) -> rand:uniform(600) - 300;
simple(6) -> real();
simple(7) -> [];
simple(8) -> bits(rand:uniform(100));
simple(9) -> bits(8 * rand:uniform(40));
simple(10) -> bits(500 + rand:uniform(400));
simple(11) -> sub();
simple(12) -> string();
simple(13) -> identifier();
simple(14) -> identifier();
simple(15) -> closure([integer()]);
simple(16) -> export();
simple(17) -> list_to_binary(string()).

string() -> [lists:nth(rand:uniform(12), "abz\"\\'\n\t\r\e 7") || _ <- lists:seq(1, rand:uniform(9))] ++ latin().

latin() ->
    case rand:uniform(4) of
        1 -> [159 + rand:uniform(96)];
        2 -> [126 + rand:uniform(34)];
        _ -> []
    end.

integer() ->
    case rand:uniform(8) of
        1 -> rand:uniform(256) - 1;
        2 -> sign((1 bsl (rand:uniform(70) - 1)) + rand:uniform(3) - 2);
        3 -> sign((1 bsl lists:nth(rand:uniform(9), [28, 29, 30, 31, 32, 59, 60, 63, 64])) + rand:uniform(3) - 2);
        4 -> sign((1 bsl lists:nth(rand:uniform(4), [2039, 2040, 2048, 2100])) + rand:uniform(3) - 2);
        5 -> sign(rand:uniform(1 bsl 100));
        6 -> sign(rand:uniform(1 bsl 400));
        _ -> sign(rand:uniform(1000000))
    end.

sign(Integer) -> lists:nth(rand:uniform(2), [Integer, -Integer]).

real() ->
    case rand:uniform(5) of
        1 -> lists:nth(rand:uniform(6), [0.0, -0.0, 1.0, -1.5, 1.0e100, 5.0e-324]);
        2 -> rand:uniform(10000) / 8;
        3 -> rand:uniform(1 bsl 40) / 2;
        _ ->
            case <<(rand:uniform(1 bsl 64) - 1):64>> of
                <<Float:64/float>> -> Float;
                _ -> 2.5
            end
    end.

bits(Size) -> <<(rand:uniform(1 bsl Size) - 1):Size>>.

sub() ->
    All = rand:bytes(100 + rand:uniform(100)),
    Skip = rand:uniform(24),
    Size = rand:uniform(bit_size(All) - Skip),
    <<_:Skip, Part:Size/bits, _/bits>> = All,
    Part.

%% Names begin with zq, so that a changed name is hardly ever an atom that exists.
atom() ->
    case rand:uniform(6) of
        1 -> lists:nth(rand:uniform(8), [zq, zqa, 'zq b', 'Zq', 'zq@', 'zq\'', 'zq\n\v\e\d\001', 'zq\x{80}\x{9f}\x{a0}']);
        2 -> list_to_atom("zq" ++ [192 + rand:uniform(60)]);
        3 -> list_to_atom([$\x{df} + rand:uniform(32), $z, $q]);
        4 -> list_to_atom("zq" ++ [16#3b0 + rand:uniform(16) | lists:duplicate(rand:uniform(200), 16#1f600)]);
        5 -> list_to_atom("zq" ++ lists:duplicate(rand:uniform(250), $x));
        6 -> list_to_atom("zq" ++ [$0 + rand:uniform(70) || _ <- lists:seq(1, 3)])
    end.

identifier() ->
    case rand:uniform(12) of
        1 -> self();
        2 -> make_ref();
        3 -> list_to_pid("<0." ++ integer_to_list(rand:uniform(30000)) ++ ".0>");
        4 -> hd(erlang:ports());
        5 -> made(<<$X, (node_name())/binary, (rand:uniform(1 bsl 28) - 1):32, (rand:uniform(1 bsl 32) - 1):32, (creation()):32>>);
        6 -> made(<<$g, (node_name())/binary, (rand:uniform(1 bsl 15) - 1):32, 0:32, (rand:uniform(4) - 1)>>);
        7 -> made(<<$Y, (node_name())/binary, (rand:uniform(1 bsl 28) - 1):32, (creation()):32>>);
        8 -> made(<<$x, (node_name())/binary, (rand:uniform(1 bsl 64) - 1):64, (creation()):32>>);
        9 -> made(<<$f, (node_name())/binary, (rand:uniform(1 bsl 28) - 1):32, (rand:uniform(4) - 1)>>);
        10 ->
            Words = rand:uniform(5),
            made(<<$Z, Words:16, (node_name())/binary, (creation()):32, (rand:bytes(Words * 4))/binary>>);
        11 ->
            Words = rand:uniform(3),
            made(<<$r, Words:16, (node_name())/binary, 1, 0:14, 77:18, (rand:bytes(Words * 4 - 4))/binary>>);
        12 -> made(<<$e, (node_name())/binary, 12345:32, 2>>)
    end.

creation() -> lists:nth(rand:uniform(3), [1, 4, 16#fedcba98]).
node_name() -> lists:nth(rand:uniform(3), [<<$d, 8:16, "zqn@zqhn">>, <<$s, 4, "zq@h">>, <<$w, 6, "zq@", 16#e2, 16#82, 16#ac>>]).

made(Bytes) ->
    put(node, true),
    binary_to_term(<<131, Bytes/binary>>).

export() ->
    put(function, true),
    lists:nth(rand:uniform(4), [fun lists:map/2, fun erlang:self/0, fun 'zq m':zqf/3, fun zqm:'Zq'/255]).

closure(Terms) ->
    put(function, true),
    compound(Terms).

compound([A]) -> fun() -> A end;
compound([A, B]) -> fun(X) -> {A, B, X} end;
compound([A, B, C]) -> fun(X, Y) -> {A, B, C, X, Y} end;
compound([A | Rest]) -> fun(X) -> [A, X | Rest] end;
compound(_) -> fun(X) -> X end.
