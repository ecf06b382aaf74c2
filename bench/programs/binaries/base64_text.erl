%% 256 KiB to base64 and back, and to hexadecimal digits and back.
-module(base64_text).
-export([input/0, run/1]).

input() -> binary:copy(list_to_binary(lists:seq(0, 255)), 1024).

run(Binary) ->
    Text = base64:encode(Binary),
    Binary = base64:decode(Text),
    Digits = binary:encode_hex(binary:part(Binary, 0, 65536)),
    {byte_size(Text), erlang:crc32(Text), erlang:crc32(Digits), byte_size(binary:decode_hex(Digits))}.
