%% What every release of OTP must do alike: run on each, native and here.
-module(smoke).
-behaviour(gen_server).
-export([main/0, init/1, handle_call/3, handle_cast/2, log/2]).

main() ->
    io:format("hello ~ts ~p~n", [[229, 228, 246], erlang:system_info(otp_release)]),
    io:format("~p~n", [lists:sort([{X rem 7, X} || X <- lists:seq(1, 20)])]),
    tables(),
    server(),
    compiled(),
    files(),
    text(),
    crashes(),
    halt(3).

tables() ->
    T = ets:new(t, [ordered_set, public]),
    true = ets:insert(T, [{K, K * K} || K <- lists:seq(1, 50)]),
    io:format("~p ~p~n", [ets:select(T, [{{'$1', '$2'}, [{'>', '$2', 2300}], ['$1']}]), ets:info(T, size)]),
    io:format("~p~n", [maps:map(fun(_, V) -> V + 1 end, #{1 => 1, 2 => 2})]).

server() ->
    {ok, P} = gen_server:start_link({local, ?MODULE}, ?MODULE, 1, []),
    io:format("~p ~p~n", [gen_server:call(P, next), gen_server:call(?MODULE, next)]),
    io:format("~p~n", [catch gen_server:call(nobody, next)]),
    ok = gen_server:stop(P).

init(N) -> {ok, N}.
handle_call(next, _, N) -> {reply, N, N * 2}.
handle_cast(_, N) -> {noreply, N}.

compiled() ->
    Forms = [parse(T) || T <- ["-module(made).", "-export([f/1]).", "f(N) when N > 1 -> N * f(N - 1); f(_) -> 1."]],
    {ok, made, Code, Warnings} = compile:forms(Forms, [return_warnings]),
    {module, made} = code:load_binary(made, "made.erl", Code),
    io:format("~p ~p ~p~n", [made:f(40), Warnings, catch made:f(self, 1)]),
    {ok, Tokens, _} = erl_scan:string("[X * 2 || X <- [1,2,3], X =/= Y]."),
    {ok, Exprs} = erl_parse:parse_exprs(Tokens),
    io:format("~p~n", [element(2, erl_eval:exprs(Exprs, [{'Y', 2}]))]).

parse(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Form} = erl_parse:parse_form(Tokens),
    Form.

files() ->
    Name = "smoke-file",
    ok = file:write_file(Name, ["one\n", <<"two ">>, unicode:characters_to_binary([229]), "\n"]),
    {ok, F} = file:open(Name, [read, {encoding, utf8}]),
    io:format("~p ~p ~p~n", [io:get_line(F, ""), io:get_line(F, ""), io:get_line(F, "")]),
    ok = file:close(F),
    io:format("~p ~p ~p~n", [filelib:file_size(Name), file:delete(Name), file:read_file(Name)]).

text() ->
    io:format("~p ~p~n", [re:run("abc123", "([a-z]+)(\\d+)", [{capture, all, list}]), string:titlecase("smoke")]),
    io:format("~w ~p~n", [binary_to_term(term_to_binary({1 bsl 80, [a | b], 1.5})), calendar:day_of_the_week(2024, 2, 29)]),
    {max_heap_size, Limit} = process_info(self(), max_heap_size),
    Changed = try process_flag(max_heap_size, #{size => 0, include_shared_binaries => no}) =:= Limit catch error:badarg -> badarg end,
    io:format("~p ~p~n", [lists:sort(maps:to_list(Limit)), Changed]),
    {ok, Apps} = application:ensure_all_started(sasl),
    io:format("~p ~p~n", [Apps, [A || {A, _, _} <- lists:sort(application:which_applications())]]).

%% Reports reach the standard output by the logger's own process: each is awaited before the next line is printed.
crashes() ->
    {ok, P} = gen_server:start({local, crashing}, ?MODULE, x, []),
    Reason = try gen_server:call(P, next), gen_server:call(P, next) catch exit:{R, _} -> element(1, R) end,
    logged(),
    io:format("~p~n", [Reason]),
    ok = logger:add_handler(seen, ?MODULE, #{config => self()}),
    {Q, M} = spawn_monitor(fun() -> error(boom) end),
    receive {'DOWN', M, process, Q, {Boom, _}} -> reported(), io:format("~p~n", [Boom]) end.

%% The handler writes in the order in which it is told.
logged() -> logger_std_h:filesync(default).

%% What the emulator reports reaches the logger's proxy some time later. This module, as a handler, tells that it has come; when the proxy has
%% answered, all handlers have it.
reported() ->
    receive reported -> ok end,
    _ = sys:get_state(erlang:system_info(system_logger)),
    logged().

log(#{meta := #{error_logger := #{emulator := true}}}, #{config := Pid}) -> Pid ! reported;
log(_, _) -> ok.
