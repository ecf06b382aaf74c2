%% Makes calls on native OTP for test/bifs/judge.ts and says what came of them.
%%
%% run(Pool, Calls): a call is [Module, Function | numbers of its arguments in Pool, from 1]. Gives {Pool, Outcomes}; an outcome is
%% {v, Bytes}, Bytes being term_to_binary(Value, [deterministic]), or {Class, Reason, Cause}, Cause from error_info or [].
-module('bif-judge').
-export([run/2]).

run(Pool, Calls) ->
    Terms = list_to_tuple(Pool),
    {Pool, [outcome(Module, Function, [element(N, Terms) || N <- Arguments]) || [Module, Function | Arguments] <- Calls]}.

outcome(Module, Function, Arguments) ->
    try apply(Module, Function, Arguments) of
        Value -> {v, term_to_binary(Value, [deterministic])}
    catch
        Class:Reason:Stack -> {Class, Reason, cause(Stack)}
    end.

cause([{_, _, _, Location} | _]) ->
    case lists:keyfind(error_info, 1, Location) of
        {error_info, #{cause := Cause}} -> Cause;
        _ -> []
    end;
cause(_) ->
    [].
