%% JSON text of 500 records read.
-module(json_decode).
-export([input/0, run/1]).

input() ->
    Record = fun(N) ->
        Id = integer_to_binary(N),
        [<<"{\"id\": ">>, Id, <<", \"name\": \"name \\\"é\\u00e9 "/utf8>>, Id, <<"\", \"score\": ">>, Id,
         <<".25, \"tags\": [\"one\", \"two\", null, true], \"inner\": {\"x\": ">>, Id, <<"e2, \"y\": -1}}">>]
    end,
    iolist_to_binary([$[, lists:join(", ", [Record(N) || N <- lists:seq(1, 500)]), $]]).

run(Text) ->
    Records = json:decode(Text),
    lists:sum([Id + X || #{<<"id">> := Id, <<"inner">> := #{<<"x">> := X}} <- Records]).
