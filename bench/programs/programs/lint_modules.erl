%% Reads the abstract code of 12 modules of stdlib, lints it, and tells which functions each calls.
-module(lint_modules).
-export([input/0, run/1]).

input() -> [code:which(M) || M <- [array, base64, dict, digraph, gb_sets, lists, orddict, proplists, queue, string, timer, maps]].

run(Paths) -> [calls(Path) || Path <- Paths].

calls(Path) ->
    {ok, {Module, [{abstract_code, {raw_abstract_v1, Forms}}, {imports, Imports}]}} =
        beam_lib:chunks(Path, [abstract_code, imports]),
    {ok, Warnings} = erl_lint:module(Forms),
    Remote = remote_calls(Forms, #{}),
    {Module, length(Imports), length(Warnings), map_size(Remote)}.

remote_calls({remote, _, {atom, _, M}, {atom, _, F}}, Seen) -> Seen#{{M, F} => true};
remote_calls(Tuple, Seen) when is_tuple(Tuple) -> remote_calls(tuple_to_list(Tuple), Seen);
remote_calls([Head | Tail], Seen) -> remote_calls(Tail, remote_calls(Head, Seen));
remote_calls(_, Seen) -> Seen.
