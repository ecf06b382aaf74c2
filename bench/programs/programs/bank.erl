%% 200 accounts as gen_servers under a supervisor; 4 clients move money between them, 2,500 times each.
-module(bank).
-behaviour(gen_server).
-export([input/0, run/1, start_account/1, init/1, handle_call/3, handle_cast/2]).

input() -> {200, 4, 2500}.

run({Accounts, Clients, Moves}) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, supervisor),
    Pids = list_to_tuple([element(2, supervisor:start_child(Supervisor, [1000])) || _ <- lists:seq(1, Accounts)]),
    Refs = [element(2, spawn_monitor(fun() -> client(Client, Moves, Pids) end)) || Client <- lists:seq(1, Clients)],
    [receive {'DOWN', Ref, process, _, normal} -> ok end || Ref <- Refs],
    Sum = lists:sum([gen_server:call(Pid, balance) || Pid <- tuple_to_list(Pids)]),
    unlink(Supervisor),
    Monitor = monitor(process, Supervisor),
    exit(Supervisor, shutdown),
    receive {'DOWN', Monitor, process, _, shutdown} -> Sum end.

client(_, 0, _) -> ok;
client(Client, N, Pids) ->
    From = element((N * 31 + Client * 17) rem tuple_size(Pids) + 1, Pids),
    To = element((N * 7 + Client) rem tuple_size(Pids) + 1, Pids),
    case gen_server:call(From, {take, N rem 50}) of
        ok -> gen_server:cast(To, {give, N rem 50});
        refused -> ok
    end,
    client(Client, N - 1, Pids).

start_account(Balance) -> gen_server:start_link(?MODULE, Balance, []).

init(supervisor) ->
    {ok, {#{strategy => simple_one_for_one}, [#{id => account, start => {?MODULE, start_account, []}}]}};
init(Balance) ->
    {ok, Balance}.

handle_call(balance, _, Balance) -> {reply, Balance, Balance};
handle_call({take, Sum}, _, Balance) when Sum =< Balance -> {reply, ok, Balance - Sum};
handle_call({take, _}, _, Balance) -> {reply, refused, Balance}.

handle_cast({give, Sum}, Balance) -> {noreply, Balance + Sum}.
