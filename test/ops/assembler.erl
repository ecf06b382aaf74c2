%% Assembles what the compiler's validator refuses because no current compiler writes it, though the loader takes it.
-module(assembler).
-export([assemble/1]).

%% The text of a .S file as a .beam file.
assemble(Text) ->
    Forms = forms(erl_scan:tokens([], unicode:characters_to_list(Text), 1)),
    {value, {module, Module}} = lists:keysearch(module, 1, Forms),
    {value, {exports, Exports}} = lists:keysearch(exports, 1, Forms),
    {value, {labels, Labels}} = lists:keysearch(labels, 1, Forms),
    Code = {Module, Exports, [], functions(Forms), Labels},
    {ok, Flat} = beam_flatten:module(Code, []),
    {ok, Beam} = beam_asm:module(Flat, [], [], []),
    Beam.

forms({done, {ok, Tokens, Line}, Rest}) ->
    {ok, Form} = erl_parse:parse_term(Tokens),
    [Form | forms(erl_scan:tokens([], Rest, Line))];
forms(_) ->
    [].

functions([{function, Name, Arity, Entry} | Forms]) ->
    {Instructions, Rest} = lists:splitwith(fun(Form) -> not is_tuple(Form) orelse element(1, Form) =/= function end, Forms),
    [{function, Name, Arity, Entry, Instructions} | functions(Rest)];
functions([_ | Forms]) ->
    functions(Forms);
functions([]) ->
    [].
