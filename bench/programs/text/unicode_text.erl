%% Lists and binaries of characters, UTF-8 and UTF-16, there and back; normal forms.
-module(unicode_text).
-export([input/0, run/1]).

input() -> lists:append(lists:duplicate(2000, "aé€😀 zäöü Ω日本語 plain ascii text")).

run(Text) ->
    Utf8 = unicode:characters_to_binary(Text),
    Utf16 = unicode:characters_to_binary(Utf8, utf8, {utf16, little}),
    Text = unicode:characters_to_list(Utf16, {utf16, little}),
    Nfd = unicode:characters_to_nfd_list(lists:sublist(Text, 5000)),
    {byte_size(Utf8), byte_size(Utf16), length(Nfd), length(unicode:characters_to_nfc_list(Nfd))}.
