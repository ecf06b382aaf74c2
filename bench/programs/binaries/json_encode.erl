%% JSON text made of 500 records of maps and lists.
-module(json_encode).
-export([input/0, run/1]).

input() ->
    [#{<<"id">> => N, <<"name">> => <<"name \"", (integer_to_binary(N))/binary, "\" é"/utf8>>, <<"score">> => N / 4,
       <<"tags">> => [<<"one">>, <<"two">>, null, true], <<"inner">> => #{<<"x">> => N * N, <<"y">> => -N}}
     || N <- lists:seq(1, 500)].

run(Terms) -> erlang:crc32([json:encode(lists:sort(maps:to_list(Term)), fun pairs/2) || Term <- Terms]).

%% Pairs in the order of their keys, since that of a map's is each system's own.
pairs([{_, _} | _] = Pairs, Encode) -> json:encode_key_value_list(Pairs, Encode);
pairs(Map, Encode) when is_map(Map) -> json:encode_key_value_list(lists:sort(maps:to_list(Map)), Encode);
pairs(Other, Encode) -> json:encode_value(Other, Encode).
