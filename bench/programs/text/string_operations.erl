%% The string module on 20 KB: lexemes, upper case, trim, search, replace, graphemes.
-module(string_operations).
-export([input/0, run/1]).

input() -> lists:append(lists:duplicate(400, "The Quick brown Föx jumps over the lazy dog, überall.\n")).

run(Text) ->
    Words = string:lexemes(Text, " ,.\n"),
    Upper = string:uppercase(Text),
    Replaced = string:replace(Text, "lazy", "eager", all),
    Padded = [string:pad(Word, 10, leading) || Word <- lists:sublist(Words, 500)],
    {length(Words), erlang:phash2(Upper), string:length(Replaced), length(lists:flatten(Padded)),
     string:find(Text, "nowhere"), string:equal(string:trim(Text), Text)}.
