%% What native OTP makes of a .beam file, as text to compare ours with. Instructions are those of beam_disasm, put back
%% into the order of operands in the file (the inverse of beam_disasm:resolve_inst, as beam_asm:make_op has it).
-module(loader_oracle).
-export([write/3]).

-record(tabs, {module, literals, types, strings, lambdas}).

%% Writes what one of the functions below says of File to the file Out.
write(disasm, File, Out) -> file:write_file(Out, disasm(File));
write(tables, File, Out) -> file:write_file(Out, tables(File));
write(types, File, Out) -> file:write_file(Out, type_table(File));
write(atoms, File, Out) -> file:write_file(Out, atoms(File));
write(decodable, File, Out) -> file:write_file(Out, decodable(File));
write(opcodes, _, Out) -> file:write_file(Out, opcodes()).

%% For each external term in the file, each behind its size, a byte: 1 if binary_to_term takes it.
decodable(File) ->
    {ok, Bin} = file:read_file(File),
    << <<(is_decodable(Term))>> || <<Size:32, Term:Size/binary>> <= Bin >>.

is_decodable(Term) ->
    try binary_to_term(Term) of
        _ -> 1
    catch
        error:badarg -> 0
    end.

%% Number, name and arity of every opcode of this release.
opcodes() ->
    unicode:characters_to_binary(opcodes(1)).

opcodes(N) ->
    try beam_opcodes:opname(N) of
        {Name, Arity} -> [io_lib:format("~w ~s/~w~n", [N, Name, Arity]) | opcodes(N + 1)]
    catch
        _:_ -> []
    end.

%% The atoms of the file's atom table, printed; a line each.
atoms(File) ->
    {ok, {_, [{atoms, Atoms}]}} = beam_lib:chunks(File, [atoms]),
    unicode:characters_to_binary([io_lib:format("~tw~n", [A]) || {_, A} <- Atoms]).

