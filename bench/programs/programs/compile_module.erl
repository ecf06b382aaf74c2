%% Compiles stdlib's queue and sofs from their abstract code.
-module(compile_module).
-export([input/0, run/1]).

input() -> [forms(queue), forms(sofs)].

forms(Module) ->
    {ok, {_, [{abstract_code, {raw_abstract_v1, Forms}}]}} = beam_lib:chunks(code:which(Module), [abstract_code]),
    Forms.

run(Modules) ->
    [begin
         {ok, Module, Beam} = compile:forms(Forms, [binary, deterministic]),
         {Module, byte_size(Beam)}
     end || Forms <- Modules].
