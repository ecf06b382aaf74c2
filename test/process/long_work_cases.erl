%% BIFs that work long: others get their turns meanwhile, and what comes of the work is right, or nothing is left of it.
-module(long_work_cases).
-compile([export_all, nowarn_export_all]).

%% Calls a BIF in a process of its own beside one that counts its own turns: {what comes of it, whether there were turns}.
beside(Bif) ->
    Counter = spawn_link(fun() -> count(0) end),
    {Pid, Monitor} = spawn_monitor(fun() ->
        Before = turns(Counter),
        {Result, After} = try Value = Bif(), Then = turns(Counter), {{value, digest(Value)}, Then}
                          catch Class:Reason:Stack -> {{Class, Reason, top(Stack)}, turns(Counter)} end,
        exit({Result, After - Before > 3})
    end),
    receive {'DOWN', Monitor, process, Pid, End} -> unlink(Counter), exit(Counter, kill), End end.

top([{M, F, A, _} | _]) when is_list(A) -> {M, F, length(A)};
top([{M, F, A, _} | _]) -> {M, F, A}.

count(N) ->
    receive {turns, From} -> From ! {turns, N}, count(N)
    after 0 -> erlang:yield(), count(N + 1)
    end.
turns(Counter) -> Counter ! {turns, self()}, receive {turns, N} -> N end.

digest(T) -> erlang:phash2(T).

%% Whether a process that is killed in the middle leaves nothing.
killed(Bif) ->
    Self = self(),
    [begin
         {Pid, Monitor} = spawn_monitor(fun() -> Self ! {go, self()}, for_ever(Bif) end),
         receive {go, Pid} -> ok end,
         [erlang:yield() || _ <- lists:seq(1, N)],
         if N rem 2 =:= 0 -> erlang:garbage_collect(Pid); true -> ok end,
         exit(Pid, kill),
         receive {'DOWN', Monitor, process, Pid, Why} -> Why end
     end || N <- [0, 1, 2, 5]].

for_ever(Bif) -> Bif(), for_ever(Bif).