%% The first line has, for each type, the index of the first one that decodes to the same; registers have that one.
disasm(File) ->
    {beam_file, Module, _, _, _, Code} = beam_disasm:file(File),
    Tabs = #tabs{module = Module, literals = index(literals(File)), types = index(types(File)), strings = chunk(File, "StrT"),
                 lambdas = [Label || <<_:64, Label:32, _:96>> <= lambdas(File)]},
    Classes = [integer_to_list(maps:get(T, Tabs#tabs.types)) || T <- types(File)],
    unicode:characters_to_binary([lists:join($,, Classes), $\n, [function(F, Tabs) || F <- Code]]).

%% Module, md5, exports, imports, lambdas, lines, literals' bytes (hashed), attributes.
tables(File) ->
    {ok, {Module, Md5}} = beam_lib:md5(File),
    {ok, {_, [{exports, Exports}, {imports, Imports}, {atoms, AtomList}]}} =
        beam_lib:chunks(File, [exports, imports, atoms]),
    Atoms = maps:from_list(AtomList),
    unicode:characters_to_binary(
      [io_lib:format("module ~tw~nmd5 ~s~n", [Module, hex(Md5)]),
       [io_lib:format("export ~tw/~w~n", [F, A]) || {F, A} <- lists:sort(Exports)],
       [io_lib:format("import ~tw:~tw/~w~n", [M, F, A]) || {M, F, A} <- lists:sort(Imports)],
       [io_lib:format("lambda ~tw/~w ~w ~w ~w ~w~n", [maps:get(F, Atoms), A, L, I, N, U]) ||
           <<F:32, A:32, L:32, I:32, N:32, U:32>> <= lambdas(File)],
       io_lib:format("attributes ~s~ncompile info ~s~n",
                     [hex(erlang:md5(chunk(File, "Attr"))), hex(erlang:md5(chunk(File, "CInf")))]),
       [io_lib:format("literal ~s~n", [hex(erlang:md5(L))]) || L <- literal_bytes(File)]]).

hex(Bin) -> [io_lib:format("~2.16.0b", [B]) || <<B>> <= Bin].

%% beam_disasm has the line in front of the label in all but the first function; we put it behind it.
%% The title stands behind func_info, as beam_disasm counts what is in front of the first label with the next function.
%% Lines without a position are left out. OTP 29 gives positions where others give their index.
function({function, Name, Arity, Entry, Is}, Tabs) ->
    Title = io_lib:format("function ~tw/~w entry ~w~n", [Name, Arity, Entry]),
    {Head0, Body} = lists:splitwith(fun(I) -> element(1, I) =/= func_info end, Is),
    {Labels, Lines} = lists:partition(fun(I) -> element(1, I) =:= label end, Head0),
    Head = Labels ++ Lines,
    [case I of
         {line, None} when None =:= 0; None =:= [] -> [];
         {line, [{location, Path, Number}]} -> io_lib:format("{line,~ts:~w}~n", [path(Path, Tabs), Number]);
         {func_info, _, _, _} -> [inst(I, Tabs), $\n, Title];
         _ -> [inst(I, Tabs), $\n]
     end || I <- Head ++ Body].

%% OTP 29 does not know the module's own file if the compile information does not tell.
path("", #tabs{module = Module}) -> atom_to_list(Module) ++ ".erl";
path(Path, _) -> Path.

inst(I, Tabs) when is_atom(I) -> text(I, Tabs);
inst(I, Tabs) ->
    [Name | Args] = tuple_to_list(flatten(resolve(I, Tabs))),
    case [arg(A, Tabs) || A <- Args] of
        [] -> text(Name, Tabs);
        Texts -> [${, text(Name, Tabs), [[$,, T] || T <- Texts], $}]
    end.

text(Atom, _) -> io_lib:format("~tw", [Atom]).

%% beam_disasm of OTP 25 leaves these instructions as it decoded them.
resolve({bs_create_bin, [{F, {u, Heap}, {u, Live}, {u, Unit}, Dst, _, _, Segments}]}, #tabs{strings = Strings}) ->
    {bs_create_bin, F, Heap, Live, Unit, Dst, {list, resolve_segments(Segments, Strings)}};
resolve({call_fun2, {u, Index}, Arity, Fun}, #tabs{lambdas = Lambdas}) ->
    {call_fun2, {f, lists:nth(Index + 1, Lambdas)}, Arity, Fun};
resolve(I, _) -> I.

resolve_segments([{atom, string} = Type, Number, Unit, Flags, {u, Offset}, {i, Length} | Rest], Strings) ->
    Value = {string, binary:part(Strings, Offset, Length)},
    [Type, Number, Unit, Flags, Value, {integer, Length} | resolve_segments(Rest, Strings)];
resolve_segments([{i, N} | Rest], Strings) -> [{integer, N} | resolve_segments(Rest, Strings)];
resolve_segments([Operand | Rest], Strings) -> [Operand | resolve_segments(Rest, Strings)];
resolve_segments([], _) -> [].

flatten({test, bs_match_string, F, [Ctx, Bits, S]}) -> {bs_match_string, F, Ctx, Bits, S};
flatten({test, get_record_field, F, Src, Id, Name, Dst}) -> {get_record_field, F, Src, Id, Name, Dst};
flatten({test, is_record_accessible, F, Src, Scope}) -> {is_record_accessible, F, Src, Scope};
flatten({test, is_record, F, Src, Module, Name}) -> {is_native_record, F, Src, Module, Name};
flatten({test, is_record, F, Src}) when is_tuple(Src) -> {is_any_native_record, F, Src};
flatten({test, Op, F, Args}) -> list_to_tuple([Op, F | Args]);
flatten({test, Op, F, Src, {list, _} = List}) -> {Op, F, Src, List};
flatten({test, Op, F, Live, [H | T], Dst}) -> list_to_tuple([Op, F, H, Live | T] ++ [Dst]);
flatten({bif, Name, nofail, [], Dst}) -> {bif0, {extfunc, erlang, Name, 0}, Dst};
flatten({bif, raise, _, [A, B], _}) -> {raise, A, B};
flatten({raise, _, [A, B], _}) -> {raise, A, B};
flatten({bif, get_record_field, F, [Src, Id, Name], Dst}) -> {get_record_field, F, Src, Id, Name, Dst};
flatten({bif, Op, F, Args, Dst}) when Op =:= fadd; Op =:= fsub; Op =:= fmul; Op =:= fdiv; Op =:= fnegate ->
    list_to_tuple([Op, F | Args] ++ [Dst]);
flatten({arithfbif, Op, F, Args, Dst}) -> list_to_tuple([Op, F | Args] ++ [Dst]);
flatten({bif, Name, F, Args, Dst}) ->
    Op = element(length(Args), {bif1, bif2, bif3}),
    list_to_tuple([Op, F, {extfunc, erlang, Name, length(Args)} | Args] ++ [Dst]);
flatten({gc_bif, Name, F, Live, Args, Dst}) ->
    Op = element(length(Args), {gc_bif1, gc_bif2, gc_bif3}),
    list_to_tuple([Op, F, Live, {extfunc, erlang, Name, length(Args)} | Args] ++ [Dst]);
flatten({bs_add, F, [A, B, Unit], Dst}) -> {bs_add, F, A, B, Unit, Dst};
flatten({make_fun2, _, Index, _, _}) -> {make_fun2, Index};
flatten({make_fun3, _, Index, _, Dst, Env}) -> {make_fun3, Index, Dst, Env};
flatten({bs_create_bin, F, Heap, Live, Unit, Dst, {list, Segments}}) ->
    {bs_create_bin, F, Heap, Live, Unit, Dst, {list, segments(Segments)}};
flatten({bs_match, F, Ctx, {commands, Commands}}) -> {bs_match, F, Ctx, {commands, [command(C) || C <- Commands]}};
flatten(I) -> I.

segments([Type, Number, Unit, Flags, Value, Size | Rest]) ->
    [Type, Number, Unit, flags(Flags), Value, Size | segments(Rest)];
segments([]) -> [].

command({Op, Live, Flags, Size, Unit, Dst}) -> {Op, Live, flags(Flags), Size, Unit, Dst};
command(C) -> C.

flags(nil) -> flags({literal, []});
flags({literal, L}) -> {field_flags, [F || F <- [little, signed, native], lists:member(F, L)]}.

arg({tr, Reg, Type}, Tabs) ->
    case maps:get(Type, Tabs#tabs.types) of
        0 -> arg(Reg, Tabs);
        Index -> ["{tr,", arg(Reg, Tabs), $,, integer_to_list(Index), $}]
    end;
arg({literal, Term}, Tabs) -> io_lib:format("{literal,#~w}", [maps:get(Term, Tabs#tabs.literals)]);
arg({float, Term}, Tabs) -> arg({literal, Term}, Tabs);
arg({list, L}, Tabs) -> ["{list,[", lists:join($,, [arg(A, Tabs) || A <- L]), "]}"];
arg({commands, L}, Tabs) -> ["{commands,[", lists:join($,, [tuple(C, Tabs) || C <- L]), "]}"];
arg({field_flags, Flags}, Tabs) when is_integer(Flags) ->
    arg({field_flags, [F || {F, Bit} <- [{little, 2}, {signed, 4}, {native, 16}], Flags band Bit =/= 0]}, Tabs);
arg(S, _) when is_binary(S) -> ["{string,", io_lib:format("~w", [binary_to_list(S)]), $}];
arg({string, S}, _) -> ["{string,", io_lib:format("~w", [unicode_free(S)]), $}];
arg({alloc, L}, Tabs) ->
    Get = fun(Key) -> proplists:get_value(Key, L, 0) end,
    case {Get(words), Get(floats), Get(funs)} of
        {W, 0, 0} -> arg(W, Tabs);
        {W, F, N} -> io_lib:format("{alloc,[{words,~w},{floats,~w},{funs,~w}]}", [W, F, N])
    end;
arg(Other, _) -> io_lib:format("~tw", [plain(Other)]).

plain({u, N}) -> N;
plain(Other) -> Other.

unicode_free(S) when is_binary(S) -> binary_to_list(S);
unicode_free(S) -> S.

tuple(T, Tabs) -> [${, lists:join($,, [arg(A, Tabs) || A <- tuple_to_list(T)]), $}].

%% Term -> index of its first place in the list.
index(Terms) ->
    Pairs = lists:zip(Terms, lists:seq(0, length(Terms) - 1)),
    maps:from_list(lists:reverse(Pairs)).

chunk(File, Id) ->
    {ok, {_, [{Id, Bin}]}} = beam_lib:chunks(File, [Id], [allow_missing_chunks]),
    Bin.

lambdas(File) ->
    case chunk(File, "FunT") of
        missing_chunk -> <<>>;
        <<_:32, Table/binary>> -> Table
    end.

literals(File) -> [binary_to_term(B) || B <- literal_bytes(File)].

literal_bytes(File) ->
    case chunk(File, "LitT") of
        missing_chunk -> [];
        <<0:32, _:32, Table/binary>> -> entries(Table);
        <<_:32, Compressed/binary>> ->
            <<_:32, Table/binary>> = zlib:uncompress(Compressed),
            entries(Table)
    end.

entries(<<Size:32, Bin:Size/binary, Rest/binary>>) -> [Bin | entries(Rest)];
entries(<<>>) -> [].

%% The Type chunk's entries in the layout of this release; those of OTP 25 in that of OTP 27.
type_table(File) ->
    <<Version:32, _:32, Table/binary>> = chunk(File, "Type"),
    case can_convert() of
        true -> beam_types:convert_ext(Version, Table);
        false -> << <<(type_entry(Entry))/binary>> || <<Entry:18/binary>> <= Table >>
    end.

%% OTP 25: the union is what the type has in common with the types of the single bits. Bit 2 is a match context.
type_entry(<<_:16, Range/binary>> = Entry) ->
    {Type, _, _} = beam_types:decode_ext(Entry),
    Single = fun(K) -> element(1, beam_types:decode_ext(<<(1 bsl K):16, 0:64, -1:64>>)) end,
    Bits = [K || K <- lists:seq(0, 12), beam_types:meet(Type, Single(K)) =/= none],
    Union = lists:usort([if K >= 2 -> K - 1; true -> K end || K <- Bits]),
    Sum = lists:sum([1 bsl K || K <- Union]),
    case Range of
        <<Min:64/signed, Max:64/signed>> when Min =< Max, Sum band 16#28 =/= 0 ->
            <<(Sum + 16#3000):16, Range/binary>>;
        _ ->
            <<Sum:16>>
    end.

can_convert() ->
    {module, _} = code:ensure_loaded(beam_types),
    erlang:function_exported(beam_types, convert_ext, 2).

types(File) ->
    case chunk(File, "Type") of
        missing_chunk -> [];
        <<Version:32, _:32, Table0/binary>> ->
            case can_convert() of
                true -> types_1(beam_types:convert_ext(Version, Table0));
                false -> [beam_types:decode_ext(Entry) || <<Entry:18/binary>> <= Table0]
            end
    end.

types_1(Table) ->
    case beam_types:decode_ext(Table) of
        done -> [];
        {Type, Rest} -> [Type | types_1(Rest)]
    end.
