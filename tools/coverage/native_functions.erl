%% Prints the functions that OTP's Erlang code expects a virtual machine to have, tab-separated:
%%     -s native_functions main -extra SOURCE LIB
%%     module function arity kind where uses
%% kind: bif or guard (entries of erts/emulator/beam/bif.tab; guard: `ubif`), nif (outside of the table, the Erlang body
%% only raises nif_error). where: bif.tab, or the application of the stub. uses: how many modules of the libraries in
%% LIB (<app>/ebin/*.beam) import it. SOURCE is the root of OTP's sources.
-module(native_functions).
-export([main/0]).

main() ->
    [Source, Lib] = init:get_plain_arguments(),
    Bifs = bif_tab(filename:join(Source, "erts/emulator/beam/bif.tab")),
    Known = maps:from_list([{MFA, true} || {MFA, _, _} <- Bifs]),
    Nifs = [{MFA, nif, App} || {App, File} <- sources(Source), MFA <- stubs(File, Source),
                               not is_map_key(MFA, Known), not lists:member(MFA, not_native())],
    Uses = uses(filelib:wildcard(filename:join(Lib, "*/ebin/*.beam"))),
    [io:format("~ts\t~ts\t~w\t~ts\t~ts\t~w~n", [M, F, A, Kind, Where, maps:get(MFA, Uses, 0)])
     || {{M, F, A} = MFA, Kind, Where} <- lists:usort(Bifs) ++ lists:usort(Nifs)],
    erlang:halt(0).

%% Stubs with nothing behind them in C: written as BEAM assembly, left over.
not_native() ->
    [{prim_eval, 'receive', 2}, {erlang, garbage_collect_message_area, 0}].

bif_tab(File) ->
    {ok, Bytes} = file:read_file(File),
    Lines = [string:lexemes(Line, " \t") || Line <- string:split(binary_to_list(Bytes), "\n", all)],
    [entry(Kind, Mfa) || [Kind, Mfa | _] <- Lines, lists:member(Kind, ["bif", "ubif", "hbif"])].

entry(Kind, Mfa) ->
    [Module, Rest] = string:split(Mfa, ":"),
    [Function, Arity] = string:split(Rest, "/", trailing),
    {{atom(Module), atom(Function), list_to_integer(Arity)}, case Kind of "ubif" -> guard; _ -> bif end, "bif.tab"}.

atom("'" ++ Quoted) -> list_to_atom(lists:droplast(Quoted));
atom(Plain) -> list_to_atom(Plain).

%% {Application, File} of all modules that stand for C code: those that mention nif_error.
sources(Source) ->
    Files = filelib:wildcard(filename:join(Source, "lib/*/src/**/*.erl"))
        ++ filelib:wildcard(filename:join(Source, "erts/preloaded/src/*.erl")),
    [{application(lists:nthtail(length(Source) + 1, File)), File} || File <- Files, mentions_nif_error(File)].

application(Path) ->
    case filename:split(Path) of
        ["erts" | _] -> "erts";
        ["lib", App | _] -> App
    end.

mentions_nif_error(File) ->
    {ok, Bytes} = file:read_file(File),
    binary:match(Bytes, <<"nif_error">>) =/= nomatch.

stubs(File, Source) ->
    Own = filename:dirname(File),
    Includes = [Own, filename:join(Own, "../include"), filename:join(Source, "erts/emulator/beam"), filename:join(Source, "lib")
                | filelib:wildcard(filename:join(Source, "lib/{kernel,stdlib}/{src,include}"))],
    {ok, Forms} = epp:parse_file(File, [{includes, Includes}]),
    [Module] = [Name || {attribute, _, module, Name} <- Forms],
    Functions = [{Name, Arity, Clauses} || {function, _, Name, Arity, Clauses} <- Forms],
    Raisers = [Name || {Name, _, Clauses} <- Functions, raises(Clauses, []),
                       lists:member(Name, [nif_stub_error, not_loaded, nif_not_loaded, nif_error, erl_nif_error])],
    [{Module, Name, Arity} || {Name, Arity, Clauses} <- Functions, not lists:member(Name, Raisers), raises(Clauses, Raisers)].

%% Whether every clause ends in raising nif_error.
raises(Clauses, Raisers) ->
    lists:all(fun({clause, _, _, _, Body}) -> is_raise(lists:last(Body), Raisers) end, Clauses).

is_raise({call, _, {remote, _, {atom, _, erlang}, {atom, _, nif_error}}, _}, _) -> true;
is_raise({call, _, {atom, _, nif_error}, _}, _) -> true;
is_raise({call, _, {atom, _, Name}, _}, Raisers) -> lists:member(Name, Raisers);
is_raise({'case', _, _, Clauses}, Raisers) -> raises(Clauses, Raisers);
is_raise(_, _) -> false.

uses(Beams) ->
    lists:foldl(fun(Beam, Counts) ->
                        {ok, {_, [{imports, Imports}]}} = beam_lib:chunks(Beam, [imports]),
                        lists:foldl(fun(MFA, Acc) -> maps:update_with(MFA, fun(N) -> N + 1 end, 1, Acc) end, Counts, Imports)
                end, #{}, Beams).
