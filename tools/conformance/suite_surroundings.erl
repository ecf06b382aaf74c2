%% What OTP's suites expect around them and common_test gives in a real run: a group leader that captures what is
%% printed and starts nodes, a process called test_server_ctrl, the table behind ct:get_config and the receiver of ct:log.
-module(suite_surroundings).
-export([start/2]).

%% Returns the group leader for the cases. Log: the file for what they print, or undefined; Factor: what the suites'
%% own time limits are multiplied by.
start(Log, Factor) ->
    GroupLeader = start_gl(Log),
    start_ctrl(Factor),
    start_config(),
    start_ct_logs(GroupLeader),
    GroupLeader.

%% Group leader: swallows (or logs) output, serves ct:capture_start/0 and the
%% node requests of test_server, passes input requests on to the real one.
start_gl(Log) ->
    Real = group_leader(),
    Self = self(),
    Pid = spawn(fun() ->
                        Fd = case Log of
                                 undefined -> none;
                                 File -> {ok, D} = file:open(File, [write, raw]), D
                             end,
                        catch register(ct_default_gl, self()),
                        Self ! {self(), ready},
                        gl_loop(Real, Fd, none)
                end),
    receive {Pid, ready} -> Pid end.

gl_loop(Real, Fd, Cap) ->
    receive
        {io_request, From, As, Req} = Msg ->
            case gl_chars(Req) of
                {ok, Str} ->
                    case Cap of none -> ok; _ -> Cap ! {captured, Str} end,
                    case Fd of none -> ok; _ -> file:write(Fd, unicode:characters_to_binary(Str)) end,
                    From ! {io_reply, As, ok};
                error ->
                    From ! {io_reply, As, {error, arguments}};
                other ->
                    Real ! Msg
            end,
            gl_loop(Real, Fd, Cap);
        {capture, false} ->
            gl_loop(Real, Fd, none);
        {capture, P} when is_pid(P) ->
            gl_loop(Real, Fd, P);
        {sync_apply, From, {test_server_ctrl, F, A}} ->
            spawn(fun() -> From ! {sync_result, catch node_request(F, A)} end),
            gl_loop(Real, Fd, Cap);
        _ ->
            gl_loop(Real, Fd, Cap)
    end.

gl_chars({put_chars, Enc, Chars}) -> gl_text(fun() -> Chars end, Enc);
gl_chars({put_chars, Enc, M, F, A}) -> gl_text(fun() -> apply(M, F, A) end, Enc);
gl_chars(_) -> other.

gl_text(F, Enc) ->
    try unicode:characters_to_list(F(), Enc) of
        L when is_list(L) -> {ok, L};
        _ -> error
    catch _:_ -> error
    end.

node_request(start_node, [Name, _Type, Options]) ->
    Args = case lists:keyfind(args, 1, Options) of
               {args, A} -> string:lexemes(A, " ");
               false -> []
           end,
    Paths = lists:append([["-pa", D] || D <- code:get_path(), D =/= "."]),
    Peer = peer:start(#{name => Name, args => ["-setcookie", atom_to_list(erlang:get_cookie())]
                        ++ Paths ++ Args}),
    case Peer of
        {ok, _, Node} -> {ok, Node};
        Other -> {fail, Other}
    end;
node_request(stop_node, [_]) -> ok;          % the caller then stops it with slave:stop/1
node_request(wait_for_node, [Node]) -> net_adm:ping(Node), ok;
node_request(is_release_available, _) -> false;
node_request(find_release, _) -> not_available;
node_request(_, _) -> {error, not_supported}.

%% ct:sleep/1 and friends ask this process for the timetrap multiplier.
start_ctrl(Mul) ->
    spawn(fun() -> catch register(test_server_ctrl, self()), ctrl_loop(Mul) end).

ctrl_loop(Mul) ->
    receive
        {'$gen_call', From, Req} ->
            gen_server:reply(From, case Req of
                                       get_timetrap_parameters -> {Mul, true};
                                       {stop_node, Node} -> node_request(stop_node, [Node]);
                                       _ -> {error, not_supported}
                                   end),
            ctrl_loop(Mul);
        _ ->
            ctrl_loop(Mul)
    end.

%% ct:get_config/1,2 look in this table; it stays empty.
start_config() ->
    Self = self(),
    Pid = spawn(fun() ->
                        catch ets:new(ct_attributes, [bag, public, named_table, {keypos, 2}]),
                        Self ! {self(), ready},
                        receive stop -> ok end
                end),
    receive {Pid, ready} -> ok end.

%% ct:log/2 and ct:pal/2 send to this process and go on. (Without it they print a
%% warning in the case's own process: slow enough for some cases to lose a race.)
start_ct_logs(GL) ->
    spawn(fun() ->
                  group_leader(GL, self()),
                  catch register(ct_logs, self()),
                  ct_logs_loop()
          end),
    _ = code:ensure_loaded(ct),
    _ = code:ensure_loaded(ct_logs),
    ok.

ct_logs_loop() ->
    receive
        {log, _, _, _, _, _, Data, _} ->
            [catch io:format(F ++ "~n", As) || {F, As} <- Data];
        _ ->
            ok
    end,
    ct_logs_loop().
