%% Runs one suite written for common_test on a machine that has booted kernel and stdlib, without a run of common_test:
%%     -s suite_runner main -extra suite=NAME [KEY=VALUE...]
%% and prints for each case, each on a line of its own:
%%     run SUITE CASE
%%     ok|fail|skip|timeout SUITE CASE <ms>ms REASON
%% then `done SUITE <ms>ms`; `note SUITE WHAT fail WHY` tells of an end_per_suite or end_per_group that went wrong.
%% CASE is group/subgroup/case for a case in groups. Keys: cases=a,b and skip=a,b (full or bare names, or @FILE),
%% cap=MS (the most a case may take), factor=N (for the suites' own limits), priv=DIR, log=FILE (what cases print).
%% Groups run in order; parallel, shuffle and repeat are not honoured. A failing init makes its cases fail. The suites'
%% calls of ct and test_server go to OTP's common_test, with what suite_surroundings provides.
-module(suite_runner).
-export([main/0]).

-record(st, {suite, groups, data, priv, gl, cap, mul, only, except, suite_tt,
             saved}).

%% ------------------------------------------------------------------ entry

%% erl -noshell -pa DIRS -s suite_runner main -extra suite=NAME [KEY=VALUE...]
main() ->
    main(init:get_plain_arguments()).

%% The work is done by a process of its own: the one that -s runs in belongs to init.
main(Args) ->
    {Pid, Mon} = spawn_monitor(fun() -> process_flag(trap_exit, true), work(Args) end),
    receive
        {'DOWN', Mon, process, Pid, normal} -> ok;
        {'DOWN', Mon, process, Pid, R} -> put_line("note - runner fail ~ts", [show(R)])
    end,
    erlang:halt(0).

work(Args) ->
    Opts = [option(A) || A <- Args],
    run(list_to_atom(proplists:get_value(suite, Opts)), Opts).

option(A) ->
    case string:split(A, "=") of
        [K, V] -> {list_to_atom(K), V};
        [K] -> {list_to_atom(K), true}
    end.

flat(Members, Path, Groups) ->
    lists:append([flat1(expand(M, Groups), Path, Groups) || M <- lists:flatten(Members)]).

flat1({'case', C}, Path, _) -> [{lists:reverse(Path), C}];
flat1({group, G, _, Ms}, Path, Groups) -> flat(Ms, [G | Path], Groups).

%% ------------------------------------------------------------------ one suite

run(Suite, Opts) ->
    {module, Suite} = code:ensure_loaded(Suite),
    %% The current directory changes below: keep what was found relative to it.
    true = code:set_path([case D of "." -> D; _ -> filename:absname(D) end || D <- code:get_path()]),
    Dir = filename:dirname(filename:absname(code:which(Suite))),
    Priv = filename:absname(proplists:get_value(priv, Opts, "priv")),
    PrivDir = filename:join(Priv, atom_to_list(Suite)) ++ "/",
    ok = filelib:ensure_dir(filename:join(PrivDir, "x")),
    ok = file:set_cwd(PrivDir),
    Mul = int(proplists:get_value(factor, Opts, "1")),
    GL = suite_surroundings:start(proplists:get_value(log, Opts), Mul),
    St = #st{suite = Suite, groups = groups_of(Suite), gl = GL,
             data = filename:join(Dir, atom_to_list(Suite) ++ "_data") ++ "/",
             priv = PrivDir, mul = Mul,
             cap = int(proplists:get_value(cap, Opts, "1800000")),
             only = names(proplists:get_value(cases, Opts)),
             except = names(proplists:get_value(skip, Opts, "")),
             suite_tt = timetrap_of(info(Suite, suite, []))},
    Config = [{data_dir, St#st.data}, {priv_dir, PrivDir}, {nodenames, []},
              {tc_logfile, filename:join(PrivDir, "tc.log")}],
    T0 = now_ms(),
    case guarded(St, fun() -> all_of(Suite) end) of
        {ok, {skip, R}} ->
            line(St, "note ~ts all skip ~ts", [Suite, show(R)]);
        {ok, All} ->
            suite(St, All, Config);
        Bad ->
            line(St, "note ~ts all fail ~ts", [Suite, show(Bad)])
    end,
    line(St, "done ~ts ~wms", [Suite, now_ms() - T0]).

suite(St = #st{suite = S}, All, Config) ->
    case conf_call(St, init_per_suite, [Config]) of
        {ok, Ret} ->
            Conf = case is_list(Ret) of true -> Ret; false -> Config end,
            members(All, [], Conf, St, undefined),
            case conf_call(St, end_per_suite, [Conf]) of
                {fail, R} -> line(St, "note ~ts end_per_suite fail ~ts", [S, show(R)]);
                _ -> ok
            end;
        {Kind, R} ->
            report_all(All, [], St, Kind, {init_per_suite, R})
    end.

%% Runs a list of group members; Seq is true inside a sequence group.
members(Ms, Path, Conf, St, Seq) ->
    lists:foldl(fun(M, {S, failed}) when Seq =:= true ->
                        report_all([M], Path, S, skip, earlier_case_in_sequence_failed),
                        {S, failed};
                   (M, {S, _}) ->
                        member(expand(M, S#st.groups), Path, Conf, S)
                end, {St, ok}, lists:flatten(Ms)).

member({'case', C}, Path, Conf, St) ->
    case selected(Path, C, St) of
        true -> one_case(C, Path, Conf, St);
        false -> {St, ok}
    end;
member({group, G, Props, Ms}, Path, Conf0, St) ->
    Path1 = Path ++ [G],
    case [x || {P, C} <- flat(Ms, lists:reverse(Path1), St#st.groups), selected(P, C, St)] of
        [] ->
            {St, ok};
        _ ->
            Conf1 = [{tc_group_properties, [{name, G} | Props]}, {tc_group_path, []}
                     | lists:keydelete(tc_group_properties, 1,
                                       lists:keydelete(tc_group_path, 1, Conf0))],
            GTT = timetrap_of(info(St#st.suite, group, [G])),
            St1 = case GTT of undefined -> St; _ -> St#st{suite_tt = GTT} end,
            case conf_call(St1, init_per_group, [G, Conf1]) of
                {ok, Ret} ->
                    %% common_test goes on with the old configuration when it gets no list
                    Conf = case is_list(Ret) of true -> Ret; false -> Conf1 end,
                    {_, Res} = members(Ms, Path1, Conf, St1, lists:member(sequence, Props)),
                    case conf_call(St1, end_per_group, [G, Conf]) of
                        {fail, R} ->
                            line(St1, "note ~ts end_per_group/~ts fail ~ts",
                                 [St#st.suite, G, show(R)]),
                            {St, Res};
                        {ok, {return_group_result, failed}} -> {St, failed};
                        _ -> {St, Res}
                    end;
                {Kind, R} ->
                    report_all(Ms, Path1, St1, Kind, {init_per_group, R}),
                    {St, failed}
            end
    end.

report_all(Ms, Path, St, Kind, Reason) ->
    [result(St, P, C, Kind, 0, Reason)
     || {P, C} <- flat(Ms, lists:reverse(Path), St#st.groups), selected(P, C, St)],
    ok.

%% ------------------------------------------------------------------ one case

one_case(C, Path, Conf0, St = #st{suite = S}) ->
    line(St, "run ~ts ~ts", [S, path({Path, C})]),
    Info = info(S, C, []),
    TT = case timetrap_of(Info) of
             undefined -> St#st.suite_tt;
             T -> T
         end,
    Conf = case St#st.saved of
               undefined -> Conf0;
               Saved -> [{saved_config, Saved} | Conf0]
           end,
    Main = self(),
    Tag = make_ref(),
    T0 = now_ms(),
    {Res, Late} =
        in_process(St, fun() ->
                               set_timetrap(TT, St),
                               case_body(S, C, Conf, fun(NC) -> Main ! {Tag, NC} end)
                       end),
    LateConf = receive {Tag, NC0} -> NC0 after 0 -> Conf end,
    flush(Tag),
    %% The case process died, so end_per_testcase has not run: run it now.
    case Late of
        true ->
            EndConf = [{tc_status, {failed, status_reason(Res)}} | LateConf],
            _ = in_process(St#st{cap = min(St#st.cap, 60000)},
                           fun() -> optional(S, end_per_testcase, [C, EndConf], ok) end);
        false ->
            ok
    end,
    Ms = now_ms() - T0,
    {Status, Reason, Save} = verdict(Res),
    result(St, Path, C, Status, Ms, Reason),
    {St#st{saved = case Save of undefined -> undefined; {save_config, D} -> {C, D} end},
     case Status of ok -> ok; skip -> ok; _ -> failed end}.

%% Runs inside the case process.
case_body(S, C, Conf, Tell) ->
    case eval(fun() -> optional(S, init_per_testcase, [C, Conf], Conf) end) of
        {ok, {Skip, R}} when Skip =:= skip; Skip =:= skipped ->
            {returned, {skip, {init_per_testcase, R}}, undefined};
        {ok, {skip_and_save, R, D}} ->
            {returned, {skip, {init_per_testcase, R}}, {save_config, D}};
        {ok, {fail, R}} ->
            {raised, {init_per_testcase, R}};
        {ok, Conf1} when is_list(Conf1) ->
            Tell(Conf1),
            R = eval(fun() -> S:C(Conf1) end),
            {Status, Save} =
                case R of
                    {ok, {save_config, D}} -> {ok, {save_config, D}};
                    {ok, {skip_and_save, W, D}} -> {{skipped, W}, {save_config, D}};
                    {ok, {Sk, W}} when Sk =:= skip; Sk =:= skipped -> {{skipped, W}, undefined};
                    {ok, {F, W}} when F =:= fail; F =:= failed -> {{failed, W}, undefined};
                    {ok, _} -> {ok, undefined};
                    {skip, W} -> {{skipped, W}, undefined};
                    {raised, W} -> {{failed, W}, undefined}
                end,
            EndConf = [{tc_status, Status} | case Save of undefined -> Conf1; _ -> [Save | Conf1] end],
            End = eval(fun() -> optional(S, end_per_testcase, [C, EndConf], ok) end),
            case {R, End} of
                {_, {ok, {fail, W2}}} -> {raised, {end_per_testcase, W2}};
                {{ok, _}, {ok, {save_config, D2}}} -> {returned, ok, {save_config, D2}};
                {{ok, V}, _} -> {returned, V, Save};
                {{skip, W2}, _} -> {returned, {skip, W2}, undefined};
                {{raised, W2}, _} -> {raised, W2}
            end;
        {ok, Other} ->
            {raised, {init_per_testcase, bad_return, Other}};
        {skip, R} ->
            {returned, {skip, {init_per_testcase, R}}, undefined};
        {raised, R} ->
            {raised, {init_per_testcase, R}}
    end.

eval(F) ->
    try {ok, F()}
    catch
        throw:{Sk, R} when Sk =:= skip; Sk =:= skipped -> {skip, R};
        exit:{Sk, R} when Sk =:= skip; Sk =:= skipped -> {skip, R};
        throw:R:Stk -> {raised, {thrown, R, brief(Stk)}};
        exit:R -> {raised, R};
        error:R:Stk -> {raised, {R, brief(Stk)}}
    end.

brief(Stk) ->
    [case I of
         {M, F, A, L} when is_list(A) -> {M, F, length(A), proplists:get_value(line, L, 0)};
         {M, F, A, L} -> {M, F, A, proplists:get_value(line, L, 0)};
         _ -> I
     end || I <- lists:sublist(Stk, 4)].

verdict({returned, {Sk, R}, Save}) when Sk =:= skip; Sk =:= skipped -> {skip, R, Save};
verdict({returned, {skip_and_save, R, D}, _}) -> {skip, R, {save_config, D}};
verdict({returned, {F, R}, _}) when F =:= fail; F =:= failed -> {fail, R, undefined};
verdict({returned, {comment, Cm}, Save}) -> {ok, Cm, Save};
verdict({returned, _, Save}) -> {ok, "", Save};
verdict({raised, {timetrap_timeout, T, Loc}}) -> {timeout, {timetrap, T, Loc}, undefined};
verdict({raised, R}) -> {fail, R, undefined};
verdict({died, {timetrap_timeout, T, Loc}}) -> {timeout, {timetrap, T, Loc}, undefined};
verdict({died, {Sk, R}}) when Sk =:= skip; Sk =:= skipped -> {skip, R, undefined};
verdict({died, R}) -> {fail, {died, R}, undefined};
verdict({capped, Where}) -> {timeout, {cap, Where}, undefined}.

status_reason({died, R}) -> R;
status_reason({capped, _}) -> timetrap_timeout;
status_reason(R) -> R.

%% ------------------------------------------------------------------ processes

%% Evaluates F in a process of its own with the suite's group leader. Linked, not
%% monitored: cases look at process_info(self(), monitored_by).
%% -> {Value, false} | {{died, Reason}, true} | {{capped, Where}, true}
in_process(St = #st{gl = GL, cap = Cap}, F) ->
    Tag = make_ref(),
    Pid = spawn_link(fun() ->
                             group_leader(GL, self()),
                             put(test_server_multiply_timetraps, {St#st.mul, true}),
                             V = F(),
                             exit({Tag, V})
                     end),
    receive
        {'EXIT', Pid, {Tag, V}} -> {V, false};
        {'EXIT', Pid, R} -> {{died, R}, true}
    after Cap ->
            Where = case catch process_info(Pid, current_stacktrace) of
                        {current_stacktrace, Stk} -> brief(Stk);
                        _ -> unknown
                    end,
            exit(Pid, kill),
            receive {'EXIT', Pid, _} -> ok after 30000 -> ok end,
            {{capped, Where}, true}
    end.

%% init_per_suite and the like: {ok, Value} | {skip, R} | {fail, R}
conf_call(St = #st{suite = S}, F, Args) ->
    Default = case F of
                  end_per_suite -> ok;
                  end_per_group -> ok;
                  _ -> lists:last(Args)
              end,
    Res = in_process(St, fun() ->
                                 set_timetrap(St#st.suite_tt, St),
                                 eval(fun() -> optional(S, F, Args, Default) end)
                         end),
    case Res of
        {{ok, {Sk, R}}, false} when Sk =:= skip; Sk =:= skipped -> {skip, R};
        {{ok, {skip_and_save, R, _}}, false} -> {skip, R};
        {{ok, {Fl, R}}, false} when Fl =:= fail; Fl =:= failed -> {fail, R};
        {{ok, V}, false} -> {ok, V};
        {{skip, R}, false} -> {skip, R};
        {{raised, R}, false} -> {fail, R};
        {R, true} -> {fail, R}
    end.

guarded(St, F) ->
    case in_process(St, fun() -> eval(F) end) of
        {{ok, V}, false} -> {ok, V};
        Bad -> Bad
    end.

optional(S, F, Args, Default) ->
    case erlang:function_exported(S, F, length(Args)) of
        true -> apply(S, F, Args);
        false -> Default
    end.

%% The timetrap that the suite asked for, by common_test's own code when it is
%% there (so that ct:timetrap/1 in a case replaces it); the cap holds in any case.
set_timetrap(undefined, St) ->
    set_timetrap({minutes, 30}, St);
set_timetrap(T, _) ->
    case code:ensure_loaded(test_server) of
        {module, _} -> put(test_server_default_timetrap, catch test_server:timetrap(T));
        _ -> ok
    end.

flush(Tag) ->
    receive {Tag, _} -> flush(Tag) after 0 -> ok end.

%% ------------------------------------------------------------------ suite data

all_of(S) ->
    case S:all() of
        {skip, R} -> {skip, R};
        L when is_list(L) -> L
    end.

groups_of(S) ->
    case erlang:function_exported(S, groups, 0) of
        true -> S:groups();
        false -> []
    end.

info(S, F, Args) ->
    case erlang:function_exported(S, F, length(Args)) of
        true -> case catch apply(S, F, Args) of
                    L when is_list(L) -> L;
                    _ -> []
                end;
        false -> []
    end.

timetrap_of(Info) ->
    case lists:keyfind(timetrap, 1, [T || T <- Info, is_tuple(T)]) of
        {timetrap, T} -> T;
        false -> undefined
    end.

%% One member of all() or of a group -> {'case', C} | {group, Name, Props, Members}
expand(C, _) when is_atom(C) -> {'case', C};
expand({testcase, C}, _) -> {'case', C};
expand({testcase, C, _}, _) -> {'case', C};
expand({group, G}, Groups) -> find_group(G, Groups);
expand({group, G, _}, Groups) -> find_group(G, Groups);
expand({group, G, _, _}, Groups) -> find_group(G, Groups);
expand({G, Props, Ms}, _) when is_list(Props), is_list(Ms) -> {group, G, Props, Ms};
expand({G, Ms}, _) when is_list(Ms) -> {group, G, [], Ms};
expand({M, all}, _) when is_atom(M) -> {group, M, [], []}.   % another module: run that one by itself

find_group(G, Groups) ->
    case [X || X <- Groups, element(1, X) =:= G] of
        [{G, Props, Ms} | _] -> {group, G, Props, Ms};
        [{G, Ms} | _] -> {group, G, [], Ms};
        [] ->
            %% may be defined inline inside another group
            Inner = [X || Def <- Groups, X <- element(tuple_size(Def), Def),
                          is_tuple(X), tuple_size(X) =:= 3, is_list(element(3, X))],
            case Inner of
                [] -> {group, G, [], []};
                _ -> find_group(G, Inner)
            end
    end.

selected(Path, C, #st{only = Only, except = Except}) ->
    P = path({Path, C}),
    Bare = atom_to_list(C),
    In = fun(L) -> lists:member(P, L) orelse lists:member(Bare, L) end,
    (Only =:= all orelse In(Only)) andalso not In(Except).

path({Path, C}) ->
    lists:flatten(lists:join("/", [io_lib:format("~ts", [X]) || X <- Path ++ [C]])).

names(undefined) -> all;
names("@" ++ File) ->
    {ok, B} = file:read_file(File),
    string:lexemes(binary_to_list(B), "\n");
names(L) -> string:lexemes(L, ",").

%% ------------------------------------------------------------------ output

result(St, Path, C, Status, Ms, Reason) ->
    line(St, "~ts ~ts ~ts ~wms ~ts", [Status, St#st.suite, path({Path, C}), Ms, show(Reason)]).

line(_, Fmt, Args) -> put_line(Fmt, Args).

%% A line starts with a newline of its own: tests leave half lines behind.
put_line(Fmt, Args) ->
    io:put_chars(user, unicode:characters_to_binary(io_lib:format("\n" ++ Fmt ++ "\n", Args))).

show(R) ->
    Str = case catch unicode:characters_to_list(R) of
              L when is_list(L) -> L;
              _ -> try lists:flatten(io_lib:format("~0tP", [R, 40]))
                   catch _:_ -> "unprintable"
                   end
          end,
    lists:sublist([case Ch < 32 of true -> $\s; false -> Ch end || Ch <- Str], 400).

now_ms() -> erlang:monotonic_time(millisecond).

int(S) -> list_to_integer(S).
