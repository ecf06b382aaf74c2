%% Random operations on tables of every kind, for ets.test.ts: the same seed makes the same operations natively and here.
%% Each function gives the results of its operations, made independent of the order in which a table without order has its objects.
-module(ets_random).
-export([operations/3, specifications/3, traversals/3, chunks/3]).

%% ---- random terms ----

seed(N) -> put(seed, N * 7919 + 17).

random(Limit) ->
    Next = (get(seed) * 1103515245 + 12345) band 16#3fffffff,
    put(seed, Next),
    (Next bsr 8) rem Limit.

pick(Tuple) -> element(random(tuple_size(Tuple)) + 1, Tuple).

key() ->
    case random(4) of
        0 -> pick({0.0, -0.0, 1.0, 2.0, 3.5, a, b, c, {1, a}, {1.0, a}, {a, {1, 2}}, {a, {1.0, 2}}, [1, 2], [1, 3], "ab", [a | b], [],
                   {}, <<"binary">>, 1 bsl 40, 1 bsl 70, -(1 bsl 70), #{a => 1}, #{a => 1.0}, -5, 'a b', {1, b}, {2, a}, [a, {1}]});
        1 -> {key(), random(3)};
        _ -> random(12)
    end.

value() ->
    case random(6) of
        0 -> key();
        1 -> [value() | pick({[], [x], y})];
        2 -> {value(), random(5)};
        3 -> pick({<<"a large binary: more than sixty-four bytes of text, which lies outside of the heaps">>, 2.5, 1 bsl 65, #{k => v},
                   maps:from_list([{I, I} || I <- lists:seq(1, 40)])});
        _ -> random(100) - 50
    end.

object() ->
    case random(8) of
        0 -> {key()};
        1 -> {key(), value(), value()};
        2 -> {key(), value(), value(), random(10)};
        _ -> {key(), value()}
    end.

new(Kind, Position) -> ets:new(random, [Kind, public, {keypos, Position}]).

attempt(F) ->
    try F()
    catch Class:Reason -> {Class, Reason}
    end.

%% The same lists, in an order that does not depend on the table's.
plain(ordered_set, Result) -> Result;
plain(_, Result) when is_list(Result) -> sorted(Result);
plain(_, Result) -> Result.

%% Sorted so that 1 and 1.0 have an order.
sorted(List) ->
    try lists:map(fun({_, T}) -> T end, lists:sort([{term_to_binary_key(T), T} || T <- List]))
    catch error:_ -> {improper, List}
    end.

term_to_binary_key(T) -> {T, kinds(T)}.

kinds(T) when is_float(T) -> {f, T, sign(T)};
kinds(T) when is_tuple(T) -> [kinds(E) || E <- tuple_to_list(T)];
kinds([H | T]) -> [kinds(H) | kinds(T)];
kinds(T) when is_map(T) -> kinds(maps:to_list(maps:iterator(T, ordered)));
kinds(_) -> i.

sign(T) -> if T == 0 -> T =:= -0.0; true -> false end.

%% ---- operations ----

operations(Kind, Seed, Count) ->
    seed(Seed),
    Table = new(Kind, 1),
    Results = [{Op, plain(Kind, attempt(fun() -> operation(Op, Kind, Table) end))} || _ <- lists:seq(1, Count), Op <- [random(30)]],
    Left = sorted(ets:tab2list(Table)),
    ets:delete(Table),
    {Results, Left}.

operation(Op, _, T) when Op < 6 -> ets:insert(T, object());
operation(6, _, T) -> ets:insert(T, [object() || _ <- lists:seq(1, random(20))]);
operation(7, _, T) -> ets:insert_new(T, object());
operation(8, _, T) -> ets:insert_new(T, [object() || _ <- lists:seq(1, random(4))]);
operation(9, _, T) -> {ets:lookup(T, key())};
operation(10, _, T) -> {ets:lookup(T, key())};
operation(11, _, T) -> ets:member(T, key());
operation(12, _, T) -> ets:delete(T, key());
operation(13, _, T) -> ets:delete_object(T, object());
operation(14, _, T) ->
    case ets:lookup(T, key()) of
        [] -> none;
        Found -> ets:delete_object(T, lists:nth(random(length(Found)) + 1, Found))
    end;
operation(15, Kind, T) ->
    Key = key(),
    %% OTP 27 loses count of a fixed bag when it takes objects of a key that has deleted ones (db_take_hash).
    case ets:info(T, fixed) andalso lists:member(Kind, [bag, duplicate_bag]) of
        true -> not_now;
        false -> {ets:take(T, Key)}
    end;
operation(16, _, T) -> {ets:lookup_element(T, key(), random(4))};
operation(17, _, T) -> {ets:lookup_element(T, key(), random(4), default)};
operation(18, _, T) -> ets:update_element(T, key(), {random(5), value()});
operation(19, _, T) -> ets:update_element(T, key(), [{random(4), value()} || _ <- lists:seq(1, random(3))], object());
operation(20, _, T) -> {ets:update_counter(T, key(), counter())};
operation(21, _, T) -> {ets:update_counter(T, key(), counter(), pick({{x, 1}, {x, 1 bsl 64, 5}, {x, 0, 0, 0}, {x}}))};
operation(22, ordered_set, T) -> {ets:first(T), ets:last(T), ets:first_lookup(T), ets:last_lookup(T)};
operation(22, _, T) -> ets:first(T) =:= '$end_of_table';
operation(23, ordered_set, T) -> K = key(), {ets:next(T, K), ets:prev(T, K), ets:next_lookup(T, K), ets:prev_lookup(T, K)};
operation(23, _, T) -> ets:next(T, key()), exists;
operation(24, ordered_set, T) -> {attempt(fun() -> ets:slot(T, random(30)) end)};
operation(24, _, T) -> {ets:info(T, size), ets:info(T, type), ets:info(T, fixed)};
operation(25, _, T) -> ets:match_object(T, {key(), '_'});
operation(26, _, T) -> ets:match(T, pick({{'$2', '$1'}, {'$1', '_', '$0'}, {{'$1', '_'}, '$2'}, {key(), '$1'}, {'$1', '$1'}, '$1', '_'}));
operation(27, _, T) -> ets:select_delete(T, [{{key(), '_'}, [], [true]}]);
operation(28, _, T) -> ets:safe_fixtable(T, random(2) =:= 0);
operation(29, _, T) ->
    case random(40) of
        0 -> ets:delete_all_objects(T);
        _ -> ets:select_replace(T, [{{'$1', '$2'}, [{is_integer, '$2'}, {'<', '$2', 5}], [{{'$1', {'+', '$2', 1}}}]}])
    end.

counter() ->
    case random(6) of
        0 -> random(10) - 5;
        1 -> {2, 1 bsl (random(70))};
        2 -> {2, random(9) - 4, random(20) - 10, random(5)};
        3 -> [{2, 1}, {3, -1 bsl 40}];
        4 -> [{2, random(5)} || _ <- lists:seq(1, random(3))];
        5 -> pick({foo, {2, 1, 1}, {2, a}, {a, 1}, [{2, 1} | a], {1, 1}, {9, 1}, [foo], 1.0})
    end.

%% ---- match specifications ----

fill(Table, Count) -> [ets:insert(Table, object()) || _ <- lists:seq(1, Count)].

specifications(Kind, Seed, Count) ->
    seed(Seed),
    Table = new(Kind, 1),
    fill(Table, 60),
    [begin
         Spec = specification(),
         ets:insert(Table, object()),
         {Spec, [plain(Kind, attempt(fun() -> specified(Op, Table, Spec) end)) || Op <- lists:seq(1, 8)]}
     end || _ <- lists:seq(1, Count)].

specified(1, T, Spec) -> ets:select(T, Spec);
specified(2, T, Spec) -> ets:select_reverse(T, Spec);
specified(3, T, Spec) -> ets:select_count(T, Spec);
specified(4, T, Spec) -> lists:append(element(1, all_chunks(ets:select(T, Spec, 7))));
specified(5, T, Spec) -> lists:append(element(1, all_chunks(ets:select_reverse(T, Spec, 3))));
specified(6, _, Spec) -> {ets:match_spec_run([{1, 2}, {a, b}, {{a}, 7}, foo, {1.0, 2}, {}], ets:match_spec_compile(Spec)), []};
specified(7, _, Spec) -> {[ets:test_ms(O, Spec) || O <- [{1, 2}, {[1, 2], #{a => 1}}, {a}]]};
specified(8, T, Spec) ->
    case random(4) of
        0 -> {ets:select_delete(T, Spec), sorted(ets:tab2list(T))};
        1 -> {ets:select_replace(T, Spec), sorted(ets:tab2list(T))};
        _ -> none
    end.

specification() -> [clause() || _ <- lists:seq(1, 1 + random(2) * random(3))].

clause() ->
    Pattern = pattern(),
    Guards = [guard(2) || _ <- lists:seq(1, random(3))],
    {Pattern, Guards, body()}.

pattern() ->
    case random(12) of
        0 -> '_';
        1 -> '$1';
        2 -> {part(2), part(2), '$3'};
        3 -> {'$1'};
        4 -> {key(), '$2'};
        5 -> {{'$1', random(3)}, '$2'};
        6 -> {pick({{key(), '$1'}, {1, '$1'}, {'$1', a}, [1 | '$1'], [1, '$1'], {a, {'$1', 2}}, #{a => '$1'}, #{}, {}}), '$2'};
        _ -> {part(2), part(2)}
    end.

part(0) -> pick({'_', '$1', '$2', a, 1, 1.0, 0, []});
part(Depth) ->
    case random(8) of
        0 -> {part(Depth - 1), part(Depth - 1)};
        1 -> [part(Depth - 1) | part(Depth - 1)];
        2 -> key();
        3 -> #{a => part(Depth - 1)};
        _ -> part(0)
    end.

guard(0) -> pick({true, false, '$1', '$2', 1, a, {is_integer, '$2'}, {is_atom, '$1'}, {const, '$1'}});
guard(Depth) ->
    case random(14) of
        0 -> {'not', guard(Depth - 1)};
        1 -> {pick({'and', 'or', 'andalso', 'orelse', 'xor'}), guard(Depth - 1), guard(Depth - 1)};
        2 -> {pick({'and', 'or', 'andalso', 'orelse', 'andthen'}), guard(Depth - 1), guard(Depth - 1), guard(Depth - 1)};
        3 -> {pick({is_integer, is_float, is_list, is_tuple, is_binary, is_map, is_number, is_boolean, is_function, is_pid, is_port,
                    is_reference, is_bitstring, is_atom}), expression(1)};
        4 -> {is_record, '$_', key(), random(4)};
        5 -> {'is_map_key', a, expression(0)};
        _ -> {pick({'<', '>', '=<', '>=', '==', '=:=', '/=', '=/='}), expression(Depth), expression(Depth)}
    end.

expression(0) -> pick({'$1', '$2', '$_', '$$', 1, 2.5, a, {const, {a, '$1'}}, "text", <<"bin">>, [], #{}, {{}}, 1 bsl 66, '$3'});
expression(Depth) ->
    D = Depth - 1,
    case random(16) of
        0 -> {pick({'+', '-', '*', '/', 'div', 'rem', 'band', 'bor', 'bxor', 'bsl', max, min}), expression(D), random(9)};
        1 -> {pick({abs, hd, tl, length, size, tuple_size, map_size, round, trunc, float, byte_size, bit_size, '-', '+', 'bnot', ceil,
                    floor}), expression(D)};
        2 -> {element, 1 + random(3), expression(D)};
        3 -> {{expression(D), expression(D)}};
        4 -> [expression(D) | expression(D)];
        5 -> [expression(D), {const, x}, expression(D)];
        6 -> #{a => expression(D), expression(D) => {const, b}};
        7 -> {map_get, a, expression(D)};
        8 -> pick({{self}, {node}, {foo, 1}, {a, b}, {1, 2}, {const}, {message, 1}, {get_tcw}, {is_record, a, b}, {'and'}, {}});
        9 -> {{{const, [1, {2}]}, {{a, {{b}}}}}};
        10 -> {const, expression(D)};
        _ -> expression(0)
    end.

body() ->
    case random(8) of
        0 -> [true];
        1 -> ['$_'];
        2 -> ['$$'];
        3 -> [{{'$1', expression(1)}}];
        4 -> [expression(0), expression(2)];
        5 -> pick({[], foo, [a | b], [{{'$1', '$2', x}}]});
        _ -> [expression(2)]
    end.

%% ---- chunks ----

%% All chunks, and how many results each has.
all_chunks(Result) -> all_chunks(Result, [], []).

all_chunks('$end_of_table', Chunks, Sizes) -> {lists:reverse(Chunks), lists:reverse(Sizes)};
all_chunks({Found, Continuation}, Chunks, Sizes) ->
    all_chunks(ets:select(Continuation), [Found | Chunks], [length(Found) | Sizes]).

chunks(Kind, Seed, Count) ->
    seed(Seed),
    Table = new(Kind, 1),
    fill(Table, 400),
    [begin
         Limit = 1 + random(60),
         Results = case random(4) of
                       0 -> ets:match(Table, {'$1', '_'}, Limit);
                       1 -> ets:match_object(Table, {pick({'_', {'_', 1}, {1, '_'}, [1 | '_']}), '_'}, Limit);
                       2 -> ets:select(Table, [{{'$1', '_'}, [{is_integer, '$1'}], ['$_']}, {{key(), '$1'}, [], ['$1']}], Limit);
                       3 -> ets:select_reverse(Table, [{pick({{'$1', '_'}, {{a, '$1'}, '_'}, '$1'}), [], ['$1']}], Limit)
                   end,
         {Chunks, Sizes} = all_chunks(repaired(Results)),
         {Limit, Sizes, plain(Kind, lists:append(Chunks))}
     end || _ <- lists:seq(1, Count)].

%% As if the continuation had been on disk, sometimes: ets:select/1 wants it repaired then, which this does with what it was made of.
repaired(Results) -> Results.

%% ---- traversals while the table changes ----

traversals(Kind, Seed, Count) ->
    seed(Seed),
    [traversal(Kind) || _ <- lists:seq(1, Count)].

traversal(Kind) ->
    Table = new(Kind, 1),
    fill(Table, 50 + random(500)),
    Before = sorted([element(1, O) || O <- ets:tab2list(Table)]),
    ets:safe_fixtable(Table, true),
    Visited = visit(Table, ets:first(Table), []),
    Fixed = ets:info(Table, size),
    ets:safe_fixtable(Table, false),
    After = sorted([element(1, O) || O <- ets:tab2list(Table)]),
    Stats = {Fixed, ets:info(Table, size), length(After)},
    ets:delete(Table),
    {Before, lists:usort([kinds(K) || K <- Visited]), length(Visited), After, Stats}.

%% What is deleted depends on the key alone, since tables differ in their order; some keys are deleted and come back.
visit(_, '$end_of_table', Visited) -> Visited;
visit(Table, Key, Visited) ->
    case length(Visited) > 5000 of
        true -> exit(endless);
        false -> ok
    end,
    case erlang:phash2(Key, 5) of
        0 -> ets:delete(Table, Key);
        1 -> ets:delete(Table, Key), ets:insert(Table, {Key, again});
        2 -> [ets:delete_object(Table, O) || O <- ets:lookup(Table, Key)];
        3 -> ets:insert(Table, {Key, more});
        4 -> ok
    end,
    visit(Table, ets:next(Table, Key), [Key | Visited]).