data(Size) -> [{N, N * 1.5, <<N:24>>, [a, b | N], #{N => x}} || N <- lists:seq(1, Size)].
bytes(Size) -> [[N band 255, <<N:16>>, "abc"] || N <- lists:seq(1, 3 * Size)].
pairs(Size) -> [{N * 7919 rem 100003, N} || N <- lists:seq(1, 2 * Size)].

%% Each with what it works on; Size says how much that is.
work(Size) ->
    Data = data(Size), External = term_to_binary(Data), Bytes = bytes(Size), Pairs = pairs(Size), Map = maps:from_list(Pairs),
    Keys = [K || {K, _} <- Pairs],
    [{term_to_binary, fun() -> term_to_binary(Data, [deterministic]) end},
     {term_to_iovec, fun() -> iolist_to_binary(term_to_iovec(Data, [deterministic])) end},
     {external_size, fun() -> erlang:external_size(Data) end},
     {binary_to_term, fun() -> binary_to_term(External) end},
     {used, fun() -> element(2, binary_to_term(<<External/binary, 1, 2>>, [used])) =:= byte_size(External) end},
     {list_to_binary, fun() -> list_to_binary(Bytes) end},
     {list_to_bin, fun() -> binary:list_to_bin(Bytes) end},
     {iolist_to_binary, fun() -> iolist_to_binary(Bytes) end},
     {list_to_bitstring, fun() -> list_to_bitstring([Bytes, <<1:3>>]) end},
     {iolist_size, fun() -> iolist_size(Bytes) end},
     {iolist_to_iovec, fun() -> iolist_to_binary(erlang:iolist_to_iovec(Bytes)) end},
     {md5, fun() -> erlang:md5(Bytes) end},
     {md5_update, fun() -> erlang:md5_final(erlang:md5_update(erlang:md5_update(erlang:md5_init(), Bytes), Bytes)) end},
     {crc32, fun() -> erlang:crc32(17, Bytes) end},
     {adler32, fun() -> erlang:adler32(Bytes) end},
     {from_list, fun() -> maps:from_list(Pairs) end},
     {from_keys, fun() -> maps:from_keys(Keys, v) end},
     {keys, fun() -> lists:sort(maps:keys(Map)) end},
     {values, fun() -> lists:sort(maps:values(Map)) end}
     | many(Size)].

%% What is done in one go takes more.
many(Size) ->
    List = lists:seq(1, 30 * Size), Tuples = [{N, x} || N <- List], Last = 30 * Size, Hay = << <<N:16>> || N <- List>>,
    Twos = binary:copy(<<"ab,cde,">>, 10 * Size), Long = binary:copy(<<"abcdefgh">>, 24 * Size),
    Pairs = [{N, N} || N <- lists:seq(1, 20 * Size)], Some = maps:from_list([{N, old} || N <- lists:seq(10 * Size, 20 * Size)] ++ Tuples),
    More = maps:from_list(Pairs),
    [{member, fun() -> {lists:member(Last, List), lists:member(x, List), lists:member({Last, x}, Tuples)} end},
     {keyfind, fun() -> {lists:keyfind(Last, 1, Tuples), lists:keyfind(y, 2, Tuples)} end},
     {keymember, fun() -> {lists:keymember(Last * 1.0, 1, Tuples), lists:keymember(y, 2, Tuples)} end},
     {keysearch, fun() -> {lists:keysearch(Last, 1, Tuples), lists:keysearch(y, 3, Tuples)} end},
     {reverse, fun() -> lists:reverse(List, [tail]) end},
     {'++', fun() -> List ++ Tuples ++ tail end},
     {'--', fun() -> (List ++ List) -- [N || N <- List, N rem 3 =/= 1] end},
     {match, fun() -> {binary:match(Twos, <<",,">>), binary:match(Twos, [<<"xyz">>, <<",,">>])} end},
     {matches, fun() -> {binary:matches(Twos, <<"e,">>), binary:matches(Hay, [<<0>>, <<7, 7>>, <<1, 0, 1>>])} end},
     {split, fun() -> {binary:split(Twos, <<",">>, [global, trim]), binary:split(<<1:1, Twos/binary, 0:7>>, <<",,">>, [])} end},
     {copy, fun() -> {binary:copy(Hay, 40), binary:copy(<<1:3, Hay/binary, 0:5>>, 2)} end},
     {binary_to_list, fun() -> {binary_to_list(Long), binary_to_list(Long, 3, byte_size(Long) - 7)} end},
     {bitstring_to_list, fun() -> {bitstring_to_list(<<1:3, Long/binary>>), bitstring_to_list(<<Long/binary, 1:3>>)} end},
     {merge, fun() -> M = maps:merge(Some, More), {map_size(M), lists:sort(maps:to_list(M)) =:= lists:sort(Pairs ++ [P || {K, _} = P <- Tuples, K > 20 * Size])} end},
     {phash2, fun() -> {erlang:phash2(List), erlang:phash2({Tuples, Some, 1 bsl 900, "text", Long}), erlang:phash2([N rem 256 || N <- List], 1 bsl 32)} end},
     {phash2_bits, fun() -> {erlang:phash2(binary:copy(Hay, 64)), erlang:phash2([<<1:3, Long/binary>>, Long, Hay, tail], 4001)} end},
     {persistent_terms, fun() -> lists:sort([T || {{?MODULE, _}, _} = T <- persistent_term:get()]) end},
     {scope, fun() -> {binary:matches(Twos, [<<"cd">>, <<"cde,ab">>], [{scope, {5, 60 * Size}}]), binary:match(Twos, <<"b,">>, [{scope, {9 * Size, 50 * Size}}])} end}
     | characters(Size)].

%% With what is wrong or cut at their ends, at some places or at none.
characters(Size) ->
    Points = [N rem 1000 + N rem 7 * 12000 || N <- lists:seq(1, 40 * Size)],
    Utf8 = << <<N/utf8>> || N <- Points>>, Latin1 = binary:copy(<<"abc", 228>>, 20 * Size),
    Mixed = [Points, [Utf8, Points | Utf8], [[], "abc" | Utf8]], Short = binary:part(Utf8, 0, byte_size(Utf8) - 1),
    [{characters_to_binary, fun() -> [unicode:characters_to_binary(T) || T <- [Points, Mixed, [Mixed, 16#d800 | Mixed], [Short, Points], [Mixed, Short]]] end},
     {utf8_binaries, fun() -> [unicode:characters_to_binary(B) =:= B || B <- [Utf8, Short, <<Utf8/binary, 255, Utf8/binary>>, binary:copy(<<"abc">>, 90 * Size)]] end},
     {latin1_binaries, fun() -> [unicode:characters_to_binary(B, latin1) || B <- [Latin1, [Latin1, 255, Latin1], [Latin1, 256], <<Utf8/binary, 1>>]] end},
     {characters_to_list, fun() -> [unicode:characters_to_list(T) || T <- [Utf8, Short, Mixed, <<Utf8/binary, 255, Utf8/binary>>, [Mixed, -1 | Mixed], [Mixed, Short]]] end},
     {latin1_list, fun() -> [unicode:characters_to_list(T, latin1) || T <- [Latin1, [Latin1, 255, Latin1], [Latin1, 256, Latin1]]] end},
     {unaligned, fun() -> <<_:3, Shifted/bits>> = <<0:3, Utf8/binary>>, {unicode:characters_to_list(Shifted), unicode:characters_to_binary([Shifted, Shifted])} end}].

results(Size) -> keeping(Size, fun() -> [{Name, element(1, beside(Bif))} || {Name, Bif} <- work(Size)] end).

%% With many persistent terms.
keeping(Size, Fun) ->
    [persistent_term:put({?MODULE, N}, N) || N <- lists:seq(1, 2 * Size)],
    Result = Fun(),
    [persistent_term:erase({?MODULE, N}) || N <- lists:seq(1, 2 * Size)],
    Result.

nobody() -> [].

%% The work that gave way to nobody: in OTP none of it.
selfish(Size) -> keeping(Size, fun() -> [Name || {Name, Bif} <- work(Size), not element(2, beside(Bif)), Name =/= external_size] end).

%% Where a process is seen that works long.
places(Size) ->
    Data = data(10 * Size), External = term_to_binary(Data), Bytes = bytes(10 * Size), Long = binary:copy(<<"abcdefgh">>, 100 * Size),
    Seen = fun(Bif) ->
        Pid = spawn(fun() -> receive go -> for_ever(Bif) end end),
        Pid ! go,
        Places = [begin erlang:yield(), element(2, process_info(Pid, current_function)) end || _ <- lists:seq(1, 200)],
        exit(Pid, kill),
        lists:usort([Place || {Module, Name, _} = Place <- Places, Module =/= ?MODULE, not lists:member(Name, [apply, bif_return_trap])])
    end,
    [Seen(Bif) || Bif <- [fun() -> term_to_binary(Data) end, fun() -> binary_to_term(External) end, fun() -> list_to_binary(Bytes) end,
                          fun() -> binary:list_to_bin(Bytes) end, fun() -> iolist_size(Bytes) end, fun() -> binary_to_list(Long) end,
                          fun() -> lists:member(x, Data) end, fun() -> Data -- [a, b] end]].

%% Others have their turns although each call needs more memory than there is.
greedy(Size) ->
    Keys = [{?MODULE, N} || N <- lists:seq(1, Size)],
    [persistent_term:put(K, K) || K <- Keys],
    Counter = counters:new(1, []),
    Pid = spawn(fun() -> for_ever(fun() -> persistent_term:get(), counters:add(Counter, 1, 1) end) end),
    [erlang:yield() || _ <- lists:seq(1, 10)],
    exit(Pid, kill),
    [persistent_term:erase(K) || K <- Keys],
    counters:get(Counter, 1) < 100.

kills(Size) -> keeping(Size, fun() -> [{Name, killed(Bif)} || {Name, Bif} <- work(Size), Name =/= external_size] end).

%% What is raised in the end is raised by the function that was called (in OTP md5, crc32 and iolist_to_iovec name what they trap to).
errors(Size) ->
    Bytes = bytes(Size), Pairs = pairs(Size), External = term_to_binary(data(Size)),
    Cut = binary:part(External, 0, byte_size(External) - 1),
    [element(1, beside(Bif)) || Bif <- [
        fun() -> list_to_binary([Bytes, oops]) end, fun() -> binary:list_to_bin([Bytes, oops]) end,
        fun() -> iolist_to_binary([Bytes, oops]) end, fun() -> list_to_bitstring([Bytes, oops]) end,
        fun() -> iolist_size([Bytes, oops]) end,
        fun() -> binary_to_term(Cut) end, fun() -> binary_to_term(Cut, [safe]) end,
        fun() -> maps:from_list(Pairs ++ [oops]) end,
        fun() -> lists:reverse(Pairs ++ oops, []) end, fun() -> lists:member(x, Pairs ++ oops) end,
        fun() -> lists:keyfind(x, 1, Pairs ++ oops) end, fun() -> (Pairs ++ oops) ++ [] end, fun() -> (Pairs ++ oops) -- [x] end,
        fun() -> Pairs -- (Pairs ++ oops) end,
        fun() -> unicode:characters_to_binary([Bytes, oops]) end, fun() -> unicode:characters_to_list([Bytes | oops]) end,
        fun() -> unicode:characters_to_list([Bytes, <<1:3>>]) end]].

%% Messages come and exits are trapped meanwhile.
messages(Size) ->
    Data = data(Size), Self = self(),
    Pid = spawn_link(fun() -> process_flag(trap_exit, true), Self ! go, External = term_to_binary(Data),
                              Self ! {binary_to_term(External) =:= Data, [receive M -> M after 5000 -> none end || _ <- [1, 2, 3]]} end),
    receive go -> ok end,
    Pid ! one, erlang:garbage_collect(Pid), exit(Pid, hm), Pid ! <<0:4096>>,
    receive {Same, [one, {'EXIT', From, hm}, Large]} -> {Same, From =:= Self, byte_size(Large)} end.
