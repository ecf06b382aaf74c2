%% Random terms and what native OTP says of them, for test/term/*.test.ts. Results go to files: see each function.
-module('term-judge').
-compile([nowarn_deprecated_function]).
-export([random_terms/3, map_runs/3, special/1]).

%% Groups of similar terms: <<Count, (Size:32, Etf, Phash2:32, Phash2Small:32, Phash:32, Range:32, Phash2InRange:32, PhashInRange:32)...,
%% Pair...>>; a pair (I < J, by I then J) is <<KeyOrder:2, Order:2, Equal:1, Identical:1, 0:2>>, orders 0 (less), 1, 2 (greater); KeyOrder 3: not asked,
%% since native OTP orders maps within keys by the numbers that their atoms happen to have.
%% Last <<0>> and the positions of all terms when sorted, 32 bits each.
random_terms(File, Seed, Groups) ->
    make_ordered_atoms(),
    rand:seed(exsss, Seed),
    All = [{N rem 2 =:= 0, group(N rem 2 =:= 0)} || N <- lists:seq(1, Groups)],
    Flat = lists:append([Group || {_, Group} <- All]),
    Terms = lists:zip(Flat, lists:seq(0, length(Flat) - 1)),
    Order = [<<Place:32>> || {_, Place} <- lists:keysort(1, Terms)],
    ok = file:write_file(File, [[describe(Keys, Group) || {Keys, Group} <- All], 0, Order]).

%% The same of terms that chance would not find.
special(File) ->
    make_ordered_atoms(),
    Zeros = binary_to_term(<<131, 70, 128, 0:56>>),
    Numbers = [0, 1, -1, 0.0, Zeros, 1.0, 1.5, -1.0 | lists:append([[P, -P, P + 1, P - 1, -P - 1, -P + 1, float(P), -float(P)]
        || E <- [27, 28, 29, 30, 31, 32, 52, 53, 54, 59, 60, 63, 64, 65, 96, 127, 128, 1023], P <- [1 bsl E]])],
    Huge = [1 bsl 1024, -(1 bsl 1024), (1 bsl 1024) - 1, 1 bsl 1100, 1.7976931348623157e308, 4.9406564584124654e-324,
        (1 bsl 1024) - (1 bsl 970), (1 bsl 1024) - (1 bsl 971), 2147483648.5, -2147483648.5, 9007199254740991.0],
    Maps = [#{}, #{a => 1}, #{b => 1}, #{1 => a}, #{1.0 => a}, #{1 => a, 1.0 => b}, #{0.0 => a}, #{Zeros => a},
        maps:from_keys(lists:seq(1, 32), x), maps:from_keys(lists:seq(1, 33), x), maps:from_keys(lists:seq(2, 34), x),
        maps:from_list([{float(I), x} || I <- lists:seq(1, 33)])],
    Atoms = ['', a, aa, ab, 'a\0', 'é', 'ö', [], {}, "", <<>>, <<0:1>>, <<1:1>>, <<0>>, '\x{fffd}', '\x{10000}', '\x{e000}', '\x{100}'],
    Lists = [[a | b], [a], [a, b], [[]], [[], []], [1 | 2], [1.0 | 2], [255, 256], [0, 1, 2, 3, 4], [0, 1, 2, a], "abcd" ++ tail],
    Funs = [fun lists:map/2, fun lists:foldl/3, fun maps:map/2, fun() -> ok end, fun(X) -> X end, capture(1), capture(2), capture(1.0), capture("x")],
    Groups = [Numbers, Huge ++ Numbers, Maps, Atoms, Lists, Funs, identifiers(), Maps ++ Atoms ++ Lists ++ Funs ++ identifiers()],
    Terms = lists:zip(lists:append(Groups), lists:seq(0, length(lists:append(Groups)) - 1)),
    Order = [<<Place:32>> || {_, Place} <- lists:keysort(1, Terms)],
    ok = file:write_file(File, [[describe(true, Group) || Group <- Groups], 0, Order]).

capture(X) -> fun(Y) -> {X, Y} end.

%% Atoms whose numbers are in the order of their texts: the only ones inside keys that are maps, where native OTP orders by number.
make_ordered_atoms() ->
    lists:foreach(fun(C) -> list_to_atom("o_" ++ [C]) end, lists:seq($a, $z)).

group(Keys) ->
    First = term(rand:uniform(4), Keys),
    [First | [case rand:uniform(4) of
                  1 -> term(rand:uniform(3), Keys);
                  _ -> mutate(First, Keys)
              end || _ <- lists:seq(1, 9)]].

describe(Keys, Group) ->
    [length(Group), [describe_term(T) || T <- Group], describe_pairs(Keys, Group)].

describe_term(T) ->
    Etf = term_to_binary(T),
    Range = 1 + erlang:phash2({T, x}, 1 bsl 32 - 1),
    <<(byte_size(Etf)):32, Etf/binary, (erlang:phash2(T, 1 bsl 32)):32, (erlang:phash2(T)):32, (erlang:phash(T, 1 bsl 32) - 1):32,
      Range:32, (erlang:phash2(T, Range)):32, (erlang:phash(T, Range)):32>>.

describe_pairs(_, []) -> [];
describe_pairs(Keys, [A | Rest]) -> [[pair(Keys, A, B) || B <- Rest] | describe_pairs(Keys, Rest)].

pair(Keys, A, B) ->
    KeyOrder = if Keys -> erts_internal:cmp_term(A, B) + 1; true -> 3 end,
    Order = if A < B -> 0; A > B -> 2; true -> 1 end,
    <<KeyOrder:2, Order:2, (bit(A == B)):1, (bit(A =:= B)):1, 0:2>>.

bit(true) -> 1;
bit(false) -> 0.

%% A random term. In keys (Keys = true) atoms come from the ordered ones.
term(0, Keys) -> leaf(Keys);
term(Depth, Keys) ->
    case rand:uniform(12) of
        N when N =< 3 -> leaf(Keys);
        4 -> list_to_tuple(terms(rand:uniform(5) - 1, Depth, Keys));
        5 -> list_to_tuple(terms(rand:uniform(3), Depth, Keys));
        6 -> terms(rand:uniform(6), Depth, Keys);
        7 -> terms(rand:uniform(3), Depth, Keys) ++ leaf(Keys);
        8 -> [rand:uniform(256) - 1 || _ <- lists:seq(1, rand:uniform(12))] ++ terms(rand:uniform(3) - 1, Depth, Keys);
        9 -> small_map(Depth, Keys);
        10 -> small_map(Depth, Keys);
        11 -> large_map(Depth, Keys);
        12 -> capture(term(Depth - 1, Keys))
    end.

terms(Count, Depth, Keys) -> [term(Depth - 1, Keys) || _ <- lists:seq(1, Count)].

small_map(Depth, Keys) ->
    maps:from_list([{map_key(Depth, Keys), term(Depth - 1, Keys)} || _ <- lists:seq(1, rand:uniform(7) - 1)]).

map_key(Depth, Keys) ->
    case rand:uniform(4) of
        1 -> term(Depth - 1, true);
        2 -> rand:uniform(6);
        3 -> float(rand:uniform(6));
        4 -> atom(Keys)
    end.

large_map(Depth, Keys) ->
    Pairs = [{case rand:uniform(3) of 1 -> I; 2 -> float(I); 3 -> {I, atom(true)} end, leaf(Keys)} || I <- lists:seq(1, 20 + rand:uniform(40))],
    maps:from_list([{map_key(Depth, true), leaf(Keys)} | Pairs]).

leaf(Keys) ->
    case rand:uniform(11) of
        1 -> rand:uniform(512) - 256;
        2 -> integer();
        3 -> integer();
        4 -> real();
        5 -> real();
        6 -> atom(Keys);
        7 -> atom(Keys);
        8 -> bits();
        9 -> bits();
        10 -> lists:nth(rand:uniform(6), [[], {}, #{}, <<>>, 0, 0.0]);
        11 -> lists:nth(rand:uniform(length(identifiers())), identifiers())
    end.

integer() ->
    Magnitude = (1 bsl lists:nth(rand:uniform(13), [7, 8, 27, 28, 29, 30, 32, 59, 60, 63, 64, 130, 1024])) + rand:uniform(5) - 3,
    case rand:uniform(3) of
        1 -> Magnitude;
        2 -> -Magnitude;
        3 -> Magnitude * rand:uniform(1 bsl 64) - rand:uniform(1 bsl 70)
    end.

real() ->
    case rand:uniform(5) of
        1 -> float(rand:uniform(10) - 5);
        2 -> (rand:uniform() - 0.5) * 100;
        3 -> try float(integer()) catch error:_ -> 1.0e300 end;
        4 -> (rand:uniform() - 0.5) * math:pow(2, rand:uniform(1800) - 900);
        5 -> lists:nth(rand:uniform(3), [0.0, binary_to_term(<<131, 70, 128, 0:56>>), 0.5])
    end.

atom(true) -> list_to_atom("o_" ++ [$a + rand:uniform(26) - 1]);
atom(false) ->
    % Some differ from the fourth character on only.
    lists:nth(rand:uniform(19), [true, false, ok, zz, a, b, aa, '', 'a b', 'é', 'Ω', undefined, lists, '\x{1f600}',
        lista, 'aaa\x{1f600}', 'aaa\x{fffd}', 'aaa\x{e000}', 'aaaé']).

bits() ->
    Bytes = rand:bytes(lists:nth(rand:uniform(6), [0, 1, 3, 11, 12, rand:uniform(100)])),
    case rand:uniform(3) of
        1 -> <<Bytes/binary, (rand:uniform(128)):(rand:uniform(7))>>;
        _ -> Bytes
    end.

identifiers() ->
    Nodes = [{'nonode@nohost', 0}, {'a@b', 1}, {'a@b', 2}, {'b@a', 1}, {'ä@b', 16#ffffffff}],
    lists:append([[pid(N, C, 5, 0), pid(N, C, 6, 0), pid(N, C, 5, 1), pid(N, C, 16#fffffff, 7),
         port(N, C, 3), port(N, C, 4), port(N, C, 16#fffffff),
         ref(N, C, [1, 2, 3]), ref(N, C, [2, 2, 3]), ref(N, C, [1, 2, 4]), ref(N, C, [16#3ffff, 16#ffffffff, 16#ffffffff])]
        || {N, C} <- Nodes]) ++
    [port('a@b', 1, 1 bsl 40), port('a@b', 1, (1 bsl 40) + 1), ref('a@b', 1, [1]), ref('a@b', 1, [1, 2]), ref('a@b', 1, [1, 0, 0]),
     ref('a@b', 1, [1, 2, 3, 4, 5]), ref('a@b', 1, [1, 2, 3, 0, 0])].

node_name(Name) ->
    Text = atom_to_binary(Name),
    <<119, (byte_size(Text)), Text/binary>>.

pid(Node, Creation, Id, Serial) -> binary_to_term(<<131, 88, (node_name(Node))/binary, Id:32, Serial:32, Creation:32>>).
port(Node, Creation, Id) -> binary_to_term(<<131, 120, (node_name(Node))/binary, Id:64, Creation:32>>).
ref(Node, Creation, Words) ->
    binary_to_term(<<131, 90, (length(Words)):16, (node_name(Node))/binary, Creation:32, << <<W:32>> || W <- Words >>/binary>>).

%% A term that differs little, or not at all.
mutate(T, Keys) ->
    case rand:uniform(6) of
        1 -> leaf(Keys);
        _ -> mutate_part(T, Keys)
    end.

mutate_part(T, Keys) when is_tuple(T), tuple_size(T) > 0 ->
    Place = rand:uniform(tuple_size(T)),
    setelement(Place, T, mutate(element(Place, T), Keys));
mutate_part([H | T], Keys) ->
    case rand:uniform(3) of
        1 -> [mutate(H, Keys) | T];
        _ -> [H | mutate(T, Keys)]
    end;
mutate_part(T, Keys) when is_map(T), map_size(T) > 0 ->
    Key = lists:nth(rand:uniform(map_size(T)), maps:keys(T)),
    case rand:uniform(4) of
        1 -> maps:remove(Key, T);
        2 -> (maps:remove(Key, T))#{map_key(1, Keys) => x};
        _ -> T#{Key := mutate(maps:get(Key, T), Keys)}
    end;
mutate_part(T, _) when is_integer(T) ->
    case rand:uniform(3) of
        1 -> try float(T) catch error:_ -> T end;
        2 -> T + 1;
        3 -> -T
    end;
mutate_part(T, _) when is_float(T), abs(T) < 1.0e100 ->
    case rand:uniform(3) of
        1 -> trunc(T);
        2 -> -T;
        3 -> T + 1
    end;
mutate_part(T, _) when bit_size(T) > 0 ->
    Size = bit_size(T) - 1,
    <<Most:Size/bits, Last:1>> = T,
    case rand:uniform(2) of
        1 -> Most;
        2 -> <<Most/bits, (1 - Last):1>>
    end;
mutate_part(T, _) -> T.

%% Runs of operations on a map that starts empty: (Size:32, Etf)... of {Operation, Size, Phash2, Result}, where Result is what the operation
%% returned besides the map (get, take), its error, or the whole map after every 50th operation.
map_runs(File, Seed, Runs) ->
    make_ordered_atoms(),
    rand:seed(exsss, Seed),
    ok = file:write_file(File, [map_run(N) || N <- lists:seq(1, Runs)]).

map_run(N) ->
    Keys = [map_key(2, true) || _ <- lists:seq(1, 5)] ++ [leaf(false) || _ <- lists:seq(1, 10)] ++
        lists:seq(1, case N rem 3 of 0 -> 200; 1 -> 30; 2 -> 10 end),
    [frame(start) | map_steps(#{}, list_to_tuple(Keys), 300)].

map_steps(_, _, 0) -> [];
map_steps(Map, Keys, Left) ->
    Operation = operation(Keys),
    {After, Result} = perform(Operation, Map),
    Told = if Left rem 50 =:= 1 -> {map, After}; true -> Result end,
    [frame({Operation, map_size(After), erlang:phash2(After, 1 bsl 32), Told}) | map_steps(After, Keys, Left - 1)].

frame(Term) ->
    Etf = term_to_binary(Term),
    <<(byte_size(Etf)):32, Etf/binary>>.

operation(Keys) ->
    Key = fun() -> element(rand:uniform(tuple_size(Keys)), Keys) end,
    Pairs = fun(Max) -> [{Key(), leaf(false)} || _ <- lists:seq(1, rand:uniform(Max))] end,
    case rand:uniform(20) of
        N when N =< 7 -> {put, Key(), leaf(false)};
        N when N =< 11 -> {remove, Key()};
        N when N =< 13 -> {update, Key(), leaf(false)};
        N when N =< 15 -> {get, Key()};
        N when N =< 17 -> {assoc, Pairs(6)};
        18 -> {exact, Pairs(3)};
        19 -> {merge, maps:from_list(Pairs(60))};
        20 -> {merge_under, maps:from_list(Pairs(60))}
    end.

perform({put, K, V}, M) -> {M#{K => V}, none};
perform({remove, K}, M) -> {maps:remove(K, M), none};
perform({update, K, V}, M) -> try {M#{K := V}, none} catch error:E -> {M, E} end;
perform({get, K}, M) -> {M, try {value, maps:get(K, M)} catch error:E -> E end};
perform({assoc, Pairs}, M) -> {lists:foldl(fun({K, V}, A) -> A#{K => V} end, M, Pairs), none};
perform({exact, Pairs}, M) -> try {lists:foldl(fun({K, V}, A) -> A#{K := V} end, M, Pairs), none} catch error:E -> {M, E} end;
perform({merge, Other}, M) -> {maps:merge(M, Other), none};
perform({merge_under, Other}, M) -> {maps:merge(Other, M), none}.
