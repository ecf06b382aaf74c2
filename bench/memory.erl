%% What things take, each in a fresh system: main([Name]) prints numbers; bench/memory.ts says what they are.
-module(memory).
-export([main/1, idle/0]).

-define(MANY, 100000).
-define(MILLION, 1000000).
%% Modules of stdlib that no system has loaded at its start.
-define(MODULES, [array, dets, dict, digraph, edlin_expand, gb_trees, io_lib_fread, log_mf_h, ms_transform, orddict, pool, proc_lib, qlc,
    queue, shell_docs, sofs, win32reg, xref_base, zip, gb_sets, digraph_utils, dets_v9, epp, erl_expand_records, erl_tar, c, calendar,
    beam_lib, base64, eval_bits]).

main([Name]) ->
    io:format("~s~n", [lists:join($\s, [integer_to_list(N) || N <- measure(Name)])]),
    halt().

measure(terms) ->
    Word = erlang:system_info(wordsize),
    [erts_debug:flat_size(Term) * Word || Term <- terms()];
measure(processes) -> each(fun() -> [spawn(?MODULE, idle, []) || _ <- lists:seq(1, ?MANY)] end);
measure(rows) -> each(fun() -> table([set, public], ?MANY) end);
measure(ordered) -> each(fun() -> table([ordered_set, public], ?MANY) end);
measure(modules) ->
    code:ensure_loaded(lists),
    Names = [Name || Name <- ?MODULES, not erlang:module_loaded(Name)],
    Before = resident(),
    Loaded = [Name || Name <- Names, {module, _} <- [code:ensure_loaded(Name)]],
    settle(),
    [(resident() - Before) div length(Loaded), length(Loaded)];
measure(million) ->
    Start = erlang:monotonic_time(millisecond),
    Pids = [spawn(?MODULE, idle, []) || _ <- lists:seq(1, ?MILLION)],
    Alive = erlang:system_info(process_count),
    true = Alive >= ?MILLION,
    [Pid ! {self(), N} || {N, Pid} <- lists:zip(lists:seq(1, 1000), lists:sublist(Pids, 1000))],
    [receive N -> ok end || N <- lists:seq(1, 1000)],
    [Alive, erlang:monotonic_time(millisecond) - Start, field(<<"VmRSS:">>), field(<<"VmHWM:">>)];
measure(shrink) ->
    %% A heap of its own before, with a long list, and after it was dropped.
    [Before, With, Dropped, Waited] = [words(Step) || Step <- [before, list, dropped, waited]],
    Word = erlang:system_info(wordsize),
    [Before * Word, With * Word, Dropped * Word, Waited * Word].

terms() ->
    [[1], {1, 2}, {1, 2, 3}, id(1) / 3, 1 bsl 40, 1 bsl 100, "hello", <<"hello">>, #{a => 1, b => 2, c => 3, d => 4},
        maps:from_list([{N, N} || N <- lists:seq(1, 1000)]), fun() -> id(terms) end, make_ref()].

id(X) -> X.

each(Make) ->
    garbage_collect(),
    Before = resident(),
    Kept = Make(),
    settle(),
    Taken = resident() - Before,
    _ = id(Kept),
    [Taken div ?MANY].

table(Options, Count) ->
    Table = ets:new(rows, Options),
    [ets:insert(Table, {N, N}) || N <- lists:seq(1, Count)],
    Table.

settle() ->
    garbage_collect(),
    receive after 500 -> garbage_collect() end.

idle() ->
    receive
        {From, N} -> From ! N, idle()
    end.

resident() -> field(<<"VmRSS:">>).

%% Bytes.
field(Name) ->
    {ok, Status} = file:read_file("/proc/self/status"),
    [Kilobytes | _] = string:lexemes(lists:last(binary:split(Status, Name)), "\t "),
    binary_to_integer(iolist_to_binary(Kilobytes)) * 1024.

%% Words of the heap of a process that lives for one step.
words(Step) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({words, stepped(Step)}) end),
    receive {'DOWN', Monitor, process, Pid, {words, Words}} -> Words end.

stepped(before) -> total();
stepped(list) ->
    List = lists:seq(1, ?MILLION),
    Words = total(),
    ?MILLION = length(List),
    Words;
stepped(dropped) ->
    _ = stepped(list),
    garbage_collect(),
    total();
stepped(waited) ->
    _ = stepped(dropped),
    receive after 100 -> total() end.

total() ->
    {total_heap_size, Words} = process_info(self(), total_heap_size),
    Words.
