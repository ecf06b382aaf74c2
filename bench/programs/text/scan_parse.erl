%% Erlang text scanned, parsed and printed again, 100 functions.
-module(scan_parse).
-export([input/0, run/1]).

input() ->
    lists:append([lists:concat(["f", N, "(X, [Y | Rest]) when X > ", N, " -> case Y of {ok, Z} -> Z + ", N,
                                "; #{a := B} -> [B | Rest]; _ -> \"text ", N, "\" end.\n"]) || N <- lists:seq(1, 100)]).

run(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    Forms = forms(Tokens, []),
    {length(Tokens), length(Forms), erlang:phash2([lists:flatten(erl_pp:form(Form)) || Form <- lists:sublist(Forms, 20)])}.

forms([], _) -> [];
forms([{dot, _} = Dot | Tokens], Form) ->
    {ok, Parsed} = erl_parse:parse_form(lists:reverse(Form, [Dot])),
    [Parsed | forms(Tokens, [])];
forms([Token | Tokens], Form) ->
    forms(Tokens, [Token | Form]).
