%% Runs a list of requests on native OTP for test/support/oracle.ts, each in a process of its own.
%%
%% The request file:  <<TimeoutMs:32>>, then each <<Kind, FieldCount:32, (Size:32, Field)...>>
%%   $e  [Text]                       expressions to evaluate
%%   $t  [Module, Function, Text]     a call; the text gives the argument list
%%   $b  [Module, Function, Arg...]   a call; each argument in external term format
%% The result file:   each <<Kind, (Size:32, Etf, Size:32, Text)>>, then the same for the stack trace
%%   $v value, $e error, $x exit, $t throw, $k ended by an exit signal, $l over the time limit, $s not Erlang
-module('oracle-driver').
-export([run/2]).

run(RequestFile, ResultFile) ->
    {ok, <<Timeout:32, Requests/binary>>} = file:read_file(RequestFile),
    Results = [result(perform(Kind, Fields, Timeout)) || {Kind, Fields} <- requests(Requests)],
    ok = file:write_file(ResultFile, Results).

requests(<<Kind, Count:32, Rest/binary>>) ->
    {Fields, More} = fields(Count, Rest, []),
    [{Kind, Fields} | requests(More)];
requests(<<>>) ->
    [].

fields(0, Rest, Fields) -> {lists:reverse(Fields), Rest};
fields(Count, <<Size:32, Field:Size/binary, Rest/binary>>, Fields) -> fields(Count - 1, Rest, [Field | Fields]).

perform(Kind, Fields, Timeout) ->
    case task(Kind, Fields) of
        {ok, Task} -> perform(Task, Timeout);
        {error, Reason} -> {$s, Reason, []}
    end.

task($e, [Text]) ->
    case parse(Text) of
        {ok, Expressions} ->
            {ok, fun() ->
                {value, Value, _} = erl_eval:exprs(Expressions, erl_eval:new_bindings()),
                Value
            end};
        {error, _} = Error ->
            Error
    end;
task($t, [Module, Function, Text]) ->
    case parse(Text) of
        {ok, Expressions} ->
            {value, Arguments, _} = erl_eval:exprs(Expressions, erl_eval:new_bindings()),
            {ok, call(Module, Function, Arguments)};
        {error, _} = Error ->
            Error
    end;
task($b, [Module, Function | Arguments]) ->
    {ok, call(Module, Function, [binary_to_term(Argument) || Argument <- Arguments])}.

call(Module, Function, Arguments) ->
    M = binary_to_atom(Module, utf8),
    F = binary_to_atom(Function, utf8),
    fun() -> apply(M, F, Arguments) end.

parse(Text) ->
    case erl_scan:string(unicode:characters_to_list([Text, " ."])) of
        {ok, Tokens, _} ->
            case erl_parse:parse_exprs(Tokens) of
                {ok, Expressions} -> {ok, Expressions};
                {error, {_, Module, Message}} -> {error, lists:flatten(Module:format_error(Message))}
            end;
        {error, {_, Module, Message}, _} ->
            {error, lists:flatten(Module:format_error(Message))}
    end.

perform(Task, Timeout) ->
    Tag = make_ref(),
    {Pid, Monitor} = spawn_monitor(fun() -> exit({Tag, attempt(Task)}) end),
    receive
        {'DOWN', Monitor, process, Pid, {Tag, Result}} -> Result;
        {'DOWN', Monitor, process, Pid, Reason} -> {$k, Reason, []}
    after Timeout ->
        exit(Pid, kill),
        demonitor(Monitor, [flush]),
        {$l, Timeout, []}
    end.

attempt(Task) ->
    try Task() of
        Value -> {$v, Value, []}
    catch
        error:Reason:Stack -> {$e, Reason, own_frames(Stack)};
        exit:Reason:Stack -> {$x, Reason, own_frames(Stack)};
        throw:Reason:Stack -> {$t, Reason, own_frames(Stack)}
    end.

own_frames(Stack) ->
    [Frame || Frame <- Stack, element(1, Frame) =/= ?MODULE, element(1, Frame) =/= erl_eval].

result({Kind, Term, Stack}) -> [Kind, term(Term), term(Stack)].

term(Term) ->
    Text = unicode:characters_to_binary(io_lib:format("~w", [Term])),
    [sized(term_to_binary(Term)), sized(Text)].

sized(Bytes) -> [<<(byte_size(Bytes)):32>>, Bytes].
